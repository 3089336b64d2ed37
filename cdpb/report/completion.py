"""What Tab offers within a call: ids of tables and sources, columns, wards, kinds of figure.

And what stands behind the point of what is ours, each with its type.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter, signature
from types import ModuleType
from typing import Any, NamedTuple

from cdpb import areas, catalogue, loaders, statistics
from cdpb.areas import Area, AreaFile
from cdpb.build import EDITIONS
from cdpb.declarations import declarations
from cdpb.disclosure.published import PublishedTable
from cdpb.findings.area_files import FOCUS
from cdpb.findings.brief import Loaders, own_parameters
from cdpb.findings.documents import all_quotes
from cdpb.loaders.registry import LOADERS
from cdpb.report.blocks import NOTICES
from cdpb.report.charts import KINDS
from cdpb.report.figures import kind_of
from cdpb.report.finding import Finding
from cdpb.report.markup import Block
from cdpb.statistics.measure import Measure

NAMED = re.compile(r"([A-Za-z_]\w*(?:\.\w+)*)$")
KEYWORD = re.compile(r"(\w+)\s*=\s*$")
Names = Mapping[str, Any]
OWN = Finding | Loaders | PublishedTable | Block | Measure | Area


class Place(NamedTuple):
    """Where in a call a text stands: the verb, its arguments as written, and the parameter."""

    owner: Any
    verb: str
    arguments: list[str]
    parameter: str
    begun: str
    quoted: bool

    @property
    def first(self) -> str:
        """The first argument, which names a table, a kind of figure or a parameter."""
        return self.arguments[0].strip("\"'")


def offered(text: str, names: Names) -> tuple[str, dict[str, str]]:
    """What was begun before the cursor, and what it may become; nothing where nobody knows.

    Parameters
    ----------
    text : str
        The cell up to the cursor.
    names : mapping
        What the notebook has, by name.

    Returns
    -------
    tuple of str and dict
        Each of them with its type, as a notebook shows it: ``function``, ``param``, ``text``.
    """
    member = re.search(r"([A-Za-z_][\w.]*)\.(\w*)$", text)
    owner = _object(member[1], names) if member else None
    if member and isinstance(owner, OWN | ModuleType):
        return member[2], _beginning(member[2], _members(owner))
    place = _place(text, names)
    if place is None:
        return "", {}
    if place.quoted:
        return place.begun, _beginning(place.begun, dict.fromkeys(_choices(place, names), "text"))
    asked = {f"{each}=": "param" for each in _keywords(place)}
    return place.begun, _beginning(place.begun, asked)


def _beginning(begun: str, choices: Mapping[str, str]) -> dict[str, str]:
    start = begun.casefold()
    return {each: of for each, of in choices.items() if each.casefold().startswith(start)}


def _members(owner: Any) -> dict[str, str]:
    """What is its own, not what it was made with: ``function`` for what can be called."""
    found = {name: getattr(owner, name) for name in dir(owner) if name[0] != "_"}
    if isinstance(owner, ModuleType) and owner is not statistics:
        found = {
            name: each
            for name, each in found.items()
            if getattr(each, "__module__", owner.__name__) == owner.__name__
            and not isinstance(each, ModuleType)
        }
    return {name: "function" if callable(each) else "instance" for name, each in found.items()}


def _object(path: str, names: Names) -> Any:
    """One of ours that a dotted name leads to; nothing is run for it."""
    first, *rest = path.split(".")
    found = names.get(first)
    for each in rest:
        found = getattr(found, each, None) if isinstance(found, Finding | ModuleType) else None
    words = isinstance(found, ModuleType) and found.__name__.startswith("findings.")
    return found if isinstance(found, OWN) or words or found in (statistics, Finding) else None


def _place(text: str, names: Names) -> Place | None:
    line = text.rpartition("\n")[2]
    quoted = len(re.findall(r"[\"']", line)) % 2 == 1
    begun = re.search(r"[\"']([^\"'\n]*)$" if quoted else r"()(?<![\w.])\w*$", text)
    if begun is None:
        return None
    before, arguments, inside = text[: begun.start()], [""], 0
    # Back to the bracket that is still open, and what stands between its commas.
    for at in range(len(before) - 1, -1, -1):
        sign = before[at]
        inside += (sign in ")]") - (sign in "([")
        if inside < 0 and sign == "(" and NAMED.search(before[:at]):
            word = text[begun.start() + quoted :]
            return _of_call(before[:at], arguments, word, names, quoted)
        if inside < 0:  # A list of texts: its own commas part no arguments.
            inside, arguments = 0, [""]
        elif sign == "," and not inside:
            arguments.insert(0, "")
        else:
            arguments[0] = sign + arguments[0]
    return None


def _of_call(
    before: str, arguments: list[str], begun: str, names: Names, quoted: bool
) -> Place | None:
    called = NAMED.search(before)
    path, _, verb = called[1].rpartition(".") if called else ("", "", "")
    owner = Block if before.endswith(").export") else _object(path or verb, names)
    of_owner = owner if owner is Finding else getattr(owner, verb, None)
    if owner is None or not callable(of_owner):
        return None
    asked = signature(of_owner).parameters
    keyword, at = KEYWORD.search(arguments[-1]), len(arguments) - 1
    ordered = [
        name
        for name, each in asked.items()
        if each.kind is not Parameter.VAR_KEYWORD and name != "self"
    ]
    last = ordered[-1] if ordered else ""
    parameter = keyword[1] if keyword else (ordered[at] if at < len(ordered) else last)
    given = [each.strip() for each in arguments]
    return Place(owner, verb, given, parameter, begun, quoted)


def _keywords(place: Place) -> Iterator[str]:
    """Names that a verb's signature doesn't say: columns, tests, the options of a figure."""
    owner = place.owner
    if isinstance(owner, PublishedTable) and place.verb == "where":
        yield from owner.columns
    if not isinstance(owner, Finding):
        return
    published = owner._record.tables.published
    if place.verb == "measure" and place.first in published:
        yield from published[place.first].columns
    elif place.verb in ("verdict", "claims"):
        yield from owner._brief.declaration.tests
    elif place.verb == "chart" and place.first in KINDS:
        yield from signature(kind_of(place.first)).parameters


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
        yield from (each.id for each in declarations().findings if parameter == "id")
    elif place.verb == "export" and parameter == "kind":
        # Imported here: only who exports a picture waits for what draws it.
        from cdpb.report.pictures import FORMATS

        yield from FORMATS


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
    elif place.parameter == "year":
        read = [each.source_id for each in LOADERS.values() if each.verbs[0].endswith(place.verb)]
        yield from (year for source_id in read for year in place.owner.years_held(source_id))


def _of_finding(place: Place, names: Names) -> Iterator[str]:
    brief, tables = place.owner._brief, place.owner._record.tables
    parameter, first = place.parameter, place.first
    kinds = NOTICES if place.verb == "notice" else KINDS
    if place.verb in ("measure", "publish") and parameter == "id":
        yield from tables.published if place.verb == "measure" else ()
        yield from (each.id for each in brief.declaration.tables)
    elif place.verb == "measure" and first in tables.published:
        yield from _of_table(tables.published[first], parameter)
    elif parameter == "source_id" or place.verb in ("as_of", "period"):
        yield from (*brief.declaration.sources, *catalogue.sources())
    elif place.verb == "parameter" and parameter == "name":
        yield from own_parameters(brief.declaration.notebook)
    elif parameter == "focus" or (place.verb == "parameter" and first == FOCUS):
        every = loaders.boundary_set()
        yield from every.loc[every["borough_code"] == brief.area, "ward_name"]
    elif place.verb == "key_figure" and parameter == "id":
        yield from (each.id for each in place.owner._record.key_figures)
    elif place.verb == "of_area":
        yield from (name for name, of in AreaFile.model_fields.items() if "list" in str(of))
    elif parameter == "kind":
        yield from kinds
    elif parameter in ("ids", "quoted"):
        yield from (each.quote_id for each in all_quotes(brief.area, brief.build))
    elif place.verb in ("chart", "table"):
        shown = [names.get(each) for each in place.arguments]
        yield from (name for of in shown if isinstance(of, PublishedTable) for name in of.columns)
