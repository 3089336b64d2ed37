"""The pages that are made: commands, sources, what a notebook can call, the notebooks' list.

And, of the guide to area files, the list of each finding's tests.

``python -m tests.support.made_docs`` writes them again.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from cdpb import catalogue, loaders, statistics
from cdpb.cli import cli
from cdpb.declarations import declarations
from cdpb.desk.lab import FIRST, first_page
from cdpb.report.finding import Finding
from cdpb.sources import Source
from tests.support.house import names_on_a_finding

DOCS = Path(__file__).resolve().parents[2] / "docs"
COMMANDS = """# Commands

Made from the commands themselves: `python -m tests.support.made_docs`. A command ends with 0 when
it is done, 1 when a finding failed, 2 for wrong input, 3 when the gate refused, 130 when
interrupted.
"""
SOURCES = """# Sources

Made from `data/sources.yml`: `python -m tests.support.made_docs`. The attributions to print are in
`data/NOTICE.md`.
"""

TESTS = "| finding | test | what is set against what |\n| --- | --- | --- |\n"
REFERENCE = """# What a notebook calls

Made from the code: `python -m tests.support.made_docs`. `finding` is made by a notebook's first
cell; `from cdpb import loaders as load, statistics as stats`. Shift and Tab within a call shows
all of it.
"""


def commands_page() -> str:
    """Every command with its arguments and options."""
    return COMMANDS + "".join(_command(name, each) for name, each in _commands(cli, "cdpb"))


def _commands(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before} {name}")
        elif command is not None:
            yield f"{before} {name}", command


def _command(name: str, command: click.Command) -> str:
    with click.Context(command, info_name=name) as context:
        usage = " ".join([name, *command.collect_usage_pieces(context)])
        options = [each.get_help_record(context) for each in command.params]
    told = [(option.replace("|", ", "), what) for option, what in filter(None, options) if what]
    rows = "".join(f"| `{option}` | {what} |\n" for option, what in told)
    table = f"\n| option | what it does |\n| --- | --- |\n{rows}" if rows else ""
    first = (command.help or "").split("\n\n")[0].replace("\n", " ")
    return f"\n## {name}\n\n{first}\n\n```\n{usage}\n```\n{table}"


def sources_page() -> str:
    """Every source: what it counts, who publishes it, and what may be shown of it."""
    return SOURCES + "".join(map(_source, catalogue.sources().values()))


def _source(source: Source) -> str:
    about = {
        "publisher": source.publisher, "licence": source.licence, "how often": source.frequency,
        "geography": source.geography, "access": source.access, "status": source.status,
        "protection": source.policy, "address": source.landing_page,
        "download": " ".join(source.download),
    }  # fmt: skip
    rows = "".join(
        f"| {name} | {' '.join(told.split())} |\n" for name, told in about.items() if told
    )
    caveats = "".join(f"- {' '.join(each.split())}\n" for each in source.caveats)
    definition = " ".join(source.definition.split())
    head = f"\n## {source.title}\n\n`{source.id}`. {definition}\n"
    return f"{head}\n| | |\n| --- | --- |\n{rows}\n{caveats}"


def reference_page() -> str:
    """What a notebook calls: a finding's names, the loaders, the statistics; each with its use."""
    finding = Finding("ward_drug_offences", "2023/24", "Barnet")
    verbs = [name for name in names_on_a_finding() if callable(getattr(finding, name))]
    rooms = {
        "finding.": {name: getattr(finding, name) for name in verbs if name != "load"},
        "finding.load. and load.": {name: getattr(loaders, name) for name in loaders.MODULES},
        "stats.": {name: getattr(statistics, name) for name in sorted(dir(statistics))},
    }
    return REFERENCE + "".join(_room(name, of) for name, of in rooms.items())


def _room(name: str, of: Mapping[str, Callable[..., object]]) -> str:
    rows = "".join(
        f"| `{called}{_given(each)}` | {_first(each)} |\n" for called, each in of.items()
    )
    return f"\n## {name}\n\n| call | what it gives |\n| --- | --- |\n{rows}"


def _given(each: Callable[..., object]) -> str:
    """The names that it is called with; a default may be anything, and is left out."""
    given = inspect.signature(each).parameters.values()
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return f"({', '.join(stars.get(one.kind, '') + one.name for one in given)})"


def _first(each: Callable[..., object]) -> str:
    told = (inspect.getdoc(each) or "").split("\n\n")[0]
    return " ".join(told.replace("``", "`").replace("|", "/").split())


def areas_page() -> str:
    """The guide to area files, its list of tests as the findings declare them."""
    before, begins, _ = (DOCS / "areas.md").read_text(encoding="utf-8").partition(TESTS)
    rows = [
        f"| `{finding.id}` | `{id}` | {told} |\n"
        for finding in declarations().findings
        for id, told in finding.tests.items()
    ]
    return before + begins + "".join(rows)


PAGES = {
    "areas.md": areas_page,
    "commands.md": commands_page,
    "sources.md": sources_page,
    "reference.md": reference_page,
    f"../notebooks/{FIRST}": first_page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8", newline="\n")
