"""What the data say of one part of a statement.

A part is *supported* when the whole interval lies on the stated side, *contradicted* when it lies
wholly on the other, *unclear* when neither, and otherwise *not checked*, with the reason. Every
number in a reason is computed here from the measures that were compared.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Protocol

import pandas as pd

from cdpb.errors import InputError
from cdpb.numbers import CHANGE, count_text, list_text, rounded_text
from cdpb.statistics.about import need_columns
from cdpb.statistics.comparison import (
    A_YEAR,
    FAMILY_ERROR,
    HIGHER,
    LOWER,
    NOT_COMPARED,
    SIMILAR,
    apart_text,
    compare,
    compare_measures,
    left_open,
    stand_above,
)
from cdpb.statistics.measure import Measure

SUPPORTED = "supported"
CONTRADICTED = "contradicted"
UNCLEAR = "unclear"
NOT_CHECKED = "not checked"
# The test of a part that a figure can stand beside, and that none tests.
NO_FIGURE = "no_figure"
NO_FIGURE_TESTS = "no figure tests this"
MOST_NAMED = 6
# What would have counted against a part, by its test; the comparator stands in the braces.
AGAINST = {
    "below": "the whole interval higher than {}",
    "above": "the whole interval lower than {}",
    "similar": "the whole interval outside {}",
    "any_above": "every one of them wholly lower than {}",
}

Target = Measure | float
# How a unit begins that names what it is a multiple of.
TIMES = "times "


class Part(Protocol):
    """One part of a statement, as an area file declares it."""

    id: str
    claim: str
    test: str
    comparator: str
    threshold: str
    threshold_value: float | None
    margin: float | None
    reason: str
    when_missing: str


@dataclass(frozen=True)
class PartResult:
    """The outcome of one part: as it was declared, what was compared, and what that showed.

    ``reason`` is one clause with the numbers, or why it wasn't checked; ``why`` says why this
    comparator and this threshold. ``threshold_value`` and ``margin`` are in the measure's unit;
    ``areas`` are those that a test over a table found, and ``tests`` how many it made.
    """

    id: str
    claim: str
    test: str
    outcome: str
    reason: str
    comparator: str = ""
    threshold: str = ""
    measure: Measure | None = None
    comparator_measure: Measure | None = None
    threshold_value: float | None = None
    margin: float | None = None
    why: str = ""
    areas: tuple[str, ...] = ()
    tests: int = 1

    @property
    def against(self) -> str:
        """What would have counted against it; empty where no test is declared."""
        return AGAINST.get(self.test, "").format(self._middle)

    @property
    def _middle(self) -> str:
        """What it was tested against, as a reader sees it."""
        target = self.comparator_measure or self.threshold_value
        if target is None or not (self.measure or self.comparator_measure):
            return self.comparator
        if self.margin is not None and self.measure and (middle := _value(target)) is not None:
            ends = (middle - self.margin, middle + self.margin)
            return " to ".join(_against(end, self.measure) for end in ends)
        return _against(target, self.measure)

    @property
    def checked(self) -> bool:
        """Whether there is an outcome at all."""
        return self.outcome != NOT_CHECKED

    @property
    def as_of(self) -> str:
        """The period of the data it rests on; empty where it wasn't checked."""
        compared = self.measure or self.comparator_measure
        return compared.period if compared else ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a record."""
        compared = ("measure", "comparator_measure")
        measures = {name: getattr(self, name) for name in compared}
        plain = {name: each.to_dict() if each else None for name, each in measures.items()}
        told = {"as_of": self.as_of, "against": self.against}
        return {**vars(self), **plain, **told, "tests": self.tests if self.checked else 0}


def below(measure: Measure, target: Target, **declared: Any) -> PartResult:
    """Is the whole interval below the comparator?

    Parameters
    ----------
    measure : Measure
        With an interval.
    target : Measure or float
        A comparator of the same source, unit, period and definition, or a declared number.
    **declared
        ``id``, ``claim``, ``comparator``, ``threshold``, ``why`` for the record.

    Raises
    ------
    InputError
        If a comparator differs in source, unit, period or in what it counts.

    Examples
    --------
    >>> below(barnet, london, id="borough_below_london").outcome
    'supported'
    """
    return _one_sided("below", {LOWER: SUPPORTED, HIGHER: CONTRADICTED}, measure, target, declared)


def above(measure: Measure, target: Target, **declared: Any) -> PartResult:
    """Is the whole interval above the comparator? Parameters and errors as for `below`.

    Examples
    --------
    >>> above(barnet, london).outcome
    'contradicted'
    """
    return _one_sided("above", {HIGHER: SUPPORTED, LOWER: CONTRADICTED}, measure, target, declared)


def similar(
    measure: Measure,
    target: Target,
    margin: float,
    **declared: Any,
) -> PartResult:
    """Is the whole interval within a margin of the comparator?

    That an interval holds the comparator shows only that no difference was shown. To be similar, or
    "about twice", everything the data allow must be near enough; to be contradicted, all of it must
    lie outside the margin.

    Parameters
    ----------
    measure : Measure
        With an interval.
    target : Measure or float
        A comparator, or a number: 2 for the claim "about twice".
    margin : float
        The farthest on either side that is still called similar, in the measure's unit.

    Examples
    --------
    >>> similar(barnet, london, margin=2).outcome
    'supported'
    """
    found = _found("similar", measure, target) | {"margin": margin}
    side, middle = _side(measure, target), _value(target)
    if side == NOT_COMPARED or middle is None:
        return _result(declared, found, NOT_CHECKED, _why_not(measure))
    near = middle - margin, middle + margin
    if near[0] <= _known(measure.lower) and _known(measure.upper) <= near[1]:
        within = " to ".join(_against(end, measure) for end in near)
        return _result(
            declared, found, SUPPORTED, f"{_both(measure, target)}: all of it within {within}"
        )
    if _known(measure.lower) > near[1] or _known(measure.upper) < near[0]:
        return _result(declared, found, CONTRADICTED, f"{_both(measure, target)}: {side}")
    reason = f"{_both(measure, target)}: {left_open(measure, middle)}"
    return _result(declared, found, UNCLEAR, reason)


def any_above(
    table: pd.DataFrame, target: Measure, name: str = "ward_name", **declared: Any
) -> PartResult:
    """Is at least one row above the comparator, with all of them tested together? Which?

    Of a table with one row per area, its two counts, ``lower``, ``upper`` and, in the column
    ``name``, what the rows are called in the reason. Contradicted only if each one's whole interval
    lies below.

    Examples
    --------
    >>> any_above(crude_rate(wards), london).areas
    ('Ash',)
    """
    events, people = (str(table.attrs.get(each, "")) for each in ("numerator", "denominator"))
    need_columns(table, name, events, people)
    sides = compare(table, target, into="side")["side"]
    compared = sides[sides != NOT_COMPARED]
    many = len(compared)
    found: dict[str, Any] = {"test": "any_above", "comparator_measure": target, "tests": many}
    if compared.empty:
        return _result(declared, found, NOT_CHECKED, "no area has an interval to compare")
    higher = tuple(table[name][stand_above(table[events], table[people], target)])
    names = f": {_named(higher)}" if higher else ""
    found_of, error = count_text(many), rounded_text(100 * FAMILY_ERROR, 1)
    reason = (
        f"{count_text(len(higher))} of {found_of} above {_against(target)}{names}, with all "
        f"{found_of} tested together (one-sided, Holm's method, a {error}% chance of one false "
        "finding or more); the intervals on this page are for each on its own"
    )
    if higher:
        return _result(declared, {**found, "areas": higher}, SUPPORTED, reason)
    if compared.eq(LOWER).all():
        return _result(declared, found, CONTRADICTED, reason)
    highest = table.nlargest(1, "upper")
    most = apart_text(highest["upper"].iloc[0], target.value or 0, target)
    named = f"{reason}; {highest[name].iloc[0]} may be up to {most}"
    return _result(declared, found, UNCLEAR, named)


def not_checked(reason: str, **declared: Any) -> PartResult:
    """A part that isn't checked: no comparator held, restricted, not received, too old.

    Examples
    --------
    >>> not_checked("no return was received").outcome
    'not checked'
    """
    return _result(declared, {"test": "not_checked"}, NOT_CHECKED, reason)


def check_part(
    part: Part,
    measure: Measure | pd.DataFrame | None = None,
    with_: Measure | None = None,
) -> PartResult:
    """Test a part as an area file declares it.

    ``measure`` (a table for any_above) is tested against ``with_``, or against the
    ``threshold_value`` that the part declares. Without a measure it isn't checked.

    Raises
    ------
    InputError
        If the part declares an unknown test, or what its test needs is not given.

    Examples
    --------
    >>> check_part(part, barnet, london).outcome
    'supported'
    """
    declared = {name: getattr(part, name) for name in ("id", "claim", "comparator", "threshold")}
    declared["why"] = part.reason
    target = with_ if with_ is not None else part.threshold_value
    if part.test == "not_checked":
        return not_checked(part.reason, **declared)
    if part.test == NO_FIGURE:
        return _context(part, measure, target, declared)
    if measure is None:
        why = part.when_missing or "the figure is not available"
        # What it would be tested against is no figure that the page has to find in a table.
        declared |= {name: getattr(part, name) for name in ("test", "threshold_value", "margin")}
        return replace(not_checked(why), **declared)
    if part.test == "any_above" and isinstance(measure, pd.DataFrame) and with_ is not None:
        return any_above(measure, with_, **declared)
    if isinstance(measure, pd.DataFrame) or target is None or part.test == "any_above":
        wanted = "a published table" if part.test == "any_above" else "a measure"
        raise InputError(
            f"{part.id}: the test {part.test!r} lacks what it compares with.",
            f"Wanted: {part.id}=({wanted}, the measure of its comparator).",
        )
    if part.test == "similar" and part.margin is not None:
        return similar(measure, target, part.margin, **declared)
    if part.test in ("below", "above"):
        return {"below": below, "above": above}[part.test](measure, target, **declared)
    raise InputError(f"{part.id}: {part.test!r} is no test, or its margin is not declared.")


def _context(part: Part, measure: Any, target: Target | None, declared: Any) -> PartResult:
    """A recommendation, or what its measure does not measure: the figure stands beside it."""
    found: dict[str, Any] = {
        "test": NO_FIGURE, "threshold_value": part.threshold_value, "margin": part.margin,
    }  # fmt: skip
    beside = part.when_missing
    if measure is not None and target is not None and measure.has_interval:
        shown = _one_sided(NO_FIGURE, {}, measure, target, declared)
        found, beside = _found(NO_FIGURE, measure, target), f"for context, {shown.reason}"
    elif measure is not None and measure.known:
        limits = f" ({measure.limits_text})" if measure.has_interval else ""
        found |= {"measure": measure}
        beside = f"for context, {measure.label} {measure.text}{limits}"
        if isinstance(target, Measure):
            found |= {"comparator_measure": target}
            beside = f"{beside} against {_against(target)}"
    context = f"; {beside}" if beside else ""
    reason = f"{NO_FIGURE_TESTS}: {part.reason}{context}"
    return _result(declared, found, NOT_CHECKED, reason)


def _one_sided(
    test: str,
    outcomes: dict[str, str],
    measure: Measure,
    target: Target,
    declared: dict[str, Any],
) -> PartResult:
    found, side = _found(test, measure, target), _side(measure, target)
    middle = _value(target)
    if side == NOT_COMPARED or middle is None:
        return _result(declared, found, NOT_CHECKED, _why_not(measure))
    shown = left_open(measure, middle) if side == SIMILAR else side
    outcome = outcomes.get(side, UNCLEAR)
    return _result(declared, found, outcome, f"{_both(measure, target)}: {shown}")


def _side(measure: Measure, target: Target) -> str:
    if not isinstance(target, Measure):
        # A declared number has no source of its own: it is read in the measure's unit.
        target = replace(measure, value=target)
    return compare_measures(measure, target)


def _found(test: str, measure: Measure, target: Target) -> dict[str, Any]:
    against = "comparator_measure" if isinstance(target, Measure) else "threshold_value"
    return {"test": test, "measure": measure, against: target}


def _result(
    declared: dict[str, Any], found: dict[str, Any], outcome: str, reason: str
) -> PartResult:
    return PartResult(
        **{"id": "", "claim": "", **declared, **found}, outcome=outcome, reason=reason
    )


def _why_not(measure: Measure) -> str:
    if not measure.known:
        return f"no figure for {measure.label}"
    return "no interval to compare" if not measure.has_interval else "no comparator held"


def _both(measure: Measure, target: Target) -> str:
    limits = "; ".join(filter(None, [measure.limits_text, measure.note]))
    # Of other months than a year's the reader is told which.
    when = f", {measure.period}," if " to " in measure.period else ""
    own = f"{measure.label}{when} {measure.text} ({limits})"
    if target == 1 and measure.unit.startswith(TIMES):
        return own  # Its unit says of what.
    unmoved = target == 0 and measure.unit in (A_YEAR, CHANGE)
    return f"{own} against {'no change' if unmoved else _against(target, measure)}"


def _against(target: Target, like: Measure | None = None) -> str:
    """``4.1 per 1,000 residents for London wards``; a bare number, as declared, in its unit.

    Once "times the median of the other months" is that median.
    """
    if isinstance(target, Measure):
        return f"{target.text} for {target.label}"
    if like is None:
        return rounded_text(target, 1)
    if target == 1 and like.unit.startswith(TIMES):
        return like.unit.removeprefix(TIMES)
    if like.unit == CHANGE:
        return replace(like, value=target).text
    _, _, places = Decimal(str(target)).normalize().as_tuple()
    return like.in_unit(rounded_text(target, min(like.decimals, max(0, -int(places)))))


def _named(areas: tuple[str, ...]) -> str:
    if len(areas) <= MOST_NAMED:
        return list_text(areas)
    return list_text([*areas[:MOST_NAMED], f"{count_text(len(areas) - MOST_NAMED)} more"])


def _value(target: Target) -> float | None:
    return target.value if isinstance(target, Measure) else target


def _known(limit: float | None) -> float:
    return float("nan") if limit is None else limit
