"""What a page says of hidden counts: that they are hidden and why, never which was small."""

from collections.abc import Iterable, Sequence
from datetime import date

from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.exemptions import Exemption
from cdpb.numbers import count_text
from cdpb.say import sentence


def hidden_note(shown: PublishedTable, rule: Policy) -> str:
    """How many counts of a table are hidden, and why; empty where none is.

    It speaks of what may be, and is the same whatever stands behind the markers: how many of them
    are small, or whether any is larger, would tell something of each.
    """
    only_published(shown)
    hidden = _hidden_counts(shown)
    if not hidden:
        return ""
    counts = "1 count is" if hidden == 1 else f"{count_text(hidden)} counts are"
    return (
        f"{counts} hidden, marked {rule.marker}, so that {_aim(rule)}. A hidden count need not be "
        "small itself: it may protect another."
    )


def rule_note(rule: Policy) -> str:
    """What a policy hides and what it shows, for the method section; empty where it hides nothing.

    A reader of the totals is told that they are whole.
    """
    if not rule.protects:
        return ""
    zero = "0 is shown" if rule.zeros == "shown" else "0 is hidden like a small count"
    return (
        f"Hidden so that {_aim(rule)}: small counts, and others from which one could be worked "
        f"out, both marked {rule.marker}. {zero}. Totals include what is hidden."
    )


def agreed_notes(register: Iterable[Exemption]) -> list[str]:
    """Which small counts are shown by agreement, of whom, since when and why."""
    return [
        f"{each.what.rstrip('.')}: shown however small, as {each.agreed_by} agreed on "
        f"{_day(each.date)}. {sentence(each.why)}"
        for each in register
    ]


def _hidden_counts(shown: PublishedTable) -> int:
    counted = [name for name, column in shown.columns.items() if column.kind == "count"]
    names: Sequence[str] = counted or list(shown.columns)
    rows = (tuple(row[name] for name in names) for row in shown.rows())
    return sum(any(value is MASKED for value in row) for row in rows)


def _aim(rule: Policy) -> str:
    small = f"below {rule.threshold}" if rule.zeros == "shown" else f"of 0 to {_last(rule)}"
    if rule.level == "band":
        return f"nobody can work out a count {small}"
    return f"nobody can tell which counts are {small.removeprefix('of ')}"


def _last(rule: Policy) -> int:
    return (rule.threshold or 1) - 1


def _day(written: str) -> str:
    """``20 January 2025``."""
    day = date.fromisoformat(written)
    return f"{day.day} {day:%B %Y}"
