"""What came of adding files: what was found in them, and what they change."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from cdpb.adding.check import months_and_gaps, shared_rows
from cdpb.adding.incoming import FileProblem, Incoming, figure_columns
from cdpb.adding.receipt import Terms, covers
from cdpb.adding.whole import PageYear
from cdpb.catalogue import made_up_receipts, publications, withdrawn_receipts
from cdpb.console import few
from cdpb.errors import visible
from cdpb.loaders.mps import BOROUGHS, WARDS


@dataclass(frozen=True)
class Added:
    """What was added, and what was in use before and after.

    Attributes
    ----------
    folders : list of Path
        Where each file lies, in the order of the files.
    before, after : dict of str to pandas.DataFrame
        By source, every row in use.
    pages : list of PageYear
        Pages and years for which a source is complete now and was not before.
    accepted : list of FileProblem
        What spoke against them, and was accepted with a reason.
    report : list of str
        The lines to print; written before the files are stored, so that nothing which was stored
        can fail for its own description.
    """

    files: list[Incoming]
    folders: list[Path]
    terms: Terms
    before: dict[str, pd.DataFrame]
    after: dict[str, pd.DataFrame] = field(default_factory=dict)
    pages: list[PageYear] = field(default_factory=list)
    accepted: list[FileProblem] = field(default_factory=list)
    report: list[str] = field(default_factory=list)


_WIDTH = 10


def summary_lines(added: Added) -> Iterator[str]:
    """The lines that ``cdpb add`` prints."""
    for file, folder in zip(added.files, added.folders, strict=True):
        yield visible(file.path.name)
        facts = {
            "named": "" if file.name == file.path.name else f"{file.name}: a name for any system",
            "source": ", layout ".join(filter(None, [file.source.id, file.layout])),
            "holds": _holds(file),
            "rows": "; ".join(file.readings),
            "new": _new(file, added),
            "revised": _revised(file, added.before[file.source.id]),
            "in use": _in_use(file, added),
            "absent": _absent(file, added.before[file.source.id]),
            "lacking": _lacking(file, added.after[file.source.id]),
            "made up": _made_up(file, added),
            "before": _withdrawn(file),
            "accepted": " ".join(
                problem.error.lines[0]
                for problem in added.accepted
                if problem.source_id == file.source.id
            ),
            "stored": (folder / file.name).as_posix(),
            "also": _also(file),
        }
        for name, fact in facts.items():
            if fact:
                yield f"  {name:<{_WIDTH}}{fact}"
    yield from _matched(added)
    yield from _next(added)


def _also(file: Incoming) -> str:
    """The sources that such a file can be added to as well."""
    known = publications().items()
    others = [name for name, what in known if what.published_as.files_of == file.source.id]
    others = [name for name in others if file.layout not in ("", "compiled")]
    return "; ".join(f"of use to {name} too: cdpb add it with --source {name}" for name in others)


def _revised(file: Incoming, in_use: pd.DataFrame) -> str:
    """How a file differs from what is in use; of figures that are not public, only whether it does.

    Two versions of a protected table side by side are a way to work out what either hides.
    """
    both = shared_rows(file, in_use)
    if both.empty:
        return ""
    pairs = {
        name: (both[f"{name}_in_use"], both[f"{name}_new"]) for name in figure_columns(file.table)
    }
    differ = {
        name: int(((was != now) & ~(was.isna() & now.isna()).to_numpy()).sum())
        for name, (was, now) in pairs.items()
    }
    if not any(differ.values()):
        return "no figure differs from the last receipt"
    if file.source.access != "public":
        return "some figures differ from the last receipt"
    return "; ".join(
        f"{name}: {differ[name]:,} of {len(both):,} figures differ from the last receipt, "
        f"by {now.sum() - was.sum():+,} in total"
        for name, (was, now) in pairs.items()
        if differ[name]
    )


def _holds(file: Incoming) -> str:
    rows = f"{covers(file)}; {len(file.table):,} rows"
    return f"{file.periods[0]} to {file.periods[-1]}, {rows}" if file.periods else rows


def _new(file: Incoming, added: Added) -> str:
    before = added.before[file.source.id]
    known = set(before[file.period].astype(str)) if file.period and len(before) else set()
    new = [period for period in file.periods if period not in known]
    if not file.periods:
        return ""
    if not new:
        return f"no {file.period} that was not held"
    return f"{new[0]} to {new[-1]} ({len(new)} {file.period}s)" if len(new) > 1 else new[0]


def _made_up(file: Incoming, added: Added) -> str:
    """Of the first file that came of a source: what it takes the place of."""
    replaced = made_up_receipts(file.source.id) if added.before[file.source.id].empty else []
    if not replaced:
        return ""
    some = "1 receipt" if len(replaced) == 1 else f"{len(replaced)} receipts"
    used = "is not used" if len(replaced) == 1 else "are not used"
    return f"{some} for demonstrations {used} any more; figures of the source are shown as received"


def _in_use(file: Incoming, added: Added) -> str:
    """Of a file that came before others: where theirs stand over its figures."""
    after = added.after[file.source.id]
    if "received" not in after or file.period is None:
        return ""
    ours = after[after["file"] == file.name]
    ours = ours[ours["received"] == added.terms.received]
    used = set(ours[file.period].astype(str))
    if used >= set(file.periods):
        return ""
    if not used:
        return "nowhere: newer receipts carry all of its periods"
    return f"for {len(used)} of {len(file.periods)} {file.period}s; newer receipts carry the others"


def _absent(file: Incoming, in_use: pd.DataFrame) -> str:
    """Places of which figures are in use and that the file says nothing of."""
    places = set(in_use[file.place]) - set(file.table[file.place]) if len(in_use) else set()
    return f"{few(sorted(places))}: held from other files, not in this one" if places else ""


def _lacking(file: Incoming, after: pd.DataFrame) -> str:
    """Months between the first and the last of a source that no receipt carries."""
    if file.period != "month":
        return ""
    _, absent = months_and_gaps(after, file.source.no_collection_in)
    months = f"{absent[0]} to {absent[-1]}" if len(absent) > 1 else str(*absent)
    return f"{months}: no receipt carries {len(absent)} of these months" if absent else ""


def _matched(added: Added) -> Iterator[str]:
    if added.terms.vintage_group:
        yield f"vintage group: {added.terms.vintage_group}"
    elif {file.source.id for file in added.files} & {WARDS, BOROUGHS}:
        yield "vintage group: none. Offences without a ward are shown for months of which a ward"
        yield "  and a borough file of one publication are held: add both together, or name the"
        yield "  publication with --vintage-group NAME (data/README.md says when)."


def _next(added: Added) -> Iterator[str]:
    """For which pages a year is complete now, what others of it still lack, and what to do."""
    whole, parts = defaultdict(list), defaultdict(list)
    for page in added.pages:
        if page.lacking:
            parts[page.year, page.lacking].append(page.finding)
        else:
            whole[page.year].append(page.finding)
    for year, findings in sorted(whole.items()):
        yield f"complete now: {year} for {', '.join(findings)}"
    for (year, lacking), findings in sorted(parts.items()):
        yield f"not complete: {year} for {', '.join(findings)}; still to come: {', '.join(lacking)}"
    if whole:
        yield f"next: cdpb run {' '.join(f'--year {year}' for year in sorted(whole)[-3:])}"


def _withdrawn(file: Incoming) -> str:
    """Of bytes that were received before, and taken out of use: when and why."""
    for receipt in withdrawn_receipts(file.source.id):
        if file.sha256 in {of_it.sha256 for of_it in receipt.files}:
            return f"withdrawn on {receipt.withdrawn}: {receipt.reason}"
    return ""
