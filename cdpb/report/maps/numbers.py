"""What stands on a ward: its rank, or its value where it has none, starred where unstable."""

from typing import Any

import pandas as pd

STAR, UNSTABLE = "*", "fewer than 10 events, an unstable rate"


def ward_number(row: Any) -> str:
    """``4``; ``24*`` for a rank made by fewer than 10 events."""
    rank = getattr(row, "rank", None)
    return f"{f'{rank:.0f}' if pd.notna(rank) else row.text}{STAR * is_unstable(row)}"


def is_unstable(row: Any) -> bool:
    """Whether a value is shown and rests on fewer than 10 events."""
    flag = getattr(row, "unstable", None)
    return bool(pd.notna(row.value) and pd.notna(flag) and flag)
