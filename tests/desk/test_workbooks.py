"""Workbooks: what they hold, where they are linked, and that nothing can be hidden in one."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import odfdo
import pytest
from python_calamine import CalamineWorkbook

from cdpb.report.archives import DRAFT, PASSED, as_draft, packed, unpacked
from cdpb.report.html_tree import read_document
from cdpb.report.sheets import sheets_of
from cdpb.report.workbooks import workbooks_of, workbooks_of_all
from cdpb.runner.gates.rebuilding import differing
from cdpb.runner.gates.scan import Scan
from cdpb.runner.gates.workbook_check import strange_in
from cdpb.runner.gates.written import read_written
from tests.desk.workbooks import CELLS, finding, written
from tests.support.built import BARNET

FORMATS = ("xlsx", "ods")


def cell_text(value: object) -> str:
    """A cell as a CSV has it; a whole number has no decimals there."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def as_numbers(rows: list[list[str]]) -> list[list[str]]:
    """Cells in which 0.10 and 1e-01 are the same."""
    return [[_number(cell) for cell in row] for row in rows]


def _number(cell: str) -> str:
    return cell_text(float(cell)) if re.fullmatch(r"-?\d+(\.\d+)?(e[-+]?\d+)?", cell) else cell


def tables_in(path: Path) -> dict[str, list[list[str]]]:
    """The table of each sheet, by the name of the sheet: all below the first empty row."""
    book, found = CalamineWorkbook.from_path(str(path)), {}
    for name in book.sheet_names[5:]:
        rows = book.get_sheet_by_name(name).to_python()
        top = next(at for at, row in enumerate(rows) if not any(row)) + 1
        found[name] = [[cell_text(cell) for cell in row] for row in rows[top:]]
    return found


def csvs_of(record: dict, folder: Path) -> list[list[list[str]]]:
    shown = [each for each in record["tables"] if each["rows"]]
    texts = [(folder / each["file"]).read_text(encoding="utf-8-sig") for each in shown]
    return [as_numbers(list(csv.reader(text.splitlines()))) for text in texts]


def workbooks(records: list[dict], folder: Path) -> dict[str, bytes]:
    """Of each finding and of them all, by the names of their files."""
    own = (book for record in records for book in workbooks_of(record, folder))
    return {book.name: book.content for book in (*own, *workbooks_of_all(records, folder))}


@pytest.fixture
def made(tmp_path) -> dict[str, bytes]:
    """By format, the workbook of one small finding."""
    record = finding()
    found = workbooks([record], written(tmp_path, record))
    return {name.rpartition(".")[2]: content for name, content in found.items() if "wards" in name}


def test_csv_xlsx_and_ods_agree_cell_by_cell(newest):
    """Whoever takes one of the three has the same figures, of every finding and of them all."""
    everything, count = [], 0
    for record in read_written(newest).records:
        tables = csvs_of(record, newest)
        everything += tables
        for each in FORMATS if tables else ():
            path = newest / f"workbooks/{BARNET}-2025-26-public-{record['slug']}.{each}"
            assert list(tables_in(path).values()) == tables, path.name
            count += 1
    assert count > 20
    for each in FORMATS:
        whole = tables_in(newest / f"workbooks/{BARNET}-2025-26-public-all-tables.{each}")
        assert list(whole.values()) == everything


def test_small_table_reads_back_as_it_was_typed(made, tmp_path):
    for kind, content in made.items():
        (tmp_path / f"a.{kind}").write_bytes(content)
        (table,) = tables_in(tmp_path / f"a.{kind}").values()
        assert table == CELLS


def test_another_library_opens_the_ods_too(made, tmp_path):
    (tmp_path / "a.ods").write_bytes(made["ods"])
    sheets = {
        table.name: table.get_values() for table in odfdo.Document(tmp_path / "a.ods").body.tables
    }
    assert list(sheets) == ["Cover", "Contents", "Notes", "Sources", "Columns", "1 orders"]
    assert ["Abbey", 12] in sheets["1 orders"]
    assert ["[c]", sheets["Notes"][3][1]] in sheets["Notes"]


@pytest.mark.parametrize("kind", FORMATS)
def test_what_begins_like_a_formula_is_a_text(made, kind):
    text = b"".join(unpacked(made[kind]).values())
    assert b"=cmd" in text
    assert b"<f>" not in text
    assert b"table:formula" not in text


def test_hidden_cell_is_a_marker_and_the_key_explains_it(made, tmp_path):
    sheets = sheets_of([finding()], tmp_path)
    notes = {row[0]: row[1] for row in sheets[2].rows}
    assert set(notes) >= {"[c]", "[x]", "[z]", "[u]"}
    assert "to protect people" in notes["[c]"]


def test_sources_say_who_when_and_under_which_licence(made, tmp_path):
    sheets = sheets_of([finding()], tmp_path)
    assert sheets[3].rows[1][:5] == [
        "Recorded offences", "The police", "Open Government Licence v3.0", "2023/24", "May 2024",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("edition", "demonstration", "says", "in_name"),
    [
        ("partnership", False, "OFFICIAL-SENSITIVE: for members", "2023-24-partnership-wards"),
        ("public", True, "DEMONSTRATION: illustrative", "2023-24-demonstration-public-wards"),
    ],
)
def test_cover_and_file_name_carry_the_mark(tmp_path, edition, demonstration, says, in_name):
    record = finding(edition=edition, demonstration=demonstration)
    found = workbooks([record], written(tmp_path, record))
    assert any(in_name in name for name in found)
    assert all(says.encode() in content for content in found.values())


def test_the_bytes_are_the_same_each_time_and_undated(tmp_path):
    record = finding()
    folder = written(tmp_path, record)
    first = workbooks([record], folder)
    assert first == workbooks([record], folder)
    for content in first.values():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("kind", FORMATS)
def test_cover_says_draft_until_the_checks_are_passed(made, kind):
    passed = as_draft(made[kind], draft=False)
    assert DRAFT.encode() in made[kind]
    assert PASSED.encode() not in made[kind]
    assert PASSED.encode() in passed
    assert DRAFT.encode() not in passed
    assert as_draft(passed) == made[kind]


def test_workbooks_are_linked_where_they_lie_and_nowhere_else(newest):
    """A page that opens from an email by itself has no link that leads to nothing."""
    linked = {
        page.name: [a.get("href") for a in read_document(page.read_text("utf-8")).root.all("a")]
        for page in newest.glob("*.html")
    }
    here = {link for link in linked.pop("index.html") if link.startswith("workbooks/")}
    assert here == {f"workbooks/{path.name}" for path in (newest / "workbooks").iterdir()}
    assert not [link for links in linked.values() for link in links if "workbooks/" in link]


def replaced(part: str, what: str, by: str) -> Callable[[dict[str, bytes]], None]:
    def plant(parts: dict[str, bytes]) -> None:
        assert what.encode() in parts[part]
        parts[part] = parts[part].replace(what.encode(), by.encode(), 1)

    return plant


def added(part: str, content: str) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.update({part: content.encode()})


SHEET, SHARED = "xl/worksheets/sheet6.xml", "xl/sharedStrings.xml"
BOOK, CORE = "xl/workbook.xml", "docProps/core.xml"
IN_XLSX = {
    "a small count in place of [c]": replaced(SHARED, "[c]", "3"),
    "a cached value": replaced(SHEET, "<v>12</v>", "<v>3</v>"),
    "a formula": replaced(SHEET, "<v>12</v>", "<f>3+9</f><v>12</v>"),
    "a hidden sheet": replaced(BOOK, 'name="Notes"', 'name="Notes" state="hidden"'),
    "a hidden column": replaced(SHEET, "<col ", '<col hidden="1" '),
    "a text that no cell shows": replaced(SHARED, "</sst>", "<si><t>3 people</t></si></sst>"),
    "a remark": added("xl/comments1.xml", "<comments>3</comments>"),
    "a linked file": added("xl/externalLinks/externalLink1.xml", "<a>3</a>"),
    "a count in the markup": replaced(SHEET, "<sheetData>", "<!--3--><sheetData>"),
    "words in the properties": replaced(CORE, "Offences by ward", "Deaths: 3"),
}
VALUE, SHOWN, NOTES = 'office:value="12"', "<text:p>12</text:p>", 'table:table table:name="Notes"'
IN_ODS = {
    "a small count in place of [c]": replaced("content.xml", "<text:p>[c]", "<text:p>3"),
    "another value than is shown": replaced("content.xml", VALUE, 'office:value="3"'),
    "a formula": replaced("content.xml", VALUE, f'table:formula="of:=3+9" {VALUE}'),
    "a remark": replaced(
        "content.xml", SHOWN, f"<office:annotation>{SHOWN}</office:annotation>{SHOWN}"
    ),
    "a hidden sheet": replaced("content.xml", NOTES, f'{NOTES} table:display="false"'),
    "words in the properties": replaced("meta.xml", "Offences by ward", "Deaths: 3"),
    "a picture": added("Pictures/1.png", "3"),
}
PLANTS = {f"xlsx: {name}": ("xlsx", plant) for name, plant in IN_XLSX.items()}
PLANTS |= {f"ods: {name}": ("ods", plant) for name, plant in IN_ODS.items()}


@pytest.mark.parametrize("plant", PLANTS)
def test_what_is_planted_in_a_workbook_is_found(tmp_path, plant):
    """By the scan: the workbook is not as its tables make it, whatever the plant."""
    kind, edit = PLANTS[plant]
    scan, path = scanned(tmp_path, kind)
    assert [*scan.workbooks()] == []
    parts = unpacked(path.read_bytes())
    edit(parts)
    path.write_bytes(packed(parts))
    found = [*scan.workbooks()]
    assert found
    assert all(each.startswith(f"workbooks/{path.name}: ") for each in found)


@pytest.mark.parametrize("kind", FORMATS)
def test_what_is_added_to_one_that_has_passed_is_found_too(tmp_path, kind):
    scan, path = scanned(tmp_path, kind)
    path.write_bytes(as_draft(path.read_bytes(), draft=False))
    assert [*scan.workbooks()] == []
    path.write_bytes(path.read_bytes() + b"3")
    assert [*scan.workbooks()]


def test_of_two_workbooks_the_parts_that_differ_are_told(made):
    """By themselves: to hold two large ones against each other text by text takes minutes."""
    one = made["ods"]
    other = packed({**unpacked(one), "content.xml": b"3"})
    assert differing("wards.ods", one, one) == []
    assert differing("wards.ods", one, other) == ["content.xml"]
    assert differing("wards.ods", one, b"3") == ["its bytes"]


READ = [each for each in PLANTS if "propert" not in each]


@pytest.mark.parametrize("plant", READ)
def test_what_is_planted_is_found_by_reading_alone(made, tmp_path, plant):
    """Without making it again: so a library that writes what no sheet says is found out too."""
    kind, edit = PLANTS[plant]
    sheets = sheets_of([finding()], tmp_path)
    assert [*strange_in(made[kind], sheets)] == []
    parts = unpacked(made[kind])
    edit(parts)
    assert [*strange_in(packed(parts), sheets)]


@pytest.mark.parametrize("kind", FORMATS)
def test_bytes_between_the_parts_are_found(made, tmp_path, kind):
    sheets = sheets_of([finding()], tmp_path)
    for content in (made[kind] + b"3", b"3" + made[kind]):
        assert [*strange_in(content, sheets)]
    assert [*strange_in(b"no workbook", sheets)] == ["can't be opened"]


def scanned(tmp_path: Path, kind: str) -> tuple[Scan, Path]:
    """The scan over a folder with the workbooks of one finding, and one of them."""
    record = finding()
    folder = written(tmp_path, record)
    for name, content in workbooks([record], folder).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    scan = object.__new__(Scan)
    scan.written, scan.again = SimpleNamespace(records=[record], folder=folder), [record]
    scan._passed, scan._whole = {}, True
    return scan, folder / f"workbooks/E09000003-2023-24-public-wards.{kind}"
