"""``cdpb run``, ``report`` and ``watch``: assessments made, or drafts of them as files change."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from cdpb import paths
from cdpb.console import columns, complain, say
from cdpb.desk import EDITIONS, JSON, PATH, json_text, options
from cdpb.errors import InputError, ended
from cdpb.runner.job import Job
from cdpb.runner.keys import Inputs
from cdpb.runner.logs import summary
from cdpb.runner.place import display_path, recover_under, refuse_own_folder
from cdpb.runner.plan import Request, assessments, defaults, plan
from cdpb.runner.run import run
from cdpb.runner.runs import new_run

# Which assessments; and how they are made.
_ASKED = options(
    click.option(
        "--year", "years", multiple=True, metavar="YEAR", help="Like 2023/24; may repeat."
    ),
    click.option(
        "--area", "places", multiple=True, metavar="AREA", help="Name or code; may repeat."
    ),
    click.option("--edition", "editions", multiple=True, type=EDITIONS, help="May repeat."),
    click.option(
        "--demonstration", is_flag=True, help="With illustrative sources, marked as such."
    ),
    click.option(
        "--finding", "findings", multiple=True, metavar="ID", help="Only these; may repeat."
    ),
)
_MADE = options(
    click.option(
        "--output", type=PATH, help="Write assessments under this folder in place of outputs/."
    ),
    click.option("--workers", type=click.IntRange(1, 64), help="Notebooks to execute at once."),
    click.option("--fresh", is_flag=True, help="Execute again what has not changed, too."),
    click.option("--dry-run", is_flag=True, help="Say what would be made, and why."),
    JSON,
)


# What takes its options by name has a parameter of the name of each.


@click.command("run")
@_ASKED
@_MADE
def run_command(editions: tuple[str, ...], demonstration: bool, **asked: Any) -> None:
    """Make assessments. What is not named comes from data/defaults.yml."""
    _make([(each, demonstration) for each in editions], demonstration, **asked)


@click.command("report")
@_MADE
def report_command(**asked: Any) -> None:
    """Make every edition of the default area and year, and the demonstration of each."""
    _make([(each, shown) for shown in (False, True) for each in EDITIONS.choices], **asked)


@click.command("watch")
@_ASKED
@click.option("--port", type=click.IntRange(0, 65535), default=8000, help="8000 if not given.")
def watch_command(demonstration: bool, port: int, **named: tuple[str, ...]) -> None:
    """Make a draft again whenever a file is saved, and serve it to the browser of this machine.

    The page reloads itself. What fails is said in its place, until the next save. Nothing is moved
    into place; Ctrl-C ends it, and nothing is left.
    """
    from cdpb.runner.watch import watch  # Only here: cdpb run needs no server.

    of = {"years": "--year", "places": "--area", "editions": "--edition", "findings": "--finding"}
    asked = [word for name in of for each in named[name] for word in (of[name], each)]
    with suppress(KeyboardInterrupt):
        watch([*asked, *["--demonstration"] * demonstration], port, say)
    say("Ended. Nothing is left of the draft.")


def _make(
    editions: list[tuple[str, bool]],
    demonstration: bool = False,
    years: Sequence[str] = (),
    places: Sequence[str] = (),
    findings: Sequence[str] = (),
    *,
    output: Path | None,
    workers: int | None,
    fresh: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make assessments and print where they stand."""
    with _summarised(as_json) as (tell, record):
        if dry_run and as_json:
            raise InputError(
                "--json tells what was made, and --dry-run makes nothing.", "Leave out one."
            )
        settings = defaults()
        under = (output or paths.outputs_folder()).resolve()
        refuse_own_folder(under)
        complete_interrupted(under)
        editions = editions or [(each, demonstration) for each in settings.edition]
        request = Request(
            years or settings.year, places or settings.area, editions, under, findings
        )
        if dry_run:
            for line in _foreseen(request, fresh):
                tell(line)
            return
        for page in run(request, settings, workers, tell, fresh=fresh, record=record):
            if not as_json:
                say(display_path(page))


@contextmanager
def _summarised(as_json: bool) -> Iterator[tuple[Callable[[str], None], Callable[..., None]]]:
    """``--json``: however a run ends, print what is recorded of it; all else is for people.

    What is yielded prints a line for people, and takes the record.
    """
    recorded: dict[str, Any] = {}
    try:
        yield (complain if as_json else say), recorded.update
    finally:
        if as_json:
            say(json_text(summary(recorded | ended(sys.exception()))))


def _foreseen(request: Request, fresh: bool) -> Iterator[str]:
    """``--dry-run``: what a run would execute, render and leave alone, each with the reason."""
    inputs = Inputs()
    for assessment in assessments(request):
        planned = plan(assessment, request.findings, new_run(), inputs, fresh=fresh)
        made = {job.finding: job for job in planned.jobs}
        yield str(assessment)
        yield from columns([_how(name, made.get(name)) for name in planned.in_turn])
        seconds = sum(job.cost for job in planned.jobs if not job.at_hand)
        yield f"  {len(made)} of {len(planned.order)} to be made, {seconds:.0f} s of work"


def _how(finding: str, job: Job | None) -> tuple[str, ...]:
    if job is None:
        return finding, "at hand", "nothing changed"
    return finding, "render" if job.at_hand else "execute", job.why


def complete_interrupted(under: Path) -> None:
    """Bring to an end what an earlier command was interrupted in, and say so."""
    finish_adding()
    for target, outcome in recover_under(under):
        complain(f"An interrupted replacement was {outcome}: {display_path(target)}")


def finish_adding() -> None:
    """Put in the rest of what an earlier ``cdpb add`` was putting in, and say so."""
    if not (paths.project_root() / ".cdpb" / "adding" / "now").is_dir():
        return  # nearly always, and the loaders take a second to import
    from cdpb import adding

    for folder in adding.finish_interrupted():
        complain(f"An interrupted addition was completed: {folder}")
