"""The command line: ``cdpb run``, ``report``, ``add``, ``list`` and ``clean``.

Exit codes: 0 done, 1 a finding failed, 2 wrong input or a full disk, 3 the gate refused,
130 interrupted.
"""

import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from cdpb import console
from cdpb.console import complain, say, show
from cdpb.errors import INTERRUPTED, CdpbError, InputError, refused_by_system


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code. Whatever goes wrong is told in eight lines at most."""
    console.listen()
    console.replace_unprintable()
    try:
        _refuse_blanks(sys.argv[1:] if arguments is None else arguments)
        cli.main(args=arguments, prog_name="cdpb", standalone_mode=False)
    except (KeyboardInterrupt, click.Abort):
        complain("Interrupted. Earlier assessments stand as they were.")
        return INTERRUPTED
    except click.ClickException as problem:
        complain(_explained(problem))
        return problem.exit_code
    except CdpbError as problem:
        complain(str(problem))
        return problem.exit_code
    except Exception as problem:
        refused = refused_by_system(problem)
        complain(str(refused or _unexpected(problem)))
        return refused.exit_code if refused else 1
    return 0


def _refuse_blanks(arguments: Sequence[str]) -> None:
    """A blank value is a variable that a script never set; nobody means the default by it."""
    for before, given in zip(("", *arguments), arguments, strict=False):
        name, sign, value = str(given).partition("=")
        blank = not (value if sign and name.startswith("--") else str(given)).strip()
        if blank:
            called = name if sign else str(before)
            raise InputError(
                f"{called if called.startswith('-') else 'An argument'} is blank.",
                "Give it a value, or leave it out. Nothing was done.",
            )


# Commands of the analyst's desk, and the module of cdpb.desk that each stands in.
DESK: dict[str, str] = {
    "data": "data",
    "fetch": "fetch",
    "lab": "lab",
    "map": "column_names",
    "pack": "pack",
    "pdf": "pdf",
    "protect": "protect",
    "rap": "rap",
    "sign": "sign",
    "slides": "slides",
    "strip": "strip",
    "trace": "trace",
    "year": "year",
}


class _Commands(click.Group):
    """Those below, and the desk's, each of which is loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *DESK])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in DESK:
            return super().get_command(ctx, cmd_name)
        found: click.Command = import_module(f"cdpb.desk.{DESK[cmd_name]}").command
        return found


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cdpb")
def cli() -> None:
    """A reproducible needs assessment for a Combating Drugs Partnership Board."""


_PATH, _EDITIONS = click.Path(path_type=Path), click.Choice(["public", "partnership"])
_OUTPUT = click.option(
    "--output", type=_PATH, help="Write assessments under this folder in place of outputs/."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="For another program.")
_YEAR = click.option("--year", metavar="YEAR", help="Like 2023/24.")
_AREA = click.option("--area", metavar="AREA", help="Name or code.")
_EDITION = click.option("--edition", default="public", type=_EDITIONS)


def _options(*options: Callable[..., Any]) -> Callable[..., Any]:
    """Several options as one decorator, in their order."""
    return lambda command: reduce(lambda given, option: option(given), reversed(options), command)


# Which assessments; and how they are made.
_ASKED = _options(
    click.option(
        "--year", "years", multiple=True, metavar="YEAR", help="Like 2023/24; may repeat."
    ),
    click.option(
        "--area", "places", multiple=True, metavar="AREA", help="Name or code; may repeat."
    ),
    click.option("--edition", "editions", multiple=True, type=_EDITIONS, help="May repeat."),
    click.option(
        "--demonstration", is_flag=True, help="With illustrative sources, marked as such."
    ),
    click.option(
        "--finding", "findings", multiple=True, metavar="ID", help="Only these; may repeat."
    ),
)
_MADE = _options(
    _OUTPUT,
    click.option("--workers", type=click.IntRange(1, 64), help="Notebooks to execute at once."),
    click.option("--fresh", is_flag=True, help="Execute again what has not changed, too."),
    click.option("--dry-run", is_flag=True, help="Say what would be made, and why."),
    _JSON,
)


# What takes its options by name has a parameter of the name of each.


@cli.command()
@_ASKED
@_MADE
def run(editions: tuple[str, ...], demonstration: bool, **asked: Any) -> None:
    """Make assessments. What is not named comes from data/defaults.yml."""
    from cdpb.commands import make

    make([(edition, demonstration) for edition in editions], demonstration, **asked)


@cli.command()
@_MADE
def report(**asked: Any) -> None:
    """Make every edition of the default area and year, and the demonstration of each."""
    from cdpb.commands import make
    from cdpb.runner.plan import EDITIONS

    make([(edition, shown) for shown in (False, True) for edition in EDITIONS], **asked)


@cli.command()
@_ASKED
@click.option("--port", type=click.IntRange(0, 65535), default=8000, help="8000 if not given.")
def watch(
    years: tuple[str, ...],
    places: tuple[str, ...],
    editions: tuple[str, ...],
    demonstration: bool,
    findings: tuple[str, ...],
    port: int,
) -> None:
    """Make a draft again whenever a file is saved, and serve it to the browser of this machine.

    The page reloads itself. What fails is said in its place, until the next save. Nothing is moved
    into place; Ctrl-C ends it, and nothing is left.
    """
    from cdpb.runner.watch import watch as serve

    named = {"--year": years, "--area": places, "--edition": editions, "--finding": findings}
    asked = [word for option, values in named.items() for each in values for word in (option, each)]
    with suppress(KeyboardInterrupt):
        serve([*asked, *["--demonstration"] * demonstration], port, say)
    say("Ended. Nothing is left of the draft.")


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=_PATH)
@click.option("--source", metavar="ID", help="The source, where the header doesn't tell.")
@click.option("--received", metavar="DAY", help="Like 2026-06-20, or 2026-06; today if not given.")
@click.option("--provisional", is_flag=True, help="The publisher calls the figures provisional.")
@click.option("--vintage-group", metavar="NAME", help="A word for the publication they are of.")
@click.option(
    "--accept", metavar="REASON", default="", help="Why figures that look wrong are right."
)
def add(accept: str, **said: Any) -> None:
    """Check received files and store each with its receipt, all of them or none."""
    from cdpb.adding import Wanted
    from cdpb.commands import added

    _say(added(Wanted(accept=accept.strip(), **said)))


@cli.command()
@click.argument("receipt", metavar="data/SOURCE/RECEIVED", type=_PATH)
@click.option("--reason", required=True, help="Why; it stays in the receipt.")
def withdraw(receipt: Path, reason: str) -> None:
    """Take a receipt out of use. Its files stay, with the reason, and can be added again."""
    from cdpb import adding

    _say(adding.withdraw(receipt, reason))


@cli.command()
@click.argument("folders", nargs=-1, metavar="[BEFORE AFTER]", type=_PATH)
@click.option("--year", "years", multiple=True, metavar="YEAR", help="Twice: before and after.")
@click.option("--area", metavar="AREA", help="Name or code, with --year.")
@_EDITION
@click.option("--demonstration", is_flag=True, help="Of the demonstrations.")
@_JSON
@_OUTPUT
def diff(**named: Any) -> None:
    """Compare two built assessments: values, intervals, verdicts, and the method of each.

    Name their two folders, or two years of one area.
    """
    from cdpb.commands import compare_assessments

    _show(compare_assessments(**named))


@cli.command()
@click.argument("output", type=_PATH)
@_JSON
def gate(output: Path, as_json: bool) -> None:
    """Hold all four gates over a finished assessment, the folder OUTPUT.

    Attack, scan, absence and non-interference. The last two execute notebooks, and are remembered
    until something changes.
    """
    from cdpb.commands import hold_gates

    _show(hold_gates(output, as_json))


@cli.command()
@click.argument("output", type=_PATH)
def reproduce(output: Path) -> None:
    """Make a finished assessment, the folder OUTPUT, again and say whether it is the same.

    In a clean folder, from its manifest: area, year, edition, findings and receipts. Exit code 0 if
    it is identical, 1 if anything differs; whether a page is a draft makes no difference. Nothing
    is moved into place.
    """
    from cdpb.runner.reproduce import reproduce as make_again

    reproduced = make_again(output, complain)
    _show(reproduced.lines())
    reproduced.refuse()


@cli.command()
@click.argument("outputs", nargs=-1, required=True, metavar="OUTPUT...", type=_PATH)
@click.option("--all", "everything", is_flag=True, help="Refuse if a finding can't be released.")
def release(outputs: tuple[Path, ...], everything: bool) -> None:
    """Enter finished assessments, the folders OUTPUT, in the ledger: all of them, or none.

    Name both editions that were made together. All four gates must pass. What a later year shows
    can then not be subtracted from them.
    """
    from cdpb.runner.release import release as enter

    for released in enter(*outputs, everything=everything):
        _say(released.lines())


@cli.command()
@click.argument("table", metavar="TABLE")
@_YEAR
@_AREA
@_EDITION
@click.option("--demonstration", is_flag=True, help="With illustrative sources.")
def explain(table: str, **of: Any) -> None:
    """Say why counts of TABLE (finding/table) are hidden, and what would show more.

    For the analyst alone: it says which counts are small. Nothing is written.
    """
    from cdpb.commands import explain_table

    _show(explain_table(table, **of))


@cli.command()
@_YEAR
@_AREA
@_EDITION
@click.option("--demonstration", is_flag=True, help="Of the demonstration.")
@click.option("--output", type=_PATH, help="The folder of assessments, if not outputs/.")
def needs(**of: Any) -> None:
    """Say what an assessment lacks, who has it, and what it would let the board know."""
    from cdpb.commands import needed

    _show(needed(**of))


@cli.group(name="new")
def new() -> None:
    """Begin something of your own."""


@new.command(name="finding")
@click.argument("id", metavar="ID")
@click.option("--source", required=True, metavar="ID", help="A partner's return; or a new one.")
@click.option("--title", default="", help="What its page is called.")
@click.option(
    "--from",
    "sample",
    metavar="FILE.csv",
    type=_PATH,
    help="For a new source: a file by which it is declared.",
)
def new_finding(id: str, source: str, title: str, sample: Path | None) -> None:
    """Write a notebook and its two files, which run at once."""
    from cdpb import paths
    from cdpb.commands import complete_interrupted
    from cdpb.scaffold import new_finding as begin

    complete_interrupted(paths.outputs_folder())
    _say(begin(id, source, title, sample))
    say(f"Next: cdpb run --finding {id} --demonstration")


@cli.command(name="list")
def list_() -> None:
    """Show the findings, sources, areas and years at hand."""
    from cdpb.commands import listing

    _show(listing())


@cli.command()
@click.argument("run", required=False, metavar="[RUN]")
@click.option("--last", is_flag=True, help="The last run.")
@_JSON
def logs(run: str | None, last: bool, as_json: bool) -> None:
    """List the last runs; or of one, by name, say what became of it, and show its log.

    Each finding with its seconds, the gates, and where the page of the run lies.
    """
    from cdpb.commands import past_runs

    _show(past_runs(run, last, as_json))


@cli.command()
@click.option("--new", is_flag=True, help="Make one, where the old one is lost.")
def key(new: bool) -> None:
    """Show which key draws what is hidden beside small counts, and where it lies."""
    from cdpb.commands import describe_key

    _say(describe_key(new))


@cli.command()
def clean() -> None:
    """Remove assessments and the private state in .cdpb/, drafts included; never the key."""
    from cdpb.commands import clean_project

    _say(clean_project())


def _show(lines: Iterable[str]) -> None:
    """The lines of a command whose only work is to print."""
    for line in lines:
        show(line)


def _say(lines: Iterable[str]) -> None:
    """Those of a command that does something beside printing."""
    for line in lines:
        say(line)


def _explained(problem: click.ClickException) -> str:
    """A wrong option or command, with the one that was probably meant."""
    context = problem.ctx if isinstance(problem, click.UsageError) else None
    where = context.command_path if context else "cdpb"
    if isinstance(problem, click.NoSuchOption):
        meant = f" Did you mean {problem.possibilities[0]}?" if problem.possibilities else ""
        return (
            f"There is no option {problem.option_name}.{meant}\n  `{where} --help` lists them all."
        )
    if isinstance(problem, click.exceptions.NoArgsIsHelpError):
        return problem.format_message()
    return f"{problem.format_message()}\n  `{where} --help` says how it is used."


def _unexpected(problem: Exception) -> str:
    """An error nobody foresaw: its class here, its place in a private log without local values."""
    headline = f"cdpb stopped on an error it did not foresee: {type(problem).__name__}."
    try:
        from cdpb import paths
        from cdpb.runner.place import display_path
        from cdpb.runner.runs import new_run

        log = paths.private_folder("logs") / f"{new_run()}-error.log"
        frames = traceback.format_tb(problem.__traceback__)
        log.write_text("".join([*frames, type(problem).__name__, "\n"]), encoding="utf-8")
    except Exception:
        return f"{headline}\n  No log could be written. Earlier assessments stand as they were."
    return f"{headline}\n  Where: {display_path(log)}\n  Earlier assessments stand as they were."


if __name__ == "__main__":
    sys.exit(main())
