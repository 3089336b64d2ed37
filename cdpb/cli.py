"""The command line: ``cdpb`` and its commands, each of which stands in a module of cdpb.desk.

Exit codes: 0 done, 1 a finding failed, 2 wrong input or a full disk, 3 the gate refused,
130 interrupted.
"""

import ast
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import cast

import click

from cdpb import console
from cdpb.console import complain
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


# Each command and where it stands in cdpb.desk: a module's ``command``, or a function by its name.
DESK: dict[str, str] = {
    "add": "receiving.add_command",
    "clean": "project.clean_command",
    "data": "data",
    "diff": "assessments.diff_command",
    "explain": "assessments.explain_command",
    "fetch": "receiving.fetch_command",
    "gate": "assessments.gate_command",
    "key": "project.key_command",
    "lab": "lab",
    "list": "project.list_command",
    "logs": "project.logs_command",
    "map": "receiving.map_command",
    "needs": "assessments.needs_command",
    "new": "project.new_command",
    "pack": "leaving.pack_command",
    "pdf": "leaving.pdf_command",
    "protect": "protect",
    "rap": "rap",
    "release": "assessments.release_command",
    "report": "making.report_command",
    "reproduce": "assessments.reproduce_command",
    "run": "making.run_command",
    "sign": "assessments.sign_command",
    "slides": "slides",
    "strip": "lab.strip_command",
    "trace": "trace",
    "watch": "making.watch_command",
    "withdraw": "receiving.withdraw_command",
    "year": "year",
}


class _Commands(click.Group):
    """The desk's commands, each of which is loaded when it is asked for, and not to be listed."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in DESK:
            return None
        module, name = _place(cmd_name)
        return cast("click.Command", getattr(import_module(f"cdpb.desk.{module}"), name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        room = formatter.width - 6 - max(map(len, DESK))
        with formatter.section("Commands"):
            formatter.write_dl([(name, _summary(name, room)) for name in self.list_commands(ctx)])


def _place(command: str) -> tuple[str, str]:
    module, _, function = DESK[command].partition(".")
    return module, function or "command"


def _summary(command: str, room: int) -> str:
    """How the help of a command begins, as its module is written."""
    module, name = _place(command)
    written = (Path(__file__).parent / "desk" / f"{module}.py").read_text(encoding="utf-8")
    named = (each for each in ast.parse(written).body if isinstance(each, ast.FunctionDef))
    function = next(each for each in named if each.name == name)
    return click.Command(name, help=ast.get_docstring(function)).get_short_help_str(room)


# The names are known to the group, which lists them, and names the closest to a wrong one.
@click.group(
    cls=_Commands,
    commands={name: click.Command(name) for name in DESK},
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="cdpb")
def cli() -> None:
    """A reproducible needs assessment for a Combating Drugs Partnership Board."""


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
