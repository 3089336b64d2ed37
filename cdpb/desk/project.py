"""What a project holds and begins with: findings, sources, years, runs, the key; and its end."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import click

from cdpb import areas, catalogue, paths
from cdpb.build import Build
from cdpb.console import columns, say, say_all, show_all
from cdpb.declarations import declarations
from cdpb.desk import JSON, PATH, json_text
from cdpb.desk.making import complete_interrupted, finish_adding
from cdpb.key import NAME as KEY
from cdpb.key import key_file, keys_released, make_key, project_key
from cdpb.ledger import head, verified
from cdpb.runner.logs import last_runs, run_called, run_lines, run_row
from cdpb.runner.place import display_path
from cdpb.sources import Source

KEPT = {"README.md"}


@click.group("new")
def new_command() -> None:
    """Begin something of your own."""


@new_command.command("finding")
@click.argument("id", metavar="ID")
@click.option("--source", required=True, metavar="ID", help="A partner's return; or a new one.")
@click.option("--title", default="", help="What its page is called.")
@click.option(
    "--from",
    "sample",
    metavar="FILE.csv",
    type=PATH,
    help="For a new source: a file by which it is declared.",
)
def new_finding_command(id: str, source: str, title: str, sample: Path | None) -> None:
    """Write a notebook and its two files, which run at once."""
    from cdpb.scaffold import new_finding

    complete_interrupted(paths.outputs_folder())
    say_all(new_finding(id, source, title, sample))
    say(f"Next: cdpb run --finding {id} --demonstration")


@click.command("list")
def list_command() -> None:
    """Show the findings, sources, areas and years at hand."""
    show_all(_listed())


def _listed() -> Iterator[str]:
    complete_interrupted(paths.outputs_folder())
    yield "Findings"
    yield from columns([(each.id, each.title, each.notebook) for each in declarations().findings])
    yield from ("", "Sources")
    every = list(catalogue.sources().values())
    yield from columns([("", "received", "covers", "access", "status"), *map(_source, every)])
    yield from ("", "Areas", *_areas(), "", "Years", *_years(every), "", "Ledger")
    yield f"  {len(verified())} releases, head {head() or 'none'}"


def _source(source: Source) -> tuple[str, ...]:
    receipts = catalogue.receipts(source.id)
    if not receipts:
        return (source.id, "not received", "", source.access, source.status)
    covered = [receipt.periods for receipt in receipts if receipt.periods]
    first = min((each.first for each in covered), default="")
    last = max((each.last for each in covered), default="")
    covers = f"{first} to {last}" if first != last else first
    return (source.id, receipts[-1].received_text, covers, source.access, source.status)


def _areas() -> Iterator[str]:
    known = areas.boroughs()
    own = known["area_code"].isin(areas.area_codes_with_files())
    for row in known[own].itertuples():
        yield f"  {row.area_name} ({row.area_code}), with statements, actions and events of its own"
    without = known.loc[~own, "area_name"]
    yield f"  {len(without)} boroughs without an area file: measures and comparisons, no verdict"
    for at in range(0, len(without), 6):
        yield f"    {', '.join(without.iloc[at : at + 6])}"


def _years(every: list[Source]) -> Iterator[str]:
    from cdpb import loaders

    # Which years are held is no figure, and this is the analyst's own screen.
    with loaders.access.building(Build("partnership", demonstration=True)):
        held = {each.id: loaders.years_held(each.id) for each in every if each.periods != "none"}
    years = sorted({year for several in held.values() for year in several if "/" in year})
    yield from columns(
        [(year, ", ".join(name for name in held if year in held[name])) for year in years]
    )


@click.command("logs")
@click.argument("run", required=False, metavar="[RUN]")
@click.option("--last", is_flag=True, help="The last run.")
@JSON
def logs_command(run: str | None, last: bool, as_json: bool) -> None:
    """List the last runs; or of one, by name, say what became of it, and show its log.

    Each finding with its seconds, the gates, and where the page of the run lies.
    """
    if run or last:
        called = run_called(run or "")
        show_all([json_text(called)] if as_json else run_lines(called))
    else:
        found = last_runs()
        show_all([json_text(found)] if as_json else columns([run_row(each) for each in found]))


@click.command("key")
@click.option("--new", is_flag=True, help="Make one, where the old one is lost.")
def key_command(new: bool) -> None:
    """Show which key draws what is hidden beside small counts, and where it lies."""
    key = make_key(key_file()) if new else project_key()
    lies = display_path(key_file())
    say(f"key {key.id} lies in {lies}; keep it private, and a copy of it elsewhere")
    others = [each for each in keys_released() if each != key.id]
    if others:
        say(f"  earlier releases were made with {', '.join(others)}: they stay as they are")


@click.command("clean")
def clean_command() -> None:
    """Remove assessments and the private state in .cdpb/, drafts included; never the key."""
    finish_adding()
    found = [path for path in sorted(paths.outputs_folder().glob("*")) if path.name not in KEPT]
    private = sorted((paths.project_root() / ".cdpb").glob("*"))
    # What another key would hide could be subtracted from what this one has hidden.
    for path in [*found, *(each for each in private if each.name != KEY)]:
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
        else:
            continue
        say(f"removed {display_path(path)}")
