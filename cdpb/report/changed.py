"""What changed since the year before, both years by today's method."""

from collections.abc import Sequence
from dataclasses import asdict

from cdpb.findings import FindingRecord, KeyFigure
from cdpb.report.measures import measure_text
from cdpb.statistics.measure import Measure


def verdict_moved(finding: FindingRecord) -> str:
    """Today's verdict beside that of the year before; empty where there is none to compare."""
    now, before = finding.answer, finding.answer_before
    if now is None or before is None or not (now.as_of and before.as_of):
        return ""
    if now.outcome == before.outcome:
        return (
            f"by the same tests the verdict on data for {before.as_of} was the same as on data for "
            f"{now.as_of}: {now.outcome}"
        )
    return (
        f"by the same tests the verdict was {before.outcome} on data for {before.as_of} and is "
        f"{now.outcome} on data for {now.as_of}"
    )


def figures_moved(figures: Sequence[tuple[KeyFigure, Measure]]) -> list[dict[str, str]]:
    """Rows of the table: each key figure a year before and now, with its intervals."""
    return [_row(figure, then) for figure, then in figures]


def _row(figure: KeyFigure, then: Measure) -> dict[str, str]:
    now = figure.taken or figure.measure
    return {
        "label": figure.label,
        "before": f"{measure_text(asdict(then))}, {then.period}",
        "now": f"{measure_text(asdict(now))}, {now.period}",
        "change": _change(then, now),
    }


def _change(then: Measure, now: Measure) -> str:
    """Which way it moved; that the intervals are apart, where they are. Not a test."""
    if then.value is None or now.value is None or then.value == now.value:
        return "unchanged" if then.value == now.value else ""
    way = "up" if now.value > then.value else "down"
    if None in (then.lower, then.upper, now.lower, now.upper):
        return way
    apart = now.lower > then.upper or now.upper < then.lower  # type: ignore[operator]
    return f"{way}, intervals apart" if apart else f"{way}, intervals overlap"
