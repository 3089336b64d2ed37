"""How densely something stands: per square kilometre, beside residents."""

import geopandas as gpd
import pandas as pd

from cdpb.statistics.about import need_columns, passed_on

# The national grid: metres, so that an area is in square metres.
NATIONAL_GRID = 27700
PER_KM2 = 1_000_000


def ward_km2(outlines: gpd.GeoDataFrame) -> pd.DataFrame:
    """The area of each ward in square kilometres, from its outline.

    Parameters
    ----------
    outlines : geopandas.GeoDataFrame
        ``ward_code`` and ``geometry``. Outlines that are generalised for maps with shared
        borders kept give areas that are right to about one per cent.

    Returns
    -------
    pandas.DataFrame
        ``ward_code`` and ``km2``.
    """
    need_columns(outlines, "ward_code")
    areas = outlines.to_crs(NATIONAL_GRID).area / PER_KM2
    found = pd.DataFrame({"ward_code": outlines["ward_code"].to_numpy(), "km2": areas.to_numpy()})
    return passed_on(found, outlines)


def per_km2(table: pd.DataFrame, count: str = "premises") -> pd.DataFrame:
    """The table with ``per_km2``: its counts over ``km2``.

    Examples
    --------
    >>> per_km2(with_residents(premises, km2, on="ward_code", denominator="km2"))
    """
    need_columns(table, count, "km2")
    return passed_on(table.assign(per_km2=table[count] / table["km2"]), table)


def summed(table: pd.DataFrame, by: list[str], counts: list[str]) -> pd.DataFrame:
    """Several columns summed over everything but ``by``: events and what they are set against.

    A sum with a missing part is missing: it isn't known.

    Examples
    --------
    >>> summed(wards, ["borough_code", "year"], ["premises", "residents", "km2"])
    """
    need_columns(table, *by, *counts)
    return passed_on(table.groupby(by, as_index=False)[counts].sum(skipna=False), table)
