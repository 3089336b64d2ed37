"""``cdpb sign``: an office's word for an assessment as it stands."""

import datetime as dt
from pathlib import Path

import click
from pydantic import ValidationError

from cdpb.console import say
from cdpb.desk import OUTPUT
from cdpb.errors import GateRefused, InputError
from cdpb.runner.assemble import content_of, is_draft, say_in_place, signatures_of
from cdpb.runner.gates.written import read_written
from cdpb.runner.job import Assessment
from cdpb.runner.manifest import read_manifest, refuse_if_edited
from cdpb.runner.place import display_path, locked
from cdpb.runner.signed import SignOff, enter_signature, signatures_text


@click.command(name="sign")
@OUTPUT
@click.option("--as", "role", required=True, type=click.Choice(["analyst", "reviewer", "approver"]))
@click.option("--office", required=True, metavar="OFFICE", help="Like 'Public health'.")
@click.option("--name", default="", metavar="NAME", help="Whom the council names for it, if any.")
def command(output: Path, role: str, office: str, name: str) -> None:
    """Sign a finished assessment, the folder OUTPUT, as it stands: cdpb release asks for all three.

    A signature names the hash of the content. Whatever changes there voids it, and the pages say
    so. Drafts are not signed.
    """
    path, found = sign(output, role, office, name)
    say(signatures_text(found))
    say(f"Written to {display_path(path)}; it belongs under version control.")


def sign(output: Path, role: str, office: str, name: str = "") -> tuple[Path, dict[str, SignOff]]:
    """Enter a signature and let the pages say it: its file, and all signatures of the content.

    Raises
    ------
    InputError
        If no assessment stands there, it is a demonstration, a file of it was edited, or the role
        has signed it already.
    GateRefused
        If it is a draft.
    """
    written = read_written(output.resolve())
    with locked(written.folder):
        refuse_if_edited(written.folder, "Nothing was signed.")
        _refuse_unfinished(written.folder, written.assessment.demonstration)
        made = _signature(written.assessment, role, office, name, content_of(written.folder))
        path = enter_signature(written.assessment.area_code, made)
        say_in_place(written.folder, read_manifest(written.folder)["gates"]["passed"])
        return path, signatures_of(written.folder)


def _signature(of: Assessment, role: str, office: str, name: str, content: str) -> SignOff:
    try:
        given = {"office": " ".join(office.split()), "name": " ".join(name.split())}
        own = {"year": of.year, "edition": of.edition, "role": role, "content": content}
        return SignOff.model_validate({**own, **given, "date": dt.date.today()})
    except ValidationError:
        raise InputError(
            f"{office[:40]!r}{f' or {name[:40]!r}' if name else ''} can't stand on a page.",
            'Wanted: words of 2 to 80 letters, without digits and without < > " & ;',
            "Nothing was signed.",
        ) from None


def _refuse_unfinished(folder: Path, demonstration: bool) -> None:
    if demonstration:
        raise InputError(
            f"{display_path(folder)} is a demonstration.",
            "Illustrative figures are never released, so nobody signs them.",
        )
    if is_draft(folder):
        raise GateRefused(
            f"{display_path(folder)} is a draft, and drafts are not signed.",
            f"Hold the gates first: cdpb gate {display_path(folder)}. Nothing was signed.",
        )
