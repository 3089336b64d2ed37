"""``cdpb explain``: why cells of a table are hidden, and what would show more. Never for a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from textwrap import wrap
from typing import Any

import pandas as pd

from cdpb import areas, catalogue, loaders
from cdpb.console import columns
from cdpb.declarations import declarations
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.explain import (
    Alternative,
    Cost,
    Reason,
    alternatives,
    cost_of,
    names_beside,
    reasons,
)
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.protect import TIME_LIMIT, solve
from cdpb.errors import InputError
from cdpb.findings.area_files import checked_area_file
from cdpb.findings.populations import together
from cdpb.findings.suppression_cache import published_before, question
from cdpb.key import key_for
from cdpb.policies import policy

WARNING = "OFFICIAL-SENSITIVE: it says which counts are small. Do not publish, paste or send it on."
SHOWN, WIDTH = 3, 92
TOGETHER = "to protect others, together with other hidden counts, or drawn by the key"
UNSHOWN = "to protect a small count that no table shows, but that subtraction would give"


@dataclass(frozen=True)
class Asked:
    """A table of an assessment, with all that decides what is hidden of it.

    Its source's tables and base table are among those of all that count the same people.
    """

    name: str
    tables: Mapping[str, TableDeclaration]
    bases: Mapping[str, pd.DataFrame]
    rule: Policy
    given: Mapping[str, Any]

    @property
    def declared(self) -> TableDeclaration:
        """The table's own declaration."""
        return self.tables[self.name]

    @property
    def base(self) -> pd.DataFrame:
        """The base table of its own source."""
        return self.bases[self.declared.source]

    @property
    def own(self) -> dict[str, TableDeclaration]:
        """The tables of its own source."""
        source = self.declared.source
        return {name: table for name, table in self.tables.items() if table.source == source}


@dataclass(frozen=True)
class Explained:
    """Why each cell is hidden, what that costs, and the best other ways with their cost."""

    asked: Asked
    reasons: Sequence[Reason]
    cost: Cost
    others: Sequence[tuple[Alternative, Cost]]


def asked(table: str, area: areas.Area, year: str, edition: str) -> Asked:
    """A declared table of a protected source, as an assessment would publish it.

    Raises InputError if there is no such table, nothing of it is ever hidden, or nothing is held of
    it.
    """
    name, declared = _declared(table)
    rule = policy(catalogue.source(declared.source).policy_of(declared.count))
    if not rule.protects or not declared.count:
        raise InputError(
            f"Nothing of {name} is hidden.",
            f"Policy of {declared.source}: {rule.title}. {rule.why}",
        )
    of = together(declared.source)
    solved = question(of, area.code, year)
    own_file = checked_area_file(area.code)
    register = tuple(own_file.exceptions) if own_file else ()
    given = {
        **solved.exempt(register, edition),
        "earlier": published_before(of, area.code, year, register),
        "ties": solved.ties,
        "edition": edition,
        "key": key_for(of.bases).secret,
    }
    return Asked(name, solved.tables, solved.bases, rule, given)


def explained(asked: Asked) -> Explained:
    """Solve the source's tables as they are, and each other way to publish this one.

    Raises InputError if the assessment holds no row of the table.
    """
    pattern, system, chosen = solve(
        asked.tables, asked.bases, asked.rule, time_limit=TIME_LIMIT, **asked.given
    )
    if not system.cells[asked.name]:
        raise InputError(
            f"Nothing is held of {asked.name} for this assessment.",
            "Name another year or area, or --demonstration for made-up figures.",
        )
    why = reasons(asked.name, pattern, system, chosen, asked.rule)
    cost = cost_of(asked.name, asked.tables, asked.bases, asked.rule, **asked.given)
    return Explained(asked, why, cost, _others(asked) if why else [])


def _others(asked: Asked) -> list[tuple[Alternative, Cost]]:
    """The best of each kind, those first that hide the smallest share of the table."""
    neighbours = _neighbours(asked)
    solved = [
        (each, _cost(each, asked))
        for each in alternatives(asked.name, asked.own, asked.base, neighbours)
    ]
    solved.sort(key=lambda each: (each[1].share, each[1].weight, -each[1].cells))
    best = {each.kind: (each, cost) for each, cost in reversed(solved)}
    return [each for each in solved if each in best.values()][:SHOWN]


def _cost(other: Alternative, asked: Asked) -> Cost:
    """Of another way to publish its source's tables, beside the sources that stay as they are."""
    tables = {**asked.tables, **other.tables}
    bases = {**asked.bases, asked.declared.source: other.base}
    return cost_of(asked.name, tables, bases, asked.rule, **asked.given)


def _neighbours(asked: Asked) -> dict[str, list[str]]:
    """Which wards border which, for tables of wards."""
    if "ward_code" not in asked.declared.dimensions:
        return {}
    outlines = loaders.ward_outlines(None).set_index("ward_code").geometry
    wards = set(asked.base["ward_code"].astype(str)) & set(outlines.index)
    own = outlines[sorted(wards)]
    return {str(ward): list(own.index[own.touches(shape)]) for ward, shape in own.items()}


def _declared(table: str) -> tuple[str, TableDeclaration]:
    known = {f"{each.id}/{one.id}": one for each in declarations().findings for one in each.tables}
    found = [name for name in known if table in (name, name.partition("/")[2])]
    if len(found) == 1:
        return found[0], known[found[0]]
    near = found or get_close_matches(table, known, n=3, cutoff=0.4)
    raise InputError(
        f"{table!r} names {'several tables' if found else 'no table'} of the findings.",
        f"Did you mean: {', '.join(near[:6])}?" if near else "Wanted: finding/table.",
    )


# In words ---------------------------------------------------------------------------


def lines(found: Explained) -> Iterator[str]:
    """What an analyst reads: the rule, each hidden cell with its reason, other ways."""
    yield f"{found.asked.name}: {found.asked.declared.title}"
    yield from rule_lines(found.asked.rule)
    yield from hidden_lines(found)
    if not found.reasons:
        return
    yield ""
    yield "To show more, each solved for all tables of the source together"
    yield from columns(_ways(found))
    yield "  weight: counts hidden beside the small ones, over all tables of the source"


def rule_lines(rule: Policy) -> Iterator[str]:
    """A policy in words."""
    for line in wrap(f"{rule.title}. {rule.why}", WIDTH):
        yield f"  {line}"


def hidden_lines(found: Explained) -> Iterator[str]:
    """How many counts of a table are hidden, and each of them with its reason."""
    yield f"  {found.cost.hidden} of {found.cost.cells} counts are hidden."
    if found.reasons:
        yield ""
        names = (*found.asked.declared.dimensions, "why")
        rows = [(*_named(each.key, found.asked), _why(each, found)) for each in found.reasons]
        yield from columns([names, *rows])


def _why(reason: Reason, found: Explained) -> str:
    words = {
        "small": "small itself",
        "whole": "hidden with all it is tied to: nothing less could be certified in time",
        "sender": "hidden or left out by whoever sent it, or a sum of such a count",
    }
    if reason.why != "protects":
        return words[reason.why]
    if not reason.protects:
        return TOGETHER if not reason.unshown else UNSHOWN
    others = "; ".join(_cell(each, found) for each in reason.protects[:2])
    more = f" and {len(reason.protects) - 2} more" if len(reason.protects) > 2 else ""
    sums = "; ".join(_cell(each, found) for each in reason.sums[:1])
    return f"to protect {others}{more}" + (f" (both are part of {sums})" if sums else "")


def _cell(cell: tuple[str, tuple[str, ...]], found: Explained) -> str:
    table, key = cell
    if table != found.asked.name:
        # A total of all has no name beside its table's.
        return ": ".join(filter(None, [table, ", ".join(key)]))
    return ", ".join(_named(key, found.asked))


def _named(key: Sequence[str], asked: Asked) -> tuple[str, ...]:
    """A key with the names of its wards beside their codes."""
    labels = list(key)
    for at, name in enumerate(asked.declared.dimensions):
        names = names_beside(name, asked.base)
        if labels[at] in names:
            labels[at] = f"{labels[at]} {names[labels[at]]}"
    return tuple(labels)


def _ways(found: Explained) -> list[tuple[str, ...]]:
    ways = [("as declared", found.cost), *((each.label, cost) for each, cost in found.others)]
    rows = [
        (label, f"{cost.hidden} of {cost.cells}", str(cost.everywhere), f"{cost.weight:,}",
         "not certified in time" if cost.whole else "")
        for label, cost in ways
    ]  # fmt: skip
    return [("", "hidden", "in all tables", "weight", ""), *rows]
