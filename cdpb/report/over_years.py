"""What changed in the whole assessment since last year."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cdpb.findings.compare_years import NOTHING_NEWER
from cdpb.numbers import is_known
from cdpb.report.changed import figures_moved, verdict_moved
from cdpb.report.markup import Block, render
from cdpb.report.tables import Heading, plain_table

Record = Mapping[str, Any]


def changes_block(records: Sequence[Record], told: Sequence[str]) -> Block:
    """The sentences on what changed over all findings, and every key figure that is newer.

    Parameters
    ----------
    records : sequence of mapping
        Those that have a year before.
    told : sequence of str
        As `changes` has them.
    """
    rows = [row for each in records for row in _newer(each)]
    if not rows:
        html = render("blocks/changed.html.j2", sentences=told, tables=[])
        return Block("changed", html, " ".join(told))
    years: list[str | Heading] = [records[0]["before"]["year"], records[0]["year"]]
    headings = ["Finding", "Key figure", *years, "Change"]
    table = plain_table("Key figures with newer data", headings, rows, id="newer")
    html = render("blocks/changed.html.j2", sentences=told, tables=[table])
    return Block("changed", html, " ".join(told), style=str(table.style))


def changes(records: Sequence[Record]) -> list[str]:
    """Which verdicts differ from last year's and why, and which findings have nothing newer."""
    if not records:
        return ["no finding was made for a year before, so nothing is said to have changed"]
    year = records[0]["before"]["year"]
    moved = [each for each in records if _verdict_differs(each)]
    told = [f"{each['title']}: {verdict_moved(each)}" for each in moved]
    still = [each["title"] for each in records if not _newer(each)]
    same = f"no verdict differs from that for {year}" if not moved else ""
    nothing = f"nothing newer than for {year} is held on: {'; '.join(still)}" if still else ""
    return [each for each in (*told, same, nothing) if each]


def _verdict_differs(record: Record) -> bool:
    now, then = record["verdict"], record["before"]["verdict"]
    return bool(now and then and now["label"] != then["label"])


def _newer(record: Record) -> list[list[str | Markup]]:
    """Rows of the key figures that have newer data than a year ago."""
    known = {each["id"] for each in record["key_figures"] if is_known(each["value"])}
    shown = zip(record["before"]["key_figures"], figures_moved(record), strict=True)
    return [
        [link_to(record), *row]
        for each, row in shown
        if each["id"] in known and each["why"] != NOTHING_NEWER
    ]


def link_to(record: Record) -> Markup:
    """A finding's title, as a link to its page beside this one."""
    return Markup('<a href="{}.html">{}</a>').format(record["slug"], record["title"])
