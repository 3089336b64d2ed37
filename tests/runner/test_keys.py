"""What changes runs again what depends on it, and nothing else does."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import cdpb
from cdpb import catalogue
from cdpb.declarations import declarations
from cdpb.findings.area_files import checked_area_file
from cdpb.key import make_key
from cdpb.runner.job import Assessment
from cdpb.runner.keys import Inputs, code_of, key_of, sources_opened
from cdpb.runner.modules import Modules

BOARD = ("partnership", True)
ALL = {finding.id for finding in declarations().findings}
LAST = {finding.id for finding in declarations().findings if finding.after}
Keys = dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def original(tmp_path_factory, project_folder) -> Path:
    """The project and the library as they are, copied once."""
    folder = tmp_path_factory.mktemp("whole") / "project"
    for name in ("data", "shapes", "notebooks", "cdpb"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(project_folder / name, folder / name, ignore=ignored)
    shutil.copyfile(project_folder / "requirements.lock", folder / "requirements.lock")
    with pytest.MonkeyPatch.context() as patch:
        being(folder, patch)
        keys_of(folder, BOARD)  # What each file imports is known from here on, as after a run.
    return folder


@pytest.fixture(scope="module")
def project_folder() -> Path:
    return Path(cdpb.__file__).parents[1]


@pytest.fixture(scope="module")
def before(original) -> Keys:
    """The keys for the board before anything changes: in whatever folder, they are the same."""
    with pytest.MonkeyPatch.context() as patch:
        being(original, patch)
        return keys_of(original, BOARD)


@pytest.fixture
def whole(original, tmp_path, monkeypatch) -> Path:
    """A copy of both that a test may change, which is the project while the test runs."""
    return being(Path(shutil.copytree(original, tmp_path / "project")), monkeypatch)


def being(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Let a folder be the project, with a library of its own."""
    patch.setenv("CDPB_HOME", str(folder))
    patch.setattr(cdpb, "__file__", str(folder / "cdpb" / "__init__.py"))
    return folder


def keys_of(folder: Path, build: tuple[str, bool], area: str = "E09000003") -> Keys:
    """By finding the key of its execution, and of its page beside that."""
    inputs, found = Inputs(), {}
    assessment = Assessment(area, "", "2023/24", *build, folder / "outputs")
    for finding in declarations().findings:
        executed = inputs.of_execution(finding, assessment, assessment.parameters)
        found[finding.id] = key_of(executed), key_of(inputs.of_rendering(finding))
    return found


def run_again(before: Keys, after: Keys) -> tuple[set[str], set[str]]:
    """The findings that are executed again, and those of which only the page is rendered again."""
    executed = {name for name in before if before[name][0] != after[name][0]}
    return executed, {name for name in before if before[name][1] != after[name][1]} - executed


def using(*sources: str) -> set[str]:
    """The findings that a build for the board opens any of these sources for."""
    asked = Assessment("E09000003", "", "2023/24", *BOARD, Path())
    return {
        finding.id
        for finding in declarations().findings
        if set(sources) & set(sources_opened(finding, asked))
    }


def edited(path: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        text = (folder / path).read_text(encoding="utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def appended(path: str, text: str) -> Callable[[Path], None]:
    def append(folder: Path) -> None:
        with (folder / path).open("a", encoding="utf-8") as file:
            file.write(text)

    return append


def cell_changed(path: str, kind: str) -> Callable[[Path], None]:
    """The first cell of a kind of which the text can be added to."""

    def change(folder: Path) -> None:
        content = json.loads((folder / path).read_text(encoding="utf-8"))
        cell = next(each for each in content["cells"] if each["cell_type"] == kind)
        cell["source"] = [*cell["source"], "\n# More." if kind == "code" else " More."]
        (folder / path).write_text(json.dumps(content), encoding="utf-8")

    return change


WOMEN = {"women_in_treatment"}
DRAWING_FUNNELS = {"ward_drug_offences", "licensing_and_alcohol_harm"}
CHANGES = {
    "a cell of code": (cell_changed("notebooks/03_women_in_treatment.ipynb", "code"), WOMEN, set()),
    "a sentence of a notebook": (
        cell_changed("notebooks/03_women_in_treatment.ipynb", "markdown"),
        set(),
        WOMEN,
    ),
    "a sentence of a finding's file": (
        edited("notebooks/findings/women_in_treatment.py", "would be women", "are women"),
        WOMEN,
        set(),
    ),
    "a finding's declaration": (
        edited("notebooks/findings/women_in_treatment.yml", "title: Women", "title: The women"),
        WOMEN | LAST,
        set(),
    ),
    "a function two modules away": (
        edited("cdpb/report/charts/funnel.py", '"""', '"""Funnels. '),
        DRAWING_FUNNELS,
        set(),
    ),
    "a module that all load": (appended("cdpb/numbers.py", "\n# More.\n"), ALL, set()),
    "a loader": (appended("cdpb/loaders/counts.py", "\n# More.\n"), ALL, set()),
    "a module that no page loads": (appended("cdpb/desk/making.py", "\n# More.\n"), set(), set()),
    "a gate": (appended("cdpb/runner/gates/scan.py", "\n# More.\n"), set(), set()),
    "the exporter": (appended("cdpb/report/page.py", "\n# More.\n"), set(), ALL),
    "the page's style": (appended("cdpb/report/template/cdpb/page.css", "\n"), set(), ALL),
    "the style of blocks": (appended("cdpb/report/template/cdpb/blocks.css", "\n"), ALL, set()),
    "the glossary": (appended("data/glossary.yml", "# More.\n"), set(), ALL),
    "the description of a column": (
        appended("notebooks/findings/columns.yml", "# More.\n"),
        ALL,
        set(),
    ),
    "the area's file": (appended("data/areas/E09000003.yml", "# More.\n"), ALL, set()),
    "another area's file": (appended("data/areas/E09000007.yml", "# More.\n"), set(), set()),
    "a declaration of a source": (
        edited("data/sources.yml", "title: Naloxone", "title: Nasal naloxone"),
        using("naloxone"),
        set(),
    ),
    "defaults, and numbers that are allowed": (
        lambda folder: [
            appended(f"data/{name}.yml", "# More.\n")(folder)
            for name in ("defaults", "allowed_numbers")
        ],
        set(),
        set(),
    ),
    "locked versions": (appended("requirements.lock", "# More.\n"), ALL, set()),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_changed_runs_again_what_depends_on_it_and_nothing_else(whole, before, what):
    change, executed, rendered = CHANGES[what]
    change(whole)
    assert run_again(before, keys_of(whole, BOARD)) == (executed, rendered)


def test_a_byte_of_a_receipt_runs_again_the_pages_of_its_source(whole, before):
    (receipt,) = (whole / "data" / "ndtms_adults").glob("*/receipt.yml")
    with receipt.open("a", encoding="utf-8") as file:
        file.write("# More.\n")
    executed, rendered = run_again(before, keys_of(whole, BOARD))
    assert using("ndtms_adults") <= executed
    assert executed < ALL
    assert rendered == set()


def test_a_threshold_runs_again_the_pages_of_which_it_hides_counts(whole, before):
    """And no page of an edition that opens no source whose counts it hides."""
    public = keys_of(whole, ("public", False))
    rules = yaml.safe_load((whole / "data" / "policies.yml").read_text(encoding="utf-8"))
    rules["under_five_hide"]["threshold"] = 6
    hiding = [
        name
        for name, source in catalogue.sources().items()
        if "under_five_hide" in (source.policy, *source.policies.values())
    ]
    (whole / "data" / "policies.yml").write_text(yaml.safe_dump(rules), encoding="utf-8")
    executed, rendered = run_again(before, keys_of(whole, BOARD))
    assert "parents_in_treatment" in executed
    near = {name for each in hiding for name in catalogue.counting_the_same(each)}
    assert executed == using(*near)
    assert rendered == set()
    assert run_again(public, keys_of(whole, ("public", False))) == (set(), set())


def test_an_exception_runs_again_the_pages_of_its_area_alone(whole):
    """It stands in the area's file."""
    elsewhere = keys_of(whole, BOARD, "E09000007")
    appended("data/areas/E09000003.yml", "# An exception.\n")(whole)
    assert run_again(elsewhere, keys_of(whole, BOARD, "E09000007")) == (set(), set())


def test_a_table_that_is_declared_elsewhere_runs_again_what_is_protected_with_it(whole, before):
    """What is hidden of a source hangs on all tables that any finding shows of it."""
    path = "notebooks/findings/drinkcoach.yml"
    edited(path, "  - id:", "  - id: more\n    title: More\n    source: drinkcoach\n"
           "    dimensions: [year]\n    count: people\n  - id:")(whole)  # fmt: skip
    executed, _ = run_again(before, keys_of(whole, BOARD))
    assert executed == using("drinkcoach") | LAST


@pytest.mark.parametrize(
    "path",
    [
        "data/areas/E09000003.yml",
        "data/areas/boroughs.csv",
        "data/quoted_figures.csv",
        "data/sources.yml",
        "notebooks/findings/women_in_treatment.yml",
        "cdpb/findings/area_files.py",
        "data/census_2021_wards",
    ],
)
def test_the_file_of_an_area_is_checked_again_when_what_it_is_held_against_changes(whole, path):
    """Its parts against the tests that there are, its wards against those of the census."""
    before, place = Inputs().of_area("E09000003"), whole / path
    for file in [place] if place.is_file() else place.rglob("receipt.yml"):
        file.write_bytes(file.read_bytes() + b"\n# a word\n")
    assert Inputs().of_area("E09000003") != before


def test_another_version_of_a_package_runs_everything_again(whole, before, monkeypatch):
    (whole / "more" / "seaborn-9.9.9.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(whole / "more"))
    assert run_again(before, keys_of(whole, BOARD)) == (ALL, set())


def test_another_key_runs_again_the_pages_of_which_it_draws_what_is_hidden(
    assessed_once, monkeypatch, tmp_path
):
    """An environment variable names it."""
    monkeypatch.setenv("CDPB_HOME", str(assessed_once))
    before = keys_of(assessed_once, ("partnership", False))
    make_key(tmp_path / "another")
    monkeypatch.setenv("CDPB_KEY_FILE", str(tmp_path / "another"))
    after = keys_of(assessed_once, ("partnership", False))
    assert run_again(before, after) == ({"by_route", "by_year"}, set())


def judged_anew(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """The gates that are held again over what they have passed."""
    return {gate for gate in before if before[gate] != after[gate]}


def judged_by(folder: Path) -> dict[str, str]:
    barnet = Assessment("E09000003", "", "2023/24", "public", False, folder / "outputs")
    return Inputs().of_checking(barnet)


def receipt_renamed(folder: Path) -> None:
    (receipt,) = (folder / "data" / "ndtms_adults").glob("*/receipt.yml")
    edited(receipt.relative_to(folder).as_posix(), "- name: ", "- name: 2")(folder)


def released(folder: Path) -> None:
    entry = folder / "data" / "ledger" / "E09000003" / "2022-23_public.json"
    entry.parent.mkdir(parents=True)
    entry.write_text("{}", encoding="utf-8")


BOTH = {"attack", "scan"}
JUDGING = {
    "a number that is allowed": (appended("data/allowed_numbers.yml", "# More.\n"), BOTH),
    "a quoted figure": (edited("data/quoted_figures.csv", "1", "2"), BOTH),
    "the area's file": (appended("data/areas/E09000003.yml", "# More.\n"), BOTH),
    "another area's file": (appended("data/areas/E09000007.yml", "# More.\n"), set()),
    "the name of a received file": (receipt_renamed, BOTH),
    "a threshold": (edited("data/policies.yml", "threshold: 5", "threshold: 6"), BOTH),
    "what was released": (released, {"attack"}),
    "a module of the gates": (appended("cdpb/runner/gates/row_labels.py", "\n# More.\n"), BOTH),
    "a module that they use": (appended("cdpb/numbers.py", "\n# More.\n"), BOTH),
    "a template": (appended("cdpb/report/template/cdpb/page.css", "\n"), BOTH),
    "what a finding declares": (
        appended("notebooks/findings/women_in_treatment.yml", "# More.\n"), BOTH,
    ),
    "a sentence of a finding's file": (
        appended("notebooks/findings/women_in_treatment.py", "\n# More.\n"), set(),
    ),
    "a notebook": (cell_changed("notebooks/03_women_in_treatment.ipynb", "code"), set()),
}  # fmt: skip


@pytest.mark.parametrize(("change", "gates"), JUDGING.values(), ids=JUDGING)
def test_what_an_assessment_is_judged_by_holds_its_gates_again(whole, change, gates):
    """What it is made from is told by what was written."""
    before = judged_by(whole)
    change(whole)
    assert judged_anew(before, judged_by(whole)) == gates


def test_another_package_key_or_place_holds_gates_again_too(whole, monkeypatch, tmp_path):
    """The key draws what was hidden in the years before, which the attack looks back at."""
    before = judged_by(whole)
    with monkeypatch.context() as patch:
        (whole / "more" / "seaborn-9.9.9.dist-info").mkdir(parents=True)
        patch.syspath_prepend(str(whole / "more"))
        assert judged_anew(before, judged_by(whole)) == BOTH
    make_key(tmp_path / "another")
    with monkeypatch.context() as patch:
        patch.setenv("CDPB_KEY_FILE", str(tmp_path / "another"))
        assert judged_anew(before, judged_by(whole)) == {"attack"}
    whole.rename(tmp_path / "elsewhere")
    monkeypatch.setenv("CDPB_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setattr(cdpb, "__file__", str(tmp_path / "elsewhere" / "cdpb" / "__init__.py"))
    assert judged_anew(before, judged_by(tmp_path / "elsewhere")) == BOTH


def test_code_that_imports_by_a_computed_name_depends_on_the_whole_library(whole):
    """What it loads can't be read from its text."""
    path = "notebooks/findings/women_in_treatment.py"
    appended(path, "\nimport importlib\nimport_module = importlib.import_module\nimport_module\n")(
        whole
    )
    before = keys_of(whole, BOARD)
    appended("cdpb/desk/making.py", "\n# More.\n")(whole)
    assert run_again(before, keys_of(whole, BOARD)) == (WOMEN, set())


LOADED = """
import json, sys
from cdpb.declarations import declarations
from cdpb.findings.years import record_of
from tests.support.inprocess import run
run({finding!r}, {folder!r}, over_years=True, **{given!r})
print(json.dumps(sorted(sys.modules)))
"""
SAMPLE = {"women_in_treatment", "mental_health_need"}


@pytest.mark.parametrize(
    "finding",
    [
        pytest.param(each, marks=() if each in SAMPLE else pytest.mark.proof)
        for each in sorted(ALL - LAST)
    ],
)
def test_a_notebook_loads_no_module_that_its_key_does_not_know(finding, tmp_path):
    """Else a page could outlive a change of what made it."""
    own = checked_area_file("E09000003").parameters.get(finding, {})
    given = {"year": "2023/24", "area": "E09000003", "edition": "partnership",
             "demonstration": True, **own}  # fmt: skip
    script = LOADED.format(finding=finding, folder=str(tmp_path), given=given)
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    loaded = {name for name in json.loads(ended.stdout.splitlines()[-1]) if is_ours(name)}

    code = "\n".join(["import cdpb.runner.execute", *code_of(declarations().finding(finding))])
    assert len(loaded) > 50
    assert loaded - set(Modules().loaded_by(code)) == set()


def is_ours(name: str) -> bool:
    """Of the findings' own folder, which has no code itself, the modules in it."""
    return name == "cdpb" or name.startswith(("cdpb.", "findings."))
