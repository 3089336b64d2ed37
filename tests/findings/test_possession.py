"""Possession beside trafficking, by financial year and to mid-year."""

import pandas as pd
import pytest

from findings.possession_and_trafficking import change_to_june, possession_to_trafficking

BARNET, CAMDEN = "E09000003", "E09000007"


def monthly(first: str, months: int, **counts: dict[str, int]) -> pd.DataFrame:
    """The same counts every month, of each area and offence."""
    rows = [
        (area, area, month, offence, count)
        for month in pd.period_range(first, periods=months, freq="M")
        for area, of in counts.items()
        for offence, count in of.items()
    ]
    columns = ["area_code", "area_name", "month", "offence", "offences"]
    table = pd.DataFrame(rows, columns=columns)
    table.attrs["source"] = "mps_borough_crime"
    return table


def test_a_ratio_is_of_sums_over_a_whole_year():
    """624 to 347 is 1.80 (1.58 to 2.05): two lies within, in 2022/23."""
    year = monthly("2022-04", 12, **{BARNET: {"possession": 52, "trafficking": 29}})

    row = possession_to_trafficking({"Barnet": year}).iloc[0]

    assert (row["place"], row["year"]) == ("Barnet", "2022/23")
    assert (row["possession"], row["trafficking"]) == (624, 348)
    assert row["ratio"] == pytest.approx(624 / 348)
    assert row["ratio_lower"] < row["ratio"] < row["ratio_upper"]


def test_a_year_not_wholly_held_has_no_ratio():
    """Eight months are no year, however full they look."""
    part = monthly("2022-04", 8, **{BARNET: {"possession": 52, "trafficking": 29}})

    assert len(possession_to_trafficking({"Barnet": part})) == 0


def test_a_year_to_june_is_summed_from_july():
    """April to June of a financial year belong to the twelve months before."""
    counts = {code: {"possession": 10, "trafficking": 1} for code in (BARNET, CAMDEN)}
    offences = monthly("2021-07", 24, **counts)
    offences.loc[offences["month"] == "2023-06", "offences"] += 5

    changes = change_to_june(offences, "2023/24", BARNET)

    row = changes.set_index("offence").loc["possession"]
    assert row["previous_period"] == "July 2021 to June 2022"
    assert row["period"] == "July 2022 to June 2023"
    assert (row["offences_before"], row["offences"]) == (120, 125)


def test_a_june_that_was_not_received_gives_no_row():
    offences = monthly("2021-07", 20, **{BARNET: {"possession": 10, "trafficking": 1}})

    assert len(change_to_june(offences, "2023/24", BARNET)) == 0
