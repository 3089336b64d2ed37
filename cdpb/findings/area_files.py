"""The file of one partnership, checked whole before anything of it is used.

A misspelt finding, a part that no notebook tests or a ward of another borough would each leave a
page as if the file had never named it.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from cdpb import areas, catalogue, loaders, paths
from cdpb.areas import (
    REFERENCE,
    UNTESTED,
    Area,
    AreaFile,
    borough_code,
    find_area,
)
from cdpb.build import Build
from cdpb.declarations import Declarations, declarations
from cdpb.errors import InputError
from cdpb.exemptions import Exemption
from cdpb.findings.declared_tables import exempt, tables_of, wrong_entries
from cdpb.findings.documents import all_quotes, codes_of
from cdpb.loaders import access

EVERYTHING = Build("partnership", demonstration=True)
FOCUS, WARDS = "focus_ward", "census_2021_wards"
_MOST_SHOWN = 4
# What is said of who sends a source; titles and definitions are the same in every area.
WORDED = ("publisher", "attribution", "not_received")
# How an action begins that is less than to be done, by its strength in the plan, weakest first.
VERBS = {
    "may wish to consider": re.compile(r"(?:.+ )?may wish to consider\b", re.IGNORECASE),
    "consider": re.compile(r"(?:\w+ \w+ to )?consider\b", re.IGNORECASE),
    "explore": re.compile(r"(?:explore|examine|investigate|identify)\b", re.IGNORECASE),
    "review": re.compile(r"(?:\w+ \w+ to )?(?:support a )?(?:review|audit)\b", re.IGNORECASE),
}
# Digits that are no figure.
NO_FIGURE = r"\bper [\d,]+|\b(?:19|20)\d\d(?:/\d\d)?\b"
KEY_FIGURE = re.compile(r'\.key_figure\(\\"([a-z_]+)\\"')
STATUSES = ("", "not started", "under way", "done", "stopped")
INTENDED = re.compile(r"\b(?:intended|planned|decided)\b")


def checked_area_file(code: str) -> AreaFile | None:
    """What belongs to one partnership, or None where no such file was written.

    Raises InputError with everything that is wrong in it.
    """
    own_file = areas.area_file(code)
    if own_file is None:
        return None
    declared = declarations()
    wrong = [
        *_names(own_file),
        *_words(own_file),
        *_findings(own_file, declared),
        *_parts(own_file, declared),
        *_wards(own_file),
        *_actions(own_file, declared),
        *_intentions(own_file),
        *_so_whats(own_file, declared),
        *wrong_entries(own_file, declared),
        *_quoted(own_file),
        *_reported(own_file, declared),
    ]
    _refuse(code, wrong, "docs/areas.md lists its keys and the tests of each finding.")
    return own_file


def refuse_absent_rows(own_file: AreaFile, year: str, build: Build) -> None:
    """Stop before anything is run if an exception names rows that its table doesn't have.

    Of a source that the edition may not open nothing is shown, and nothing is looked up.
    """
    with access.building(build):
        wrong = [
            each
            for entry in own_file.exceptions
            for each in _absent(entry, own_file.code, year, build)
        ]
    _refuse(own_file.code, wrong, "Correct the entries, or take them out.")


def _absent(entry: Exemption, area: str, year: str, build: Build) -> Iterator[str]:
    if not entry.table:
        return
    finding, table = entry.table.split("/")
    source = declarations().finding(finding).table(table).source
    if access.may_open(source):
        tables = tables_of(source, area, year)
        try:
            bases = {source: loaders.base_counts(source)}
            exempt([entry], tables, bases, edition=build.edition, year=year)
        except InputError as error:
            yield " ".join(error.lines[:2])


def _refuse(code: str, wrong: list[str], way_out: str) -> None:
    if wrong:
        more = len(wrong) - _MOST_SHOWN
        some = "1 entry" if len(wrong) == 1 else f"{len(wrong)} entries"
        raise InputError(
            f"data/areas/{code}.yml: {some} can't be used.",
            *wrong[:_MOST_SHOWN],
            *([f"and {more} more"] if more > 0 else []),
            f"{way_out} Nothing was run.",
        )


def own_ward(area: str, named: object) -> str:
    """The code of a ward of an area, by code or by name in any case; an error names the closest."""
    every = loaders.boundary_set()
    wards = every.loc[every["borough_code"] == area, "ward_name"]
    text = " ".join(str(named).split()).casefold()
    for code, name in wards.items():
        if text in (str(code).casefold(), str(name).casefold()):
            return str(code)
    by_name = {str(name).casefold(): f"{name} ({code})" for code, name in wards.items()}
    near = [by_name[each] for each in get_close_matches(text, by_name, n=2)]
    raise InputError(
        f"{str(named)[:40]!r} is no ward of {find_area(area)}.",
        f"Did you mean {' or '.join(near)}?" if near else f"Its wards: {_some(by_name.values())}.",
        "Wanted: the code or the name of one of its wards of May 2022. Nothing was run.",
    )


def place_code(place: Area, named: str) -> str:
    """The code of a ward of a place, or of an area, by code or by name.

    Raises InputError if it is neither; with the closest wards.
    """
    try:
        return own_ward(place.code, named)
    except InputError:
        code = borough_code(named)
        if code is None:
            raise
        return code


def _names(own_file: AreaFile) -> Iterator[str]:
    name = find_area(own_file.code).name
    if own_file.name != name:
        yield f"name: {own_file.code} is {name}, not {own_file.name[:40]!r}"


def _words(own_file: AreaFile) -> Iterator[str]:
    """General words that stand nowhere in the catalogue, so that no name takes their place."""
    texts = [
        getattr(source, name).casefold()
        for source in catalogue.sources().values()
        for name in WORDED
    ]
    for general in own_file.names:
        if not any(general.casefold() in text for text in texts):
            yield f"names: data/sources.yml has no {general[:40]!r}"


def _findings(own_file: AreaFile, declared: Declarations) -> Iterator[str]:
    known = [each.id for each in declared.findings]
    places: dict[str, Iterable[str]] = {
        "statements": own_file.statements,
        "claims": own_file.claims,
        "parameters": own_file.parameters,
        "commentary": own_file.commentary,
        "so_what": own_file.so_what,
        "events": [finding for event in own_file.events for finding in event.findings],
    }
    for place, named in places.items():
        for finding in named:
            if finding not in known:
                near = get_close_matches(finding, known, n=1)
                meant = f"; did you mean {near[0]}?" if near else ""
                yield f"{place}: there is no finding {finding[:40]!r}{meant}"


def _parts(own_file: AreaFile, declared: Declarations) -> Iterator[str]:
    tests = {each.id: each.tests for each in declared.findings}
    made = [(finding, "statements", each.parts) for finding, each in own_file.statements.items()]
    made += [
        (finding, f"claims, {claim.id}", claim.parts)
        for finding, claims in own_file.claims.items()
        for claim in claims
    ]
    for finding, place, parts in made:
        ids = [part.id for part in parts]
        for part in parts:
            if ids.count(part.id) > 1:
                yield f"{place}, {finding}: part {part.id} stands twice"
            if part.test not in UNTESTED and part.id not in tests.get(finding, [part.id]):
                known = _some(tests[finding]) or "none"
                yield f"{place}, {finding}: no test is called {part.id!r}; there are: {known}"
    for finding, _, parts in made:
        focused = any(part.id.startswith(FOCUS) and part.test not in UNTESTED for part in parts)
        if focused and not own_file.parameters.get(finding, {}).get(FOCUS):
            yield f"parameters, {finding}: its statement is of a focus_ward, and none is named"


def _actions(own_file: AreaFile, declared: Declarations) -> Iterator[str]:
    """Actions whose verb is another than their strength, and what no page could place."""
    known = {code for each in declared.findings for code in each.actions}
    for row in own_file.actions:
        at, begins = f"actions, {row['action_no']}", row["action"][:40]
        wanted = VERBS.get(row["strength"])
        said = next((name for name, verb in VERBS.items() if verb.match(row["action"])), "do")
        if wanted is None and row["strength"] != "do":
            yield f"{at}: strength is one of {', '.join(VERBS)}, do; not {row['strength'][:20]!r}"
        elif said != row["strength"]:
            yield f"{at}: {begins!r} reads as {said!r}, and its strength is {row['strength']!r}"
        if row.get("status", "") not in STATUSES:
            yield f"{at}: status is empty or one of {_some(STATUSES[1:])}"
        for code in sorted(codes_of(row["linked_findings"]) - known):
            yield f"{at}: linked_findings has no finding {code[:20]!r}"


def _intentions(own_file: AreaFile) -> Iterator[str]:
    """Next steps that don't say when they were intended: they would read as done."""
    for entry in own_file.next_steps:
        if not (INTENDED.search(entry.text) and re.search(r"\b20\d\d\b", entry.text)):
            yield (
                f"next_steps, {entry.text[:40]!r}: write what was intended or decided, and the year"
            )


def _so_whats(own_file: AreaFile, declared: Declarations) -> Iterator[str]:
    """Numbers that were typed, which no later data would change, and figures that no page has."""
    notebooks = {each.id: each.notebook for each in declared.findings}
    for finding, written in own_file.so_what.items():
        text = " ".join(written.sentences)
        typed = re.search(r"\d[\d,.]*", re.sub(rf"{REFERENCE.pattern}|{NO_FIGURE}", "", text))
        if typed:
            yield f"so_what, {finding}: {typed[0]!r} is typed; name a key figure, as in {{share}}"
        notebook = _text_of(notebooks.get(finding, ""))
        for named in dict.fromkeys(each[2] for each in REFERENCE.finditer(text)):
            known = dict.fromkeys(KEY_FIGURE.findall(notebook))
            if known and named not in known:
                there = _some(known)
                yield f"so_what, {finding}: no key figure is {named[:40]!r}; there are: {there}"


def _text_of(notebook: str) -> str:
    path = paths.notebooks_folder() / notebook
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _wards(own_file: AreaFile) -> Iterator[str]:
    for finding, given in own_file.parameters.items():
        if FOCUS in given and WARDS in catalogue.sources():
            ward = given[FOCUS]
            try:
                code = own_ward(own_file.code, ward)
            except InputError as error:
                yield f"parameters, {finding}, {FOCUS}: " + " ".join(
                    line.strip() for line in error.lines[:2]
                )
            else:
                if code != ward:
                    yield f"parameters, {finding}, {FOCUS}: write the code of {ward}: {code}"


def _quoted(own_file: AreaFile) -> Iterator[str]:
    """Exceptions for figures that the area's documents don't quote."""
    named = [(each.id, each.quoted) for each in own_file.exceptions if each.quoted]
    known = {each.quote_id for each in all_quotes(own_file.code, EVERYTHING)} if named else set()
    for id, quoted in named:
        if quoted not in known:
            yield f"exceptions, {id}: data/quoted_figures.csv has no figure {quoted[:20]!r} of it"


def _reported(own_file: AreaFile, declared: Declarations) -> Iterator[str]:
    """Figures that an achievement or an outcome names and no page or document has."""
    own = {f"{finding}/{each.id}" for finding, made in own_file.claims.items() for each in made}
    known = {each.id for each in declared.findings if not each.after} | own
    reported = [*own_file.achievements, *own_file.outcomes]
    wanted = any(each.quoted for each in reported)
    quoted = {each.quote_id for each in all_quotes(own_file.code, EVERYTHING)} if wanted else set()
    for entry in reported:
        figures = [name for name in entry.figures if name.partition(":")[0] not in known]
        for place, name in [
            *(("figures", name) for name in figures),
            *(("quoted", name) for name in entry.quoted if name not in quoted),
        ]:
            yield f"{place}, {entry.text[:40]!r}: there is no {name[:40]!r}"


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:6]) + (" ..." if len(listed) > 6 else "")
