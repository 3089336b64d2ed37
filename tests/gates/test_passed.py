"""What passed isn't judged again; what changed since is, and a leak is found all the same."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cdpb.report.markup import without_line
from cdpb.report.workbooks import WHOLE
from cdpb.runner.gates import (
    attacking,
    check_written,
    gate_report,
    gate_shares,
    judge_ahead,
    outcome,
    scan,
)
from cdpb.runner.gates.outcome import GateReport, key_of_tables, keys_of_findings
from cdpb.runner.gates.written import Written, read_written
from cdpb.runner.keys import Inputs
from tests.gates.test_scan import IN_A_FIGURE, ON_PAGES, PAGE, PLANTS, WARDS, on_the_page, planted
from tests.support.built import BARNET
from tests.support.commands import HERE, cdpb
from tests.support.toys import write_notebook

pytestmark = pytest.mark.slow

# The memory is held on an assessment of few findings: to judge all twenty takes six times as long.
# Made of what the others say, and so judged again with any of them.
OF_OTHERS = {"summary", "outcomes_framework", "delivery_plan", "needs", "partnership"}
RECORD, TABLE = f"findings/{WARDS}.json", f"tables/{WARDS}/wards.csv"


def judged_as_a_run_does(folder: Path) -> Written:
    written = read_written(folder / "2025-26" / BARNET / "public")
    return replace(written, judged_by=Inputs().of_checking(written.assessment))


@pytest.fixture(scope="module")
def whole(assessments) -> Written:
    """The assessment with all of its findings."""
    return judged_as_a_run_does(assessments)


@pytest.fixture(scope="module")
def built(few) -> Written:
    """The same with few of them."""
    return judged_as_a_run_does(few)


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> tuple[Path, list[GateReport]]:
    """Where what passed is kept, and what was said of it when it was first judged."""
    return tmp_path_factory.mktemp("kept"), []


@pytest.fixture(scope="module")
def kept(built, first) -> Path:
    """What is kept of it once it has passed."""
    folder, said = first
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcome, "_folder", lambda: folder)
        said.append(check_written(built))
    assert said[0].passed
    assert not said[0].outcomes[0].remembered
    return folder


@pytest.fixture
def entries(kept, tmp_path, monkeypatch) -> Path:
    """The same, for a test to change."""
    folder = Path(shutil.copytree(kept, tmp_path / "kept"))
    monkeypatch.setattr(outcome, "_folder", lambda: folder)
    return folder


@pytest.fixture
def kept_by_its_run(whole, tmp_path, monkeypatch) -> Path:
    """What the run that made the whole assessment has kept of it."""
    folder = tmp_path / "kept"
    folder.mkdir()
    for key in keys(whole).values():
        shutil.copyfile(outcome._folder() / key, folder / key)
    monkeypatch.setattr(outcome, "_folder", lambda: folder)
    return folder


@pytest.fixture
def copied(whole, tmp_path) -> Written:
    """The whole assessment, in a folder that a test may change."""
    return replace(whole, folder=Path(shutil.copytree(whole.folder, tmp_path / "public")))


@pytest.fixture
def judged(monkeypatch) -> list[str]:
    """What is judged: the slug of each page that is rendered again, and the attack."""
    told: list[str] = []
    render, attack = scan.render_page, attacking.attack_written
    monkeypatch.setattr(
        scan, "render_page", lambda book, slug: told.append(slug) or render(book, slug)
    )
    monkeypatch.setattr(
        attacking, "attack_written", lambda written: told.append("attack") or attack(written)
    )
    return told


def slugs(written: Written, *ids: str) -> set[str]:
    return {record["slug"] for record in written.records if record["id"] in ids}


def keys(written: Written) -> dict[str, str]:
    return {**keys_of_findings(written), "attack": key_of_tables(written)}


def judged_again(before: Written, after: Written) -> set[str]:
    """The findings, and the attack, that nothing is remembered of."""
    known, now = keys(before), keys(after)
    return {name for name in now if now[name] != known.get(name)}


def on_disk(pattern: str, by: str, name: str) -> Callable[[Written], Written]:
    def change(written: Written) -> Written:
        on_the_page(pattern, by, name)(written.folder)
        return written

    return change


def notebook_of(written: Written, folder: Path) -> Written:
    path = written.notebooks[WARDS]
    book = json.loads(path.read_text(encoding="utf-8")) | {"nbformat_minor": 4}
    (folder / path.name).write_text(json.dumps(book), encoding="utf-8")
    return replace(written, notebooks={**written.notebooks, WARDS: folder / path.name})


def with_a_table(written: Written) -> Written:
    first, *others = written.records
    more = {"id": "more", "file": f"tables/{first['id']}/more.csv", "rows": 1}
    return replace(written, records=[first | {"tables": [*first["tables"], more]}, *others])


def without_the_line(written: Written) -> Written:
    page = written.folder / PAGE
    page.write_bytes(without_line(page.read_bytes()))
    return written


ONE = {WARDS} | OF_OTHERS
ALL = "all"
CHANGES = {
    "a digit of a page": (on_disk(r"12th \(4\.6", "12th (4.7", PAGE), ONE),
    "a digit of a record": (on_disk(r"12th \(4\.6", "12th (4.7", RECORD), ONE),
    "a digit of a table": (on_disk("Colindale North,59,", "Colindale North,60,", TABLE),
                           ONE | {"attack", WHOLE}),
    "an executed notebook": (lambda written: notebook_of(written, written.folder.parent), ONE),
    "the files that it has": (with_a_table, ALL),
    "a finding that is left out": (
        lambda written: replace(written, records=written.records[1:]), ALL,
    ),
    "whether it is a draft": (without_the_line, set()),
    "the manifest": (on_disk('"year"', '"year" ', "manifest.json"), set()),
    "what the scan judges by": (
        lambda written: replace(written, judged_by={**written.judged_by, "scan": "another"}),
        {"all but the attack"},
    ),
    "what the attack judges by": (
        lambda written: replace(written, judged_by={**written.judged_by, "attack": "another"}),
        {"attack"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "again"), CHANGES.values(), ids=CHANGES)
def test_what_changes_is_judged_again_and_what_is_made_of_it(whole, copied, change, again):
    """The manifest and the index are judged each time."""
    after = change(copied)
    everything = set(keys(after))
    expected = {ALL: everything, "all but the attack": everything - {"attack"}}
    wanted = again if isinstance(again, str) else next(iter(again), "")
    assert judged_again(whole, after) == expected.get(wanted, again)


def with_pages(built) -> list[str]:
    """The findings that have a page; one for which nothing is held has a row on the front page."""
    return [
        each["slug"] for each in built.records if (built.folder / f"{each['slug']}.html").exists()
    ]


def test_what_has_passed_is_not_judged_again(entries, first, built, judged):
    """Of what is judged each page is rendered: test_asked_for_afresh_all_is_judged counts them."""
    again = check_written(built)

    assert judged == []
    assert again.passed
    assert again.outcomes[0].remembered
    (_, (before,)) = first
    assert [each.looked_at for each in again.outcomes] == [
        each.looked_at for each in before.outcomes
    ]


def test_one_that_changed_is_judged_with_those_made_of_it(kept_by_its_run, whole, judged, tmp_path):
    """Its notebook is written otherwise, and shows the same; of twenty findings six are judged."""
    assert check_written(notebook_of(whole, tmp_path)).passed
    assert set(judged) == slugs(whole, *ONE)


def leaking(what: str, built: Written, folder: Path) -> Written:
    """The assessment with one of the scan's plants, in an executed notebook or on a file."""
    if what in ON_PAGES:
        place = Path(shutil.copytree(built.folder, folder / "public"))
        ON_PAGES[what][0](place)
        return replace(built, folder=place, records=read_written(place).records)
    if what in PLANTS:
        edit, says = PLANTS[what]
        found = planted(built, says.split(": ")[0], edit, folder)
    else:
        found = planted(built, "figure", IN_A_FIGURE[what][0], folder, 'id="wards-ranked"')
    return replace(found, judged_by=built.judged_by)


@pytest.mark.parametrize("what", [*PLANTS, *IN_A_FIGURE, *ON_PAGES])
def test_what_is_planted_in_what_has_passed_is_refused(entries, built, tmp_path, what):
    """A refusal is never kept: only what stands beside it had passed."""
    leak = leaking(what, built, tmp_path)
    before = {each.name: each.read_bytes() for each in entries.iterdir()}

    assert scan.scan_written(leak).findings
    assert {each.name: each.read_bytes() for each in entries.iterdir()} == before


@pytest.mark.parametrize("what", [next(iter(each)) for each in (PLANTS, IN_A_FIGURE, ON_PAGES)])
def test_what_was_refused_is_refused_again(entries, built, tmp_path, what):
    leak = leaking(what, built, tmp_path)
    first, second = scan.scan_written(leak).findings, scan.scan_written(leak).findings
    assert first
    assert first == second


def in_shares(written: Written, number: int) -> GateReport:
    """What the gates say where each share of theirs was judged beforehand."""
    written, shares = gate_shares(replace(written, fresh=True), number)
    assert len(shares) == number + 1
    return check_written(written, [judge_ahead(written, share) for share in shares])


def test_in_shares_each_finding_is_judged_once(entries, first, built, judged):
    """One that says what others say comes last, when they have passed; nothing is left out."""
    report = in_shares(built, 2)

    assert report.passed
    assert sorted(judged) == sorted(["attack", *with_pages(built)])
    (_, (before,)) = first
    assert [each.looked_at for each in report.outcomes] == [
        each.looked_at for each in before.outcomes
    ]
    assert {each.name for each in entries.iterdir()} == set(keys(built).values())


@pytest.mark.parametrize("what", [next(iter(each)) for each in (PLANTS, IN_A_FIGURE, ON_PAGES)])
def test_in_shares_the_same_is_refused_in_the_same_words(entries, built, tmp_path, what):
    """What was found in a share is found again by the check of all, which alone tells of it."""
    leak = leaking(what, built, tmp_path)
    alone = check_written(replace(leak, fresh=True))
    kept = {each.name for each in entries.iterdir()}

    report = in_shares(leak, 2)

    assert report.findings
    assert report.findings == alone.findings
    assert keys(leak)[WARDS] not in {each.name for each in entries.iterdir()} | kept


def test_what_a_share_was_lost_over_is_judged_by_the_check(entries, built, judged):
    """As when its process was ended."""
    written, shares = gate_shares(replace(built, fresh=True), 2)
    report = check_written(written, [judge_ahead(written, share) for share in shares[2:]])
    assert report.passed
    assert sorted(judged) == sorted(["attack", *with_pages(built)])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def another(path: Path) -> None:
    """A whole entry, of another key."""
    shutil.copyfile(next(each for each in path.parent.iterdir() if each != path), path)


def a_figure_more(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"figures": [', b'"figures": ["3141", '))


@pytest.mark.parametrize("spoil", [emptied, cut, another, a_figure_more])
def test_an_entry_that_is_not_as_it_was_kept_is_judged_anew(entries, built, judged, spoil):
    """And is whole again after that."""
    path = entries / keys_of_findings(built)[WARDS]
    before = path.read_bytes()
    spoil(path)

    assert check_written(built).passed

    assert judged == [PAGE.removesuffix(".html")]
    assert path.read_bytes() == before


def test_asked_for_afresh_all_is_judged_and_kept_anew(entries, built, judged, monkeypatch):
    """If it is refused then, it isn't remembered as passed either."""
    fresh = replace(built, fresh=True)
    assert check_written(fresh).passed
    assert len(judged) == len(with_pages(built)) + 1
    # Of each finding one, of the workbook of all tables, and of the attack.
    assert len(list(entries.iterdir())) == len(built.records) + 2

    monkeypatch.setattr("cdpb.runner.gates.folder.problems", lambda *_: ["a page: a number"])
    assert not check_written(fresh).passed
    assert [each.name for each in entries.iterdir()] == [key_of_tables(built)]


def test_what_was_judged_by_something_that_changed_meanwhile_is_not_kept(
    entries, built, monkeypatch
):
    """Nobody could tell which of both it was judged by."""
    changed = replace(built, judged_by={"attack": "before", "scan": "before"})
    before = sorted(entries.iterdir())
    assert check_written(changed).passed
    assert sorted(entries.iterdir()) == before


def test_a_disk_on_which_nothing_can_be_kept_stops_nobody(entries, built, monkeypatch, judged):
    def full(*_) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outcome, "write_whole", full)
    assert check_written(replace(built, fresh=True)).passed
    assert list(entries.iterdir()) == []


def test_what_was_used_longest_ago_is_forgotten_first(entries, built, monkeypatch):
    (entries / "old").write_text("", encoding="utf-8")
    monkeypatch.setattr(outcome, "MOST_KEPT", len(keys(built)))
    assert check_written(replace(built, fresh=True)).passed
    assert {each.name for each in entries.iterdir()} == set(keys(built).values())


def test_a_run_judges_what_it_made_anew_and_a_gate_everything(toy, capsys, judged):
    """What is remembered is a run's alone: before a release nothing is taken for granted."""
    cdpb(capsys, "run")
    assert sorted(judged) == ["attack", "first", "second"]
    judged.clear()
    write_notebook(toy, "second", ["toys = 99"])
    cdpb(capsys, "run")
    assert judged == ["second"]
    judged.clear()
    cdpb(capsys, "run", "--fresh")
    assert sorted(judged) == ["attack", "first", "second"]
    judged.clear()
    assert gate_report(toy / "outputs" / HERE, every=False).passed
    assert sorted(judged) == ["attack", "first", "second"]
