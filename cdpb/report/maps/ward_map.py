"""The ward map as our own SVG: every ward a link to its row, numbered by rank, named aloud."""

from collections.abc import Callable
from html import escape
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cdpb.disclosure.masked import MARKER
from cdpb.disclosure.published import DEMONSTRATION, PublishedTable
from cdpb.errors import InputError
from cdpb.report.charts.canvas import width_of, wrapped
from cdpb.report.charts.order import chart_rows, optional, ranked_rows, unit_of
from cdpb.report.maps.classes import (
    Class,
    comparator_of,
    compared_class,
    compared_classes,
    rate_class,
    rate_classes,
)
from cdpb.report.maps.geometry import (
    BRITISH_NATIONAL_GRID,
    WIDTH,
    Sheet,
    free_place,
    outline_path,
    roomiest_point,
    sheet,
)
from cdpb.report.maps.numbers import STAR, UNSTABLE, is_unstable, ward_number
from cdpb.report.palette import INK, PAPER, SOFT_INK
from cdpb.report.svg import hatching, opened

WIDEST = 640
# Units of the sheet: about 10 pixels on the narrowest screen, see map.css for wider ones.
TYPE, LEADING = 21, 24
WITHHELD = "withheld to protect people in small numbers"


def ward_map(
    shown: PublishedTable,
    outlines: gpd.GeoDataFrame,
    value: str = "rate_per_1000",
    label: str = "ward_name",
    key: str = "ward_code",
    rank: str = "rank",
    comparison: str = "comparison",
    unstable: str = "unstable",
    *,
    focus: str | None = None,
    sites: pd.DataFrame | None = None,
    unit: str = "",
    prefix: str = "map",
    row_href: Callable[[str], str] = "#row-{}".format,
) -> str | None:
    """The wards filled by how they compare, or by fixed classes of the rate.

    Parameters
    ----------
    shown : PublishedTable
        One row a ward. Where it has no comparison column the rate's fixed classes are used.
        Masked wards are hatched, without a number, and come last in the order of the keyboard.
    outlines : geopandas.GeoDataFrame
        One row a ward, under the same ``key``; other rows are left out.
    value, label, key, rank, comparison, unstable : str
        Columns; the last three may be absent. A ward whose rate rests on fewer than 10 events
        has a star beside its number.
    focus : str, optional
        The key of the ward to outline and name.
    sites : pandas.DataFrame, optional
        ``site, kind, lat, lon, verified``: drawn as diamonds, open where not verified.
    unit : str
        Spoken after the value; by default the column's own.
    prefix : str
        The figure's id in the page.
    row_href : callable
        From a ward's key to the address of its row.

    Returns
    -------
    str or None
        The map and its key; None when no value is published.

    Raises
    ------
    InputError
        If a ward of the table has no outline, or the outlines no coordinate system.
    """
    rows = ranked_rows(
        chart_rows(
            shown,
            value=value,
            name=label,
            key=key,
            rank=optional(shown, rank),
            comparison=optional(shown, comparison),
            unstable=optional(shown, unstable),
        )
    )
    if rows["value"].isna().all():
        return None
    comparator = comparator_of(shown, comparison) if "comparison" in rows else ""
    wards = [_ward(row, comparator, unit or unit_of(shown, value)) for row in rows.itertuples()]
    on = sheet(_of_the_table(outlines, wards, key), key)
    marked = _sites(sites, on)
    named = next((ward for ward in wards if ward.key == focus), None)
    place = _name_place(named, on) if named else None
    body = _links(wards, on, prefix, row_href) + "".join(marked)
    body += _focus(named, on, place) if named and place else ""
    height = max(on.height, round(place[3]) + 4 if place else 0)
    banner = DEMONSTRATION if shown.demonstration else ""
    start = opened(WIDTH, height, WIDEST, banner, role="group", size=TYPE)
    classes = compared_classes(rows["comparison"], comparator) if comparator else rate_classes()
    pattern = hatching(SOFT_INK).replace("<pattern", f'<pattern id="{prefix}-hatch"', 1)
    drawn = f"{start}<defs>{pattern}</defs>{body}</svg>"
    return drawn + _key(classes, wards, sites, prefix, named is not None)


class Ward(NamedTuple):
    """One ward as it is drawn and spoken."""

    key: str
    name: str
    spoken: str
    number: str
    filled: Class | None


def _ward(row: Any, comparator: str, unit: str) -> Ward:
    if pd.isna(row.value):
        why = WITHHELD if row.text == MARKER else "not available"
        # What stands on the map is part of the spoken name (WCAG 2.5.3).
        return Ward(row.key, row.name, f"{row.name}, {row.text} {why}", row.text, None)
    rank = f"{row.rank:.0f}" if pd.notna(getattr(row, "rank", None)) else ""
    compared = str(getattr(row, "comparison", ""))
    filled = compared_class(compared, comparator) if comparator else rate_class(row.value)
    parts = [
        row.name,
        f"rank {rank}" if rank else "",
        row.text if row.text.endswith("%") else f"{row.text} {unit}",
        filled.words[0].lower() + filled.words[1:] if comparator else "",
        UNSTABLE if is_unstable(row) else "",
    ]
    return Ward(row.key, row.name, ", ".join(filter(None, parts)), ward_number(row), filled)


def _of_the_table(outlines: gpd.GeoDataFrame, wards: list[Ward], key: str) -> gpd.GeoDataFrame:
    found = set(outlines[key])
    absent = [f"{ward.name} ({ward.key})" for ward in wards if ward.key not in found]
    if absent:
        raise InputError(
            f"The map has no outline for {absent[0]}.",
            f"{len(absent)} wards of the table have none: the outlines may be of another year.",
        )
    return outlines[outlines[key].isin([ward.key for ward in wards])]


def _links(wards: list[Ward], on: Sheet, prefix: str, row_href: Callable[[str], str]) -> str:
    drawn = (_link(ward, on, prefix, row_href(ward.key)) for ward in wards)
    return f'<g font-size="{TYPE}" text-anchor="middle">{"".join(drawn)}</g>'


def _link(ward: Ward, on: Sheet, prefix: str, href: str) -> str:
    shape = on.shapes[ward.key]
    x, y = roomiest_point(shape)
    fill, ink = ward.filled[1:] if ward.filled else (f"url(#{prefix}-hatch)", INK)
    spoken = escape(ward.spoken)
    # A withheld ward's marker stands on hatching: a white edge keeps it readable.
    edge = f' stroke="{PAPER}" stroke-width="5" paint-order="stroke"' * (ward.filled is None)
    return (
        f'<a href="{escape(href)}" aria-label="{spoken}"><title>{spoken}</title>'
        f'<path class="ward" fill="{fill}" d="{outline_path(shape)}"/>'
        f'<text x="{x}" y="{y}" dy=".36em" fill="{ink}"{edge}>{escape(ward.number)}</text></a>'
    )


Box = tuple[float, float, float, float]


def _focus(ward: Ward, on: Sheet, place: Box) -> str:
    drawn = outline_path(on.shapes[ward.key])
    outline = "".join(
        f'<path fill="none" stroke="{ink}" stroke-width="{width}" d="{drawn}"/>'
        for ink, width in ((PAPER, 9), (INK, 4))
    )
    words = "".join(
        f'<text x="{place[0]}" y="{place[1] + TYPE - 3 + i * LEADING}">{escape(line)}</text>'
        for i, line in enumerate(_name_lines(ward))
    )
    # Not to be clicked: the link lies beneath.
    return (
        f'<g pointer-events="none">{outline}{_leader(place, on.shapes[ward.key])}'
        f'<g font-size="{TYPE}" font-weight="700" fill="{INK}">{words}</g></g>'
    )


def _name_lines(ward: Ward) -> list[str]:
    return wrapped(ward.name, TYPE, 210, bold=True)


def _name_place(ward: Ward, on: Sheet) -> Box:
    lines = _name_lines(ward)
    width = max(width_of(line, TYPE, bold=True) for line in lines)
    height = len(lines) * LEADING
    x, y = free_place(on, width, height, roomiest_point(on.shapes[ward.key]))
    return x, y, x + width, y + height


def _leader(box: Box, shape: Any) -> str:
    """The shortest line from the label to the ward's edge, where there is a gap to cross."""
    line = shapely.shortest_line(shapely.box(*box), shape)
    (x1, y1), (x2, y2) = np.rint(shapely.get_coordinates(line)).astype(int)
    if abs(x2 - x1) + abs(y2 - y1) < 6:
        return ""
    return "".join(
        f'<path stroke="{ink}" stroke-width="{width}" d="M{x1} {y1}L{x2} {y2}"/>'
        for ink, width in ((PAPER, 6), (INK, 2.5))
    )


def _sites(sites: pd.DataFrame | None, on: Sheet) -> list[str]:
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


def _key(
    classes: list[Class], wards: list[Ward], sites: pd.DataFrame | None, prefix: str, focus: bool
) -> str:
    box = '<path {} d="M1 1h18v14h-18z"/>'
    entries = [(box.format(f'fill="{each.fill}"'), each.words) for each in classes]
    if any(ward.number == MARKER for ward in wards):
        entries.append((box.format(f'fill="url(#{prefix}-hatch)"'), f"{MARKER} {WITHHELD}"))
    if any(ward.filled and ward.number.endswith(STAR) for ward in wards):
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
    return f'<ul class="map-key"><li>Number: rank by rate, 1 the highest</li>{items}</ul>'
