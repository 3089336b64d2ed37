"""Why nothing of a source is shown, in the words of one area."""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter

import pandas as pd

from cdpb import areas, catalogue
from cdpb.areas import Area
from cdpb.build import Build
from cdpb.findings.loading import Loaders
from cdpb.loaders import access
from cdpb.numbers import list_text
from cdpb.periods import month_name
from cdpb.sources import Source

# What is said of who sends it; titles and definitions are the same in every area.
WORDED = ("publisher", "attribution", "not_received")


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
