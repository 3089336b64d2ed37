"""What is held after the year assessed stands apart, and is evidence of nothing."""

import csv
from collections import Counter

import pandas as pd
import pytest

from cdpb.errors import InputError
from cdpb.report.finding import Finding
from cdpb.statistics.windows import after_year, since_then
from tests.support.inprocess import record_of, run, table_of
from tests.support.project import CHECKOUT

BARNET = "E09000003"
RESIDENTS = 389_343


def newest(source: str) -> dict[tuple[str, str], dict[str, str]]:
    """Each area's months as the newest receipt that has them says, read without our loaders."""
    found = {}
    for path in sorted((CHECKOUT / "data").glob(f"{source}/*/*.csv")):
        for row in csv.DictReader(path.open(encoding="utf-8-sig", newline="")):
            found[row.get("ward_code") or row["area_code"], row["month"]] = row
    return found


def counted(area: str, first: str, last: str) -> Counter:
    """Possession and trafficking of a borough from one month to another."""
    rows = [
        row for (code, month), row in newest("mps_borough_crime").items()
        if code == area and first <= month <= last
    ]  # fmt: skip
    assert len(rows) == 12
    return Counter({k: sum(int(row[k]) for row in rows) for k in ("possession", "trafficking")})


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> dict:
    """Pages of two years, with what they displayed."""
    found = {}
    for finding, year in [
        ("possession_and_trafficking", "2023/24"),
        ("ward_drug_offences", "2023/24"),
        ("ward_drug_offences", "2025/26"),
        ("unmet_treatment_need", "2025/26"),
        ("unmet_treatment_need", "2016/17"),
    ]:
        blocks: list = []
        folder = tmp_path_factory.mktemp("since")
        run(finding, folder, shown=blocks, year=year, area=BARNET)
        found[finding, year] = (folder, [each for each in blocks if each and each.kind == "since"])
    return found


def since(made: dict, finding: str, year: str, table: str = "since") -> pd.DataFrame:
    return pd.read_csv(table_of(finding, table, made[finding, year][0]))


def test_the_assessment_of_2023_24_shows_the_two_years_and_twelve_months_that_followed(made):
    told = since(made, "possession_and_trafficking", "2023/24").set_index(["period", "place"])
    for period, ends in {
        "2024/25": ("2024-04", "2025-03"),
        "2025/26": ("2025-04", "2026-03"),
        "July 2025 to June 2026": ("2025-07", "2026-06"),
    }.items():
        own, shown = counted(BARNET, *ends), told.loc[(period, "Barnet")]
        assert {name: shown[name] for name in own} == own
        assert shown["ratio"] == pytest.approx(own["possession"] / own["trafficking"])
    assert len(told) == 6


def test_the_year_to_june_2026_is_what_the_notes_on_the_file_say(made):
    """1,696 offences, 4.36 (4.15 to 4.57) per 1,000; London 5.70."""
    told = since(made, "ward_drug_offences", "2025/26").set_index("place")
    assert told.loc["Barnet", "offences"] == 1696 == counted(BARNET, "2025-07", "2026-06").total()
    rates = told.loc["Barnet", ["rate_per_1000", "lower", "upper"]]
    assert rates.astype(float).round(2).to_list() == [4.36, 4.15, 4.57]
    assert round(told.loc["London", "rate_per_1000"], 2) == 5.70
    assert set(told["period"]) == {"July 2025 to June 2026"}


def test_the_wards_that_came_first_since_are_named_with_the_focus_ward(made):
    """Nobody should patrol a ward for last year's reason."""
    told = since(made, "ward_drug_offences", "2023/24", "since_wards")
    first = told.drop_duplicates("year").set_index("year")["ward_name"].to_dict()
    assert first == {"2024/25": "Colindale South", "2025/26": "Totteridge & Woodside"}
    focus = told[told["ward_name"] == "Colindale North"].set_index("year")
    assert focus["rank"].to_dict() == {"2024/25": 7, "2025/26": 12}
    offences = newest("mps_ward_crime")
    south = [
        row for (code, month), row in offences.items()
        if code == "E05013633" and "2024-04" <= month <= "2025-03"
    ]  # fmt: skip
    assert told.iloc[0]["offences"] == sum(
        int(row["possession"]) + int(row["trafficking"]) for row in south
    )


def test_the_section_says_that_no_verdict_rests_on_it(made):
    notice, *tables = made["ward_drug_offences", "2023/24"][1]
    assert "No verdict on 2023/24 rests on them" in notice.text
    assert len(tables) == 2
    assert "Barnet 3.5 for 2024/25, 5.3 for 2025/26 and 4.4 for July 2025" in tables[0].text


def test_where_nothing_later_is_held_there_is_no_section(made):
    assert made["unmet_treatment_need", "2025/26"][1] == []
    assert len(made["unmet_treatment_need", "2016/17"][1]) == 2


def test_adults_in_treatment_are_shown_to_the_latest_year_held(made):
    """415 to 670: a board that reads 2017/18 alone would think that nothing moved."""
    told = since(made, "unmet_treatment_need", "2016/17")
    own = told[told["area_code"] == BARNET].set_index("year")["people"]
    assert own.to_dict() == {
        "2017/18": 415, "2018/19": 390, "2019/20": 425, "2020/21": 515, "2021/22": 670,
    }  # fmt: skip


def test_the_verdict_is_the_same_with_and_without_it(made, tmp_path, monkeypatch):
    """What followed is taken away, and the verdict on the year does not move."""
    monkeypatch.setattr("cdpb.statistics.windows.after_year", lambda events, year, by: nothing(by))
    run("possession_and_trafficking", tmp_path, year="2023/24", area=BARNET)
    without = record_of("possession_and_trafficking", tmp_path)["verdict"]
    folder, _ = made["possession_and_trafficking", "2023/24"]
    assert without == record_of("possession_and_trafficking", folder)["verdict"]


def nothing(by: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(columns=[*by, "period", "offences"])
    table.attrs = {"source": "mps_borough_crime"}
    return table


def test_figures_of_later_years_are_refused_as_evidence():
    finding = Finding("possession_and_trafficking", "2023/24", BARNET)
    load = finding.load
    offences = load.borough_drug_offences().query("area_code == @BARNET", global_dict=globals())
    table = since_then({"Barnet": offences}, load.residents(), "2023/24")
    finding.publish(table, "since")
    later = finding.measure("since", "Barnet", "ratio", limits="ratio", period="2024/25")
    with pytest.raises(InputError, match=r"table since can't be evidence for 2023/24"):
        finding.verdict("", about_twice=(later,))


def monthly(first: str, months: int) -> pd.DataFrame:
    table = pd.DataFrame({"month": pd.period_range(first, periods=months, freq="M")})
    table = table.assign(area_code=BARNET, offence="possession", offences=1)
    table.attrs = {"source": "mps_borough_crime"}
    return table


@pytest.mark.parametrize(
    ("months", "periods"),
    [
        (12, []),  # The year assessed and nothing else.
        (18, ["October 2023 to September 2024"]),
        (24, ["2024/25"]),  # Twelve months that are a financial year are said once.
        (25, ["2024/25", "May 2024 to April 2025"]),
    ],
)
def test_whole_years_then_the_latest_twelve_months(months, periods):
    found = after_year(monthly("2023-04", months), "2023/24", by=["offence"])
    assert found["period"].to_list() == periods
    assert set(found["offences"]) <= {12}


def test_eleven_months_are_not_a_year():
    assert after_year(monthly("2023-06", 11), "2023/24", by=["offence"]).empty
