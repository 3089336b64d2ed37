"""Outlines of wards and boroughs, for maps."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdpb.catalogue import check_receipt, receipts
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders import access
from cdpb.loaders.files import Origin, record
from cdpb.loaders.headers import plain, unknown_header, vintages
from cdpb.loaders.receiving import fingerprint

if TYPE_CHECKING:  # geopandas takes half a second, and most of what loads draws no map
    import geopandas as gpd

WARDS, BOROUGHS = "ward_outlines", "borough_outlines"
DEGREES, METRES = "EPSG:4326", "EPSG:27700"
_BRITAIN = {DEGREES: (-9.0, 49.0, 3.0, 61.5), METRES: (1_000.0, 1_000.0, 700_000.0, 1_300_000.0)}
_DEEPEST = 4  # a MultiPolygon's coordinates
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
    """
    access.permitted(BOROUGHS)
    return _handed_out(_outlines(BOROUGHS, fingerprint(BOROUGHS))[-1], BOROUGHS)


def _handed_out(outlines: gpd.GeoDataFrame, source_id: str) -> gpd.GeoDataFrame:
    fresh = outlines.reset_index(drop=True)
    fresh.attrs = {"source": source_id}
    return fresh


@lru_cache(maxsize=8)
def _outlines(source_id: str, _fingerprint: str) -> list[gpd.GeoDataFrame]:
    """The files of the newest receipt."""
    held = receipts(source_id)
    if not held:
        raise InputError(f"{source_id}: nothing has been received.", "No map can be drawn.")
    check_receipt(held[-1])
    day = held[-1].received.isoformat()
    return [read_outlines(path, day, source_id) for path in held[-1].paths]


def read_outlines(path: Path, receipt: str = "", source_id: str = WARDS) -> gpd.GeoDataFrame:
    """One GeoJSON file of outlines, in EPSG:4326, London alone."""
    import geopandas as gpd
    from shapely.errors import ShapelyError

    content = _geojson(path)
    found = content["features"]
    names = _names(found, path, source_id)
    rows = [
        {ours: each["properties"].get(theirs) for ours, theirs in names.items()} for each in found
    ]
    system = _system(content, path)
    try:
        shapes = gpd.GeoDataFrame.from_features(found, crs=system)[["geometry"]]
    except (ShapelyError, KeyError, TypeError, ValueError):
        raise _no_outlines(path) from None
    outlines = shapes.assign(**{ours: [row[ours] for row in rows] for ours in names})
    in_london = outlines["borough_code"].astype(str).str.fullmatch(r"E09\d{6}")
    origin = Origin(source_id, receipt, path.name)
    record(origin, "read", len(outlines), f"outlines in {system}")
    record(origin, "dropped", int((~in_london).sum()), "outlines outside London")
    return _checked(outlines[in_london][[*names, "geometry"]], names, path).to_crs(DEGREES)


def property_names(path: Path) -> list[str]:
    """What the first outline of a GeoJSON file is described by, as written there.

    Raises
    ------
    InputError
        If the file holds no outlines.
    """
    return list(_geojson(path)["features"][0]["properties"])


def _geojson(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError(f"{relative(path)} is missing.", "Nothing was loaded.") from None
    except (ValueError, RecursionError):  # It is no JSON, or none that outlines are in.
        content = None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(_is_outline(each) for each in features):
        content = None
    if not content or not features:
        raise _no_outlines(path)
    return content


def _no_outlines(path: Path) -> InputError:
    return InputError(
        f"{relative(path)} holds no outlines.",
        "Wanted: a GeoJSON file, a FeatureCollection with features, each with a whole shape.",
        "Nothing was loaded.",
    )


def _is_outline(feature: Any) -> bool:
    """Whether a feature has names and a shape, or is marked as having none."""
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        return False
    shape = feature.get("geometry", "absent")
    if not isinstance(shape, dict):
        return shape is None
    nested = shape.get("coordinates")
    return _depth(nested) <= _DEEPEST and all(map(_is_point, _points(nested)))


def _is_point(point: list[Any]) -> bool:
    return len(point) >= 2 and all(isinstance(each, (int, float)) for each in point)


def _depth(nested: Any) -> int:
    """How many lists stand in each other, as far as the first of each tells."""
    depth = 0
    while isinstance(nested, list) and nested and depth <= _DEEPEST:
        nested, depth = nested[0], depth + 1
    return depth


def _names(features: list[dict[str, Any]], path: Path, source_id: str) -> dict[str, str]:
    """Our name for each property to the file's; other properties are let be."""
    written = {plain(name): name for name in features[0]["properties"]}
    for vintage in vintages(source_id):
        if not vintage.missing(list(written)):
            return {o: written[theirs] for theirs, o in vintage.ours.items() if theirs in written}
    raise unknown_header(path, list(written.values()), source_id, others_let_be=True)


def _system(content: dict[str, Any], path: Path) -> str:
    """The coordinate system, by the range of the coordinates and by what the file says.

    Files come in degrees or in metres of the National Grid, often without saying so, so the
    range decides; what the file says may not contradict it.
    """
    box = _bounds(content["features"])
    fitting = [name for name, britain in _BRITAIN.items() if _inside(box, britain)]
    said = (
        str(content.get("crs", {}).get("properties", {}).get("name", ""))
        if "crs" in content
        else ""
    )
    contradicted = said and fitting and not _says(said, fitting[0])
    if not fitting or contradicted:
        raise InputError(
            f"{relative(path)}: its coordinates are in no system that is known here.",
            f"They range from {box[0]:.6g}, {box[1]:.6g} to {box[2]:.6g}, {box[3]:.6g}"
            + (f"; the file says {said[:40]!r}." if said else "; the file names no system."),
            "Wanted: longitude and latitude (EPSG:4326) or National Grid metres (EPSG:27700).",
            "Take the file in one of these. Nothing was loaded.",
        )
    return fitting[0]


def _says(said: str, system: str) -> bool:
    """Whether a name of a coordinate system means this one; CRS84 is 4326 in this order."""
    return said.endswith((system.split(":")[1], *(["CRS84"] if system == DEGREES else [])))


def _inside(box: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    return box[0] >= outer[0] and box[1] >= outer[1] and box[2] <= outer[2] and box[3] <= outer[3]


def _bounds(features: list[dict[str, Any]]) -> tuple[float, float, float, float]:
    points = [p for each in features for p in _points((each["geometry"] or {}).get("coordinates"))]
    if not points:
        return (0.0, 0.0, 0.0, 0.0)
    eastings, northings = [p[0] for p in points], [p[1] for p in points]
    return min(eastings), min(northings), max(eastings), max(northings)


def _points(nested: Any) -> list[list[float]]:
    if not nested or not isinstance(nested, list):
        return []
    if isinstance(nested[0], (int, float)):
        return [nested]
    return [point for part in nested for point in _points(part)]


def _checked(outlines: gpd.GeoDataFrame, names: dict[str, str], path: Path) -> gpd.GeoDataFrame:
    key = next(name for name in names if name in ("ward_code", "borough_code"))
    bad = (
        outlines.geometry.is_empty | ~outlines.geom_type.isin(_FILLED) | outlines[key].duplicated()
    )
    if bad.any():
        raise InputError(
            f"{relative(path)}: an outline is empty, no area, or there twice.",
            f"First: {outlines.loc[bad.idxmax(), key]}.",
            "Nothing was loaded.",
        )
    return outlines
