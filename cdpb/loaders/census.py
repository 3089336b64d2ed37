"""Office for National Statistics, Census 2021: usual residents by ward and by age."""

import re
from functools import lru_cache
from pathlib import Path

import pandas as pd

from cdpb import schemas
from cdpb.areas import ENGLAND, LONDON, boroughs
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders import access
from cdpb.loaders.counts import ROW, counts_in, first_true, refuse_repeats, trimmed
from cdpb.loaders.files import read_text_table, record
from cdpb.loaders.headers import in_our_words, short
from cdpb.loaders.places import in_areas, refuse_blank
from cdpb.loaders.receiving import Received, fingerprint, receive
from cdpb.loaders.totals import without_totals

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
    """
    access.permitted(WARDS)
    table = received_wards().table
    return schemas.of_area(table, "borough_code", area, schemas.WARD_RESIDENTS, WARDS)


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
    """
    access.permitted(AGES)
    table = received_ages().table
    chosen = table[table["band"].isin(_bands_of(ages, list(table["band"].unique())))]
    added = chosen.groupby(["area_code", "area_name"], as_index=False, sort=False)[
        "residents"
    ].sum()
    with_ages = added.assign(ages=ages)
    whole = schemas.validated(with_ages, schemas.RESIDENTS, AGES)
    return schemas.of_area(whole, "area_code", area, schemas.RESIDENTS, AGES)


def received_wards() -> Received:
    """All receipts of residents by ward."""
    return _received_wards(fingerprint(WARDS))


def received_ages() -> Received:
    """All receipts of residents by age, with London added up."""
    return _received_ages(fingerprint(AGES))


@lru_cache(maxsize=8)
def _received_wards(_fingerprint: str) -> Received:
    received = receive(WARDS, read_wards, ["ward_code"])
    schemas.validated(received.table, schemas.WARD_RESIDENTS, WARDS)
    return received


@lru_cache(maxsize=8)
def _received_ages(_fingerprint: str) -> Received:
    received = receive(AGES, read_ages, ["area_code"])
    return Received(_with_london(received.table), received.by_receipt)


def read_wards(path: Path, receipt: str = "") -> pd.DataFrame:
    """One file of residents by ward, in any known layout."""
    table = read_text_table(path, WARDS, receipt)
    rows, _ = in_our_words(table, WARDS)
    rows = rows.apply(trimmed)
    rows = rows.assign(ward_code=rows["ward_code"].str.upper())
    labels = ["ward_code", "ward_name", "borough_code"]
    # Beside the wards the published table has its total, and the City of London whole.
    rows = without_totals(rows, labels, ["residents"], table)
    refuse_blank(rows[rows["ward_code"] == ""], rows, "ward", labels, table)
    borough = rows["ward_code"].str.fullmatch(r"E09\d{6}")
    _refuse_other_codes(rows["ward_code"][~borough], path)
    rows = rows.assign(area_code=rows["borough_code"].where(~borough, rows["ward_code"]))
    if borough.all():
        raise _without_wards(path)
    rows = in_areas(rows, table, "place")
    kept = rows[rows["ward_code"].str.startswith("E05")]
    record(table.origin, "dropped", len(rows) - len(kept), "boroughs beside their wards")
    kept = kept.assign(borough_code=kept["area_code"])
    refuse_repeats(kept, ["ward_code"], path)
    counts = counts_in(kept, "residents", table, ["ward_code"])
    return schemas.check_read(kept.assign(residents=counts), schemas.WARD_RESIDENTS, path)


def _without_wards(path: Path) -> InputError:
    return InputError(
        f"{relative(path)} has boroughs in its column of wards.",
        "Wanted: codes like E05013632 in the column of ward codes.",
        "Two headers are perhaps in each other's place. Take the file again. Nothing was loaded.",
    )


def _refuse_other_codes(codes: pd.Series, path: Path) -> None:
    strange = codes[~codes.str.fullmatch(r"E05\d{6}")]
    if len(strange):
        raise InputError(
            f"{relative(path)} holds a ward code that is none: {short(strange.iloc[0])}.",
            f"Row {strange.index[0]} below the header. Wanted: a code like E05013632.",
            "Take the file again as published. Nothing was loaded.",
        )


def read_ages(path: Path, receipt: str = "") -> pd.DataFrame:
    """One file of residents by five-year band, long, for the boroughs and England."""
    table = read_text_table(path, AGES, receipt)
    rows, _ = in_our_words(table, AGES)
    rows = rows.apply(trimmed)
    kept = in_areas(rows, table, "area_name")
    refuse_repeats(kept, ["area_code"], path)
    bands = [name for name in kept.columns if _BAND.fullmatch(name)]
    about = ["area_code", "area_name"]
    wide = kept[[*about, *bands, ALL_AGES]].assign(**{ROW: kept.index})
    long = wide.melt([*about, ROW], var_name="band", value_name="residents")
    counts = counts_in(long, "residents", table, ["area_code", "band"], written="band")
    long = long.assign(residents=counts)
    _refuse_bands_beside_the_total(long, path)
    return long[long["band"] != ALL_AGES].drop(columns=ROW).reset_index(drop=True)


def _refuse_bands_beside_the_total(long: pd.DataFrame, path: Path) -> None:
    """Bands are perturbed, so they miss the total by a few; a lost band misses it by thousands."""
    wide = long.pivot(index="area_name", columns="band", values="residents")
    total = wide.pop(ALL_AGES)
    off = (wide.sum(axis=1) - total).abs() > 0.005 * total
    if off.any():
        raise InputError(
            f"{relative(path)}: age bands don't add up to all ages.",
            f"First: {wide.index[first_true(off)]}. A band is missing or in another's place.",
            "Nothing was loaded.",
        )


def _with_london(table: pd.DataFrame) -> pd.DataFrame:
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
