"""``cdpb map``: what a publisher calls a column now, entered in the column map of its source."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

import click

from cdpb.catalogue import source
from cdpb.console import say_all
from cdpb.csv_files import csv_cells
from cdpb.durable_files import write_whole
from cdpb.errors import InputError, is_invisible
from cdpb.file_contents import relative
from cdpb.loaders.headers import (
    MONTHS,
    NOT_USED,
    OPTIONAL,
    Vintage,
    csv_line,
    is_month,
    map_path,
    plain,
    vintages,
)


@click.command()
@click.argument("source", metavar="SOURCE")
@click.argument("theirs", metavar='"NEW NAME"')
@click.argument("ours", metavar="OUR_NAME")
@click.option("--layout", metavar="NAME", help="In this one, not in all that have the column.")
def command(source: str, theirs: str, ours: str, layout: str | None) -> None:
    """Enter what a column of SOURCE is called now, so that a renamed file can be read.

    OUR_NAME is a name of the first column of data/column_maps/SOURCE.csv; with "(not used)" the
    column may be there and is left out. Files with the old name are read as before.
    """
    say_all(enter(source, theirs, ours, layout))


def enter(source_id: str, theirs: str, ours: str, layout: str | None = None) -> Iterator[str]:
    """Give one of our columns another name of the publisher's. The lines to print.

    Parameters
    ----------
    layout : str, optional
        The layout that gets the name; every one that has the column, if not given.

    Raises
    ------
    InputError
        If the source, the layout or our name is unknown, with the closest; or the publisher's name
        is taken, or none that a column can have. Nothing was changed.
    """
    path, theirs = map_path(source(source_id).id), " ".join(theirs.split())
    _refuse_no_name(theirs)
    known = vintages(source_id)
    header, *rows = csv_cells(path)
    written = _our_name(ours, rows, path)
    chosen = _chosen(known, ours, layout, path)
    given = [each.name for each in chosen if not _stands(each, theirs, ours, path)]
    if not given:
        raise InputError(
            f"{theirs!r} is read as {ours} already.",
            "There is nothing to enter.",
            "Nothing was changed.",
        )
    line = [written, *(theirs if name in given else "" for name in header[1:])]
    write_whole(path, "".join(f"{csv_line(*row)}\n" for row in [header, *rows, line]))
    what = "left out" if ours == NOT_USED else f"read as {ours}"
    s = "s" * (len(given) > 1)
    yield f"{relative(path)}: {theirs!r} is {what} in layout{s} {', '.join(given)}"
    yield "next: cdpb add FILE"


def _refuse_no_name(theirs: str) -> None:
    if any(map(is_invisible, theirs)):
        raise InputError(
            "The new name holds a sign that can't be seen.",
            "Type it as the file has it.",
            "Nothing was changed.",
        )
    if theirs == MONTHS or is_month(theirs):
        raise InputError(
            f"{theirs!r} is a month, not the name of a column.",
            f"{MONTHS} in a column map stands for a column a month.",
            "Nothing was changed.",
        )


def _our_name(ours: str, rows: Sequence[Sequence[str]], path: Path) -> str:
    """Our name as the column map has it: with a question mark where files may lack the column."""
    names = {row[0].strip().removesuffix(OPTIONAL): row[0].strip() for row in rows}
    if ours in (NOT_USED, *names):
        return names.get(ours, ours)
    close = get_close_matches(ours, names, n=1)
    raise InputError(
        f"{relative(path)} has no column of ours called {ours!r}.",
        f"Did you mean {close[0]}?" if close else f"It has: {', '.join(list(names)[:12])}.",
        f'A column that is to be left out is entered as "{NOT_USED}".',
        "Nothing was changed.",
    )


def _chosen(known: list[Vintage], ours: str, layout: str | None, path: Path) -> list[Vintage]:
    """The layouts that have the column: one that lacks it would demand it of every older file."""
    having = [each for each in known if ours in (NOT_USED, *each.columns)]
    found = [each for each in having if layout in (None, each.name)]
    if found:
        return found
    names = [each.name for each in having]
    if not names:
        raise InputError(
            f"{ours} stands for a column a month, which is known by its month.",
            "Nothing was changed.",
        )
    close = get_close_matches(str(layout), names, n=1)
    raise InputError(
        f"{relative(path)} has no layout {layout!r} with the column {ours}.",
        f"Did you mean {close[0]}?" if close else f"Layouts with it: {', '.join(names)}.",
        "Nothing was changed.",
    )


def _stands(layout: Vintage, theirs: str, ours: str, path: Path) -> bool:
    """Whether a layout has the name for this column; refused if for another."""
    name = plain(theirs)
    taken = NOT_USED if name in layout.not_used else layout.ours.get(name)
    if taken not in (None, ours):
        raise InputError(
            f"{theirs!r} is the name of another column: {taken}.",
            f"Layout {layout.name} of {relative(path)} has it.",
            "If that is wrong, change the line there.",
            "Nothing was changed.",
        )
    return taken == ours
