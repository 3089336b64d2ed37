"""Office for National Statistics, Census 2021: usual residents by ward and by age."""

import re
from functools import lru_cache

import pandas as pd

from cdpb import schemas
from cdpb.areas import ENGLAND, LONDON, boroughs
from cdpb.errors import FileError, InputError
from cdpb.loaders import access
from cdpb.loaders.checks import without_totals
from cdpb.loaders.counts import ROW, counts_in, first_true, refuse_repeats
from cdpb.loaders.files import TextTable
from cdpb.loaders.headers import rename_columns, short
from cdpb.loaders.places import in_areas, refuse_blank
from cdpb.loaders.receiving import Received, received

WARDS, AGES = "census_2021_wards", "census_2021_age"
ALL_AGES = "all_ages"
_BAND = re.compile(r"(\d+)(?:-(\d+)|\+)")


def ward_residents(area: str | None = None) -> pd.DataFrame:
    """Usual residents of each ward on Census Day 2021, without the City of London.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all 32 when not given.

    Returns
    -------
    pandas.DataFrame
        ``ward_code, ward_name, borough_code, residents``.

    Examples
    --------
    >>> load.ward_residents("Barnet")
    """
    access.permitted(WARDS)
    return schemas.of_area(received(WARDS).table, area, schemas.WARD_RESIDENTS, WARDS)


def residents(area: str | None = None, ages: str = "all") -> pd.DataFrame:
    """Usual residents of a range of ages on Census Day 2021.

    London is the sum of its 32 boroughs: the City of London's offences are not in the police
    files, so its residents stay out of the denominator too.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough, London or England; all of them when not given.
    ages : str, default "all"
        ``"all"``, or whole five-year bands like ``"15-64"`` or ``"20+"``.

    Returns
    -------
    pandas.DataFrame
        ``area_code, area_name, ages, residents``.

    Raises
    ------
    InputError
        If the range cuts a band in two, like 18+.

    Examples
    --------
    >>> load.residents("Barnet", ages="15-64")
    """
    access.permitted(AGES)
    return schemas.of_area(_of_ages(received(AGES), ages), area, schemas.RESIDENTS, AGES)


@lru_cache(maxsize=32)
def _of_ages(received: Received, ages: str) -> pd.DataFrame:
    table = received.table
    chosen = table[table["band"].isin(_bands_of(ages, list(table["band"].unique())))]
    by_area = chosen.groupby(["area_code", "area_name"], as_index=False, sort=False)
    added = by_area["residents"].sum().assign(ages=ages)
    return schemas.validated(added, schemas.RESIDENTS, AGES)


def read_wards(table: TextTable) -> pd.DataFrame:
    """One file of residents by ward, in any known layout."""
    rows, _ = rename_columns(table, WARDS)
    rows = rows.assign(ward_code=rows["ward_code"].str.upper())
    labels = ["ward_code", "ward_name", "borough_code"]
    # Beside the wards the published table has its total, and the City of London whole.
    rows = without_totals(rows, labels, ["residents"], table)
    refuse_blank(rows, rows["ward_code"] == "", "ward", labels)
    borough = rows["ward_code"].str.fullmatch(r"E09\d{6}")
    _refuse_no_wards(rows["ward_code"], borough)
    rows = rows.assign(area_code=rows["borough_code"].where(~borough, rows["ward_code"]))
    rows = in_areas(rows, table, "place")
    wards = rows[rows["ward_code"].str.startswith("E05")]
    table.record("dropped", len(rows) - len(wards), "boroughs beside their wards")
    wards = wards.assign(borough_code=wards["area_code"])
    refuse_repeats(wards, ["ward_code"])
    counts = counts_in(wards, "residents", table, ["ward_code"])
    return schemas.check_read(wards.assign(residents=counts), schemas.WARD_RESIDENTS)


def _refuse_no_wards(codes: pd.Series, borough: pd.Series) -> None:
    strange = codes[~borough & ~codes.str.fullmatch(r"E05\d{6}")]
    if len(strange):
        raise FileError(
            f"This file holds a ward code that is none: {short(strange.iloc[0])}.",
            f"Row {strange.index[0]} below the header. Wanted: a code like E05013632.",
            "Take the file again as published.",
        )
    if borough.all():
        raise FileError(
            "This file has boroughs in its column of wards.",
            "Wanted: codes like E05013632 in the column of ward codes.",
            "Two headers are perhaps in each other's place. Take the file again.",
        )


def read_ages(table: TextTable) -> pd.DataFrame:
    """One file of residents by five-year band, long, for the boroughs and England."""
    rows, _ = rename_columns(table, AGES)
    rows = in_areas(rows, table, "area_name")
    refuse_repeats(rows, ["area_code"])
    bands = [name for name in rows.columns if _BAND.fullmatch(name)]
    about = ["area_code", "area_name"]
    wide = rows[[*about, *bands, ALL_AGES]].assign(**{ROW: rows.index})
    long = wide.melt([*about, ROW], var_name="band", value_name="residents")
    counts = counts_in(long, "residents", table, ["area_code", "band"], written="band")
    long = long.assign(residents=counts)
    _refuse_bands_beside_the_total(long)
    return long[long["band"] != ALL_AGES].drop(columns=ROW).reset_index(drop=True)


def _refuse_bands_beside_the_total(long: pd.DataFrame) -> None:
    """Bands are perturbed, so they miss the total by a few; a lost band misses it by thousands."""
    wide = long.pivot(index="area_name", columns="band", values="residents")
    total = wide.pop(ALL_AGES)
    off = (wide.sum(axis=1) - total).abs() > 0.005 * total
    if off.any():
        raise FileError(
            "This file: age bands don't add up to all ages.",
            f"First: {wide.index[first_true(off)]}. A band is missing or in another's place.",
        )


def with_london(table: pd.DataFrame) -> pd.DataFrame:
    """Residents by area and band, and those of London where all its boroughs are there."""
    in_london = table[table["area_code"] != ENGLAND.code]
    london = in_london.groupby("band", as_index=False, sort=False)["residents"].sum()
    whole = set(in_london["area_code"]) == set(boroughs()["area_code"])
    named = london.assign(area_code=LONDON.code, area_name=LONDON.name)
    return pd.concat([table, named] if whole else [table], ignore_index=True)


def _bands_of(ages: str, bands: list[str]) -> list[str]:
    """The bands that a range is made of, exactly."""
    if ages == "all":
        return bands
    edges = {name: _edges(name) for name in bands}
    low, high = _edges(ages) if _BAND.fullmatch(ages) else (-1, -1)
    inside = [name for name in bands if low <= edges[name][0] and edges[name][1] <= high]
    lows, highs = {edges[name][0] for name in inside}, {edges[name][1] for name in inside}
    if not inside or low not in lows or high not in highs:
        below = max((start for start, _ in edges.values() if start <= low), default=0)
        raise InputError(
            f"Ages {ages!r} are not whole five-year bands.",
            "Wanted: all, or a range like 15-64 or 20+ that begins and ends with a band.",
            f"Nearest for adults: {below}+ or {below + 5}+." if low > 0 else f"Bands: {bands[0]}.",
        )
    return inside


def _edges(band: str) -> tuple[int, int]:
    found = _BAND.fullmatch(band)
    assert found is not None
    return int(found[1]), int(found[2]) if found[2] else 999
