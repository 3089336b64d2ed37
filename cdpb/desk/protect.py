"""``cdpb protect``: any table of counts, protected as a policy asks, without a finding."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pandas as pd

from cdpb import paths
from cdpb.console import few, say_all
from cdpb.desk import PATH
from cdpb.desk.assessments import refuse_outputs
from cdpb.desk.counts_table import CountsTable, read_counts, sums_of_neighbours
from cdpb.desk.protected_files import SafeTable
from cdpb.disclosure.counted import counted
from cdpb.disclosure.declared import TOTAL
from cdpb.disclosure.explain import Cost, reasons
from cdpb.disclosure.gate import publish
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.protect import solve
from cdpb.errors import InputError
from cdpb.findings.explaining import WARNING, Asked, Explained, hidden_lines, rule_lines
from cdpb.key import project_key
from cdpb.policies import policies
from cdpb.policies import policy as named

DEFAULT = "under_five_hide"
BY_ITSELF = (
    "Safe by itself: other tables of these people, and what was published of them before, are",
    "not known here. Put what is published together into one file, or declare it as a source.",
)


@click.command(name="protect")
@click.argument("file", metavar="FILE.csv", type=PATH)
@click.option("--dimension", "dimensions", multiple=True, metavar="NAME", help="May repeat.")
@click.option("--count", default="", metavar="NAME", help="The column of counts.")
@click.option("--policy", default=DEFAULT, metavar="ID", help="Of data/policies.yml.")
@click.option("--into", type=PATH, help="A folder, if not that of the file.")
def command(
    file: Path, dimensions: tuple[str, ...], count: str, policy: str, into: Path | None
) -> None:
    """Hide small counts of a table of your own: FILE.csv, its totals among its rows.

    Writes a protected CSV, a workbook and a chart, and says why each count is hidden. That is for
    the analyst alone; what is written is not.
    """
    refuse_outputs(sys.stdout)
    say_all(protect_file(file, dimensions, count, policy, into or file.parent))


def protect_file(
    file: Path, dimensions: tuple[str, ...], count: str, policy: str, into: Path
) -> Iterator[str]:
    """Write what may leave of a table beside it, or into a folder; what was read, hidden and why.

    Raises
    ------
    InputError
        If the table can't be read, the policy hides nothing, or a file is there already.
    """
    rule = _policy(policy)
    _refuse_assessments(into)
    table = read_counts(file, dimensions, count)
    yield WARNING
    yield from _read_as(table)
    protected, why = protected_table(table, rule)
    yield from why
    written = list(protected.write(into, file.stem))
    yield ""
    yield f"Written, and free of what is hidden: {', '.join(each.name for each in written)}"
    if not any(each.suffix == ".png" for each in written):
        yield "  No chart: so many rows or columns can't be read in one."
    yield from (f"  {line}" for line in BY_ITSELF)


def protected_table(table: CountsTable, rule: Policy) -> tuple[SafeTable, list[str]]:
    """What may leave of a table, and why each hidden count is hidden: that for the inside only.

    All of its counts and totals are one system, solved together with the project's key.
    """
    base, names = table.base, table.columns()
    shown: dict[tuple[str, tuple[str, ...]], Any] = {}
    tables = {each.title: each for each in table.declarations().values()}
    pattern, system, chosen = solve(tables, base, rule, key=project_key().secret)
    why = list(rule_lines(rule))
    for title, declared in tables.items():
        counts = [(*key, count) for key, count in counted(declared, base).items()]
        leaving = publish(
            pd.DataFrame(counts, columns=declared.columns), declared,
            policy=rule, columns=names, pattern=pattern, base=base, name=title,
        )  # fmt: skip
        cells = {tuple(map(str, row[:-1])): row[-1] for row in leaving.values}
        shown |= {(title, key): value for key, value in cells.items()}
        whole = title in pattern.hidden_whole
        cost = Cost(len(cells), len(pattern.of(title)), 0, chosen.weight, whole)
        asked = Asked(title, tables, {declared.source: base}, rule, {})
        given = reasons(title, pattern, system, chosen, rule)
        why += ["", title, *hidden_lines(Explained(asked, given, cost, []))]
    titles = {names: declared.title for names, declared in table.declarations().items()}
    own = {key: shown[titles[table.summed_in(key)], _parts(key)] for key in table.rows}
    return SafeTable(table, own, rule.title), why


def _parts(key: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(label for label in key if label != TOTAL)


def _read_as(table: CountsTable) -> Iterator[str]:
    """What an analyst can check at a glance: what was taken for what."""
    yield f"{table.name}: {len(table.rows)} counts by {', '.join(table.dimensions)}"
    summed = [" and ".join(names) for names in table.summed if names]
    yield f"  totals over {'; '.join(summed)}" if summed else "  no totals"
    if table.left_out:
        yield f"  left out, for they may be made of the counts: {', '.join(table.left_out)}"
    for dimension, label, parts, _ in sums_of_neighbours(table):
        yield f"  look: {label} of {dimension} is the sum of {few(parts)}. Is it their total?"


def _policy(name: str) -> Policy:
    rule = named(name)
    if not rule.protects:
        hiding = [each.name for each in policies().values() if each.protects]
        raise InputError(
            f"Policy {name} hides nothing.",
            f"Wanted: one with a threshold: {', '.join(hiding)}.",
            "Nothing was written.",
        )
    return rule


def _refuse_assessments(into: Path) -> None:
    if into.resolve().is_relative_to(paths.outputs_folder().resolve()):
        raise InputError(
            "outputs/ is for assessments, whose every file the gates have seen.",
            "Name a folder outside it with --into. Nothing was written.",
        )
