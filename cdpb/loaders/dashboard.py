"""Metropolitan Police, monthly crime dashboard: drug offences and their positive outcomes."""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from cdpb import schemas
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders import access
from cdpb.loaders.counts import ROW, first_true, months_of, trimmed
from cdpb.loaders.files import TextTable, read_text_table, record
from cdpb.loaders.headers import NOT_USED, in_our_words, plain, short
from cdpb.loaders.mps import groups, is_no_borough, unknown_group
from cdpb.loaders.places import in_areas, refuse_blank
from cdpb.loaders.receiving import Received, fingerprint, receive
from cdpb.loaders.returns import counted_rows
from cdpb.loaders.value_maps import in_words
from cdpb.partner_returns import Return
from cdpb.periods import financial_years_of

DASHBOARD = Return(
    source_id="mps_dashboard",
    period="month",
    counts=("count",),
    kinds={
        "offence": ("possession", "trafficking"),
        "measure": ("offences", "positive outcomes"),
    },
    fills=True,
)
LABELS = ("month", "area_type", "area_code", "group", "offence", "measure")
USED = ["area_code", "month", "offence", "measure", "count"]


def crime_dashboard(area: str | None = None) -> pd.DataFrame:
    """Drug offences and positive outcomes by borough and month.

    A positive outcome is counted in the month in which it was reached, not in that of its offence:
    a month can have more outcomes than offences.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, month, offence, measure, count``; ``offence`` is possession or trafficking,
        ``measure`` is offences or positive outcomes.
    """
    if not access.may_be_read(DASHBOARD.source_id):
        return schemas.nothing_loaded(DASHBOARD.table_schema, DASHBOARD.source_id)
    table = received_dashboard().table
    return schemas.of_area(table, "area_code", area, DASHBOARD.table_schema, DASHBOARD.source_id)


def received_dashboard() -> Received:
    """All receipts of the dashboard."""
    return _received(fingerprint(DASHBOARD.source_id))


@lru_cache(maxsize=8)
def _received(_fingerprint: str) -> Received:
    source_id = DASHBOARD.source_id
    return receive(source_id, read_dashboard, ["area_code", "month"], DASHBOARD.table_schema)


def read_dashboard(path: Path, receipt: str = "") -> pd.DataFrame:
    """One file of the dashboard, in any known layout; its rows of boroughs and drugs alone."""
    table = read_text_table(path, DASHBOARD.source_id, receipt)
    rows, _ = in_our_words(table, DASHBOARD.source_id)
    rows = rows.apply(trimmed)
    for name in LABELS:
        refuse_blank(rows[rows[name] == ""], rows, name, LABELS, table)
    rows = _of_boroughs(_of_drugs(rows, table), table)
    # Borough and area name say the same of a borough, and either could be out of step.
    rows = in_areas(in_areas(rows, table, "area_name"), table, "borough")
    rows = rows.assign(month=months_of(rows["month"], path))
    refuse_other_year(rows, table)
    _refuse_without_a_measure(rows, table)
    rows = rows[USED].assign(**{ROW: rows.index})
    return counted_rows(rows, DASHBOARD, table)


def _of_drugs(rows: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    known = groups()
    strange = rows["group"][~rows["group"].map(plain).isin(known)]
    if len(strange):
        raise unknown_group(table.path, strange.iloc[0])
    drugs = rows["group"].map(plain).map(known)
    record(table.origin, "dropped", int((~drugs).sum()), "other offences")
    if not drugs.any():
        raise InputError(
            f"{relative(table.path)} holds no drug offences.",
            "Wanted: rows of the offence group Drug Offences.",
            "Take the whole file. Nothing was loaded.",
        )
    return rows[drugs.astype(bool)]


def _of_boroughs(rows: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    """Each offence stands under its borough and under its team: one of the two is read."""
    kind = in_words(rows["area_type"], DASHBOARD.source_id, table.path)
    boroughs = rows[kind != NOT_USED]
    why = "Safer Neighbourhood Teams: the same offences again"
    record(table.origin, "dropped", len(rows) - len(boroughs), why)
    # What is no borough has the code -1 and a name that is listed as such.
    nowhere = (boroughs["area_code"] == "-1") & is_no_borough(boroughs["area_name"])
    record(table.origin, "dropped", int(nowhere.sum()), "no borough: code -1")
    return boroughs[~nowhere]


def refuse_other_year(rows: pd.DataFrame, table: TextTable) -> None:
    """Stop where a row's financial year is not that of its month.

    Raises
    ------
    InputError
        With the first such row named.
    """
    written = rows["year"].str.casefold().str.removeprefix("fy").str.replace("/", "-")
    true = financial_years_of(rows["month"]).str.slice(2).str.replace("/", "-")
    other = (written != true) & (written != "20" + true)
    if other.any():
        at = first_true(other)
        raise InputError(
            f"{relative(table.path)}: a month and a financial year contradict each other.",
            f"Row {rows.index[at]} below the header: {rows['month'].iloc[at]} is not in"
            f" {short(rows['year'].iloc[at])}.",
            "One of the columns was perhaps sorted without the others. Take the file again.",
            "Nothing was loaded.",
        )


def _refuse_without_a_measure(rows: pd.DataFrame, table: TextTable) -> None:
    """A month in which no outcome at all is listed has not had its outcomes counted yet."""
    measures = in_words(rows["measure"], DASHBOARD.source_id, table.path)
    for measure in DASHBOARD.kinds["measure"]:
        absent = set(rows["month"]) - set(rows.loc[measures == measure, "month"])
        if absent:
            raise InputError(
                f"{relative(table.path)} has no {measure} in {min(absent)}.",
                "A month without a row of a measure is not a month in which there were none.",
                "Take the whole file, or one that was refreshed later. Nothing was loaded.",
            )
