"""Partners' returns: small tables by area and month, quarter or year, read alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from cdpb import schemas
from cdpb.catalogue import source
from cdpb.errors import InputError
from cdpb.loaders import access
from cdpb.loaders.corrections import corrected
from cdpb.loaders.counts import refuse_repeats, whole_counts
from cdpb.loaders.dates import PARSERS
from cdpb.loaders.files import TextTable, read_text_table
from cdpb.loaders.headers import NOT_USED, in_our_words, plain
from cdpb.loaders.log import record
from cdpb.loaders.places import placed
from cdpb.loaders.receiving import Received, fingerprint, receive
from cdpb.loaders.returned import refuse_parts_above, without_uncollected
from cdpb.loaders.words import HIDDEN, NOT_GIVEN, in_words, marks, unknown_mark
from cdpb.loaders.worlds import in_this_world


@dataclass(frozen=True)
class Return:
    """What one partner's return is like.

    Attributes
    ----------
    period : str
        ``month``, ``quarter`` or ``year``: the column that says when.
    counts : tuple of str
        Its columns of counts.
    kinds : mapping
        Columns that part the counts, each with all of our words for it.
    texts : tuple of str
        Columns that say something of a row and name nothing.
    place : str
        ``area_code``, or ``ward_code`` for a return by ward.
    fills : bool
        Whether a kind without a row, in a period that the return covers, had no case: it lists
        what happened. Otherwise a row that is absent stays absent.
    parts : tuple of (str, str)
        Columns of which the first is part of the second, in the same row.
    """

    source_id: str
    period: str
    counts: tuple[str, ...]
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    place: str = "area_code"
    fills: bool = False
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> list[str]:
        """The columns that together name a row."""
        return [self.place, self.period, *self.kinds]

    @property
    def place_of_period(self) -> str:
        """The column of the places of which a receipt carries whole periods."""
        return "borough_code" if self.place == "ward_code" else self.place

    @cached_property
    def schema(self) -> pa.DataFrameSchema:
        """What its table promises."""
        return schemas.returned(self.place, self.period, self.kinds, self.counts, self.texts)

    def __hash__(self) -> int:
        return hash(self.source_id)


def load_return(what: Return, area: str | None = None) -> pd.DataFrame:
    """A return's table; no rows where none was received or the build may not show it.

    Raises
    ------
    InputError
        If the source belongs to the partnership edition alone and a public one is being built,
        or a received file can't be vouched for.
    """
    if not may_be_read(what.source_id):
        return schemas.check(schemas.empty(what.schema), what.schema, what.source_id)
    column = what.place_of_period
    table = received_return(what).table
    seen = in_this_world(table, what.source_id)
    return schemas.of_area(seen, column, area, what.schema, what.source_id)


def may_be_read(source_id: str) -> bool:
    """Whether a source's files may be opened; a public edition may not even ask for some."""
    if not access.current().permits(source(source_id).access):
        access.check(source_id)
    return access.may_open(source_id)


def received_return(what: Return) -> Received:
    """All receipts of a return."""
    return _received(what, fingerprint(what.source_id))


@lru_cache(maxsize=64)
def _received(what: Return, _fingerprint: str) -> Received:
    def read_file(path: Path, receipt: str) -> pd.DataFrame:
        return read_return(what, path, receipt)

    period = [what.place_of_period, what.period]
    received = receive(what.source_id, read_file, period, what.schema)
    return Received(corrected(received.table, what.source_id), received.by_receipt)


def read_return(what: Return, path: Path, receipt: str = "") -> pd.DataFrame:
    """One file of a return, in any known layout."""
    table = read_text_table(path, what.source_id, receipt)
    rows, _ = in_our_words(table, what.source_id)
    rows = rows.apply(lambda column: column.str.strip())
    rows = _kinds_down(placed(rows, what.place, table), what)
    rows[what.period] = PARSERS[what.period](rows[what.period], path)
    return counted_rows(rows, what, table)


def counted_rows(rows: pd.DataFrame, what: Return, table: TextTable) -> pd.DataFrame:
    """Rows of which place and period are known, with their kinds and counts read."""
    for name in (*what.kinds, *what.texts):
        rows[name] = in_words(rows[name], what.source_id, table.path)
    other = (rows[list(what.kinds)] == NOT_USED).any(axis=1)
    record(table.origin, "dropped", int(other.sum()), "kinds that are not used")
    rows = rows[~other].copy()
    refuse_repeats(rows, what.keys, table.path)
    empty = _of_empty_periods(rows, what)
    for name in what.counts:
        rows[name] = _counts(rows[name], table)
    refuse_parts_above(rows, what.parts, what.keys, table.path)
    rows = without_uncollected(rows, what.counts, source(what.source_id).no_collection_in, table)
    record(table.origin, "dropped", int(empty[rows.index].sum()), "periods without any count: gaps")
    rows = rows[~empty[rows.index]]
    return (_filled(rows, what, table) if what.fills else rows).sort_values(
        what.keys, ignore_index=True
    )


def _kinds_down(rows: pd.DataFrame, what: Return) -> pd.DataFrame:
    """A column a kind, as some partners send it, as a row a kind."""
    absent = [name for name in what.kinds if name not in rows]
    if not absent:
        return rows.copy()
    kind, count = absent[0], what.counts[0]
    columns = [name for name in what.kinds[kind] if name in rows]
    others = [name for name in rows if name not in columns]
    return rows.melt(others, columns, var_name=kind, value_name=count)


def _of_empty_periods(rows: pd.DataFrame, what: Return) -> pd.Series:
    """Rows of periods of which no count is given: the months to come of a form, for one."""
    known = marks(what.source_id)
    empty = rows[list(what.counts)].map(lambda cell: known.get(plain(cell)) == NOT_GIVEN)
    period = [rows[what.place_of_period], rows[what.period]]
    return empty.all(axis=1).groupby(period).transform("all").astype(bool)


def _counts(text: pd.Series, table: TextTable) -> pd.Series:
    """Counts; one that the sender hides, or left empty, is missing and never 0."""
    known = marks(table.origin.source)
    written = text.map(plain)
    try:
        counts = whole_counts(written, table.path, str(text.name), missing=tuple(known))
    except InputError as error:
        raise unknown_mark(error, table.origin.source) from None
    hidden = written.map(known) == HIDDEN
    record(table.origin, "missing", int(hidden.sum()), "counts that the sender hides: not 0")
    left = int(counts.isna().sum() - hidden.sum())
    record(table.origin, "missing", left, "counts that the sender left empty: not 0")
    return counts


def _filled(rows: pd.DataFrame, what: Return, table: TextTable) -> pd.DataFrame:
    """A row for each kind in each period of the return; a whole period that is absent is a gap."""
    about = [name for name in rows if name not in (*what.kinds, *what.counts)]
    kinds = pd.DataFrame(list(product(*what.kinds.values())), columns=list(what.kinds))
    whole = rows[about].drop_duplicates().merge(kinds, how="cross")
    merged = whole.merge(rows, on=[*about, *what.kinds], how="left", indicator="_from")
    absent = merged.pop("_from") == "left_only"
    record(table.origin, "filled", int(absent.sum()), "no row in a period that is covered: 0")
    for name in what.counts:
        merged[name] = merged[name].mask(absent, 0)
    return merged
