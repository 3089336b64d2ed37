"""What Tab offers within a call: ids of tables and sources, columns, wards, kinds of figure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import Parameter, signature
from types import ModuleType
from typing import Any, NamedTuple

from cdpb import areas, catalogue, loaders, statistics
from cdpb.areas import AreaFile
from cdpb.build import EDITIONS
from cdpb.disclosure.published import PublishedTable
from cdpb.findings.brief import Loaders
from cdpb.findings.documents import all_quotes
from cdpb.report.blocks import NOTICES
from cdpb.report.charts import KINDS
from cdpb.report.finding import Finding

NAMED = re.compile(r"([A-Za-z_]\w*(?:\.\w+)*)$")
KEYWORD = re.compile(r"(\w+)\s*=\s*$")
Names = Mapping[str, Any]


class Place(NamedTuple):
    """Where in a call a text stands: the verb, its arguments as written, and the parameter."""

    owner: Any
    verb: str
    arguments: list[str]
    parameter: str
    begun: str


def offered(text: str, names: Names) -> tuple[str, list[str]]:
    """What was begun before the cursor, and what it may become; nothing where nobody knows.

    Parameters
    ----------
    text : str
        The cell up to the cursor.
    names : mapping
        What the notebook has, by name.
    """
    member = re.search(r"([A-Za-z_][\w.]*)\.(\w*)$", text)
    owner = _object(member[1], names) if member else None
    if member and (isinstance(owner, Loaders) or owner is statistics):
        return member[2], _beginning(member[2], dir(owner))
    place = _place(text, names)
    return (place.begun, _beginning(place.begun, _choices(place, names))) if place else ("", [])


def _beginning(begun: str, choices: Iterable[str]) -> list[str]:
    start = begun.casefold()
    return [each for each in dict.fromkeys(choices) if each.casefold().startswith(start)]


def _object(path: str, names: Names) -> Any:
    """One of ours that a dotted name leads to; nothing is run for it."""
    first, *rest = path.split(".")
    found = names.get(first)
    for each in rest:
        found = getattr(found, each, None) if isinstance(found, Finding | ModuleType) else None
    ours = isinstance(found, Finding | Loaders | PublishedTable) or found in (statistics, Finding)
    return found if ours else None


def _place(text: str, names: Names) -> Place | None:
    quote = re.search(r"[\"']([^\"'\n]*)$", text)
    if quote is None or len(re.findall(r"[\"']", text[: quote.start()].split("\n")[-1])) % 2:
        return None
    before, arguments, inside = text[: quote.start()], [""], 0
    # Back to the bracket that is still open, and what stands between its commas.
    for at in range(len(before) - 1, -1, -1):
        sign = before[at]
        inside += (sign in ")]") - (sign in "([")
        if inside < 0 and sign == "(":
            return _of_call(before[:at], arguments, quote[1], names)
        if inside < 0:  # A list of texts: its own commas part no arguments.
            inside, arguments = 0, [""]
        elif sign == "," and not inside:
            arguments.insert(0, "")
        else:
            arguments[0] = sign + arguments[0]
    return None


def _of_call(before: str, arguments: list[str], begun: str, names: Names) -> Place | None:
    called = NAMED.search(before)
    path, _, verb = called[1].rpartition(".") if called else ("", "", "")
    owner = _object(path, names) if path else _object(verb, names)
    if owner is None:
        return None
    asked = signature(owner if not path else getattr(owner, verb)).parameters
    keyword, at = KEYWORD.search(arguments[-1]), len(arguments) - 1
    ordered = [name for name, each in asked.items() if each.kind is not Parameter.VAR_KEYWORD]
    last = ordered[-1] if ordered else ""
    parameter = keyword[1] if keyword else (ordered[at] if at < len(ordered) else last)
    return Place(owner, verb, [each.strip() for each in arguments], parameter, begun)


def _choices(place: Place, names: Names) -> Iterator[str]:
    owner, parameter = place.owner, place.parameter
    if isinstance(owner, PublishedTable):
        yield from _of_table(owner, parameter)
    elif isinstance(owner, Loaders):
        yield from _of_loader(place)
    elif isinstance(owner, Finding):
        yield from _of_finding(place, names)
    elif owner is Finding:
        yield from EDITIONS if parameter == "edition" else ()
        yield from areas.boroughs()["area_name"] if parameter == "area" else ()


def _of_table(shown: PublishedTable, parameter: str) -> Iterator[str]:
    """Columns where a column is asked for; else what stands in the column of that name."""
    if parameter in shown.columns:
        yield from map(str, shown.values_of(parameter))
    else:
        yield from shown.columns


def _of_loader(place: Place) -> Iterator[str]:
    of_verb: dict[str, Callable[[], Mapping[str, Any]]] = {
        "returned": catalogue.returns,
        "published": catalogue.publications,
    }
    if place.parameter == "source_id":
        known: Mapping[str, Any] = of_verb.get(place.verb, catalogue.sources)()
        yield from known
    elif place.parameter == "area":
        yield from areas.boroughs()["area_name"]
    elif place.parameter == "ward_code":
        yield from loaders.boundary_set()["ward_name"]


def _of_finding(place: Place, names: Names) -> Iterator[str]:
    brief, tables = place.owner._brief, place.owner._record.tables
    parameter, first = place.parameter, place.arguments[0].strip("\"'")
    kinds = NOTICES if place.verb == "notice" else KINDS
    if place.verb in ("measure", "publish") and parameter == "id":
        yield from tables.published if place.verb == "measure" else ()
        yield from (each.id for each in brief.declaration.tables)
    elif place.verb == "measure" and first in tables.published:
        yield from _of_table(tables.published[first], parameter)
    elif parameter == "source_id" or place.verb in ("as_of", "period"):
        yield from (*brief.declaration.sources, *catalogue.sources())
    elif parameter == "focus":
        every = loaders.boundary_set()
        yield from every.loc[every["borough_code"] == brief.area, "ward_name"]
    elif place.verb == "of_area":
        yield from (name for name, of in AreaFile.model_fields.items() if "list" in str(of))
    elif parameter == "kind":
        yield from kinds
    elif parameter in ("ids", "quoted"):
        yield from (each.quote_id for each in all_quotes(brief.area, brief.build))
    elif place.verb in ("chart", "table"):
        shown = [names.get(each) for each in place.arguments]
        yield from (name for of in shown if isinstance(of, PublishedTable) for name in of.columns)
