"""Offences come in clusters: limits are widened by how far months lie from their level."""

import numpy as np
import pandas as pd
import pytest

from cdpb.loaders import borough_drug_offences
from cdpb.statistics.comparison import HIGHER, SIMILAR, compare_changes, stand_above
from cdpb.statistics.intervals import dispersion, widened
from cdpb.statistics.measure import Measure
from cdpb.statistics.places import change_alike, change_of_months, months_alike
from cdpb.statistics.ratios import widened_odds
from cdpb.statistics.wards import beside_england, in_london, rates_of

BARNET = "E09000003"


class Break:
    """A new system in February 2024."""

    month, year, label = "2024-02", None, "CONNECT"


def months(first: str, counts: list[int], **named: str) -> pd.DataFrame:
    """Counts of months that follow each other."""
    dated = pd.period_range(first, periods=len(counts), freq="M")
    table = pd.DataFrame({"month": dated, "offences": counts}).assign(**named)
    table.attrs["source"] = "mps_borough_crime"
    return table


def test_the_dispersion_is_pearsons_chi_square_over_its_degrees_of_freedom():
    """Mean 15: 49 + 9 + 25 + 225 are 308, over 15 and over 3."""
    counted = months("2023-04", [8, 12, 10, 30], place="A")

    assert dispersion(counted, ["place"])["A"] == pytest.approx(308 / 15 / 3)


def test_two_years_have_a_level_each():
    """10 and 20 about 15, and 100 and 110 about 105: 50/15 and 50/105 over two degrees."""
    both = pd.concat([
        months("2022-04", [10, 20], place="A", year="2022/23"),
        months("2023-04", [100, 110], place="A", year="2023/24"),
    ])  # fmt: skip

    found = dispersion(both, ["place"], ["year"])["A"]

    assert found == pytest.approx((50 / 15 + 50 / 105) / 2)


def test_limits_are_never_narrowed():
    """Months that are all alike vary less than chance, and one month says nothing."""
    assert dispersion(months("2023-04", [7] * 12, place="A"), ["place"])["A"] == 1
    assert dispersion(months("2023-04", [7], place="A"), ["place"])["A"] == 1


def test_a_month_without_a_row_has_no_events():
    """B had 6 and nothing: 9/3 twice over one degree is 6, where A's 5 and 5 are 1."""
    both = pd.concat([months("2023-04", [5, 5], place="A"), months("2023-04", [6], place="B")])

    assert dispersion(both, ["place"]).to_dict() == {"A": 1, "B": 6}


@pytest.mark.parametrize(
    ("year", "expected"), [(2022, 1.62), (2023, 1.54), (2024, 7.24), (2025, 9.01)]
)
def test_barnets_dispersions_by_hand(year, expected):
    """About 1.6 in two years and 7 to 9 in the two after, from the file by plain arithmetic."""
    table = borough_drug_offences(area=BARNET)
    dated = pd.period_range(f"{year}-04", periods=12, freq="M")
    own = table[table["month"].isin(dated)]
    counts = own.groupby("month")["offences"].sum().to_numpy(dtype=float)
    by_hand = ((counts - counts.mean()) ** 2).sum() / counts.mean() / 11

    assert dispersion(own, ["area_code"])[BARNET] == pytest.approx(by_hand)
    assert by_hand == pytest.approx(expected, abs=0.005)


def test_limits_lie_farther_away_by_the_square_root():
    """Of a dispersion of 4 twice as far, and never below nothing."""
    rates = pd.DataFrame({"rate": [10.0, 2.0], "lower": [8, 0.5], "upper": [13, 5]})

    found = widened(rates.assign(dispersion=4.0), "rate")

    assert found[["lower", "upper"]].to_numpy().tolist() == [[6, 16], [0, 8]]
    assert found[["plain_lower", "plain_upper"]].to_numpy().tolist() == [[8, 13], [0.5, 5]]


def test_a_share_of_months_is_widened_too():
    """Shares of 3 and 7 of 10 about a half: 4/2.5 and 4/2.5 over one degree, 3.2."""
    kinds = {"a": [3, 7], "b": [7, 3]}
    both = pd.concat([months("2023-04", each, offence=kind) for kind, each in kinds.items()])

    row = widened_odds(both.assign(year="2023/24"), ["year"], "a", "b").iloc[0]

    assert row["ratio"] == 1
    plain = np.log(row["ratio_upper"])
    assert np.log(row["widened_upper"]) == pytest.approx(plain * np.sqrt(3.2))


def two_boroughs() -> pd.DataFrame:
    """The area's months differ and those elsewhere don't."""
    area, rest = [10, 20] * 12, [40] * 24
    return pd.concat([
        months("2022-04", counts, area_code=code, area_name=code, offence=offence)
        for code, counts in ((BARNET, area), ("E09000007", rest))
        for offence in ("possession", "trafficking")
    ], ignore_index=True).pipe(_sourced)  # fmt: skip


def _sourced(table: pd.DataFrame) -> pd.DataFrame:
    table.attrs["source"] = "mps_borough_crime"
    return table


def test_a_change_is_widened_by_the_months_of_both_periods():
    """180 and 180 possession offences: 24 squared distances of 25 over 15, over 22, 1.818."""
    year = pd.period_range("2023-04", periods=12, freq="M")
    found = change_of_months(two_boroughs(), year, BARNET)

    row = found.set_index("offence").loc["possession"]
    phi = 24 * 25 / 15 / 22
    assert row["dispersion"] == pytest.approx(phi)
    assert row["elsewhere_dispersion"] == 1
    spread = 1.959964 * np.sqrt(phi * 2 / 180)
    assert row["change_upper"] == pytest.approx(100 * (np.exp(spread) - 1), rel=1e-5)
    plain = 1.959964 * np.sqrt(2 / 180)
    assert row["change_plain_lower"] == pytest.approx(100 * (np.exp(-plain) - 1), rel=1e-5)
    both = np.hypot(spread, 1.959964 * np.sqrt(2 / 480))
    assert row["relative_lower"] == pytest.approx(np.exp(-both), rel=1e-5)


def test_months_compare_with_those_a_year_before_unless_a_break_lies_between():
    """January 2024 with January 2023; February 2024 no more, and February 2025 again."""
    alike = months_alike(pd.period_range("2023-04", "2025-03", freq="M"), [Break()])

    assert list(map(str, alike)) == [
        *map(str, pd.period_range("2023-04", "2024-01", freq="M")), "2025-02", "2025-03",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("year", "expected"), [("2022/23", []), ("2023/24", [(791, 907), (533, 454), (258, 453)]),
                           ("2024/25", []), ("2025/26", [])]
)  # fmt: skip
def test_barnets_ten_months_before_the_break(year, expected):
    """No other year has a break between it and the last, or six months that compare."""
    found = change_alike(borough_drug_offences(), year, BARNET, [Break()])

    order = found.set_index("offence")
    kinds = ["all drug offences", "possession", "trafficking"] if len(found) else []
    counts = order.loc[kinds, ["offences_before", "offences"]].to_numpy().tolist()
    assert list(map(tuple, counts)) == expected


def test_wards_whose_offences_come_in_clusters_may_no_longer_stand_above():
    """87 where 59.5 are expected is beyond chance; of 64 and 44 effective offences it is not."""
    london = Measure(1, 1, 1, 10_000, 10_000, "per 1 residents", "London", "2022/23", "s", "")
    events, people = pd.Series([87]), pd.Series([59.5])

    assert stand_above(events, people, london).tolist() == [True]
    assert stand_above(events, people, london, 1.36).tolist() == [True]
    assert stand_above(events, people, london, 4).tolist() == [False]


def test_two_changes_are_compared_with_the_spread_of_both():
    """+55% lies above +26%, but both are known within limits that overlap in their ratio."""
    about = (None, None, "% change", "x", "2023/24", "s", "")
    here = Measure(55.0, 29.4, 85.8, *about)

    assert compare_changes(here, Measure(25.9, 11.3, 42.4, *about)) == SIMILAR
    assert compare_changes(here, Measure(-11.8, -18.8, -4.3, *about)) == HIGHER


def wards() -> tuple[pd.DataFrame, pd.DataFrame]:
    counts = {"A": [30, 30, 30], "B": [10, 20, 30], "C": [15, 15, 15]}
    every = [months("2023-04", each, ward_code=ward) for ward, each in counts.items()]
    residents = pd.DataFrame({"ward_code": list(counts), "residents": 1_000})
    residents.attrs["source"] = "census_2021_wards"
    return pd.concat(every, ignore_index=True).pipe(_sourced), residents


def test_a_place_is_the_sum_of_its_wards_and_of_their_months():
    """A and B together 40, 50, 60: 200 over 50 and 2 is 2; 150 of 2,000 people are 75."""
    offences, residents = wards()

    row = rates_of({"both": offences[offences["ward_code"] != "C"]}, residents).iloc[0]

    assert (row["offences"], row["residents"], row["rate_per_1000"]) == (150, 2_000, 75)
    assert row["dispersion"] == pytest.approx(200 / 50 / 2)


def test_a_rank_among_all_wards_carries_the_ranks_that_its_limits_allow():
    """90, 60 and 45 per 1,000: B's months differ by a factor of 5, so it may be first or last."""
    offences, residents = wards()
    totals = offences.groupby("ward_code")["offences"].sum().reset_index().merge(residents)
    limits = {"lower": [72, 46, 33], "upper": [110, 77, 60]}
    rates = totals.assign(rate_per_1000=totals["offences"] * 1.0, **limits)
    rates.attrs["source"] = "mps_ward_crime"

    found = in_london(rates, offences).set_index("ward_code")

    assert found.loc["B", "dispersion"] == 5
    ranks = found[["london_rank", "london_rank_best", "london_rank_worst"]]
    assert ranks.to_numpy().tolist() == [[1, 1, 1], [2, 1, 3], [3, 2, 3]]
    assert set(found["london_wards"]) == {3}
    assert found.loc["B", "lower"] == pytest.approx(60 - 14 * np.sqrt(5))
    assert found.loc["B", "plain_lower"] == 46


def test_england_is_of_the_latest_twelve_months_that_are_over():
    """The year to June 2025 is no figure of 2024/25, whose last month is March 2025."""
    crime = pd.DataFrame({
        "area_code": [BARNET, "E92000001"], "area_name": ["Barnet", "England"],
        "year": "2024-07 - 2025-06", "indicator": "drug_offences", "value": [120.0, 500.0],
    })  # fmt: skip
    crime.attrs["source"] = "recorded_crime"
    residents = pd.DataFrame({"area_code": [BARNET, "E92000001"], "residents": [10_000, 100_000]})
    residents.attrs["source"] = "census_2021_age"
    months_of = months("2024-07", [5, 15] * 6, area_code=BARNET)

    found = beside_england(crime, residents, months_of, BARNET, "2025/26")

    assert found[["place", "rate_per_1000"]].to_numpy().tolist() == [["Barnet", 12], ["England", 5]]
    assert set(found["period"]) == {"year to June 2025"}
    assert found["dispersion"].tolist() == pytest.approx([12 * 25 / 10 / 11, 1])
    assert (found["widened_lower"] < found["lower"]).tolist() == [True, False]
    assert len(beside_england(crime, residents, months_of, BARNET, "2024/25")) == 0
