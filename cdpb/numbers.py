"""Numbers and words as a reader sees them: rounded half up, in one place, for sentence and label.

Nothing here looks at what a number means. A value that is missing has no text, so asking for
one is a mistake of the caller's and is refused; so is anything that isn't a number at all,
which is how a masked cell is kept out of a sentence. What is formatted carries the mark of the
cell that it was taken from (`cdpb.marks`).
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite
from numbers import Real
from typing import Any

from cdpb.errors import InputError
from cdpb.marks import cell_of, marked, unmarked

MINUS = "\N{MINUS SIGN}"
NOT_AVAILABLE = "not available"
# The unit of a change, which has its sign: +9%.
CHANGE = "% change"
# Of a ratio, which is written without: its label says what of what it is.
RATIO = "times"
# How the names begin of offices that a sentence calls "the".
WITH_ARTICLE = (
    "Department",
    "Home Office",
    "Metropolitan Police",
    "Ministry",
    "Office",
    "Probation",
)
# Below this many people one person moves a percentage by more than its first decimal.
DECIMALS_FROM = 1_000
# Of a number that is published. Beyond the fifteenth, processors differ: some take a logarithm or
# a root with other instructions, and an assessment is to have the same bytes on all of them.
SIGNIFICANT_DIGITS = 8


def significant(value: float) -> float:
    """To eight significant digits; whole numbers, and what is not finite, as they are."""
    if not isfinite(value) or float(value).is_integer():
        return float(value)
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def is_same(one: float | None, other: float | None) -> bool:
    """Whether two are one number as it is published; what is missing is the same as itself."""
    if one is None or other is None:
        return one is other
    return significant(one) == significant(other)


def plain_values(value: Any) -> Any:
    """A record, or a part of one, as it is saved: texts without marks, numbers to eight digits."""
    if isinstance(value, str):
        return unmarked(value)
    if isinstance(value, float):
        return significant(value)
    if isinstance(value, Mapping):
        return {name: plain_values(part) for name, part in value.items()}
    return [plain_values(part) for part in value] if isinstance(value, list | tuple) else value


def rounded_text(value: float | None, decimals: int = 0) -> str:
    """``rounded_text(1234.25, 1)`` is ``1,234.3``: half up, thousands parted, no minus zero.

    Raises
    ------
    InputError
        If the value is missing, infinite or not a number. Never shows it.
    """
    exact = _decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(exact):,f}"
    return marked(MINUS + text if exact < 0 else text, decimals, cell_of(value))


def count_text(count: float) -> str:
    """``1,052``."""
    return rounded_text(count)


def ordinal(number: int) -> str:
    """``1st``, ``12th``, ``23rd``."""
    teen = number % 100 in (11, 12, 13)
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return marked(f"{number}{ending}", None, cell_of(number))


def rate_text(rate: float, decimals: int = 1) -> str:
    """``7.9``: a rate or a ratio to its declared decimals, one unless said otherwise."""
    return rounded_text(rate, decimals)


def percent_text(percent: float, denominator: float | None = None) -> str:
    """``31.1%``, or ``31%`` where the denominator is below 1,000 people.

    Parameters
    ----------
    percent : float
        In per cent, not a fraction of 1.
    denominator : float, optional
        The people it is a percentage of. Left out where it has none, as for an estimate.
    """
    return rounded_text(percent, percent_decimals(denominator)) + "%"


def change_text(percent: float) -> str:
    """``+9%``, ``−12%``: a change in per cent, with a decimal where it would read as none."""
    text = rounded_text(percent)
    if unmarked(text) == "0" and percent:
        text = rounded_text(percent, 1)
    plus = "" if unmarked(text).startswith((MINUS, "0")) and percent <= 0 else "+"
    return f"{plus}{text}%"


def percent_sign(unit: str) -> str:
    """``%`` where a unit is of percentages, whatever of; else nothing."""
    return "%" if unit.startswith("%") else ""


def percent_decimals(denominator: float | None = None) -> int:
    """The decimals that a percentage of so many people can bear."""
    return 0 if denominator is not None and denominator < DECIMALS_FROM else 1


def decimals_of(unit: str, people: float | None = None, value: float | None = None) -> int:
    """The decimals that a measure is shown with.

    Rates have one; percentages one, or two below 1%, or none of fewer than 1,000 people; counts of
    people or offences none; ratios two.

    Parameters
    ----------
    people : float, optional
        What a percentage is of.
    value : float, optional
        The percentage.
    """
    if unit.startswith("%"):
        decimals = 0 if unit == CHANGE else percent_decimals(people)
        return decimals + 1 if decimals and value is not None and 0 < value < 1 else decimals
    if unit.startswith("per "):
        return 1
    return 0 if unit and "ratio" not in unit and "times" not in unit else 2


def interval_text(
    lower: float | None, upper: float | None, decimals: int = 1, unit: str = ""
) -> str:
    """``5.9 to 9.1``, or ``28.7% to 33.5%`` with ``unit="%"``."""
    return f"{rounded_text(lower, decimals)}{unit} to {rounded_text(upper, decimals)}{unit}"


def list_text(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def capital(words: object) -> str:
    """The words with a capital at the start, and nothing else changed."""
    text = str(words)
    return text[:1].upper() + text[1:]


def within_sentence(words: str) -> str:
    """The words as they stand in the middle of a sentence: without a capital at the start."""
    return words[:1].lower() + words[1:]


def article_within(name: str) -> str:
    """A name as it stands in a sentence: the licensing team, the Home Office, Camden."""
    if name.startswith("Rest of "):
        return f"the {within_sentence(name)}"
    if name.startswith(WITH_ARTICLE):
        return f"the {name}"
    return within_sentence(name) if name.startswith("The ") else name


def _decimal(value: object) -> Decimal:
    """The number as it is written: 2.675 is two and six hundred seventy-five thousandths."""
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        raise InputError("A value that is not a number can't be put into words.")
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    if not exact.is_finite():
        raise InputError("A missing or infinite number can't be put into words.")
    return exact


def is_known(value: Any) -> bool:
    """Whether a value is a number rather than missing."""
    return isinstance(value, int | float) and isfinite(value)


def places(measure: Mapping[str, Any]) -> int:
    """How many decimals a measure is shown with: ``decimals`` in it, else by its unit."""
    if measure.get("decimals") is not None:
        return int(measure["decimals"])
    people = measure.get("denominator")
    value = measure.get("value")
    known = (each if is_known(each) else None for each in (people, value))
    return decimals_of(measure.get("unit") or "", *known)


def measured_value(measure: Mapping[str, Any]) -> str:
    """``7.9`` or ``31.1%`` or ``not available``."""
    value = measure.get("value")
    return _number(value, measure) if is_known(value) else NOT_AVAILABLE


def unit_text(measure: Mapping[str, Any]) -> str:
    """What stands after the number: ``per 1,000 residents``, ``people``, nothing for ``%``."""
    unit = measure.get("unit") or ""
    return "" if unit in (CHANGE, RATIO) else unit.removeprefix("%").strip()


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
    if measure.get("unit") == CHANGE:
        return change_text(value)
    return rounded_text(value, places(measure)) + percent_sign(measure.get("unit") or "")
