"""What the partnership would need, to know more than it does."""

import pandas as pd

from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.findings.documents import Others
from cdpb.numbers import count_text
from cdpb.report.needs import needs
from cdpb.steps import first_step

COLUMNS = ["source_id", "what", "sender", "since", "would_know", "how", "page", "waiting"]


def needs_table(others: Others) -> pd.DataFrame:
    """One row per missing source, those first that most findings wait for."""
    rows = [
        [*need[:-1], "; ".join(each["title"] for each in need.records)] for need in needs(others)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.attrs = {"source": "this_assessment", **first_step(table.columns)}
    return table


def needs_headline(lacking: PublishedTable, name: str) -> str:
    """How many sources are missing, and that each stands with its sender."""
    only_published(lacking)
    if not len(lacking):
        return f"No source that the findings on {name} ask for is missing"
    some = "1 source is" if len(lacking) == 1 else f"{count_text(len(lacking))} sources are"
    return f"{some} missing: returns that partners send, and publications not yet downloaded here"
