"""Outlines of wards and boroughs, and sites that draw offences to one ward, for maps."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cdpb import paths, schemas
from cdpb.catalogue import check_receipt, receipts, source
from cdpb.errors import FileError, InputError
from cdpb.file_contents import bytes_of, in_file
from cdpb.loaders import access
from cdpb.loaders.counts import first_true
from cdpb.loaders.files import Origin, read_text_table, record
from cdpb.loaders.headers import plain, rename_columns, short, unknown_header, vintages
from cdpb.loaders.places import boundary_set
from cdpb.loaders.receiving import fingerprint

if TYPE_CHECKING:  # geopandas takes half a second, and most of what loads draws no map
    import geopandas as gpd

WARDS, BOROUGHS, SITES = "ward_outlines", "borough_outlines", "special_sites"
_KEYS = ("ward_code", "borough_code")
DEGREES, METRES = "EPSG:4326", "EPSG:27700"
_BRITAIN = {DEGREES: (-9.0, 49.0, 3.0, 61.5), METRES: (1_000.0, 1_000.0, 700_000.0, 1_300_000.0)}
_FILLED = ("Polygon", "MultiPolygon")


def ward_outlines(area: str | None = None) -> gpd.GeoDataFrame:
    """Outlines of London's wards of December 2022.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough, whose own file with more detail is used where one was received;
        all wards, the City of London's included, when not given.

    Returns
    -------
    geopandas.GeoDataFrame
        ``ward_code, ward_name, borough_code, geometry``, in EPSG:4326.

    Raises
    ------
    InputError
        If a file can't be vouched for, or its coordinates are in no system that is known.

    Examples
    --------
    >>> load.ward_outlines("Barnet")
    """
    access.permitted(WARDS)
    files = _outlines(WARDS, fingerprint(WARDS))
    if area is None:
        return _handed_out(max(files, key=len), WARDS)
    own = [file[file["borough_code"] == area] for file in sorted(files, key=len)]
    return _handed_out(next((file for file in own if len(file)), files[0].iloc[:0]), WARDS)


def with_neighbours(area: str, ward_code: str | None) -> list[str]:
    """Codes of a ward and of the wards of its borough that share a border with it.

    Parameters
    ----------
    area : str
        GSS code of the borough.
    ward_code : str or None
        None, or a ward of another borough, has no neighbours.

    Returns
    -------
    list of str
        The ward first; empty where there is none.

    Examples
    --------
    >>> load.with_neighbours("Barnet", "Hendon")
    """
    outlines = ward_outlines(area).set_index("ward_code")
    if ward_code not in outlines.index:
        return []
    touching = outlines.geometry.touches(outlines.geometry[ward_code])
    return [ward_code, *outlines.index[touching]]


def borough_outlines() -> gpd.GeoDataFrame:
    """Outlines of London's boroughs, the City of London included.

    Returns
    -------
    geopandas.GeoDataFrame
        ``borough_code, borough_name, geometry``, in EPSG:4326.

    Raises
    ------
    InputError
        As for ``ward_outlines``.

    Examples
    --------
    >>> load.borough_outlines()
    """
    access.permitted(BOROUGHS)
    return _handed_out(_outlines(BOROUGHS, fingerprint(BOROUGHS))[-1], BOROUGHS)


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

    Examples
    --------
    >>> load.special_sites("Barnet")
    """
    access.permitted(SITES)
    path = paths.data_folder() / source(SITES).file
    with in_file(path):
        rows, _ = rename_columns(read_text_table(path, SITES), SITES)
        boroughs = rows["ward_code"].map(boundary_set()["borough_code"])
        if boroughs.isna().any():
            site = short(rows["site"].iloc[first_true(boroughs.isna())])
            raise FileError(
                f"This file: {site} is in no ward.", "Wanted: the code of a ward of May 2022."
            )
    typed = rows.assign(
        lat=pd.to_numeric(rows["lat"], errors="coerce"),
        lon=pd.to_numeric(rows["lon"], errors="coerce"),
        verified=rows["verified"].str.strip().str.casefold().map({"true": True, "false": False}),
    )
    chosen = typed if area is None else typed[boroughs == area]
    return schemas.validated(chosen, schemas.SPECIAL_SITES, SITES)


def _handed_out(outlines: gpd.GeoDataFrame, source_id: str) -> gpd.GeoDataFrame:
    fresh = outlines.reset_index(drop=True)
    fresh.attrs = {"source": source_id}
    return fresh


@lru_cache(maxsize=8)
def _outlines(source_id: str, _fingerprint: str) -> list[gpd.GeoDataFrame]:
    """The files of the newest receipt."""
    in_order = receipts(source_id)
    if not in_order:
        raise InputError(f"{source_id}: nothing has been received.", "No map can be drawn.")
    newest = in_order[-1]
    check_receipt(newest)
    return [read_outlines(path, newest.received.isoformat(), source_id) for path in newest.paths]


def read_outlines(path: Path, receipt: str = "", source_id: str = WARDS) -> gpd.GeoDataFrame:
    """One GeoJSON file of outlines, in EPSG:4326, London alone."""
    with in_file(path):
        return _read(path, Origin(source_id, receipt, path.name))


def _read(path: Path, origin: Origin) -> gpd.GeoDataFrame:
    content = _geojson(path)
    features = content["features"]
    names = _names(features, origin.source)
    shapes = _shapes(features)
    # Where none has a shape there are no bounds.
    system = _system(content.get("crs"), *np.nan_to_num(shapes.total_bounds))
    outlines = shapes.set_crs(system).assign(
        **{ours: [one["properties"].get(name) for one in features] for ours, name in names.items()}
    )
    in_london = outlines["borough_code"].astype(str).str.fullmatch(r"E09\d{6}")
    record(origin, "read", len(outlines), f"outlines in {system}")
    record(origin, "dropped", int((~in_london).sum()), "outlines outside London")
    chosen = outlines[in_london][[*names, "geometry"]]
    _refuse_bad_shapes(chosen, next(name for name in names if name in _KEYS))
    return chosen.to_crs(DEGREES)


def property_names(path: Path) -> list[str]:
    """What the first outline of a GeoJSON file is described by, as written there."""
    with in_file(path):
        return list(_geojson(path)["features"][0]["properties"])


def _geojson(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(bytes_of(path).decode("utf-8-sig"))
    except (ValueError, RecursionError):  # It is no JSON, or none that outlines are in.
        raise _no_outlines() from None
    features = content.get("features") if isinstance(content, dict) else None
    if not features or not isinstance(features, list) or not all(map(_is_outline, features)):
        raise _no_outlines()
    return content


def _no_outlines() -> FileError:
    return FileError(
        "This file holds no outlines.",
        "Wanted: a GeoJSON file, a FeatureCollection with features, each with a whole shape.",
    )


def _is_outline(feature: Any) -> bool:
    """Whether a feature has names and a shape, or is marked as having none."""
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        return False
    return isinstance(feature.get("geometry", "absent"), dict | None)


def _shapes(features: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    import geopandas as gpd
    from shapely.errors import ShapelyError

    try:
        return gpd.GeoDataFrame.from_features(features)[["geometry"]]
    except (ShapelyError, LookupError, AttributeError, TypeError, ValueError):
        raise _no_outlines() from None


def _names(features: list[dict[str, Any]], source_id: str) -> dict[str, str]:
    """Our name for each property to the file's; other properties are let be."""
    written = {plain(name): name for name in features[0]["properties"]}
    for vintage in vintages(source_id):
        if not vintage.missing(list(written)):
            return {o: written[theirs] for theirs, o in vintage.ours.items() if theirs in written}
    raise unknown_header(list(written.values()), source_id, others_let_be=True)


def _system(crs: Any, *box: float) -> str:
    """The coordinate system, by the range of the coordinates and by what the file says.

    Files come in degrees or in metres of the National Grid, often without saying so, so the
    range decides; what the file says may not contradict it.
    """
    fitting = [
        name
        for name, (west, south, east, north) in _BRITAIN.items()
        if box[0] >= west and box[1] >= south and box[2] <= east and box[3] <= north
    ]
    about = crs.get("properties") if isinstance(crs, dict) else None
    name = str(about.get("name", "")) if isinstance(about, dict) else ""
    # CRS84 is 4326 in this order.
    meant = (fitting[0].split(":")[1], *["CRS84"] * (fitting[0] == DEGREES)) if fitting else ()
    contradicted = name and fitting and not name.endswith(meant)
    if not fitting or contradicted:
        raise FileError(
            "This file: its coordinates are in no system that is known here.",
            f"They range from {box[0]:.6g}, {box[1]:.6g} to {box[2]:.6g}, {box[3]:.6g}"
            + (f"; the file says {name[:40]!r}." if name else "; the file names no system."),
            "Wanted: longitude and latitude (EPSG:4326) or National Grid metres (EPSG:27700).",
            "Take the file in one of these.",
        )
    return fitting[0]


def _refuse_bad_shapes(outlines: gpd.GeoDataFrame, key: str) -> None:
    shapes = outlines.geometry
    bad = shapes.is_empty | ~outlines.geom_type.isin(_FILLED) | outlines[key].duplicated()
    if bad.any():
        raise FileError(
            "This file: an outline is empty, no area, or there twice.",
            f"First: {outlines.loc[bad.idxmax(), key]}.",
        )
