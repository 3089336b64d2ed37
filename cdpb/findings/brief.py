"""What a finding was asked for, what it may bring in, and why nothing of a source is shown."""

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from itertools import groupby
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd

from cdpb import areas, catalogue, loaders, paths
from cdpb.areas import Area, AreaFile, Claim, Event
from cdpb.build import Build
from cdpb.declarations import FindingDeclaration, declarations
from cdpb.errors import InputError, NoSuchName, as_asked, closest, verb
from cdpb.exemptions import Exemption
from cdpb.file_contents import asked_once, one_look
from cdpb.findings.area_files import FOCUS, WORDED, checked_area_file, own_ward
from cdpb.loaders import access
from cdpb.numbers import list_text
from cdpb.periods import FinancialYear, month_name
from cdpb.sources import Source

Given = ParamSpec("Given")
Out = TypeVar("Out")
Self = TypeVar("Self")
# What no notebook needs: the engine room, and files that have no receipt.
UNBOUND = {"access", "base_counts", "boundary_set", "log", "read_file", "receipt_of_month"}
NAMES = sorted(set(loaders.__all__) - UNBOUND)


@dataclass
class Brief:
    """A finding's parameters, its declaration, and its area's file.

    The area may be a name or a code and is kept as the code; ``parameters`` are whatever else the
    notebook was asked, such as the focus ward. What it may open and show is its ``build``, whatever
    other findings are alive beside it; ``register`` has the area's signed exceptions.

    Raises InputError if the finding, the year, the area or the edition is not known.
    """

    id: str
    year: str
    area: str
    edition: str = "public"
    demonstration: bool = False
    parameters: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.year = str(FinancialYear.parse(self.year))
        self.build = Build(self.edition, self.demonstration)
        self.declaration: FindingDeclaration = declarations().finding(self.id)
        self.place = areas.find_area(self.area)
        self.area = self.place.code
        self.area_file: AreaFile | None = checked_area_file(self.area)
        self.register: tuple[Exemption, ...] = (
            tuple(self.area_file.exceptions) if self.area_file else ()
        )

    @property
    def made_for(self) -> str:
        """Which finding of which assessment what it publishes belongs to."""
        return self.build.made_for(self.id, self.area, self.year)

    @property
    def statement(self) -> Any:
        """The partnership's own statement, or None where it has made none."""
        return self.area_file.statements.get(self.id) if self.area_file else None

    @property
    def claims(self) -> list[Claim]:
        """What the partnership said later, beside its statement; empty where nothing."""
        return self.area_file.claims.get(self.id, []) if self.area_file else []

    @property
    def events(self) -> list[Event]:
        """The area's events that concern this finding: its own where it has any, else the rest."""
        declared = self.area_file.events if self.area_file else []
        own = [each for each in declared if self.id in each.findings]
        return own or [each for each in declared if not each.findings]

    @verb("finding.")
    def of_area(self, name: str) -> list[Any]:
        """A list of the area file (``actions``, ``next_steps``, ``involvement``), or empty.

        Of ``events`` those that concern this finding.

        Parameters
        ----------
        name : str
            Of a list: ``actions``, ``next_steps``, ``involvement``, ``events``.

        Examples
        --------
        >>> finding.of_area("actions")
        """
        if name == "events":
            return self.events
        lists = [each for each, of in AreaFile.model_fields.items() if "list" in str(of.annotation)]
        if name not in lists:
            raise InputError(f"An area file has no {name!r}.", closest(name, lists))
        return list(getattr(self.area_file, name)) if self.area_file else []

    @verb("finding.")
    def parameter(self, name: str, given: Any = None, *allowed: Any) -> Any:
        """A parameter as given, else as the area file sets it; a ward by its code or its name.

        Parameters
        ----------
        name : str
            As the notebook calls it.
        given
            Its value; None for that of the area file.
        *allowed
            The values that it may have.

        Raises
        ------
        InputError
            If it is none of those allowed (any, where none are named), or no ward of the area.

        Examples
        --------
        >>> finding.parameter("comparator", comparator, "London wards", "Rest of London")
        """
        value = given if given is not None else self.of_area_file(name)
        if value is None and name not in (known := own_parameters(self.declaration.notebook)):
            raise InputError(
                f"{self.declaration.notebook} has no parameter {name!r}.",
                closest(name, known, "It has"),
                "A parameter stands in its first code cell, and may be set in the area file.",
            )
        if allowed and value not in allowed:
            raise InputError(
                f"{self.declaration.notebook}: {name} can't be {value!r}.",
                f"Wanted: {list_text([repr(each) for each in allowed])}.",
            )
        if name == FOCUS and value is not None:
            value = own_ward(self.area, value)
        self.parameters[name] = value
        return value

    def of_area_file(self, name: str) -> Any:
        """A parameter as the area file sets it, or None."""
        named = self.area_file.parameters.get(self.id, {}) if self.area_file else {}
        return named.get(name)

    @verb("finding.")
    def may_open(self, source_id: str) -> bool:
        """Whether this edition may open a source; it says nothing of what was received.

        Parameters
        ----------
        source_id : str
            Its id in ``data/sources.yml``.

        Examples
        --------
        >>> finding.may_open("continuity_of_care")
        """
        return access.may_open(source_id, self.build)


class Loaders:
    """The verbs that bring figures in, each for one build: ``load.ward_residents()``.

    A finding hands them out as ``finding.load``. Whatever other findings are alive in the same
    process, they open what this one's edition may show and nothing else. ``year`` is the one year
    of which a source may hold nothing: that of the assessment. ``own`` are verbs that note on the
    finding what they brought in.
    """

    def __init__(self, build: Build, year: str = "", **own: Callable[..., Any]) -> None:
        self._build, self._year, self._own = build, year, own

    def __dir__(self) -> list[str]:
        return sorted([*NAMES, *self._own])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._own:
            return self._own[name]
        if name not in NAMES:
            raise NoSuchName(f"There is no loader {name!r}.", closest(name, dir(self), "There are"))
        return _bound(getattr(loaders, name), self._build, self._year)

    def __repr__(self) -> str:
        return f"<Loaders for {self._build}>"


def _bound(load: Callable[Given, Out], build: Build, year: str) -> Callable[Given, Out]:
    signature, name = inspect.signature(load), f"load.{load.__name__}"

    @wraps(load)
    def _for_build(*args: Given.args, **named: Given.kwargs) -> Out:
        given = as_asked(name, signature, args, named)
        with access.building(build), one_look():
            _look_up(name, given.arguments, "year" in signature.parameters)
            found = load(*given.args, **given.kwargs)
            _refuse_year(name, given.arguments.get("year"), found, year)
            return found

    return _for_build


def _look_up(name: str, given: dict[str, Any], with_year: bool) -> None:
    """Put codes where names of an area and of a ward of it were given."""
    area = given.get("area")
    if area is not None:
        if re.match(r"\d{4}", str(area)):
            raise InputError(
                f"{name}: {area!r} is a year and stands in the place of an area.",
                f"Write {name}(year={area!r})."
                if with_year
                else f'Its rows say their year: .query("year == {area!r}").',
            )
        given["area"] = areas.code_in(str(area))
    if given.get("ward_code") is not None:
        given["ward_code"] = own_ward(given["area"], given["ward_code"])


def _refuse_year(name: str, asked: Any, found: Any, own: str) -> None:
    """Refuse a year that a source doesn't hold, unless it is the year of the assessment."""
    source_id = "" if asked is None or len(found) else found.attrs.get("source", "")
    held = [*loaders.years_held(source_id), own] if source_id else [asked]
    if asked not in held:
        raise InputError(
            f"{name}: {source_id} does not hold all of {asked}.",
            f"It holds: {', '.join(held[:-1]) or 'no year'}.",
            f'finding.as_of("{source_id}") gives the latest of them up to the year assessed.',
        )


def as_built(
    method: Callable[Concatenate[Self, Given], Out],
) -> Callable[Concatenate[Self, Given], Out]:
    """A method of a part of a finding, run for the build that was its ``brief`` names."""

    @wraps(method)
    def _for_build(self: Self, *args: Given.args, **named: Given.kwargs) -> Out:
        with access.building(self.brief.build), one_look():  # type: ignore[attr-defined]
            return method(self, *args, **named)

    return _for_build


def own_parameters(notebook: str) -> list[str]:
    """The names that the first code cell of a notebook sets."""
    content = json.loads((paths.notebooks_folder() / notebook).read_text(encoding="utf-8"))
    cells = [each for each in content["cells"] if "parameters" in each["metadata"].get("tags", [])]
    body = [node for each in cells for node in ast.parse("".join(each["source"])).body]
    targets = [to for node in body if isinstance(node, ast.Assign) for to in node.targets]
    return [each.id for each in targets if isinstance(each, ast.Name)]


@asked_once
def source_in(source_id: str, area: str) -> Source:
    """One declared source, the offices and documents named as the area's own file names them.

    ``data/sources.yml`` names no area's office: "the adult treatment provider". For an area without
    a file, or without ``names`` in it, the words stay general.
    """
    source = catalogue.source(source_id)
    own = areas.area_file(area)
    if not (own and own.names):
        return source
    worded = {name: in_own_words(getattr(source, name), own.names) for name in WORDED}
    return source.model_copy(update=worded)


def in_own_words(text: str, names: Mapping[str, str]) -> str:
    """A text with general words, however they begin, replaced by the names that an area has.

    ``The licensing team; register.`` becomes ``Camden, licensing; register.``
    """
    own = {general.casefold(): name for general, name in names.items()}
    pattern = "|".join(re.escape(each) for each in sorted(own, key=len, reverse=True))
    return re.sub(pattern, lambda found: own[found[0].casefold()], text, flags=re.IGNORECASE)


def why_nothing(source_id: str, place: Area, build: Build) -> str:
    """The catalogue's sentence where nothing was received; what is lacking where something was.

    Of a source of which no year is complete for the area.
    """
    source = source_in(source_id, place.code)
    if not (access.may_open(source_id, build) and catalogue.receipts(source_id)):
        return source.not_received
    lacking = incomplete(source_id, Loaders(build).periods_lacking(source_id, place.code))
    return lacking or f"{_without_figure(source)} {place}."


def incomplete(source_id: str, lacking: dict[str, list[str]]) -> str:
    """That years were received in part, each with what is lacking of it; nothing where none was."""
    years = [f"of {year} there are no figures for {runs(each)}" for year, each in lacking.items()]
    return f"{_in_part(source_id)} {list_text(years)}." if years else ""


def lacking_of(source_id: str, notices: Iterable[str]) -> str:
    """What a page's notices say is lacking of a source that was received in part, if they do."""
    beginning = _in_part(source_id)
    return next((each for each in notices if each.startswith(beginning)), "")


def absent_from(source_id: str, notices: Iterable[str]) -> bool:
    """Whether a page's notices say that a source was received without a figure for its area."""
    beginning = _without_figure(catalogue.source(source_id))
    return any(each.startswith(beginning) for each in notices)


def _without_figure(source: Source) -> str:
    return f"{source.title}: received, without a figure for"


def _in_part(source_id: str) -> str:
    return f"{catalogue.source(source_id).title}: received, but incomplete:"


def runs(periods: list[str]) -> str:
    """Months or quarters in words, those that follow each other as a run."""
    if "/" in periods[0]:
        return list_text(periods)
    months = [pd.Period(each, "M") for each in periods]
    grouped = groupby(enumerate(months), key=lambda pair: pair[1].ordinal - pair[0])
    parts = [[month_name(month) for _, month in group] for _, group in grouped]
    return list_text([" to ".join(dict.fromkeys([part[0], part[-1]])) for part in parts])
