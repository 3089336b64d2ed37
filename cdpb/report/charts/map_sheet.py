"""A ward map's sheet: outlines fitted to it, the classes and numbers of its wards, key and sites.

Outlines are projected, scaled and simplified together; classes are declared, never made from the
data.
"""

from html import escape
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from cdpb.disclosure.masked import MARKER
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.errors import InputError
from cdpb.numbers import rate_text
from cdpb.report.charts.canvas import INK, PAPER, SEQUENTIAL
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


# Classes, numbers, key and sites -----------------------------------------------------

STAR, UNSTABLE = "*", "fewer than 10 events, an unstable rate"
WITHHELD = "withheld to protect people in small numbers"
RATE_BREAKS = (0, 2, 4, 6, 8)
# These three of the sequence differ by three to one, so that they hold in black and white.
_COMPARED = {
    "higher": ("Higher than {}", SEQUENTIAL[0]),
    "worse": ("Worse than {}", SEQUENTIAL[0]),
    "similar": ("Similar to {}", SEQUENTIAL[2]),
    "better": ("Better than {}", SEQUENTIAL[4]),
    "lower": ("Lower than {}", SEQUENTIAL[4]),
}
_DARK = set(SEQUENTIAL[:3])


class Class(NamedTuple):
    """A class in the key: what it says, its fill, and the type that can be read on it."""

    words: str
    fill: str
    ink: str


def _class(words: str, fill: str) -> Class:
    return Class(words, fill, PAPER if fill in _DARK else INK)


NOT_COMPARED = _class("Not compared", "#EEEEEE")


def comparator_of(shown: PublishedTable, column: str) -> str:
    """``London``, from the column's label ``Compared with London``."""
    only_published(shown)
    return shown.columns[column].label.removeprefix("Compared with ")


def compared_classes(comparisons: pd.Series, comparator: str) -> list[Class]:
    """The key of a map by comparison: all three, whether or not an area falls in each."""
    judged = set(comparisons.dropna()) & {"better", "worse"}
    names = ("worse", "similar", "better") if judged else ("higher", "similar", "lower")
    found = [compared_class(name, comparator) for name in names]
    unclear = [NOT_COMPARED] if (comparisons == "not compared").any() else []
    return found + unclear


def compared_class(comparison: str, comparator: str) -> Class:
    """The class of one area."""
    if comparison not in _COMPARED:
        return NOT_COMPARED
    words, fill = _COMPARED[comparison]
    return _class(words.format(comparator), fill)


def rate_classes(breaks: tuple[float, ...] = RATE_BREAKS) -> list[Class]:
    """Five classes of a rate from declared breaks, the darkest the highest."""
    ends = [*breaks[1:], None]
    return [
        _class(_range(low, high), SEQUENTIAL[len(SEQUENTIAL) - 1 - i])
        for i, (low, high) in enumerate(zip(breaks, ends, strict=True))
    ][::-1]


def rate_class(value: float, breaks: tuple[float, ...] = RATE_BREAKS) -> Class:
    """The class of one area."""
    return rate_classes(breaks)[len(breaks) - 1 - sum(value >= low for low in breaks[1:])]


def _range(low: float, high: float | None) -> str:
    start = rate_text(low, 0 if low == int(low) else 1)
    if high is None:
        return f"{start} and over"
    return f"{start} to under {rate_text(high, 0 if high == int(high) else 1)}"


def ward_number(row: Any) -> str:
    """``4``; ``24*`` for a rank made by fewer than 10 events."""
    rank = getattr(row, "rank", None)
    return f"{rank if pd.notna(rank) else row.text}{STAR * is_unstable(row)}"


def is_unstable(row: Any) -> bool:
    """Whether a value is shown and rests on fewer than 10 events."""
    flag = getattr(row, "unstable", None)
    return bool(pd.notna(row.value) and pd.notna(flag) and flag)


NUMBERED = "Number: rank by rate, 1 the highest"


def site_marks(sites: pd.DataFrame | None, on: Sheet) -> list[str]:
    """A diamond for each site whose place is known, with its words."""
    if sites is None or sites.empty:
        return []
    known = sites.dropna(subset=["lat", "lon"])
    points = gpd.GeoSeries.from_xy(known["lon"], known["lat"], crs="EPSG:4326")
    grid = points.to_crs(BRITISH_NATIONAL_GRID)
    placed = np.rint(on.place(np.column_stack([grid.x, grid.y]))).astype(int)
    return [
        f"<g><title>{escape(_site_words(site))}</title>"
        f"{_diamond(int(x), int(y), bool(site.verified))}</g>"
        for site, (x, y) in zip(known.itertuples(), placed, strict=True)
    ]


def _diamond(x: int, y: int, verified: bool, half: int = 9) -> str:
    fill = INK if verified else PAPER
    return (
        f'<path fill="{fill}" stroke="{INK}" stroke-width="3" '
        f'd="M{x} {y - half}l{half} {half}l{-half} {half}l{-half} {-half}z"/>'
    )


def _site_words(site: Any) -> str:
    unsure = "" if site.verified else "; place approximate, not verified"
    return f"{site.site} ({site.kind}){unsure}"


def map_key(
    classes: list[Class], numbers: list[str], sites: pd.DataFrame | None, prefix: str, focus: bool
) -> str:
    """The list beneath the map; ``numbers`` are what stands on its wards."""
    box = '<path {} d="M1 1h18v14h-18z"/>'
    entries = [(box.format(f'fill="{each.fill}"'), each.words) for each in classes]
    if MARKER in numbers:
        entries.append((box.format(f'fill="url(#{prefix}-hatch)"'), f"{MARKER} {WITHHELD}"))
    if any(number.endswith(STAR) for number in numbers):
        entries.append((f'<text x="6" y="16" font-size="18">{STAR}</text>', UNSTABLE.capitalize()))
    if focus:
        outline = f'fill="none" stroke="{INK}" stroke-width="2.5"'
        entries.append((box.format(outline), "The ward named on the map"))
    for site in [] if sites is None else sites.dropna(subset=["lat", "lon"]).itertuples():
        entries.append((_diamond(10, 8, bool(site.verified), 5), _site_words(site)))
    items = "".join(
        f'<li><svg viewBox="0 0 20 16" aria-hidden="true">{drawn}</svg>{escape(words)}</li>'
        for drawn, words in entries
    )
    return f'<ul class="map-key"><li>{NUMBERED}</li>{items}</ul>'
