"""``cdpb protect``: any table of counts, protected as a policy asks, without a finding.

What leaves is a CSV, a workbook, and a chart with hidden counts hatched.
"""

import csv
import datetime as dt
import io
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pandas as pd
import xlsxwriter
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cdpb import paths
from cdpb.console import few, say, say_all
from cdpb.desk import PATH, refuse_outputs
from cdpb.desk.counts_table import NOTHING, CountsTable, read_counts, sums_of_neighbours
from cdpb.disclosure.counted import counted
from cdpb.disclosure.declared import TOTAL
from cdpb.disclosure.explain import Cost, reasons
from cdpb.disclosure.gate import publish
from cdpb.disclosure.masked import MARKER, Key
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.protect import solve
from cdpb.disclosure.published import FORMULA_STARTS, Value
from cdpb.errors import InputError
from cdpb.findings.explaining import WARNING, Asked, Explained, hidden_lines, rule_lines
from cdpb.key import project_key
from cdpb.numbers import count_text
from cdpb.policies import policies
from cdpb.policies import policy as named

DEFAULT = "under_five_hide"
MOST_ROWS, MOST_COLUMNS = 60, 12
# Pixels of the chart: a row, a column, what stands beside and above them.
ROW, COLUMN, BESIDE, ABOVE = 26, 110, 240, 56
# A workbook names the day that it was made; this one is the same whenever that is.
NO_DAY = dt.datetime(2000, 1, 1)
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
    rule, into = _policy(policy), into or file.parent
    _refuse_assessments(into)
    table = read_counts(file, dimensions, count)
    say_all([WARNING, *_read_as(table)])
    protected, why = protected_table(table, rule)
    say_all(why)
    written = list(protected.write(into, file.stem))
    say(f"\nWritten, and free of what is hidden: {', '.join(each.name for each in written)}")
    if not any(each.suffix == ".png" for each in written):
        say("  No chart: so many rows or columns can't be read in one.")
    say_all(f"  {line}" for line in BY_ITSELF)


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


# What is written ---------------------------------------------------------------------------


@dataclass(frozen=True)
class SafeTable:
    """What may leave of a table: each count of the file, hidden where the policy asks it."""

    table: CountsTable
    shown: Mapping[Key, Value]
    rule: str

    @property
    def lines(self) -> list[list[Value]]:
        """Header and rows in the shape of the file, by name and totals last.

        The file's own order may be that of the counts, which would tell of those hidden.
        """
        keys = sorted(self.shown, key=in_order)
        if not self.table.over_columns:
            long: list[list[Value]] = [[*key, self.shown[key]] for key in keys]
            return [[*self.table.dimensions, self.table.count], *long]
        columns, rows = _unique(key[-1] for key in keys), _unique(key[:-1] for key in keys)
        header = [*self.table.dimensions[:-1], *columns]
        cells = ([*row, *(self.shown.get((*row, each)) for each in columns)] for row in rows)
        return [header, *cells]

    @property
    def title(self) -> str:
        """The name of the file in words."""
        return self.table.name.rpartition(".")[0].replace("_", " ")

    @property
    def note(self) -> str:
        """What the marker means."""
        return f"{MARKER}: withheld to protect people. {self.rule}."

    def contents(self) -> dict[str, bytes]:
        """Each file by its ending; no chart of what is too large to be read in one."""
        made = {"csv": self._csv(), "xlsx": self._workbook(), "png": self._chart()}
        return {ending: content for ending, content in made.items() if content}

    def _csv(self) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([[_safe(cell) for cell in line] for line in self.lines])
        return text.getvalue().encode()

    def _workbook(self) -> bytes:
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
            book.set_properties({"title": self.title, "created": NO_DAY})
            bold, sheet = book.add_format({"bold": True}), book.add_worksheet("Protected")
            sheet.write_string(0, 0, f"{self.title}, protected", bold)
            sheet.write_string(1, 0, self.note)
            for at, line in enumerate(self.lines, 3):
                for column, cell in enumerate(line):
                    _put_cell(sheet, at, column, cell, bold if at == 3 else None)
            sheet.freeze_panes(4, 0)
            sheet.set_column(0, len(self.lines[0]) - 1, 18)
        return out.getvalue()

    def _chart(self) -> bytes:
        keys = sorted((key for key in self.shown if not self.table.summed_in(key)), key=in_order)
        rows, columns = _unique(key[0] for key in keys), _unique(key[1:] for key in keys)
        if len(rows) > MOST_ROWS or len(columns) > MOST_COLUMNS:
            return b""
        wide, tall = BESIDE + COLUMN * len(columns), ABOVE + ROW * len(rows) + ROW
        figure = Figure(figsize=(wide / 100, tall / 100), dpi=200, facecolor="white")
        box = (BESIDE / wide, ROW / tall, 1 - (BESIDE + 10) / wide, ROW * len(rows) / tall)
        draw_grid(figure.add_axes(box), [[self.shown.get((a, *b)) for b in columns] for a in rows])
        ax = figure.axes[0]
        ax.set_yticks(range(len(rows)), [_short(each) for each in rows])
        ax.set_xticks(range(len(columns)), [_short(" ".join(each)) for each in columns])
        figure.text(10 / wide, 1 - 18 / tall, _short(self.title, 90), weight="bold", fontsize=9)
        figure.text(10 / wide, 6 / tall, _short(self.note, 30 + wide // 8), fontsize=7)
        out = io.BytesIO()
        figure.savefig(out, format="png", metadata={"Software": None})
        return out.getvalue()

    def write(self, folder: Path, stem: str) -> Iterator[Path]:
        """Write them all, or none where one would take the place of another file.

        Raises
        ------
        InputError
            If one of them is there already. Nothing was written.
        """
        made = {folder / f"{stem}_protected.{end}": data for end, data in self.contents().items()}
        there = [path.name for path in made if path.exists()]
        if there:
            raise InputError(
                f"{there[0]} is there already, in the folder of the protected table.",
                "It is not written over: somebody may have it.",
                "Move it away, or name another folder with --into.",
                NOTHING,
            )
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in made.items():
            with path.open("xb") as file:
                file.write(content)
            yield path


def draw_grid(ax: Any, cells: Sequence[Sequence[Value]]) -> None:
    """A square for each count, darker the larger it is of those shown; hidden ones are hatched."""
    largest = max((cell for line in cells for cell in line if isinstance(cell, int)), default=0)
    for row, line in enumerate(cells):
        for column, cell in enumerate(line):
            known = isinstance(cell, int)
            part = cell / largest if known and largest else 0.0  # type: ignore[operator]
            look: Any = {} if known or cell is None else {"hatch": "////"}
            colour = tuple(1 - part * (1 - channel) for channel in (0.07, 0.26, 0.43))
            corner = (column - 0.5, row - 0.5)
            box: Any = {"facecolor": colour if known else "white", "edgecolor": "#505A5F", **look}
            ax.add_patch(Rectangle(corner, 1, 1, linewidth=0.5, **box))
            paper = {} if known else {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1}}
            ink = "white" if part > 1 / 2 else "#1A1A1A"
            text = count_text(cell) if known else "" if cell is None else MARKER  # type: ignore[arg-type]
            ax.text(column, row, text, ha="center", va="center", fontsize=8, color=ink, **paper)
    ax.set(xlim=(-0.5, len(cells[0]) - 0.5), ylim=(len(cells) - 0.5, -0.5))
    ax.tick_params(length=0, labelsize=8, labeltop=True, labelbottom=False)


def in_order(key: Key) -> list[list[tuple[bool, int, str]]]:
    """By name, numbers within it as numbers ("5 to 9" before "10 to 17"), totals last."""
    return [
        [(part == "total", int(part) if part.isdecimal() else -1, part) for part in parts]
        for parts in (re.split(r"(\d+)", label) for label in key)
    ]


def _unique(values: Iterator[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def _safe(cell: Value) -> Value:
    """A spreadsheet program runs text that begins like a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def _put_cell(sheet: Any, row: int, column: int, cell: Value, look: Any) -> None:
    if isinstance(cell, int):
        sheet.write_number(row, column, cell)
    elif cell is not None:
        sheet.write_string(row, column, str(cell), look)


def _short(text: str, most: int = 32) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


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
