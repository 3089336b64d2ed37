"""The attack: what a reader can work out of all the tables that were written, together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cdpb import areas, catalogue, loaders
from cdpb.declarations import Column, TableDeclaration, declarations
from cdpb.disclosure.agreed import as_agreed, exempt, signed
from cdpb.disclosure.cells import CellSystem, cells_of
from cdpb.disclosure.counted import Key, unknown_keys
from cdpb.disclosure.ledger import earlier_tables
from cdpb.disclosure.masked import MARKER
from cdpb.disclosure.masking import masked_with_count, total_over
from cdpb.disclosure.policy import Policy, policy
from cdpb.disclosure.ratios import Ratio
from cdpb.disclosure.readers import View, views
from cdpb.exemptions import Exemption
from cdpb.runner.gates.exposed import exposed
from cdpb.runner.gates.outcome import Outcome
from cdpb.runner.gates.ratios_written import figures_in, ratios_of, telling
from cdpb.runner.gates.written import Rows, Written, declared_table

NAME = "attack"


@dataclass
class Protected:
    """The tables of one protected source, as they were written.

    Attributes
    ----------
    tables : dict of str to TableDeclaration
        By ``finding/table``, their filters as they were used.
    files : dict of str to str
        The file that each was written to.
    """

    source: str
    rule: Policy
    tables: dict[str, TableDeclaration] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Read:
    """What readers see of a source: the systems of its cells, and which of them are hidden.

    Attributes
    ----------
    views : tuple of View
        A reader of today's figures first; then those who look back at earlier publications.
    ratios : tuple of Share or Range
        What the percentages, rates and intervals that were written say of the counts.
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

    Returns
    -------
    Outcome
        Findings name tables and how many cells are open, never a count, nor which cell is
        hidden for its own smallness.
    """
    sources = protected_sources(written)
    findings = [found for each in sources for found in _findings(each, written)]
    tables = sum(len(each.tables) for each in sources)
    return Outcome(NAME, findings, f"{tables} tables of {len(sources)} protected sources")


def protected_sources(written: Written) -> list[Protected]:
    """The protected sources that an assessment has counts of, with their tables."""
    found: dict[str, Protected] = {}
    for record in written.records:
        for table in record.get("tables", []):
            declared = declared_table(record, table["id"])
            if declared is None or not declared.count:
                continue
            rule = policy(catalogue.source(declared.source).policy_of(declared.count))
            if rule.protects:
                each = found.setdefault(declared.source, Protected(declared.source, rule))
                each.tables[f"{record['id']}/{table['id']}"] = declared
                each.files[f"{record['id']}/{table['id']}"] = table["file"]
    return [found[source] for source in sorted(found)]


def read_source(protected: Protected, written: Written) -> Read:
    """The cells of a source's tables, and which of them what was written hides.

    A cell that stands in several tables is hidden only if all of them hide it.
    """
    with loaders.access.building(written.assessment.build):
        base = loaders.base_counts(protected.source)
    told = exempt(_register(written), protected.tables, base, **_what(written))
    earlier = earlier_tables(written.assessment.area_code, protected.source)
    system = cells_of(protected.tables, base, earlier)
    edition = written.assessment.edition
    seen = [
        replace(each, system=as_agreed(each.system, told["exceptions"]))
        for each in views(system, earlier, protected.rule, edition)
    ]
    hidden, shown = np.zeros(len(system), dtype=bool), np.zeros(len(system), dtype=bool)
    problems = []
    for name, declared in protected.tables.items():
        file, cells = protected.files[name], system.cells[name]
        counts = counts_of(declared, written.tables[file])
        unheld = unknown_keys(declared, base)
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
    for figures in figures_in(written, protected.tables, declarations().columns):
        told, wrong = ratios_of(figures, written, system)
        ratios += told
        # Made of rounded counts, a share is not that of the true ones.
        if not protected.rule.rounds:
            problems += [
                f"{figures.file}: {name} is not the share it is said to be" for name in wrong
            ]
    return ratios, problems


def _register(written: Written) -> tuple[Exemption, ...]:
    return signed(areas.area_file(written.assessment.area_code), declarations())


def _what(written: Written) -> dict[str, str]:
    return {"edition": written.assessment.edition, "year": written.assessment.year}


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
        yield (
            f"{files}: {int(open_.sum())} cells of {protected.source} can be worked out more "
            "closely than its policy allows"
        )


def _opened(view: View, read: Read, rule: Policy) -> np.ndarray:
    """The cells that one reader can work out too closely."""
    system = view.system
    hidden, same = read.hidden & ~system.known, system.counts == read.system.counts
    told = telling(read.ratios, hidden | ~system.published)
    # To who looks back, a figure of today says nothing of a count that was another then.
    ratios = [ratio for ratio in told if same[list(ratio.cells)].all()]
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
