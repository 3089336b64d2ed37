"""A share against what the make-up alone would lead one to expect."""

import pandas as pd
import pytest

from cdpb.errors import InputError
from cdpb.statistics.treatment import standardised_share
from tests.statistics.test_rates import sourced

WOMEN = """
    area_code  substance_group        women  adults
    E09000003  opiate                   140     605
    E09000003  non-opiate_only           75     195
    E09000003  alcohol_only             170     440
    E09000003  non-opiate_&_alcohol      75     230
    E09000003  total                    455    1465
    E92000001  opiate                 38736  140558
    E92000001  non-opiate_only         9761   29582
    E92000001  alcohol_only           35339   84697
    E92000001  non-opiate_&_alcohol   10299   34378
    E92000001  total                  94135  289215
"""


def sides() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Barnet and England, by substance group, 2021/22."""
    drawn = sourced(WOMEN, "ndtms_adults")
    barnet = drawn["area_code"] == "E09000003"
    return drawn[barnet], drawn[~barnet]


def test_women_expected_at_englands_share_in_each_group():
    """2021/22: 31.1% observed, 32.9% expected; no difference shown."""
    found = standardised_share(*sides()).loc[0]

    assert (found["women"], found["adults"]) == (455, 1465)
    assert round(found["percent"], 1) == 31.1
    assert round(found["expected_percent"], 1) == 32.9
    assert found["expected"] == pytest.approx(1465 * 483.5627 / 1470, abs=1e-3)
    assert found["lower"] < found["expected_percent"] < found["upper"]


def test_observed_over_expected_is_of_people():
    """As many women as there are, to one that was to be expected."""
    found = standardised_share(*sides()).loc[0]

    assert found["observed_to_expected"] == pytest.approx(455 / found["expected"])


def test_the_standard_against_itself_is_as_expected():
    """England has the women England is expected to have."""
    _, england = sides()

    found = standardised_share(england, england).loc[0]

    assert found["observed_to_expected"] == pytest.approx(1)


def test_without_a_total_the_groups_are_summed():
    """Not every table carries one."""
    barnet, england = sides()

    found = standardised_share(barnet[barnet["substance_group"] != "total"], england).loc[0]

    assert (found["women"], found["adults"]) == (460, 1470)


def test_a_standard_of_other_groups_source_or_period_is_refused():
    """Expected at what isn't known, counted otherwise, or in another year."""
    barnet, england = sides()

    with pytest.raises(InputError, match="same values of 'substance_group'"):
        standardised_share(barnet.iloc[1:], england)
    other = england.copy()
    other.attrs["source"] = "census_2021_age"
    with pytest.raises(InputError, match="its own source"):
        standardised_share(barnet, other)
    with pytest.raises(InputError, match="its own period"):
        standardised_share(barnet.assign(year="2021/22"), england.assign(year="2020/21"))
