"""The loaders as a notebook uses them, bound to its build; and why nothing of a source is shown."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from itertools import groupby
from operator import itemgetter
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd

from cdpb import areas, catalogue, loaders
from cdpb.areas import Area
from cdpb.build import Build
from cdpb.errors import InputError
from cdpb.loaders import access
from cdpb.numbers import list_text
from cdpb.periods import month_name
from cdpb.sources import Source

Given = ParamSpec("Given")
Out = TypeVar("Out")
# What no notebook needs: the engine room, and files that have no receipt.
UNBOUND = {"access", "base_counts", "boundary_set", "log", "read_file", "receipt_of_month"}
NAMES = sorted(set(loaders.__all__) - UNBOUND)
# What is said of who sends it; titles and definitions are the same in every area.
WORDED = ("publisher", "attribution", "not_received")


class Loaders:
    """The verbs that bring figures in, each for one build: ``load.ward_residents()``.

    A finding hands them out as ``finding.load``. Whatever other findings are alive in the same
    process, they open what this one's edition may show and nothing else.
    """

    def __init__(self, build: Build) -> None:
        self._build = build

    def __dir__(self) -> list[str]:
        return NAMES

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in NAMES:
            raise InputError(f"There is no loader {name!r}.", f"There are: {', '.join(NAMES)}.")
        return _bound(getattr(loaders, name), self._build)

    def __repr__(self) -> str:
        return f"<Loaders for {self._build}>"


def _bound(load: Callable[Given, Out], build: Build) -> Callable[Given, Out]:
    @wraps(load)
    def _for_build(*args: Given.args, **named: Given.kwargs) -> Out:
        with access.building(build):
            return load(*args, **named)

    return _for_build


Self = TypeVar("Self")


def as_built(
    method: Callable[Concatenate[Self, Given], Out],
) -> Callable[Concatenate[Self, Given], Out]:
    """A method of a part of a finding, run for the build that was its ``brief`` names."""

    @wraps(method)
    def _for_build(self: Self, *args: Given.args, **named: Given.kwargs) -> Out:
        with access.building(self.brief.build):  # type: ignore[attr-defined]
            return method(self, *args, **named)

    return _for_build


def source_in(source_id: str, area: str) -> Source:
    """One declared source, the offices and documents named as the area's own file names them.

    Parameters
    ----------
    source_id : str
        As in ``data/sources.yml``, which names no area's office: "the adult treatment provider".
    area : str
        GSS code. For an area without a file, or without ``names`` in it, the words stay general.
    """
    source = catalogue.source(source_id)
    own = areas.area_file(area)
    if not (own and own.names):
        return source
    worded = {name: in_own_words(getattr(source, name), own.names) for name in WORDED}
    return source.model_copy(update=worded)


def in_own_words(text: str, names: Mapping[str, str]) -> str:
    """A text with general words, however they begin, replaced by the names that an area has.

    Examples
    --------
    >>> in_own_words("The licensing team; register.", {"the licensing team": "Camden, licensing"})
    'Camden, licensing; register.'
    """
    own = {general.casefold(): name for general, name in names.items()}
    pattern = "|".join(re.escape(each) for each in sorted(own, key=len, reverse=True))
    return re.sub(pattern, lambda found: own[found[0].casefold()], text, flags=re.IGNORECASE)


def why_nothing(source_id: str, place: Area, build: Build) -> str:
    """The catalogue's sentence where nothing was received; what is lacking where something was.

    Parameters
    ----------
    source_id : str
        A source of which no year is complete for the area.
    place : Area
        Where.
    build : Build
        What may be opened and shown.
    """
    source = source_in(source_id, place.code)
    if not (access.may_open(source_id, build) and catalogue.receipts(source_id)):
        return source.not_received
    told = incomplete(source_id, Loaders(build).periods_lacking(source_id, place.code))
    return told or f"{source.title}: received, without a figure for {place}."


def incomplete(source_id: str, lacking: dict[str, list[str]]) -> str:
    """That years were received in part, each with what is lacking of it; nothing where none was."""
    years = [f"of {year} there are no figures for {runs(each)}" for year, each in lacking.items()]
    return f"{_in_part(source_id)} {list_text(years)}." if years else ""


def lacking_of(source_id: str, notices: Iterable[str]) -> str:
    """What a page's notices say is lacking of a source that was received in part, if they do."""
    beginning = _in_part(source_id)
    return next((each for each in notices if each.startswith(beginning)), "")


def _in_part(source_id: str) -> str:
    return f"{catalogue.source(source_id).title}: received, but incomplete:"


def runs(periods: list[str]) -> str:
    """Months or quarters in words, those that follow each other as a run."""
    if "/" in periods[0]:
        return list_text(periods)
    months = [pd.Period(each, "M") for each in periods]
    grouped = groupby(enumerate(months), key=lambda pair: pair[1].ordinal - pair[0])
    parts = [[*map(itemgetter(1), group)] for _, group in grouped]
    return list_text([_run(part) for part in parts])


def _run(months: list[pd.Period]) -> str:
    ends = dict.fromkeys(month_name(each) for each in (months[0], months[-1]))
    return " to ".join(ends)
