"""Tables on a page: caption, headings with scope, markers explained beneath."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
from markupsafe import Markup

from cdpb.disclosure.declared import Column
from cdpb.disclosure.published import NOT_AVAILABLE, PublishedTable, only_published
from cdpb.marks import unmarked
from cdpb.numbers import capital
from cdpb.report.markup import css_text, render

MARKERS = {
    "[c]": "not shown, to protect people: a small number, or one from which a small number "
    "could be worked out",
    "[x]": "not available",
    "[z]": "not applicable",
    "[u]": "unstable: a rate on fewer than 10 events",
}

NUMERIC_KINDS = {"count", "rate", "percent", "interval", "rank", "number"}
# The place and the period that a figure's subtitle gives.
IN_THE_SUBTITLE = ("area_code", "borough_code", "area_name", "year")
WIDEST_UNSTACKED, WIDEST_AT_EASE = 3, 7
LONGEST_PRINTED = 12
WIDEST_PRINTED = 12
# The letters of three lines beside the names of rows, on half the width of a sheet.
LONGEST_HEAD, MOST_HALVED = 80, 3
# Of the small line in a cell, in its own units and without its margins of 3.
LINE_WIDTH, LINE_HEIGHT, SHORTEST_LINE = 84, 18, 2


@dataclass(frozen=True)
class Heading:
    """A column's heading, and whether its cells are numbers."""

    text: str
    numeric: bool = False


@dataclass(frozen=True)
class ShownRow:
    """A row as text: its heading first. ``focus`` sets it off from the others.

    Rows that follow each other with one ``group`` stand under it.
    """

    cells: Sequence[str | Markup]
    id: str = ""
    focus: bool = False
    group: str = ""


@dataclass(frozen=True)
class ShownTable:
    """A table ready to be written: everything in it is text."""

    caption: str
    headings: Sequence[Heading]
    rows: Sequence[ShownRow]
    id: str = ""
    caption_hidden: bool = False

    @property
    def key(self) -> list[tuple[str, str]]:
        """The markers that stand in its cells, each with its meaning."""
        shown = " ".join(str(cell) for row in self.rows for cell in row.cells)
        return [(marker, meaning) for marker, meaning in MARKERS.items() if marker in shown]

    @property
    def html(self) -> Markup:
        """The table and, beneath it, a key to the markers it uses."""
        return render("blocks/table.html.j2", table=self)

    @property
    def style(self) -> Markup:
        """Its headings for the style sheet, which sets them before the cells of a card.

        Written once a table: on every cell they would be a third of a long table's size.
        """
        if not self.stacked:
            return Markup("")
        if not self.id:
            raise ValueError(f"The table {self.caption!r} needs an id for its style.")
        labels = (
            f"--c{column}:{css_text(heading.text)}"
            for column, heading in enumerate(self.headings, start=1)
            if column > 1  # The first heads its card.
        )
        return Markup(f"#{self.id}{{{';'.join(labels)}}}")

    @property
    def layout(self) -> str:
        """Its classes: cards on a phone, closer columns where there are many, those of numbers.

        ``n3`` says that the third column holds numbers, ``t4`` that the fourth is text after them:
        written on each cell they would be a thirtieth of a long page.
        """
        many = len(self.headings) > WIDEST_AT_EASE
        numeric = [each.numeric for each in self.headings]
        kinds = [
            f"n{at}" if here else f"t{at}"
            for at, (before, here) in enumerate(pairwise([False, *numeric]), start=1)
            if before or here
        ]
        return " ".join(["stack"] * self.stacked + ["wide"] * many + kinds)

    @property
    def is_long(self) -> bool:
        """Whether it would fill a sheet of its own behind its chart."""
        return len(self.rows) > LONGEST_PRINTED

    @property
    def off_paper(self) -> str:
        """Why it is not printed behind its chart: ``long`` or ``wide``; empty where it is.

        A table wider than a sheet makes the browser print the whole page smaller.
        """
        return "wide" if len(self.headings) > WIDEST_PRINTED else "long" if self.is_long else ""

    @property
    def halved(self) -> bool:
        """Whether its rows stand in two halves beside each other on paper.

        Numbers alone do, under a head of three lines at most: the browser does not set a higher
        one again above the second half, whose columns nobody could tell then.
        """
        numbers = self.headings[1:]
        longest = max((len(each.text) for each in numbers), default=0)
        fits = len(numbers) <= MOST_HALVED and longest * len(numbers) <= LONGEST_HEAD
        return self.is_long and fits and all(each.numeric for each in numbers)

    @property
    def stacked(self) -> bool:
        """Whether its rows become cards on a narrow screen: three columns of words do too."""
        words = not any(each.numeric for each in self.headings)
        return len(self.headings) + words > WIDEST_UNSTACKED


def plain_table(
    caption: str,
    headings: Sequence[str | Heading],
    rows: Sequence[ShownRow | Sequence[str | Markup]],
    *,
    id: str = "",
    caption_hidden: bool = False,
) -> ShownTable:
    """A table of texts: parts of a verdict, actions, receipts."""
    shown = [row if isinstance(row, ShownRow) else ShownRow(row) for row in rows]
    heads = [each if isinstance(each, Heading) else Heading(each) for each in headings]
    return ShownTable(caption, heads, shown, id, caption_hidden)


def shown_table(
    table: PublishedTable,
    caption: str,
    *,
    id: str = "",
    columns: Sequence[str] | None = None,
    row_ids: bool = False,
    focus: str | None = None,
    caption_hidden: bool = False,
    spread: str | None = None,
) -> ShownTable:
    """A published table as a reader sees it; a plain frame is refused.

    Parameters
    ----------
    columns : list of str, optional
        Which columns, in which order; by default all but flags, codes with their names beside,
        and a place or a year that all rows share.
    row_ids : bool, default False
        Whether each row gets the id ``row-<key>``, for a map's links to point at. Once per page.
    focus : str, optional
        The key of the row to set off.
    caption_hidden : bool, default False
        Whether the caption is for screen readers only, because a heading above says the same.
    spread : str, optional
        A column whose values become columns of counts, side by side; other figures stay in the
        download. Where ``columns`` are named, the last of them takes the place of the count.
    """
    only_published(table)
    table = _in_order(table)
    texts, described = _with_unstable_marked(table), table.columns
    if spread and len(texts):
        columns, texts, described = _side_by_side(texts, described, spread, columns)
    columns = list(columns or _worth_showing(table.columns, texts))
    groups = _groups(columns, described)
    key = next((name for name, column in table.columns.items() if column.kind == "key"), None)
    lines = {name for name, column in described.items() if column.kind == "line"}
    rows = _rows(texts, groups, key if key in texts else None, row_ids, focus, lines)
    heads = [_heading(group, described) for group in groups]
    return ShownTable(caption, heads, rows, id, caption_hidden)


def _side_by_side(
    texts: pd.DataFrame,
    described: Mapping[str, Column],
    spread: str,
    columns: Sequence[str] | None,
) -> tuple[list[str], pd.DataFrame, dict[str, Column]]:
    """One row for what differed in ``spread`` alone, its counts beside each other."""
    *others, value = columns or [
        *(name for name, column in described.items() if column.kind in {"key", "name"}),
        next(name for name, column in described.items() if column.kind == "count"),
    ]
    rows = [name for name in others if name != spread]
    values = list(dict.fromkeys(texts[spread]))
    wide = texts.set_index([*rows, spread])[value].unstack(spread)[values]
    # Unstacking sorts the rows; they keep the order that the table gives them.
    order = pd.MultiIndex.from_frame(texts[rows]) if len(rows) > 1 else pd.Index(texts[rows[0]])
    wide = wide.loc[order.unique()].fillna(NOT_AVAILABLE).reset_index()
    kind = described[value].kind
    beside = {name: Column(label=capital(name), kind=kind) for name in values}
    worth = _worth_showing({name: described[name] for name in rows}, wide)
    shown = rows if columns else worth
    return [*shown, *values], wide, {**described, **beside}


def _in_order(table: PublishedTable) -> PublishedTable:
    """By rank where rows have one: whoever looks for the highest finds it first."""
    ranks = [name for name, column in table.columns.items() if column.kind == "rank"]
    return table.sorted_by(ranks[0]) if ranks and len(table.dimensions) == 1 else table


def _with_unstable_marked(table: PublishedTable) -> pd.DataFrame:
    """The cells as text; a row flagged unstable carries its marker on its rate."""
    texts = table.markers()
    flags = [name for name, column in table.columns.items() if column.kind == "flag"]
    rates = [name for name, column in table.columns.items() if column.kind == "rate"][:1]
    for flag in flags:
        for rate in rates:
            marked = texts[flag].eq("[u]") & ~texts[rate].str.startswith("[")
            texts[rate] = texts[rate].where(~marked, texts[rate] + " [u]")
    return texts


def _worth_showing(columns: Mapping[str, Column], texts: pd.DataFrame) -> list[str]:
    """All columns but flags, codes with their name beside them, and what the subtitle says."""
    names = {name.removesuffix("_name"): name for name in columns if name.endswith("_name")}
    shown = [
        names.get(name.removesuffix("_code"), name) if name.endswith("_code") else name
        for name, column in columns.items()
        if column.kind != "flag"
    ]
    return _without_the_subtitles(list(dict.fromkeys(shown)), columns, texts)


def _without_the_subtitles(
    shown: list[str], columns: Mapping[str, Column], texts: pd.DataFrame
) -> list[str]:
    """Without the one place and the one year of all rows, while rows still have a heading."""
    for name in IN_THE_SUBTITLE:
        headings = [each for each in shown if columns[each].kind in {"key", "name"}]
        if name in shown and len(headings) > 1 and texts[name].nunique() == 1:
            shown = [each for each in shown if each != name]
    return shown


def _groups(columns: Sequence[str], described: Mapping[str, Column]) -> list[tuple[str, ...]]:
    """Columns as shown: a lower and an upper limit that stand together become one."""
    groups: list[tuple[str, ...]] = []
    for name in columns:
        last = groups[-1] if groups else ()
        limits = [described[each].kind == "interval" for each in (*last, name)]
        if limits == [True, True]:
            groups[-1] = (*last, name)
        else:
            groups.append((name,))
    return groups


def _heading(group: tuple[str, ...], described: Mapping[str, Column]) -> Heading:
    label = described[group[0]].label
    if len(group) == 2:
        return Heading(label.replace("Lower limit", "95% confidence interval"), numeric=True)
    return Heading(label, described[group[0]].kind in NUMERIC_KINDS)


def _rows(
    texts: pd.DataFrame,
    groups: Sequence[tuple[str, ...]],
    key: str | None,
    row_ids: bool,
    focus: str | None,
    lines: Set[str],
) -> list[ShownRow]:
    shown = []
    for row in texts.to_dict("records"):
        name = str(row[key]) if key else ""
        cells = [
            trend_line(row[group[0]]) if group[0] in lines else _joined([row[c] for c in group])
            for group in groups
        ]
        shown.append(
            ShownRow(cells, f"row-{name}" if row_ids else "", bool(focus) and name == focus)
        )
    return shown


def trend_line(text: str) -> Markup | str:
    """A small drawing of what ``2020/21 14.1; 2021/22 19.8`` says, with that as its description.

    Years lie as far apart as they are; fewer than two values are no line.
    """
    points = [
        (int(at[:4]), float(at.split()[-1].replace(",", ""))) for at in text.split("; ") if at
    ]
    if len(points) < SHORTEST_LINE:
        return ""
    starts, values = zip(*points, strict=True)
    low, high = min(values), max(values)
    across = LINE_WIDTH / (starts[-1] - starts[0])
    up = LINE_HEIGHT / ((high - low) or 1)
    places = [
        f"{3 + (start - starts[0]) * across:.0f},{3 + (high - value) * up:.0f}"
        for start, value in points
    ]
    return render("blocks/trend_line.html.j2", said=text, path=places)


def _joined(texts: Sequence[str]) -> str:
    """``5.9 to 9.1``, or one marker where both limits have it."""
    return " to ".join({unmarked(text): text for text in texts}.values())
