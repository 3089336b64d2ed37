"""What the gates say of an assessment, and what passed before: that isn't judged again.

What passed is kept by the key of all that its gate looked at, and what was refused never. An entry
is private, on the disk whole or not at all, and used only while it has the bytes it was kept with.
`cdpb gate` and `cdpb release` hold attack and scan anew.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cdpb import paths
from cdpb.durable_files import keep_newest, write_whole
from cdpb.errors import GateRefused
from cdpb.report.workbooks import WHOLE, workbook_names
from cdpb.runner.assemble import whatever_passed
from cdpb.runner.gates.known_numbers import file_names
from cdpb.runner.gates.written import Written
from cdpb.runner.keys import ATTACK, SCAN, Inputs, bytes_hash
from cdpb.runner.manifest import GATES, files_below, files_of_record

MOST_TOLD = 5
# About twenty thousand bytes each: one a finding, in as many assessments as the cache has.
MOST_KEPT = 1200
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


def hash_of(*parts: object) -> str:
    """One hash of some values, each written as JSON."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def entry_of(key: str) -> dict[str, Any] | None:
    """What was kept with a key; None where nothing was, or it isn't as it was kept."""
    path = _folder() / key
    with suppress(OSError, ValueError):
        seal, _, text = path.read_text(encoding="utf-8").partition("\n")
        if seal == hash_of(key, text):
            path.touch()
            return dict(json.loads(text))
    return None


def keep_passed(entries: Mapping[str, Mapping[str, Any]], written: Written | None = None) -> None:
    """Keep what passed, by key; nothing if what it was judged by is no longer as it was then.

    A full disk keeps nothing, and stops nobody.
    """
    if written and Inputs().of_checking(written.assessment) != written.judged_by:
        return
    with suppress(OSError):
        for key, content in entries.items():
            text, place = json.dumps(content), _folder() / key
            write_whole(
                place, f"{hash_of(key, text)}\n{text}", place.with_suffix(f".{os.getpid()}")
            )
        keep_newest(_folder(), MOST_KEPT)


def forget(keys: Iterable[str]) -> None:
    """Let what has these keys be judged again."""
    for key in keys:
        (_folder() / key).unlink(missing_ok=True)


def key_of_tables(written: Written) -> str:
    """The key of what the attack looks at; empty where nothing is remembered."""
    if not written.judged_by:
        return ""
    told = [(each["id"], each.get("tables"), each.get("trace")) for each in written.records]
    files = [state(written.folder / name) for name in written.tables]
    return hash_of(ATTACK, written.judged_by[ATTACK], str(written.assessment), told, files)


def keys_of_findings(written: Written) -> dict[str, str]:
    """By finding the key of what the scan looks at: its files, and whatever they may name.

    One that says what others say depends on all of theirs too; the workbook of all tables, by its
    own name, on all that they published.
    """
    if not written.judged_by:
        return {}
    names = sorted(file_names(written.assessment, written.records))
    alike = (SCAN, written.judged_by[SCAN], str(written.assessment), names)
    own = {
        record["id"]: hash_of(
            alike,
            record,
            [state(written.folder / name) for name in files_of_record(record)],
            state(written.notebooks[record["id"]]),
        )
        for record in written.records
        if record["id"] in written.notebooks
    }
    tested = {record["id"]: record.get("tested", True) for record in written.records}
    keys = {id: key if tested[id] else hash_of(key, own) for id, key in own.items()}
    whole = [*written.tables, *workbook_names(written.records).get(WHOLE, [])]
    states = [state(written.folder / name) for name in whole]
    return {**keys, WHOLE: hash_of(alike, written.records, states)}


def state(path: Path) -> str:
    """The hash of a file, whatever gates have said on it; empty where there is none."""
    return bytes_hash(whatever_passed(path)) if path.is_file() else ""


def _folder() -> Path:
    return paths.private_folder("gates")
