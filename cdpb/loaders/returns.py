"""Partners' returns: small tables by area and month, quarter or year, read alike."""

from functools import lru_cache
from itertools import product
from pathlib import Path

import pandas as pd

from cdpb import schemas
from cdpb.catalogue import returns, source
from cdpb.errors import InputError
from cdpb.loaders import access, cut
from cdpb.loaders.counts import PARSERS, ROW, counts_in, refuse_repeats, trimmed
from cdpb.loaders.files import TextTable, read_text_table, record
from cdpb.loaders.headers import NOT_USED, in_our_words, plain
from cdpb.loaders.places import in_areas, refuse_blank
from cdpb.loaders.receiving import Received, fingerprint, receive
from cdpb.loaders.return_checks import (
    refuse_later_part_above,
    refuse_nothing,
    refuse_other_percentage,
    refuse_parts_above,
    with_lacking_columns,
    without_uncollected,
)
from cdpb.loaders.totals import without_totals
from cdpb.loaders.value_maps import HIDDEN, NOT_GIVEN, in_words, missing_marks, unknown_mark
from cdpb.loaders.wards import in_wards
from cdpb.partner_returns import Return


def returned(source_id: str, area: str | None = None) -> pd.DataFrame:
    """A partner's return, one count per row, nobody in two rows.

    Parameters
    ----------
    source_id : str
        As ``data/sources.yml`` declares it.
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        The columns that its declaration gives it: place, period and kinds, and its count. No rows
        where none was received or the build may not show it.

    Raises
    ------
    InputError
        If the source is no partner's return; if it belongs to the partnership edition alone and
        a public one is being built; or if a received file can't be vouched for.

    Examples
    --------
    >>> load.returned("court_referrals", area)
    """
    known = returns()
    if source_id not in known:
        title = source(source_id).title
        raise InputError(
            f"{source_id} is no partner's return, but: {title}.", f"Returns: {', '.join(known)}."
        )
    what = known[source_id]
    table = load_return(what, area)
    if what.rows is None:
        return table
    stacked = what.rows.stacked(table, what.about)
    stacked.attrs = {"source": source_id}
    return stacked


def load_return(what: Return, area: str | None = None) -> pd.DataFrame:
    """A return's table; no rows where none was received or the build may not show it.

    Raises
    ------
    InputError
        If the source belongs to the partnership edition alone and a public one is being built,
        or a received file can't be vouched for.
    """
    if not access.may_be_read(what.source_id):
        return schemas.nothing_loaded(what.table_schema, what.source_id)
    column = what.place_of_period
    table = received_return(what).table
    return schemas.of_area(table, column, area, what.table_schema, what.source_id)


def received_return(what: Return) -> Received:
    """All receipts of a return."""
    return _received(what, fingerprint(what.source_id))


@lru_cache(maxsize=64)
def _received(what: Return, _fingerprint: str) -> Received:
    def read_file(path: Path, receipt: str) -> pd.DataFrame:
        return read_return(what, path, receipt)

    period = [what.place_of_period, what.period]
    return receive(what.source_id, read_file, period, what.table_schema)


def read_return(what: Return, path: Path, receipt: str = "") -> pd.DataFrame:
    """One file of a return, in any known layout."""
    table = read_text_table(path, what.source_id, receipt)
    return counted_rows(labelled_rows(what, table), what, table)


def labelled_rows(what: Return, table: TextTable) -> pd.DataFrame:
    """A file's rows a kind each, place and period understood, with the row they stand in."""
    rows = _understood(written_rows(what, table), what, table)
    rows = _kinds_down(_placed(rows, what, table), what)
    rows[what.period] = PARSERS[what.period](rows[what.period], table.path)
    return rows


def written_rows(what: Return, table: TextTable) -> pd.DataFrame:
    """A file's rows as they are written, under our names."""
    rows, layout = in_our_words(table, what.source_id)
    rows = rows.apply(trimmed)
    return with_lacking_columns(rows, what.counts, what.kinds, layout, table)


def _understood(rows: pd.DataFrame, what: Return, table: TextTable) -> pd.DataFrame:
    """Rows that say when and of what kind: totals checked and left out, blanks refused."""
    given = [name for name in count_columns(what, rows) if not rows[name].isna().all()]
    places, more = labels_of(what, rows)
    labels = [*places, *more]
    rows = without_totals(rows, labels, given, table)
    known = missing_marks(what.source_id)
    counted = ~rows[given].map(lambda cell: known.get(plain(cell)) == NOT_GIVEN).all(axis=1)
    blank = (rows[labels] == "").any(axis=1)
    record(table.origin, "dropped", int((blank & ~counted).sum()), "rows without label and count")
    rows = rows[counted | ~blank]
    for name in more:
        refuse_blank(rows[rows[name] == ""], rows, name, labels, table)
    return rows


def _placed(rows: pd.DataFrame, what: Return, table: TextTable) -> pd.DataFrame:
    """Rows with GSS codes, those of areas that are not assessed left out."""
    if what.place == "ward_code":
        return in_wards(rows, table)
    return in_areas(rows, table).drop(columns="area", errors="ignore")


def labels_of(what: Return, rows: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The columns of a file that say where a count is of; and those that say when and of what."""
    places = [name for name in ("area", "area_code", "ward_code") if name in rows]
    return places, [what.period, *(name for name in what.kinds if name in rows)]


def count_columns(what: Return, rows: pd.DataFrame) -> list[str]:
    """The columns of a file in which counts stand: its counts, or a column a kind."""
    turned = [word for kind, words in what.kinds.items() if kind not in rows for word in words]
    return [name for name in (*what.counts, *turned) if name in rows]


def counted_rows(rows: pd.DataFrame, what: Return, table: TextTable) -> pd.DataFrame:
    """Rows of which place and period are known, with their kinds and counts read."""
    for name in (*what.kinds, *what.texts):
        rows[name] = in_words(rows[name], what.source_id, table.path)
    other = (rows[list(what.kinds)] == NOT_USED).any(axis=1)
    record(table.origin, "dropped", int(other.sum()), "kinds that are not used")
    rows = rows[~other].copy()
    refuse_repeats(rows, what.keys, table.path)
    empty = _of_empty_periods(rows, what)
    lacking = [name for name in what.counts if rows[name].isna().all()]
    for name in what.counts:
        rows[name] = _counts(rows, name, what, table)
    _refuse_contradictions(rows, what, table)
    rows = without_uncollected(rows, what.counts, source(what.source_id).no_collection_in, table)
    record(table.origin, "dropped", int(empty[rows.index].sum()), "periods without any count: gaps")
    rows = rows[~empty[rows.index]]
    refuse_nothing(rows, table.path)
    if what.fills:
        cut.refuse_in_return(rows, what, table.path)
        rows = _filled(rows, what, lacking, table)
    rows = rows.sort_values(what.keys, ignore_index=True)
    return schemas.check_read(rows, what.table_schema, table.path)


def _refuse_contradictions(rows: pd.DataFrame, what: Return, table: TextTable) -> None:
    refuse_parts_above(rows, what.parts, what.keys, table.path)
    for percentage, part, whole in what.percentages:
        if percentage in rows:
            refuse_other_percentage(rows, (percentage, part, whole), what.keys, table.path)
    if what.later_part is not None:
        refuse_later_part_above(rows, what, table.path)


def _kinds_down(rows: pd.DataFrame, what: Return) -> pd.DataFrame:
    """A column a kind, as some partners send it, as a row a kind."""
    rows = rows.assign(**{ROW: rows.index})
    absent = [name for name in what.kinds if name not in rows]
    if not absent:
        return rows
    kind, count = absent[0], what.counts[0]
    columns = [name for name in what.kinds[kind] if name in rows]
    others = [name for name in rows if name not in columns]
    return rows.melt(others, columns, var_name=kind, value_name=count)


def _of_empty_periods(rows: pd.DataFrame, what: Return) -> pd.Series:
    """Rows of periods of which no count is given: the months to come of a form, for one."""
    known = missing_marks(what.source_id)
    there = [name for name in what.counts if not rows[name].isna().all()]
    empty = rows[there].map(lambda cell: known.get(plain(cell)) == NOT_GIVEN)
    period = [rows[what.place_of_period], rows[what.period]]
    return empty.all(axis=1).groupby(period).transform("all").astype(bool)


def _counts(rows: pd.DataFrame, name: str, what: Return, table: TextTable) -> pd.Series:
    """Counts; one that the sender hides, or left empty, is missing and never 0."""
    if rows[name].isna().all():
        return rows[name].astype("Int64")
    known = missing_marks(table.origin.source)
    written = rows[name].map(plain)
    try:
        rows = rows.assign(**{name: written})
        counts = counts_in(rows, name, table, what.keys, missing=tuple(known))
    except InputError as error:
        raise unknown_mark(error, table.origin.source) from None
    hidden = counts.isna() & (written.map(known) == HIDDEN)
    record(table.origin, "missing", int(hidden.sum()), "counts that the sender hides: not 0")
    left = int(counts.isna().sum() - hidden.sum())
    record(table.origin, "missing", left, "counts that the sender left empty: not 0")
    return counts


def _filled(rows: pd.DataFrame, what: Return, lacking: list[str], table: TextTable) -> pd.DataFrame:
    """A row for each kind in each period of the return; a whole period that is absent is a gap."""
    dropped = [ROW, *(share for share, _, _ in what.percentages)]
    rows = rows.drop(columns=dropped, errors="ignore")
    about = [name for name in rows if name not in (*what.kinds, *what.counts)]
    kinds = pd.DataFrame(list(product(*what.kinds.values())), columns=list(what.kinds))
    whole = rows[about].drop_duplicates().merge(kinds, how="cross")
    merged = whole.merge(rows, on=[*about, *what.kinds], how="left", indicator="_from")
    absent = merged.pop("_from") == "left_only"
    record(table.origin, "filled", int(absent.sum()), "no row in a period that is covered: 0")
    for name in what.counts:
        # A column that the layout lacks counts nothing that could be 0.
        merged[name] = merged[name].mask(absent & (name not in lacking), 0)
    return merged
