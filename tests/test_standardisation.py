"""Rates freed of a difference in age."""

import pandas as pd
import pytest

from cdpb.errors import InputError
from cdpb.statistics.intervals import byars_interval
from cdpb.statistics.standardisation import (
    EUROPEAN_STANDARD_POPULATION_2013,
    directly_standardised_rate,
    dobson_interval,
)
from tests.golden import golden, near
from tests.shared import shared

BANDS = list(EUROPEAN_STANDARD_POPULATION_2013)


def ages(events: int = 5, residents: int = 1000) -> pd.DataFrame:
    """One area with the same rate at every age."""
    drawn = pd.DataFrame(
        {"area_code": "E1", "age_band": BANDS, "events": events, "residents": residents}
    )
    drawn.attrs["source"] = "hospital_admissions"
    return drawn


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
