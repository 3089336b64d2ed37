"""A wrong number that is published elsewhere, planted in a notebook or on a page, is found."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cdpb.cli import main
from cdpb.marks import unmarked
from cdpb.report.archives import SUFFIXES, unpacked
from cdpb.report.markup import BLOCK_MIME
from cdpb.runner.gates.number_check import ANOTHER, BESIDE_ANOTHER, TYPED
from cdpb.runner.gates.row_labels import SENTENCE, YEAR, Label, beside_another
from cdpb.runner.gates.scan import (
    BADGE,
    LABEL,
    MARK_LEFT,
    NOT_KEPT,
    OTHERWISE,
    Passed,
    Scan,
    scan_written,
)
from cdpb.runner.gates.written import Written, read_written
from tests.support.built import BARNET
from tests.support.leaks import protected_project

pytestmark = pytest.mark.slow

WARDS = "ward_drug_offences"
PAGE = "ward-drug-offences.html"


@pytest.fixture(scope="module")
def honest(assessments) -> Written:
    return read_written(assessments / "2025-26" / BARNET / "public")


@pytest.fixture(scope="module")
def small(few) -> Written:
    """The same assessment with few findings, for what needs no more: all are judged each time."""
    return read_written(few / "2025-26" / BARNET / "public")


def copied(written: Written, folder: Path, plant: Callable[[Path], None]) -> Written:
    """It with what is planted in a copy of its folder."""
    place = Path(shutil.copytree(written.folder, folder / "public"))
    plant(place)
    return replace(written, folder=place, records=read_written(place).records)


Edit = Callable[[str], str]


def replaced(what: str, by: str) -> Edit:
    """As ``words.headline(...).replace(what, by)`` in a cell: marks around it stay."""

    def edit(text: str) -> str:
        assert what in text, f"{what} is not said"
        return text.replace(what, by)

    return edit


def typed(number: str, by: str) -> Edit:
    """As a sentence in which a number was typed over with its mark."""
    marks = f"[\ue000-\uf8ff]+{re.escape(number)}[\ue000-\uf8ff]"

    def edit(text: str) -> str:
        found = re.search(marks, text)
        assert found, f"{number} is not said"
        return text.replace(found[0], by)

    return edit


def exchanged(*pieces: str) -> Edit:
    """As what was written in two places, each in the other's: what it is marked with moves along.

    Of a pattern that stands in many places, the first two.
    """

    def edit(text: str) -> str:
        found = [each for piece in pieces for each in re.finditer(piece, text)]
        one, other, *_ = sorted(found, key=lambda each: each.start())
        between = text[one.end() : other.start()]
        return text[: one.start()] + other[0] + between + one[0] + text[other.end() :]

    return edit


def changed(pattern: str, by: str) -> Edit:
    """As the first that is like this pattern, written otherwise."""
    return lambda text: re.sub(pattern, by, text, count=1)


# What is planted in the notebook's headline, and what the scan says of it. The headline of 2025/26:
# "In 2025/26, Barnet's rate of recorded drug offences was 5.3 per 1,000 residents, lower than
# London's 6.1. 3 of Barnet's 24 wards were higher than London's wards, all of them tested together:
# Totteridge & Woodside had the highest rate (18.5), with 223 of its 264 trafficking offences in
# April to August 2025, then Hendon and Colindale South; Colindale North ranked 12th (4.6)."
IN_IT = "headline: <p>"
PLANTS = {
    "a number typed by hand that is published elsewhere": (
        typed("4.6", "5.3"), f"{IN_IT}: {TYPED}",
    ),
    "a number changed to one that is published elsewhere": (
        replaced("4.6", "7.8"), f"{IN_IT}: {ANOTHER}",
    ),
    "a rank typed by hand": (typed("12th", "11th"), f"{IN_IT}: {TYPED}"),
    "a rank changed to another ward's": (replaced("12th", "11th"), f"{IN_IT}: {ANOTHER}"),
    "the name of another ward": (
        replaced("Colindale North", "West Hendon"), f"{IN_IT}: {BESIDE_ANOTHER}",
    ),
    "the names of two places exchanged in one clause": (
        exchanged("(?<=In 2025/26, )Barnet", "London(?=&#39;s [\ue000-\uf8ff]+6.1)"),
        f"{IN_IT}: {BESIDE_ANOTHER}",
    ),
    "the year before": (replaced("2025/26", "2024/25"), f"{IN_IT}: {BESIDE_ANOTHER}"),
    "another verdict": (
        replaced("Partly supported", "Supported"), f"headline: <span> verdict: {BADGE}",
    ),
    "another ward's name on a card": (
        replaced("offences in Colindale North", "offences in West Hendon"),
        f"key_figures: <li> card: {BESIDE_ANOTHER}",
    ),
    "another rank on a map": (
        changed("12(?=\ue001</text>)", "11"), f"map: <text> in figure wards-map: {ANOTHER}",
    ),
    "another rank that a map speaks": (
        changed("(rank [\ue000-\uf8ff]+)12(?=\ue001)", r"\g<1>11"),
        f"map: <title> in figure wards-map: {ANOTHER}",
    ),
    "another ward's name on a map": (
        replaced("<title>Colindale North,", "<title>West Hendon,"),
        f"map: <a> to row E05013632: {LABEL}",
    ),
    "a place on a map that leads to another row": (
        exchanged("#row-E05013632", "#row-E05013645"),
        f"map: <text> in figure wards-map: {BESIDE_ANOTHER}",
    ),
}  # fmt: skip

CELL = "(?<=<td>)[\ue000-\uf8ff].*?(?=</td>)"
FIRST_OF = "(?<=>{}</th><td>)[\ue000-\uf8ff].*?(?=</td>)"
DRAWN = "(?<=>)[\ue000-\uf8ff][^<]*[\ue000-\uf8ff](?=</text><text x=.21)"
# What is planted in the figure of ranked wards: in its table, its drawing and its download.
IN_A_FIGURE = {
    "two values of a row exchanged": (
        exchanged(CELL), f"<td> in table wards-ranked-table: {BESIDE_ANOTHER}",
    ),
    "two values of a column exchanged": (
        exchanged(FIRST_OF.format("Colindale South"), FIRST_OF.format("Hendon")),
        f"<td> in table wards-ranked-table: {BESIDE_ANOTHER}",
    ),
    "a value that is published elsewhere, typed": (
        typed("18,985", "21,980"), f"<td> in table wards-ranked-table: {TYPED}",
    ),
    "a value changed within its mark": (
        replaced("18,985", "21,980"), f"<td> in table wards-ranked-table: {ANOTHER}",
    ),
    "two labels of a drawing exchanged": (
        exchanged(DRAWN), f"<text> in figure wards-ranked: {BESIDE_ANOTHER}",
    ),
    "a label that is published elsewhere, typed": (
        changed(DRAWN, "5.2"), f"<text> in figure wards-ranked: {TYPED}",
    ),
    "two values of a download exchanged": (
        exchanged("(?<=Colindale%20South,)149", "(?<=,Hendon,)181"),
        f"a row in href of <a> in figure wards-ranked: {TYPED}",
    ),
}  # fmt: skip


def planted(honest: Written, kind: str, edit: Edit, folder: Path, id: str = "") -> Written:
    """The assessment, the executed notebook of its wards with a block that is edited."""
    path = honest.notebooks[WARDS]
    told = json.loads(path.read_text(encoding="utf-8"))
    blocks = [
        output["data"][BLOCK_MIME]
        for cell in told["cells"]
        for output in cell.get("outputs", [])
        if BLOCK_MIME in output.get("data", {})
    ]
    (block,) = (each for each in blocks if each["kind"] == kind and id in each["html"])
    edited = edit(block["marked"])
    assert edited != block["marked"], "nothing was planted"
    block["marked"] = edited
    block["html"] = unmarked(block["marked"])
    shutil.copyfile(path, folder / path.name)
    (folder / path.name).write_text(json.dumps(told), encoding="utf-8")
    notebooks = {**honest.notebooks, WARDS: folder / path.name}
    return Written(honest.folder, honest.assessment, honest.records, notebooks=notebooks)


@pytest.fixture(scope="module")
def others(honest) -> dict[str, Passed]:
    """What is kept of each other finding once it has passed: one is judged at a time."""
    return {id: what for id, what in Scan(honest).to_keep() if id != WARDS}


@pytest.mark.parametrize(("edit", "says"), PLANTS.values(), ids=PLANTS)
def test_what_is_planted_in_a_notebook_is_found(honest, others, tmp_path, edit, says):
    """By its notebook, block and element, and without the number."""
    kind = says.split(": ")[0]
    found = list(Scan(planted(honest, kind, edit, tmp_path), others).blocks())

    assert f"01_ward_drug_offences.ipynb: {says}" in found
    assert all(each.startswith(f"01_ward_drug_offences.ipynb: {kind}: ") for each in found)


@pytest.mark.parametrize(("edit", "says"), IN_A_FIGURE.values(), ids=IN_A_FIGURE)
def test_what_is_planted_in_a_figure_is_found(honest, others, tmp_path, edit, says):
    """Each number of its table, its drawing and its download is held against its own cell."""
    wards = planted(honest, "figure", edit, tmp_path, 'id="wards-ranked"')
    found = list(Scan(wards, others).blocks())

    assert f"01_ward_drug_offences.ipynb: figure: {says}" in found
    assert all("in figure wards-ranked" in each or "wards-ranked-table" in each for each in found)


def on_the_page(pattern: str, by: str, name: str = PAGE) -> Callable[[Path], None]:
    def plant(folder: Path) -> None:
        before = (folder / name).read_text(encoding="utf-8")
        after = re.sub(pattern, by, before, count=1)
        assert after != before, f"nothing was planted in {name}"
        (folder / name).write_text(after, encoding="utf-8", newline="\n")

    return plant


# What is planted in a written file, and the element that the scan names.
ON_PAGES = {
    "a headline's number": (on_the_page(r"ranked 12th \(4\.6", "ranked 12th (7.8"),
                            f"{PAGE}: <p>"),
    "a headline's ward": (on_the_page("; Colindale North ranked", "; West Hendon ranked"),
                          f"{PAGE}: <p>"),
    "a headline's year": (on_the_page("In 2025/26, Barnet", "In 2024/25, Barnet"), f"{PAGE}: <p>"),
    "a badge": (on_the_page(">Partly (<a [^>]*>)supported", r">\1Supported"), f"{PAGE}: <"),
    "a map's number": (on_the_page(r"(<text [^>]*>)12(</text></a>)", r"\g<1>11\2"),
                       f"{PAGE}: <text> in figure wards-map"),
    "a verdict on the index": (on_the_page("(?i)partly supported", "Supported", "index.html"),
                               "index.html: <"),
    "a figure of a record": (on_the_page(r"12th \(4\.6", "12th (7.8", f"findings/{WARDS}.json"),
                             f"findings/{WARDS}.json"),
}  # fmt: skip


@pytest.mark.parametrize(("plant", "at"), ON_PAGES.values(), ids=ON_PAGES)
def test_what_is_planted_on_a_page_is_found(small, tmp_path, plant, at):
    """Whether or not its number is published: it isn't what the notebook showed."""
    found = list(Scan(copied(small, tmp_path, plant)).pages())

    assert any(each.startswith(at) for each in found), found
    assert all(each.endswith(OTHERWISE) for each in found), found


def test_an_honest_assessment_says_what_its_cells_say(honest):
    """And most of its numbers come from a cell."""
    assert [*Scan(honest).blocks(), *Scan(honest).pages()] == []
    told = "".join(path.read_text(encoding="utf-8") for path in honest.notebooks.values())
    from_a_cell, computed = (told.count(f'"cell": {each}') for each in ("[", "null"))
    assert from_a_cell > computed > 0


def test_a_table_that_was_written_otherwise_than_its_notebook_says_is_found(small, tmp_path):
    """Each number is formatted again from the file that a reader downloads."""
    row, name = "(?m)^(E05013632,Colindale North,)59,", f"tables/{WARDS}/wards.csv"

    found = list(Scan(copied(small, tmp_path, on_the_page(row, r"\g<1>46,", name))).blocks())

    cell = "figure: <td> in table wards-ranked-table"
    assert f"01_ward_drug_offences.ipynb: {cell}: {ANOTHER}" in found


def test_nothing_that_is_written_holds_a_mark(honest):
    """Neither a page nor a record nor a table, nor any part of a workbook."""
    for path in sorted(path for path in honest.folder.rglob("*") if path.is_file()):
        parts = unpacked(path.read_bytes()) if path.suffix in SUFFIXES else {"": path.read_bytes()}
        text = b"".join(parts.values()).decode()
        assert not re.search("[\ue000-\uf8ff]", text), path.name


def test_a_mark_that_was_left_is_found(small, tmp_path):
    names = {PAGE, f"tables/{WARDS}/wards.csv"}

    def plant(folder: Path) -> None:
        for name in names:
            on_the_page("Colindale North", "Colindale \ue000North", name)(folder)

    found = scan_written(copied(small, tmp_path, plant)).findings
    assert {each.split(":")[0] for each in found if each.endswith(MARK_LEFT)} == names


def test_without_its_notebook_a_page_can_not_be_held(honest):
    """It may have been made elsewhere; then it is made again."""
    alone = Written(honest.folder, honest.assessment, honest.records)
    assert [each.endswith(NOT_KEPT) for each in Scan(alone).pages()] == [True] * 20


def test_a_number_in_the_prose_of_a_notebook_is_typed(honest, others, tmp_path):
    """A markdown cell is written by hand, so it names no figure; an age or a year is none."""
    path = honest.notebooks[WARDS]
    told = json.loads(path.read_text(encoding="utf-8"))
    prose = next(cell for cell in told["cells"] if cell["cell_type"] == "markdown")
    prose["source"] = "Adults aged 18 and over, in 2023/24."
    for more, found in (("", []), (" They were 3.7 per 1,000.", [f"prose: <p>: {TYPED}"])):
        prose["source"] += more
        (tmp_path / path.name).write_text(json.dumps(told), encoding="utf-8")
        notebooks = {**honest.notebooks, WARDS: tmp_path / path.name}
        written = Written(honest.folder, honest.assessment, honest.records, notebooks=notebooks)
        assert [each.partition(": ")[2] for each in Scan(written, others).blocks()] == found


TYPED_IN = 'display(finding.caveats("there were 100 of them in the year before"))'
RIGHT = """
from cdpb.numbers import count_text
row = next(routes.where(route="total", year="2023/24").rows())
display(finding.caveats(f"in 2023/24 there were {count_text(row['referrals'])} of them"))
"""


@pytest.mark.parametrize(("cell", "code"), [(TYPED_IN, 3), (RIGHT, 0)])
def test_a_run_refuses_what_a_notebook_has_typed(tmp_path, monkeypatch, capsys, cell, code):
    """100 is published: every share of a year is of 100 per cent."""
    folder = protected_project(tmp_path / "project", monkeypatch, cell)
    monkeypatch.chdir(folder)
    monkeypatch.setattr("cdpb.runner.gates.folder._pages", lambda *_: [])
    monkeypatch.setattr("cdpb.runner.gates.folder._embedded", lambda *_: [])

    assert main(["run"]) == code

    said = capsys.readouterr().err
    assert (f"referrals.ipynb: notice: <p>: {TYPED}" in said) == (code == 3)


def test_a_span_of_years_names_those_between():
    """As a title says of which years a whole table is."""
    label = Label({"2022/23"}, YEAR, 0, SENTENCE)
    assert not beside_another("70 people (2021/22 to 2024/25, the latest held)", [], [label])
    assert beside_another("70 people (2023/24 to 2024/25, the latest held)", [], [label])
