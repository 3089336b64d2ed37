"""What is held, and which months of two files may stand side by side."""

from importlib import import_module

import pandas as pd
import pytest

from cdpb import loaders as load
from cdpb.errors import InputError
from cdpb.loaders.files import Origin, clear, log, record
from cdpb.loaders.registry import LOADERS
from tests.support.project import draw_project

WARD_HEADER = "month,ward_code,possession,trafficking\n"
BOROUGH_HEADER = "month,area_code,area_name,possession,trafficking\n"
ADULTS = "area_code,year,sex,substance_group,in_treatment,new_presentations\n"


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    clear()
    return draw_project(tmp_path, monkeypatch)


def ward_file(first: str, last: str, count: int = 5) -> str:
    months = pd.period_range(first, last, freq="M")
    wards = ("E05013632", "E05013653")
    return WARD_HEADER + "".join(f"{m},{ward},{count},0\n" for m in months for ward in wards)


def borough_file(first: str, last: str, count: int = 6) -> str:
    months = pd.period_range(first, last, freq="M")
    names = (("E09000003", "Barnet"), ("E09000007", "Camden"))
    return BOROUGH_HEADER + "".join(
        f"{m},{code},{name},{count},0\n" for m in months for code, name in names
    )


def test_only_whole_years_are_held(drawn):
    """2022/23 lacks its first month and 2024/25 its last."""
    drawn.receive("mps_ward_crime", "2025-03-31", ward_file("2022-05", "2025-02"))

    assert load.years_held("mps_ward_crime") == ["2023/24"]
    assert len(load.ward_drug_offences(year="2023/24")) == 4 * 12 * 2
    assert load.ward_drug_offences(year="2024/25").empty


def test_older_estimates_of_calendar_years_come_first(drawn):
    """2014 is before 2015/16, whichever way it is written."""
    header = "area_code,area_name,year,dependent_adults,lower,upper\n"
    rows = "E09000003,Barnet,2017/18,9,,\nE09000003,Barnet,2014,9,,\nE09000003,Barnet,2015/16,9,,\n"
    drawn.receive("alcohol_dependence", "2019-12-31", header + rows)

    assert load.years_held("alcohol_dependence") == ["2014", "2015/16", "2017/18"]


def test_years_may_be_asked_for_one_area(drawn):
    """England may be ahead of Barnet."""
    england = "E92000001,2020/21,all,total,9,\nE92000001,2021/22,all,total,9,\n"
    drawn.narrow_treatment_exports()
    drawn.receive(
        "ndtms_adults", "2023-01-31", f"{ADULTS}E09000003,2020/21,all,total,5,\n{england}"
    )

    assert load.years_held("ndtms_adults") == ["2020/21", "2021/22"]
    assert load.years_held("ndtms_adults", "E09000007") == []


def test_a_source_of_which_nothing_came_holds_no_year(drawn):
    """The page then says so; it must not crash."""
    assert load.years_held("mps_ward_crime") == []
    assert load.ward_and_borough_offences().empty
    assert load.receipt_of_month("mps_ward_crime").empty


def test_months_are_asked_of_monthly_sources_alone(drawn):
    """Treatment figures count people once a year."""
    with pytest.raises(InputError, match="is not received by month"):
        load.receipt_of_month("ndtms_adults")


def receive_vintages(drawn) -> None:
    """The situation of the real files: two publications of each, the later wards overlapping."""
    receive = drawn.receive
    early, late = {"vintage_group": "early"}, {"vintage_group": "late"}
    receive("mps_ward_crime", "2023-12-31", ward_file("2023-01", "2023-11", 5), **early)
    receive("mps_ward_crime", "2025-04-30", ward_file("2023-08", "2024-03", 4), **late)
    receive("mps_borough_crime", "2023-12-31", borough_file("2023-01", "2023-11", 6), **early)
    receive("mps_borough_crime", "2025-12-31", borough_file("2023-12", "2024-05", 8), **late)


def test_a_month_matches_when_both_files_are_of_one_state_of_the_records(drawn):
    """Otherwise the difference is revision as much as offences without a ward."""
    receive_vintages(drawn)

    both = load.ward_and_borough_offences().set_index("month")

    assert set(both.loc["2023-09", "vintage_group"]) == {"early"}
    assert set(both.loc["2024-01", "vintage_group"]) == {"late"}
    assert not {pd.Period("2024-04"), pd.Period("2024-05")} & set(both.index)


def test_receipts_without_a_group_match_nothing(drawn):
    """Nobody has said that they belong together."""
    drawn.receive("mps_ward_crime", "2023-12-31", ward_file("2023-01", "2023-03"))
    drawn.receive("mps_borough_crime", "2023-12-31", borough_file("2023-01", "2023-03"))

    assert load.ward_and_borough_offences().empty


def test_wards_and_borough_stand_side_by_side_from_the_matching_pair(drawn):
    """Also where a newer ward file has replaced the one that matches."""
    receive_vintages(drawn)

    both = load.ward_and_borough_offences("E09000003")
    possession = both[both["offence"] == "possession"].set_index("month")

    assert tuple(possession.loc["2023-09", ["in_wards", "in_borough"]]) == (5, 6)
    assert tuple(possession.loc["2024-02", ["in_wards", "in_borough"]]) == (4, 8)
    assert both["vintage_group"].unique().tolist() == ["early", "late"]
    assert len(possession) == 11 + 4
    assert both.attrs == {"source": "mps_ward_crime", "denominator_source": "mps_borough_crime"}


def test_the_log_keeps_each_line_once_and_none_about_nothing():
    """It is printed below an analysis, so it must not grow with every cell."""
    clear()
    origin = Origin("mps_ward_crime", "2023-12-31", "file.csv")
    record(origin, "read", 10, "rows below the header")
    record(origin, "read", 10, "rows below the header")
    record(origin, "dropped", 0, "blank rows")

    assert list(log().columns) == ["source", "receipt", "file", "what", "rows", "why"]
    assert list(log()["rows"]) == [10]


def test_every_verb_and_every_reader_is_where_it_is_said_to_be():
    """They are named by text, and imported when one is asked for."""
    assert [name for name in load.MODULES if not callable(getattr(load, name))] == []
    for loader in LOADERS.values():
        for name in filter(None, (loader.reader, loader.whole, *loader.verbs)):
            module, _, function = name.partition(".")
            assert callable(getattr(import_module(f"cdpb.loaders.{module}"), function))
        assert not loader.replaces or set(loader.schema.columns)
