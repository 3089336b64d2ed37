"""Fits outlines to a map's sheet: projected, scaled, simplified together; places for labels."""

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from cdpb.errors import InputError
from cdpb.report.svg import path

BRITISH_NATIONAL_GRID = "EPSG:27700"
WIDTH, TALLEST, MARGIN = 600, 680, 8


class Sheet(NamedTuple):
    """A map's sheet in whole units: its height, its shapes by code, and how a point gets on it.

    ``shift`` and ``scale`` take metres of the National Grid to units of the sheet.
    """

    height: int
    shapes: dict[str, BaseGeometry]
    shift: tuple[float, float]
    scale: float

    def place(self, points: np.ndarray) -> np.ndarray:
        """Eastings and northings as units right and down."""
        across = (points[:, 0] - self.shift[0]) * self.scale + MARGIN
        down = (self.shift[1] - points[:, 1]) * self.scale + MARGIN
        return np.column_stack([across, down])


def sheet(outlines: gpd.GeoDataFrame, key: str = "ward_code") -> Sheet:
    """The outlines fitted to the sheet.

    Borders are simplified as a coverage, so that neighbours keep the border they share.

    Raises
    ------
    InputError
        If the outlines don't say in which coordinates they are.
    """
    grid = on_national_grid(outlines)
    west, south, east, north = grid.total_bounds
    room = WIDTH - 2 * MARGIN
    scale = min(room / (east - west), (TALLEST - 2 * MARGIN) / (north - south))
    # A narrow borough stands in the middle.
    west -= (room / scale - (east - west)) / 2
    blank = Sheet(round((north - south) * scale) + 2 * MARGIN, {}, (west, north), scale)
    simple = shapely.coverage_simplify(grid.geometry.to_numpy(), 1.5 / scale)
    fitted = shapely.transform(simple, blank.place)
    return blank._replace(shapes=dict(zip(grid[key], fitted, strict=True)))


def on_national_grid(outlines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The outlines in metres; a map in degrees would stretch London by half."""
    if outlines.crs is None:
        raise InputError(
            "Outlines without a coordinate system can't be drawn.",
            "Wanted: EPSG:4326 or EPSG:27700, said in the file or by its loader.",
        )
    return outlines.to_crs(BRITISH_NATIONAL_GRID)


def outline_path(shape: BaseGeometry) -> str:
    """The shape's rings as one SVG path in whole units."""
    return "".join(_ring(ring) for part in shapely.get_parts(shape) for ring in _rings(part))


def _rings(part: BaseGeometry) -> list[BaseGeometry]:
    return [shapely.get_exterior_ring(part), *part.interiors]


def _ring(ring: BaseGeometry) -> str:
    points = shapely.get_coordinates(ring)[:-1]
    steps = " L ".join(f"{x:.3f} {y:.3f}" for x, y in points)
    return path(f"M {steps} z", places=0)


def roomiest_point(shape: BaseGeometry) -> tuple[int, int]:
    """The centre of the largest circle that fits inside: where a number has most room."""
    line = shapely.maximum_inscribed_circle(shape, tolerance=1)
    x, y = shapely.get_coordinates(line)[0]
    return round(x), round(y)


def free_place(on: Sheet, width: float, height: float, near: tuple[int, int]) -> tuple[int, int]:
    """The left upper corner of a free box for a label, the nearest to a point.

    Falls back to a band below the map where the outlines leave no room.
    """
    # Corners are tried on a fixed grid, and the first of the nearest is taken, so that a label
    # stands where it stood; an optimiser would gain a few units and lose that.
    whole = shapely.union_all(list(on.shapes.values())).buffer(5)
    corners = [
        (x, y)
        for x in np.arange(2, WIDTH - width - 1, 8)
        for y in np.arange(2, on.height - height - 1, 8)
    ]
    if not corners:
        return 2, on.height + 4
    boxes = shapely.box(*np.array([(x, y, x + width, y + height) for x, y in corners]).T)
    shapely.prepare(whole)
    free = np.flatnonzero(~shapely.intersects(whole, boxes))
    if not len(free):
        return 2, on.height + 4
    away = shapely.distance(boxes[free], shapely.Point(near))
    x, y = corners[free[int(np.argmin(away))]]
    return int(x), int(y)
