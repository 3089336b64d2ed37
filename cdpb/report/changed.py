"""What changed since last year: in value and interval, in verdict, and in data and method."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cdpb.findings.compare_years import (
    NEWLY_CHECKED,
    NO_LONGER,
    NOT_SHOWN,
    NOTHING_NEWER,
    SERIES,
    SERIES_BREAK,
    plain_period,
)
from cdpb.marks import unmarked
from cdpb.numbers import NOT_AVAILABLE, is_known, list_text, measure_text
from cdpb.report.markup import Block, render
from cdpb.report.tables import Heading, ShownTable, plain_table
from cdpb.say import sentence

Record = Mapping[str, Any]
NO_CHANGE_SHOWN = "no change in the world is shown"
CANNOT_TELL = "whether the world changed, or only how it is counted, can't be told"
LAST_CHANGE = "The last change in the data that are held"
YEAR = re.compile(r"\b\d{4}/\d{2}\b")


def changed_block(record: Record, sentences: Sequence[str]) -> Block:
    """What changed since last year, under the heading that names the year.

    Parameters
    ----------
    record : mapping
        The finding's record, with ``before`` and ``history``.
    sentences : sequence of str
        What is said of it before the tables.
    """
    before = record["before"]
    tables = [
        _table("figures", record, "Key figures, then and now", figures_moved(record)),
        _table("verdicts", record, "Verdicts, then and now", verdicts_moved(record)),
        _method_table(before, record["year"]),
        _published_table(before),
        history_table(record["history"]),
    ]
    shown = [each for each in tables if each is not None]
    html = render("blocks/changed.html.j2", sentences=sentences, tables=shown)
    style = "".join(str(each.style) for each in shown)
    return Block("changed", html, " ".join(sentences), style=style)


def what_changed(record: Record, said: Sequence[str]) -> list[str]:
    """The sentences above the tables: of the verdict, of the data, then the page's own.

    A break of series is named before anything that crosses it.
    """
    years = record["before"]["year"], record["year"]
    old = [each for each in said if _is_old(each, *years)]
    own = [each for each in said if each not in old]
    own += [f"{LAST_CHANGE}: {' '.join(map(sentence, old))}"] if old else []
    method = method_moved(record["before"])
    told = (verdict_moved(record), data_moved(record), method, *_breaks(record), *own)
    return [each for each in told if each]


def _is_old(said: str, last_year: str, year: str) -> bool:
    """Whether it names years, and neither the one asked for nor a change since the last."""
    named = YEAR.findall(said)
    return bool(named) and year not in named and f"since {last_year}" not in said.lower()


def verdict_moved(record: Record) -> str:
    """Last year's verdict and the present one, and whether that is a change in the world."""
    now, then = record["verdict"], record["before"]["verdict"]
    if not now or not then:
        return ""
    year = record["before"]["year"]
    if now["label"] == then["label"]:
        return f"the verdict is the same as for {year}: {now['label']}"
    moved = f"for {year} the statement {_was(then)}; for {record['year']} it {_is(now)}"
    between = _between(record["before"]["parts"])
    if not between:
        return moved
    return f"{moved}. Between them: {'; '.join(between)}; {shown_of_the_world(between)}"


def shown_of_the_world(between: Sequence[str]) -> str:
    """What two outcomes show of the world, with what stands between them.

    Across a break of a series the world may well have changed. Another method or definition
    gives another outcome of the same world.
    """
    parted = any(each.startswith(SERIES_BREAK) for each in between)
    return CANNOT_TELL if parted else NO_CHANGE_SHOWN


def _between(parts: Sequence[Record]) -> list[str]:
    """What else differs where the outcome of a part does: a method, a definition, a series."""
    why = {each["why"] for each in parts if each["before"] != each["now"]}
    return sorted(why - {"", NEWLY_CHECKED, NO_LONGER})


def _was(verdict: Record) -> str:
    return _is(verdict).replace("is ", "was ", 1).replace("cannot", "could not", 1)


def _is(verdict: Record) -> str:
    return verdict["label"] if verdict["label"].startswith("cannot") else f"is {verdict['label']}"


def data_moved(record: Record) -> str:
    """Whether no figure of the page is newer than a year ago; empty where one is."""
    before = record["before"]
    known = {each["id"] for each in record["key_figures"] if is_known(each["value"])}
    why = {each["why"] for each in before["key_figures"] if each["id"] in known}
    return f"no figure here is newer than for {before['year']}" if why == {NOTHING_NEWER} else ""


def method_moved(before: Record) -> str:
    """Which rules have changed since last year was published; nothing where none was."""
    rules = (before.get("published") or {}).get("rules") or []
    if not rules:
        return ""
    names = "; ".join(f"“{each['what']}”" for each in rules)
    return (
        f"the method has changed since {before['year']} was published: {names}. Both years stand "
        "here by today's method, so no difference between them comes from that"
    )


def _breaks(record: Record) -> list[str]:
    series = [each for each in record["before"]["method"] if each["what"].endswith(SERIES)]
    found: dict[str, list[str]] = {each["now"]: [] for each in series}
    for each in series:
        found[each["now"]].append(each["what"].removesuffix(SERIES))
    return [
        f"{list_text(titles)}: {parting} lies between the two years. Figures before it and after "
        "it are not alike, so what moved may not be a change in the world"
        for parting, titles in found.items()
    ]


def figures_moved(record: Record) -> list[list[str]]:
    """Rows of key figures: label, last year's value with its interval, this year's, the change."""
    now = {each["id"]: each for each in record["key_figures"]}
    last, year = record["before"]["year"], record["year"]
    return [
        [now[each["id"]]["label"], _measured(each["before"], last, each["why"]),
         _measured(now[each["id"]], year), change_of(each, now[each["id"]])]
        for each in record["before"]["key_figures"]
    ]  # fmt: skip


def _measured(measure: Record | None, year: str, why: str = "") -> str:
    """The value with its interval, and its period where that is not the year of the column."""
    if not measure or not is_known(measure.get("value")):
        return "not shown" if why == NOT_SHOWN else NOT_AVAILABLE
    told, period = measure_text(measure), plain_period(measure)
    return told if period == year else f"{told}, {period}"


def change_of(moved: Record, now: Record) -> str:
    """Which way a figure moved and whether the intervals are apart; else why it isn't compared.

    Intervals apart are no test, and aren't called one.
    """
    then = moved["before"]
    if moved["why"]:
        alone = not then or moved["why"] == NOTHING_NEWER
        return moved["why"] if alone else f"not compared: {moved['why']}"
    if unmarked(measure_text(now)) == unmarked(measure_text(then)):
        return "unchanged" if now["value"] == then["value"] else "unchanged as rounded"
    way = "up" if now["value"] > then["value"] else "down"
    limits = [each.get(name) for each in (then, now) for name in ("lower", "upper")]
    if not all(map(is_known, limits)):
        return way
    lower, upper, lower_now, upper_now = map(float, limits)  # type: ignore[arg-type]
    apart = lower_now > upper or upper_now < lower
    return f"{way}, intervals {'apart' if apart else 'overlap'}"


def verdicts_moved(record: Record) -> list[list[str]]:
    """Rows of verdicts: the whole statement, then each part."""
    now, then = record["verdict"], record["before"]["verdict"]
    if not now or not then:
        return []
    between = _between(record["before"]["parts"])
    turned = shown_of_the_world(between) if between else "changed"
    turned = "unchanged" if then["label"] == now["label"] else turned
    rows = [
        [each["claim"], each["before"], each["now"], _of_part(each)]
        for each in record["before"]["parts"]
    ]
    return [["The whole statement", _dated(then), _dated(now), turned], *rows]


def _dated(verdict: Record) -> str:
    return ", ".join(filter(None, [verdict["label"], verdict["dating"]]))


def _of_part(part: Record) -> str:
    if part["before"] == part["now"]:
        return NOTHING_NEWER if part["why"] == NOTHING_NEWER else "unchanged"
    if part["why"] in ("", NEWLY_CHECKED, NO_LONGER):
        return part["why"] or "changed"
    return f"{shown_of_the_world([part['why']])}: {part['why']}"


def _table(name: str, record: Record, caption: str, rows: list[list[str]]) -> ShownTable | None:
    headings: list[str | Heading] = [
        "Measure" if name == "figures" else "Part of the statement",
        record["before"]["year"], record["year"], "Change",
    ]  # fmt: skip
    return plain_table(caption, headings, rows, id=f"changed-{name}") if rows else None


def _method_table(before: Record, year: str) -> ShownTable | None:
    rows = [[each["what"], each["before"], each["now"]] for each in before["method"]]
    headings: list[str | Heading] = ["Source or method", before["year"], year]
    caption = "Data and method, then and now"
    return plain_table(caption, headings, rows, id="changed-method") if rows else None


def _published_table(before: Record) -> ShownTable | None:
    """What was published of last year and is no longer said of it: rules, verdicts, figures."""
    published = before.get("published")
    if not published:
        return None
    year = before["year"]
    rows = [
        *([each["what"], each["before"], each["now"]] for each in published["rules"]),
        *([each["what"], each["published"], each["again"]] for each in published["verdicts"]),
        *([each["what"], _measured(each["published"], year), _measured(each["again"], year)]
          for each in published["key_figures"]),
    ]  # fmt: skip
    day = pd.Timestamp(published["released"])
    headings: list[str | Heading] = [
        "What differs", f"Published {day.day} {day:%B %Y}", "Computed again today",
    ]  # fmt: skip
    caption = f"{year} as it was published, and by today's data and method"
    return plain_table(caption, headings, rows, id="changed-published") if rows else None


def history_table(history: Sequence[Record]) -> ShownTable | None:
    """The verdict for each year; that nothing newer was held where it was carried forward."""
    if len(history) < 2:
        return None
    rows = [[each["year"], each["label"], _on_data(each)] for each in history]
    headings: list[str | Heading] = ["Year", "Verdict", "On data for"]
    return plain_table("The verdict, year by year", headings, rows, id="history")


def _on_data(verdict: Record) -> str:
    return verdict["dating"] or verdict["as_of"] or "none"


def history_text(history: Sequence[Record]) -> str:
    """``2022/23 supported; 2023/24 not supported``."""
    return list_text(f"{each['year']} {each['label']}" for each in history)
