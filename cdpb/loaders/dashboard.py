"""Metropolitan Police, monthly crime dashboard: drug offences and their positive outcomes."""

import pandas as pd

from cdpb import schemas
from cdpb.errors import FileError
from cdpb.loaders import access
from cdpb.loaders.counts import ROW, first_true, periods_of
from cdpb.loaders.files import TextTable
from cdpb.loaders.headers import NOT_USED, rename_columns, short
from cdpb.loaders.places import in_areas, refuse_blanks
from cdpb.loaders.receiving import received
from cdpb.loaders.registry import DASHBOARD
from cdpb.loaders.returns import counted_rows
from cdpb.loaders.value_maps import are_drugs, are_no_boroughs, translate
from cdpb.partner_returns import Return
from cdpb.periods import financial_years_of

LABELS = ("month", "area_type", "area_code", "group", "offence", "measure")
USED = ["area_code", "month", "offence", "measure", "count"]


def crime_dashboard(area: str | None = None) -> pd.DataFrame:
    """Drug offences and positive outcomes by borough and month.

    A positive outcome is counted in the month in which it was reached, not in that of its offence:
    a month can have more outcomes than offences.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all of them when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, month, offence, measure, count``; ``offence`` is possession or trafficking,
        ``measure`` is offences or positive outcomes.

    Examples
    --------
    >>> load.crime_dashboard("Barnet")
    """
    schema, source_id = DASHBOARD.table_schema, DASHBOARD.source_id
    if not access.may_be_read(source_id):
        return schemas.nothing_loaded(schema, source_id)
    return schemas.of_area(received(source_id).table, area, schema, source_id)


def read_dashboard(table: TextTable, what: Return) -> pd.DataFrame:
    """One file of the dashboard, in any known layout; its rows of boroughs and drugs alone."""
    rows, _ = rename_columns(table, what.source_id)
    refuse_blanks(rows, LABELS, LABELS)
    drugs = are_drugs(rows["group"])
    table.record("dropped", ~drugs, "other offences")
    rows = _of_boroughs(rows[drugs], table)
    # Borough and area name say the same of a borough, and either could be out of step.
    rows = in_areas(in_areas(rows, table, "area_name"), table, "borough")
    rows = rows.assign(month=periods_of(rows["month"], "month"))
    refuse_other_year(rows)
    _refuse_without_a_measure(rows, what)
    return counted_rows(rows[USED].assign(**{ROW: rows.index}), what, table)


def _of_boroughs(rows: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    """Each offence stands under its borough and under its team: one of the two is read."""
    kind = translate(rows["area_type"], table.origin.source)
    boroughs = rows[kind != NOT_USED]
    why = "Safer Neighbourhood Teams: the same offences again"
    table.record("dropped", len(rows) - len(boroughs), why)
    # What is no borough has the code -1 and a name that is listed as such.
    nowhere = (boroughs["area_code"] == "-1") & are_no_boroughs(boroughs["area_name"])
    table.record("dropped", nowhere, "no borough: code -1")
    return boroughs[~nowhere]


def refuse_other_year(rows: pd.DataFrame) -> None:
    """Stop where a row's financial year is not that of its month."""
    written = rows["year"].str.casefold().str.removeprefix("fy").str.replace("/", "-")
    true = financial_years_of(rows["month"]).str.slice(2).str.replace("/", "-")
    other = (written != true) & (written != "20" + true)
    if other.any():
        at = first_true(other)
        raise FileError(
            "This file: a month and a financial year contradict each other.",
            f"Row {rows.index[at]} below the header: {rows['month'].iloc[at]} is not in"
            f" {short(rows['year'].iloc[at])}.",
            "One of the columns was perhaps sorted without the others. Take the file again.",
        )


def _refuse_without_a_measure(rows: pd.DataFrame, what: Return) -> None:
    """A month in which no outcome at all is listed has not had its outcomes counted yet."""
    measures = translate(rows["measure"], what.source_id)
    for measure in what.kinds["measure"]:
        absent = set(rows["month"]) - set(rows.loc[measures == measure, "month"])
        if absent:
            raise FileError(
                f"This file has no {measure} in {min(absent)}.",
                "A month without a row of a measure is not a month in which there were none.",
                "Take the whole file, or one that was refreshed later.",
            )
