"""The area or ward that each row of a return is about."""

import pandas as pd

from cdpb import areas
from cdpb.errors import InputError
from cdpb.loaders import wards
from cdpb.loaders.files import TextTable
from cdpb.loaders.log import record
from cdpb.yaml_files import relative


def placed(rows: pd.DataFrame, place: str, table: TextTable) -> pd.DataFrame:
    """Rows with GSS codes, those of areas that are not assessed left out.

    Parameters
    ----------
    rows : pandas.DataFrame
        With ``area_code``, or with ``area``, a borough's name; with ``ward_code`` for wards.
    place : str
        ``area_code`` or ``ward_code``.
    table : TextTable
        The file, for log and messages.

    Raises
    ------
    InputError
        If no row is about a London borough or England, or a ward code is not one of May 2022.
    """
    if place == "ward_code":
        return _in_wards(rows, table)
    if "area_code" not in rows:
        codes = {name: _code_of(name) for name in rows["area"].unique()}
        rows = rows.assign(area_code=rows["area"].map(codes))
    known = rows["area_code"].isin([*areas.boroughs()["area_code"], areas.ENGLAND.code])
    record(table.origin, "dropped", int((~known).sum()), "areas that are not assessed")
    if not known.any():
        raise InputError(
            f"{relative(table.path)} holds no London borough and not England.",
            "Wanted: at least one of them, by the name that data/areas/boroughs.csv gives.",
            "Nothing was loaded.",
        )
    return rows[known].drop(columns="area", errors="ignore")


def _code_of(name: str) -> str | None:
    england = areas.spelling(name) == areas.spelling(areas.ENGLAND.name)
    return areas.ENGLAND.code if england else areas.borough_code(name)


def _in_wards(rows: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    """Ward names and boroughs come from the boundary set: names repeat, and vary in spelling."""
    boundary_set = wards.boundary_set()
    wards.refuse_other_codes(rows["ward_code"].drop_duplicates(), boundary_set, table.path)
    unnamed = rows.drop(columns=["ward_name", "borough_code"], errors="ignore")
    named = unnamed.join(boundary_set, on="ward_code")
    _refuse_part_of_a_borough(named, boundary_set, table)
    return named


def _refuse_part_of_a_borough(
    named: pd.DataFrame, boundary_set: pd.DataFrame, table: TextTable
) -> None:
    """A ward that a return leaves out has not 0, and its count follows from the borough's."""
    when = next(name for name in ("month", "quarter", "year") if name in named)
    of_borough = boundary_set.groupby("borough_code").size()
    held = named.groupby(["borough_code", when])["ward_code"].nunique()
    lacking = held[held < of_borough.reindex(held.index.get_level_values(0)).to_numpy()]
    if len(lacking) or named.empty:
        first = ", ".join(map(str, lacking.index[0])) if len(lacking) else "no rows"
        raise InputError(
            f"{relative(table.path)} lacks wards of a borough.",
            f"First: {first}.",
            "Wanted: a row for every ward of each borough in it, in every period, zeros too.",
            "Ask the sender for the whole table. Nothing was loaded.",
        )
