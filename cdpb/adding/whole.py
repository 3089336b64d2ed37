"""The project as it would be: what a run or `cdpb list` would refuse of it, or could show now."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from cdpb import loaders
from cdpb.adding.incoming import FileProblem
from cdpb.adding.store import standing_in
from cdpb.build import Build
from cdpb.catalogue import receipts, source, sources
from cdpb.declarations import FindingDeclaration, declarations
from cdpb.errors import InputError
from cdpb.loaders import access
from cdpb.loaders.coverage import read_file
from cdpb.loaders.registry import LOADERS, loader_of
from cdpb.periods import FinancialYear
from cdpb.sources import ILLUSTRATIVE, Source

_EVERYTHING = Build("partnership", demonstration=True)


def new_refusals(source_ids: set[str], project: Path) -> list[FileProblem]:
    """What a run would stop at in a project as it would be, and does not in the one that is.

    ``source_ids`` are those whose receipts are others than before.
    """
    with standing_in(project):
        found = _refused_by_a_run(source_ids)
    before = _refused_by_a_run(source_ids) if found else {}
    return [problem for text, problem in found.items() if text not in before]


def _refused_by_a_run(source_ids: set[str]) -> dict[str, FileProblem]:
    """What a run, or `cdpb list`, would stop at in the project that the loaders see."""
    # And the sources whose rows are filled to the places that one of these lists.
    filled = {id for id, declared in sources().items() if declared.boundary_set in source_ids}
    asked: list[tuple[Callable[[], object], str]] = []
    for source_id in sorted(source_ids | filled):
        if source_id in LOADERS:
            asked += [(load, source_id) for load in LOADERS[source_id].loads()]
        asked.append((partial(_years_as_asked_for, source_id), source_id))
    with access.building(_EVERYTHING):
        found = [problem for ask, source_id in asked for problem in _stops(ask, source_id)]
    return {str(problem.error): problem for problem in found}


def years_by_source(source_ids: Iterable[str]) -> dict[str, list[str]]:
    """The years that each source has complete; none of one that can't be read."""
    years: dict[str, list[str]] = {source_id: [] for source_id in source_ids}
    with access.building(_EVERYTHING):
        for source_id in years:
            with suppress(InputError):
                years[source_id] = loaders.years_held(source_id)
    return years


def _years_as_asked_for(source_id: str) -> None:
    """Stop at a year that can't be asked for: `cdpb run --year` takes it as it is written."""
    for year in loaders.years_held(source_id):
        if "/" in year and " - " not in year:
            FinancialYear.parse(year)
        elif not year[:4].isdigit():
            raise InputError(
                f"{source_id} holds {year[:40]!r}, which is no year.",
                "Wanted: a year like 2024/25 or 2024.",
            )


def _stops(ask: Callable[[], object], source_id: str) -> Iterator[FileProblem]:
    try:
        ask()
    except InputError as error:
        yield FileProblem(error, source_id=source_id)
    except Exception as error:
        # No run would get past it, and what it says may quote the file.
        unforeseen = InputError(
            f"{source_id}: no run could read it ({type(error).__name__}).",
            "Wanted: a file that its loader can read. This one is unlike all that were met.",
            "Compare it with the publisher's own page, or with data/README.md.",
        )
        yield FileProblem(unforeseen, source_id=source_id)


def table_in_use(source_id: str) -> pd.DataFrame:
    """Every row that is in use of a source, with the day it was ``received``.

    No made-up figures are among them: they go out of use when a file comes in.
    """
    if source(source_id).status == ILLUSTRATIVE:
        return pd.DataFrame()
    loader = loader_of(source_id)
    received = loader.received() if loader else None
    return _newest(source_id) if received is None else received.table


def _newest(source_id: str) -> pd.DataFrame:
    """The files of the newest receipt, which of outlines replaces the whole of another."""
    parts = [
        read_file(source_id, path).assign(file=path.name, received=receipt.received)
        for receipt in receipts(source_id)[-1:]
        for path in receipt.paths
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


# Of a census or an estimate nobody waits for a year's own.
_REGULAR = ("monthly", "quarterly", "yearly")

Years = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class PageYear:
    """A year of one page.

    Attributes
    ----------
    lacking : tuple of str
        Sources that come regularly, are no return that nobody sent, and lack this year.
    """

    finding: str
    year: str
    lacking: tuple[str, ...]


def pages_moved(changed: set[str], before: Years, after: Years) -> Iterator[PageYear]:
    """Each page and year for which one of the changed sources is complete now and was not before.

    ``before`` and ``after`` are the complete years of each source.
    """
    known = sources()
    for finding in declarations().findings:
        if finding.after:
            continue
        needed = _needed(finding, known)
        new = {
            year
            for name in changed & set(needed)
            for year in set(after[name]) - set(before[name])
            if "/" in year
        }
        for year in sorted(new):
            lacking = tuple(name for name in needed if year not in after[name])
            yield PageYear(finding.id, year, lacking)


def sources_needed_with(changed: set[str]) -> set[str]:
    """These sources, and those that some page of theirs needs for a year of its own."""
    known = sources()
    pages = [
        set(_needed(finding, known)) for finding in declarations().findings if not finding.after
    ]
    return changed.union(*(needed for needed in pages if changed & needed))


def used_by_pages() -> set[str]:
    """Every source that comes regularly and that some page is made from."""
    known, used = sources(), {name for each in declarations().findings for name in each.sources}
    return {name for name in used if _comes(known[name])}


def readable(source_id: str) -> InputError | None:
    """Why what was received of a source can't be read; None if it can."""
    with access.building(_EVERYTHING):
        try:
            loaders.years_held(source_id)
        except InputError as error:
            return error
    return None


def _needed(finding: FindingDeclaration, known: Mapping[str, Source]) -> list[str]:
    return [name for name in finding.dated_by or finding.sources if _comes(known[name])]


def _comes(source: Source) -> bool:
    """Whether a source comes regularly, and is no return that nobody sent."""
    dated = source.frequency.startswith(_REGULAR) and source.periods != "none"
    return dated and source.status == "official"
