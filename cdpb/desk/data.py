"""``cdpb data``: the sources, what each is held to, what comes next, and what a year lacks."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

import click

from cdpb import loaders
from cdpb.build import Build
from cdpb.catalogue import not_downloaded, receipts, sources
from cdpb.console import columns, show_all
from cdpb.desk import JSON, json_text
from cdpb.loaders import periods_lacking, years_held
from cdpb.periods import FinancialYear, ended_in, months_named
from cdpb.sources import ILLUSTRATIVE, Source

FETCHED, BY_HAND, ON_REQUEST = "cdpb fetch", "by hand", "on request"
_MONTHS_APART = {"monthly": 1, "quarterly": 3, "yearly": 12, "every ten years": 120}
_MONTHS_A_QUARTER, _MONTHS_A_YEAR, _NEVER = 3, 12, 9999
_NAMED = re.compile(r"(\d{4})-(\d{2})|(?:\d{2})?(\d{2})/\d{2}(?: Q(\d))?|(?:\d{2})?(\d{2})")


@dataclass(frozen=True)
class Held:
    """A source, and what is held of it.

    Attributes
    ----------
    held_to : str
        The last month, quarter or year that was received; empty if none was.
    received : str
        The day of the newest receipt, as far as it is known; of a return only the month.
    next_to : str
        The month that its next issue reaches to, by how often it comes: ``2026-04``.
    over : bool
        Whether that month is over, so that the issue may be out.
    provisional : bool
        Whether its publisher calls the newest receipt provisional.
    published_since : list of str
        The years that are known to be published and were not received.
    comes : str
        How it is had: with ``cdpb fetch``, by hand from its publisher's page, or on request.
    lacks : list of str
        Of the year that was asked for, the months or quarters that were not received, or the year.
    """

    id: str
    title: str
    publisher: str
    landing_page: str
    frequency: str
    held_to: str
    received: str
    next_to: str
    over: bool
    provisional: bool
    published_since: list[str]
    comes: str
    lacks: list[str] = field(default_factory=list)


@click.command()
@click.option("--year", metavar="YEAR", help="Like 2025/26: what this year lacks.")
@JSON
def command(year: str | None, as_json: bool) -> None:
    """List the sources: what each is held to, what comes next and how, and what a year lacks."""
    found = held(year)
    lines = [json_text([asdict(each) for each in found])]
    show_all(lines if as_json else _lines(found, year))


def held(year: str | None = None, today: dt.date | None = None) -> list[Held]:
    """What is held of every source that is received, in the order of ``data/sources.yml``.

    Made-up figures are not held.

    Parameters
    ----------
    year : str, optional
        A financial year: what each source lacks of it.

    Raises
    ------
    InputError
        If ``year`` is none, or what was received of a source can't be read.
    """
    asked = str(FinancialYear.parse(year)) if year else ""
    # When something was received is no figure, and this is the analyst's own screen.
    with loaders.access.building(Build("partnership")):
        return [
            _held(each, asked, today or dt.date.today())
            for each in sources().values()
            if not each.file and (each.periods != "none" or each.folder == "shapes")
        ]


def _held(source: Source, year: str, today: dt.date) -> Held:
    came = [] if source.status == ILLUSTRATIVE else receipts(source.id)
    last = max((each.periods.last for each in came if each.periods), default="")
    newest = came[-1] if came else None
    day = newest and (newest.received_text if source.access == "public" else newest.month_text)
    to = (
        next_to(last, source.frequency, source.no_collection_in)
        if source.periods != "none"
        else None
    )
    return Held(
        source.id, source.title, source.publisher, source.landing_page, source.frequency,
        held_to=last, received=day or "", next_to=f"{to:%Y-%m}" if to else "",
        over=bool(to and to < today), provisional=bool(came and came[-1].provisional),
        published_since=not_downloaded(source.id) if came else [],
        comes=_comes(source), lacks=parts_lacking(source, year) if year else [],
    )  # fmt: skip


def _comes(source: Source) -> str:
    if source.download:
        return FETCHED
    return BY_HAND if source.access == "public" and source.landing_page else ON_REQUEST


def parts_lacking(source: Source, year: str) -> list[str]:
    """The months or quarters of a year that were not received, or the year itself.

    Nobody waits for a year's own figures of a census, or of what comes now and then.
    """
    if _months_apart(source.frequency) > _MONTHS_A_YEAR or source.periods == "none":
        return []
    if source.status == ILLUSTRATIVE:
        return [year]
    if year in map(ended_in, years_held(source.id)):
        return []
    return periods_lacking(source.id).get(year, [year])


def _months_apart(frequency: str) -> int:
    """Months from one issue to the next."""
    return next((n for often, n in _MONTHS_APART.items() if frequency.startswith(often)), _NEVER)


def next_to(last: str, frequency: str, uncollected: Sequence[int] = ()) -> dt.date | None:
    """The last day of what comes next after the month, quarter or year ``last``.

    ``uncollected`` are calendar months of which nothing comes. None where no calendar is followed.
    """
    named, apart = list(_NAMED.finditer(last)), _months_apart(frequency)
    if not named or apart == _NEVER:
        return None
    year, month, began, quarter, alone = named[-1].groups()
    months = int(year or f"20{began or alone}") * _MONTHS_A_YEAR + int(month or _MONTHS_A_YEAR)
    if began:  # a year that begins in April
        months += _MONTHS_A_QUARTER * (int(quarter) - 3 if quarter else 1)
    at = months + apart - 1
    while at % _MONTHS_A_YEAR + 1 in uncollected:
        at += apart
    year_of, month_of = at // _MONTHS_A_YEAR, at % _MONTHS_A_YEAR + 1
    return dt.date(year_of, month_of, calendar.monthrange(year_of, month_of)[1])


def _lines(found: list[Held], year: str | None) -> Iterator[str]:
    came = [each for each in found if each.received]
    head = ("received", "held to", "came", "next", "comes", *([f"lacks of {year}"] * bool(year)))
    yield from columns([head, *(_row(each, year) for each in came)])
    yield ""
    others = [(each.id, each.publisher, each.comes) for each in found if not each.received]
    yield from columns([("not received", "from", "comes"), *others])
    if year:
        lacking = sum(bool(each.lacks) for each in found)
        yield ""
        yield f"{year}: {lacking} of {len(found)} sources lack some of it"
    yield "cdpb fetch SOURCE downloads one; what comes otherwise is put in with cdpb add FILE."


def _row(each: Held, year: str | None) -> tuple[str, ...]:
    row = (each.id, months_named(each.held_to), each.received, awaited(each), each.comes)
    return (*row, in_short(each.lacks)) if year else row


def awaited(each: Held) -> str:
    """``up to April 2026, may be out``: what comes next; the years known to be out."""
    if out := each.published_since:
        return f"{' and '.join(out)} {'are' if len(out) > 1 else 'is'} out"
    to = months_named(each.next_to)
    return f"up to {to}{', may be out' * each.over}" if to else ""


def in_short(parts: list[str]) -> str:
    """``April 2026 to March 2027 (12)``; empty for none. The number shows a gap between them."""
    if len(parts) < 2:
        return months_named("".join(parts))
    return months_named(f"{parts[0]} to {parts[-1]} ({len(parts)})")
