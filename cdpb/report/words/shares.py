"""Shares in words: over the years, between groups, and what rounding leaves open of them."""

from typing import Any

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import interval_text, percent_text
from cdpb.report.words.common import moved, rows_of, sentence, years_text

# Columns of the people that a share is of.
STARTED, ADULTS = "started", "adults"


def share_text(row: Any, of: str = STARTED) -> str:
    """``36%``, with the decimals that so many people can bear.

    Parameters
    ----------
    row : mapping
        With ``percent``.
    of : str, default "started"
        The column of people that it is a share of.
    """
    return percent_text(row["percent"], row[of])


def ends_text(rows: list[Any], of: str = STARTED) -> str:
    """``29% in 2009/10 and 36% in 2021/22``: the first year and the last, and a turn between."""
    return years_text(rows, "percent", lambda row: share_text(row, of))


def range_text(groups: PublishedTable, of: str = STARTED) -> str:
    """``from 23% (opiate) to 36% (alcohol only)``: the least and the largest share of a group."""
    parts = [row for row in rows_of(groups) if row["substance_group"] != "total"]
    order = sorted(parts, key=lambda row: row["percent"])
    least, most = (
        f"{share_text(row, of)} ({row['substance_group']})" for row in (order[0], order[-1])
    )
    return f"from {least} to {most}"


def change_sentence(years: PublishedTable, who: str, count: str) -> str:
    """From the year before to the latest: how many, and their share of those who started."""
    rows = rows_of(years, by="year")
    if len(rows) < 2:
        return ""
    before, after = rows[-2:]
    return sentence(
        f"From {before['year']} to {after['year']} {who} {moved(before[count], after[count])}, "
        f"from {share_text(before)} to {share_text(after)} of those who started"
    )


def rounding_sentence_of(row: Any, area: str, share: str, parts: str) -> str:
    """What the publisher's rounding to 5 leaves open of a share of those who started."""
    limits = interval_text(row["lowest_percent"], row["highest_percent"], 1, "%")
    return sentence(
        f"The publisher rounds {area}'s counts to the nearest 5: the share {share} lies within "
        f"{limits} apart from any chance variation, a printed 0 means 0 to 2, and {parts} need not "
        "add up to all who started"
    )
