"""Turns of phrase that descriptions of figures share.

Every sentence is made from published values; what is withheld is counted, never described.
"""

from typing import Any

import pandas as pd

from cdpb.disclosure.masked import MARKER
from cdpb.disclosure.published import NOT_AVAILABLE
from cdpb.numbers import count_text
from cdpb.report.charts.chart_data import capital

MOST_NAMED = 6
MARKERS = {MARKER: "withheld", NOT_AVAILABLE: "not available"}


def row_text(row: Any) -> str:
    """``Colindale North, 7.9 (6.4 to 9.6)``."""
    return f"{row.name}, {number_of_row(row)}"


def number_of_row(row: Any) -> str:
    """``7.9 (6.4 to 9.6)``, or the marker."""
    interval = getattr(row, "interval", "")
    return f"{row.text} ({interval})" if interval else spoken(row.text)


def spoken(text: str) -> str:
    """A value, or its marker in a word."""
    return MARKERS.get(text, str(text))


def of_unit(unit: str) -> str:
    """A unit in the middle of a sentence: ``offences per 1,000 residents``."""
    return f"rate {unit}" if unit.startswith("per ") else unit[:1].lower() + unit[1:]


def withheld(rows: pd.DataFrame, things: str) -> str:
    """How many have no figure, and never which."""
    hidden = rows["value"].isna().sum()
    of = f"{count_text(hidden)} of {count_text(len(rows))} {things}"
    return f"No figure is shown for {of}" if hidden else ""


def sentences(*parts: str) -> str:
    """Each part with a capital and a full stop; empty parts left out."""
    return " ".join(f"{capital(part)}." for part in parts if part)


def described_by_category(rows: pd.DataFrame, unit: str) -> str:
    """Each category's values with their intervals, each under its group's name if it has one."""
    parts = []
    for name, of in rows.groupby("category", sort=False):
        groups = [f"{group} " for group in of["group"]] if "group" in of else [""] * len(of)
        told = [
            group + number_of_row(row)
            for group, row in zip(groups, of.itertuples(index=False), strict=True)
        ]
        parts.append(f"{name}: {', '.join(told)}")
    return sentences(f"{capital(of_unit(unit))}: {'; '.join(parts)}")
