"""Partners' returns: small tables by area and month, quarter or year, read alike."""

from itertools import product

import pandas as pd

from cdpb import schemas
from cdpb.areas import find_area
from cdpb.catalogue import returns, source
from cdpb.errors import FileError, InputError
from cdpb.loaders import access
from cdpb.loaders.checks import (
    refuse_a_year_without,
    refuse_contradictions,
    with_lacking_columns,
    without_totals,
    without_uncollected,
)
from cdpb.loaders.counts import ROW, counts_in, periods_of, refuse_repeats
from cdpb.loaders.files import TextTable
from cdpb.loaders.headers import NOT_USED, plain, rename_columns, vintages
from cdpb.loaders.places import in_areas, in_wards, refuse_blanks
from cdpb.loaders.receiving import received
from cdpb.loaders.value_maps import (
    HIDDEN,
    NOT_GIVEN,
    missing_marks,
    translate,
    unknown_mark,
    words,
)
from cdpb.partner_returns import Return


def returned(source_id: str, area: str | None = None) -> pd.DataFrame:
    """A partner's return, one count per row, nobody in two rows.

    Parameters
    ----------
    source_id : str
        As ``data/sources.yml`` declares it.
    area : str, optional
        GSS code of a borough; all areas when not given.

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

    Raises InputError if the source belongs to the partnership edition alone and a public one is
    being built, or a received file can't be vouched for.
    """
    if not access.may_be_read(what.source_id):
        return schemas.nothing_loaded(what.table_schema, what.source_id)
    table = received(what.source_id).table
    return schemas.of_area(table, area, what.table_schema, what.source_id)


def read_return(table: TextTable, what: Return) -> pd.DataFrame:
    """One file of a return, in any known layout."""
    rows, layout = rename_columns(table, what.source_id)
    rows = _understood(with_lacking_columns(rows, what, layout, table), what, table)
    if what.place == "ward_code":
        rows = in_wards(rows)
    else:
        rows = in_areas(rows, table).drop(columns="area", errors="ignore")
    rows = _kinds_down(rows, what)
    rows[what.period] = periods_of(rows[what.period], what.period)
    return counted_rows(rows, what, table)


def _understood(rows: pd.DataFrame, what: Return, table: TextTable) -> pd.DataFrame:
    """Rows that say when and of what kind: totals checked and left out, blanks refused."""
    turned = [word for kind, words in what.kinds.items() if kind not in rows for word in words]
    columns = [name for name in (*what.counts, *turned) if name in rows]
    given = [name for name in columns if not rows[name].isna().all()]
    more = [what.period, *(name for name in what.kinds if name in rows)]
    labels = [name for name in ("area", "area_code", "ward_code", *more) if name in rows]
    rows = without_totals(rows, labels, given, table)
    counted = ~_not_given(rows[given], what).all(axis=1)
    blank = (rows[labels] == "").any(axis=1)
    table.record("dropped", blank & ~counted, "rows without label and count")
    rows = rows[counted | ~blank]
    refuse_blanks(rows, more, labels)
    return rows


def _not_given(cells: pd.DataFrame, what: Return) -> pd.DataFrame:
    """Which cells say that a count was not given."""
    known = missing_marks(what.source_id)
    return cells.map(lambda cell: known.get(plain(cell)) == NOT_GIVEN)


def counted_rows(rows: pd.DataFrame, what: Return, table: TextTable) -> pd.DataFrame:
    """Rows of which place and period are known, with their kinds and counts read."""
    for name in (*what.kinds, *what.texts):
        rows[name] = translate(rows[name], what.source_id)
    other = (rows[list(what.kinds)] == NOT_USED).any(axis=1)
    table.record("dropped", other, "kinds that are not used")
    rows = rows[~other].copy()
    refuse_repeats(rows, what.keys)
    empty = _of_empty_periods(rows, what)
    lacking = [name for name in what.counts if rows[name].isna().all()]
    for name in what.counts:
        rows[name] = _counts(rows, name, what, table)
    refuse_contradictions(rows, what)
    rows = without_uncollected(rows, what.counts, source(what.source_id).no_collection_in, table)
    table.record("dropped", empty[rows.index], "periods without any count: gaps")
    rows = rows[~empty[rows.index]]
    if rows.empty:
        raise FileError(
            "This file holds no count: every cell that should hold one is blank.",
            "It is perhaps the form, before it was filled in.",
            "Ask the sender for the figures.",
        )
    if what.fills:
        refuse_a_year_without(rows, what)
        rows = _filled(rows, what, lacking, table)
    return schemas.check_read(rows.sort_values(what.keys, ignore_index=True), what.table_schema)


def _kinds_down(rows: pd.DataFrame, what: Return) -> pd.DataFrame:
    """One column per kind, as some partners send it, as one row per kind."""
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
    there = [name for name in what.counts if not rows[name].isna().all()]
    period = [rows[what.place_of_period], rows[what.period]]
    empty = _not_given(rows[there], what).all(axis=1)
    return empty.groupby(period).transform("all").astype(bool)


def _counts(rows: pd.DataFrame, name: str, what: Return, table: TextTable) -> pd.Series:
    """Counts; one that the sender hides, or left empty, is missing and never 0."""
    if rows[name].isna().all():
        return rows[name].astype("Int64")
    known = missing_marks(what.source_id)
    written = rows[name].map(plain)
    try:
        rows = rows.assign(**{name: written})
        counts = counts_in(rows, name, table, what.keys, missing=tuple(known))
    except FileError as error:
        raise unknown_mark(error, what.source_id) from None
    hidden = counts.isna() & (written.map(known) == HIDDEN)
    table.record("missing", hidden, "counts that the sender hides: not 0")
    table.record("missing", counts.isna() & ~hidden, "counts that the sender left empty: not 0")
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
    table.record("filled", absent, "no row in a period that is covered: 0")
    for name in what.counts:
        # A column that the layout lacks counts nothing that could be 0.
        merged[name] = merged[name].mask(absent & (name not in lacking), 0)
    return merged


def file_text(rows: pd.DataFrame, what: Return) -> str:
    """A file of a return that is read as just these rows, in its fullest layout.

    Each word is as a sender writes it, and a missing count is hidden.
    """
    layout = max(
        reversed(vintages(what.source_id)),
        key=lambda known: ({*what.kinds} <= {*known.columns}, len(known.columns)),
    )
    hides = (mark for mark, why in missing_marks(what.source_id).items() if why == HIDDEN)
    counts = list(what.counts)
    rows = rows.assign(**rows[counts].astype("str").where(rows[counts].notna(), next(hides)))
    for name in (*what.kinds, *what.texts):
        if name in layout.columns:
            rows[name] = rows[name].map(_sent_words(what.source_id, name))
    if turned := next((kind for kind in what.kinds if kind not in layout.columns), ""):
        about = [name for name in what.keys if name != turned]
        rows = rows.pivot(index=about, columns=turned, values=counts[0]).reset_index()
    if what.place == "area_code":
        rows = rows.assign(area=[find_area(code).name for code in rows["area_code"]])
    written = {ours: layout.written[theirs] for theirs, ours in layout.ours.items()}
    columns = [name for name in written if name in rows or name not in layout.optional]
    filled = rows.reindex(columns=columns, fill_value="")
    return filled.rename(columns=written).to_csv(index=False, lineterminator="\n")


def _sent_words(source_id: str, column: str) -> dict[str, str]:
    """How a sender writes each of our words for a kind."""
    listed = [line for line in words("return_words") if line["source"] == source_id]
    return {line["ours"]: line["theirs"] for line in listed if line["column"] == column}
