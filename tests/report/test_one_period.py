"""A sentence about two years, months or groups never sets one beside itself."""

import pytest

from cdpb import say
from cdpb.disclosure.published import PublishedTable
from cdpb.report.charts.series import Series
from findings import adults_in_treatment as adults
from findings import criminal_justice_pathways as justice
from findings import licensing_and_alcohol_harm as licensing
from findings import parents_in_treatment as parents
from findings import unmet_treatment_need as unmet_need
from findings import women_in_treatment as women
from tests.support.drawn import published

YEAR = "2023/24"
SHARES = (
    "year area_name substance_group percent started adults in_need people lower upper\n"
    f"{YEAR} Barnet opiate 24.0 1200 1200 1200 1200 20.0 28.0"
)


def of(*columns: str, rows: str = SHARES) -> PublishedTable:
    """The one row, as far as a sentence needs it."""
    header, row = rows.splitlines()
    cells = dict(zip(header.split(" "), row.split(" "), strict=True))
    return published(" ".join(columns) + "\n" + " ".join(cells[name] for name in columns))


ONE = {
    "a line over the years": lambda: Series(axis="").describe(
        of("year", "area_name", "percent", "lower", "upper")
    ),
    "need not met": lambda: unmet_need.unmet_series_title(
        of("year", "area_name", "percent", "in_need"), "Barnet"
    ),
    "the first year and the last": lambda: say.share_over_years(of("year", "percent", "started")),
    "a route to treatment": lambda: justice.route_title(of("year", "percent", "started"), "Barnet"),
    "women by substance": lambda: women.groups_title(
        of("area_name", "substance_group", "percent", "adults"), "Barnet"
    ),
    "parents by substance": lambda: parents.parents_by_substance_title(
        of("area_name", "substance_group", "percent", "adults")
    ),
    "premises by ward": lambda: licensing.premises_title(
        published("ward_name rank rate_per_1000\nColindale 1 24.0"), "Barnet"
    ),
    "adults against the first year": lambda: adults.adults_years_title(
        published("area_name year indexed\nBarnet 2023/24 100"), "Barnet"
    ),
}


@pytest.mark.parametrize("sentence", ONE)
def test_one_row_is_told_once(sentence):
    """``24.0% in 2023/24 and 24.0% in 2023/24`` stood on a page of the first year received."""
    told = ONE[sentence]()
    assert told
    assert told.count("24") <= 1 + (YEAR in told), told
    assert told.count(YEAR) <= 1, told
    assert "runs from" not in told
    assert " fewest " not in told
