"""The base of all kinds of figure, and what they take from a published table: rows and phrases.

Every sentence is made from published values; what is withheld is counted, never described.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar, Self

import pandas as pd
from matplotlib.figure import Figure

from cdpb.disclosure.declared import TOTAL
from cdpb.disclosure.masked import MARKER
from cdpb.disclosure.published import NOT_AVAILABLE, PublishedTable, only_published
from cdpb.errors import InputError, closest, refuse_another_kind
from cdpb.numbers import capital, count_text, within_sentence
from cdpb.report.blocks import DrawnTwice
from cdpb.report.charts.canvas import Size, draw_twice

MOST_NAMED = 6
# Draws a figure at one of the two sizes.
Drawing = Callable[[Size], Figure]
MARKERS = {MARKER: "withheld", NOT_AVAILABLE: "not available"}
# What a column is called among the rows, where that is not its option.
NAMES = {"label": "name"}


@dataclass(frozen=True, kw_only=True)
class FigureKind:
    """A kind of figure with its options: columns of a published table, and how to show them.

    A kind says which rows it takes (`rows`), how they are drawn at a size (`drawing`) and what
    they show in words (`words`). Where no value is published there is neither.

    Attributes
    ----------
    name : str
        What ``finding.chart`` calls it.
    """

    name: ClassVar[str]
    # Its options that name columns: those that a table must have, and those that it may have.
    columns: ClassVar[Sequence[str]]
    may_have: ClassVar[Sequence[str]] = ()
    # Whether a time axis shows the area's events unless it is told otherwise.
    with_events: ClassVar[bool] = False

    @classmethod
    def of(cls, **options: Any) -> Self:
        """The kind with these options.

        Raises
        ------
        InputError
            If one is lacking, or there is no such option; with the closest.
        """
        known = {each.name: each.default is MISSING for each in fields(cls)}
        lacking = [option for option, needed in known.items() if needed and option not in options]
        if lacking:
            raise InputError(
                f"A figure of kind {cls.name!r} needs {lacking[0]!r}.",
                f"It has: {', '.join(known)}.",
            )
        strange = [option for option in options if option not in known]
        if strange:
            raise InputError(
                f"A figure of kind {cls.name!r} has no option {strange[0]!r}.",
                closest(strange[0], known),
            )
        for each in fields(cls):
            if each.name in options:
                what = f"A figure of kind {cls.name!r}: {each.name}"
                refuse_another_kind(what, each.name, each.type, options[each.name])
        return cls(**options)

    def draw(self, shown: PublishedTable, prefix: str = "figure") -> DrawnTwice | str | None:
        """The drawing, whose ids begin with ``prefix``; None when there is nothing to draw."""
        rows = self.rows(shown)
        drawing = self.drawing(shown, rows) if rows["value"].notna().any() else None
        return draw_twice(shown, drawing, prefix) if drawing else None

    def describe(self, shown: PublishedTable) -> str:
        """What the drawing shows, with numbers; nothing when no value is published."""
        rows = self.rows(shown)
        return self.words(shown, rows) if rows["value"].notna().any() else ""

    def rows(self, shown: PublishedTable) -> pd.DataFrame:
        """The rows that are drawn, as `chart_rows` has them.

        A column stands under its option's name; that of ``label`` is the row's ``name``.
        """
        named = {option: getattr(self, option) for option in self.columns}
        named |= {option: optional(shown, getattr(self, option)) for option in self.may_have}
        return chart_rows(shown, **{NAMES.get(each, each): named[each] for each in named})

    def drawing(self, shown: PublishedTable, rows: pd.DataFrame) -> Drawing | None:
        """What draws the rows at a size; None when they can't be drawn."""
        raise NotImplementedError

    def words(self, shown: PublishedTable, rows: pd.DataFrame) -> str:
        """The rows in sentences."""
        raise NotImplementedError

    def measured(self, shown: PublishedTable) -> str:
        """What is measured, for the line beneath the title; by default what the table says."""
        return getattr(self, "axis", "")

    def behind(self, shown: PublishedTable) -> dict[str, Any]:
        """How the table behind it is shown: ``focus``, ``columns`` and ``spread`` of `Anatomy`."""
        focus = getattr(self, "focus", None)
        return {"focus": focus} if focus else {}

    @property
    def lacks_focus(self) -> bool:
        """Whether it shows the focus ward alone, and none is named."""
        return False

    def called(self, rows: pd.DataFrame) -> str:
        """What its rows are, in words: as asked, else as the column of their keys says."""
        return getattr(self, "things", "") or _things_of(getattr(self, "key", ""), rows)


def _things_of(key: str, rows: pd.DataFrame) -> str:
    """``wards``, ``boroughs``; ``areas`` where London or England is among them."""
    if key == "ward_code":
        return "wards"
    wider = rows["key"].astype(str).str.startswith(("E12", "E92")).any()
    return "areas" if wider or key != "area_code" else "boroughs"


# Rows -----------------------------------------------------------------------------


def chart_rows(shown: PublishedTable, **named: str | None) -> pd.DataFrame:
    """The table's rows under a chart's own names, rows of totals left out.

    ``named`` gives the table's column for each of the chart's names; None leaves it out. Beside
    them stand ``text``, the column called ``value`` as a reader sees it, ``[c]`` where it is
    masked, and ``interval``: ``5.9 to 9.1``, or nothing without both limits. Masked and missing
    values are missing.
    """
    only_published(shown)
    frame = shown.to_frame(gaps=True)
    wanted = {ours: theirs for ours, theirs in named.items() if theirs}
    absent = [theirs for theirs in wanted.values() if theirs not in frame]
    if absent:
        raise InputError(
            f"Table {shown.id} can't be drawn: it has no column {absent[0]!r}.",
            closest(absent[0], frame.columns),
        )
    rows = pd.DataFrame({ours: frame[theirs] for ours, theirs in wanted.items()})
    for name in rows.columns.intersection(["value", "lower", "upper"]):
        rows[name] = rows[name].astype("float64")
    texts = shown.markers()
    sign = "%" if shown.columns[wanted["value"]].unit == "%" else ""
    rows["text"] = texts[wanted["value"]] + rows["value"].notna().map({True: sign, False: ""})
    rows["interval"] = _intervals(texts, wanted, rows)
    if "rank" in rows:
        rows["rank"] = texts[wanted["rank"]].where(rows["rank"].notna())
    totals = frame[list(shown.totals)].isin([TOTAL]).any(axis=1)
    return rows[~totals].reset_index(drop=True)


def optional(shown: PublishedTable, column: str) -> str | None:
    """The column's name if the table has it."""
    only_published(shown)
    return column if column in shown.columns else None


def ranked_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """From the highest value to the lowest; those without one last, in the order of names.

    Ties stand by name too, so that a place tells nothing but what is published.
    """
    return rows.sort_values(
        ["value", "name"], ascending=[False, True], na_position="last", ignore_index=True
    )


def iter_rows(rows: pd.DataFrame) -> Iterator[Any]:
    """The rows one by one, with a column's name for an attribute."""
    return iter(rows.itertuples(index=False))


def in_first_order(values: pd.Series) -> list[Any]:
    """The distinct values, in the order in which they first stand in the table."""
    return list(dict.fromkeys(values))


def unit_of(shown: PublishedTable, column: str, asked: str = "") -> str:
    """What stands at the axis: what was asked for, the column's unit, or at last its label."""
    only_published(shown)
    declared = shown.columns[column]
    return asked or (declared.label if declared.unit in ("", "%") else declared.unit)


def _intervals(texts: pd.DataFrame, wanted: dict[str, str], rows: pd.DataFrame) -> Any:
    if not {"lower", "upper"} <= set(rows.columns):
        return ""
    both = texts[wanted["lower"]] + " to " + texts[wanted["upper"]]
    return both.where(rows["lower"].notna() & rows["upper"].notna(), "")


# In words -------------------------------------------------------------------------


def row_text(row: Any) -> str:
    """``Colindale North, 7.9 (6.4 to 9.6)``."""
    return f"{row.name}, {number_of_row(row)}"


def number_of_row(row: Any) -> str:
    """``7.9 (6.4 to 9.6)``, or the marker."""
    interval = getattr(row, "interval", "")
    return f"{row.text} ({interval})" if interval else spoken(row.text)


def spoken(text: str) -> str:
    """A value, or its marker in a word."""
    return MARKERS.get(text, str(text))


def of_unit(unit: str) -> str:
    """A unit in the middle of a sentence: ``offences per 1,000 residents``."""
    return f"rate {unit}" if unit.startswith("per ") else within_sentence(unit)


def withheld(rows: pd.DataFrame, things: str) -> str:
    """How many have no figure, and never which."""
    hidden = rows["value"].isna().sum()
    of = f"{count_text(hidden)} of {count_text(len(rows))} {things}"
    return f"No figure is shown for {of}" if hidden else ""


def sentences(*parts: str) -> str:
    """Each part with a capital and a full stop; empty parts left out."""
    return " ".join(f"{capital(part)}." for part in parts if part)


def described_by_category(rows: pd.DataFrame, unit: str) -> str:
    """Each category's values with their intervals, each under its group's name if it has one."""
    parts = []
    for name, of in rows.groupby("category", sort=False):
        groups = [f"{group} " for group in of["group"]] if "group" in of else [""] * len(of)
        numbers = [
            group + number_of_row(row) for group, row in zip(groups, iter_rows(of), strict=True)
        ]
        parts.append(f"{name}: {', '.join(numbers)}")
    return sentences(f"{capital(of_unit(unit))}: {'; '.join(parts)}")
