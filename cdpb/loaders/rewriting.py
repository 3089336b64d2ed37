"""A return's file with other counts in it: the same layout, read by the same loader."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from cdpb.file_contents import bytes_of, in_file
from cdpb.loaders.checks import totals_in
from cdpb.loaders.counts import ROW
from cdpb.loaders.files import TextTable, cells_as_written, note_of_more_rows, read_text_table
from cdpb.loaders.headers import plain, rename_columns
from cdpb.loaders.returns import count_columns, labelled_rows, labels_of, written_rows
from cdpb.loaders.value_maps import translate, words
from cdpb.partner_returns import Return

Key = tuple[str, ...]
# What a row of a return counts, by column.
Counts = Mapping[str, int | None]
_MARK = b"\xef\xbb\xbf"


@dataclass
class RewrittenFile:
    """A return's file, cell by cell, and what is to stand in it.

    Attributes
    ----------
    rows : pandas.DataFrame
        One per combination, labels in our words and counts as text, with the row it stands in.
    column_of : list of dict
        For each of ``rows``, in which column of the file a count of it stands.
    at : mapping
        In which column of the file each of our names stands.
    changed : dict of (int, int) to str
        New text by row below the header and column.
    up : dict of (int, int) to int
        By how much the counts there have gone up.
    """

    what: Return
    table: TextTable
    rows: pd.DataFrame
    column_of: list[dict[str, int]]
    at: Mapping[str, int]
    changed: dict[tuple[int, int], str] = field(default_factory=dict)
    up: dict[tuple[int, int], int] = field(default_factory=dict)
    added: list[list[str]] = field(default_factory=list)

    @property
    def keys(self) -> list[Key]:
        """What each of its rows is about."""
        return row_keys(self.rows, self.what.keys)

    def change(self, was: Mapping[Key, Counts], now: Mapping[Key, Counts]) -> None:
        """Write other counts wherever the file holds those that were; their shares follow."""
        for place, key in enumerate(self.keys):
            if key in was and self._counts(place, was[key]):
                self._write(place, was[key], now[key])

    def add(self, key: Key, count: int) -> None:
        """Add a row for a kind that had no case in a period; as another row of it is written."""
        labels = dict(zip(self.what.keys, key, strict=True))
        same = [self.what.place, self.what.period]
        alike = (self.rows[same].astype(str) == [labels[name] for name in same]).all(axis=1)
        row = list(self.table.rows.loc[self.rows.loc[alike, ROW].iloc[0]])
        for kind in self.what.kinds:
            row[self.at[kind]] = self._spelt(kind, labels[kind])
        column = self.at[self.what.counts[0]]
        row[column] = str(count)
        self.added.append(row)
        self.up[self._below + len(self.added), column] = count

    def written(self, blank_rows: int) -> bytes:
        """The file as it would have come, with so many blank rows below; totals agree."""
        self._write_totals()
        path = self.table.path
        rows, header, end = cells_as_written(path, self.table.origin)
        for (row, column), text in self.changed.items():
            rows[header + row][column] = text
        blank = [""] * len(self.table.header)
        notes = [note_of_more_rows(note, len(self.added)) for note in rows[end:]]
        rows = [*rows[:end], *self.added, *notes, *[blank] * blank_rows]
        content, anew = bytes_of(path), io.StringIO(newline="")
        csv.writer(anew, lineterminator="\r\n" if b"\r\n" in content else "\n").writerows(rows)
        return _encoded(anew.getvalue(), content)

    def _counts(self, place: int, counts: Counts) -> bool:
        row = self.rows.iloc[place]
        return all(_number(row[name]) == counts[name] for name in self.column_of[place])

    @property
    def _below(self) -> int:
        """The last row of the table; those that are added are numbered from there."""
        return int(self.table.rows.index[-1])

    def _write(self, place: int, was: Counts, now: Counts) -> None:
        row, up = int(self.rows[ROW].iloc[place]), dict[tuple[int, int], int]()
        for name, column in self.column_of[place].items():
            before, after = was[name], now[name]
            if before != after and before is not None and after is not None:
                self.changed[row, column] = str(after)
                up[row, column] = after - before
        for name, part, whole in self.what.percentages if up else ():
            if name in self.at:
                text = str(self.table.rows.loc[row].iloc[self.at[name]])
                self.changed[row, self.at[name]] = _share(text, was, now, part, whole)
        self.up |= up

    def _write_totals(self) -> None:
        numbers = range(self._below + 1, self._below + 1 + len(self.added))
        added = pd.DataFrame(self.added, index=numbers, columns=self.table.rows.columns, dtype=str)
        rows = written_rows(
            self.what, replace(self.table, rows=pd.concat([self.table.rows, added]))
        )
        labels = [name for names in labels_of(self.what, rows) for name in names]
        columns = [
            (name, self.at[name]) for name in count_columns(self.what, rows) if name in self.at
        ]
        for total, of in totals_in(rows, labels):
            for name, column in columns:
                more = sum(self.up.get((row, column), 0) for row in rows.index[of])
                before = _number(rows.loc[total, name])
                if more and before is not None:
                    self.changed[int(total), column] = str(before + more)

    def _spelt(self, kind: str, word: str) -> str:
        met = self.rows.index[self.rows[kind] == word]
        if len(met):
            return str(self.table.rows.loc[self.rows.loc[met[0], ROW]].iloc[self.at[kind]])
        wanted = (self.what.source_id, kind, word)
        listed = words("return_words")
        return next(w["theirs"] for w in listed if (w["source"], w["column"], w["ours"]) == wanted)


def file_to_rewrite(what: Return, path: Path) -> RewrittenFile:
    """A file of a return, for whoever writes another like it."""
    with in_file(path):
        table = read_text_table(path, what.source_id)
        rows, at = labelled_rows(what, table).reset_index(drop=True), _columns(table)
        turned = next((kind for kind in what.kinds if kind not in at), None)
        columns = [
            {
                name: at[word if turned and name == what.counts[0] else name]
                for name in what.counts
                if (word if turned and name == what.counts[0] else name) in at
            }
            for word in (rows[turned] if turned else [""] * len(rows))
        ]
        for kind in what.kinds:
            rows[kind] = translate(rows[kind], what.source_id)
    return RewrittenFile(what, table, rows, columns, at)


def row_keys(rows: pd.DataFrame, names: Iterable[str]) -> list[Key]:
    """What each row is about, as text."""
    return list(zip(*(rows[name].astype(str) for name in names), strict=True))


def _columns(table: TextTable) -> dict[str, int]:
    """In which column of a file each of our names stands."""
    places = [[str(at) if plain(name) else "" for at, name in enumerate(table.header)]]
    numbered = TextTable(table.path, table.origin, table.header, pd.DataFrame(places, dtype=str))
    ours, _ = rename_columns(numbered, table.origin.source)
    return {str(name): int(place) for name, place in ours.iloc[0].items()}


def _number(text: object) -> int | None:
    digits = str(text).strip().replace(",", "")
    try:
        return int(float(digits))
    except ValueError:
        return None


def _share(text: str, was: Counts, now: Counts, part: str, whole: str) -> str:
    """A percentage, or a fraction of 1, of other counts, written as it was."""
    written = text.replace("%", "").strip()
    before, after = _percent(was, part, whole), _percent(now, part, whole)
    if after is None or before is None:
        return ""
    try:
        given = float(written)
    except ValueError:
        return text
    per = 1.0 if abs(given - before) <= abs(given - before / 100) else 100.0
    places = len(written.partition(".")[2])
    return f"{after / per:.{places}f}{'%' if '%' in text else ''}"


def _percent(counts: Counts, part: str, whole: str) -> float | None:
    over, of = counts[part], counts[whole]
    return None if over is None or not of else 100 * over / of


def _encoded(text: str, as_in: bytes) -> bytes:
    try:
        as_in.decode("utf-8-sig")
    except UnicodeDecodeError:
        return text.encode("cp1252")
    return (_MARK if as_in.startswith(_MARK) else b"") + text.encode("utf-8")
