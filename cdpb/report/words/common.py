"""Turns of phrase that every finding uses."""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import (
    count_text,
    interval_text,
    list_text,
    percent_decimals,
    percent_text,
    rate_text,
)
from cdpb.statistics.comparison import compare_measures
from cdpb.statistics.measure import Measure
from cdpb.statistics.trend import turning_point

# What a sentence is given beside its table, so that a type checker still sees it.
Named = ParamSpec("Named")


def of_rows(
    say: Callable[Concatenate[PublishedTable, Named], str],
) -> Callable[Concatenate[PublishedTable, Named], str]:
    """A sentence about a table's rows is empty where the table has none."""

    @wraps(say)
    def said(shown: PublishedTable, *args: Named.args, **named: Named.kwargs) -> str:
        only_published(shown)
        return say(shown, *args, **named) if len(shown) else ""

    return said


def rows_of(shown: PublishedTable, by: str = "") -> list[Any]:
    """Its rows, in the order of a column where one is named."""
    only_published(shown)
    return sorted(shown.rows(), key=lambda row: str(row[by])) if by else list(shown.rows())


def row_where(shown: PublishedTable, **equals: Any) -> Any:
    """The first row that shows these values, or None."""
    only_published(shown)
    return next(shown.where(**equals).rows(), None)


def years_text(rows: list[Any], value: str, text_of: Callable[[Any], str]) -> str:
    """``29% in 2009/10, 36% in 2014/15 and 27% in 2021/22``: the first year, the last, and a turn.

    The turn is the year that lies well beyond both, which two ends alone would hide.
    """
    known = [None if row[value] is MASKED else row[value] for row in rows]
    at = turning_point([math.nan if number is None else float(number) for number in known])
    chosen = [rows[0], *([] if at is None else [rows[at]]), rows[-1]]
    return list_text(dict.fromkeys(f"{text_of(row)} in {row['year']}" for row in chosen))


def ordinal(number: int) -> str:
    """``1st``, ``12th``, ``23rd``."""
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def value_text(measure: Measure) -> str:
    """The value alone: ``7.9`` or ``31%``; ``not available`` where there is none."""
    if measure.value is None:
        return "not available"
    if measure.unit.startswith("%"):
        return percent_text(measure.value, measure.denominator)
    return rate_text(measure.value)


def measured(measure: Measure) -> str:
    """``7.9 (6.4 to 9.6)``, ``31.1% (28.7% to 33.5%)``."""
    if not (measure.known and measure.has_interval):
        return value_text(measure)
    return f"{value_text(measure)} ({limits_text(measure)})"


def limits_text(measure: Measure) -> str:
    """``6.4 to 9.6``, with as many decimals as the value has."""
    if measure.unit.startswith("%"):
        decimals = percent_decimals(measure.denominator)
        return interval_text(measure.lower, measure.upper, decimals, "%")
    return interval_text(measure.lower, measure.upper)


def compared(measure: Measure, with_: Measure) -> str:
    """``lower than London's 4.1``; ``similar to England's 32.5%``."""
    how = {"higher": "higher than", "lower": "lower than", "similar": "similar to"}
    verdict = compare_measures(measure, with_)
    if verdict not in how:
        return f"not compared with {with_.label}"
    return f"{how[verdict]} {possessive(with_.label)} {value_text(with_)}"


def possessive(name: str) -> str:
    """``London's``, ``London wards'``."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def moved(before: float, after: float) -> str:
    """``rose from 71 to 75``, ``fell from 101 to 47``, ``stayed at 71``."""
    if before == after:
        return f"stayed at {count_text(after)}"
    return (
        f"{'rose' if after > before else 'fell'} from {count_text(before)} to {count_text(after)}"
    )


def sentence(text: str) -> str:
    """With a capital first and a full stop last."""
    text = " ".join(text.split())
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
