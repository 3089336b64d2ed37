"""Adding files: all that is wrong is found before anything is written."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from cdpb.adding import check, store
from cdpb.adding.incoming import FileProblem, Incoming, NotAdded, incoming
from cdpb.adding.receipt import Terms, derived_group, refuse_to_join
from cdpb.adding.summary import Added, summary_lines
from cdpb.adding.whole import (
    held_table,
    new_refusals,
    pages_moved,
    sources_needed_with,
    years_by_source,
)
from cdpb.errors import InputError


@dataclass(frozen=True)
class Wanted:
    """What is to be added, and what is said of it.

    Attributes
    ----------
    received : str
        ``YYYY-MM-DD``, or ``YYYY-MM`` where only the month is known; today when not given.
    accept : str
        Why figures that look wrong are right.
    """

    files: Sequence[Path]
    source: str | None = None
    received: str | None = None
    provisional: bool = False
    vintage_group: str | None = None
    accept: str = ""


def add(wanted: Wanted, today: dt.date | None = None) -> Added:
    """Check files and store each with its receipt, all of them or none.

    Parameters
    ----------
    wanted : Wanted
        The files.
    today : datetime.date, optional
        The day on which they are added.

    Raises
    ------
    NotAdded
        With all that is wrong with any of the files; nothing was changed.
    """
    received, precision = _day(wanted.received, today or dt.date.today())
    terms = Terms(received, precision, wanted.provisional, wanted.vintage_group)
    with store.workshop() as workshop:
        files, problems = _read(wanted)
        before = _held(files, problems)
        for file in files:
            held = before.get(file.source.id, pd.DataFrame())
            found = check.problems_of(file, held, received)
            problems += [replace(each, source_id=file.source.id) for each in found]
        _refuse_if(problems, wanted, hard_only=True)
        added = Added(files, [], _with_group(files, terms), before)
        _try(added, workshop, problems)
        _refuse_if(problems, wanted)
        added.accepted.extend(problems)
        _keep_reason(added, workshop, wanted.accept)
        added.report.extend(summary_lines(added))
        workshop.move_in(list(dict.fromkeys(added.folders)))
    return added


def _read(wanted: Wanted) -> tuple[list[Incoming], list[FileProblem]]:
    files: list[Incoming] = []
    problems: list[FileProblem] = []
    for path in wanted.files:
        try:
            file = incoming(path, wanted.source)
            _refuse_twice(file, files)
            files.append(file)
        except InputError as error:
            problems.append(FileProblem(error))
    return files, problems


def _refuse_twice(file: Incoming, files: list[Incoming]) -> None:
    for other in files:
        if other.sha256 == file.sha256:
            raise InputError(f"{file.name} is named twice.", f"It is {other.name}, byte for byte.")
        if (other.source.id, other.name.casefold()) == (file.source.id, file.name.casefold()):
            raise InputError(
                f"{file.name} is the name of two files.", "Give one of them another name."
            )


def _held(files: list[Incoming], problems: list[FileProblem]) -> dict[str, pd.DataFrame]:
    held: dict[str, pd.DataFrame] = {}
    for each in dict.fromkeys(file.source.id for file in files):
        try:
            held[each] = held_table(each)
        except InputError as error:
            problems.append(FileProblem(error))
    return held


def _with_group(files: list[Incoming], terms: Terms) -> Terms:
    group = terms.vintage_group or derived_group(files, terms)
    return replace(terms, vintage_group=group)


def _keep_reason(added: Added, workshop: store.Workshop, reason: str) -> None:
    for file, folder in zip(added.files, added.folders, strict=True):
        against = [p.error.lines[0] for p in added.accepted if p.source_id == file.source.id]
        if against:
            workshop.note(folder, f"Added although: {' '.join(against)} Reason: {reason}")


def _try(added: Added, workshop: store.Workshop, problems: list[FileProblem]) -> None:
    """Load the project as it would be, and see what would be lost, or refused by a run."""
    workshop.copy_project()
    years = years_by_source(added.before)
    for file in added.files:
        try:
            refuse_to_join(file, added.terms)
            added.folders.append(workshop.put(file, added.terms))
        except InputError as error:
            problems.append(FileProblem(error))
    with store.standing_in(workshop.project):
        after = _held(added.files, problems)
        if all(each.acceptable for each in problems):
            now = years_by_source(sources_needed_with(set(after)))
            added.pages.extend(pages_moved(set(after), years, now))
    if all(each.acceptable for each in problems):
        problems += new_refusals(set(after), workshop.project)
    added.after.update(after)
    for source_id in after:
        lost = check.lost(source_id, added.before[source_id], after[source_id])
        problems += [replace(each, source_id=source_id) for each in lost]


def _refuse_if(problems: list[FileProblem], wanted: Wanted, hard_only: bool = False) -> None:
    hard = [each for each in problems if not each.acceptable]
    if hard or (problems and not hard_only and not wanted.accept):
        raise NotAdded(problems, len(wanted.files))


def _day(text: str | None, today: dt.date) -> tuple[dt.date, str]:
    """The day of a receipt, or the last day of its month."""
    if text is None:
        return today, "day"
    try:
        if len(text) == len("2025-04"):
            day, precision = pd.Period(text, freq="M").end_time.date(), "month"
        else:
            day, precision = dt.date.fromisoformat(text), "day"
    except ValueError:
        raise InputError(
            f"{text[:40]!r} is not a day.",
            "Wanted: the day the files came, like 2026-06-20, or their month, like 2026-06.",
            "Nothing was changed.",
        ) from None
    if (day if precision == "day" else day.replace(day=1)) > today:
        raise InputError(
            f"{day} is still to come.",
            "A receipt of the future would stand over every other until then.",
            "Nothing was changed.",
        )
    return day, precision
