"""NDTMS ViewIt: adults in structured treatment, for local authorities and for England."""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from cdpb import schemas
from cdpb.catalogue import source
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders import access
from cdpb.loaders.counts import ROW, counts_in, first_true, refuse_repeats, trimmed, years_of
from cdpb.loaders.files import TextTable, read_text_table, record
from cdpb.loaders.headers import NOT_USED, csv_line, in_our_words, plain, short
from cdpb.loaders.places import in_areas, refuse_blank
from cdpb.loaders.receiving import Received, fingerprint, receive
from cdpb.loaders.value_maps import words, words_path
from cdpb.periods import FinancialYear
from cdpb.sources import Rounding

ADULTS = "ndtms_adults"
LABELS = ("year", "area", "area_code", "sex", "substance_group", "age_group")
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
    access.permitted(ADULTS)
    table = received_adults().table
    of_year = table if year is None else table[table["year"] == str(FinancialYear.parse(year))]
    return schemas.of_area(of_year, "area_code", area, schemas.ADULTS_IN_TREATMENT, ADULTS)


def received_adults() -> Received:
    """All receipts of adults in treatment."""
    return _received(fingerprint(ADULTS))


@lru_cache(maxsize=8)
def _received(_fingerprint: str) -> Received:
    received = receive(ADULTS, read_adults, ["area_code", "year"], schemas.ADULTS_IN_TREATMENT)
    table = _with_bounds(received.table, source(ADULTS).rounding)
    schemas.validated(table, schemas.ADULTS_IN_TREATMENT, ADULTS)
    return Received(table, received.by_receipt)


def read_adults(path: Path, receipt: str = "") -> pd.DataFrame:
    """One export in any known layout, long: a row for each measure that was published."""
    table = read_text_table(path, ADULTS, receipt)
    rows, _ = in_our_words(table, ADULTS)
    labels = [name for name in LABELS if name in rows]
    rows = rows.assign(**{name: trimmed(rows[name]) for name in labels})
    for name in ("sex", "substance_group", "age_group", "year"):
        if name in rows:
            refuse_blank(rows[rows[name] == ""], rows, name, labels, table)
    rows = in_areas(rows, table).drop(columns="area", errors="ignore")
    for column in ("sex", "substance_group", "age_group"):
        if column in rows:
            rows[column] = _in_our_words(rows[column], path)
    if "age_group" in rows:
        of_all_ages = rows["age_group"] != NOT_USED
        record(table.origin, "dropped", int((~of_all_ages).sum()), "single age bands")
        rows = rows[of_all_ages].drop(columns="age_group")
    rows = rows.assign(year=years_of(rows["year"], path))
    refuse_repeats(rows, ABOUT, path)
    return schemas.check_read(_measures_down(rows, table), schemas.ADULTS_IN_TREATMENT, path)


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
            f"If the publisher renamed one, add to {relative(words_path('ndtms_words'))} the line",
            f"{csv_line(str(column.name), unknown[0], 'OUR WORD')}",
            f"with our word for it, or with {NOT_USED}.",
            "Nothing was loaded.",
        )
    return column.map(translated)


def _measures_down(rows: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    measures = [name for name in rows.columns if name not in ABOUT]
    wide = rows[[*ABOUT, *measures]].assign(**{ROW: rows.index})
    long = wide.melt([*ABOUT, ROW], var_name="measure", value_name="people")
    missing = NOT_PUBLISHED + HIDDEN
    counts = counts_in(long, "people", table, [*ABOUT, "measure"], missing, "measure")
    empty = counts.isna()
    hidden = int((empty & long["people"].str.strip().str.casefold().isin(HIDDEN)).sum())
    record(table.origin, "dropped", hidden, "counts that the publisher hides")
    why = "counts that were not published"
    record(table.origin, "dropped", int(empty.sum()) - hidden, why)
    read = long.drop(columns=ROW).assign(people=counts)
    return read[~empty].astype({"people": "int64"})


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
