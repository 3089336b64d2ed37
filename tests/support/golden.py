"""The published worked values beside the checkout, and how near we must come to them."""

import pandas as pd
import pytest

from tests.support.shared import shared

PACKAGE = 1e-9
NUMBERS = ["numerator", "denominator", "multiplier", "confidence"]


def golden(method: str) -> pd.DataFrame:
    """The rows of one method; value and limits as they were printed."""
    path = shared("golden", "interval_golden_values.csv")
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    rows[NUMBERS] = rows[NUMBERS].apply(pd.to_numeric)
    return rows[rows["method"] == method]


def near(row: pd.Series, name: str):
    """What a printed number must be agreed with to.

    1e-9 of it where a package printed it in full, half of its last place where a page rounded
    it, and what its note allows where the page's own inputs were rounded too.
    """
    printed, places = float(row[name]), len(row[name].partition(".")[2])
    for noted in ("1e-4", "2e-4"):
        if f"compare at {noted} absolute" in row["note"]:
            return pytest.approx(printed, abs=float(noted))
    if places <= 8:
        return pytest.approx(printed, abs=0.501 * 10**-places)
    return pytest.approx(printed, rel=PACKAGE)
