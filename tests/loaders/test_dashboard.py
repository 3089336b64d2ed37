"""The monthly crime dashboard: three headers, two kinds of area, one count an offence."""

import pytest

from cdpb import loaders as load
from cdpb.errors import InputError
from cdpb.loaders.files import clear, log
from tests.support.project import draw_project

FY_INDEX = (
    "Month_Year,Area Type,Borough_SNT,Area name,Area code,Offence Group,Offence Subgroup,Measure,"
    "Financial Year,FY_FYIndex,Count,Refresh Date\n"
)
SINCE_2026 = (
    "Month_Year,Area Type,Borough_SNT,Area Name,Area Code,offence group,Offence Subgroup,Measure,"
    "Financial Year,Count,Refresh Date\n"
)
CRIME_TYPE = (
    "Month_Year,Area Type,Borough_SNT,Area name,Area code,Crime Type,Crime Subtype,Measure,"
    "Financial Year,FY_FYIndex,Count,Refresh Date\n"
)
BARNET = "Borough,Barnet,Barnet,E09000003"
DRUGS = "Drug Offences,Possession of Drugs"


@pytest.fixture
def drawn(tmp_path, monkeypatch, building):
    clear()
    building("public", True)
    return draw_project(tmp_path, monkeypatch)


def older(place=BARNET, kind=DRUGS, measure="Offences", count="40", month="01/02/2021"):
    return f"{month},{place},{kind},{measure},fy20-21,20-21_11,{count},05/03/2021\n"


def both(**more: str) -> str:
    return older(**more) + older(measure="Positive Outcomes", count="9")


def possession() -> dict[str, int]:
    table = load.crime_dashboard("E09000003")
    shown = table[table["offence"] == "possession"]
    return dict(zip(shown["measure"], shown["count"], strict=True))


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (FY_INDEX, both()),
        (
            SINCE_2026,
            f"2021-02-01,{BARNET},{DRUGS.upper()},Offences,fy20-21,40,2026-09-04\n"
            f"2021-02-01,{BARNET},{DRUGS.upper()},Positive Outcomes,fy20-21,9,2026-09-04\n",
        ),
        (CRIME_TYPE, both().replace("Positive Outcomes", "Outcomes")),
    ],
    ids=["fy_index", "since_2026_09", "crime_type"],
)
def test_every_header_gives_the_same_table(drawn, header, rows):
    """Capitals, a dropped column, ISO dates and older wording change nothing."""
    drawn.receive("mps_dashboard", "2026-09-30", header + rows)

    assert possession() == {"offences": 40, "positive outcomes": 9}
    assert set(load.crime_dashboard()["month"].astype(str)) == {"2021-02"}


def test_neighbourhood_teams_are_not_added_to_their_borough(drawn):
    """Each offence stands under both: added up, there would be twice as many."""
    team = "Safer Neighbourhood Teams,Barnet,Colindale North,E05013632"
    drawn.receive("mps_dashboard", "2024-04-30", FY_INDEX + both() + older(place=team))

    assert possession()["offences"] == 40
    assert any("Safer Neighbourhood Teams" in why for why in log()["why"])


def test_places_that_are_no_borough_are_dropped(drawn):
    """Their code is -1; their offences belong to no area that is assessed."""
    nowhere = older(place="Borough,Other / NK,Other / NK,-1") + older(
        place="Borough,Aviation Policing,Aviation Policing,-1"
    )
    drawn.receive("mps_dashboard", "2024-04-30", FY_INDEX + both() + nowhere)

    assert set(load.crime_dashboard()["area_code"]) == {"E09000003"}
    assert 2 in set(log().loc[log()["why"] == "no borough: code -1", "rows"])


def test_other_offences_are_left_out(drawn):
    """Nine offences in ten are not drug offences."""
    other = older(kind="Burglary,Domestic Burglary", count="300")
    drawn.receive("mps_dashboard", "2024-04-30", FY_INDEX + both() + other)

    assert possession()["offences"] == 40

    drawn.receive("mps_dashboard", "2024-04-30", FY_INDEX + other)
    with pytest.raises(InputError, match="holds no drug offences"):
        load.crime_dashboard()


def test_an_offence_without_a_row_is_0(drawn):
    """The dashboard lists what happened."""
    drawn.receive("mps_dashboard", "2024-04-30", FY_INDEX + both())

    table = load.crime_dashboard()

    assert table.loc[table["offence"] == "trafficking", "count"].tolist() == [0, 0]


def test_a_month_without_any_outcome_is_not_complete(drawn):
    """Filled with 0 it would be a collapse of policing."""
    later = older(month="01/03/2021")
    drawn.receive("mps_dashboard", "2024-04-30", FY_INDEX + both() + later)

    with pytest.raises(InputError, match="has no positive outcomes in 2021-03"):
        load.crime_dashboard()


def test_a_month_can_have_more_outcomes_than_offences(drawn):
    """An outcome is dated by itself, not by its offence, so nothing is refused."""
    rows = older(count="2") + older(measure="Positive Outcomes", count="9")
    drawn.receive("mps_dashboard", "2024-04-30", FY_INDEX + rows)

    assert possession() == {"offences": 2, "positive outcomes": 9}


def test_a_public_page_of_real_figures_has_none(drawn, building):
    """The rows are made up until a file is received."""
    made_up = FY_INDEX + both()
    drawn.receive("mps_dashboard", "2024-04-30", made_up, folder="data/illustrative")
    building("public", False)

    assert load.crime_dashboard().empty
