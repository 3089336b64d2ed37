"""The project's own lists, saved by a spreadsheet program: read alike, or refused with the line."""

import csv
import io
import re
import shutil

import pytest

from cdpb import areas
from cdpb.build import Build
from cdpb.errors import InputError
from cdpb.findings.documents import quotes_of
from cdpb.loaders.headers import vintages
from cdpb.loaders.value_maps import words
from cdpb.runner.gates.known_numbers import texts_of
from findings.outcomes_framework import metrics
from tests.support.project import CHECKOUT, lines_of

# Read as received tables are, with a log of what was dropped: tests/loaders/test_sites.py.
AS_RECEIVED = {"special_sites.csv"}
LISTS = sorted(
    path.relative_to(CHECKOUT / "data").as_posix()
    for pattern in ("*.csv", "areas/*.csv", "value_maps/*.csv", "column_maps/*.csv")
    for path in (CHECKOUT / "data").glob(pattern)
    if path.relative_to(CHECKOUT / "data").as_posix() not in AS_RECEIVED
)
PARTNERS = Build("partnership")
SIGN = "\u2019"  # A curly apostrophe, which cp1252 writes as one byte.


@pytest.fixture
def data(tmp_path, monkeypatch):
    """The project's own lists, in a folder where a test may save them otherwise."""
    for name in [*LISTS, "areas/E09000003.yml", "sources.yml"]:
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / "data" / name, tmp_path / "data" / name)
    monkeypatch.setenv("CDPB_HOME", str(tmp_path))
    return tmp_path / "data"


def read(name: str, data) -> object:
    """What the project's own reader of a list makes of it."""
    folder, _, file = name.rpartition("/")
    stem = file.removesuffix(".csv")
    if folder == "column_maps":
        return vintages(stem)
    if folder == "value_maps":
        return words(stem)
    readers = {
        "boroughs": areas.boroughs,
        "E09000003_actions": lambda: areas.area_file("E09000003").actions,
        "E09000003_achievements": lambda: areas.area_file("E09000003").achievements,
        "metrics": metrics,
        "E09000003_metrics": lambda: metrics("E09000003"),
        "quoted_figures": lambda: quotes_of("E09000003", "Q02", build=PARTNERS),
    }
    return readers.get(stem, lambda: list(texts_of(data / name)))()


def saved(content: bytes, *, sign: str = ",", encoding: str = "utf-8", blank: int = 0) -> bytes:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    rows += [[""] * len(rows[0])] * blank
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=sign, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding, errors="replace")


def plain(told: object) -> str:
    """What was read, without quotes and the signs that cp1252 has not, and sets in order."""
    text = re.sub(r"[^\x20-\x7e]|[?'\"]", "", str(told))
    return re.sub(r"{(.*?)}", lambda found: str(sorted(found[1].split(", "))), text)


WAYS = {
    "cp1252": {"encoding": "cp1252"},
    "with a byte order mark": {"encoding": "utf-8-sig"},
    "semicolons": {"sign": ";"},
    "blank rows at the end": {"blank": 3},
    "all of it": {"encoding": "cp1252", "sign": ";", "blank": 2},
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_saved_by_a_spreadsheet_program_says_what_it_said(data, name):
    """Messages tell an analyst to add a line, and a spreadsheet is where she adds it."""
    before = read(name, data)
    path = data / name
    content = path.read_bytes().replace(b"'", SIGN.encode())
    for way, how in WAYS.items():
        path.write_bytes(saved(content, **how))

        assert plain(read(name, data)) == plain(before), way


SPOILT = [
    (lambda lines: [*lines, b"one,cell,and,many,more" + b"," * 40], "wanted"),
    (lambda lines: [*lines[:2], b'"open', *lines[2:]], "line"),
    (lambda lines: [b"," + lines[0], *(b"," + line for line in lines[1:])], "no name"),
    (lambda lines: [lines[0] + b"," + lines[0].split(b",")[0]], "two columns"),
    (lambda lines: [*lines[:1], b"\x81\x8d", *lines[1:]], "line 2"),
    (lambda lines: [], "empty"),
    (lambda lines: [b"PK\x03\x04", *lines], "spreadsheet"),
    (lambda lines: [b"\xff\xfe", *lines], "UTF-16"),
]


@pytest.mark.parametrize("name", LISTS)
def test_what_could_mean_something_else_is_refused_with_file_and_line(data, name):
    path = data / name
    lines = path.read_bytes().splitlines()
    for spoil, says in SPOILT:
        path.write_bytes(b"\n".join(spoil(lines)) + b"\n")

        with pytest.raises(InputError) as refused:
            read(name, data)

        told = lines_of(refused)
        assert told[0].startswith(f"data/{name}, line ")
        assert says in told[0]
        assert "save the list again" in told[-2]


def test_own_lists_are_read_by_one_reader():
    """Received tables have theirs, which keeps a log; outputs are read as they were written."""
    reads = re.compile(r"csv\.(Dict)?[rR]eader|read_csv\(")
    found = {
        path.relative_to(CHECKOUT / "cdpb").as_posix()
        for path in (CHECKOUT / "cdpb").rglob("*.py")
        if reads.search(path.read_text(encoding="utf-8"))
    }
    outputs = {
        f"runner/gates/{name}.py" for name in ("rebuilding", "text_nodes", "written", "folder")
    } | {"report/sheets.py"}
    assert found <= {"csv_files.py", "loaders/files.py"} | outputs
