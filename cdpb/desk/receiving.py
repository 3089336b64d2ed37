"""Figures that arrive: files added or fetched, taken out of use, and columns renamed."""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from cdpb import paths
from cdpb.adding import NotAdded, Wanted, add, withdraw
from cdpb.catalogue import receipts
from cdpb.catalogue import source as source_named
from cdpb.console import complain, say, say_all
from cdpb.csv_files import csv_cells
from cdpb.desk import PATH
from cdpb.desk.downloading import NotDownloaded, connection, download
from cdpb.durable_files import write_whole
from cdpb.errors import InputError, closest, is_invisible
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
from cdpb.sources import ILLUSTRATIVE, Receipt, Source

# Of a file that was downloaded: its source, and the address that its receipt names.
Fetched = dict[Path, tuple[str, str]]


@click.command("add")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=PATH)
@click.option("--source", metavar="ID", help="The source, where the header doesn't tell.")
@click.option("--received", metavar="DAY", help="Like 2026-06-20, or 2026-06; today if not given.")
@click.option("--provisional", is_flag=True, help="The publisher calls the figures provisional.")
@click.option("--vintage-group", metavar="NAME", help="A word for the publication they are of.")
@click.option(
    "--accept", metavar="REASON", default="", help="Why figures that look wrong are right."
)
def add_command(accept: str, **said: Any) -> None:
    """Check received files and store each with its receipt, all of them or none."""
    say_all(added(accept=accept.strip(), **said))


def added(**wanted: Any) -> Iterator[str]:
    """Add what is `Wanted`: what was found and where it lies; all that is wrong goes to stderr."""
    try:
        found = add(Wanted(**wanted))
    except NotAdded as stopped:
        for problem in stopped.problems:
            complain(str(problem.error))
        raise
    yield from found.report


@click.command("withdraw")
@click.argument("receipt", metavar="data/SOURCE/RECEIVED", type=PATH)
@click.option("--reason", required=True, help="Why; it stays in the receipt.")
def withdraw_command(receipt: Path, reason: str) -> None:
    """Take a receipt out of use. Its files stay, with the reason, and can be added again."""
    say_all(withdraw(receipt, reason))


@click.command("fetch")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--ca-bundle", type=PATH, help="Certificates of a proxy that inspects connections.")
@click.option("--into", type=PATH, help="Only download, into this folder; nothing is added.")
@click.option(
    "--accept", metavar="REASON", default="", help="Why figures that look wrong are right."
)
def fetch_command(
    sources: tuple[str, ...], ca_bundle: Path | None, into: Path | None, accept: str
) -> None:
    """Download open sources, check their files as `cdpb add` does, and store them: all or none.

    `cdpb data` says which sources can be downloaded. HTTPS_PROXY is heeded, and certificates are
    always checked. A download that broke off goes on where it stopped.
    """
    declared = [source_named(each) for each in dict.fromkeys(sources)]
    for each in declared:
        _refuse_by_hand(each)
    kept = paths.private_folder("downloads")
    with TemporaryDirectory(dir=kept) as folder:
        fetched = _all_of(declared, ca_bundle, kept, Path(folder))
        if into:
            say_all(_put(fetched, into))
            return
        new = {}
        for path, (source_id, address) in fetched.items():
            if before := _received_before(path, source_id):
                say(f"{source_id}: nothing new; its file is that of {before.received_text}")
            else:
                new[path] = source_id, address
        if new:
            say_all(added(files=list(new), accept=accept.strip(), fetched=new))


def _refuse_by_hand(source: Source) -> None:
    if source.download:
        return
    if source.access == "public" and source.landing_page:
        way = f"Download it by hand from {source.landing_page}, then: cdpb add FILE"
    else:
        way = f"{source.publisher} sends it; then: cdpb add FILE"
    raise InputError(
        f"{source.id} can't be downloaded: data/sources.yml names no lasting address for it.",
        way,
        "`cdpb data` says which can. Nothing was changed.",
    )


def _all_of(
    declared: Sequence[Source], ca_bundle: Path | None, kept: Path, folder: Path
) -> Fetched:
    """Every file of some sources, each source's in a folder of its own."""
    fetched: Fetched = {}
    with connection(ca_bundle) as session:
        for each in declared:
            for at, address in enumerate(each.download):
                place, name = folder / f"{each.id}_{at}", f"{each.id}_{at + 1}.csv"
                try:
                    fetched[download(session, address, kept, place, name)] = each.id, address
                except NotDownloaded as error:
                    raise InputError(
                        f"{each.id} was not downloaded: {error.why}.",
                        f"Asked for: {address}",
                        *error.ways,
                        f"If it has moved, download it by hand from {each.landing_page},",
                        "then: cdpb add FILE",
                        "Nothing was changed.",
                    ) from None
    return fetched


def _put(fetched: Fetched, into: Path) -> Iterator[str]:
    """Leave files in a folder to be looked at, over none that is there."""
    named = {path: into / path.name for path in fetched}
    twice = [place for place in named.values() if list(named.values()).count(place) > 1]
    for place in [*filter(Path.exists, named.values()), *twice]:
        raise InputError(
            f"{place} is there already.",
            "Name another folder, or move the file away.",
            "Nothing was changed.",
        )
    into.mkdir(parents=True, exist_ok=True)
    for path, place in named.items():
        shutil.move(path, place)
        yield f"{place}: {fetched[path][0]}, {place.stat().st_size:,} bytes"
    yield "Not added. To add them: cdpb add FILE"


def _received_before(path: Path, source_id: str) -> Receipt | None:
    if source_named(source_id).status == ILLUSTRATIVE:
        return None
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    held = (each for each in receipts(source_id) if sha256 in {of.sha256 for of in each.files})
    return next(held, None)


@click.command("map")
@click.argument("source", metavar="SOURCE")
@click.argument("theirs", metavar='"NEW NAME"')
@click.argument("ours", metavar="OUR_NAME")
@click.option("--layout", metavar="NAME", help="In this one, not in all that have the column.")
def map_command(source: str, theirs: str, ours: str, layout: str | None) -> None:
    """Enter what a column of SOURCE is called now, so that a renamed file can be read.

    OUR_NAME is a name of the first column of data/column_maps/SOURCE.csv; with "(not used)" the
    column may be there and is left out. Files with the old name are read as before.
    """
    path, theirs = map_path(source_named(source).id), " ".join(theirs.split())
    _refuse_no_name(theirs)
    known = vintages(source)
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
    say(f"{relative(path)}: {theirs!r} is {what} in layout{s} {', '.join(given)}")
    say("next: cdpb add FILE")


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
    raise InputError(
        f"{relative(path)} has no column of ours called {ours!r}.",
        closest(ours, names),
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
    raise InputError(
        f"{relative(path)} has no layout {layout!r} with the column {ours}.",
        closest(layout, names, "Layouts with it"),
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
