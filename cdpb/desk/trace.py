"""``cdpb trace``: from a figure on a page to what it was made of, and what was released of it."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click
import pandas as pd

from cdpb import catalogue, loaders
from cdpb.console import show, show_all
from cdpb.desk import MADE, assessment_made, refuse_outputs
from cdpb.desk.figures_traced import Behind, Figure, behind, cells_meant, released_before
from cdpb.errors import InputError
from cdpb.findings.released_record import beside_published, released_record
from cdpb.report.finding import Finding

MOST_FIGURES, MOST_ROWS = 6, 6
OF_A_SOURCE = ("definition", "protection")
FOR_THE_ANALYST = (
    "For the analyst: it leads to rows that no page shows. Do not publish or paste it."
)
RULE = "  rule "
NOT_SHOWN = {"lowest", "highest", "publisher_rounded"}


@click.command(name="trace")
@click.argument("what", metavar="WHAT")
@click.option("--row", "rows", multiple=True, metavar="NAME=VALUE", help="May repeat.")
@click.option("--column", default="", metavar="NAME")
@click.option("--number", default="", metavar="NUMBER", help="As it stands on the page.")
@MADE
def command(what: str, rows: tuple[str, ...], column: str, number: str, **named: Any) -> None:
    """Say where a figure comes from: rows, receipts, revisions, corrections, method, releases.

    WHAT is finding/table, finding:key_figure, or a finding or page with --number. For the analyst
    alone; nothing is written.
    """
    refuse_outputs(sys.stdout)
    asked = assessment_made(**named)
    found = cells_meant(asked.target, what, rows, column, number)
    show(FOR_THE_ANALYST)
    with loaders.access.building(asked.build):
        show_all(all_lines(found[:MOST_FIGURES]))
    if len(found) > MOST_FIGURES:
        show(f"\nand {len(found) - MOST_FIGURES} more: choose with --row NAME=VALUE and --column")


def trace(finding: Finding, what: str, *, column: str = "", **row: str) -> None:
    """Print where a figure of a notebook's finding comes from, once ``close`` has saved its draft.

    Parameters
    ----------
    what : str
        The id of a published table, or of a key figure.
    column, **row : str
        Of a table: the column, and what names the row.

    Raises
    ------
    InputError
        If there is no draft, no such figure, or the notebook is executed for an assessment: its
        page would hold what is for the analyst alone.

    Examples
    --------
    >>> from cdpb.desk.trace import trace
    >>> trace(finding, "wards", ward_code="E05013628", column="offences")
    """
    record, brief = finding._record, finding._brief
    if record.in_a_run:
        raise InputError("trace is for the desk.", "Take it out before the assessment is made.")
    sign = ":" if what in {each.id for each in record.key_figures} else "/"
    wanted = [f"{name}={value}" for name, value in row.items()]
    print(FOR_THE_ANALYST)
    with loaders.access.building(brief.build):
        meant = cells_meant(record.folder(), f"{brief.id}{sign}{what}", wanted, column)
        print(*all_lines(meant), sep="\n")


def all_lines(figures: Iterable[Figure]) -> Iterator[str]:
    """All that leads to each figure; a rule of the method that they share is said once."""
    said: set[str] = set()
    for figure in figures:
        yield ""
        for line in trace_lines(figure):
            if line not in said:
                yield line
            said |= {line} if line.startswith(RULE) else set()


def trace_lines(figure: Figure) -> Iterator[str]:
    """All that leads to a figure, and what was released of it."""
    named = ", ".join(f"{name} {value}" for name, value in figure.where.items())
    yield f"{figure.name}, {figure.column or 'all its rows'}" + (f", {named}" if named else "")
    if figure.label:
        yield _line("key figure", figure.label)
    withheld = ": withheld, and cdpb explain says why" if figure.value == "[c]" else ""
    yield _line("shown", f"{figure.value or 'computed from the table'}{withheld}")
    yield _line("made by", ", ".join(figure.traced["functions"]))
    function = figure.traced["columns"].get(figure.column, {}).get("function")
    if function:
        yield _line("column by", function)
    if figure.traced["made_of"]:
        yield _line("made of", ", ".join(figure.traced["made_of"]))
    for each in figure.traced["sources"]:
        source = catalogue.source(each["id"]) if each["id"] in catalogue.sources() else None
        yield _line("source", f"{each['id']}" + (f": {source.title}" if source else ""))
        if source:
            for receipt in each["receipts"]:
                files = f": {', '.join(receipt['files'])}" if receipt["files"] else ""
                yield _line("received", f"{receipt['received']}{files}")
            found = behind(figure, each["id"])
            yield from _rows_behind(found, public=source.access == "public") if found else ()
    yield from _method(figure)
    yield from _releases(figure)


def _rows_behind(found: Behind, public: bool) -> Iterator[str]:
    """Rows, revisions and corrections: of a source that isn't public where they lie, no counts."""
    named = "; ".join(f"{name} {', '.join(values)}" for name, values in found.chosen.items())
    yield _line("rows", f"{len(found.rows)} fit {named or 'it: nothing names fewer'}" if public
                else f"of {named or 'the whole source'}, in data/{found.source}/")  # fmt: skip
    if public:
        shown = found.rows.drop(columns=[n for n in found.rows if n in NOT_SHOWN])
        for row in shown.head(MOST_ROWS).itertuples(index=False):
            yield _line("", " | ".join("" if pd.isna(cell) else str(cell) for cell in row))
        if len(shown) > MOST_ROWS:
            yield _line("", f"and {len(shown) - MOST_ROWS} more")
    for day, rows, moved in found.revisions():
        revised = f"; revised: {len(moved)}" if moved else ""
        yield _line("receipt", f"{day}: {rows} row{'s' * (rows != 1)}{revised}" if public else
                    f"{day}{'; revised' * bool(moved)}")  # fmt: skip
        yield from (_line("", each) for each in moved[:MOST_ROWS] if public)
    for each in found.corrections:
        yield _line(
            "corrected", f"{each.column}, agreed {each.agreed} by {each.agreed_by}: {each.why}"
        )
    if not found.corrections:
        yield _line("corrected", "nothing in data/corrections.yml is for these rows")


def _method(figure: Figure) -> Iterator[str]:
    own = [each for each in figure.record["key_figures"] if each["id"] == figure.key_figure]
    for each in own[:1]:
        yield _line("method", each["method"] or "none is noted")
        if each["definition"]:
            yield _line("counts", each["definition"])
    own_titles = {each["title"] for each in figure.record["sources"] if each["id"] in _ids(figure)}
    for name, rule in figure.record["method"]["rules"].items():
        kind, sign, title = name.partition(": ")
        if not sign or (kind in OF_A_SOURCE and title in own_titles):
            yield _line(RULE.strip(), f"{name}: {rule}")


def _ids(figure: Figure) -> list[str]:
    return [each["id"] for each in figure.traced["sources"]]


def _releases(figure: Figure) -> Iterator[str]:
    """What the ledger has of it, and what of its finding has changed since."""
    record = figure.record
    for released, entry, shown in released_before(figure):
        yield _line("released", f"{released} ({entry}): {shown}")
    published = released_record(
        record["area"]["code"], record["year"], record["edition"], record["id"]
    )
    if published is None:
        yield _line("released", "no release of this year and edition holds the finding")
        return
    beside = beside_published(published, record)
    changed = [
        *(f"{each['what']}: {each['before']} then, {each['now']} now" for each in beside["rules"]),
        *(f"{each['what']}: {each['published']} then, {each['again']} now"
          for each in beside["verdicts"]),
        *(f"{each['what']}: {each['published']['value']} then, {each['again']['value']} now"
          for each in beside["key_figures"]),
    ]  # fmt: skip
    since = f"since the release of {published['released']}"
    yield _line("changed", f"nothing of this finding {since}" if not changed else since)
    yield from (_line("", each) for each in changed)


def _line(name: str, text: str) -> str:
    return f"  {name:<11}{text}"
