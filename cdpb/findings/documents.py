"""Documents that a page draws on beside the data: other findings' records, and quoted figures.

What the partnership's documents say in figures is their word, which nothing here computed.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from cdpb import paths
from cdpb.areas import ENGLAND
from cdpb.build import PUBLIC, Build
from cdpb.csv_files import list_rows
from cdpb.declarations import PRIORITIES, FindingDeclaration, declarations
from cdpb.errors import InputError
from cdpb.file_contents import bytes_of, one_look
from cdpb.findings.compare_records import plain_period
from cdpb.numbers import CHANGE, is_known
from cdpb.statistics.measure import Measure
from cdpb.statistics.trend import moved_words
from cdpb.steps import first_step

NO_VERDICT, NOT_CHECKED = "no statement to test", "not checked"
VERDICTS = [
    "finding_id", "finding", "statement", "verdict", "on_data", "tested", "headline", "made",
]  # fmt: skip
HISTORY = [
    "finding_id", "priority", "finding", "statement", "year", "verdict", "on_data", "short_verdict",
]  # fmt: skip


@dataclass(frozen=True)
class FigureElsewhere:
    """What another finding's record has of a key figure.

    ``note`` says why there is no ``measure``; ``moved`` how it moved, as its own page tells it.
    """

    note: str
    measure: Measure | None = None
    comparators: tuple[Measure, ...] = ()
    moved: str = ""


@dataclass(frozen=True)
class Others:
    """What the other findings of an assessment say.

    Their ``records`` as saved, in the order of their pages; those ``absent`` have not been run.
    """

    records: tuple[Mapping[str, Any], ...]
    absent: tuple[FindingDeclaration, ...]
    build: Build = PUBLIC

    def find(self, finding_id: str) -> Mapping[str, Any] | None:
        """The record of one finding, or None."""
        return next((each for each in self.records if each["id"] == finding_id), None)

    def key_figure(self, finding_id: str, key: str) -> "FigureElsewhere":
        """A finding's key figure; named as ``not untreated``, the rest of 100%."""
        record, own = self.find(finding_id) or {}, key.removeprefix("not ")
        figures = record.get("key_figures", ())
        figure: Mapping[str, Any] = next((each for each in figures if each["id"] == own), {})
        if not is_known(figure.get("value")):
            return FigureElsewhere(str(figure.get("note") or ""))
        turned = _rest if own != key else dict
        around = [_as_measure(turned(e)) for e in figure["comparators"] if is_known(e["value"])]
        moved = _since_last_year(record, figure, turned)
        return FigureElsewhere("", _as_measure(turned(figure)), tuple(around), moved)

    @one_look()
    def linked(self, action: Mapping[str, str]) -> list[Mapping[str, Any]]:
        """The records of the findings that an action answers to."""
        named = codes_of(action["linked_findings"])
        return [each for each in self.records if named & answers_to(each["id"])]

    def verdicts(self) -> pd.DataFrame:
        """One row per statement, later claims after it: what was said, and what the data say.

        ``finding_id`` (with the claim's id where it is one), ``finding`` (its title),
        ``statement``, ``verdict``, ``on_data`` (the period it rests on), ``tested`` (``yes`` or
        ``no``), ``headline`` and ``made``: the year in which the statement was.
        """
        rows = [row for record in self.records for row in _rows(record)]
        table = pd.DataFrame(rows, columns=VERDICTS)
        table.attrs = {"source": "this_assessment", **first_step(table.columns)}
        return table

    def history(self) -> pd.DataFrame:
        """One row per statement (or later claim) and year: what today's data say of it.

        ``finding_id``, ``finding`` and ``statement`` as in `verdicts`, ``priority`` (of the
        strategy, in its order), ``year``, ``verdict``, ``on_data``, and ``short_verdict``: the
        verdict in few words.
        """
        order = list(PRIORITIES.values())
        rows = [
            [row[0], priority, *row[1:3], each["year"], each["label"], each["as_of"],
             _in_few_words(each["label"])]
            for record in self.records
            for priority in [PRIORITIES.get(declarations().finding(record["id"]).priority, "")]
            for row, made in zip(_rows(record), [record, *_claims(record)], strict=True)
            for each in made.get("history") or []
        ]  # fmt: skip
        rows.sort(key=lambda row: order.index(row[1]) if row[1] in order else len(order))
        table = pd.DataFrame(rows, columns=HISTORY)
        table.attrs = {"source": "this_assessment", **first_step(table.columns)}
        return table


def _as_measure(recorded: Mapping[str, Any]) -> Measure:
    known = {each.name for each in fields(Measure)}
    return Measure(**{name: value for name, value in recorded.items() if name in known})


def _rest(figure: Mapping[str, Any]) -> dict[str, Any]:
    """The others of the same hundred per cent."""
    ends = {"value": "value", "lower": "upper", "upper": "lower"}
    known = {name: 100 - figure[of] for name, of in ends.items() if is_known(figure.get(of))}
    return {**figure, **known}


def _since_last_year(
    record: Mapping[str, Any],
    figure: Mapping[str, Any],
    turned: Callable[[Mapping[str, Any]], dict[str, Any]],
) -> str:
    """How a key figure moved, or why that can't be said."""
    before = (record.get("before") or {}).get("key_figures", ())
    row = next((each for each in before if each["id"] == figure["id"]), None)
    if row is None:
        return "not held for the year before"
    if row["before"] is None or row["why"]:
        return f"not calculated: {row['why']}"
    span = f"{plain_period(row['before'])} to {plain_period(figure)}"
    return moved_words(turned(row["before"])["value"], turned(figure)["value"], span)


def _claims(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return record.get("claims") or []


def others(folder: Path, build: Build) -> Others:
    """Read the records that lie in an assessment's folder, or in a draft's.

    A page that is itself made of the others' records is not among them.
    """
    declared = [each for each in declarations().findings if not each.after]
    paths = {each.id: folder / "findings" / f"{each.id}.json" for each in declared}
    found = [
        json.loads(paths[each.id].read_text(encoding="utf-8"))
        for each in declared
        if paths[each.id].is_file()
    ]
    absent = [each for each in declared if not paths[each.id].is_file()]
    return Others(tuple(found), tuple(absent), build)


def answers_to(finding_id: str) -> set[str]:
    """The ids by which actions are linked to a finding."""
    return set(declarations().finding(finding_id).actions)


def codes_of(text: str) -> set[str]:
    """``"F01,F02"`` and ``"F01; F02"`` as a set."""
    return {part.strip() for part in text.replace(";", ",").split(",") if part.strip()}


def _rows(record: Mapping[str, Any]) -> list[list[str]]:
    title, headline = record["title"], record["headline"]
    text, made = record.get("statement"), record.get("statement_made")
    own = [record["id"], text, record.get("verdict"), headline, made]
    claims = [
        [f"{record['id']}/{each['id']}", each.get("text"), each.get("verdict"), "", each["made"]]
        for each in _claims(record)
    ]
    return [
        [id, title, statement or "", *_judged(verdict), headline, made or ""]
        for id, statement, verdict, headline, made in (own, *claims)
    ]


def _judged(verdict: Mapping[str, Any] | None) -> tuple[str, str, str]:
    if not verdict or not verdict.get("outcome"):
        return NO_VERDICT, "", ""
    label = verdict.get("label") or verdict["outcome"]
    return label, verdict.get("as_of") or "", "no" if label.startswith(NOT_CHECKED) else "yes"


def _in_few_words(label: str) -> str:
    """``supported (1 of 2)``: of the parts, how many were checked; the finding's page says it."""
    label = label.removeprefix(f"{NOT_CHECKED}: ").replace(" as far as checked", "")
    return label.partition(" (supported")[0].replace(" parts)", ")")


FEWER, SMALLEST_SHOWN = "fewer than 5", 5
PAIR = 2


@dataclass(frozen=True)
class Quote:
    """One figure as a document gives it, a row of ``data/quoted_figures.csv``.

    ``counts`` is what it counts, where it is a count; ``access`` as of a source; ``can_check``
    whether the figures received could show the same (``yes``, ``no``, ``in part``). A figure that
    is ``agreed`` may be shown however small it is, by a signed exception.
    """

    quote_id: str
    area_code: str
    document: str
    what: str
    period: str
    value: str
    counts: str
    named_source: str
    access: str
    can_check: str
    note: str
    agreed: bool = False

    @property
    def number(self) -> int | None:
        """The count, where one is quoted that may be shown."""
        counted = self.counts and self.value.isdecimal()
        return int(self.value) if counted and self.shown.startswith(self.value) else None

    @property
    def shown(self) -> str:
        """The figure as a reader sees it: a count of 1 to 4 as ``fewer than 5``."""
        if not self.value.isdecimal():
            return f"{self.value} {self.counts}".strip()
        small = 0 < int(self.value) < SMALLEST_SHOWN and not self.agreed
        return f"{FEWER if small and self.counts else self.value} {self.counts}".strip()

    def to_dict(self) -> dict[str, str]:
        """Plain values for a record, the figure as it is shown."""
        plain = {name: value for name, value in asdict(self).items() if name != "agreed"}
        return {**plain, "value": self.shown}


def quotes_of(area: str, *ids: str, build: Build, agreed: Collection[str] = ()) -> list[Quote]:
    """The named figures of an area's documents that the edition may show, in the order named.

    England's published ones belong to every area. Those that are ``agreed`` are shown however
    small they are.

    Raises InputError if an id is not in ``data/quoted_figures.csv``.
    """
    known = _quotes()
    strangers = [each for each in ids if each not in known]
    if strangers:
        raise InputError(
            f"data/quoted_figures.csv has no figure {strangers[0]!r}.",
            f"It has {len(known)}, from {next(iter(known))} on.",
        )
    own = [known[each] for each in ids if known[each].area_code in (area, ENGLAND.code)]
    chosen = [replace(each, agreed=each.quote_id in agreed) for each in own]
    return [each for each in chosen if build.permits(each.access)]


def all_quotes(area: str, build: Build) -> list[Quote]:
    """Every figure of an area's documents that the edition may show; none where no file is."""
    known = _quotes() if _quotes_file().is_file() else {}
    own = [each for each in known.values() if each.area_code == area]
    return [each for each in own if build.permits(each.access)]


def _quotes_file() -> Path:
    return paths.data_folder() / "quoted_figures.csv"


def _quotes() -> dict[str, Quote]:
    return _quotes_in(_quotes_file(), bytes_of(_quotes_file()))


@lru_cache(maxsize=8)
def _quotes_in(path: Path, _content: bytes) -> dict[str, Quote]:
    columns = [each.name for each in fields(Quote) if each.default is MISSING]
    rows = list_rows(path, *columns)
    named = [{name: row[name] for name in columns} for row in rows]
    return {row["quote_id"]: Quote(**row) for row in named}  # type: ignore[arg-type]


def quoted_ratio(quotes: Sequence[Quote]) -> pd.DataFrame:
    """The change from the earlier of two quoted counts of deaths to the later, with exact limits.

    One row, or none unless both are counts that may be shown.
    """
    numbers = [each.number for each in quotes]
    rows = []
    if len(quotes) == PAIR and None not in numbers:
        from cdpb.statistics.ratios import two_counts  # only where two counts are quoted

        found = two_counts(*numbers)  # type: ignore[arg-type]
        changes = [100 * (found[name] - 1) for name in ("ratio", "lower", "upper")]
        later, earlier = quotes
        rows = [[later.period, numbers[0], earlier.period, numbers[1], *changes]]
    names = ["year", "deaths", "previous_year", "deaths_before"]
    table = pd.DataFrame(rows, columns=[*names, "change", "change_lower", "change_upper"])
    made_by = first_step(table.columns)
    table.attrs = {"source": "quoted_figures", "value": "change", "unit": CHANGE, **made_by}
    return table
