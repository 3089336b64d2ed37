"""What a drawing shows, in words with numbers, for whoever can't see it.

Every sentence is made from published values; what is withheld is counted, never described.
"""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from cdpb.disclosure.masked import MARKER
from cdpb.disclosure.published import NOT_AVAILABLE, PublishedTable
from cdpb.numbers import count_text, list_text, rate_text
from cdpb.periods import month_name
from cdpb.report.charts.order import (
    capital,
    each,
    in_first_order,
    optional,
    ranked_rows,
    rows_of,
    unit_of,
)
from cdpb.statistics.measure import Measure

MOST_NAMED = 6
MARKERS = {MARKER: "withheld", NOT_AVAILABLE: "not available"}


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
    rows = rows_of(shown, value=value, name=label, key=key, lower=lower, upper=upper)
    rows = ranked_rows(rows)
    known = rows[rows["value"].notna()]
    if known.empty:
        return ""
    top, last = next(each(known)), list(each(known))[-1]
    parts = [f"highest in {_said(top)}", f"lowest in {_said(last)}"]
    parts += [f"{_said(row)}" for row in each(known[1:-1]) if row.key == focus]
    told = f"{count_text(len(known))} {things} ranked by {_of(unit or unit_of(shown, value))}: "
    return _sentences(
        told + "; ".join(parts), _against(known, reference, things), _withheld(rows, things)
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
    *,
    focus: str | None = None,
    sites: pd.DataFrame | None = None,
    unit: str = "",
    things: str = "wards",
) -> str:
    """How many wards are in each class, which are high, and which one is named.

    Parameters as `cdpb.report.maps.ward_map`; ``things`` are what its areas are.
    """
    rows = rows_of(shown, value=value, name=label, key=key, comparison=optional(shown, comparison))
    rows = ranked_rows(rows)
    known = rows[rows["value"].notna()]
    if known.empty:
        return ""
    of = _of(unit or unit_of(shown, value))
    top = next(each(known))
    told = f"Map of {count_text(len(rows))} {things} by {of}: highest in {_said(top)}"
    named = [f"{_said(row)}, is outlined" for row in each(known) if row.key == focus != top.key]
    named += ["it is outlined"] * (top.key == focus)
    placed = [] if sites is None else list(sites["site"])
    marked = f"Marked: {list_text(placed)}" if placed else ""
    return _sentences(
        "; ".join([told, *named]), *_classes(known, shown, comparison), marked,
        _withheld(rows, things),
    )  # fmt: skip


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


def alt_months(
    shown: PublishedTable,
    value: str = "offences",
    month: str = "month",
    series: str | None = "offence",
    panel: str | None = None,
    *,
    events: Iterable[Any] = (),
) -> str:
    """The span of months, and of each panel its least, its most and its last month.

    Parameters as `cdpb.report.charts.months`.
    """
    rows = rows_of(shown, value=value, x=month, series=series, panel=panel)
    known = rows[rows["value"].notna()]
    if known.empty:
        return ""
    rows["x"] = pd.PeriodIndex(rows["x"].astype(str), freq="M")
    first, last = rows["x"].min(), rows["x"].max()
    names = [name for name in ("panel", "series") if name in rows]
    parts = [
        _span(of, ": ".join(str(of[name].iloc[0]) for name in names))
        for _, of in (rows.groupby(names, sort=False) if names else [("", rows)])
    ]
    drawn = [event.label for event in events if first <= _month(event.date) <= last]
    marked = f"Dates marked: {list_text(drawn)}" if drawn else ""
    told = f"Columns by month, {month_name(first)} to {month_name(last)}"
    return _sentences(told, *parts, marked, _withheld(rows, "columns"))


def _span(of: pd.DataFrame, name: str) -> str:
    known = list(each(of.dropna(subset=["value"]).sort_values("x")))
    if not known:
        return ""
    least, most = (choose(known, key=lambda row: row.value) for choose in (min, max))
    told = [
        f"{word} {row.text} ({month_name(row.x)})"
        for word, row in (("lowest", least), ("highest", most), ("latest", known[-1]))
    ]
    return f"{name}: {', '.join(told)}" if name else ", ".join(told)


def _month(when: Any) -> pd.Period:
    return pd.Period(str(when)[:7], freq="M")


def alt_series(
    shown: PublishedTable,
    value: str = "percent",
    x: str = "year",
    group: str = "area_name",
    lower: str = "lower",
    upper: str = "upper",
    *,
    unit: str = "",
) -> str:
    """Where each line starts and ends, with the last year's interval.

    Parameters as `cdpb.report.charts.series_with_intervals`.
    """
    rows = rows_of(
        shown, value=value, x=x, group=group,
        lower=optional(shown, lower), upper=optional(shown, upper),
    ).sort_values("x", kind="stable")  # fmt: skip
    if rows["value"].isna().all():
        return ""
    parts = []
    for name, of in rows.groupby("group", sort=False):
        known = list(each(of.dropna(subset=["value"])))
        if known:
            start, end = known[0], known[-1]
            parts.append(f"{name} {start.text} in {start.x} and {_number(end)} in {end.x}")
    told = f"Lines over the years, {_of(unit or unit_of(shown, value))}: {'; '.join(parts)}"
    return _sentences(told, _withheld(rows, "points"))


def alt_dots(
    shown: PublishedTable,
    value: str = "percent",
    category: str = "substance_group",
    group: str | None = "area_name",
    lower: str = "lower",
    upper: str = "upper",
    *,
    unit: str = "",
) -> str:
    """Each category with each area's value and interval.

    Parameters as `cdpb.report.charts.dots_with_intervals`; also for `need_bar`, whose
    category is the area.
    """
    rows = rows_of(
        shown, value=value, category=category, group=group,
        lower=optional(shown, lower), upper=optional(shown, upper),
    )  # fmt: skip
    if rows["value"].isna().all():
        return ""
    parts = []
    for name, of in rows.groupby("category", sort=False):
        told = [f"{row.group} {_number(row)}" if group else _number(row) for row in each(of)]
        parts.append(f"{name}: {', '.join(told)}")
    return _sentences(f"{capital(_of(unit or unit_of(shown, value)))}: {'; '.join(parts)}")


def alt_multiples(
    shown: PublishedTable,
    value: str = "offences",
    panel: str = "ward_name",
    x: str = "year",
    series: str = "offence",
) -> str:
    """Each panel's numbers year by year. Parameters as `cdpb.report.charts.small_multiples`."""
    rows = rows_of(shown, value=value, panel=panel, x=x, series=series)
    if rows["value"].isna().all():
        return ""
    rows = rows.sort_values("x", kind="stable")
    years = in_first_order(rows["x"])
    parts = []
    for name in in_first_order(rows_of(shown, value=value, panel=panel)["panel"]):
        of = rows[rows["panel"].eq(name)].groupby("series", sort=False)["text"]
        told = [f"{kind} {list_text(_spoken(text) for text in texts)}" for kind, texts in of]
        parts.append(f"{name}: {', '.join(told)}")
    return _sentences(f"Columns for {list_text([str(year) for year in years])}", "; ".join(parts))


def alt_pairs(
    shown: PublishedTable,
    value: str = "offences",
    label: str = "ward_name",
    series: str = "offence",
    key: str = "ward_code",
    *,
    focus: str | None = None,
    things: str = "wards",
) -> str:
    """The highest of each series, and the focus. Parameters as `cdpb.report.charts.pairs`."""
    rows = rows_of(shown, value=value, name=label, series=series, key=key)
    known = rows[rows["value"].notna()]
    if known.empty:
        return ""
    tops = []
    for kind, of in known.groupby("series", sort=False):
        top = next(each(ranked_rows(of)))
        tops.append(f"{kind} is highest in {top.name}, {top.text}")
    of = rows[rows["key"].eq(str(focus))]
    own = list_text([f"{row.series} {_spoken(row.text)}" for row in each(of)])
    named = [f"in {of['name'].iloc[0]}, {own}"] if len(of) else []
    areas = count_text(rows["key"].nunique())
    return _sentences(f"{areas} {things}: {'; '.join([*tops, *named])}", _withheld(rows, "figures"))


def _said(row: Any) -> str:
    return f"{row.name}, {_number(row)}"


def _number(row: Any) -> str:
    """``7.9 (6.4 to 9.6)``, or the marker."""
    interval = getattr(row, "interval", "")
    return f"{row.text} ({interval})" if interval else _spoken(row.text)


def _spoken(text: str) -> str:
    return MARKERS.get(text, str(text))


def _of(unit: str) -> str:
    """A unit in the middle of a sentence: ``offences per 1,000 residents``."""
    return f"rate {unit}" if unit.startswith("per ") else unit[:1].lower() + unit[1:]


def _withheld(rows: pd.DataFrame, things: str) -> str:
    hidden = rows["value"].isna().sum()
    of = f"{count_text(hidden)} of {count_text(len(rows))} {things}"
    return f"No figure is shown for {of}" if hidden else ""


def _sentences(*parts: str) -> str:
    return " ".join(f"{capital(part)}." for part in parts if part)
