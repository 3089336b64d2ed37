"""Breaks in a source's series: which of them part two years, and what they keep from a test."""

import re
from dataclasses import replace

from cdpb import catalogue
from cdpb.disclosure.published import PublishedTable
from cdpb.findings.trace import Taken
from cdpb.periods import FinancialYear, month_name
from cdpb.sources import SeriesBreak
from cdpb.statistics.part_tests import NOT_CHECKED, PartResult
from cdpb.statistics.trend import crossed_breaks

SERIES_BREAK = "series break"
# A change here divided by the change elsewhere: both sides changed their system together.
AGAINST_ELSEWHERE = "relative_ratio"


def breaks_between(source_id: str, then: str | None, now: str | None) -> list[SeriesBreak]:
    """The breaks of a source's series that part two financial years.

    A break within the later year parts it from the earlier, and one within the earlier year
    parts that from the later.
    """
    if source_id not in catalogue.sources() or not (_is_year(then) and _is_year(now)):
        return []
    declared = catalogue.source(source_id).series_breaks
    crossed = crossed_breaks(str(then), str(now), declared)
    return [parting for parting in declared if parting in crossed]


def is_within(parting: SeriesBreak, year: str | None) -> bool:
    """Whether a break lies inside a financial year, so that its months are not all alike."""
    if not (parting.month and _is_year(year)):
        return False
    after_the_first = FinancialYear.parse(str(year)).months[1:]
    return any(str(month) == parting.month for month in after_the_first)


def series_break_text(parting: SeriesBreak) -> str:
    """``series break in February 2024 (CONNECT, a new recording system)``."""
    when = month_name(parting.month) if parting.month else parting.year
    return f"{SERIES_BREAK} in {when} ({parting.label})"


def refused_across(result: PartResult, shown: PublishedTable, taken: Taken) -> PartResult:
    """A part that compares a place's own level in two years isn't checked across a break.

    The break becomes the reason, with the figures as recorded. A comparison with elsewhere by the
    same system stays: a change divided by the change elsewhere, or a comparator that changed over
    the same two years. ``taken`` is the cell of ``shown`` that the measure came from.
    """
    years = _years_compared(shown, taken)
    own = taken.column != AGAINST_ELSEWHERE and result.comparator_measure is None
    if not (result.checked and result.measure and years and own):
        return result
    found = [parting for id in shown.source_ids for parting in breaks_between(id, *years)]
    if not found:
        return result
    counted = f"{result.measure.label} {result.measure.text} ({result.measure.limits_text})"
    reason = (
        f"{series_break_text(found[0])}: {years[0]} and {years[1]} are not counted alike; "
        f"as counted, {counted}"
    )
    return replace(result, outcome=NOT_CHECKED, reason=reason)


def _years_compared(shown: PublishedTable, taken: Taken) -> tuple[str, str] | None:
    """The year before and the year of a row that holds a change; None of any other row."""
    if "previous_year" not in shown.columns:
        return None
    row = next(shown.where(**dict(taken.where)).rows(), None)
    if row is None or not _is_year(str(row["previous_year"])):
        return None
    before = FinancialYear.parse(str(row["previous_year"]))
    after = row["year"] if "year" in shown.columns else FinancialYear(before.start + 1)
    return str(before), str(after)


def _is_year(text: str | None) -> bool:
    return bool(text and re.fullmatch(r"\d{4}/\d{2}", text))
