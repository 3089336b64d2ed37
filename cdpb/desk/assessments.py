"""What is asked of assessments that stand: gates, signatures, release, differences, needs."""

import datetime as dt
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from cdpb import loaders
from cdpb.areas import Area
from cdpb.console import complain, say, say_all, show_all
from cdpb.desk import (
    EDITION,
    JSON,
    MADE,
    NAMED,
    OUTPUT,
    PATH,
    assessment_made,
    assessment_named,
    json_text,
    refuse_outputs,
)
from cdpb.errors import InputError
from cdpb.findings.documents import others
from cdpb.findings.explaining import WARNING, asked, explained
from cdpb.findings.explaining import lines as lines_of
from cdpb.report.diff import Records, difference_lines, differences, read_records
from cdpb.report.needs import needs_lines
from cdpb.runner.assemble import content_of, say_in_place, signatures_of
from cdpb.runner.job import Assessment
from cdpb.runner.manifest import read_manifest, refuse_if_edited
from cdpb.runner.place import display_path, locked
from cdpb.runner.runs import note_of_comparison
from cdpb.runner.signed import SignOff, enter_signature, signatures_text


@click.command("gate")
@OUTPUT
@JSON
def gate_command(output: Path, as_json: bool) -> None:
    """Hold all four gates over a finished assessment, the folder OUTPUT.

    Attack, scan, absence and non-interference. The last two execute notebooks, and are remembered
    until something changes.
    """
    from cdpb.runner.gates import run_gates  # Here and below: what no other command waits for.

    report = run_gates(output)
    show_all([json_text(report.to_dict())] if as_json else report.lines())
    report.refuse()


@click.command("release")
@click.argument("outputs", nargs=-1, required=True, metavar="OUTPUT...", type=PATH)
@click.option("--all", "everything", is_flag=True, help="Refuse if a finding can't be released.")
def release_command(outputs: tuple[Path, ...], everything: bool) -> None:
    """Enter finished assessments, the folders OUTPUT, in the ledger: all of them, or none.

    Name both editions that were made together. All four gates must pass. What a later year shows
    can then not be subtracted from them.
    """
    from cdpb.runner.release import release

    for released in release(*outputs, everything=everything):
        say_all(released.lines())


@click.command("reproduce")
@OUTPUT
def reproduce_command(output: Path) -> None:
    """Make a finished assessment, the folder OUTPUT, again and say whether it is the same.

    In a clean folder, from its manifest: area, year, edition, findings and receipts. Exit code 0 if
    it is identical, 1 if anything differs; whether a page is a draft makes no difference. Nothing
    is moved into place.
    """
    from cdpb.runner.reproduce import reproduce

    reproduced = reproduce(output, complain)
    show_all(reproduced.lines())
    reproduced.refuse()


@click.command("diff")
@click.argument("folders", nargs=-1, metavar="[BEFORE AFTER]", type=PATH)
@click.option("--year", "years", multiple=True, metavar="YEAR", help="Twice: before and after.")
@click.option("--area", metavar="AREA", help="Name or code, with --year.")
@EDITION
@click.option("--demonstration", is_flag=True, help="Of the demonstrations.")
@JSON
@click.option(
    "--output", type=PATH, help="Write assessments under this folder in place of outputs/."
)
def diff_command(
    folders: tuple[Path, ...], years: tuple[str, ...], as_json: bool, **named: Any
) -> None:
    """Compare two built assessments: values, intervals, verdicts, and the method of each.

    Name their two folders, or two years of one area.
    """
    if len(folders or years) != 2 or (folders and years):
        raise InputError(
            "cdpb diff compares two assessments.",
            "Name their two folders, or two years: cdpb diff --year 2022/23 --year 2023/24.",
            "Nothing was compared.",
        )
    chosen = [*folders, *(assessment_named(year, **named).target for year in years)]
    before, after = (read_records(each) for each in chosen)
    found = differences(before, after)
    note_of_comparison(before, after).touch()
    names = [_called(each) for each in (before, after)]
    lines = difference_lines(found, *(names if names[0] != names[1] else map(str, chosen)))
    show_all([json_text([asdict(each) for each in found])] if as_json else lines)


def _called(records: Records) -> str:
    """``Barnet, 2023/24``."""
    first = next(iter(records.values()))
    return f"{first['area']['name']}, {first['year']}"


@click.command("needs")
@MADE
def needs_command(**named: Any) -> None:
    """Say what an assessment lacks, who has it, and what it would let the board know."""
    of = assessment_made(**named)
    show_all(needs_lines(others(of.target, of.build), str(of)))


@click.command("explain")
@click.argument("table", metavar="TABLE")
@NAMED
@click.option("--demonstration", is_flag=True, help="With illustrative sources.")
def explain_command(table: str, **named: Any) -> None:
    """Say why counts of TABLE (finding/table) are hidden, and what would show more.

    For the analyst alone: it says which counts are small. Nothing is written.
    """
    show_all(_explained(table, **named))


def _explained(table: str, **named: Any) -> Iterator[str]:
    refuse_outputs(sys.stdout)
    of = assessment_named(**named)
    with loaders.access.building(of.build):
        found = explained(asked(table, Area(of.area_code, of.area_name), of.year, of.edition))
    yield from (WARNING, str(of), *lines_of(found))


@click.command("sign")
@OUTPUT
@click.option("--as", "role", required=True, type=click.Choice(["analyst", "reviewer", "approver"]))
@click.option("--office", required=True, metavar="OFFICE", help="Like 'Public health'.")
@click.option("--name", default="", metavar="NAME", help="Whom the council names for it, if any.")
def sign_command(output: Path, role: str, office: str, name: str) -> None:
    """Sign a finished assessment, the folder OUTPUT, as it stands: cdpb release asks for all three.

    A signature names the hash of the content. Whatever changes there voids it, and the pages say
    so. Drafts are not signed.
    """
    from cdpb.desk.leaving import refuse_draft
    from cdpb.runner.gates.written import read_written

    written = read_written(output.resolve())
    with locked(written.folder):
        refuse_if_edited(written.folder, "Nothing was signed.")
        if written.assessment.demonstration:
            raise InputError(
                f"{display_path(written.folder)} is a demonstration.",
                "Illustrative figures are never released, so nobody signs them.",
            )
        refuse_draft(written.folder, "signed")
        made = _signature(written.assessment, role, office, name, content_of(written.folder))
        path = enter_signature(written.assessment.area_code, made)
        say_in_place(written.folder, read_manifest(written.folder)["gates"]["passed"])
        say(signatures_text(signatures_of(written.folder)))
    say(f"Written to {display_path(path)}; it belongs under version control.")


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
