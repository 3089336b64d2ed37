"""A plant for every way in which numbers leak, and the gate that finds it."""

import base64
import gzip
import io
import json
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import nbformat
import pytest

from cdpb.cli import main
from cdpb.errors import InputError
from cdpb.ledger import write_entry
from cdpb.loaders import returned
from cdpb.marks import CLOSING, OPENING, TEN
from cdpb.report.finding import Finding
from cdpb.report.markup import BLOCK_MIME
from cdpb.runner.assemble import is_draft
from cdpb.runner.gates import check_written, gate_report, number_check
from cdpb.runner.gates.absence import check_absence
from cdpb.runner.gates.attacking import attack_written
from cdpb.runner.gates.interference import check_worlds
from cdpb.runner.gates.number_check import STRANGE, TYPED
from cdpb.runner.gates.outcome import Outcome
from cdpb.runner.gates.rebuilding import jobs_of, project_without
from cdpb.runner.gates.scan import OTHERWISE, Scan, scan_written
from cdpb.runner.gates.written import Written, read_written
from cdpb.runner.keys import Inputs
from tests.support.commands import HERE, cdpb, wrong_input
from tests.support.leaks import (
    AREA,
    BESIDE,
    FROM_ABSENCE,
    FROM_HIDDEN,
    FROM_RECEIPTS,
    FROM_THE_BOARD,
    SMALL,
    beside_it,
    edited,
    hash_of_the_return,
    in_the_record,
    in_the_table,
    listed_anew,
    on_the_page,
    protected_project,
)
from tests.support.project import count_from

pytestmark = pytest.mark.slow

EDITIONS = ("partnership", "public")
BESIDE_A_NAME = number_check.BESIDE
OPEN = "can be worked out more closely than its policy allows"
HIDDEN_COLUMNS = json.dumps(
    [{"year": "2022/23", "route": "custody", "referrals": SMALL},
     {"year": "2022/23", "route": "neighbourhood policing", "referrals": BESIDE}]
)  # fmt: skip
TOLD = f"Custody in 2022/23: {SMALL}"


def data_address(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def png_with_text(text: str) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        whole = kind + body
        return struct.pack(">I", len(body)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    comment = b"Comment\0" + text.encode()
    parts = [(b"IHDR", head), (b"tEXt", comment), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def workbook(hidden_sheet: str, cache: str = "") -> bytes:
    """As much of a spreadsheet file as a reader needs to open it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", '<sheets><sheet name="a" state="hidden"/></sheets>')
        archive.writestr("xl/worksheets/sheet2.xml", f"<sheet><t>{hidden_sheet}</t></sheet>")
        archive.writestr("xl/pivotCache/records1.xml", f"<records><t>{cache}</t></records>")
    return file.getvalue()


def notebook(cell: dict) -> bytes:
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}).encode()


# What is planted, the gate that finds it, and what the finding says.
PLANTS = {
    # Totals, linked tables, windows, ratios.
    "a total and all of its parts but one": (
        in_the_table("routes", "2022/23,neighbourhood policing", f"{BESIDE},[c],[c],[c]"),
        "attack", OPEN,
    ),
    "a small count itself": (
        in_the_table("routes", "2022/23,custody", f"{SMALL},[c],[c],[c]"), "attack", OPEN,
    ),
    "a total of what is left": (
        in_the_table("routes", "2022/23,total", "0,100.0,[z],[z]"),
        "attack", "referrals is not what its declaration counts",
    ),
    "a linked table that shows what another hides": (
        in_the_table("again", "neighbourhood policing,2022/23", str(BESIDE)), "attack", OPEN,
    ),
    "a window between two shown ones": (
        edited("tables/referrals/rolling.csv", lambda text: text.replace("[c]", "23")),
        "attack", OPEN,
    ),
    "a percentage of a hidden count": (
        in_the_table("routes", "2022/23,custody", "[c],18.75,[c],[c]"),
        "attack", "percent_of_referrals is shown beside a hidden count",
    ),
    "the interval of a hidden percentage": (
        in_the_table("routes", "2022/23,custody", "[c],[c],6.59,43.01"),
        "attack", "lower is shown beside a hidden count",
    ),
    "a percentage in another table than its denominator": (
        in_the_table("shares", "2022/23,custody", "18.75"), "attack", OPEN,
    ),
    "a percentage of what stands beside a hidden count": (
        in_the_table("shares", "2022/23,neighbourhood policing", "81.2"), "attack", OPEN,
    ),
    "a percentage of something else": (
        in_the_table("shares", "2022/23,Operation Woodson", "18.75"),
        "attack", "percent_of_referrals is not the share it is said to be",
    ),
    "the interval of a share of a hidden total": (
        in_the_table("routes", "2023/24,total", "[c],[c],[z],[z]"),
        "attack", "lower is shown beside a hidden count",
    ),
    "a row left out for its count": (
        edited("tables/referrals/again.csv",
               lambda text: text.replace("custody,2022/23,[c]\n", "")),
        "attack", "not the rows that its declaration gives",
    ),
    "a column that nobody declared, at full precision": (
        edited("tables/referrals/again.csv",
               lambda text: "\n".join(f"{line},{at / 7}" if at else f"{line},weight"
                                      for at, line in enumerate(text.splitlines())) + "\n"),
        "scan", "has other columns than its record names",
    ),
    # Words and attributes of a page.
    "a table's cell": (
        edited("referrals.html", lambda page: page.replace(
            '<td>[c]</td>', f'<td>{SMALL}</td>', 1)),
        "scan", f"<td> in table routes-table-table: {OTHERWISE}",
    ),
    "metadata of the page": (
        edited("referrals.html", lambda page: page.replace(
            "</head>", f'<meta name="description" content="{TOLD}"></head>')),
        "scan", "content of <meta>",
    ),
    "a style sheet's text": (
        edited("referrals.html", lambda page: page.replace(
            "</style>", f'p::after{{content:"{TOLD}"}}</style>', 1)),
        "scan", "<style>",
    ),
    # What is derived from the bytes of a file that isn't public.
    **{
        f"the hash of a partner's file in {name}": (
            hash_of_the_return(name), "scan", f"{name}: has the hash of a file of police_referrals",
        )
        for name in ("referrals.html", "findings/referrals.json", "manifest.json", "index.html")
    },
    # What is embedded or left beside the page.
    "a hidden sheet": (
        beside_it("tables.xlsx", workbook(TOLD)), "scan", "xl/worksheets/sheet2.xml",
    ),
    "the cache of a pivot table": (
        beside_it("tables.ods", workbook("", TOLD)), "scan", "xl/pivotCache/records1.xml",
    ),
    "a hidden cell of a notebook": (
        beside_it("referrals.ipynb", notebook(
            {"cell_type": "code", "metadata": {"jupyter": {"source_hidden": True}},
             "source": [f"# {TOLD}\n"], "outputs": []})),
        "scan", "cells[0].source",
    ),
    "text/plain beside HTML in a notebook": (
        beside_it("referrals.ipynb", notebook(
            {"cell_type": "code", "metadata": {}, "source": [],
             "outputs": [{"data": {"text/plain": [TOLD], "text/html": ["<p>[c]</p>"]}}]})),
        "scan", "text/plain",
    ),
    "a temporary file": (
        beside_it("routes.csv.tmp", TOLD.encode()), "scan", "no such file belongs here",
    ),
    "parameters in the record": (
        in_the_record(parameters={"custody in 2022/23": 3141}), "scan", "parameters.custody",
    ),
    "a headline of the record": (
        in_the_record(headline=f"{TOLD}."), "scan", "headline: " + BESIDE_A_NAME,
    ),
}  # fmt: skip

# What is planted in a block of a notebook, and so on its page, and what the scan says of it.
IN_A_BLOCK = {
    "a sentence": (f"<p>{TOLD}.</p>", BESIDE_A_NAME),
    "a sentence with a percentage": ("<p>Custody made 18.75% of them in 2022/23.</p>", STRANGE),
    "a sentence with an interval": ("<p>That is 6.6% to 43.0%.</p>", STRANGE),
    "alt text": (f'<img alt="{TOLD}">', BESIDE_A_NAME),
    "a description for screen readers": (
        f'<div role="img" aria-label="{TOLD}"></div>',
        BESIDE_A_NAME,
    ),
    "a title": (f"<h3>{TOLD}</h3>", BESIDE_A_NAME),
    "a tooltip": (f'<span title="{TOLD}">here</span>', "title of <span>"),
    "a tooltip in a drawing": (f"<svg><rect><title>{TOLD}</title></rect></svg>", BESIDE_A_NAME),
    "a bar's label": (f'<svg><text x="1" y="1">{BESIDE}7</text></svg>', STRANGE),
    "a data- attribute": (f"<p data-rows='{HIDDEN_COLUMNS}'>here</p>", "data-rows of <p>"),
    "printed text beside the table": (
        f"<pre>year route referrals\n2022/23 custody {SMALL}\n</pre>",
        BESIDE_A_NAME,
    ),
    "source with a count typed in": (
        f'<pre>routes.loc["custody", "2022/23"] = {SMALL}</pre>',
        BESIDE_A_NAME,
    ),
    "a traceback with local variables": (
        f"<pre>ValueError\n  small = 3141, year = '2022/23', n = {SMALL}</pre>",
        STRANGE,
    ),
    "a comment": (f"<!-- {TOLD} -->", "a comment"),
    "metadata of a drawing": (f"<svg><metadata>{TOLD}</metadata></svg>", BESIDE_A_NAME),
    "columns that a chart doesn't use": (
        f"<script>const rows = {HIDDEN_COLUMNS}</script>",
        BESIDE_A_NAME,
    ),
    "such columns in base64": (
        f'<p data-rows="{base64.b64encode(HIDDEN_COLUMNS.encode()).decode()}">.</p>',
        "data-rows of <p>",
    ),
    "the name of a download": (
        f'<a href="index.html" download="custody-2022-23-{BESIDE}7.csv">CSV</a>',
        "download of <a>",
    ),
    "the address of a page": ('<a href="custody-3141.html">Custody</a>', "href of <a>"),
    "a number after a year": ("<p>Custody 2022/23-3141.</p>", STRANGE),
    "the label of a place on a map": (
        f"<svg><a><title>{TOLD}</title><path d=''/></a></svg>",
        "<title>",
    ),
    "a cell of a table of answers": (
        "<table><thead><tr><th>Year</th><th>Route</th><th>n</th></tr></thead>"
        f"<tr><td>2022/23</td><td>custody</td><td>{SMALL}</td></tr></table>", "<td>"),
    "a download with what the table hides": (
        '<a href="data:text/csv;charset=utf-8,year%2Croute%2Creferrals%0A'
        f'2022%2F23%2Ccustody%2C{SMALL}%0A">CSV</a>', "a row in href of <a>"),
    "packed data": (f'<a href="{data_address("application/gzip", gzip.compress(TOLD.encode()))}">'
        "data</a>", "(gzip)"),
    "text in a picture": (
        f'<img src="{data_address("image/png", png_with_text(TOLD))}">',
        "its bytes in src of <img>",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Iterator[Path]:
    """The project with its assessment, in which nothing is planted."""
    yield from made(tmp_path_factory.mktemp("clean") / "project")


@pytest.fixture(scope="module")
def leaky(tmp_path_factory) -> Iterator[Path]:
    """The same, its notebook with cells that look at what is hidden, and at the partner's file."""
    yield from made(tmp_path_factory.mktemp("leaky") / "project", FROM_HIDDEN, FROM_RECEIPTS)


@pytest.fixture
def telling(tmp_path) -> Iterator[Path]:
    """The same, with cells that look whether a reserved source was received, and into it."""
    yield from made(tmp_path / "project", FROM_ABSENCE, FROM_THE_BOARD)


def made(folder: Path, *cells: str) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        protected_project(folder, patch, *cells)
        patch.chdir(folder)
        patch.setattr("cdpb.runner.gates.folder._pages", lambda *_: [])
        patch.setattr("cdpb.runner.gates.folder._embedded", lambda *_: [])
        assert main(["run"]) == 0
        yield folder


GATES = {"attack": attack_written, "scan": scan_written}


def of_gate(report, name: str) -> list[str]:
    return next(each.findings for each in report.outcomes if each.name == name)


@pytest.mark.parametrize(("plant", "gate", "says"), PLANTS.values(), ids=PLANTS)
def test_what_is_planted_is_found(clean, tmp_path, monkeypatch, plant, gate, says):
    """By a gate, at its place, and without the number in what is said of it."""
    monkeypatch.setenv("CDPB_HOME", str(clean))
    folder = tmp_path / "public"
    shutil.copytree(clean / "outputs" / HERE, folder)
    plant(folder)

    found = GATES[gate](read_written(folder)).findings

    assert any(says in each for each in found), found
    assert not any(f" {count}" in each for each in found for count in (SMALL, BESIDE))


@pytest.mark.parametrize(("plant", "gate", "says"), PLANTS.values(), ids=PLANTS)
def test_what_is_planted_in_what_a_run_remembers_is_found(
    clean, tmp_path, monkeypatch, plant, gate, says
):
    """The run that made it kept what passed; with a plant it is something else."""
    monkeypatch.setenv("CDPB_HOME", str(clean))
    folder = tmp_path / "public"
    shutil.copytree(clean / "outputs" / HERE, folder)
    written = read_written(folder)
    written = replace(written, judged_by=Inputs().of_checking(written.assessment))
    assert check_written(written).outcomes[0].remembered

    plant(folder)
    after = replace(read_written(folder), judged_by=written.judged_by)

    assert any(says in each for each in of_gate(check_written(after), gate))


@pytest.mark.parametrize(("html", "_says"), IN_A_BLOCK.values(), ids=IN_A_BLOCK)
def test_what_is_planted_on_a_page_is_not_what_its_notebook_made(
    clean, tmp_path, monkeypatch, html, _says
):
    """Whatever it is, and even if its number is published."""
    monkeypatch.setenv("CDPB_HOME", str(clean))
    folder = tmp_path / "public"
    shutil.copytree(clean / "outputs" / HERE, folder)
    on_the_page(html)(folder)

    found = scan_written(read_written(folder)).findings

    assert any(each.startswith("referrals.html: ") and OTHERWISE in each for each in found), found
    assert not any(f" {count}" in each for each in found for count in (SMALL, BESIDE))


def with_block(written: Written, folder: Path, **block: object) -> Written:
    """An assessment whose executed notebook shows one block more."""
    notebook = nbformat.read(written.notebooks["referrals"], 4)
    output = nbformat.v4.new_output("display_data", {BLOCK_MIME: block})
    notebook.cells[-1].outputs.append(output)
    nbformat.write(notebook, folder / "referrals.ipynb")
    return replace(written, notebooks={"referrals": folder / "referrals.ipynb"})


@pytest.mark.parametrize("kind", ["figure", "quoted"])
@pytest.mark.parametrize(("html", "says"), IN_A_BLOCK.values(), ids=IN_A_BLOCK)
def test_what_a_notebook_shows_is_found(clean, tmp_path, monkeypatch, kind, html, says):
    """In a finding's own words as typed by hand, in a document's by what it says."""
    monkeypatch.setenv("CDPB_HOME", str(clean))
    written = read_written(clean / "outputs" / HERE)

    found = list(Scan(with_block(written, tmp_path, kind=kind, html=html)).blocks())

    said = (says, TYPED) if kind == "figure" else (says,)
    assert any(each in told for told in found for each in said), found
    assert not any(f" {count}" in each for each in found for count in (SMALL, BESIDE))


@pytest.mark.parametrize(("number", "says"), [(str(SMALL), BESIDE_A_NAME), ("3141", STRANGE)])
def test_what_a_formatter_has_written_of_hidden_counts_is_found(
    clean, tmp_path, monkeypatch, number, says
):
    """It bears a mark, and that of no cell: it was computed."""
    monkeypatch.setenv("CDPB_HOME", str(clean))
    written = read_written(clean / "outputs" / HERE)
    html = f"<p>Custody in 2022/23: {number}</p>"
    marked = html.replace(f" {number}", f" {OPENING}{TEN[0]}{number}{CLOSING}")
    marks = {"0": {"text": number, "decimals": 0, "cell": None}}
    block = {"kind": "figure", "html": html, "marked": marked, "marks": marks}

    found = list(Scan(with_block(written, tmp_path, **block)).blocks())

    assert found == [f"referrals.ipynb: figure: <p>: {says}"]


def test_what_a_block_adds_to_the_style_sheet_is_read_too(clean, tmp_path, monkeypatch):
    """It stands in the head of the page."""
    monkeypatch.setenv("CDPB_HOME", str(clean))
    written = read_written(clean / "outputs" / HERE)
    block = {"kind": "table", "html": "<p>.</p>", "style": f'p::after{{content:"{TOLD}"}}'}

    found = list(Scan(with_block(written, tmp_path, **block)).blocks())

    assert any(f"<style>: {TYPED}" in each for each in found), found


def test_a_block_of_honest_words_is_not_found(clean, tmp_path, monkeypatch):
    """So that the tests above can fail."""
    monkeypatch.setenv("CDPB_HOME", str(clean))
    written = read_written(clean / "outputs" / HERE)
    html = "<p>Custody in 2022/23 is not shown.</p>"
    assert list(Scan(with_block(written, tmp_path, kind="figure", html=html)).blocks()) == []


def attacked_after(project: Path, *cells: list) -> list[str]:
    """What the attack finds in its assessment, where a year before these cells were released."""
    told = {
        "table": "referrals/routes", "id": "routes", "title": "Routes", "count": "referrals",
        "source": "police_referrals", "dimensions": ["year", "route"], "totals": ["route"],
        "filter": {"area_code": AREA, "year": ["2022/23"]}, "window": None,
        "cells": [["2022/23", *cell] for cell in cells],
    }  # fmt: skip
    entry = {"released": "2024-01-31", "edition": "public", "tables": [told]}
    write_entry(AREA, "2022/23", "public", entry)
    try:
        return of_gate(gate_report(project / "outputs" / HERE, every=False), "attack")
    finally:
        shutil.rmtree(project / "data" / "ledger")


def test_an_earlier_publication_gives_away_what_is_hidden_today(clean, monkeypatch):
    """Shown last year, one of two hidden counts leaves the other open."""
    monkeypatch.setenv("CDPB_HOME", str(clean))
    found = attacked_after(clean, ["neighbourhood policing", BESIDE])
    assert any(OPEN in each for each in found), found


def test_what_was_hidden_and_is_none_today_is_looked_at_as_it_was(clean, monkeypatch):
    """Its 0 and its 0% of today say nothing of then; the counts hidden beside it cover it."""
    monkeypatch.setenv("CDPB_HOME", str(clean))
    assert attacked_after(clean, ["Operation Woodson", "[c]"]) == []


FROM_THE_HIDDEN = [
    "sort-order", "axis-limits", "colour-scale", "map-classes", "bar-heights", "svg-paths",
    "words", "widths", "masked-rank",
    # Of the partner's file.
    "file-size", "exact-day", "file-name", "row-count", "some-bytes",
]  # fmt: skip


def test_what_is_made_of_hidden_counts_differs_in_another_world(leaky, monkeypatch):
    """Order, limits, colours, classes, pixels, paths, words: no number stands in any of them.

    Nor may a page depend on what else is known of a partner's file.
    """
    monkeypatch.setenv("CDPB_HOME", str(leaky))
    written = read_written(leaky / "outputs" / HERE)
    found = check_worlds(written, jobs_of(written, "planted"), "planted").findings

    assert [each for each in FROM_THE_HIDDEN if not any(each in told for told in found)] == []


@pytest.mark.proof
def test_what_tells_that_a_reserved_source_is_there_differs_without_it(telling, monkeypatch):
    """Even a word that says whether anything was received."""
    monkeypatch.setenv("CDPB_HOME", str(telling))
    found = check_absence(read_written(telling / "outputs" / HERE), "planted").findings

    for planted in ("<p> reserved", "data-of of <p> of-the-board"):
        assert any(f"referrals.html: {planted} differs" in told for told in found), found


@pytest.mark.parametrize("table", ["routes", "again", "shares"])
def test_what_a_boards_finding_loaded_is_refused_by_publish(clean, table, tmp_path, monkeypatch):
    """In one process with it, a public finding published and saved restricted counts.

    Under whatever name: of a table of shares alone no count is counted again.
    """
    monkeypatch.setenv("CDPB_HOME", str(clean))
    monkeypatch.setenv("CDPB_SAVE_TO", str(tmp_path))
    board, public = (Finding("referrals", "2023/24", AREA, each) for each in EDITIONS)
    care = board.load.returned("continuity_of_care", AREA)
    named = {"route": "total", "referrals": care["released"], "percent_of_referrals": 50.0}
    public.as_of("police_referrals")

    with pytest.raises(InputError, match="continuity_of_care may not be used in a public edition"):
        public.publish(care.assign(**named), table)

    public._record.save()
    assert len(care) > 0
    assert list(tmp_path.rglob("*.csv")) == []
    assert "continuity" not in (tmp_path / "findings" / "referrals.json").read_text("utf-8")


def test_the_clean_assessment_passes_all_four_and_is_remembered(clean, monkeypatch, capsys):
    """Nothing is found; asked again, no notebook is executed."""
    monkeypatch.setenv("CDPB_HOME", str(clean))
    folder = str(clean / "outputs" / HERE)

    code, out, err = cdpb(capsys, "gate", folder)

    assert (code, err) == (0, "")
    assert "non-interference   passed    2 worlds" in out
    assert out.splitlines()[-1] == "All four gates have passed."
    assert not is_draft(clean / "outputs" / HERE)

    monkeypatch.setattr("cdpb.runner.gates.rebuilding.run_jobs", None)
    code, out, err = cdpb(capsys, "gate", folder, "--json")

    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["complete"]
    assert [each["remembered"] for each in told["gates"]] == [False, False, True, True]


@pytest.mark.proof
@pytest.mark.parametrize("edition", ["public", "partnership"])
@pytest.mark.parametrize("year", ["2021/22", "2022/23", "2023/24", "2024/25"])
def test_a_whole_demonstration_passes_all_four(tmp_path, capsys, year, edition):
    """Every notebook, made again from worlds in which each hidden count is another."""
    arguments = ["--demonstration", "--year", year, "--edition", edition]
    code, _, err = cdpb(capsys, "run", *arguments, "--output", str(tmp_path))
    assert (code, err) == (0, "")

    folder = tmp_path / "demonstration" / year.replace("/", "-") / AREA / edition
    report = gate_report(folder, every=True)

    assert report.findings == []
    assert report.complete


@pytest.mark.parametrize(
    ("plant", "gate"),
    [
        (on_the_page(f"<p>{TOLD}.</p>"), "scan  "),
        (in_the_table("shares", "2022/23,custody", "18.75"), "attack"),
    ],
)
def test_a_gate_that_refuses_is_exit_3_and_no_assessment_is_2(
    clean, tmp_path, monkeypatch, capsys, plant, gate
):
    monkeypatch.setenv("CDPB_HOME", str(clean))
    folder = tmp_path / "public"
    shutil.copytree(clean / "outputs" / HERE, folder)
    plant(folder)
    listed_anew(folder)
    monkeypatch.setattr("cdpb.runner.gates.remembered", only_attacked)

    code, out, err = cdpb(capsys, "gate", str(folder))

    assert code == 3
    assert f"{gate}             refused" in out
    assert wrong_input(err)
    assert cdpb(capsys, "gate", str(tmp_path))[0] == 2


def test_an_edited_page_is_named_before_anything_is_made_again(
    clean, tmp_path, monkeypatch, capsys
):
    """Its hash in the manifest tells at once; absence would find it after minutes, by element."""
    monkeypatch.setenv("CDPB_HOME", str(clean))
    folder = tmp_path / "public"
    shutil.copytree(clean / "outputs" / HERE, folder)
    on_the_page("<p>Mended by hand.</p>")(folder)
    monkeypatch.setattr("cdpb.runner.gates.gate_report", None)

    code, _, err = cdpb(capsys, "gate", str(folder))

    assert code == 2
    assert "referrals.html: changed since" in err
    assert "Make the assessment again with cdpb run" in err
    assert wrong_input(err)


def test_what_was_made_from_something_else_is_made_again_first(clean, monkeypatch, capsys):
    """Otherwise a difference might come of the change."""
    monkeypatch.setenv("CDPB_HOME", str(clean))
    path = clean / "notebooks" / "referrals.ipynb"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("by route.", "by route, by year."), encoding="utf-8")
    try:
        code, _, err = cdpb(capsys, "gate", str(clean / "outputs" / HERE))
    finally:
        path.write_text(before, encoding="utf-8")

    assert code == 2
    assert "Make it again with cdpb run" in err
    assert wrong_input(err)


def only_attacked(name: str, key: str, gate: Callable[[], Outcome], *_) -> Outcome:
    """As `remembered`, where absence and non-interference have passed."""
    return gate() if name == "attack" else Outcome(name)


def test_a_loader_that_does_not_refuse_is_found(clean, monkeypatch):
    """A reserved source is refused before a file of it is opened."""
    from cdpb.runner.gates.absence import _not_refused

    monkeypatch.setenv("CDPB_HOME", str(clean))
    assessment = read_written(clean / "outputs" / HERE).assessment

    assert list(_not_refused(["continuity_of_care"], assessment)) == []

    receipt = clean / "data" / "continuity_of_care" / "2025-06-30" / "receipt.yml"
    real = partial(returned, "continuity_of_care")
    count_from(monkeypatch, "continuity_of_care", lambda: (receipt.read_text(), real()))
    (found,) = _not_refused(["continuity_of_care"], assessment)
    assert "opens a file" in found

    count_from(monkeypatch, "continuity_of_care", receipt.read_text)
    (found,) = _not_refused(["continuity_of_care"], assessment)
    assert "does not refuse" in found


def test_a_project_without_outlines_is_made_again_too(tmp_path, monkeypatch):
    """It has no such folder, and the gate stopped on an error that it did not foresee."""
    (tmp_path / "project" / "data").mkdir(parents=True)
    (tmp_path / "project" / "data" / "sources.yml").write_text("sources: {}\n", encoding="utf-8")
    monkeypatch.setenv("CDPB_HOME", str(tmp_path / "project"))
    copied = project_without([], tmp_path / "again")
    assert [each.name for each in copied.iterdir()] == ["data"]
