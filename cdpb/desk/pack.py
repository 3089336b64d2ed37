"""One file to send by email: a whole assessment that has passed every gate, its links working."""

import io
import zipfile
from pathlib import Path

import click

from cdpb.console import say
from cdpb.desk import OUTPUT, file_to_write
from cdpb.desk.leaving import leaving, place_for
from cdpb.durable_files import write_whole
from cdpb.errors import GateRefused
from cdpb.report.archives import undated
from cdpb.runner.assemble import is_draft
from cdpb.runner.gates import gate_report
from cdpb.runner.manifest import files_below
from cdpb.runner.place import display_path, locked

BIGGEST_IN_EMAIL = 20_000_000


@click.command()
@OUTPUT
@file_to_write("zip")
def command(output: Path, to: Path | None) -> None:
    """Put a finished assessment, the folder OUTPUT, into one zip file that can be sent.

    It must have passed all four gates (cdpb gate). Unpacked, its index.html leads to every page,
    table and workbook. The same assessment gives the same bytes.
    """
    made = pack(output, to)
    say(f"{display_path(made)}: {-(-made.stat().st_size // 1024):,} KB")
    if made.stat().st_size > BIGGEST_IN_EMAIL:
        say("  Many email systems refuse a file of that size: put it where it can be fetched.")


def pack(output: Path, to: Path | None = None) -> Path:
    """Write the zip of a finished assessment; the file.

    Raises
    ------
    InputError
        If no assessment stands there, a file of it was edited, or the zip would stand in it.
    GateRefused
        If it is a draft, or attack or scan, held once more, finds anything.
    """
    written, name = leaving(output)
    target = place_for(to, f"{name}.zip", written.folder)
    with locked(written.folder):
        _refuse_draft(written.folder)
        gate_report(written.folder, every=False).refuse()
        content = _zipped(written.folder, name)
    write_whole(target, content, target.with_name(f".{target.name}.new"))
    return target


def _refuse_draft(folder: Path) -> None:
    if is_draft(folder):
        raise GateRefused(
            f"{display_path(folder)} is a draft: it has not yet passed all four gates.",
            f"Hold them with cdpb gate {display_path(folder)}, then pack it. Nothing was packed.",
        )


def _zipped(folder: Path, name: str) -> bytes:
    """Every file of a folder below one folder of this name, undated."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, file in files_below(folder).items():
            member = undated(f"{name}/{path}")
            archive.writestr(member, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
