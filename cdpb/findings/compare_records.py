"""Two records of one finding compared: what differs, and what but the world may be the reason.

One comparison serves all: last year beside this year on a page, what was published beside what is
computed today, and two built assessments in ``cdpb diff``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdpb import catalogue
from cdpb.findings.obstacles import (
    ChangedRule,
    breaks_between,
    is_within,
    of_figures,
    of_part,
    series_break_text,
)
from cdpb.findings.trace import LATEST, OF_BOTH, receipts_behind
from cdpb.numbers import is_same
from cdpb.statistics.measure import HIDDEN
from cdpb.statistics.part_tests import NOT_CHECKED

Record = Mapping[str, Any]
# For each source the financial year of which a record shows it, before and now.
YearsShown = Mapping[str, tuple[str | None, str | None]]

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
LIMITS = ("value", "lower", "upper")
OF_A_VERDICT = ("outcome", "label", "as_of", "dating")
MEASURED = (*LIMITS, "denominator", "unit", "period")
NOTHING_NEWER = "no newer figures"
SERIES = ": series"
NOT_SHOWN = "last year's value is not repeated in this table, to protect people"
NEWLY_CHECKED = "not checked then"
NO_LONGER = "no longer checked"


@dataclass(frozen=True)
class Pair:
    """A figure, part, claim or source as two records have it; a side that lacks it is empty.

    ``obstacle`` names what makes the two unlike apart from the world: a rule, another definition,
    a break of the series.
    """

    before: Record
    now: Record
    obstacle: str = ""

    @property
    def both(self) -> bool:
        """Whether neither record lacks it."""
        return bool(self.before and self.now)

    @property
    def of_one_period(self) -> bool:
        """Whether both rest on data of the same period."""
        return self.both and _data_period(self.before) == _data_period(self.now)

    @property
    def same_value(self) -> bool:
        """Whether two figures are equal, intervals too."""
        return all(is_same(self.before.get(name), self.now.get(name)) for name in LIMITS)


@dataclass(frozen=True)
class Comparison:
    """Two records of one finding, with what both have under one id in pairs.

    ``rules`` are those by which the two were made differently. Where one method computed both, as
    it does the years on a page, there are none.
    """

    before: Record
    now: Record
    rules: Sequence[ChangedRule] = ()

    @property
    def years(self) -> YearsShown:
        """For each source, the year it was shown for before and is now; None where not held."""
        before, now = (record.get("as_of") or {} for record in (self.before, self.now))
        return {name: (before.get(name), now.get(name)) for name in {**before, **now}}

    @property
    def verdict(self) -> Pair:
        """On the statement as a whole, which any rule may have moved."""
        before, now = (record.get("verdict") or {} for record in (self.before, self.now))
        return Pair(before, now, _by_rule(self.rules))

    def parts(self) -> list[Pair]:
        """The parts of the statement."""
        pairs = _by_id("parts", self.verdict.before, self.verdict.now)
        return [
            self._pair(of_part(self.rules, (pair[1] or pair[0])["claim"]), *pair) for pair in pairs
        ]

    def figures(self) -> list[Pair]:
        """The key figures."""
        pairs = _by_id("key_figures", self.before, self.now)
        return [self._pair(of_figures(self.rules), *pair) for pair in pairs]

    def others(self, kind: str) -> list[Pair]:
        """``claims`` or ``sources``, which no rule of the finding touches."""
        return [self._pair((), *pair) for pair in _by_id(kind, self.before, self.now)]

    def _pair(self, rules: Sequence[ChangedRule], before: Record, now: Record) -> Pair:
        then, today = _measures(before), _measures(now)
        found = (obstacle(then[at], today[at], self.years) for at in today if at in then)
        return Pair(before, now, _by_rule(rules) or next(filter(None, found), ""))


def obstacle(before: Record, now: Record, years: YearsShown) -> str:
    """Why two measures are not alike, so that their difference is none of the world.

    ``another definition``, or the break of a series that lies between; empty where alike.
    """
    differs = [name for name in SAME_IN if (before.get(name) or "") != (now.get(name) or "")]
    if differs:
        return SAME_IN[differs[0]]
    sources = filter(None, dict.fromkeys([now.get("source"), now.get("denominator_source")]))
    found = [
        parting
        for source in sources
        for parting in breaks_between(source, *years.get(source, (None, None)))
    ]
    return series_break_text(found[0]).split(" (")[0] if found else ""


def plain_period(measure: Record) -> str:
    """A measure's period without a word on how old it is."""
    period = str(measure.get("period") or "")
    return period.split(f", {LATEST}")[0].removesuffix(f", {OF_BOTH}")


def _by_id(kind: str, before: Record, now: Record) -> Iterator[tuple[Record, Record]]:
    """What both hold under one id, in today's order; what is gone comes last."""
    then, today = ({entry["id"]: entry for entry in side.get(kind) or ()} for side in (before, now))
    for id in {**today, **then}:
        yield then.get(id, {}), today.get(id, {})


def _measures(entry: Record) -> dict[tuple[str, str], Record]:
    """What an entry rests on: a figure on itself, a part on what it tests, a claim on its parts."""
    if "value" in entry:
        return {("", ""): entry}
    parts = (entry.get("verdict") or {}).get("parts") or [entry]
    tested = ((part, name) for part in parts for name in ("measure", "comparator_measure"))
    return {(part["id"], name): part[name] for part, name in tested if part.get(name)}


def _data_period(entry: Record) -> str:
    """The period of a figure, or of the data that a part or verdict rests on."""
    if "period" in entry:
        return plain_period(entry)
    return (entry.get("verdict") or entry).get("as_of") or ""


def _by_rule(rules: Sequence[ChangedRule]) -> str:
    return f"the rule differs: {rules[0].name}" if rules else ""


# Last year beside this year ----------------------------------------------------------


def beside_last_year(
    then: Record, now: Record, shown: Callable[[str, Record], Any]
) -> dict[str, Any]:
    """What two years of a finding say, side by side, and why a value can't be compared.

    Both are computed from the same data by the same method. ``shown`` gives, for a key figure's
    id and its measure then, the measure that may be shown of it, or None.

    Returns ``year`` of the earlier record; its ``verdict``; ``parts`` and ``key_figures``, each
    with what it was ``before`` and ``why`` that is no change in the world (empty where it may be
    one); ``method``: what differs beside the figures, as ``what``, ``before`` and ``now``.
    """
    both = Comparison(then, now)
    verdict = then["verdict"]
    return {
        "year": then["year"],
        "verdict": {name: verdict[name] for name in OF_A_VERDICT} if verdict else None,
        "parts": [
            {"id": pair.now["id"], "claim": pair.now["claim"], "before": pair.before["outcome"],
             "now": pair.now["outcome"], "why": _why_of_part(pair)}
            for pair in both.parts() if pair.both
        ],
        "key_figures": [
            _figure_beside(pair, shown, then["year"], now["year"])
            for pair in both.figures() if pair.now
        ],
        "method": [*_data_beside(both.years), *_comparators_beside(both.figures())],
    }  # fmt: skip


def _figure_beside(
    pair: Pair, shown: Callable[[str, Record], Any], last: str, year: str
) -> dict[str, Any]:
    id = pair.now["id"]
    allowed = shown(id, pair.before) if _is_known(pair.before) else None
    before = {name: allowed[name] for name in MEASURED} if allowed else None
    if not (_is_known(pair.before) and _is_known(pair.now)):
        why = _lacking({last: pair.before, year: pair.now})
    elif not before:
        why = NOT_SHOWN
    else:
        no_news = pair.same_value and pair.of_one_period
        why = NOTHING_NEWER if no_news else pair.obstacle
    return {"id": id, "before": before, "why": why}


def _lacking(figures: Mapping[str, Record]) -> str:
    """Of which year there is no figure: none is held, or it is hidden to protect people."""
    why = {
        year: "hidden" if figure.get("note") == HIDDEN else "not held"
        for year, figure in figures.items()
        if not _is_known(figure)
    }
    if len(why) > 1 and len(set(why.values())) == 1:
        return f"{why.popitem()[1]} for either year"
    return ", ".join(f"{word} for {year}" for year, word in why.items())


def _is_known(measure: Record) -> bool:
    return measure.get("value") is not None


def _why_of_part(pair: Pair) -> str:
    was, now = pair.before["outcome"], pair.now["outcome"]
    if was != now and NOT_CHECKED in (was, now):
        return NEWLY_CHECKED if was == NOT_CHECKED else NO_LONGER
    if pair.before["as_of"] and pair.of_one_period:
        return NOTHING_NEWER if was == now else ""
    return pair.obstacle


def _data_beside(years: YearsShown) -> Iterator[dict[str, str]]:
    """Years and receipts of each source, file layouts that changed, breaks of series."""
    for name, (was, now) in years.items():
        title = catalogue.source(name).title
        if was or now:
            yield _line(title, _year_and_receipts(name, was), _year_and_receipts(name, now))
        layouts = [", ".join(_layouts(name, year)) for year in (was, now)]
        if all(layouts) and layouts[0] != layouts[1]:
            yield _line(f"{title}: layout of the files", *layouts)
        for parting in breaks_between(name, was, now):
            side = "the break lies within it" if is_within(parting, was) else "before the break"
            yield _line(f"{title}{SERIES}", side, series_break_text(parting))


def _line(what: str, before: str, now: str) -> dict[str, str]:
    return {"what": what, "before": before, "now": now}


def _year_and_receipts(source_id: str, year: str | None) -> str:
    if year is None:
        return "none held"
    received = dict.fromkeys(each["received"] for each in receipts_behind(source_id, {year}))
    return f"{year}, received {', '.join(received)}" if received else year


def _layouts(source_id: str, year: str | None) -> list[str]:
    """How the publisher laid out the files that a year's figures came in."""
    behind = receipts_behind(source_id, {year}) if year else []
    named = {(receipt["received"], name) for receipt in behind for name in receipt["files"]}
    layouts = {
        file.layout
        for receipt in catalogue.receipts(source_id)
        for file in receipt.files
        if (receipt.received_text, file.name) in named
    }
    return sorted(layouts - {""})


def _comparators_beside(figures: Sequence[Pair]) -> Iterator[dict[str, str]]:
    for pair in figures:
        sides = [", ".join(each["label"] for each in side.get("comparators", []))
                 for side in (pair.before, pair.now)]  # fmt: skip
        if _is_known(pair.before) and _is_known(pair.now) and sides[0] != sides[1]:
            what = f"{pair.now['label']}: compared with"
            yield _line(what, sides[0] or "nothing", sides[1] or "nothing")
