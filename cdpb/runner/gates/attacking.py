"""Attack gate: what a reader can work out of all the tables that were written, together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cdpb import catalogue, loaders
from cdpb.declarations import declarations
from cdpb.disclosure.attack import Ratio
from cdpb.disclosure.cells import CellSystem, cells_of
from cdpb.disclosure.counted import unknown_keys
from cdpb.disclosure.declared import Column, TableDeclaration
from cdpb.disclosure.masked import MARKER, Key
from cdpb.disclosure.masking import masked_with_count, total_over
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.protect import as_agreed
from cdpb.disclosure.readers import View, views
from cdpb.exemptions import Exemption
from cdpb.findings.area_files import checked_area_file
from cdpb.findings.populations import protected_with, together
from cdpb.findings.suppression_cache import Question, published_before
from cdpb.policies import policy
from cdpb.runner.gates.exposed import disclosive, exposed, ratios_of, tables_with_figures
from cdpb.runner.gates.outcome import Outcome
from cdpb.runner.gates.written import Rows, Written
from cdpb.runner.keys import ATTACK


@dataclass
class Protected:
    """The tables of one protected source, or of those that count the same people, as written.

    Declarations (with their filters as used) and files are named ``finding/table``.
    """

    sources: tuple[str, ...]
    rule: Policy
    tables: dict[str, TableDeclaration] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def counted(self) -> list[str]:
        """The sources that have a table among these."""
        return sorted({declared.source for declared in self.tables.values()})


@dataclass(frozen=True)
class Read:
    """What readers see of a source: the systems of its cells, and which of them are hidden.

    The first view is of today's figures; the others look back at earlier publications. ``ratios``
    are what the percentages, rates and intervals that were written say of the counts.
    """

    views: tuple[View, ...]
    hidden: np.ndarray
    problems: list[str]
    ratios: tuple[Ratio, ...] = ()

    @property
    def system(self) -> CellSystem:
        """As whoever reads today's figures has it."""
        return self.views[0].system


def attack_written(written: Written) -> Outcome:
    """Attack every protected source over all of its tables, with those of earlier publications.

    Findings name tables and how many cells are open, never a count, nor which cell is hidden
    for its own smallness.
    """
    sources = protected_sources(written)
    findings = [found for each in sources for found in _findings(each, written)]
    tables = [table.source for each in sources for table in each.tables.values()]
    looked = f"{len(tables)} tables of {len(set(tables))} protected sources"
    return Outcome(ATTACK, findings, looked)


def protected_sources(written: Written) -> list[Protected]:
    """The protected sources that an assessment has counts of, with their tables."""
    found: dict[tuple[str, ...], Protected] = {}
    for record in written.records:
        for table in record.get("tables", []):
            name = f"{record['id']}/{table['id']}"
            declared = written.declared.get(name)
            if declared is None or not declared.count:
                continue
            rule = policy(catalogue.source(declared.source).policy_of(declared.count))
            if rule.protects:
                with loaders.access.building(written.assessment.build):
                    near = protected_with(declared.source)
                each = found.setdefault(near, Protected(near, rule))
                each.tables[name], each.files[name] = declared, table["file"]
    return [found[sources] for sources in sorted(found)]


def read_source(protected: Protected, written: Written) -> Read:
    """The cells of a source's tables, and which of them what was written hides.

    A cell that stands in several tables is hidden only if all of them hide it.
    """
    with loaders.access.building(written.assessment.build):
        return _read(protected, written)


def _read(protected: Protected, written: Written) -> Read:
    of, (area, year, edition) = together(protected.sources[0]), _what(written)
    bases, ties = {each: of.bases[each] for each in protected.counted}, of.ties(area, year)
    asked = Question(area, year, protected.tables, bases, protected.rule, ties)
    before = published_before(of, area, year, _register(written))
    earlier = [table for table in before if table.declared.source in bases]
    system = cells_of(protected.tables, bases, earlier, ties)
    agreed = asked.exempt(_register(written), edition)["exceptions"]
    seen = [
        replace(each, system=as_agreed(each.system, agreed))
        for each in views(system, earlier, protected.rule, edition)
    ]
    hidden, shown = np.zeros(len(system), dtype=bool), np.zeros(len(system), dtype=bool)
    problems = []
    for name, declared in protected.tables.items():
        file, cells = protected.files[name], system.cells[name]
        counts = counts_of(declared, written.tables[file])
        unheld = unknown_keys(declared, bases[declared.source])
        if counts.keys() != cells.keys() | unheld:
            problems.append(f"{file}: not the rows that its declaration gives")
        if any(text != MARKER for key, text in counts.items() if key in unheld):
            problems.append(f"{file}: shows a count that is not held")
        known = {key: text for key, text in counts.items() if key in cells}
        for key, text in known.items():
            (hidden if text == MARKER else shown)[cells[key]] = True
        exact = protected.rule.rounding == "none"
        true = {key: str(system.counts[cells[key]]) for key in known}
        if exact and any(text not in (MARKER, true[key]) for key, text in known.items()):
            problems.append(f"{file}: {declared.count} is not what its declaration counts")
        problems += _beside(declared, written.tables[file], file)
    ratios, wrong = _ratios(protected, written, system)
    return Read(tuple(seen), hidden & ~shown, [*problems, *wrong], tuple(ratios))


def _ratios(
    protected: Protected, written: Written, system: CellSystem
) -> tuple[list[Ratio], list[str]]:
    """What all figures of a source say of its counts; and problems with them."""
    ratios: list[Ratio] = []
    problems = []
    for figures in tables_with_figures(written, protected.tables, declarations().columns):
        told, wrong = ratios_of(figures, written, system)
        ratios += told
        # Made of rounded counts, a share is not that of the true ones.
        if not protected.rule.rounds:
            problems += [
                f"{figures.file}: {name} is not the share it is said to be" for name in wrong
            ]
    return ratios, problems


def _register(written: Written) -> tuple[Exemption, ...]:
    area_file = checked_area_file(written.assessment.area_code)
    return tuple(area_file.exceptions) if area_file else ()


def _what(written: Written) -> tuple[str, str, str]:
    of = written.assessment
    return of.area_code, of.year, of.edition


def counts_of(declared: TableDeclaration, rows: Rows) -> dict[Key, str]:
    """Each row's key and the text in its column of counts."""
    return {
        tuple(row.get(name, "") for name in declared.dimensions): row.get(declared.count, "")
        for row in rows
    }


def _findings(protected: Protected, written: Written) -> Iterator[str]:
    read = read_source(protected, written)
    yield from read.problems
    open_ = np.any([_opened(view, read, protected.rule) for view in read.views], axis=0)
    if open_.any():
        tables = _standing_in(np.flatnonzero(open_).tolist(), read.system)
        files = ", ".join(protected.files[name] for name in tables)
        sources = ", ".join(protected.counted)
        yield (
            f"{files}: {int(open_.sum())} cells of {sources} can be worked out more closely than "
            "its policy allows"
        )


def _opened(view: View, read: Read, rule: Policy) -> np.ndarray:
    """The cells that one reader can work out too closely."""
    system = view.system
    hidden, same = read.hidden & ~system.known, system.counts == read.system.counts
    ratios_known = disclosive(read.ratios, hidden | ~system.published)
    # To who looks back, a figure of today says nothing of a count that was another then.
    ratios = [ratio for ratio in ratios_known if same[list(ratio.cells)].all()]
    return exposed(system, hidden, rule, rule.smallest_hidden, view.guarded, ratios)


def _standing_in(cells: Sequence[int], system: CellSystem) -> list[str]:
    """The tables that any of these cells, or a part of them, stands in."""
    units = {unit for cell in cells for unit in system.units[cell]}
    return [
        name
        for name, places in system.cells.items()
        if any(units & system.units[cell] for cell in places.values())
    ]


def _beside(declared: TableDeclaration, rows: Rows, file: str) -> Iterator[str]:
    """A figure made of a hidden count must be hidden with it, and so must all beside a share."""
    columns = declarations().columns
    hidden = {key for key, text in counts_of(declared, rows).items() if text == MARKER}
    derived = masked_with_count(declared, columns)
    shares = [columns[name] for name in derived if columns[name].of]
    wanted = [row for row in rows if _is_made_of(row, declared, shares, hidden)]
    for name in derived:
        if any(row.get(name, "") != MARKER for row in wanted):
            yield f"{file}: {name} is shown beside a hidden count"


def _is_made_of(
    row: Mapping[str, str], declared: TableDeclaration, shares: Sequence[Column], hidden: set[Key]
) -> bool:
    key = tuple(row.get(name, "") for name in declared.dimensions)
    return not hidden.isdisjoint({key, *(total_over(key, declared, each.of) for each in shares)})
