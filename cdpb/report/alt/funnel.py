"""What a funnel shows."""

import pandas as pd

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, list_text, rate_text
from cdpb.report.alt.common import MOST_NAMED, of_unit, sentences, withheld
from cdpb.report.charts.order import chart_rows, each, unit_of
from cdpb.statistics.measure import Measure
from cdpb.statistics.outliers import NOT_COMPARED, VERDICTS, WITHIN


def alt_funnel(
    shown: PublishedTable,
    value: str = "rate_per_1000",
    label: str = "ward_name",
    key: str = "ward_code",
    plain: str = "plain_limits",
    widened: str = "widened_limits",
    *,
    reference: Measure,
    focus: str | None = None,
    unit: str = "",
    things: str = "wards",
) -> str:
    """Which areas lie beyond plain limits, which beyond widened ones, and the focus.

    Parameters as `cdpb.report.charts.draw_funnel`; ``things`` are what its rows are.
    """
    rows = chart_rows(shown, value=value, name=label, key=key, plain=plain, widened=widened)
    known = rows[rows["value"].notna()]
    if known.empty or reference.value is None:
        return ""
    told = (
        f"{count_text(len(known))} {things} by size and {of_unit(unit or unit_of(shown, value))}, "
        f"around {reference.label}, {rate_text(reference.value)}"
    )
    own = [
        f"{row.name}, {row.text}: plain limits, {row.plain}; widened limits, {row.widened}"
        for row in each(known[known["key"].eq(str(focus))])
    ]
    sides = (_beyond(known, name, f"{name} limits") for name in ("plain", "widened"))
    return sentences(told, *sides, *own, withheld(rows, things))


def _beyond(known: pd.DataFrame, column: str, called: str) -> str:
    """``Plain limits: higher (99.8%) Ash Hill; within 20``."""
    told = []
    for verdict in (*reversed(VERDICTS), NOT_COMPARED):
        of = sorted(known.loc[known[column].eq(verdict), "name"])
        if of:
            few = len(of) <= MOST_NAMED and verdict not in (WITHIN, NOT_COMPARED)
            told.append(f"{verdict} {list_text(of) if few else count_text(len(of))}")
    return f"{called}: {'; '.join(told)}"
