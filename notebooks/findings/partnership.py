"""What the partnership reports, counted beside the figures that speak to it."""

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text
from cdpb.report.partnership import LACKING, NOTHING
from cdpb.say import rows_of


def partnership_headline(shown: PublishedTable, name: str) -> str:
    """How many achievements are reported, and to how many a figure speaks that is held here."""
    rows = rows_of(shown)
    if not rows:
        return f"What {name}'s partnership has set out, achieved and decided is not on file"
    silent = (NOTHING, LACKING.partition("{}")[2])
    spoken = sum(not str(row["linked_to"]).endswith(silent) for row in rows)
    reported = f"{name}'s partnership reports {count_text(len(rows))} achievements"
    return f"{reported}; figures held here speak to {count_text(spoken)} of them"
