"""What the data say of a whole statement, and how old they are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cdpb.errors import InputError
from cdpb.periods import FinancialYear
from cdpb.statistics.part_tests import (
    NO_FIGURE,
    NO_FIGURE_TESTS,
    NOT_CHECKED,
    SUPPORTED,
    PartResult,
)

PARTLY_SUPPORTED = "partly supported"
CONTRADICTED_IN_PART = "contradicted in part"

_YEAR = re.compile(r"\d{4}")
Limits = Mapping[str, int | None] | int | None

AS_FAR_AS_CHECKED = " as far as checked ({} of {} parts)"


@dataclass(frozen=True)
class Verdict:
    """What the data say of the whole statement.

    Its ``outcome`` is one of the four of a part, "partly supported" or "contradicted in part";
    ``label`` is the outcome as a reader sees it, "supported as far as checked (4 of 5 parts)". It
    is of the ``year`` asked for and dated by the oldest data it rests on (``as_of``);
    ``carried_forward`` if those are older, when it says where from (``dating``) and is no news
    (``adds_to_history``).
    """

    outcome: str
    label: str
    reason: str
    test: str
    year: str
    as_of: str
    carried_forward: bool
    dating: str
    adds_to_history: bool
    parts: tuple[PartResult, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a record."""
        return {**vars(self), "parts": [part.to_dict() for part in self.parts]}


def verdict(parts: list[PartResult], year: str, oldest_usable_years: Limits = None) -> Verdict:
    """Put the parts together.

    All checked parts equal: that outcome. One supported among others: partly supported; some
    contradicted and the others unclear: contradicted in part. Nothing checked: not checked. The
    label says how many parts were checked where that isn't all, and where no figure tests any.
    Data older than the year asked for are carried forward; older than their source's limit, they
    check nothing.

    Parameters
    ----------
    parts : list of PartResult
        At least one.
    year : str
        The financial year asked for.
    oldest_usable_years : dict of str to int, or int, optional
        For each source (or all), how many years before the year asked for its data may lie.

    Returns
    -------
    Verdict
        Dated by the oldest data among the checked parts.

    Examples
    --------
    >>> verdict([below(barnet, london), not_checked("no table held")], "2023/24").label
    'supported as far as checked (1 of 2 parts)'
    """
    if not parts:
        raise InputError("A statement without parts has no verdict.")
    parts = [_too_old(part, year, oldest_usable_years) for part in parts]
    checked = [part for part in parts if part.checked]
    outcome = _overall({part.outcome for part in checked})
    as_of = min((part.as_of for part in checked if part.as_of), key=_first_year, default="")
    carried = bool(as_of) and _age(as_of, year) > 0
    label = outcome
    if 0 < len(checked) < len(parts):
        label += AS_FAR_AS_CHECKED.format(len(checked), len(parts))
    if all(part.test == NO_FIGURE for part in parts):
        label += f": {NO_FIGURE_TESTS}"
    return Verdict(
        outcome=outcome,
        label=label,
        reason="; ".join(f"{part.claim}: {part.outcome} ({part.reason})" for part in parts),
        test="; ".join(part.claim for part in parts),
        year=year,
        as_of=as_of,
        carried_forward=carried,
        dating=f"carried forward from {as_of}" if carried else "",
        adds_to_history=bool(checked) and not carried,
        parts=tuple(parts),
    )


def _overall(outcomes: set[str]) -> str:
    if len(outcomes) < 2:
        return next(iter(outcomes), NOT_CHECKED)
    return PARTLY_SUPPORTED if SUPPORTED in outcomes else CONTRADICTED_IN_PART


def _too_old(part: PartResult, year: str, limits: Limits) -> PartResult:
    """Take back what was found on data beyond their source's declared limit."""
    for measure in (part.measure, part.comparator_measure):
        for source, period in measure.made_of if measure else ():
            limit = limits.get(source) if isinstance(limits, Mapping) else limits
            if part.checked and limit is not None and period and _age(period, year) > limit:
                reason = f"the data are of {period}, more than {limit} years before {year}"
                return replace(part, outcome=NOT_CHECKED, reason=reason)
    return part


def _age(period: str, year: str) -> int:
    """Whole years from the period's beginning to the year asked for."""
    return FinancialYear.parse(year).start - _first_year(period)


def _first_year(period: str) -> int:
    """2023 for "2023/24", "2023" and "April 2023 to July 2023"."""
    found = _YEAR.search(period)
    if not found:
        raise InputError(f"No year is named in the period {period!r}.")
    return int(found[0])
