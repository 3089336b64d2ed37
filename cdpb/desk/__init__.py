"""The analyst's desk: its commands, and the options and questions that several of them share."""

import json
import os
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any, TextIO

import click

from cdpb import build, paths
from cdpb.areas import find_area
from cdpb.errors import GateRefused, InputError
from cdpb.periods import FinancialYear
from cdpb.runner.job import Assessment
from cdpb.runner.place import display_path
from cdpb.runner.plan import defaults

Command = Callable[..., Any]
PATH, EDITIONS = click.Path(path_type=Path), click.Choice(build.EDITIONS)


def options(*several: Command) -> Command:
    """Several options as one decorator, in their order."""
    return lambda command: reduce(lambda given, option: option(given), reversed(several), command)


def file_to_write(ending: str) -> Command:
    """The option that says where a file of this ending is written."""
    return click.option("--to", type=PATH, metavar=f"FILE.{ending}", help="Where, if not here.")


OUTPUT = click.argument("output", type=PATH)
JSON = click.option("--json", "as_json", is_flag=True, help="For another program.")
UNDER = click.option("--output", type=PATH, help="The folder of assessments, if not outputs/.")
AREA = click.option("--area", metavar="AREA", help="Name or code.")
EDITION = click.option("--edition", default="public", type=EDITIONS)
# Of one assessment, what `assessment_named` takes.
NAMED = options(click.option("--year", metavar="YEAR", help="Like 2023/24."), AREA, EDITION)
MADE = options(
    NAMED, click.option("--demonstration", is_flag=True, help="Of the demonstration."), UNDER
)


def assessment_named(
    year: str | None,
    area: str | None,
    edition: str,
    demonstration: bool,
    output: Path | None = None,
) -> Assessment:
    """The assessment that a command's options name, made or not."""
    settings, under = defaults(), (output or paths.outputs_folder()).resolve()
    place = find_area(area or settings.area[0])
    when = str(FinancialYear.parse(year or settings.year[0]))
    return Assessment(place.code, place.name, when, edition, demonstration, under)


def assessment_made(**named: Any) -> Assessment:
    """The same.

    Raises
    ------
    InputError
        If it has not been made.
    """
    asked = assessment_named(**named)
    if not any(asked.target.glob("findings/*.json")):
        raise InputError(
            f"{asked}: this assessment has not been made.",
            f"Wanted: its findings in {display_path(asked.target)}/findings.",
            f"Make it first: cdpb run --year {asked.year} --area {asked.area_code} "
            f"--edition {asked.edition}{' --demonstration' * asked.demonstration}",
        )
    return asked


def json_text(content: object) -> str:
    """For another program."""
    return json.dumps(content, ensure_ascii=False, indent=1)


def refuse_outputs(stream: TextIO) -> None:
    """Refuse to print what says which counts are small into a file among the assessments."""
    try:
        going_to = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return  # Not a file at all.
    for path in paths.outputs_folder().rglob("*"):
        if path.is_file() and os.path.samestat(path.stat(), going_to):
            raise GateRefused(
                "This command says which counts are small: that may not be written under outputs/.",
                f"Found: what it prints goes to {display_path(path)}.",
                "Let it print to the terminal.",
            )
