"""What a drawing of areas shows: ranked, on a map."""

import pandas as pd

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, list_text, rate_text
from cdpb.report.alt.common import MOST_NAMED, of_unit, row_text, sentences, withheld
from cdpb.report.charts.order import chart_rows, each, optional, ranked_rows, unit_of
from cdpb.statistics.measure import Measure


def alt_ranked(
    shown: PublishedTable,
    value: str = "rate_per_1000",
    label: str = "ward_name",
    key: str = "ward_code",
    lower: str = "lower",
    upper: str = "upper",
    *,
    focus: str | None = None,
    reference: Measure | None = None,
    unit: str = "",
    things: str = "wards",
) -> str:
    """The highest, the lowest, the focus and the comparator of a ranked chart.

    Parameters as `cdpb.report.charts.ranked`; ``things`` are what its rows are.
    """
    rows = chart_rows(shown, value=value, name=label, key=key, lower=lower, upper=upper)
    rows = ranked_rows(rows)
    known = rows[rows["value"].notna()]
    if known.empty:
        return ""
    top, last = next(each(known)), list(each(known))[-1]
    parts = [f"highest in {row_text(top)}", f"lowest in {row_text(last)}"]
    parts += [f"{row_text(row)}" for row in each(known[1:-1]) if row.key == focus]
    told = f"{count_text(len(known))} {things} ranked by {of_unit(unit or unit_of(shown, value))}: "
    return sentences(
        told + "; ".join(parts), _against(known, reference, things), withheld(rows, things)
    )


def _against(known: pd.DataFrame, reference: Measure | None, things: str) -> str:
    if reference is None or reference.value is None:
        return ""
    above = count_text((known["lower"] > reference.value).sum())
    below = count_text((known["upper"] < reference.value).sum())
    return (
        f"{reference.label}: {rate_text(reference.value)}; the interval lies wholly above it for "
        f"{above} of {count_text(len(known))} {things} and wholly below it for {below}"
    )


def alt_map(
    shown: PublishedTable,
    value: str = "rate_per_1000",
    label: str = "ward_name",
    key: str = "ward_code",
    comparison: str = "comparison",
    unstable: str = "unstable",
    *,
    focus: str | None = None,
    sites: pd.DataFrame | None = None,
    unit: str = "",
    things: str = "wards",
) -> str:
    """How many wards are in each class, which are high, and which one is named.

    Parameters as `cdpb.report.maps.ward_map`; ``things`` are what its areas are.
    """
    rows = chart_rows(
        shown, value=value, name=label, key=key, comparison=optional(shown, comparison),
        unstable=optional(shown, unstable),
    )  # fmt: skip
    rows = ranked_rows(rows)
    known = rows[rows["value"].notna()]
    if known.empty:
        return ""
    of = of_unit(unit or unit_of(shown, value))
    top = next(each(known))
    told = f"Map of {count_text(len(rows))} {things} by {of}: highest in {row_text(top)}"
    named = [f"{row_text(row)}, is outlined" for row in each(known) if row.key == focus != top.key]
    named += ["it is outlined"] * (top.key == focus)
    placed = [] if sites is None else list(sites["site"])
    marked = f"Marked: {list_text(placed)}" if placed else ""
    return sentences(
        "; ".join([told, *named]), *_classes(known, shown, comparison), _unstable(known), marked,
        withheld(rows, things),
    )  # fmt: skip


def _unstable(known: pd.DataFrame) -> str:
    """Which rates rest on few events, as the star on the map says."""
    few = list(known.loc[known["unstable"].eq(True), "name"]) if "unstable" in known else []
    which = list_text(few) if len(few) <= MOST_NAMED else count_text(len(few))
    return f"Fewer than 10 events, an unstable rate: {which}" if few else ""


def _classes(known: pd.DataFrame, shown: PublishedTable, comparison: str) -> list[str]:
    if "comparison" not in known:
        return []
    comparator = shown.columns[comparison].label.removeprefix("Compared with ")
    said = []
    for name in ("higher", "worse", "similar", "lower", "better"):
        of = list(known.loc[known["comparison"].eq(name), "name"])
        if of:
            which = list_text(of) if len(of) <= MOST_NAMED else count_text(len(of))
            said.append(f"{name} {'to' if name == 'similar' else 'than'} {comparator}: {which}")
    return ["; ".join(said)]


def alt_scatter(
    shown: PublishedTable,
    x: str,
    value: str,
    label: str = "ward_name",
    key: str = "ward_code",
    *,
    focus: str | None = None,
    unit: str = "",
    x_unit: str = "",
    things: str = "wards",
) -> str:
    """Where the highest and the lowest on either axis stand on the other, and the focus.

    Parameters as `cdpb.report.charts.scatter`; ``things`` are what its rows are.
    """
    across = chart_rows(shown, value=x, name=label, key=key)
    rows = chart_rows(shown, value=value, name=label, key=key).assign(x=across["value"])
    rows["across"] = across["text"]
    both = rows.dropna(subset=["value", "x"])
    if both.empty:
        return ""
    units = [of_unit(unit or unit_of(shown, value)), of_unit(x_unit or unit_of(shown, x))]
    ends = [both[name].agg(end) for name in ("x", "value") for end in ("idxmax", "idxmin")]
    own = list(both.index[both["key"].eq(str(focus))])
    told = [
        f"{row.name} {row.across} and {row.text}"
        for row in each(both.loc[[*dict.fromkeys(ends + own)]])
    ]
    return sentences(
        f"{count_text(len(both))} {things}, each by {units[1]} and {units[0]}: {'; '.join(told)}",
        f"Left out for want of a figure: {count_text(len(rows) - len(both))}"
        if len(rows) > len(both)
        else "",
    )
