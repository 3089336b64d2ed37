"""What each command does, apart from reading its options."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from cdpb import areas, catalogue, paths
from cdpb.build import Build
from cdpb.console import columns, complain, say
from cdpb.declarations import declarations
from cdpb.errors import GateRefused, InputError, ended
from cdpb.key import NAME as KEY
from cdpb.key import key_file, keys_released, make_key, project_key
from cdpb.periods import FinancialYear
from cdpb.runner.job import Assessment, Job
from cdpb.runner.keys import Inputs
from cdpb.runner.logs import last_runs, run_called, run_lines, run_row, summary
from cdpb.runner.place import display_path, recover_under, refuse_own_folder
from cdpb.runner.plan import Request, assessments, defaults, plan
from cdpb.runner.run import run
from cdpb.runner.runs import new_run, note_of_comparison
from cdpb.sources import Source

if TYPE_CHECKING:
    from cdpb.adding import Wanted

KEPT = {"README.md"}


def make(
    editions: Sequence[tuple[str, bool]],
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
    """``cdpb run`` and ``cdpb report``: make assessments and print where they stand."""
    with summarised(as_json) as (tell, record):
        if dry_run and as_json:
            raise InputError(
                "--json tells what was made, and --dry-run makes nothing.", "Leave out one."
            )
        settings = defaults()
        under = (output or paths.outputs_folder()).resolve()
        refuse_own_folder(under)
        complete_interrupted(under)
        request = Request(
            years=years or settings.year,
            areas=places or settings.area,
            editions=editions or [(edition, demonstration) for edition in settings.edition],
            under=under,
            findings=findings,
        )
        if dry_run:
            for line in foreseen(request, fresh=fresh):
                tell(line)
            return
        for page in run(request, settings, workers, tell, fresh=fresh, record=record):
            if not as_json:
                say(display_path(page))


@contextmanager
def summarised(as_json: bool) -> Iterator[tuple[Callable[[str], None], Callable[..., None]]]:
    """``--json``: however a run ends, print what is recorded of it; all else is for people.

    What is yielded prints a line for people, and takes the record.
    """
    recorded: dict[str, Any] = {}
    try:
        yield (complain if as_json else say), recorded.update
    finally:
        if as_json:
            say(_json(summary(recorded | ended(sys.exception()))))


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1)


def foreseen(request: Request, *, fresh: bool) -> Iterator[str]:
    """``--dry-run``: what a run would execute, render and leave alone, each with the reason."""
    inputs = Inputs()
    for assessment in assessments(request):
        planned = plan(assessment, request.findings, new_run(), inputs, fresh=fresh)
        made = {job.finding: job for job in planned.jobs}
        yield str(assessment)
        yield from columns([_foreseen(name, made.get(name)) for name in planned.in_turn])
        seconds = sum(job.cost for job in planned.jobs if not job.at_hand)
        yield f"  {len(made)} of {len(planned.order)} to be made, {seconds:.0f} s of work"


def _foreseen(finding: str, job: Job | None) -> tuple[str, ...]:
    if job is None:
        return finding, "at hand", "nothing changed"
    return finding, "render" if job.at_hand else "execute", job.why


def added(wanted: "Wanted") -> Iterator[str]:
    """``cdpb add``: what was found and where it was stored; all that is wrong goes to stderr."""
    from cdpb.adding import NotAdded, add

    try:
        found = add(wanted)
    except NotAdded as stopped:
        for problem in stopped.problems:
            complain(str(problem.error))
        raise
    yield from found.report


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


def listing() -> Iterator[str]:
    """``cdpb list``: findings, sources, areas and years at hand, and the head of the ledger."""
    from cdpb.ledger import head, verified

    complete_interrupted(paths.outputs_folder())
    yield "Findings"
    yield from columns([(each.id, each.title, each.notebook) for each in declarations().findings])
    yield ""
    yield "Sources"
    yield from columns([("", "received", "covers", "access", "status"), *map(_source, _sources())])
    yield ""
    yield "Areas"
    yield from _areas()
    yield ""
    yield "Years"
    yield from _years()
    yield ""
    yield "Ledger"
    yield f"  {len(verified())} releases, head {head() or 'none'}"


def compare_assessments(
    folders: Sequence[Path],
    years: Sequence[str],
    area: str | None,
    edition: str,
    demonstration: bool,
    output: Path | None,
    as_json: bool,
) -> Iterator[str]:
    """``cdpb diff``: what two built assessments, named by folder or by year, say differently."""
    if len(folders or years) != 2 or (folders and years):
        raise InputError(
            "cdpb diff compares two assessments.",
            "Name their two folders, or two years: cdpb diff --year 2022/23 --year 2023/24.",
            "Nothing was compared.",
        )
    from cdpb.report.diff import difference_lines, differences, read_records

    named = (_named(year, area, edition, demonstration, output) for year in years)
    chosen = [*folders, *(each.target for each in named)]
    before, after = (read_records(each) for each in chosen)
    found = differences(before, after)
    note_of_comparison(before, after).touch()
    if as_json:
        yield _json([asdict(each) for each in found])
    else:
        names = [_called(each) for each in (before, after)]
        yield from difference_lines(found, *(names if names[0] != names[1] else map(str, chosen)))


def needed(
    year: str | None, area: str | None, edition: str, demonstration: bool, output: Path | None
) -> Iterator[str]:
    """``cdpb needs``: what an assessment lacks, as its page of needs has it."""
    from cdpb.findings.documents import others
    from cdpb.report.needs import needs_lines

    asked = asked_for(year, area, edition, demonstration, output)
    yield from needs_lines(others(asked.target, asked.build), str(asked))


def asked_for(
    year: str | None, area: str | None, edition: str, demonstration: bool, output: Path | None
) -> Assessment:
    """The assessment that a command's options name, which has been made."""
    asked = _named(year, area, edition, demonstration, output)
    if not any(asked.target.glob("findings/*.json")):
        raise InputError(
            f"{asked}: this assessment has not been made.",
            f"Wanted: its findings in {display_path(asked.target)}/findings.",
            f"Make it first: cdpb run --year {asked.year} --area {asked.area_code}"
            f" --edition {edition}" + (" --demonstration" if demonstration else ""),
        )
    return asked


def _named(
    year: str | None, area: str | None, edition: str, demonstration: bool, output: Path | None
) -> Assessment:
    settings, under = defaults(), (output or paths.outputs_folder()).resolve()
    place = areas.find_area(area or settings.area[0])
    when = str(FinancialYear.parse(year or settings.year[0]))
    return Assessment(place.code, place.name, when, edition, demonstration, under)


def hold_gates(output: Path, as_json: bool) -> Iterator[str]:
    """``cdpb gate``: what each gate says of a finished assessment; its pages then say it too."""
    from cdpb.runner.gates import run_gates

    report = run_gates(output)
    if as_json:
        yield _json(report.to_dict())
    else:
        yield from report.lines()
    report.refuse()


def past_runs(name: str | None, last: bool, as_json: bool) -> Iterator[str]:
    """``cdpb logs``: the last runs, or what is recorded of one."""
    if name or last:
        called = run_called(name or "")
        yield from [_json(called)] if as_json else run_lines(called)
    elif as_json:
        yield _json(last_runs())
    else:
        yield from columns([run_row(each) for each in last_runs()])


def _called(records: Mapping[str, Mapping[str, Any]]) -> str:
    """``Barnet, 2023/24``."""
    first = next(iter(records.values()))
    return f"{first['area']['name']}, {first['year']}"


def explain_table(
    table: str, year: str | None, area: str | None, edition: str, demonstration: bool
) -> Iterator[str]:
    """``cdpb explain``: why counts of a table are hidden, and what would show more."""
    from cdpb import loaders
    from cdpb.findings.explaining import WARNING, asked, explained, lines

    refuse_outputs(sys.stdout)
    of = _named(year, area, edition, demonstration, None)
    place = areas.Area(of.area_code, of.area_name)
    with loaders.access.building(of.build):
        found = explained(asked(table, place, of.year, edition))
    yield WARNING
    yield str(of)
    yield from lines(found)


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


def clean_project() -> Iterator[str]:
    """``cdpb clean``: remove assessments and private state; what was removed."""
    finish_adding()
    outputs = paths.outputs_folder()
    found = [path for path in sorted(outputs.glob("*")) if path.name not in KEPT]
    private = sorted((paths.project_root() / ".cdpb").glob("*"))
    # What another key would hide could be subtracted from what this one has hidden.
    for path in [*found, *(each for each in private if each.name != KEY)]:
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
        else:
            continue
        yield f"removed {display_path(path)}"


def describe_key(new: bool) -> Iterator[str]:
    """``cdpb key``: the key that what to hide is drawn with; with ``--new`` it is made."""
    key = make_key(key_file()) if new else project_key()
    lies = display_path(key_file())
    yield f"key {key.id} lies in {lies}; keep it private, and a copy of it elsewhere"
    others = [each for each in keys_released() if each != key.id]
    if others:
        yield f"  earlier releases were made with {', '.join(others)}: they stay as they are"


def _sources() -> list[Source]:
    return list(catalogue.sources().values())


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
    own = set(areas.area_codes_with_files())
    with_file = known[known["area_code"].isin(own)]
    without = known[~known["area_code"].isin(own)]
    for row in with_file.itertuples():
        yield f"  {row.area_name} ({row.area_code}), with statements, actions and events of its own"
    yield f"  {len(without)} boroughs without an area file: measures and comparisons, no verdict"
    for at in range(0, len(without), 6):
        yield f"    {', '.join(without['area_name'].iloc[at : at + 6])}"


def _years() -> Iterator[str]:
    from cdpb import loaders

    # Which years are held is no figure, and this is the analyst's own screen.
    with loaders.access.building(Build("partnership", demonstration=True)):
        years_of = {
            each.id: loaders.years_held(each.id) for each in _sources() if each.periods != "none"
        }
    years = sorted({year for several in years_of.values() for year in several if "/" in year})
    rows = [
        (year, ", ".join(name for name in years_of if year in years_of[name])) for year in years
    ]
    yield from columns(rows)
