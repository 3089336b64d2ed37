"""Turns of phrase that findings share: values, shares and changes in words."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.marks import unmarked
from cdpb.numbers import (
    capital,
    count_text,
    interval_text,
    list_text,
    percent_decimals,
    percent_sign,
    percent_text,
    rounded_text,
)
from cdpb.periods import month_name
from cdpb.statistics.comparison import compare_measures
from cdpb.statistics.measure import Measure
from cdpb.statistics.trend import points_told

WITHHELD = "a number withheld to protect people"
# Columns of the people that a share is of.
STARTED, ADULTS = "started", "adults"
SIDES = {"higher": "higher than", "similar": "similar to", "lower": "lower than"}
GROUP_NAMES = {
    "opiate": "opiates",
    "non-opiate only": "non-opiates only",
    "alcohol only": "alcohol only",
    "non-opiate & alcohol": "non-opiates and alcohol",
}
LARGER = {"higher": "a larger share than", "lower": "a smaller share than"}
# What a sentence is given beside its table, so that a type checker still sees it.
Named = ParamSpec("Named")


def of_rows(
    say: Callable[Concatenate[PublishedTable, Named], str],
) -> Callable[Concatenate[PublishedTable, Named], str]:
    """A sentence about a table's rows is empty where the table has none."""

    @wraps(say)
    def or_nothing(shown: PublishedTable, *args: Named.args, **named: Named.kwargs) -> str:
        only_published(shown)
        return say(shown, *args, **named) if len(shown) else ""

    return or_nothing


def rows_of(shown: PublishedTable, by: str = "") -> list[Any]:
    """Its rows, in the order of a column where one is named."""
    only_published(shown)
    return sorted(shown.rows(), key=lambda row: str(row[by])) if by else list(shown.rows())


def row_where(shown: PublishedTable, **equals: Any) -> Any:
    """The first row that shows these values, or None."""
    only_published(shown)
    return next(shown.where(**equals).rows(), None)


# Words and single values ---------------------------------------------------------------


def sentence(text: str) -> str:
    """With a capital first and a full stop last."""
    text = " ".join(text.split())
    return capital(text) + ("" if text.endswith((".", "?", "!")) else ".")


def possessive(name: str) -> str:
    """``London's``, ``London wards'``, ``Tower Hamlets'``, ``St Helens'``."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def moved(before: float, after: float) -> str:
    """``rose from 71 to 75``, ``fell from 101 to 47``, ``stayed at 71``."""
    if before == after:
        return f"stayed at {count_text(after)}"
    side = "rose" if after > before else "fell"
    return f"{side} from {count_text(before)} to {count_text(after)}"


def with_limits(value: Any, lower: Any, upper: Any, decimals: int = 2) -> str:
    """``0.97 (0.86 to 1.09)``; the value alone where it has no limits."""
    limits = "" if lower is None or upper is None else interval_text(lower, upper, decimals)
    return rounded_text(value, decimals) + (f" ({limits})" if limits else "")


def out_of(part: float | None, whole: float | None) -> str:
    """``204 of 415``."""
    counts = (count_text(0 if count is None else count) for count in (part, whole))
    return " of ".join(counts)


def sides_text(sides: Sequence[Any]) -> str:
    """``3 higher, 12 similar and 9 lower``, of those that are shown."""
    shown = [each for each in sides if isinstance(each, str)]
    return list_text(f"{count_text(shown.count(each))} {each}" for each in SIDES)


def more_or_fewer(percent: float) -> str:
    """``44% more``, ``12% fewer``."""
    return f"{rounded_text(abs(percent))}% {'more' if percent > 0 else 'fewer'}"


def people_text(row: Any, column: str = "people") -> str:
    """The people (or events) of a row; in words where they are withheld."""
    if row[column] is MASKED:
        return WITHHELD
    return "an unknown number of" if row[column] is None else count_text(row[column])


def share_text(row: Any, of: str = STARTED) -> str:
    """``36%``, with the decimals that so many people (in the column ``of``) can bear."""
    return percent_text(row["percent"], row[of])


def share_and_limits(row: Any, of: str = STARTED) -> str:
    """``36% (31% to 41%)``, with the decimals of `share_text`."""
    limits = interval_text(row["lower"], row["upper"], percent_decimals(row[of]), "%")
    return f"{share_text(row, of)} ({limits})"


def value_text(measure: Measure) -> str:
    """The value alone: ``7.9`` or ``31%``; ``not available`` where there is none."""
    if measure.value is None:
        return "not available"
    return rounded_text(measure.value, measure.decimals) + percent_sign(measure.unit)


def measured(measure: Measure) -> str:
    """``7.9 (6.4 to 9.6)``, ``31.1% (28.7% to 33.5%)``."""
    if not (measure.known and measure.has_interval):
        return value_text(measure)
    sign = percent_sign(measure.unit)
    limits = interval_text(measure.lower, measure.upper, measure.decimals, sign)
    return f"{value_text(measure)} ({limits})"


def compared(measure: Measure, with_: Measure) -> str:
    """``lower than London's 4.1``; ``similar to England's 32.5%``."""
    verdict = compare_measures(measure, with_)
    if verdict not in SIDES:
        return f"not compared with {with_.label}"
    return f"{SIDES[verdict]} {possessive(with_.label)} {value_text(with_)}"


def share_compared(measure: Measure, with_: Measure) -> str:
    """``a smaller share than the 31%``; ``a share similar to the 31%``."""
    how = LARGER.get(compare_measures(measure, with_), "a share similar to")
    return f"{how} the {value_text(with_)}"


# Rows over the years, and beside each other ----------------------------------------------


def years_text(rows: list[Any], value: str, text_of: Callable[[Any], str], by: str = "year") -> str:
    """``29% in 2009/10, 36% in 2014/15 and 27% in 2021/22``: the first year, the last, and a turn.

    The turn is the year that lies well beyond both, which two ends alone would hide.
    """
    known = [None if row[value] is MASKED else row[value] for row in rows]
    numbers = [math.nan if number is None else float(number) for number in known]
    told = points_told(numbers, [str(row[by]) for row in rows])
    return list_text(f"{text_of(rows[at])} in {year}" for at, year in told.items())


def counted_over_years(shown: PublishedTable, column: str = "people") -> str:
    """`years_text` of people, from a table with one row per year."""
    return years_text(rows_of(shown, by="year"), column, lambda row: people_text(row, column))


def share_over_years(shown: PublishedTable, of: str = STARTED) -> str:
    """`years_text` of a share, from a table with one row per year."""
    return years_text(rows_of(shown, by="year"), "percent", lambda row: share_text(row, of))


def each_over_years(
    shown: PublishedTable, by: str, labels: Iterable[str], of: str = STARTED
) -> str:
    """`share_over_years` of each label of a column that has a row, one after the other."""
    return _of_each(shown, by, labels, lambda own: share_over_years(own, of))


def places_over_years(
    shown: PublishedTable, area: str, place: str, value: str, decimals: int, by: str = "year"
) -> str:
    """`years_text` of a rate, place after place (in the column ``place``), the area's own first."""
    names = [area, *(str(row[place]) for row in rows_of(shown))]

    def tell(own: PublishedTable) -> str:
        rows = rows_of(own, by)
        return years_text(rows, value, lambda row: rounded_text(row[value], decimals), by)

    return _of_each(shown, place, names, tell)


def _of_each(
    shown: PublishedTable, by: str, labels: Iterable[str], tell: Callable[[PublishedTable], str]
) -> str:
    only_published(shown)
    groups = {label: shown.where(**{by: label}) for label in labels}
    return "; ".join(f"{name} {tell(own)}" for name, own in groups.items() if len(own))


def first_and_last(months: PublishedTable) -> str:
    """``70 in the twelve months to November 2022 and 95 in those to March 2024``.

    Of months that are counted alike.
    """
    rows = rows_of(months, by="month")
    if "methodology" in months.columns:
        rows = [row for row in rows if row["methodology"] == rows[-1]["methodology"]]
    ends = [(people_text(row), month_name(row["month"])) for row in (rows[0], rows[-1])]
    (first, begun), (last, ended) = ends
    told = f"{first} in the twelve months to {begun}"
    return told if begun == ended else f"{told} and {last} in those to {ended}"


def year_before(months: PublishedTable) -> tuple[Any, Any]:
    """The latest month's row, and that of a year before if it was counted alike; else None."""
    last = next(reversed(rows_of(months, by="month")), None)
    if last is None:
        return None, None
    before = row_where(months, month=last["month"] - 12)
    if before is None or before.get("methodology") != last.get("methodology"):
        return last, None
    return last, before


def range_text(groups: PublishedTable) -> str:
    """``from 23% (opiate) to 36% (alcohol only)``: the least and the largest share of a group."""
    parts = [row for row in rows_of(groups) if row["substance_group"] != "total"]
    ends = [f"{share_text(row)} ({_group(row)})" for row in _least_and_most(parts)]
    return f"from {' to '.join(ends)}"


def shares_run(groups: PublishedTable) -> str:
    """``runs from 23% for opiates to 36% for alcohol``; ``is 23% for opiates`` of one group."""
    ends = [
        f"{share_text(row, ADULTS)} for {_group(row)}" for row in _least_and_most(rows_of(groups))
    ]
    return f"is {ends[0]}" if len(groups) == 1 else f"runs from {' to '.join(ends)}"


def _group(row: Any) -> str:
    return GROUP_NAMES.get(row["substance_group"], str(row["substance_group"]))


def _least_and_most(rows: Iterable[Any]) -> tuple[Any, Any]:
    order = sorted(rows, key=lambda row: row["percent"])
    return order[0], order[-1]


@dataclass(frozen=True)
class TwoYears:
    """The rows of the two latest years of a table."""

    before: Any
    after: Any

    def moved(self, column: str) -> str:
        """``rose from 71 to 75``."""
        return moved(self.before[column], self.after[column])

    def shares(self, of: str = STARTED) -> str:
        """``from 31% to 36%``."""
        return f"from {share_text(self.before, of)} to {share_text(self.after, of)}"


def change_sentence(years: PublishedTable, tell: Callable[[TwoYears], str]) -> str:
    """What to tell of the two latest years of a table with one row per year; empty of one year."""
    rows = rows_of(years, by="year")
    if len(rows) < 2:
        return ""
    before, after = rows[-2:]
    return sentence(f"From {before['year']} to {after['year']} {tell(TwoYears(before, after))}")


def starters_changed(years: PublishedTable, who: str, count: str) -> str:
    """How many started treatment so, and their share of all who started, since the year before."""
    return change_sentence(
        years, lambda two: f"{who} {two.moved(count)}, {two.shares()} of those who started"
    )


def rounding_text(row: Any) -> str:
    """Where a publisher's rounding to 5 puts a share: ``anywhere from 23.1% to 24.9%``.

    With the decimals of `share_text`, which may leave one number.
    """
    decimals = percent_decimals(row.get(STARTED))
    ends = [rounded_text(row[each], decimals) for each in ("lowest_percent", "highest_percent")]
    if unmarked(ends[0]) == unmarked(ends[1]):
        return f"at {ends[0]}%, whichever way they were rounded"
    return f"anywhere from {'% to '.join(ends)}%"


def rounding_caveat(shown: PublishedTable, rounded: str, **where: Any) -> str:
    """How far the share of a row is left open where the counts it is made of are ``rounded``."""
    row = row_where(shown, **where)
    if row is None:
        return ""
    return sentence(
        f"{rounded} to the nearest 5, which by itself puts the share of "
        f"{percent_text(row['percent'])} {rounding_text(row)}"
    )


def starters_rounding(row: Any, area: str, share: str, parts: str) -> str:
    """What the publisher's rounding to 5 leaves open of a share of those who started."""
    return sentence(
        f"The publisher rounds {possessive(area)} counts to the nearest 5, which by itself puts "
        f"the share {share} {rounding_text(row)}; a printed 0 means 0 to 2, and "
        f"{parts} need not add up to all who started"
    )
