"""Adults in structured treatment (NDTMS), and estimates of need: alcohol, opiates and crack."""

import pandas as pd
import pandera.pandas as pa

from cdpb import areas, schemas
from cdpb.catalogue import source
from cdpb.errors import InputError
from cdpb.loaders import access
from cdpb.loaders.checks import refuse_parts_above
from cdpb.loaders.counts import ROW, counts_in, first_true, periods_of, refuse_repeats
from cdpb.loaders.files import TextTable
from cdpb.loaders.headers import NOT_USED, rename_columns
from cdpb.loaders.places import in_areas, refuse_blank, refuse_blanks
from cdpb.loaders.receiving import received
from cdpb.loaders.value_maps import translate
from cdpb.periods import FinancialYear

ADULTS, ALCOHOL = "ndtms_adults", "alcohol_dependence"
OPIATES_ENGLAND, OPIATES_LOCAL = "opiate_crack_england", "opiate_crack_local"
LABELS = ("year", "area", "area_code", "sex", "substance_group", "age_group")
ABOUT = ["area_code", "year", "sex", "substance_group"]
NOT_PUBLISHED = ("", "null")
HIDDEN = ("*", "c", "[c]")
NO_INTERVAL = ("", "na")


def adults_in_treatment(area: str | None = None, *, year: str | None = None) -> pd.DataFrame:
    """Adults in structured treatment, one row per measure; what was not published has no row.

    People are counted once in a year: rows of different years or substance groups must not be
    added up to people.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough or England; all areas when not given.
    year : str, optional
        Financial year like ``"2021/22"``; all years when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, sex, substance_group, measure, people, publisher_rounded, lowest,
        highest``. Where the publisher has rounded to 5, ``lowest`` and ``highest`` bound what it
        counted: a printed 0 means 0 to 2, a 5 means 3 to 7. Elsewhere both equal ``people``.
        Measures that end in ``_all`` are of everyone in treatment, in ``_new`` of people who
        began treatment in the year.

    Raises
    ------
    InputError
        If a received file can't be vouched for.

    Examples
    --------
    >>> load.adults_in_treatment("Barnet", year="2021/22")
    """
    access.permitted(ADULTS)
    table = received(ADULTS).table
    of_year = table if year is None else table[table["year"] == str(FinancialYear.parse(year))]
    return schemas.of_area(of_year, area, schemas.ADULTS_IN_TREATMENT, ADULTS)


def alcohol_dependence(area: str | None = None) -> pd.DataFrame:
    """Estimated adults dependent on alcohol, with 95% intervals from 2015/16.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough or England; all of them when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, area_name, year, dependent_adults, lower, upper``; an interval that was not
        published is missing. Years up to 2014 are calendar years.

    Raises
    ------
    InputError
        If a received file can't be vouched for.

    Examples
    --------
    >>> load.alcohol_dependence("Barnet")
    """
    access.permitted(ALCOHOL)
    return schemas.of_area(received(ALCOHOL).table, area, schemas.ALCOHOL_DEPENDENCE, ALCOHOL)


def opiate_crack_use(area: str | None = None, demonstration: bool = False) -> pd.DataFrame:
    """Estimated users of opiates, crack cocaine or both, by series.

    Three series follow each other, each with a method of its own. A difference between two of
    them is a change of method first of all.

    Parameters
    ----------
    area : str, optional
        GSS code; England and, in a demonstration, the illustrative area when not given.
    demonstration : bool, default False
        Add the illustrative local figures; allowed only where a demonstration is being built.

    Returns
    -------
    pandas.DataFrame
        ``area_code, area_name, year, series, users, lower, upper, ages, status``; the sources
        they are from in ``attrs["sources"]``.

    Raises
    ------
    InputError
        If illustrative figures are asked for outside a demonstration, or a file can't be vouched
        for.

    Examples
    --------
    >>> load.opiate_crack_use(demonstration=demonstration)
    """
    published = demonstration or source(OPIATES_LOCAL).status == "official"
    used = [OPIATES_ENGLAND, *([OPIATES_LOCAL] if published else [])]
    permitted = [access.permitted(source_id) for source_id in used]
    tables = [received(declared.id).table.assign(status=declared.status) for declared in permitted]
    is_local = area not in (None, areas.ENGLAND.code)
    source_id = OPIATES_LOCAL if is_local and published else OPIATES_ENGLAND
    table = pd.concat(tables, ignore_index=True)
    whole = schemas.validated(table, schemas.OPIATE_CRACK, source_id)
    shown = schemas.of_area(whole, area, schemas.OPIATE_CRACK, source_id)
    shown.attrs["sources"] = used
    return shown


def read_adults(table: TextTable) -> pd.DataFrame:
    """One export in any known layout, long: a row for each measure that was published."""
    rows, _ = rename_columns(table, ADULTS)
    labels = [name for name in LABELS if name in rows]
    refuse_blanks(rows, ("sex", "substance_group", "age_group", "year"), labels)
    rows = in_areas(rows, table).drop(columns="area", errors="ignore")
    for name in ("sex", "substance_group", "age_group"):
        if name in rows:
            rows[name] = translate(rows[name], ADULTS, "ndtms_words")
    if "age_group" in rows:
        of_all_ages = rows["age_group"] != NOT_USED
        table.record("dropped", ~of_all_ages, "single age bands")
        rows = rows[of_all_ages].drop(columns="age_group")
    rows = rows.assign(year=periods_of(rows["year"], "year"))
    refuse_repeats(rows, ABOUT)
    return schemas.check_read(_measures_down(rows, table), schemas.ADULTS_IN_TREATMENT)


def _measures_down(rows: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    measures = [name for name in rows.columns if name not in ABOUT]
    wide = rows[[*ABOUT, *measures]].assign(**{ROW: rows.index})
    long = wide.melt([*ABOUT, ROW], var_name="measure", value_name="people")
    missing = NOT_PUBLISHED + HIDDEN
    counts = counts_in(long, "people", table, [*ABOUT, "measure"], missing, "measure")
    empty = counts.isna()
    hidden = int((empty & long["people"].str.strip().str.casefold().isin(HIDDEN)).sum())
    table.record("dropped", hidden, "counts that the publisher hides")
    table.record("dropped", int(empty.sum()) - hidden, "counts that were not published")
    read = long.drop(columns=ROW).assign(people=counts)
    return read[~empty].astype({"people": "int64"})


def with_bounds(table: pd.DataFrame) -> pd.DataFrame:
    """Adults in treatment with what the publisher may have counted before it rounded."""
    rounding = source(ADULTS).rounding
    to = rounding.to if rounding else 1
    exact = rounding.exact_areas if rounding else []
    rounded = ~table["area_code"].isin(exact) & (to > 1)
    _refuse_unrounded(table[rounded], to)
    either_side = rounded * ((to - 1) // 2)
    return table.assign(
        publisher_rounded=rounded,
        lowest=(table["people"] - either_side).clip(lower=0),
        highest=table["people"] + either_side,
    )


def _refuse_unrounded(rounded: pd.DataFrame, to: int) -> None:
    off = rounded["people"] % to != 0
    if off.any():
        row = rounded.iloc[first_true(off)]
        raise InputError(
            f"{ADULTS}: a figure for {row['area_code']}, {row['year']}, is not rounded to {to}.",
            f"It is in {row['file']}, received {row['received']}.",
            "Figures that the publisher has not rounded may show single people.",
            "If the area's figures are public unrounded, name it under rounding, exact_areas,",
            "in data/sources.yml. Nothing was loaded.",
        )


def read_alcohol(table: TextTable) -> pd.DataFrame:
    """One file of alcohol dependence, in any known layout."""
    return _estimates(table, "dependent_adults", schemas.ALCOHOL_DEPENDENCE)


def read_opiates(table: TextTable) -> pd.DataFrame:
    """One file of opiate and crack use, in any known layout."""
    return _estimates(table, "users", schemas.OPIATE_CRACK)


def _estimates(table: TextTable, estimate: str, schema: pa.DataFrameSchema) -> pd.DataFrame:
    keys = [name for name in ("area_code", "year", "series") if name in schema.columns]
    rows, _ = rename_columns(table, table.origin.source)
    for name in ("year", "series"):
        if name in rows:
            refuse_blank(rows, rows[name] == "", name, ["area_code", name])
    rows = in_areas(rows, table, "area_name")
    rows = rows.assign(year=periods_of(rows["year"], "any_year"))
    refuse_repeats(rows, keys)
    limits = {name: counts_in(rows, name, table, keys, NO_INTERVAL) for name in ("lower", "upper")}
    rows = rows.assign(**{estimate: counts_in(rows, estimate, table, keys)}, **limits)
    refuse_parts_above(rows, (("lower", estimate), (estimate, "upper")), keys)
    return schemas.check_read(rows, schema)
