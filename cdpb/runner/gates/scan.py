"""The scan: every file that was written, opened to its last layer, each number in its context."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from cdpb.marks import unmarked
from cdpb.runner.gates import folder
from cdpb.runner.gates.allowed import (
    CODE,
    IN_CODE,
    Allowed,
    FileNames,
    allowed_numbers,
    figures_in,
    ticks_in,
)
from cdpb.runner.gates.as_made import check_as_made
from cdpb.runner.gates.as_shown import check_pages
from cdpb.runner.gates.outcome import Outcome
from cdpb.runner.gates.passages import Passages
from cdpb.runner.gates.published_figures import figures_of
from cdpb.runner.gates.row_labels import NamedRows, rows_of_record, sentences_of
from cdpb.runner.gates.text_nodes import Piece, entries_of, pieces_of
from cdpb.runner.gates.written import Written

NAME = "scan"
MANIFEST = "manifest.json"
SIZE = re.compile(r"files\[\d+\]\.size")
ORDINAL = re.compile(r"figures\[(\d+)\]\.number")
STRANGE = "a number that none of its published tables holds"
BESIDE = "a number beside the name of a hidden cell"
MARK_LEFT = "a mark that should have been taken off"
UNNAMED = "a number in a name that none of its files and tables has"


def scan_written(written: Written) -> Outcome:
    """Open every file of an assessment, and judge what stands in it.

    Returns
    -------
    Outcome
        Findings name file and element, never the number.
    """
    findings = folder.problems(written.folder, written.assessment, list(written.records))
    looked = Scan(written)
    for path in sorted(written.folder.rglob("*")):
        name = path.relative_to(written.folder).as_posix()
        if path.is_file() and name in written.tables:
            text = path.read_text(encoding="utf-8", errors="replace")
            findings += [f"{name}: {MARK_LEFT}"] * (text != unmarked(text))
        elif path.is_file():
            findings += dict.fromkeys(looked.judged(path, name))
    findings += [*check_as_made(written), *check_pages(written)]
    numbers = f"{looked.numbers:,} numbers in {looked.files} files"
    return Outcome(NAME, findings, f"{written.count_of_tables} tables, {numbers}")


class Scan:
    """Judges numbers by what the findings of one assessment have published.

    Attributes
    ----------
    numbers, files : int
        How many it has judged.
    """

    def __init__(self, written: Written) -> None:
        self.written = written
        self.numbers = self.files = 0
        self._passages = Passages(written.assessment)

    def judged(self, path: Path, name: str) -> Iterator[str]:
        """What is wrong with the numbers of one file, a sentence an element."""
        self.files += 1
        pieces = self._pages.get(name) or list(pieces_of(path, name))
        axes = ticks_in(pieces)
        for piece in pieces:
            if piece.text != unmarked(piece.text):
                yield f"{piece.file}: {piece.element}: {MARK_LEFT}"
            if piece not in axes:
                yield from self._piece(piece)

    def _piece(self, piece: Piece) -> Iterator[str]:
        if _counts_its_own(piece):
            return
        if piece.is_name:
            if not self._names.has(piece.text):
                yield f"{piece.file}: {piece.element}: {UNNAMED}"
            return
        known, rows = self._of_file(piece.file)
        beside = dict.fromkeys(at for _, at in rows.strangers(piece.text, piece.context))
        for figure, at in figures_in(_as_judged(piece)):
            self.numbers += 1
            wrong = STRANGE if figure not in known else BESIDE if at in beside else ""
            if wrong and not self._may_stand(piece, figure, at):
                yield f"{piece.file}: {piece.element}: {wrong}"

    def _may_stand(self, piece: Piece, figure: str, at: int) -> bool:
        return self._passages.hold(piece.text, figure, at, piece.context) or any(
            entry.covers(piece, at) for entry in self._allowed
        )

    def _of_file(self, name: str) -> tuple[set[str], NamedRows]:
        """What a file may tell: of its finding; of all where it is made of the others' records."""
        finding = self._finding_of.get(name)
        return self._known.get(finding or "", self._all)

    @cached_property
    def _names(self) -> FileNames:
        return FileNames(self.written.assessment, self.written.records)

    @cached_property
    def _allowed(self) -> tuple[Allowed, ...]:
        return allowed_numbers()

    @cached_property
    def _finding_of(self) -> Mapping[str, str]:
        own = [record for record in self.written.records if record.get("tested", True)]
        return {
            name: record["id"]
            for record in own
            for name in (f"{record['slug']}.html", f"findings/{record['id']}.json")
        }

    @cached_property
    def _known(self) -> Mapping[str, tuple[set[str], NamedRows]]:
        tables = self.written.tables
        return {
            record["id"]: (figures_of(record, tables), NamedRows(rows_of_record(record, tables)))
            for record in self.written.records
        }

    @cached_property
    def _all(self) -> tuple[set[str], NamedRows]:
        figures = set().union(*(known for known, _ in self._known.values()))
        rows = (row for _, rows in self._known.values() for row in rows.all)
        return figures, NamedRows(rows, judged=self._judged_by_finding)

    @cached_property
    def _judged_by_finding(self) -> frozenset[str]:
        """What the findings' own records and pages say, sentence by sentence.

        "20 deaths of 1,465 adults" stands in no record, but on the page of its finding: there it
        is held against that finding's rows, of which none may be hidden that another calls adults.
        """
        own = [record for record in self.written.records if record.get("tested", True)]
        said = [text for record in own for _, text in entries_of(record)]
        said += [piece.text for pieces in self._pages.values() for piece in pieces]
        return frozenset(each for text in said for each in sentences_of(" ".join(text.split())))

    @cached_property
    def _pages(self) -> Mapping[str, list[Piece]]:
        """The texts of the findings' own pages, which are read twice."""
        names = [name for name in self._finding_of if name.endswith(".html")]
        paths = {name: self.written.folder / name for name in names}
        return {name: list(pieces_of(path, name)) for name, path in paths.items() if path.is_file()}


def _as_judged(piece: Piece) -> str:
    """Its text; of code without its indices, as long as it was."""
    if piece.element != CODE:
        return piece.text
    return IN_CODE.sub(lambda found: " " * len(found[0]), piece.text)


def _counts_its_own(piece: Piece) -> bool:
    """The size of a file beside the manifest, held by its hash; the place of a figure on a page."""
    if piece.file == MANIFEST:
        return bool(SIZE.fullmatch(piece.element))
    figure = ORDINAL.fullmatch(piece.element)
    if figure is None or not piece.text.isdecimal():
        return False
    return 0 < int(piece.text) <= int(figure[1]) + 1
