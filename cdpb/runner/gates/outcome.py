"""What the gates say of an assessment, and what is remembered of those that take long."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cdpb.errors import GateRefused
from cdpb.runner.gates.passed import entry_of, hash_of, keep_passed, state
from cdpb.runner.gates.written import Written
from cdpb.runner.manifest import GATES, files_below

MOST_TOLD = 5
WAYS_OUT = {
    "attack": "cdpb explain says of a table what is hidden in it and why; publish less beside it.",
    "scan": "Take the number from a published table. One that is no figure is entered in "
    "data/allowed_numbers.yml, with its place and the reason.",
    "absence": "Let nothing on a page depend on a source that its edition may not use.",
    "non-interference": "Make what differs from published tables alone.",
}


@dataclass(frozen=True)
class Outcome:
    """What one gate found: one sentence each, naming the file; never a count.

    It was held over what it ``looked_at``, like ``41 tables``, for so many ``seconds``.
    ``remembered`` says that it passed before, and nothing has changed since.
    """

    name: str
    findings: list[str] = field(default_factory=list)
    looked_at: str = ""
    remembered: bool = False
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether it found nothing."""
        return not self.findings

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "gate": self.name,
            "passed": self.passed,
            "looked_at": self.looked_at,
            "remembered": self.remembered,
            "seconds": self.seconds,
            "findings": self.findings,
        }


@dataclass(frozen=True)
class GateReport:
    """What all gates found that were held over one assessment."""

    assessment: str
    outcomes: tuple[Outcome, ...]

    @property
    def passed(self) -> bool:
        """Whether none found anything; of the gates that were asked for."""
        return all(outcome.passed for outcome in self.outcomes)

    @property
    def complete(self) -> bool:
        """Whether all four were held and passed: only then may it be released."""
        return self.passed and self.names_passed == set(GATES)

    @property
    def names_passed(self) -> set[str]:
        """The gates that were held and found nothing."""
        return {outcome.name for outcome in self.outcomes if outcome.passed}

    @property
    def findings(self) -> list[str]:
        """Everything found, gate after gate."""
        return [found for outcome in self.outcomes for found in outcome.findings]

    @property
    def way_out(self) -> str:
        """What to do about the first gate that refused."""
        return next((WAYS_OUT[each.name] for each in self.outcomes if not each.passed), "")

    def lines(self) -> list[str]:
        """For people: a line a gate, what it found under it, and what that means."""
        return [self.assessment, *self._each(), self._meaning()]

    def _each(self) -> Iterator[str]:
        width = max(map(len, GATES)) + 3
        for outcome in self.outcomes:
            verdict = "passed" if outcome.passed else "refused"
            before = "as before, nothing changed" if outcome.remembered else ""
            details = ", ".join(filter(None, [outcome.looked_at, before]))
            yield f"  {outcome.name:<{width}}{verdict:<10}{details}".rstrip()
            yield from (f"    {found}" for found in outcome.findings)
            if not outcome.passed:
                yield f"    {WAYS_OUT[outcome.name]}"

    def _meaning(self) -> str:
        if not self.passed:
            return "It may not be released."
        if self.complete:
            return "All four gates have passed."
        return "A draft until all four gates have passed: cdpb gate holds them."

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a program."""
        return {
            "assessment": self.assessment,
            "passed": self.passed,
            "complete": self.complete,
            "gates": [outcome.to_dict() for outcome in self.outcomes],
        }

    def refuse(self) -> None:
        """Raise `GateRefused` with the first of what was found, if any gate found anything."""
        if not self.passed:
            found = self.findings[:MOST_TOLD]
            raise GateRefused(f"{self.assessment}: the gate refused.", *found, self.way_out)


def timed(gate: Callable[[], Outcome]) -> Outcome:
    """What a gate says, and how long it was held."""
    started = time.perf_counter()
    return replace(gate(), seconds=round(time.perf_counter() - started, 3))


def remembered(
    name: str, key: str, gate: Callable[[], Outcome], written: Written | None = None
) -> Outcome:
    """Run a gate, unless it passed for all that this is the key of.

    What failed is never remembered: it is run again. So is what has no key.
    """
    before = entry_of(key) if key else None
    if before is not None:
        return Outcome(name, [], before["looked_at"], remembered=True)
    outcome = timed(gate)
    if key and outcome.passed:
        keep_passed({key: {"looked_at": outcome.looked_at}}, written)
    return outcome


def passed_before(written: Written, keys: Mapping[str, str]) -> set[str]:
    """The gates that have passed for exactly these files, made from exactly these inputs."""
    return {name for name in GATES if entry_of(key_of_files(name, written, keys)) is not None}


def key_of_files(name: str, written: Written, keys: Mapping[str, str]) -> str:
    """Every file of the assessment, and what would make any of its notebooks execute again.

    What the gates themselves write on the pages is not in it.
    """
    contents = [(file, state(path)) for file, path in files_below(written.folder).items()]
    return hash_of(name, str(written.assessment), contents, keys)
