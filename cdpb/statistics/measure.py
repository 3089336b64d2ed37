"""One number with all that is needed to compare it, draw it and say it."""

from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

import pandas as pd

from cdpb.errors import InputError, verb
from cdpb.marks import cell_of
from cdpb.numbers import CHANGE, RATIO, change_text, decimals_of, interval_text, rounded_text
from cdpb.statistics.about import (
    counted_as,
    definition_of,
    need_columns,
    passed_on,
    period_of,
    single,
    source_of,
)

# Why a measure has no value although its row is there: said alike wherever it is missing.
HIDDEN = "hidden, so that no small count can be worked out"


@dataclass(frozen=True)
class Measure:
    """A value, its interval, what it was made of, and where and when.

    Attributes
    ----------
    value, lower, upper, numerator, denominator : float or None
        None where not known. Percentages are in per cent.
    unit : str
        ``per 1,000 residents``, ``%``, ``people``.
    label : str
        What a reader calls it: ``Colindale North``, ``London wards``.
    period : str
        ``2023/24``.
    source : str
        The source of the numerator, which anything it is compared with must share.
    method : str
        How value and interval were made.
    note : str
        What a reader must know beside the value.
    area_code, ages, series, definition : str
        Which people or events in which place; empty where it isn't known.
    denominator_source, denominator_period : str
        Where they differ from the numerator's.
    unstable : bool
        Whether it rests on fewer than 10 events.
    p_value : float or None
        Of a test against no difference, where one was made.
    numerator_label, denominator_label : str
        What the two counts count: ``offences``, ``residents``.
    made_for : str
        The finding of the assessment that took it from its table; empty where it was computed.
        It says nothing of the value, so it is neither compared nor recorded.
    """

    value: float | None
    lower: float | None
    upper: float | None
    numerator: float | None
    denominator: float | None
    unit: str
    label: str
    period: str
    source: str
    method: str
    note: str = ""
    area_code: str = ""
    ages: str = ""
    series: str = ""
    definition: str = ""
    denominator_source: str = ""
    denominator_period: str = ""
    unstable: bool = False
    p_value: float | None = None
    numerator_label: str = ""
    denominator_label: str = ""
    made_for: str = field(default="", compare=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("value", "lower", "upper", "numerator", "denominator", "p_value"):
            object.__setattr__(self, name, _known_or_none(getattr(self, name)))
        if self.has_interval and not self.lower <= self.upper:  # type: ignore[operator]
            raise InputError(f"{self.label}: the lower limit lies above the upper one.")

    @classmethod
    def missing(cls, label: str, about: Any, period: str, note: str = "") -> "Measure":
        """One without a value; ``about`` has the unit, source and method of those that have one."""
        unit, source, method = (str(about.get(name, "")) for name in ("unit", "source", "method"))
        return cls(None, None, None, None, None, unit, label, period, source, method, note)

    @property
    def known(self) -> bool:
        """Whether there is a value at all."""
        return self.value is not None

    @property
    def has_interval(self) -> bool:
        """Whether both limits are there, so that it can be compared."""
        return self.lower is not None and self.upper is not None

    @property
    def made_of(self) -> list[tuple[str, str]]:
        """The sources it was made of, each with the period of its data where that is known."""
        below = (self.denominator_source, self.denominator_period)
        return [(self.source, self.period), *([below] if self.denominator_source else [])]

    @property
    def decimals(self) -> int:
        """To how many places a reader is shown it."""
        return decimals_of(self.unit, self.denominator, self.value)

    @property
    def text(self) -> str:
        """``7.9 per 1,000 residents``, ``31.1%``, ``0.63``; refuses where not known."""
        if self.unit == CHANGE and self.value is not None:
            return change_text(self.value)
        return self.in_unit(rounded_text(self.value, self.decimals))

    def in_unit(self, number: str) -> str:
        """A number as text with the unit of this measure."""
        unit = "" if self.unit == RATIO else self.unit
        return number + (unit if unit.startswith("%") else f" {unit}".rstrip())

    @property
    def limits_text(self) -> str:
        """``6.4 to 9.6``; empty without an interval."""
        if not self.has_interval:
            return ""
        if self.unit == CHANGE:
            return f"{change_text(self.lower)} to {change_text(self.upper)}"  # type: ignore[arg-type]
        return interval_text(self.lower, self.upper, self.decimals)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a record; None where missing."""
        return {name: value for name, value in vars(self).items() if name != "made_for"}


@verb("")
def as_measure(
    table: pd.DataFrame,
    label: str,
    value: str | None = None,
    *,
    numerator: str | None = None,
    denominator: str | None = None,
    lower: str = "lower",
    upper: str = "upper",
    unit: str | None = None,
    **about: Any,
) -> Measure:
    """One row of a table as a measure.

    Parameters
    ----------
    table : pandas.DataFrame
        Exactly one row. What a verb noted in ``attrs`` (value column, unit, numerator and so on)
        need not be named again.
    label : str
        What a reader calls it.
    value, numerator, denominator, lower, upper : str, optional
        Columns. Limits that are not there leave the measure without an interval.
    unit : str, optional
        Of the value; ``people`` for a count of people.
    **about
        Any other field of `Measure`, such as ``period``, ``ages`` or ``definition``.

    Raises
    ------
    InputError
        If the table has more or fewer rows than one, or lacks the value's column.

    Examples
    --------
    >>> as_measure(crude_rate(wards.head(1)), "Ash").text
    '9.0 per 1,000 residents'
    """
    if len(table) != 1:
        raise InputError(f"{label}: a measure is one row, and {len(table)} were given.")
    value = value or str(table.attrs.get("value", ""))
    need_columns(table, value)
    row, noted = table.iloc[0], table.attrs
    if isinstance(row[value], str):
        raise InputError(f"{label}: column {value!r} holds texts.", "Wanted: a column of numbers.")
    top = numerator or noted.get("numerator", value)
    bottom = denominator or noted.get("denominator", "")
    facts: dict[str, Any] = {
        "numerator": row.get(top),
        "denominator": row.get(bottom),
        "numerator_label": counted_as(top),
        "denominator_label": counted_as(bottom),
        "lower": row.get(lower),
        "upper": row.get(upper),
        "unit": unit or noted.get("unit", ""),
        "method": noted.get("method", ""),
        "unstable": bool(row.get("unstable", False)),
        "definition": definition_of(table, noted.get("numerator", top)),
        "denominator_source": noted.get("denominator_source", ""),
        **_where_and_when(table),
    }
    return Measure(value=row[value], label=label, source=source_of(table), **{**facts, **about})


@verb("")
def measure_where(table: pd.DataFrame, label: str, **where: Any) -> Measure:
    """One row of a table that a verb made of published values, as a measure.

    Which row is told by keyword: ``year="2023/24"``. Its columns are those that the verb noted.
    Without a value where no row is like that, or where it is missing because a count that it is
    made of is hidden.

    Examples
    --------
    >>> measure_where(share_by_year(...), "Barnet", year="2023/24")
    """
    value = str(table.attrs.get("value", ""))
    need_columns(table, *where)
    chosen = pd.Series(True, index=table.index)
    for column, wanted in where.items():
        chosen &= table[column] == wanted
    row = passed_on(table[chosen], table)
    if len(row) == 1 and row[value].notna().all():
        return as_measure(row, label)
    note = HIDDEN if len(row) == 1 else ""
    return Measure.missing(label, table.attrs, str(where.get("year", "")), note)


def _where_and_when(table: pd.DataFrame) -> dict[str, str]:
    return {
        "area_code": single(table, "area_code"),
        "period": period_of(table),
        "ages": single(table, "ages"),
        "series": single(table, "series"),
    }


def _known_or_none(number: Any) -> float | None:
    if number is None or pd.isna(number):
        return None
    if cell_of(number):
        return number
    return int(number) if isinstance(number, Integral) else float(number)
