"""Scan gate: a page is what its executed notebook renders, each number there in its place."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import nbformat
from markupsafe import Markup
from nbformat import NotebookNode

from cdpb.declarations import declarations
from cdpb.disclosure.masked import MARKER
from cdpb.marks import NumberMark, places_in, unmarked
from cdpb.numbers import capital
from cdpb.report.archives import as_draft
from cdpb.report.html_tree import read_document
from cdpb.report.index import COMMON, INDEX, common_pages
from cdpb.report.markup import has_page, without_line
from cdpb.report.page import saved_record
from cdpb.report.sections import NOTEBOOK_ONLY, block_payloads, passages
from cdpb.report.text_figures import blanked
from cdpb.report.workbooks import WHOLE, workbook_names, workbooks_of, workbooks_of_all
from cdpb.runner.assemble import whatever_passed
from cdpb.runner.gates import folder
from cdpb.runner.gates.known_numbers import (
    IN_CODE,
    QuotedTexts,
    figures_of,
    file_names,
    is_number,
)
from cdpb.runner.gates.number_check import BESIDE_ANOTHER, NumberCheck, Published
from cdpb.runner.gates.outcome import Outcome, entry_of, keep_passed, keys_of_findings
from cdpb.runner.gates.rebuilding import differing
from cdpb.runner.gates.row_labels import NamedRows, parts_of, rows_of_record
from cdpb.runner.gates.text_nodes import TO_ROW, TextNode, entries_of, nodes_of
from cdpb.runner.gates.workbook_check import strange_in
from cdpb.runner.gates.written import Written
from cdpb.runner.keys import SCAN
from cdpb.runner.manifest import files_below, files_of_record
from cdpb.runner.render import render_page

# A size, which stands beside the hash that holds it, and the place of a figure on its page.
COUNTED = re.compile(r"files\[\d+\]\.size|figures\[(\d+)\]\.number")
MARK_LEFT = "a mark that should have been taken off"
NOT_KEPT = "its executed notebook is not kept here, to hold its sentences against: run it again"
OTHERWISE = "is not as its notebook made it"
# What a finding says in words of its own; documents and declarations speak in the other blocks.
PROSE = "prose"
IN_ITS_WORDS = {
    "headline", "key_figures", "changed", "figure", "map", "table", "notice", "claims", "since",
    PROSE,
}  # fmt: skip
BADGE = "a verdict that is not the record's"
LABEL = "a name that its table does not have for that place"
Record = Mapping[str, Any]


@dataclass(frozen=True)
class MadeBlock:
    """A block as its notebook made it, its style included, with what its marks say."""

    kind: str
    html: str
    marks: Mapping[int, NumberMark]

    @cached_property
    def nodes(self) -> list[TextNode]:
        """Its texts."""
        return list(nodes_of(self.html.encode(), f"{self.kind}.html"))


def scan_written(written: Written) -> Outcome:
    """Judge all that a run has written. Findings name file and element, never the number."""
    keys = keys_of_findings(written)
    kept = {id: entry_of(key) for id, key in keys.items()}
    scan = Scan(written, {id: Passed(**entry) for id, entry in kept.items() if entry})
    findings = _judged(scan, keys)
    counted = f"{scan.numbers:,} numbers in {scan.files_read} files"
    return Outcome(SCAN, findings, f"{written.count_of_tables} tables, {counted}")


def scan_ahead(written: Written, alone: Collection[str]) -> Outcome:
    """Judge some findings alone, so that `scan_written` finds that they have passed.

    If anything is found nothing is kept, and it is `scan_written` that tells.
    """
    _judged(Scan(written, alone=alone), keys_of_findings(written))
    return Outcome(SCAN)


def left_to_scan(written: Written) -> list[str]:
    """What can be judged alone and has not passed yet, the largest first.

    One that says what others say waits until they have passed.
    """
    keys = keys_of_findings(written)
    later = {each["id"] for each in written.records if not each.get("tested", True)}
    size = {id: path.stat().st_size for id, path in written.notebooks.items()}
    left = [id for id in keys.keys() - later if entry_of(keys[id]) is None]
    return sorted(left, key=lambda id: (-size.get(id, sum(size.values())), id))


def _judged(scan: "Scan", keys: Mapping[str, str]) -> list[str]:
    """What a scan finds; if that is nothing, it is kept that all of it has passed."""
    findings = folder.problems(scan.written, scan.again, scan.files_again)
    findings += [*scan.pages(), *scan.workbooks(), *scan.blocks(), *scan.files()]
    if keys and not findings:
        keep_passed({keys[id]: asdict(what) for id, what in scan.to_keep()}, scan.written)
    return findings


@dataclass(frozen=True)
class Passed:
    """What is kept of a finding: how many ``numbers`` it has, and what others may say of it."""

    numbers: int
    figures: list[str]
    sentences: list[str]


class Scan:
    """Judges what was written by what the findings of one assessment have published.

    Without what has ``passed``; or some findings ``alone``, and nothing that is made of several
    but the workbook of all tables, if it is among them.
    """

    def __init__(
        self,
        written: Written,
        passed: Mapping[str, Passed] | None = None,
        alone: Collection[str] = (),
    ) -> None:
        self.written, self._passed, self._alone = written, passed or {}, alone
        known = {each["id"] for each in written.records}
        looked_at = {*alone} or {*known, WHOLE} - self._passed.keys()
        self._whole = WHOLE in looked_at
        self.again = [each for each in written.records if each["id"] in looked_at]
        self._records = {each["id"]: each for each in written.records}
        self._published = cache(self._published_by)
        self._quoted = QuotedTexts(written.assessment)
        self._names = file_names(written.assessment, written.records)
        self._tested = [record for record in written.records if record.get("tested", True)]
        self._checks: dict[str, NumberCheck] = {}
        self._texts: dict[str, set[str]] = {}
        self._notebooks = {
            id: nbformat.reads(path.read_text(encoding="utf-8"), 4)
            for id, path in written.notebooks.items()
            if id in looked_at
        }

    @cached_property
    def files_again(self) -> Mapping[str, Path]:
        """The files that are looked at, by their names: not those of findings that have passed."""
        own = {name for record in self.again for name in files_of_record(record)}
        passed = {name for record in self.written.records for name in files_of_record(record)} - own
        found = files_below(self.written.folder)
        if self._alone:
            return {name: path for name, path in found.items() if name in own}
        return {name: path for name, path in found.items() if name not in passed}

    @property
    def numbers(self) -> int:
        """How many were judged, now or before."""
        now = sum(each.numbers for each in self._checks.values())
        return now + sum(each.numbers for each in self._passed.values())

    @property
    def files_read(self) -> int:
        """How many files they stand in, beside the tables."""
        return len(files_below(self.written.folder).keys() - self.written.tables.keys())

    def to_keep(self) -> Iterator[tuple[str, Passed]]:
        """What is kept of each finding that has passed.

        Of one whose page leads to a place of another, which may lose it, nothing is. Of the
        workbook of all tables it is that it has passed.
        """
        if self._whole:
            yield WHOLE, Passed(0, [], [])
        for record in self.again:
            id, page = record["id"], self.written.folder / f"{record['slug']}.html"
            text = page.read_text(encoding="utf-8") if has_page(record) else ""
            # What waits for figures has its place on the front page, which is made anew.
            links = (each for each in folder.links_of(text) if not each.startswith(INDEX))
            if not any("#" in each for each in links):
                figures, said = self._published(id).figures, self._said_by(record)
                yield id, Passed(self.check(record).numbers, sorted(figures), sorted(said))

    def pages(self) -> Iterator[str]:
        """Where a page or a record differs from its notebook, or a common page from the records."""
        for record in self.again:
            page, notebook = f"{record['slug']}.html", self._notebooks.get(record["id"])
            if notebook is None:
                yield f"{page}: {NOT_KEPT}"
                continue
            if record != saved_record(notebook):
                yield f"findings/{record['id']}.json: {OTHERWISE}"
            if has_page(record):
                made = render_page(notebook, record["slug"])
                yield from self._differing(page, made.encode())
        if self._alone:
            return
        found = {record["id"] for record in self.written.records}
        absent = [each.id for each in declarations().findings if each.id not in found]
        tables = self.written.tables
        for page, made in common_pages(self.written.records, absent, tables).items():
            yield from self._differing(page, made.encode())

    def workbooks(self) -> Iterator[str]:
        """Where a workbook differs from what the tables make, and what it holds beside them."""
        folder = self.written.folder
        books = [book for record in self.again for book in workbooks_of(record, folder)]
        if self._whole:
            books += workbooks_of_all(self.written.records, folder)
        for book in books:
            yield from self._differing(book.name, book.content)
            path = folder / book.name
            found = strange_in(path.read_bytes(), book.sheets) if path.is_file() else iter(())
            yield from (f"{book.name}: {what}" for what in found)

    def blocks(self) -> Iterator[str]:
        """What is wrong with the numbers, badges and labels of each notebook's blocks."""
        for record in self.again:
            name = declarations().finding(record["id"]).notebook
            for block in self._blocks.get(record["id"], []):
                found = [*self._in_block(block, record)]
                yield from (f"{name}: {block.kind}: {what}" for what in dict.fromkeys(found))

    def files(self) -> Iterator[str]:
        """What is wrong with tables, records, the manifest and whatever else lies there."""
        pages = {*COMMON, *(f"{record['slug']}.html" for record in self.written.records)}
        owners = {name: record for record in self.again for name in files_of_record(record)}
        books = {name for names in workbook_names(self.written.records).values() for name in names}
        for name, path in self.files_again.items():
            if name in books:
                continue  # Opened by itself.
            text = path.read_text(encoding="utf-8", errors="replace")
            yield from [f"{name}: {MARK_LEFT}"] * (text != unmarked(text))
            if name not in pages:
                yield from dict.fromkeys(self._in_file(path, name, owners.get(name, {})))

    def check(self, record: Record) -> NumberCheck:
        """Judges the numbers of a finding's texts; of none, those of the manifest."""
        id = record.get("id", "")
        if id not in self._checks:
            own = id in self._records and record.get("tested", True)
            known = self._published(id) if own else self._all_published
            given = (known, self._quoted, self._names)
            self._checks[id] = NumberCheck(self.written, record, *given)
        return self._checks[id]

    def _in_block(self, block: MadeBlock, record: Record) -> Iterator[str]:
        check, page = self.check(record), f"{record['slug']}.html"
        yield from check.wrong_in(page, block.nodes, block.marks, prose=block.kind in IN_ITS_WORDS)
        if block.kind == "headline":
            yield from wrong_badges(block.html, record)
        if block.kind == "map":
            yield from self._wrong_links(block.html, record)
        if block.kind == "key_figures":
            for card in read_document(block.html).root.all("li"):
                yield from [f"<li> card: {BESIDE_ANOTHER}"] * check.is_beside_another(
                    TextNode("<li> card", card.text), block.marks
                )

    def _wrong_links(self, html: str, record: Record) -> Iterator[str]:
        """The places of a map whose name is not that of the row they lead to."""
        tables = self.written.tables_of(record)
        rows = [set(row.values()) for table in tables.values() for row in table]
        for link in read_document(html).root.all("a"):
            href, name = link.get("href"), link.text.split(", ")[0]
            code = href.removeprefix(TO_ROW)
            if href.startswith(TO_ROW) and not any({code, name} <= row for row in rows):
                yield f"<a> to row {code}: {LABEL}"

    def _in_file(self, path: Path, name: str, record: Record) -> Iterator[str]:
        # What stands on the finding's page was judged there, by its marks.
        said = self._texts_of(record)
        nodes = (node for node in nodes_of(path.read_bytes(), name) if node.text not in said)
        judged = (node for node in nodes if not _is_counted(node))
        yield from (f"{name}: {what}" for what in self.check(record).wrong_in(name, judged, {}))

    def _differing(self, name: str, made: bytes) -> Iterator[str]:
        path = self.written.folder / name
        content = whatever_passed(path) if path.is_file() else b""
        places = differing(name, content, as_draft(without_line(made)))
        yield from (f"{name}: {place}: {OTHERWISE}" for place in places)

    def _texts_of(self, record: Record) -> set[str]:
        """The texts of a finding's blocks, without marks."""
        id = record.get("id", "")
        if id not in self._texts:
            blocks = self._blocks.get(id, [])
            self._texts[id] = {unmarked(node.text) for block in blocks for node in block.nodes}
        return self._texts[id]

    @cached_property
    def _blocks(self) -> Mapping[str, list[MadeBlock]]:
        """The blocks of each finding's executed notebook."""
        partners = self.written.assessment.edition == "partnership"
        return {
            id: list(blocks_of(notebook, with_code=partners))
            for id, notebook in self._notebooks.items()
        }

    def _published_by(self, id: str) -> Published:
        """What a finding has published."""
        record, before = self._records[id], self._passed.get(id)
        tables = self.written.tables_of(record)
        figures = set(before.figures) if before else figures_of(record, tables)
        # Rows are asked for beside the name of a hidden one alone.
        return Published(figures, NamedRows(rows_of_record(record, tables) if self._hides else ()))

    @cached_property
    def _hides(self) -> bool:
        tables = self.written.tables.values()
        return any(MARKER in row.values() for rows in tables for row in rows)

    @cached_property
    def _all_published(self) -> Published:
        """What all findings have: for those made of the others' records, and for the manifest.

        "20 deaths of 1,465 adults" was judged where its finding says it, by that finding's rows,
        of which none may be hidden that another calls adults.
        """
        published = [self._published(id) for id in self._records]
        figures = set().union(*(each.figures for each in published))
        rows = NamedRows(row for each in published for row in each.rows.all)
        return Published(figures, rows, set().union(*map(self._said_by, self._tested)))

    def _said_by(self, record: Record) -> set[str]:
        """The sentences of a finding's record and blocks, of which each was judged there."""
        if record["id"] in self._passed:
            return set(self._passed[record["id"]].sentences)
        texts = {text for _, text in entries_of(record)} | self._texts_of(record)
        parts = (said for text in texts for _, said in parts_of(" ".join(text.split())))
        sentences = {said.rstrip(".") for said in parts}
        return {said for said in sentences if not is_number(said)}


def blocks_of(notebook: NotebookNode, *, with_code: bool) -> Iterator[MadeBlock]:
    """What a page shows of an executed notebook: prose, blocks and, where asked for, code."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and NOTEBOOK_ONLY not in cell.metadata.get("tags", []):
            for each in passages(cell.source):
                html = Markup("<h2>{}</h2>{}").format(each.heading, each.html)
                yield MadeBlock(PROSE, html, {})
        if cell.cell_type == "code" and with_code:
            html = Markup("<pre>{}</pre>").format(blanked(IN_CODE, cell.source))
            yield MadeBlock("code", html, {})
        payloads = block_payloads(cell)
        yield from (_block(payload) for payload in payloads if payload["kind"] != "record")


def _block(payload: Mapping[str, Any]) -> MadeBlock:
    """A block with its marks, if they are of what it shows; else as if all of it were typed."""
    kind, html, marked = (payload.get(name, "") for name in ("kind", "html", "marked"))
    numbered = payload.get("marks", {}).items()
    marks = {int(number): NumberMark.from_dict(mark) for number, mark in numbered}
    known = all(each.number in marks for each in places_in(marked)[1])
    shown = marked if known and unmarked(marked) == html else html
    return MadeBlock(kind, f"{shown}<style>{payload.get('style', '')}</style>", marks)


def wrong_badges(html: str, record: Mapping[str, Any]) -> Iterator[str]:
    """The badges of a headline that say another verdict than the record."""
    label = (record.get("verdict") or {}).get("label") or ""
    for badge in read_document(html).root.classed("verdict"):
        if badge.text.removeprefix("Verdict:").strip() != capital(label):
            yield f"<{badge.tag}> verdict: {BADGE}"


def _is_counted(node: TextNode) -> bool:
    """Whether it numbers a file or a figure: the second figure can't be the third."""
    found = COUNTED.fullmatch(node.element)
    places = range(1, int(found[1]) + 2) if found and found[1] else ()
    return found is not None and (not places or node.text in map(str, places))
