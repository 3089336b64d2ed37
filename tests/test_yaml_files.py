"""Declarations are inputs: what could be read in two ways is refused, in every YAML file alike."""

import re
import shutil

import pytest

import cdpb
from cdpb import catalogue
from cdpb.areas import area_file
from cdpb.declarations import declarations
from cdpb.errors import InputError
from cdpb.loaders.corrections import Correction, corrections
from cdpb.paths import data_folder
from cdpb.policies import policies
from cdpb.report.index import accessibility_record
from cdpb.report.method import logged
from cdpb.report.page import terms
from cdpb.runner.gates.known_numbers import allowed_numbers
from cdpb.runner.plan import defaults
from cdpb.yaml_files import read_yaml, typed
from tests.support.project import CHECKOUT, lines_of

READERS = {
    "data/sources.yml": catalogue.sources,
    "data/policies.yml": policies,
    "data/corrections.yml": corrections,
    "data/defaults.yml": defaults,
    "data/glossary.yml": terms,
    "data/accessibility.yml": accessibility_record,
    "data/allowed_numbers.yml": allowed_numbers,
    "data/assumptions.yml": lambda: logged("Assumptions"),
    "data/data_log.yml": lambda: logged("Data quality"),
    "data/areas/E09000003.yml": lambda: area_file("E09000003"),
    "data/areas/example.yml": lambda: read_yaml(data_folder() / "areas" / "example.yml"),
    "notebooks/findings/columns.yml": declarations,
    "notebooks/findings/women_in_treatment.yml": declarations,
    "data/ndtms_adults/2023-01-31/receipt.yml": lambda: catalogue.receipts("ndtms_adults"),
}


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The project's declarations, in a folder where a test may spoil them."""
    for name in READERS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, tmp_path / name)
    monkeypatch.setenv("CDPB_HOME", str(tmp_path))
    return tmp_path


def with_a_key_twice(text: str) -> tuple[str, str, int]:
    """A file whose first mapping has its last key again at the end; that key, and its new line."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if lines[0].startswith("- "):
        return "\n".join(["- {again: 1, again: 2}", *lines]), "again", 1
    key = [line for line in lines if re.match(r"\w+:", line)][-1].split(":")[0]
    return "\n".join([*lines, f"{key}: again", ""]), key, len(lines) + 1


@pytest.mark.parametrize("name", READERS)
def test_a_key_that_stands_twice_stops_in_every_file_with_its_line(copied, name):
    """The last one would win in silence: a second ``exceptions:`` would drop a signed one."""
    path = copied / name
    spoilt, key, line = with_a_key_twice(path.read_text(encoding="utf-8"))
    path.write_text(spoilt, encoding="utf-8")

    with pytest.raises(InputError) as refused:
        READERS[name]()

    said = lines_of(refused)
    assert said[0] == f"{name}: the key '{key}' stands twice."
    assert f"again on line {line}." in said[1]


def test_every_kind_of_yaml_file_in_the_project_has_its_reader_here():
    """A new file of declarations joins the list above, or nobody knows that it is refused."""
    held = {
        _of_its_kind(path.relative_to(CHECKOUT).as_posix())
        for folder in ("data", "notebooks")
        for path in (CHECKOUT / folder).rglob("*.yml")
        if "illustrative" not in path.parts
    }
    assert held - {_of_its_kind(name) for name in READERS} == set()


def _of_its_kind(name: str) -> str:
    """All receipts are read alike, and all findings."""
    name = re.sub(r"data/\w+/\d{4}-\d\d-\d\d/", "receipts/", name)
    return re.sub(r"findings/(?!columns)\w+", "findings/a_finding", name)


def test_only_one_module_reads_yaml():
    """A second reader would let through what this one refuses."""
    package = next(iter(cdpb.__path__))
    found = [
        path.name
        for folder in (package, CHECKOUT / "data", CHECKOUT / "notebooks")
        for path in sorted(CHECKOUT.joinpath(folder).rglob("*.py"))
        if re.search(r"import yaml\b|from yaml\b|safe_load", path.read_text(encoding="utf-8"))
    ]
    assert found == ["yaml_files.py"]


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x: {a: 1, 'a': 2}", "stands twice"),
        ("1: a\n0x1: b", "stands twice"),
        ("b: 1\nagreed: 2023-02-30", "line 2: its value can't be"),
        ("n: " + "9" * 5000, "line 1: its value can't be"),
        ("[" * 5000, "nested too deep"),
        ("a: &a [*a]", "aliases make it too large"),
        (LAUGHS, "aliases make it too large"),
        ("a: 1\nb: !!python/object:os.system x", "line 2: it has the tag"),
        ("? [a, b]\n: c", "a key is no plain word"),
        ("a: 1\n---\na: 2", "another document"),
        ("a: [1\nb: 2", "line 2"),
        ("a: \x01", "not readable as YAML"),
        ("a: \ud7ff".encode("utf-16"), "not UTF-8"),
    ],
)
def test_what_is_no_plain_yaml_gets_one_clear_message(tmp_path, text, says):
    """Never a traceback, a frozen machine or a value that nobody wrote."""
    path = tmp_path / "drawn.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))

    with pytest.raises(InputError) as refused:
        read_yaml(path)

    assert says in "\n".join(lines_of(refused))


def test_anchors_and_merges_may_be_used(tmp_path):
    """A table that is declared like another takes its keys, and says what differs."""
    path = tmp_path / "drawn.yml"
    path.write_text("- &one {id: a, n: 1}\n- {<<: *one, id: b}\n", encoding="utf-8")

    assert read_yaml(path) == [{"id": "a", "n": 1}, {"id": "b", "n": 1}]


def test_a_key_that_is_misspelt_or_absent_is_told_with_the_closest(tmp_path):
    """In an analyst's words, and not in those of what reads the file."""
    content = {"sorce": "a", "rows": {}, "column": "n", "expect": 1, "becomes": 2, "why": "w"}

    with pytest.raises(InputError) as refused:
        typed(Correction, content | {"agreed": "2025-01-31"}, tmp_path / "drawn.yml")

    assert [line.strip() for line in lines_of(refused)[1:]] == [
        "source: wanted, and not there.",
        "agreed_by: wanted, and not there.",
        "sorce: no key of that name. Did you mean source?",
    ]
