"""What another year said comes from that year's own page where it is at hand, and is the same."""

import json
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from cdpb import paths
from cdpb.declarations import declarations
from cdpb.exemptions import Exemption
from cdpb.findings.area_files import checked_area_file
from cdpb.findings.years import record_of
from cdpb.runner import cache
from cdpb.runner.job import Assessment, Job
from cdpb.runner.keys import Inputs, file_hash
from cdpb.runner.parameters import make_no_difference
from tests.support.commands import cdpb
from tests.support.inprocess import run
from tests.support.toys import seen

BARNET = "E09000003"
QUICK = {"young_people_in_treatment", "women_in_treatment"}
FINDINGS = [
    pytest.param(each.id, marks=() if each.id in QUICK else pytest.mark.proof)
    for each in declarations().findings
    if not each.after
]
BUILDS = {"public": False, "partnership": True}


@pytest.mark.parametrize("edition", BUILDS)
@pytest.mark.parametrize("finding", FINDINGS)
def test_a_page_leaves_the_record_that_its_cells_give_for_another_year(finding, edition, tmp_path):
    """Else what a page says of the year before would hang on what was run before it."""
    own = checked_area_file(BARNET)
    given = {"year": "2022/23", "area": BARNET, "edition": edition,
             "demonstration": BUILDS[edition], **own.parameters.get(finding, {})}  # fmt: skip
    run(finding, tmp_path, **given)
    left = json.loads((tmp_path / "years" / "2022-23.json").read_text(encoding="utf-8"))
    assert left == json.loads(json.dumps(record_of(declarations().finding(finding), given)))


ALL_BUILDS = [(edition, made_up) for edition in BUILDS for made_up in (False, True)]


def keys_of_years(finding: str, build: tuple[str, bool]) -> dict[str, str]:
    """The keys of its record for each year that its page of 2023/24 may look back to."""
    declared, inputs = declarations().finding(finding), Inputs()
    assessment = Assessment(BARNET, "Barnet", "2023/24", *build, Path())
    given = assessment.parameters | checked_area_file(BARNET).parameters.get(finding, {})
    parts = inputs.of_execution(declared, assessment, given)
    return dict(inputs.of_years(declared, parts, assessment, given))


@pytest.mark.parametrize("finding", FINDINGS)
def test_builds_of_which_one_computes_a_year_for_the_other_say_the_same_of_it(finding):
    """Else the board would read what the public edition found, or the other way round."""
    told = defaultdict(list)
    for edition, made_up in ALL_BUILDS:
        given = {"area": BARNET, "edition": edition, "demonstration": made_up}
        given |= checked_area_file(BARNET).parameters.get(finding, {})
        for year in ("2021/22", "2022/23"):
            record = record_of(declarations().finding(finding), {**given, "year": year})
            named = {"edition": record.pop("edition"), "made up": record.pop("demonstration")}
            assert named == {"edition": edition, "made up": made_up}
            key = keys_of_years(finding, (edition, made_up))[year.replace("/", "-")]
            told[key].append(json.dumps(record))
    assert {len(set(each)) for each in told.values()} == {1}


@pytest.mark.parametrize(
    ("finding", "different"),
    [
        ("ward_drug_offences", 1),  # No source of it is made up, or for partners alone.
        ("women_in_treatment", 2),  # One that counts the same people is made up.
        ("unmet_treatment_need", 2),  # One of its own is.
        ("criminal_justice_pathways", 4),  # Some are made up, and some for partners alone.
    ],
)
def test_builds_that_can_show_no_difference_share_their_years(finding, different):
    found = {tuple(keys_of_years(finding, build).values()) for build in ALL_BUILDS}
    assert len(found) == different


def exception(edition: str) -> Exemption:
    signed = {"name": "Barnet's council", "office": "data protection"}
    return Exemption(
        id="A1", what="starts", why="agreed", agreed_by=signed, date="2026-01-01",
        edition=edition, quoted="Q05", until="2026/27",
    )  # fmt: skip


def test_what_partners_alone_may_see_keeps_their_years_apart():
    """A figure quoted for them, an exception signed for them, a count that may be hidden."""
    finding = declarations().finding("women_in_treatment")
    barnet = checked_area_file(BARNET)
    signed = exception("partnership"), exception("public")
    told, all_see = (barnet.model_copy(update={"exceptions": [each]}) for each in signed)

    def idle(local=barnet, code="f.close()", *, hides=False) -> list[str]:
        return make_no_difference(finding, local, code, hides=hides)

    assert idle() == idle(all_see) == idle(None) == ["edition", "demonstration"]
    assert idle(code='f.close(quoted=["Q18"])') == idle()  # The public may see that one.
    apart = idle(told), idle(code='f.close(quoted=["Q13"])'), idle(hides=True)
    assert apart == (["demonstration"],) * 3


def test_a_year_that_another_build_computed_is_put_under_the_name_of_its_own(tmp_path):
    public, board = (
        Job(Assessment(BARNET, "Barnet", "2023/24", *build, tmp_path), "women", "", "", tmp_path,
            {}, "", tmp_path / build[0], years={"2022-23": "key"})
        for build in [("public", False), ("partnership", True)]
    )  # fmt: skip
    left = public.workspace / paths.LEFT / "2022-23.json"
    left.parent.mkdir(parents=True)
    left.write_text('{"edition": "public", "demonstration": false, "year": "2022/23"}', "utf-8")
    years = cache.OtherYears()

    years.take(public)
    years.put_before(board)

    found = json.loads((board.workspace / paths.AT_HAND / "2022-23.json").read_text("utf-8"))
    assert found == {"edition": "partnership", "demonstration": True, "year": "2022/23"}


@pytest.fixture(scope="module")
def two_years(tmp_path_factory) -> Path:
    """The project with the page of women for 2022/23, and after it for 2023/24."""
    folder = tmp_path_factory.mktemp("years") / "project"
    for name in ("data", "shapes", "notebooks", "requirements.lock"):
        source = Path(__file__).parents[2] / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    (folder / "outputs").mkdir()
    return folder


@pytest.fixture
def project(two_years, monkeypatch) -> Path:
    monkeypatch.setenv("CDPB_HOME", str(two_years))
    monkeypatch.chdir(two_years)
    shutil.rmtree(two_years / ".cdpb", ignore_errors=True)
    return two_years


def women(capsys, project: Path, *years: str) -> dict[str, bytes]:
    """The assessments of these years, with the page of women alone."""
    asked = [word for year in years for word in ("--year", year)]
    shutil.rmtree(project / "outputs")
    code, _, err = cdpb(capsys, "run", *asked, "--finding", "women_in_treatment")
    assert (code, err) == (0, "")
    return seen(project / "outputs" / "2023-24")


def doctored(path: Path, text: str) -> None:
    """A record of a year that says something else, kept as if it were whole."""
    record = json.loads(path.read_text(encoding="utf-8"))
    record["verdict"]["label"] = text
    path.write_text(json.dumps(record), encoding="utf-8")
    path.rename(path.with_name(f"{path.stem.partition('-')[0]}-{file_hash(path)}.json"))


@pytest.mark.slow
def test_a_year_that_is_at_hand_is_not_computed_again_and_gives_the_same_page(project, capsys):
    """Of a command for several years, and from one command to the next."""
    alone = women(capsys, project, "2023/24")
    shutil.rmtree(project / ".cdpb")
    assert women(capsys, project, "2023/24", "2022/23") == alone

    kept = {path.name: path for path in (project / ".cdpb" / "years").iterdir()}
    shutil.rmtree(project / ".cdpb" / "cache")
    assert women(capsys, project, "2023/24") == alone
    assert {path.name for path in (project / ".cdpb" / "years").iterdir()} == set(kept)


@pytest.mark.slow
def test_what_is_kept_of_a_year_is_what_the_next_page_shows(project, capsys):
    """So it is used; and not if a byte of it differs from what was kept."""
    alone = women(capsys, project, "2023/24")
    kept = project / ".cdpb" / "years"
    for path in list(kept.iterdir()):
        if json.loads(path.read_text(encoding="utf-8"))["year"] == "2022/23":
            doctored(path, "Planted")
    shutil.rmtree(project / ".cdpb" / "cache")
    planted = women(capsys, project, "2023/24")
    changed = {name for name in alone if planted[name] != alone[name]}
    assert "E09000003/public/women-in-treatment.html" in changed

    for path in kept.iterdir():
        path.write_bytes(path.read_bytes() + b" ")
    shutil.rmtree(project / ".cdpb" / "cache")
    assert women(capsys, project, "2023/24") == alone


def test_the_years_kept_longest_ago_are_forgotten_first(project, monkeypatch):
    folder = project / ".cdpb" / "years"
    folder.mkdir(parents=True)
    for name in ("old", "new"):
        (folder / f"{name}-0.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(cache, "MOST_YEARS_KEPT", 1)
    cache.forget_oldest()
    assert len(list(folder.iterdir())) == 1
