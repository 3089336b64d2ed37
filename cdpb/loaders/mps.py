"""Metropolitan Police, recorded crime by ward and by borough: drug offences."""

from functools import lru_cache

import pandas as pd

from cdpb import areas, schemas
from cdpb.errors import FileError
from cdpb.file_contents import relative
from cdpb.loaders import access, completeness, places
from cdpb.loaders.checks import without_totals
from cdpb.loaders.counts import ROW, counts_in, periods_of, refuse_repeats
from cdpb.loaders.files import TextTable
from cdpb.loaders.headers import NOT_USED, csv_line, is_month, rename_columns, short
from cdpb.loaders.receiving import Received, received
from cdpb.loaders.value_maps import are_drugs, are_no_boroughs, offences_of, words_path
from cdpb.sources import Receipt

WARDS, BOROUGHS = "mps_ward_crime", "mps_borough_crime"
_HEADER = "header"
OFFENCES = ["possession", "trafficking"]
LABELS = ("group", "subgroup", "ward_name", "ward_code", "area_code", "place", "month")


def ward_drug_offences(area: str | None = None, *, year: str | None = None) -> pd.DataFrame:
    """Recorded drug offences by ward and month; a ward-month without an offence has 0.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all 32 when not given.
    year : str, optional
        Financial year like ``"2023/24"``; every month when not given. A year of which a month
        was not received gives no rows.

    Returns
    -------
    pandas.DataFrame
        ``ward_code, ward_name, borough_code, month, offence, offences``.

    Raises
    ------
    InputError
        If a received file can't be vouched for.

    Examples
    --------
    >>> load.ward_drug_offences("Barnet", year="2023/24")
    """
    access.permitted(WARDS)
    table = completeness.of_whole_year(received(WARDS).table, year)
    return schemas.of_area(table, area, schemas.WARD_OFFENCES, WARDS)


def borough_drug_offences(area: str | None = None, *, year: str | None = None) -> pd.DataFrame:
    """Recorded drug offences by borough and month, without the City of London and the airports.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all 32 when not given.
    year : str, optional
        Financial year like ``"2023/24"``; every month when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, area_name, month, offence, offences``.

    Raises
    ------
    InputError
        If a received file can't be vouched for.

    Examples
    --------
    >>> load.borough_drug_offences("Barnet", year="2023/24")
    """
    access.permitted(BOROUGHS)
    table = completeness.of_whole_year(received(BOROUGHS).table, year)
    return schemas.of_area(table, area, schemas.BOROUGH_OFFENCES, BOROUGHS)


def ward_and_borough_offences(area: str | None = None) -> pd.DataFrame:
    """Offences placed in a ward, and all of the borough, over the months in which both may be used.

    Publications revise each other, so the difference between a ward file of one publication and a
    borough file of another is revision as much as offences that no ward was found for. Receipts
    that name the same ``vintage_group`` were drawn from one state of the records; months of which
    there is no such pair have no rows.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all 32 when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, area_name, month, offence, in_wards, in_borough, vintage_group``. In a month
        the wards may exceed the borough by a revision; nothing is clipped.

    Examples
    --------
    >>> load.ward_and_borough_offences("Barnet")
    """
    access.permitted(WARDS)
    access.permitted(BOROUGHS)
    both = _in_both(received(WARDS), received(BOROUGHS))
    table = schemas.of_area(both, area, schemas.WARDS_AND_BOROUGH, WARDS)
    table.attrs = {"source": WARDS, "denominator_source": BOROUGHS}
    return table


@lru_cache(maxsize=8)
def _in_both(wards: Received, boroughs: Received) -> pd.DataFrame:
    """The same of all boroughs."""
    pairs = _matching_receipts(wards, boroughs)
    if not pairs:
        return schemas.empty(schemas.WARDS_AND_BOROUGH)
    in_wards = _of_receipts(wards, {month: ward for month, (ward, _) in pairs.items()})
    in_borough = _of_receipts(boroughs, {month: borough for month, (_, borough) in pairs.items()})
    by = ["area_code", "month", "offence"]
    in_wards = in_wards.rename(columns={"borough_code": "area_code", "offences": "in_wards"})
    sums = in_wards.groupby(by, observed=True)["in_wards"].sum().reset_index()
    in_borough = in_borough.rename(columns={"offences": "in_borough"})
    both = in_borough.merge(sums, on=by, validate="one_to_one")
    return schemas.validated(both, schemas.WARDS_AND_BOROUGH, WARDS)


def _matching_receipts(
    wards: Received, boroughs: Received
) -> dict[pd.Period, tuple[Receipt, Receipt]]:
    """For each month the receipts of one state of the records, the newest pair of several."""
    pairs: dict[pd.Period, tuple[Receipt, Receipt]] = {}
    for ward, in_wards in wards.by_receipt:
        for borough, in_boroughs in boroughs.by_receipt:
            if ward.vintage_group and ward.vintage_group == borough.vintage_group:
                shared = set(in_wards["month"].unique()) & set(in_boroughs["month"].unique())
                pairs.update(dict.fromkeys(shared, (ward, borough)))
    return pairs


def _of_receipts(of: Received, wanted: dict[pd.Period, Receipt]) -> pd.DataFrame:
    """The rows of each month from the receipt that is wanted for it."""
    parts = []
    for receipt, table in of.by_receipt:
        months = [month for month, of_it in wanted.items() if of_it is receipt]
        own = table[table["month"].isin(months)]
        parts.append(own.assign(vintage_group=receipt.vintage_group))
    return pd.concat(parts)


def read_ward_offences(table: TextTable) -> pd.DataFrame:
    """One ward file in any known layout, as ``ward_drug_offences`` gives all of them."""
    rows = _understood(table, WARDS, "ward_code")
    rows = rows.assign(ward_code=rows["ward_code"].str.upper())
    codes, wards = rows["ward_code"].drop_duplicates(), places.boundary_set()
    places.refuse_other_codes(codes, wards)
    if "place" in rows:
        _borough_codes(rows["place"].drop_duplicates())
    places.refuse_other_names(rows, wards)
    counted, whole_file = _drug_offences(rows, table, "ward_code")
    completeness.refuse_absent_wards(codes, wards, whole_file)
    completeness.refuse_if_cut(counted, codes, "ward_code", wards["borough_code"])
    whole = _whole_months(counted, "ward_code", list(wards.index), table)
    return schemas.check_read(whole.join(wards, on="ward_code"), schemas.WARD_OFFENCES)


def read_boroughs(table: TextTable) -> pd.DataFrame:
    """One borough file in any known layout, as ``borough_drug_offences`` gives all of them."""
    rows = _understood(table, BOROUGHS, "place")
    codes = _borough_codes(rows["place"].drop_duplicates())
    rows = places.in_areas(rows, table, "place") if "area_code" in rows else rows
    boroughs = areas.boroughs()
    completeness.refuse_absent_boroughs(set(codes.values()), boroughs)
    rows = rows.assign(area_code=rows["place"].map(codes))
    outside = rows["area_code"].isna()
    table.record("dropped", outside, "rows of no borough")
    counted, _ = _drug_offences(rows[~outside], table, "area_code")
    borough_of = boroughs.set_index("area_code").index.to_series()
    completeness.refuse_if_cut(counted, borough_of, "area_code", borough_of)
    completeness.refuse_absent_months(counted, boroughs)
    whole = _whole_months(counted, "area_code", list(borough_of), table)
    return schemas.check_read(whole.merge(boroughs, on="area_code"), schemas.BOROUGH_OFFENCES)


def _understood(table: TextTable, source_id: str, key: str) -> pd.DataFrame:
    """Rows that say of what place and kind they are: totals checked and left out."""
    rows, _ = rename_columns(table, source_id)
    labels = [name for name in LABELS if name in rows]
    rows = without_totals(rows, labels, _count_columns(rows), table)
    places.refuse_blanks(rows, (key, "group", "subgroup"), labels)
    return rows


def _count_columns(rows: pd.DataFrame) -> list[str]:
    """The publisher's column per month; or the compiled ones, one per offence."""
    return [name for name in map(str, rows) if is_month(name) or name in OFFENCES]


def _drug_offences(rows: pd.DataFrame, table: TextTable, key: str) -> tuple[pd.DataFrame, bool]:
    """Drug offences long, a row for each month and offence; and whether the file has others."""
    drugs = rows
    if "group" in rows:
        drugs = rows[are_drugs(rows["group"])]
        table.record("dropped", len(rows) - len(drugs), "other offences")
        drugs = drugs.assign(offence=offences_of(drugs["group"], drugs["subgroup"]))
        other = drugs["offence"] == NOT_USED
        table.record("dropped", other, "neither possession nor trafficking")
        drugs = drugs[~other]
    header = "month" if "offence" in drugs else "offence"
    about = [name for name in (key, "place", "month", "offence") if name in drugs]
    refuse_repeats(drugs, about)
    columns = _count_columns(drugs)
    wide = drugs[[*about, *columns]].assign(**{ROW: drugs.index})
    long = wide.melt([*about, ROW], columns, var_name=header, value_name="offences")
    written = long.assign(**{_HEADER: long[header]}, month=periods_of(long["month"], "month"))
    counts = counts_in(written, "offences", table, [key, "month", "offence"], written=_HEADER)
    counted = written.drop(columns=[ROW, _HEADER]).assign(offences=counts)
    return counted, len(drugs) < len(rows)


def _whole_months(
    counted: pd.DataFrame, key: str, places_known: list[str], table: TextTable
) -> pd.DataFrame:
    """One row per month, place and offence, zeros too.

    Heathrow Villages stands under two names in one file.
    """
    by = [key, "month", "offence"]
    added = counted.groupby(by, observed=True)["offences"].sum().reset_index()
    more = len(counted) - len(added)
    table.record("replaced", more, "added to the same ward under another place's name")
    added = completeness.without_part_months(added, table)
    return completeness.with_zeros(added, key, places_known, OFFENCES, table)


def _borough_codes(names: pd.Series) -> dict[str, str]:
    """The code of each place that is a borough; a place that is listed as none has no code."""
    codes = {name: areas.borough_code(name) for name in names}
    unknown = [n for n in names[~are_no_boroughs(names)] if not codes[n]]
    if unknown:
        raise FileError(
            f"This file names a borough that is not known: {short(unknown[0])}.",
            "Another spelling of a borough goes into also_called of data/areas/boroughs.csv;",
            f"a place that is no borough is a line of {relative(words_path('mps_not_boroughs'))}:",
            csv_line(unknown[0]),
        )
    return {name: code for name, code in codes.items() if code}
