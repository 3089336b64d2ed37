"""A measure of a finding's record, as text: value, unit and interval."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from cdpb import numbers

NOT_AVAILABLE = "not available"


def is_known(value: Any) -> bool:
    """Whether a value is a number rather than missing."""
    return isinstance(value, int | float) and isfinite(value)


def places(measure: Mapping[str, Any]) -> int:
    """How many decimals a measure is shown with: ``decimals`` in it, else by its unit."""
    if measure.get("decimals") is not None:
        return int(measure["decimals"])
    people = measure.get("denominator")
    return numbers.decimals_of(measure.get("unit") or "", people if is_known(people) else None)


def measured_value(measure: Mapping[str, Any]) -> str:
    """``7.9`` or ``31.1%`` or ``not available``."""
    value = measure.get("value")
    return _number(value, measure) if is_known(value) else NOT_AVAILABLE


def unit_text(measure: Mapping[str, Any]) -> str:
    """What stands after the number: ``per 1,000 residents``, ``people``, nothing for ``%``."""
    return (measure.get("unit") or "").removeprefix("%").strip()


def measured_interval(measure: Mapping[str, Any]) -> str:
    """``5.9 to 9.1``, or nothing when a measure has no interval."""
    lower, upper = measure.get("lower"), measure.get("upper")
    if not (is_known(lower) and is_known(upper)):
        return ""
    return f"{_number(lower, measure)} to {_number(upper, measure)}"


def measure_text(measure: Mapping[str, Any]) -> str:
    """``7.9 per 1,000 residents (6.4 to 9.6)``, or ``not available``."""
    if not is_known(measure.get("value")):
        return NOT_AVAILABLE
    text = f"{measured_value(measure)} {unit_text(measure)}".strip()
    interval = measured_interval(measure)
    return f"{text} ({interval})" if interval else text


def _number(value: Any, measure: Mapping[str, Any]) -> str:
    sign = "%" if (measure.get("unit") or "").startswith("%") else ""
    return numbers.rounded_text(value, places(measure)) + sign
