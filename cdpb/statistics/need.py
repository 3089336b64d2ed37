"""How many of the people in need are not in treatment."""

import re

import pandas as pd

from cdpb.errors import InputError
from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.intervals import Numbers, aligned
from cdpb.statistics.measure import Measure

MUST_AGREE = ("area_code", "ages", "definition")


def unmet_need(in_treatment: Measure, in_need: Measure, label: str = "") -> Measure:
    """The share of people in need who are not in treatment, in per cent.

    One less people in treatment over people estimated in need. The interval is that of the
    estimate, carried through: in treatment is a count, not a sample. Never below 0: an
    estimate below the count says nothing of people who don't exist.

    Parameters
    ----------
    in_treatment : Measure
        A count of people. What exactly was counted may stand in its ``note``.
    in_need : Measure
        An estimate of people, with or without its interval.
    label : str, optional
        What a reader calls it; the label of ``in_treatment`` otherwise.

    Returns
    -------
    Measure
        In per cent, with the years that lie between the two sides in its note.

    Raises
    ------
    InputError
        If the two don't both name the same area, ages and definition, or name different
        series.

    Examples
    --------
    >>> unmet_need(barnet_in_treatment, barnet_dependent).text
    '86.4%'
    """
    _refuse_unlike(in_treatment, in_need)
    found = _unmet(in_treatment.value, in_need.value, in_need.lower, in_need.upper).iloc[0]
    counted = f"; in treatment: {in_treatment.note}" if in_treatment.note else ""
    return Measure(
        value=found["percent"],
        lower=found["lower"],
        upper=found["upper"],
        numerator=in_treatment.value,
        denominator=in_need.value,
        unit="%",
        label=label or in_treatment.label,
        period=in_treatment.period,
        source=in_treatment.source,
        method="1 less in treatment over estimated in need, with the limits of the estimate",
        note=_gap(in_treatment.period, in_need.period),
        area_code=in_treatment.area_code,
        ages=in_treatment.ages,
        series=in_need.series or in_treatment.series,
        definition=f"not in treatment, {in_need.definition}{counted}",
        denominator_source=in_need.source,
        denominator_period=in_need.period,
    )


def with_unmet_need(
    table: pd.DataFrame, in_treatment: str = "people", in_need: str = "in_need"
) -> pd.DataFrame:
    """The same for every row of a table.

    Parameters
    ----------
    table : pandas.DataFrame
        People in treatment, people estimated in need, and that estimate's limits in
        ``<in_need>_lower`` and ``<in_need>_upper``, missing where it has none. Rows of one
        series only. Where ``ages`` and ``<in_need>_ages`` are given, they must agree.
    in_treatment, in_need : str
        The columns of the two.

    Returns
    -------
    pandas.DataFrame
        The table with ``percent``, ``lower`` and ``upper``, in per cent.

    Raises
    ------
    InputError
        If the rows are of more than one series of estimates, or of different ages.

    Examples
    --------
    >>> with_unmet_need(alcohol)[["area_name", "percent", "lower", "upper"]]
    """
    need_columns(table, in_treatment, in_need, f"{in_need}_lower", f"{in_need}_upper")
    if "series" in table and table["series"].nunique(dropna=False) > 1:
        raise InputError(
            "Two series of estimates stand in one table.",
            "They count in different ways. Keep one series, or make a table for each.",
        )
    if {"ages", f"{in_need}_ages"} <= set(table):
        unlike = table["ages"] != table[f"{in_need}_ages"]
        for _, row in table[unlike].head(1).iterrows():
            _refuse("ages", row["ages"], row[f"{in_need}_ages"])
    estimate = (table[f"{in_need}{suffix}"] for suffix in ("", "_lower", "_upper"))
    result = table.assign(**_unmet(table[in_treatment], *estimate))
    return passed_on(
        result, table, value="percent", unit="%", numerator=in_treatment, denominator=in_need
    )


def years_apart(period: str, other: str) -> int:
    """How many years lie between the beginnings of two periods, ``2021/22`` and ``2017/18``."""
    first, second = (re.search(r"\d{4}", text) for text in (period, other))
    if first is None or second is None:
        raise InputError(f"No year is named in {period!r} or in {other!r}.")
    return abs(int(first[0]) - int(second[0]))


def _unmet(treated: Numbers, need: Numbers, lower: Numbers, upper: Numbers) -> pd.DataFrame:
    people, estimate, least, most = aligned(treated, need, lower, upper)

    def share(of: pd.Series) -> pd.Series:
        return (100 * (1 - people / of.where(of > 0))).clip(lower=0)

    # A lower limit of nobody in need leaves no unmet need at all.
    none_in_need = share(least).where(~(least == 0) | people.isna(), 0.0)
    return pd.DataFrame({"percent": share(estimate), "lower": none_in_need, "upper": share(most)})


def _refuse_unlike(in_treatment: Measure, in_need: Measure) -> None:
    for name in MUST_AGREE:
        ours, theirs = getattr(in_treatment, name), getattr(in_need, name)
        if not ours or ours != theirs:
            _refuse(name, ours, theirs)
    if in_treatment.series and in_need.series and in_treatment.series != in_need.series:
        _refuse("series", in_treatment.series, in_need.series)


def _refuse(name: str, ours: str, theirs: str) -> None:
    raise InputError(
        f"Unmet need sets like against like, and the two sides differ in {name}.",
        f"In treatment: {ours or 'not given'}",
        f"In need: {theirs or 'not given'}",
        "Nothing was computed.",
    )


def _gap(period: str, other: str) -> str:
    if not years_apart(period, other):
        return ""
    apart = years_apart(period, other)
    years = "1 year" if apart == 1 else f"{apart} years"
    return f"in treatment {period}, estimate of need {other}: {years} apart"
