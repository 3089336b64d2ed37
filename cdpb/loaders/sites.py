"""Places that draw recorded offences to one ward: custody suites, stations, stadiums."""

import pandas as pd

from cdpb import paths, schemas
from cdpb.catalogue import source
from cdpb.errors import InputError
from cdpb.loaders import access, wards
from cdpb.loaders.counts import first_true
from cdpb.loaders.files import read_text_table
from cdpb.loaders.headers import in_our_words, short
from cdpb.yaml_files import relative

SITES = "special_sites"


def special_sites(area: str | None = None) -> pd.DataFrame:
    """Sites that explain where offences are recorded, rather than where they happen.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all sites when not given.

    Returns
    -------
    pandas.DataFrame
        ``site, kind, ward_code, lat, lon, verified, note``; degrees north and east. A site that
        is not verified has an approximate place.

    Raises
    ------
    InputError
        If the list can't be read, or names a ward that is none.
    """
    access.check(SITES)
    path = paths.data_folder() / source(SITES).file
    rows, _ = in_our_words(read_text_table(path, SITES), SITES)
    boroughs = rows["ward_code"].map(wards.boundary_set()["borough_code"])
    if boroughs.isna().any():
        site = short(rows["site"].iloc[first_true(boroughs.isna())])
        raise InputError(
            f"{relative(path)}: {site} is in no ward.",
            "Wanted: the code of a ward of May 2022.",
            "Nothing was loaded.",
        )
    typed = rows.assign(
        lat=pd.to_numeric(rows["lat"], errors="coerce"),
        lon=pd.to_numeric(rows["lon"], errors="coerce"),
        verified=rows["verified"].str.strip().str.casefold().map({"true": True, "false": False}),
    )
    chosen = typed if area is None else typed[boroughs == area]
    return schemas.check(chosen, schemas.SPECIAL_SITES, SITES)
