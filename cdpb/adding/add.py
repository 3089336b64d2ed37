"""Adding files, and taking a receipt out of use: all that is wrong is found before writing."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from cdpb import paths
from cdpb.adding import check, store
from cdpb.adding.incoming import FileProblem, Incoming, NotAdded, incoming
from cdpb.adding.receipt import Terms, derived_group, refuse_to_join
from cdpb.adding.summary import Added, summary_lines
from cdpb.adding.whole import (
    new_refusals,
    pages_moved,
    sources_needed_with,
    table_in_use,
    years_by_source,
)
from cdpb.catalogue import receipts, source, sources, withdrawn_folder
from cdpb.errors import CdpbError, InputError, visible
from cdpb.file_contents import relative
from cdpb.sources import ILLUSTRATIVE, Receipt


@dataclass(frozen=True)
class Wanted:
    """Files to add, and what the person who adds them knows of them.

    Attributes
    ----------
    received : str
        ``YYYY-MM-DD``, or ``YYYY-MM`` where only the month is known; today when not given.
    accept : str
        Why figures that look wrong are right.
    fetched : mapping of Path to tuple of str
        Of files that were downloaded: their source, and the address, which the receipt names.
    """

    files: Sequence[Path]
    source: str | None = None
    received: str | None = None
    provisional: bool = False
    vintage_group: str | None = None
    accept: str = ""
    fetched: Mapping[Path, tuple[str, str]] = field(default_factory=dict)


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
        before = _in_use(files, problems)
        for file in files:
            in_use = before.get(file.source.id, pd.DataFrame())
            problems += check.problems_of(file, in_use, received)
        if not all(problem.acceptable for problem in problems):
            raise NotAdded(problems, len(wanted.files))
        group = terms.vintage_group or derived_group(files, terms)
        added = Added(files, [], replace(terms, vintage_group=group), before)
        _try(added, workshop, problems)
        if not all(problem.acceptable and wanted.accept for problem in problems):
            raise NotAdded(problems, len(wanted.files))
        added.accepted.extend(problems)
        _note_reason(added, workshop, wanted.accept)
        added.report.extend(summary_lines(added))
        workshop.move_in(list(dict.fromkeys(added.folders)))
    return added


def _read(wanted: Wanted) -> tuple[list[Incoming], list[FileProblem]]:
    files: list[Incoming] = []
    problems: list[FileProblem] = []
    for path in wanted.files:
        try:
            source_id, address = wanted.fetched.get(path, (wanted.source, ""))
            file = incoming(path, source_id, address)
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


def _in_use(files: list[Incoming], problems: list[FileProblem]) -> dict[str, pd.DataFrame]:
    tables: dict[str, pd.DataFrame] = {}
    for source_id in dict.fromkeys(file.source.id for file in files):
        try:
            tables[source_id] = table_in_use(source_id)
        except InputError as error:
            problems.append(FileProblem(error))
    return tables


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
        after = _in_use(added.files, problems)
        if all(problem.acceptable for problem in problems):
            now = years_by_source(sources_needed_with(set(after)))
            added.pages.extend(pages_moved(set(after), years, now))
    if all(problem.acceptable for problem in problems):
        problems += new_refusals(set(after), workshop.project)
    added.after.update(after)
    for source_id in after:
        problems += check.lost(source_id, added.before[source_id], after[source_id])


def _note_reason(added: Added, workshop: store.Workshop, reason: str) -> None:
    for file, folder in zip(added.files, added.folders, strict=True):
        against = [p.error.lines[0] for p in added.accepted if p.source_id == file.source.id]
        if against:
            workshop.note(folder, f"Added although: {' '.join(against)} Reason: {reason}")


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


class NotWithdrawn(CdpbError):
    """A receipt that the project can't do without."""

    exit_code = 2

    def __init__(self, problems: list[FileProblem], folder: str) -> None:
        super().__init__(
            f"{folder} can't be withdrawn: without it no run would get through.",
            *problems[0].error.lines[:4],
            "Add what takes its place first, then withdraw it. Nothing was changed.",
        )


def withdraw(named: Path, reason: str, today: dt.date | None = None) -> list[str]:
    """Take a receipt out of use; its folder moves to ``data/withdrawn``. The lines to print.

    Parameters
    ----------
    named : Path
        Its folder, from here or from the project root.
    reason : str
        Why; it stays in the receipt.

    Raises
    ------
    InputError
        If no receipt in use lies there, or no reason is given.
    NotWithdrawn
        If the project could not be read without it. Nothing was changed.
    """
    receipt = _receipt_at(named)
    reason = visible(" ".join(reason.split()))
    if not reason:
        raise InputError(
            "A receipt is not withdrawn without a reason.",
            'The reason stays in the receipt: --reason "REASON".',
            "Nothing was changed.",
        )
    with store.workshop() as workshop:
        workshop.copy_project()
        folder, now = Path(relative(receipt.folder)), _free_place(receipt)
        workshop.take_out(folder, now, today or dt.date.today(), reason)
        with store.standing_in(workshop.project):
            report = list(_withdrawal_lines(receipt, now, reason))
        problems = new_refusals({receipt.source}, workshop.project)
        if problems:
            raise NotWithdrawn(problems, folder.as_posix())
        workshop.move_in([now], out=[folder])
    return report


def _receipt_at(named: Path) -> Receipt:
    """The receipt in use that a path names: its folder, or a file in it."""
    root = paths.project_root()
    for path in (named, root / named):
        folder = path if path.is_dir() else path.parent
        for source_id in sources():
            found = [r for r in receipts(source_id) if r.folder.resolve() == folder.resolve()]
            if found and source(source_id).status != ILLUSTRATIVE:
                return found[0]
    known = [part for part in named.parts if part in sources()][-1:]
    in_use = [relative(receipt.folder) for name in known for receipt in receipts(name)]
    raise InputError(
        f"{named} holds no receipt that is in use.",
        *(f"{name} has: {', '.join(in_use) or 'none'}." for name in known),
        "Wanted: data/<source>/<day received>, as `cdpb add` said where it stored a file.",
        "Nothing was changed.",
    )


def _free_place(receipt: Receipt) -> Path:
    """A folder of its own, also where a receipt of the same day was withdrawn before."""
    folder = withdrawn_folder(receipt.source)
    names = [receipt.folder.name, *(f"{receipt.folder.name}_{n}" for n in range(2, 1000))]
    free = next(folder / name for name in names if not (folder / name).exists())
    return Path(relative(free))


def _withdrawal_lines(receipt: Receipt, now: Path, reason: str) -> Iterator[str]:
    yield f"{receipt.source}, received {receipt.received_text}: withdrawn"
    yield f"  reason    {reason}"
    yield f"  files     {', '.join(file.name for file in receipt.files)}"
    yield f"  kept in   {now.as_posix()}, and used nowhere"
    if source(receipt.source).status == ILLUSTRATIVE:
        yield "  in use    nothing received; demonstrations show made-up figures again"
    elif left := receipts(receipt.source):
        yield f"  in use    receipts of {', '.join(other.received_text for other in left)}"
    else:
        yield "  in use    nothing: pages say that the source has not been received"
    yield "  released  stands in the ledger as it was published"
    yield (
        "The same files can be added again. Assessments are as they were until the next cdpb run."
    )
