"""Which pages a year is complete for: a page needs all its files, not the one that came."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cdpb.catalogue import sources
from cdpb.declarations import FindingDeclaration, declarations

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
    """Each page and year that a source is complete for now and was not before.

    Parameters
    ----------
    changed : set of str
        Sources whose receipts are others than before.
    before, after : mapping of str to sequence of str
        By source, its complete years.
    """
    for finding in declarations().findings:
        if finding.after:
            continue
        needed = _needed(finding)
        new = {
            year
            for each in changed & set(needed)
            for year in set(after[each]) - set(before[each])
            if "/" in year
        }
        for year in sorted(new):
            lacking = tuple(each for each in needed if year not in after[each])
            yield PageYear(finding.id, year, lacking)


def beside(changed: set[str]) -> set[str]:
    """These sources, and those that some page of theirs needs for a year of its own."""
    pages = [set(_needed(each)) for each in declarations().findings if not each.after]
    return changed.union(*(needed for needed in pages if changed & needed))


def _needed(finding: FindingDeclaration) -> list[str]:
    known = sources()
    return [
        each
        for each in finding.sources
        if known[each].frequency.startswith(_REGULAR)
        and known[each].periods != "none"
        and known[each].status == "official"
    ]
