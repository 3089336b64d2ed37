"""What the partnership would need, to know more than it does."""

import pandas as pd

from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.findings.documents import Others
from cdpb.numbers import count_text
from cdpb.report.needs import missing, need_of
from cdpb.steps import first_step

COLUMNS = ["source_id", "what", "sender", "would_know", "waiting"]


def needs_table(others: Others) -> pd.DataFrame:
    """One row per missing source, those first that most findings wait for."""
    rows = [
        [name, *need_of(name, records), "; ".join(each["title"] for each in records)]
        for name, records in missing(others).items()
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.attrs = {"source": "this_assessment", **first_step(table.columns)}
    return table


def needs_headline(needs: PublishedTable, name: str) -> str:
    """How many sources are missing, and that each stands with its sender."""
    only_published(needs)
    if not len(needs):
        return f"No source that the findings on {name} ask for is missing"
    some = "1 source is" if len(needs) == 1 else f"{count_text(len(needs))} sources are"
    return f"{some} missing: returns that partners send, and publications not yet downloaded here"
