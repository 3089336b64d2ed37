"""Tables with their margins, and each row's share of one of them."""

import pytest

from cdpb.statistics.shares import shares_with_totals
from tests.statistics.test_rates import sourced

OVERLAP = """
    area_code  year     homeless  mental_health  criminal_justice  persons
    E09000003  2023/24  yes       yes            yes                    10
    E09000003  2023/24  yes       yes            no                     20
    E09000003  2023/24  yes       no             no                     20
    E09000003  2023/24  no        yes            no                     50
    E09000003  2023/24  no        no             no                    100
"""


def shares(**how):
    table = sourced(OVERLAP, "disadvantage_overlap")
    found = shares_with_totals(table, ["homeless", "mental_health"], **how)
    return found.set_index(["homeless", "mental_health"])


def test_every_total_stands_beside_its_parts():
    """Columns that are not asked for are summed over, so nobody stands in two rows."""
    found = shares()

    assert found.loc[("yes", "yes"), "persons"] == 30
    assert found.loc[("yes", "total"), "persons"] == 50
    assert found.loc[("total", "total"), "persons"] == 200
    assert len(found) == 9


def test_a_share_may_be_of_a_row_s_own_group():
    """Of 50 people with a housing problem 30 are in need; of the 150 others 50."""
    found = shares(of=["mental_health"], share="percent_with_need")

    assert found.loc[("yes", "yes"), "percent_with_need"] == pytest.approx(60)
    assert found.loc[("no", "yes"), "percent_with_need"] == pytest.approx(100 / 3)
    assert found.loc[("yes", "yes"), "in_all"] == 50
    assert found.attrs["value"] == "percent_with_need"


def test_all_of_a_group_are_all_of_it_without_limits():
    """100% (98.8 to 100.0) would be a doubt that nobody has."""
    limits = shares(of=["mental_health"])[["lower", "upper"]]

    assert limits.xs("total", level="mental_health").isna().all(axis=None)
    assert limits.drop("total", level="mental_health").notna().all(axis=None)


def test_a_return_that_was_not_received_has_no_shares():
    nothing = sourced(OVERLAP, "disadvantage_overlap").iloc[:0]

    assert shares_with_totals(nothing, ["homeless"]).empty
