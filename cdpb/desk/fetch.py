"""``cdpb fetch``: open sources from the address each declares, checked as ``cdpb add`` does."""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from cdpb import paths
from cdpb.catalogue import receipts, source
from cdpb.console import say_all
from cdpb.desk import PATH
from cdpb.desk.downloading import NotDownloaded, connection, download
from cdpb.desk.project import added
from cdpb.errors import InputError
from cdpb.sources import ILLUSTRATIVE, Receipt, Source

# Of a file that was downloaded: its source, and the address that its receipt names.
Fetched = dict[Path, tuple[str, str]]


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--ca-bundle", type=PATH, help="Certificates of a proxy that inspects connections.")
@click.option("--into", type=PATH, help="Only download, into this folder; nothing is added.")
@click.option(
    "--accept", metavar="REASON", default="", help="Why figures that look wrong are right."
)
def command(
    sources: tuple[str, ...], ca_bundle: Path | None, into: Path | None, accept: str
) -> None:
    """Download open sources, check their files as `cdpb add` does, and store them: all or none.

    `cdpb data` says which sources can be downloaded. HTTPS_PROXY is heeded, and certificates are
    always checked. A download that broke off goes on where it stopped.
    """
    say_all(fetch(sources, ca_bundle, into, accept))


def fetch(
    ids: Sequence[str], ca_bundle: Path | None = None, into: Path | None = None, accept: str = ""
) -> Iterator[str]:
    """Download sources and add what is new of them. The lines to print.

    Raises
    ------
    InputError
        If a source is unknown, or declares no address; or a file could not be had, with the
        reason. Nothing was changed, and what came of it is kept for the next time.
    NotAdded
        As `cdpb.adding.add`.
    """
    declared = [source(each) for each in dict.fromkeys(ids)]
    for each in declared:
        _refuse_by_hand(each)
    kept = paths.private_folder("downloads")
    with TemporaryDirectory(dir=kept) as folder:
        fetched = _all_of(declared, ca_bundle, kept, Path(folder))
        if into:
            yield from _put(fetched, into)
            return
        new = {}
        for path, (source_id, address) in fetched.items():
            if before := _received_before(path, source_id):
                yield f"{source_id}: nothing new; its file is that of {before.received_text}"
            else:
                new[path] = source_id, address
        if new:
            yield from added(files=list(new), accept=accept.strip(), fetched=new)


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
    if source(source_id).status == ILLUSTRATIVE:
        return None
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    held = (each for each in receipts(source_id) if sha256 in {of.sha256 for of in each.files})
    return next(held, None)
