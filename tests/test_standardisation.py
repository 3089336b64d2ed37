"""Like for like."""

import pandas as pd
import pytest

from cdpb.errors import InputError
from cdpb.statistics.intervals import byars_interval
from cdpb.statistics.standardisation import (
    EUROPEAN_STANDARD_POPULATION_2013,
    directly_standardised_rate,
    dobson_interval,
    standardised_share,
)
from tests.golden import golden, near
from tests.shared import shared
from tests.test_rates import sourced

BANDS = list(EUROPEAN_STANDARD_POPULATION_2013)

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


def ages(events: int = 5, residents: int = 1000) -> pd.DataFrame:
    """One area with the same rate at every age."""
    drawn = pd.DataFrame(
        {"area_code": "E1", "age_band": BANDS, "events": events, "residents": residents}
    )
    drawn.attrs["source"] = "hospital_admissions"
    return drawn


def sides() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Barnet and England, by substance group, 2021/22."""
    drawn = sourced(WOMEN, "ndtms_adults")
    barnet = drawn["area_code"] == "E09000003"
    return drawn[barnet], drawn[~barnet]


def test_the_standard_population_is_a_hundred_thousand():
    """Eurostat 2013, nineteen bands."""
    assert sum(EUROPEAN_STANDARD_POPULATION_2013.values()) == 100_000
    assert len(EUROPEAN_STANDARD_POPULATION_2013) == 19


def test_a_rate_that_is_the_same_at_every_age_is_its_own_standard():
    """However old the area, there is nothing to standardise."""
    found = directly_standardised_rate(ages(), by="area_code").loc[0]

    assert found["rate_per_100000"] == pytest.approx(500)
    assert (found["events"], found["residents"]) == (95, 19_000)


def test_below_ten_events_there_is_no_standardised_rate():
    """Too few to weight by nineteen ages."""
    few = ages(0)
    few.loc[3, "events"] = 9

    found = directly_standardised_rate(few, by="area_code").loc[0]

    assert found[["rate_per_100000", "lower", "upper"]].isna().all()
    assert found["events"] == 9


def test_a_missing_age_band_is_refused_and_a_missing_count_is_missing():
    """A band left out would count as an age without people; unknown is not none."""
    with pytest.raises(InputError, match="lacks an age band"):
        directly_standardised_rate(ages().drop(index=4), by="area_code")
    with pytest.raises(InputError, match="no band '85"):
        directly_standardised_rate(ages().replace({"age_band": {"90+": "85+"}}), by="area_code")
    doubled = pd.concat([ages(), ages()], ignore_index=True)
    with pytest.raises(InputError, match="twice"):
        directly_standardised_rate(doubled, by="area_code")
    unknown = ages().astype({"events": "Int64"})
    unknown.loc[2, "events"] = pd.NA
    assert directly_standardised_rate(unknown, by="area_code")["rate_per_100000"].isna().all()


def test_events_of_the_same_people_widen_the_limits():
    """Ten admissions of five people tell less than ten people once each."""
    once = ages(10)
    twice = ages(5).assign(times=2)

    alone = directly_standardised_rate(once, by="area_code").loc[0]
    repeated = directly_standardised_rate(twice, by="area_code", times="times").loc[0]

    assert repeated["events"] == alone["events"] == 190
    assert repeated["residents"] == alone["residents"]
    assert repeated["rate_per_100000"] == pytest.approx(alone["rate_per_100000"])
    width = alone["upper"] - alone["lower"]
    assert repeated["upper"] - repeated["lower"] == pytest.approx(2**0.5 * width)


def test_every_golden_rate_of_independent_events_agrees():
    """PHEindicatormethods 2.1.0, testdata_DSR_ISR.xlsx; its 55-69 is a slip for 55-59."""
    inputs = pd.read_csv(shared("golden", "golden_dsr_inputs.csv"))
    inputs["ageband"] = inputs["ageband"].replace("55-69", "55-59")
    inputs.attrs["source"] = "golden"
    rows = golden("Dobson")
    rows = rows[~rows["source"].str.contains("nonind")]

    for _, row in rows.iterrows():
        area = "testdata_big" if row["numerator"] > 100 else "testdata_small"
        found = directly_standardised_rate(
            inputs, "area", "count", "pop", "ageband", confidence=row["confidence"]
        ).set_index("area")
        for ours, theirs in (("rate_per_100000", "value"), ("lower", "lower"), ("upper", "upper")):
            assert found.loc[area, ours] == near(row, theirs), row["golden_id"]
        assert found.loc["testdata_tiny"].isna()[["rate_per_100000", "lower", "upper"]].all()
    assert len(rows) == 3


def test_every_golden_rate_of_repeated_events_has_dobsons_limits():
    """The same workbook's rates of events that aren't independent.

    How often each person had the event is not among the reference inputs, so their variance
    can't be made anew. What can be: the variance that the lower limit implies gives the upper
    limit, to the places printed.
    """
    rows = golden("Dobson")
    rows = rows[rows["source"].str.contains("nonind")]
    numbers = rows[["value", "lower", "upper"]].astype(float)

    for at, row in rows.iterrows():
        value, lower, _ = numbers.loc[at]
        below = row["numerator"] - byars_interval(row["numerator"], row["confidence"])["lower"]
        variance = row["numerator"] * ((value - lower) / below) ** 2
        found = dobson_interval(value, variance, row["numerator"], row["confidence"]).loc[0]
        assert found["lower"] == near(row, "lower"), row["golden_id"]
        assert found["upper"] == pytest.approx(float(row["upper"]), abs=2e-8), row["golden_id"]
    assert len(rows) == 4


def test_women_expected_at_englands_share_in_each_group():
    """2021/22: 31.1% observed, 32.9% expected; no difference shown."""
    found = standardised_share(*sides()).loc[0]

    assert (found["women"], found["adults"]) == (455, 1465)
    assert round(found["percent"], 1) == 31.1
    assert round(found["expected_percent"], 1) == 32.9
    assert found["expected"] == pytest.approx(1465 * 483.5627 / 1470, abs=1e-3)
    assert found["lower"] < found["expected_percent"] < found["upper"]


def test_observed_over_expected_leaves_out_one_where_the_share_leaves_out_the_expected():
    """One interval, told twice: the page can't contradict itself."""
    found = standardised_share(*sides()).loc[0]

    assert found["observed_to_expected"] == pytest.approx(455 / found["expected"])
    assert found["ratio_lower"] == pytest.approx(found["lower"] / found["expected_percent"])
    assert found["ratio_upper"] == pytest.approx(found["upper"] / found["expected_percent"])


def test_direct_standardisation_is_a_check_on_the_other():
    """Barnet's own shares at England's mix: below England's share as well."""
    found = standardised_share(*sides()).loc[0]

    by_hand = (
        140 / 605 * 140558 + 75 / 195 * 29582 + 170 / 440 * 84697 + 75 / 230 * 34378
    ) / 289215
    assert found["direct_percent"] == pytest.approx(100 * by_hand)
    assert found["direct_lower"] < found["direct_percent"] < found["direct_upper"]


def test_the_standard_against_itself_is_as_expected():
    """England has the women England is expected to have."""
    _, england = sides()

    found = standardised_share(england, england).loc[0]

    assert found["observed_to_expected"] == pytest.approx(1)
    assert found["direct_percent"] == pytest.approx(found["percent"])


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
