"""NDTMS ViewIt: adults in structured treatment, for local authorities and for England."""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from cdpb import areas, schemas
from cdpb.catalogue import Rounding, source
from cdpb.errors import InputError
from cdpb.loaders import access
from cdpb.loaders.corrections import corrected
from cdpb.loaders.counts import first_true, refuse_repeats, whole_counts
from cdpb.loaders.files import TextTable, read_text_table
from cdpb.loaders.headers import NOT_USED, in_our_words, plain, short
from cdpb.loaders.log import record
from cdpb.loaders.receiving import Received, fingerprint, receive
from cdpb.loaders.words import words, words_path
from cdpb.periods import FinancialYear
from cdpb.yaml_files import relative

ADULTS = "ndtms_adults"
ABOUT = ["area_code", "year", "sex", "substance_group"]
NOT_PUBLISHED = ("", "null")
HIDDEN = ("*", "c", "[c]")


def adults_in_treatment(area: str | None = None, year: str | None = None) -> pd.DataFrame:
    """Adults in structured treatment, one row a measure; what was not published has no row.

    People are counted once in a year: rows of different years or substance groups must not be
    added up to people.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough or England; every area held when not given.
    year : str, optional
        Financial year like ``"2021/22"``; every year held when not given.

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
    """
    access.check(ADULTS)
    table = received_adults().table
    of_year = table if year is None else table[table["year"] == str(FinancialYear.parse(year))]
    return schemas.of_area(of_year, "area_code", area, schemas.ADULTS_IN_TREATMENT, ADULTS)


def received_adults() -> Received:
    """All receipts of adults in treatment."""
    return _received(fingerprint(ADULTS))


@lru_cache(maxsize=8)
def _received(_fingerprint: str) -> Received:
    received = receive(ADULTS, read_adults, ["area_code", "year"], schemas.ADULTS_IN_TREATMENT)
    table = _with_bounds(corrected(received.table, ADULTS), source(ADULTS).rounding)
    return Received(table, received.by_receipt)


def read_adults(path: Path, receipt: str = "") -> pd.DataFrame:
    """One export in any known layout, long: a row for each measure that was published."""
    table = read_text_table(path, ADULTS, receipt)
    rows, _ = in_our_words(table, ADULTS)
    rows = _of_known_areas(rows, table)
    for column in ("sex", "substance_group", "age_group"):
        if column in rows:
            rows[column] = _in_our_words(rows[column], path)
    if "age_group" in rows:
        of_all_ages = rows["age_group"] != NOT_USED
        record(table.origin, "dropped", int((~of_all_ages).sum()), "single age bands")
        rows = rows[of_all_ages].drop(columns="age_group")
    rows = rows.assign(year=_years(rows["year"], path))
    refuse_repeats(rows, ABOUT, path)
    return _measures_down(rows, table)


def _of_known_areas(rows: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    """ViewIt names areas and gives no code: names are looked up, other authorities left out."""
    if "area" in rows:
        codes = {name: _code_of(name) for name in rows["area"].unique()}
        rows = rows.assign(area_code=rows["area"].map(codes)).drop(columns="area")
    known = {*areas.boroughs()["area_code"], areas.ENGLAND.code}
    other = ~rows["area_code"].isin(known)
    record(table.origin, "dropped", int(other.sum()), "areas that are not assessed")
    if other.all():
        raise InputError(
            f"{relative(table.path)} holds no London borough and not England.",
            "Wanted: at least one of them, by the name that data/areas/boroughs.csv gives.",
            "Nothing was loaded.",
        )
    return rows[~other].copy()


def _code_of(name: str) -> str | None:
    england = areas.spelling(name) == areas.spelling(areas.ENGLAND.name)
    return areas.ENGLAND.code if england else areas.borough_code(name)


def _in_our_words(column: pd.Series, path: Path) -> pd.Series:
    """Sexes, groups and ages vary between exports, and in one export between years."""
    known = {
        plain(w["theirs"]): w["ours"] for w in words("ndtms_words") if w["column"] == column.name
    }
    translated = {text: known.get(plain(text)) for text in column.unique()}
    unknown = [text for text, ours in translated.items() if ours is None]
    if unknown:
        raise InputError(
            f"{relative(path)}: {column.name} holds a word not met before: {short(unknown[0])}.",
            f"If the publisher renamed one, add to {relative(words_path('ndtms_words'))}",
            f"a line: {column.name}, the new word, and our word for it or {NOT_USED}.",
            "Nothing was loaded.",
        )
    return column.map(translated)


def _years(text: pd.Series, path: Path) -> pd.Series:
    years = text.str.strip()
    for each in years.unique():
        try:
            FinancialYear.parse(each)
        except InputError:
            raise InputError(
                f"{relative(path)}: {short(each)} is not a financial year.",
                "Wanted: years written like 2021/22.",
                "Nothing was loaded.",
            ) from None
    return years


def _measures_down(rows: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    measures = [name for name in rows.columns if name not in ABOUT]
    missing = NOT_PUBLISHED + HIDDEN
    counts = {m: whole_counts(rows[m], table.path, m, missing=missing) for m in measures}
    hidden = rows[measures].apply(lambda c: c.str.strip().str.casefold().isin(HIDDEN)).sum().sum()
    wide = rows[ABOUT].assign(**counts)
    long = wide.melt(ABOUT, var_name="measure", value_name="people")
    empty = long["people"].isna()
    record(table.origin, "dropped", int(hidden), "counts that the publisher hides")
    record(table.origin, "dropped", int(empty.sum() - hidden), "counts that were not published")
    return long[~empty].astype({"people": "int64"})


def _with_bounds(table: pd.DataFrame, rounding: Rounding | None) -> pd.DataFrame:
    """What the publisher may have counted before it rounded."""
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
