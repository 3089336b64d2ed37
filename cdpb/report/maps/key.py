"""What stands on and beneath the ward map beside its wards: sites, and the key."""

from html import escape
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from cdpb.disclosure.masked import MARKER
from cdpb.report.maps.classes import STAR, UNSTABLE, Class
from cdpb.report.maps.geometry import BRITISH_NATIONAL_GRID, Sheet
from cdpb.report.palette import INK, PAPER

WITHHELD = "withheld to protect people in small numbers"
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
