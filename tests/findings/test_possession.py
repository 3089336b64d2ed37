"""Possession beside trafficking, by financial year and to mid-year."""

import pandas as pd
import pytest

from cdpb.statistics.places import change_of_months
from findings.possession_and_trafficking import (
    possession_to_trafficking,
    ratio_alike,
    windows_of,
)

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


def two_boroughs(first: str, months: int) -> pd.DataFrame:
    counts = {code: {"possession": 10, "trafficking": 1} for code in (BARNET, CAMDEN)}
    return monthly(first, months, **counts)


def windows(offences: pd.DataFrame, year: str, since: str | None) -> list[list]:
    """Each window's period, and possession before and in it."""
    none = change_of_months(offences, pd.period_range("2023-04", periods=0, freq="M"), BARNET)
    found = windows_of(offences, year, BARNET, since, none).query("offence == 'possession'")
    return found[["period", "offences_before", "offences"]].to_numpy().tolist()


def test_a_documents_year_is_cut_to_the_months_that_compare():
    """The series breaks in February 2024: of July 2023 to June 2024 seven months compare."""
    offences = two_boroughs("2021-07", 36)
    offences.loc[offences["month"] == "2024-06", "offences"] += 5
    offences.loc[offences["month"] == "2024-01", "offences"] += 2

    assert windows(offences, "2024/25", "2023-07") == [
        ["July 2023 to June 2024", 120, 127],
        ["July 2023 to January 2024", 70, 72],
    ]


def test_months_after_the_year_have_no_say():
    """In March 2024 the months to June were not over: those that compare stand alone."""
    offences = two_boroughs("2021-07", 33)

    assert windows(offences, "2023/24", "2023-07") == [["July 2023 to January 2024", 70, 70]]


def test_without_a_documents_month_the_year_ends_with_the_last_june():
    offences = two_boroughs("2021-07", 24)

    assert windows(offences, "2023/24", None) == [["July 2022 to June 2023", 120, 120]]


def test_a_june_that_was_not_received_gives_no_row():
    assert windows(two_boroughs("2021-07", 20), "2023/24", None) == []


def test_the_ratio_is_compared_over_the_months_that_compare():
    """533 to 258 and 454 to 453 are 2.07 and 1.00."""
    offences = monthly("2022-04", 24, **{BARNET: {"possession": 40, "trafficking": 20}})
    offences.loc[offences["month"] >= "2023-04", "offences"] = 30
    alike = pd.DataFrame({"previous_period": ["April 2022 to January 2023"],
                          "period": ["April 2023 to January 2024"]})  # fmt: skip

    found = ratio_alike({"Barnet": offences}, alike)

    assert found[["period", "possession", "trafficking", "ratio"]].to_numpy().tolist() == [
        ["April 2022 to January 2023", 400, 200, 2.0],
        ["April 2023 to January 2024", 300, 300, 1.0],
    ]
