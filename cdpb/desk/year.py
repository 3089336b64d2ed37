"""``cdpb year``: the round of a year, from receipts to the release: what is done, what is left."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import click

from cdpb.adding.whole import readable, used_by_pages
from cdpb.areas import AreaFile, area_file, find_area
from cdpb.catalogue import sources
from cdpb.console import columns, few, show
from cdpb.desk import AREA, JSON, UNDER, json_text
from cdpb.desk.data import BY_HAND, FETCHED, Held, awaited, held, in_short
from cdpb.errors import InputError
from cdpb.ledger import verified
from cdpb.paths import outputs_folder
from cdpb.periods import FinancialYear
from cdpb.report.diff import read_records
from cdpb.runner import runs
from cdpb.runner.job import Assessment
from cdpb.runner.keys import Inputs
from cdpb.runner.manifest import NAME, read_manifest
from cdpb.runner.place import display_path
from cdpb.runner.plan import EDITIONS, checked_year, defaults, plan
from cdpb.runner.runs import note_of_comparison

_YEAR = re.compile(r"\b20\d{2}/\d{2}\b", flags=re.ASCII)


@dataclass(frozen=True)
class Step:
    """Something that a year asks for: whether it is done, how things stand, and the way on."""

    what: str
    done: bool
    state: str
    way: str = ""


@click.command()
@click.argument("year", metavar="YEAR")
@AREA
@UNDER
@JSON
def command(year: str, area: str | None, output: Path | None, as_json: bool) -> None:
    """Say what the round of YEAR, like 2026/27, has done and what is left, each with its command.

    Sources, column maps, the area's file, the run, the gates, the comparison with the year before
    and the release. All is computed from what lies here; nothing is ticked off.
    """
    asked, place = FinancialYear.parse(year), find_area(area or defaults().area[0])
    found = list(steps(asked, place.code, (output or outputs_folder()).resolve()))
    if as_json:
        show(json_text([asdict(each) for each in found]))
        return
    done = sum(each.done for each in found)
    show(f"{place} ({place.code}), {asked}: {done} of {len(found)} done")
    rows = [("done" if each.done else "left", each.what, each.state) for each in found]
    for each, line in zip(found, columns(rows), strict=True):
        show(line)
        if not each.done:
            show(f"           {each.way}")


def steps(year: FinancialYear, area: str, under: Path) -> Iterator[Step]:
    """Every step of a year's round for an area, in the order in which they are taken."""
    place = find_area(area)
    then, *both = [
        Assessment(place.code, place.name, str(when), edition, False, under)
        for when, edition in [(year.previous(), EDITIONS[0]), *((year, each) for each in EDITIONS)]
    ]
    not_read = list(unread())
    yield from not_read or receiving(year)
    if not not_read:
        yield Step("column maps", True, "what is held of every source is read by its own")
    yield from of_area_file(year, place.code)
    # Each once however often it was released.
    entered = {re.sub(r"_\d+$", "", name) for name in verified()}
    for each in both:
        yield _run(each, _name(each) in entered)
        yield gates_of(each)
    yield _compared(then, both[0])
    yield released(both, entered)


def unread() -> Iterator[Step]:
    """Sources of which what was received can't be read, as after a slip in a column map."""
    for source_id in sources():
        if error := readable(source_id):
            way = f'mend what it names; or cdpb map {source_id} "NAME" OUR_NAME'
            yield Step("column maps", False, error.lines[0], way)


def receiving(year: FinancialYear) -> Iterator[Step]:
    """What pages need of a year: the sources that have it in one line, each other in its own."""
    used = used_by_pages()
    found = [each for each in held(str(year)) if each.id in used]
    whole = [each for each in found if not each.lacks]
    if whole:
        yield Step("sources", True, f"{len(whole)} of {len(found)} have the whole year")
    for each in found:
        if each.lacks:
            yield Step(each.id, False, f"lacks {_in_short(each)}", _how(each))
        elif each.provisional:
            yield Step(each.id, False, "the newest file is provisional", _how(each))


def _in_short(each: Held) -> str:
    after = awaited(each)
    lead = "" if each.published_since or not after else "next "
    return "; ".join(filter(None, [in_short(each.lacks), lead + after]))


def _how(each: Held) -> str:
    if each.comes == FETCHED:
        return f"cdpb fetch {each.id}"
    come_from = each.landing_page if each.comes == BY_HAND else f"ask {each.publisher}"
    return f"cdpb add FILE ({come_from})"


def of_area_file(year: FinancialYear, area: str) -> Iterator[Step]:
    """The partnership's own file, and its statements of older years, until it was gone through."""
    name, own = f"data/areas/{area}.yml", area_file(area)
    if own is None:
        way = f"cp data/areas/example.yml {name}"
        yield Step("area file", False, "none: measures, and no verdict", way)
        return
    stated = [*own.statements.values(), *chain.from_iterable(own.claims.values())]
    made, texts = [each.made for each in stated], list(_of_older_years(own, year))
    older = sum(each < str(year.start) for each in made)
    reviewed, way = own.reviewed == str(year), f'go through {name}, then add: reviewed: "{year}"'
    told = f"{older} of {len(made)} made before {year.start}"
    told += f"; older years are named in {few(texts)}" if texts else ""
    yield Step("statements", reviewed or not older, told, way)
    yield Step("area file", reviewed, f"gone through for {own.reviewed or 'no year'}", way)


def _of_older_years(own: AreaFile, year: FinancialYear) -> Iterator[str]:
    """Where statements, and what they mean here, name a financial year before this one."""
    for key in ("statements", "claims", "so_what", "commentary"):
        for finding, text in own.model_dump(mode="json")[key].items():
            if any(named < str(year) for named in _YEAR.findall(json.dumps(text))):
                yield f"{key}: {finding}"


def _run(assessment: Assessment, entered: bool) -> Step:
    """Whether it stands as it would be made today; what was released stands as it was."""
    what, way = f"run, {assessment.edition}", _command("run", assessment)
    try:
        checked_year(assessment.year)
        planned = plan(assessment, (), runs.new_run(), Inputs())
    except InputError as error:
        return Step(what, False, error.lines[0], way)
    stand = runs.standing(assessment)
    if runs.stands_as_planned(planned):
        return Step(what, True, f"{len(stand)} findings made from what is held today")
    if not stand and not entered:
        return Step(what, False, "not made", way)
    left = sorted({job.finding for job in planned.jobs} | set(planned.order) - set(stand))
    if entered:
        state = f"released; since then {len(left)} of {len(planned.order)} would be made anew"
        return Step(what, True, state)
    state = f"{len(left)} of {len(planned.order)} findings to be made, {few(left)}"
    return Step(what, False, state if left else "changed since it was written", way)


def gates_of(assessment: Assessment) -> Step:
    what, way = f"gates, {assessment.edition}", f"cdpb gate {display_path(assessment.target)}"
    told = _manifest(assessment)
    if not told:
        return Step(what, False, "not made", way)
    left = told["gates"]["draft_until"]
    return Step(
        what,
        not left,
        f"still to pass: {', '.join(left)}" if left else "all passed",
        way * bool(left),
    )


def _manifest(assessment: Assessment) -> dict[str, Any]:
    there = (assessment.target / NAME).is_file()
    return read_manifest(assessment.target) if there else {}


def _compared(before: Assessment, after: Assessment) -> Step:
    """Whether `cdpb diff` was shown of the two as they stand."""
    for each in (after, before):
        if not _manifest(each):
            return Step("compared", False, f"{each.year} is not made", _command("run", each))
    records = [read_records(each.target) for each in (before, after)]
    way = f"cdpb diff --year {before.year} --year {after.year} --area {after.area_code}"
    if note_of_comparison(*records).is_file():
        return Step("compared", True, f"with {before.year}, as both stand")
    return Step("compared", False, f"not with {before.year} as both stand", way)


def released(both: list[Assessment], entered: set[str]) -> Step:
    """Whether both editions were entered in the ledger."""
    left = [each for each in both if _name(each) not in entered]
    if not left:
        return Step("released", True, "both editions stand in the ledger")
    way = f"cdpb release {' '.join(display_path(each.target) for each in left)}"
    return Step("released", False, f"not entered: {', '.join(each.edition for each in left)}", way)


def _name(of: Assessment) -> str:
    """What its release is called in the ledger: ``E09000003/2023-24_public``."""
    return f"{of.area_code}/{of.folder.parts[0]}_{of.edition}"


def _command(name: str, of: Assessment) -> str:
    return f"cdpb {name} --year {of.year} --area {of.area_code} --edition {of.edition}"
