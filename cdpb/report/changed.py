"""What changed since last year, on a finding's page and over the whole assessment.

Rendered from what a record says of last year (``before``, as `beside_last_year` puts it together).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cdpb.findings.compare_records import (
    LIMITS,
    NEWLY_CHECKED,
    NO_LONGER,
    NOT_SHOWN,
    NOTHING_NEWER,
    SERIES,
    plain_period,
)
from cdpb.findings.obstacles import SERIES_BREAK
from cdpb.marks import unmarked
from cdpb.numbers import NOT_AVAILABLE, count_text, is_known, list_text, measure_text
from cdpb.report.markup import Block, render
from cdpb.report.tables import ShownTable, plain_table
from cdpb.say import sentence
from cdpb.statistics.part_tests import NOT_CHECKED
from cdpb.statistics.verdicts import AS_FAR_AS_CHECKED

Record = Mapping[str, Any]
Row = list[Any]
PARTLY = AS_FAR_AS_CHECKED.partition("(")[0]
NO_CHANGE_SHOWN = "no real change is shown"
COMPARED_ABOVE = "compared like for like above"
CANNOT_TELL = "the figures can't tell a real change from one of recording"
LAST_CHANGE = "The last change in the data we hold"
NOT_THE_WORLD = "data or method"
STILL = ("unchanged", "unchanged as rounded", NOTHING_NEWER)
NEITHER = "for either year"
REST = "No other key figure or part of the verdict changed, as far as we hold them."
NOTHING = "No key figure and no part of the verdict changed, as far as we hold them."
YEAR = re.compile(r"\b\d{4}/\d{2}\b")


# On a finding's page ----------------------------------------------------------------


def changed_block(record: Record, sentences: Sequence[str]) -> Block:
    """What changed since last year: the sentences, then the rows that moved, in one table.

    A row that did not move has no place there: one line says so of the rest.
    """
    before = record["before"]
    headings = ["What", before["year"], record["year"], "Change"]
    every = [*figures_moved(record), *verdicts_moved(record)]
    moved = [row for row in every if not (row[-1] in STILL or row[-1].endswith(NEITHER))]
    method = [[line["what"], line["before"], line["now"], NOT_THE_WORLD]
              for line in before["method"] if line["before"] != line["now"]]  # fmt: skip
    rest = [REST if moved else NOTHING] if len(moved) < len(every) else []
    return _block(
        "changed",
        [*sentences, *rest],
        _table("changed-table", "What differs, then and now", headings, [*moved, *method]),
        _published_table(before),
        history_table(record["history"]),
    )


def _table(id: str, caption: str, headings: list[str], rows: list[Row]) -> ShownTable | None:
    return plain_table(caption, headings, rows, id=id) if rows else None


def _block(kind: str, sentences: Sequence[str], *tables: ShownTable | None) -> Block:
    shown = [table for table in tables if table is not None]
    html = render("blocks/changed.html.j2", sentences=sentences, tables=shown)
    style = "".join(str(table.style) for table in shown)
    return Block(kind, html, " ".join(sentences), style=style)


def what_changed(record: Record, computed: Sequence[str]) -> list[str]:
    """The sentences above the tables: of the verdict, of the data, then the page's own.

    A break of series is named before anything that crosses it.
    """
    before = record["before"]
    old = [each for each in computed if _is_old(each, before["year"], record["year"])]
    own = [each for each in computed if each not in old]
    # A date is no name: after a colon it is written small.
    told = re.sub(r"^From\b", "from", " ".join(map(sentence, old)))
    own += [f"{LAST_CHANGE}: {told}"] if old else []
    verdict, alike = verdict_moved(record), record.get("alike") or ""
    own = [each for each in own if each.removesuffix(".") not in alike]
    breaks = _breaks(before) if not alike else [] if alike in f"{verdict}." else [alike]
    found = (verdict, _no_news(record), _new_rules(before), *breaks, *own)
    return [each for each in found if each]


def _is_old(words: str, last_year: str, year: str) -> bool:
    """Whether it names years, and neither the one asked for nor a change since the last."""
    named = YEAR.findall(words)
    return bool(named) and year not in named and f"since {last_year}" not in words.lower()


def verdict_moved(record: Record) -> str:
    """Last year's verdict and the present one, and whether that is a change in the world."""
    now, then = record["verdict"], record["before"]["verdict"]
    if not now or not then:
        return ""
    year, was = record["before"]["year"], then["label"].replace(" now ", " ")
    if now["label"] == then["label"]:
        history = record.get("history") or []
        since = f", and has been since {history[0]['year']}" if _never_changed(history) else ""
        return f"the verdict is the same as for {year}{since}: {now['label']}"
    moved = f"for {year} the statement was {was}; for {record['year']} it is {now['label']}"
    if PARTLY in was and all(each["outcome"] != NOT_CHECKED for each in now["parts"]):
        moved += ", with every part checked"
    between = _obstacles(record)
    if not between:
        return moved
    alike = record.get("alike") or ""
    if alike and _is_parted(between):
        return f"{moved}. Between them: {'; '.join(between)}. {alike.removesuffix('.')}"
    return f"{moved}. Between them: {'; '.join(between)}; {shown_of_the_world(between)}"


def shown_of_the_world(between: Sequence[str], alike: str = "") -> str:
    """What two outcomes show of the world, with what stands between them.

    Across a break of a series the world may well have changed; the months that compare on both
    sides tell, where the page has them. Another method or definition gives another outcome of the
    same world.
    """
    if not _is_parted(between):
        return NO_CHANGE_SHOWN
    return COMPARED_ABOVE if alike else CANNOT_TELL


def _is_parted(between: Sequence[str]) -> bool:
    return any(obstacle.startswith(SERIES_BREAK) for obstacle in between)


def _obstacles(record: Record) -> list[str]:
    """What else differs where the outcome of a part does: a method, a definition, a series."""
    parts = record["before"]["parts"]
    why = {part["why"] for part in parts if part["before"] != part["now"]}
    return sorted(why - {"", NEWLY_CHECKED, NO_LONGER})


def _no_news(record: Record) -> str:
    """That no figure of the page is newer than a year ago; empty where one is."""
    before, known = record["before"], _known_now(record)
    why = {figure["why"] for figure in before["key_figures"] if figure["id"] in known}
    return f"no figure here is newer than for {before['year']}" if why == {NOTHING_NEWER} else ""


def _known_now(record: Record) -> set[str]:
    return {figure["id"] for figure in record["key_figures"] if is_known(figure["value"])}


def _new_rules(before: Record) -> str:
    """Which rules have changed since last year was published; nothing where none was."""
    rules = (before.get("published") or {}).get("rules") or []
    if not rules:
        return ""
    names = "; ".join(f"“{rule['what']}”" for rule in rules)
    return (
        f"the method has changed since {before['year']} was published: {names}. Both years stand "
        "here by today's method, so no difference between them comes from that"
    )


def _breaks(before: Record) -> list[str]:
    found: dict[str, list[str]] = {}
    for line in before["method"]:
        if line["what"].endswith(SERIES):
            found.setdefault(line["now"], []).append(line["what"].removesuffix(SERIES))
    return [
        f"compare the two years with care: {list_text(titles)} has a {parting} between them, so "
        "part of a change may be one of recording"
        for parting, titles in found.items()
    ]


def figures_moved(record: Record) -> list[Row]:
    """Rows of key figures: label, last year's value with its interval, this year's, the change."""
    now = {figure["id"]: figure for figure in record["key_figures"]}
    last, year = record["before"]["year"], record["year"]
    return [
        [now[figure["id"]]["label"], measured_in(figure["before"], last, figure["why"]),
         measured_in(now[figure["id"]], year),
         change_of(figure, now[figure["id"]], record.get("alike") or "")]
        for figure in record["before"]["key_figures"]
    ]  # fmt: skip


def measured_in(measure: Record | None, year: str = "", why: str = "") -> str:
    """The value with its interval, and its period where that is not the year of the column."""
    if not measure or not is_known(measure.get("value")):
        return "not shown" if why == NOT_SHOWN else NOT_AVAILABLE
    text, period = measure_text(measure), plain_period(measure)
    return text if period == year else f"{text}, {period}"


def change_of(moved: Record, now: Record, alike: str = "") -> str:
    """Which way a figure moved and whether the intervals are apart; else why it isn't compared.

    Intervals apart are no test, and aren't called one.
    """
    then = moved["before"]
    if moved["why"]:
        if then and alike and _is_parted([moved["why"]]):
            return COMPARED_ABOVE
        alone = not then or moved["why"] == NOTHING_NEWER
        return moved["why"] if alone else f"not compared: {moved['why']}"
    if unmarked(measure_text(now)) == unmarked(measure_text(then)):
        return "unchanged" if now["value"] == then["value"] else "unchanged as rounded"
    way = "up" if now["value"] > then["value"] else "down"
    if not all(is_known(measure.get(name)) for measure in (then, now) for name in LIMITS):
        return way
    apart = now["lower"] > then["upper"] or now["upper"] < then["lower"]
    return f"{way}, intervals apart" if apart else "no clear change"


def verdicts_moved(record: Record) -> list[Row]:
    """Rows of verdicts: the whole statement, then each part."""
    now, then = record["verdict"], record["before"]["verdict"]
    if not now or not then:
        return []
    between = _obstacles(record)
    alike = record.get("alike") or ""
    turned = shown_of_the_world(between, alike) if between else "changed"
    turned = "unchanged" if then["label"] == now["label"] else turned
    whole = [verdict_text(then), verdict_text(now)]
    rows = [
        [part["claim"], part["before"], part["now"], _of_part(part, alike)]
        for part in record["before"]["parts"]
    ]
    return [["The whole statement", *whole, turned], *rows]


def verdict_text(verdict: Record) -> str:
    """``supported, carried forward from 2021/22``; that there is none."""
    label = verdict.get("label") or verdict.get("outcome") or "no verdict"
    return ", ".join(filter(None, [label, verdict.get("dating")]))


def _of_part(part: Record, alike: str = "") -> str:
    if part["before"] == part["now"]:
        return NOTHING_NEWER if part["why"] == NOTHING_NEWER else "unchanged"
    if part["why"] in ("", NEWLY_CHECKED, NO_LONGER):
        return part["why"] or "changed"
    return f"{shown_of_the_world([part['why']], alike)}: {part['why']}"


def _published_table(before: Record) -> ShownTable | None:
    """What was published of last year and is no longer said of it: rules, verdicts, figures."""
    published = before.get("published")
    if not published:
        return None
    year, day = before["year"], pd.Timestamp(published["released"])
    rows: list[Row] = [
        *([rule["what"], rule["before"], rule["now"]] for rule in published["rules"]),
        *([each["what"], each["published"], each["again"]] for each in published["verdicts"]),
        *([each["what"], measured_in(each["published"], year), measured_in(each["again"], year)]
          for each in published["key_figures"]),
    ]  # fmt: skip
    headings = ["What differs", f"Published {day.day} {day:%B %Y}", "Computed again today"]
    caption = f"{year} as it was published, and by today's data and method"
    return _table("changed-published", caption, headings, rows)


def history_table(history: Sequence[Record]) -> ShownTable | None:
    """The verdict for each year, if it was not always the same; and of when its data are."""
    if len(history) < 2 or _never_changed(history):
        return None
    rows = [
        [each["year"], each["label"], each["dating"] or each["as_of"] or "none"] for each in history
    ]
    return _table("history", "The verdict, year by year", ["Year", "Verdict", "On data for"], rows)


def _never_changed(history: Sequence[Record]) -> bool:
    return len(history) > 2 and len({each["label"] for each in history}) == 1


def history_text(history: Sequence[Record]) -> str:
    """``2022/23 supported; 2023/24 unclear``."""
    return list_text(f"{each['year']} {each['label']}" for each in history)


# Over the whole assessment ----------------------------------------------------------


def changes_block(sentences: Sequence[str]) -> Block:
    """The sentences of `changes`, as one paragraph."""
    return _block("all_changes", [" ".join(sentences)])


def changes(records: Sequence[Record]) -> list[str]:
    """Which verdicts differ from last year's and why, what newer data show, and of how many none.

    Of findings with newer data, what their own pages say has changed since; each once.
    """
    if not records:
        return ["no finding was made for a year before, so nothing is said to have changed"]
    year = records[0]["before"]["year"]
    differing = [record for record in records if _verdict_differs(record)]
    # What compares across a break, in brief: its parts are on the finding's page.
    briefs = [(record.get("alike") or "").partition(":")[0] for record in differing]
    moved = [
        f"{record['title']}: {verdict_moved({**record, 'alike': brief})}"
        for record, brief in zip(differing, briefs, strict=True)
    ]
    new = [each for record in records if is_newer(record) for each in _own_changes(record)[:1]]
    # Two findings of one file say the same, one of them at length.
    new = [each for each in new if not any(_says_more(each, other) for other in new)]
    new = [each for each in new if not each.startswith(tuple(filter(None, briefs)))]
    still = sum(not is_newer(record) for record in records)
    others = f"for {count_text(still)} of the findings we hold nothing newer than for {year}"
    same = [] if moved else [f"no verdict differs from that for {year}"]
    return [*moved, *new, *same, *([others] if still else [])]


def _says_more(said: str, than: str) -> bool:
    return said != than and said.startswith(than.rstrip("."))


def _own_changes(record: Record) -> list[str]:
    verdict = sentence(verdict_moved(record))
    told = (each for each in record.get("changed") or [] if each != verdict)
    return [each for each in told if not each.startswith(LAST_CHANGE)]


def _verdict_differs(record: Record) -> bool:
    now, then = record["verdict"], record["before"]["verdict"]
    return bool(now and then and now["label"] != then["label"])


def is_newer(record: Record) -> bool:
    """Whether any key figure of a finding has newer data than a year ago."""
    known, before = _known_now(record), record.get("before") or {"key_figures": []}
    return any(
        figure["id"] in known and figure["why"] != NOTHING_NEWER for figure in before["key_figures"]
    )
