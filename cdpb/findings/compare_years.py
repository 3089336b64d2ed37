"""Two years of one finding held together: what can be compared, and what parts them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cdpb import catalogue
from cdpb.disclosure.published import PublishedTable
from cdpb.findings.trace import LATEST, OF_BOTH, Taken, receipts_behind
from cdpb.numbers import is_same
from cdpb.periods import FinancialYear, month_name
from cdpb.sources import SeriesBreak
from cdpb.statistics.measure import HIDDEN
from cdpb.statistics.part_tests import CANNOT_BE_CHECKED, PartResult
from cdpb.statistics.trend import crossed_breaks

SERIES_BREAK = "series break"
# A change here divided by the change elsewhere: both sides changed their system together.
AGAINST_ELSEWHERE = "relative_ratio"


def breaks_between(source_id: str, then: str | None, now: str | None) -> list[SeriesBreak]:
    """The breaks of a source's series that part two financial years.

    A break within the later year parts it from the earlier, and one within the earlier year
    parts that from the later.
    """
    if source_id not in catalogue.sources() or not (_is_year(then) and _is_year(now)):
        return []
    declared = catalogue.source(source_id).series_breaks
    crossed = crossed_breaks(str(then), str(now), declared)
    return [each for each in declared if each in crossed]


def is_within(parting: SeriesBreak, year: str | None) -> bool:
    """Whether a break lies inside a financial year, so that its months are not all alike."""
    if not (parting.month and _is_year(year)):
        return False
    after_the_first = FinancialYear.parse(str(year)).months[1:]
    return any(str(month) == parting.month for month in after_the_first)


def series_break_text(parting: SeriesBreak) -> str:
    """``series break in February 2024 (CONNECT, a new recording system)``."""
    when = month_name(parting.month) if parting.month else parting.year
    return f"{SERIES_BREAK} in {when} ({parting.label})"


def refused_across(result: PartResult, shown: PublishedTable, taken: Taken) -> PartResult:
    """A part that compares a place's own level in two years can't be checked across a break.

    A comparison with elsewhere by the same system stays: as a change divided by the change
    elsewhere, or with a comparator that changed over the same two years.

    Parameters
    ----------
    result : PartResult
        What the figures alone say.
    shown : PublishedTable
        The table that the measure was taken from.
    taken : Taken
        Its cell there.

    Returns
    -------
    PartResult
        With the break as the reason, and the figures as recorded; else as it was.
    """
    years = _years_compared(shown, taken)
    own = taken.column != AGAINST_ELSEWHERE and result.comparator_measure is None
    if not (result.checked and result.measure and years and own):
        return result
    found = [each for id in shown.source_ids for each in breaks_between(id, *years)]
    if not found:
        return result
    told = f"{result.measure.label} {result.measure.text} ({result.measure.limits_text})"
    reason = (
        f"{series_break_text(found[0])}: {years[0]} and {years[1]} are not counted alike; "
        f"as counted, {told}"
    )
    return replace(result, outcome=CANNOT_BE_CHECKED, reason=reason)


def _years_compared(shown: PublishedTable, taken: Taken) -> tuple[str, str] | None:
    """The year before and the year of a row that holds a change; None of any other row."""
    if "previous_year" not in shown.columns:
        return None
    row = next(shown.where(**dict(taken.where)).rows(), None)
    if row is None or not _is_year(str(row["previous_year"])):
        return None
    before = FinancialYear.parse(str(row["previous_year"]))
    after = row["year"] if "year" in shown.columns else FinancialYear(before.start + 1)
    return str(before), str(after)


def _is_year(text: str | None) -> bool:
    return bool(text and re.fullmatch(r"\d{4}/\d{2}", text))


Record = Mapping[str, Any]
Years = Mapping[str, tuple[str | None, str | None]]

# What must be the same for two values to be compared, and how a reader is told that it isn't.
SAME_IN = {
    "unit": "another unit",
    "method": "another method",
    "definition": "another definition",
    "series": "another series",
    "ages": "other ages",
    "source": "another source",
    "denominator_source": "another denominator",
    "denominator_period": "a denominator of another period",
}
NOTHING_NEWER = "no newer figures"
SERIES = ": series"
NOT_SHOWN = "last year's value is not repeated in this table, to protect people"
NOT_HELD, NOT_TOLD = "not held", "hidden"
NEWLY_CHECKED = "could not be checked then"
NO_LONGER = "can no longer be checked"


def since(then: Record, now: Record, shown: Callable[[str, Record], Any]) -> dict[str, Any]:
    """What two years of a finding say, side by side, and why a value can't be compared.

    Parameters
    ----------
    then, now : mapping
        The records of both years, computed from the same data by the same method.
    shown : callable
        For a key figure's id and its measure then, the measure that may be shown of it, or None.

    Returns
    -------
    dict
        ``year`` of the earlier record; its ``verdict``; ``parts`` and ``key_figures``, each with
        what it was ``before`` and ``why`` that is no change in the world (empty where it may be
        one); ``method``: what differs beside the figures, as ``what``, ``before`` and ``now``.
    """
    years = years_shown(then, now)
    return {
        "year": then["year"],
        "verdict": _brief(then["verdict"]),
        "parts": list(_parts(then, now, years)),
        "key_figures": list(_figures(then, now, years, shown)),
        "method": list(_method(then, now, years)),
    }


def years_shown(then: Record, now: Record) -> Years:
    """For each source, the year it was shown for then and is now; None where not held."""
    names = dict.fromkeys([*then["as_of"], *now["as_of"]])
    return {name: (then["as_of"].get(name), now["as_of"].get(name)) for name in names}


def obstacle(then: Record, now: Record, years: Years) -> str:
    """Why two measures are not alike, so that their difference is none of the world.

    Returns
    -------
    str
        ``another definition``, or the break of a series that lies between; empty where alike.
    """
    differs = [name for name in SAME_IN if (then.get(name) or "") != (now.get(name) or "")]
    if differs:
        return SAME_IN[differs[0]]
    named = dict.fromkeys([now.get("source"), now.get("denominator_source")])
    found = [each for name in named if name for each in breaks_between(name, *_of(name, years))]
    return series_break_text(found[0]).split(" (")[0] if found else ""


def _of(source: str, years: Years) -> tuple[str | None, str | None]:
    return years.get(source, (None, None))


def _brief(verdict: Record | None) -> dict[str, Any] | None:
    named = ("outcome", "label", "as_of", "dating")
    return {name: verdict[name] for name in named} if verdict else None


def _figures(
    then: Record, now: Record, years: Years, shown: Callable[[str, Record], Any]
) -> Iterator[dict[str, Any]]:
    before = {each["id"]: each for each in then["key_figures"]}
    for figure in now["key_figures"]:
        was = before.get(figure["id"], {})
        allowed = shown(figure["id"], was) if _known(was) else None
        told = {name: allowed[name] for name in _MEASURED} if allowed else None
        yield {
            "id": figure["id"],
            "before": told,
            "why": _why(was, figure, years, then["year"], now["year"], bool(told)),
        }


_MEASURED = ("value", "lower", "upper", "denominator", "unit", "period")


def _why(was: Record, figure: Record, years: Years, then: str, now: str, told: bool) -> str:
    if not (_known(figure) and _known(was)):
        return _lacking({then: was, now: figure})
    if not told:
        return NOT_SHOWN
    if _alike(was, figure):
        return NOTHING_NEWER
    return obstacle(was, figure, years)


def _lacking(figures: Mapping[str, Record]) -> str:
    """Of which year there is no figure: none is held, or it is hidden to protect people."""
    why = {
        year: NOT_TOLD if each.get("note") == HIDDEN else NOT_HELD
        for year, each in figures.items() if not _known(each)
    }  # fmt: skip
    if len(why) > 1 and len(set(why.values())) == 1:
        return f"{why.popitem()[1]} for either year"
    return ", ".join(f"{word} for {year}" for year, word in why.items())


def _known(measure: Record) -> bool:
    return measure.get("value") is not None


def _alike(was: Record, now: Record) -> bool:
    """The same value of the same period: the one is the other."""
    same = all(is_same(was.get(name), now.get(name)) for name in ("value", "lower", "upper"))
    return same and plain_period(was) == plain_period(now)


def plain_period(measure: Record) -> str:
    """A measure's period without a word on how old it is."""
    told = str(measure.get("period") or "")
    return told.split(f", {LATEST}")[0].removesuffix(f", {OF_BOTH}")


def _parts(then: Record, now: Record, years: Years) -> Iterator[dict[str, str]]:
    before = {each["id"]: each for each in (then["verdict"] or {}).get("parts", [])}
    for part in (now["verdict"] or {}).get("parts", []):
        was = before.get(part["id"])
        if was is not None:
            told = {"id": part["id"], "claim": part["claim"], "before": was["outcome"]}
            yield {**told, "now": part["outcome"], "why": _why_of_part(was, part, years)}


def _why_of_part(was: Record, part: Record, years: Years) -> str:
    if was["outcome"] != part["outcome"] and CANNOT_BE_CHECKED in (was["outcome"], part["outcome"]):
        return NEWLY_CHECKED if was["outcome"] == CANNOT_BE_CHECKED else NO_LONGER
    if was["as_of"] and was["as_of"] == part["as_of"]:
        return NOTHING_NEWER if was["outcome"] == part["outcome"] else ""
    pairs = [(was[name], part[name]) for name in ("measure", "comparator_measure")]
    found = [obstacle(*pair, years) for pair in pairs if all(pair)]
    return next(filter(None, found), "")


def _method(then: Record, now: Record, years: Years) -> Iterator[dict[str, str]]:
    """Years and receipts of each source, file layouts that changed, breaks, other comparators."""
    for name, (was, here) in years.items():
        title = catalogue.source(name).title
        if was or here:
            yield {"what": title, "before": _shown_for(name, was), "now": _shown_for(name, here)}
        layouts = [_layouts(name, each) for each in (was, here)]
        if all(layouts) and layouts[0] != layouts[1]:
            told = [", ".join(each) for each in layouts]
            yield {"what": f"{title}: layout of the files", "before": told[0], "now": told[1]}
        for parting in breaks_between(name, was, here):
            side = "the break lies within it" if is_within(parting, was) else "before the break"
            yield {"what": f"{title}{SERIES}", "before": side, "now": series_break_text(parting)}
    yield from _comparators(then, now)


def _shown_for(source_id: str, year: str | None) -> str:
    if year is None:
        return "none held"
    received = [each["received"] for each in receipts_behind(source_id, {year})]
    return f"{year}, received {', '.join(dict.fromkeys(received))}" if received else year


def _layouts(source_id: str, year: str | None) -> Sequence[str]:
    """How the publisher laid out the files that a year's figures came in."""
    if year is None:
        return []
    behind = receipts_behind(source_id, {year})
    names = {(each["received"], name) for each in behind for name in each["files"]}
    return sorted(
        {
            file.layout
            for receipt in catalogue.receipts(source_id)
            for file in receipt.files
            if (receipt.received_text, file.name) in names and file.layout
        }
    )


def _comparators(then: Record, now: Record) -> Iterator[dict[str, str]]:
    before = {each["id"]: each for each in then["key_figures"]}
    for figure in now["key_figures"]:
        sides = [before.get(figure["id"], {}), figure]
        told = [", ".join(each["label"] for each in side.get("comparators", [])) for side in sides]
        if all(map(_known, sides)) and told[0] != told[1]:
            yield {
                "what": f"{figure['label']}: compared with",
                "before": told[0] or "nothing",
                "now": told[1] or "nothing",
            }
