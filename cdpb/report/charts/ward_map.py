"""The ward map as our own SVG: each ward is a link to its row, numbered by rank, named aloud.

Its strings are escaped by hand, with ``html.escape``: a template's own escaping writes an
apostrophe in another way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cdpb.disclosure.masked import MARKER
from cdpb.disclosure.published import DEMONSTRATION, PublishedTable
from cdpb.errors import InputError
from cdpb.numbers import count_text, list_text
from cdpb.report.charts.canvas import INK, PAPER, SOFT_INK, width_of, wrapped
from cdpb.report.charts.figure_kind import (
    MOST_NAMED,
    FigureKind,
    iter_rows,
    of_unit,
    ranked_rows,
    row_text,
    sentences,
    unit_of,
    withheld,
)
from cdpb.report.charts.map_sheet import (
    UNSTABLE,
    WIDTH,
    WITHHELD,
    Class,
    Sheet,
    comparator_of,
    compared_class,
    compared_classes,
    free_place,
    is_unstable,
    map_key,
    outline_path,
    rate_class,
    rate_classes,
    roomiest_point,
    sheet,
    site_marks,
    ward_number,
)
from cdpb.report.svg import hatching, opened

WIDEST = 640
# Units of the sheet: about 10 pixels on the narrowest screen, see map.css for wider ones.
TYPE, LEADING = 21, 24


@dataclass(frozen=True, kw_only=True)
class WardMap(FigureKind):
    """The wards where they lie, each a link to its row, filled by how they compare.

    One row per ward. Where there is no comparison column the rate's fixed classes are used. Masked
    wards are hatched, without a number, and come last in the order of the keyboard.

    Attributes
    ----------
    outlines : geopandas.GeoDataFrame
        One row per ward, under the same ``key``; other rows are left out.
    value, label, key, rank, comparison, unstable : str
        Columns; the last three may be absent. A ward whose rate rests on fewer than 10 events
        has a star beside its number.
    focus : str, optional
        The key of the ward to outline and name.
    sites : pandas.DataFrame, optional
        ``site, kind, lat, lon, verified``: drawn as diamonds, open where not verified.
    axis : str
        What is measured, for the line beneath the title.
    unit : str
        Spoken after the value; by default the column's own.
    things : str
        What its areas are, in words.
    """

    name: ClassVar[str] = "map"
    columns: ClassVar[Sequence[str]] = ("value", "key", "label")
    may_have: ClassVar[Sequence[str]] = ("rank", "comparison", "unstable")

    outlines: gpd.GeoDataFrame
    value: str = "rate_per_1000"
    label: str = "ward_name"
    key: str = "ward_code"
    rank: str = "rank"
    comparison: str = "comparison"
    unstable: str = "unstable"
    focus: str | None = None
    sites: pd.DataFrame | None = None
    axis: str = ""
    unit: str = ""
    things: str = "wards"

    def rows(self, shown: PublishedTable) -> pd.DataFrame:
        """From the highest to the lowest, which is the order of the keyboard."""
        return ranked_rows(super().rows(shown))

    def draw(self, shown: PublishedTable, prefix: str = "map") -> str | None:
        """The map and its key, drawn once for every width.

        Raises
        ------
        InputError
            If a ward of the table has no outline, or the outlines no coordinate system.
        """
        rows, unit = self.rows(shown), unit_of(shown, self.value, self.unit)
        if rows["value"].isna().all():
            return None
        comparator = comparator_of(shown, self.comparison) if "comparison" in rows else ""
        wards = [_ward(row, comparator, unit) for row in rows.itertuples()]
        on = sheet(_of_the_table(self.outlines, wards, self.key), self.key)
        marked = site_marks(self.sites, on)
        named = next((ward for ward in wards if ward.key == self.focus), None)
        place = _name_place(named, on) if named else None
        body = _links(wards, on, prefix) + "".join(marked)
        body += _focus(named, on, place) if named and place else ""
        height = max(on.height, round(place[3]) + 4 if place else 0)
        banner = DEMONSTRATION if shown.demonstration else ""
        start = opened(WIDTH, height, WIDEST, banner, role="group", size=TYPE)
        classes = compared_classes(rows["comparison"], comparator) if comparator else rate_classes()
        pattern = hatching(SOFT_INK).replace("<pattern", f'<pattern id="{prefix}-hatch"', 1)
        drawn = f"{start}<defs>{pattern}</defs>{body}</svg>"
        numbers = [ward.number for ward in wards]
        return drawn + map_key(classes, numbers, self.sites, prefix, named is not None)

    def words(self, shown: PublishedTable, rows: pd.DataFrame) -> str:
        """How many wards are in each class, which are high, and which one is named."""
        known = rows[rows["value"].notna()]
        top, unit = next(iter_rows(known)), of_unit(unit_of(shown, self.value, self.unit))
        areas = f"{count_text(len(rows))} {self.things} by {unit}"
        focus = known[known["key"].eq(str(self.focus))]
        named = [f"{row_text(row)}, is outlined" for row in iter_rows(focus)]
        named = ["it is outlined"] if top.key == self.focus else named
        sites = [] if self.sites is None else list(self.sites["site"])
        marked = f"Marked: {list_text(sites)}" if sites else ""
        compared = "comparison" in known
        classes = _in_classes(known, comparator_of(shown, self.comparison)) if compared else ""
        return sentences(
            "; ".join([f"Map of {areas}: highest in {row_text(top)}", *named]), classes,
            _unstable(known), marked, withheld(rows, self.things),
        )  # fmt: skip


def _unstable(known: pd.DataFrame) -> str:
    """Which rates rest on few events, as the star on the map says."""
    few = list(known.loc[known["unstable"].eq(True), "name"]) if "unstable" in known else []
    return f"Fewer than 10 events, an unstable rate: {_few_by_name(few)}" if few else ""


def _in_classes(known: pd.DataFrame, comparator: str) -> str:
    parts = []
    for name in ("higher", "worse", "similar", "lower", "better"):
        of = list(known.loc[known["comparison"].eq(name), "name"])
        if of:
            than = "to" if name == "similar" else "than"
            parts.append(f"{name} {than} {comparator}: {_few_by_name(of)}")
    return "; ".join(parts)


def _few_by_name(names: list[str]) -> str:
    return list_text(names) if len(names) <= MOST_NAMED else count_text(len(names))


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
    rank = row.rank if pd.notna(getattr(row, "rank", None)) else ""
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


def _links(wards: list[Ward], on: Sheet, prefix: str) -> str:
    drawn = (_link(ward, on, prefix) for ward in wards)
    return f'<g font-size="{TYPE}" text-anchor="middle">{"".join(drawn)}</g>'


def _link(ward: Ward, on: Sheet, prefix: str) -> str:
    shape = on.shapes[ward.key]
    x, y = roomiest_point(shape)
    fill, ink = ward.filled[1:] if ward.filled else (f"url(#{prefix}-hatch)", INK)
    spoken = escape(ward.spoken)
    # A withheld ward's marker stands on hatching: a white edge keeps it readable.
    edge = f' stroke="{PAPER}" stroke-width="5" paint-order="stroke"' * (ward.filled is None)
    # The title is shown where a pointer rests, and is what the link is called aloud.
    return (
        f'<a href="#row-{escape(ward.key)}"><title>{spoken}</title>'
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
