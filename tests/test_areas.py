"""Areas by name and code, and the file that belongs to one partnership."""

import contextlib
from itertools import product

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdpb import areas
from cdpb.errors import InputError
from tests.support.project import draw_project, lines_of

FILE = """
code: E09000003
name: Barnet
partnership: Barnet Combating Drugs Partnership Board
parameters:
  ward_drug_offences: {focus_ward: E05013632}
statements:
  ward_drug_offences:
    text: Rates are lower than in London.
    made: "2023"
    document: Needs assessment 2023
    parts:
      - {id: below, claim: Lower than London, test: below, reason: One file holds both}
events:
  - {date: "2024-02", label: A worker in custody}
"""


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    return draw_project(tmp_path, monkeypatch)


@pytest.mark.parametrize("text", ["Camden", "camden", " CAMDEN ", "E09000007", "e09000007"])
def test_a_borough_is_found_by_name_and_by_code(text):
    """People type either."""
    assert areas.find_area(text) == areas.Area("E09000007", "Camden")


@pytest.mark.parametrize(
    "text", ["Hammersmith & Fulham", "hammersmith and fulham", "Hammersmith  &  Fulham"]
)
def test_an_ampersand_is_an_and(text):
    """Publishers write both."""
    assert areas.find_area(text).code == "E09000013"


def test_london_and_england_are_areas_too():
    """They stand on the other side of comparisons."""
    assert areas.find_area("London") == areas.LONDON
    assert areas.find_area("E92000001") == areas.ENGLAND


def test_a_misspelt_borough_is_refused_with_the_closest():
    """An eight-line message is all that a mistyped command may cost."""
    with pytest.raises(InputError, match="'Barnett' is not a London borough") as error:
        areas.find_area("Barnett")

    assert any("Closest: Barnet" in line for line in lines_of(error))


def test_the_city_is_refused_with_the_reason():
    """Its offences are in no file here; zeros would be an invention."""
    with pytest.raises(InputError, match="City of London can't be assessed") as error:
        areas.find_area("City of London")

    assert any("City of London Police" in line for line in lines_of(error))


@given(st.text())
def test_whatever_is_typed_is_an_area_or_a_refusal(text):
    """Nothing that is typed can crash the search."""
    with contextlib.suppress(InputError):
        assert areas.find_area(text).code.startswith("E")


def test_there_are_32_boroughs():
    """Without the City of London."""
    boroughs = areas.boroughs()

    assert list(boroughs.columns) == ["area_code", "area_name"]
    assert len(boroughs) == 32
    assert "E09000001" not in set(boroughs["area_code"])


def test_an_area_without_a_file_is_described_and_not_judged():
    """Statements, focus ward and actions are a partnership's own."""
    assert areas.area_file("E09000007") is None


def test_an_area_file_holds_what_belongs_to_a_partnership(drawn):
    """Its actions stand beside it in a table."""
    drawn.write("areas/E09000003.yml", FILE)
    drawn.write("areas/E09000003_actions.csv", "action_no,action\n1,Act\n")

    held = areas.area_file("E09000003")

    assert held is not None
    assert held.parameters["ward_drug_offences"]["focus_ward"] == "E05013632"
    assert held.statements["ward_drug_offences"].parts[0].test == "below"
    assert held.events[0].month == pd.Period("2024-02", freq="M")
    assert held.actions == [{"action_no": "1", "action": "Act"}]
    assert areas.area_codes_with_files() == ["E09000003"]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("partnership:", "partnerschip:", "partnerschip"),
        ("test: below", "test: lower", "statements.ward_drug_offences.parts.0.test"),
        (", reason: One file holds both", "", "reason"),
        ('"2024-02"', '"Spring 2024"', "events.0.date"),
        ("code: E09000003", "code: E09000007", "the file of another area"),
    ],
)
def test_an_area_file_with_a_mistake_is_refused(drawn, old, new, found):
    """A misspelt key would be a statement that is never tested."""
    drawn.write("areas/E09000003.yml", FILE.replace(old, new))

    with pytest.raises(InputError) as error:
        areas.area_file("E09000003")

    lines = lines_of(error)
    assert "data/areas/E09000003.yml" in lines[0]
    assert found in "\n".join(lines)


def test_barnets_file_is_as_declared():
    """The one area file there is."""
    held = areas.area_file("E09000003")

    assert held is not None
    assert held.name == "Barnet"
    assert len(held.actions) == 57


STYLES = {
    "London Borough of Camden": "Camden",
    "london borough  of camden": "Camden",
    "The London Borough of Barnet": "Barnet",
    "Royal Borough of Greenwich": "Greenwich",
    "Royal Borough of Kingston upon Thames": "Kingston upon Thames",
    "City of Westminster": "Westminster",
    "LB Camden": "Camden",
    "LB of Sutton": "Sutton",
    "RB Kensington & Chelsea": "Kensington and Chelsea",
    "Camden Council": "Camden",
    "London Borough of Hammersmith & Fulham": "Hammersmith and Fulham",
}


@pytest.mark.parametrize("styled", STYLES)
def test_a_borough_is_found_as_it_styles_itself(styled):
    """That is how it stands on its letters, and in the files of others."""
    assert areas.find_area(styled).name == STYLES[styled]
    assert areas.borough_code(styled) == areas.find_area(styled).code


@pytest.mark.parametrize(
    "no_name",
    ["London Borough of", "London Borough", "London Council", "Borough of", "Council of the", "LB",
     "Council", "City of", "the", "", " "],
)  # fmt: skip
def test_a_style_without_a_name_is_no_borough(no_name):
    with pytest.raises(InputError):
        areas.find_area(no_name)


BEFORE = ("", "the ", "London Borough of ", "The Royal Borough of ", "Borough of ", "City of ",
          "LB ", "RB of ", "Council of the London Borough of ", "The City of ")  # fmt: skip
AFTER = ("", " Council", " City Council", " Borough Council", " London Borough Council", " LB",
         ", London Borough of", " (London Borough)", " (City)")  # fmt: skip


def test_every_borough_is_found_in_every_style_and_the_city_is_no_other():
    """A style belongs to no list of boroughs: whoever types one is understood for all of them."""
    for name in areas.boroughs()["area_name"]:
        for before, after in product(BEFORE, AFTER):
            assert areas.find_area(f"{before}{name}{after}").name == name
    for styled in ("City of London", "The City of London", "City of London Corporation"):
        assert areas.borough_code(styled) == "E09000001"


def test_a_misspelt_name_is_found_behind_its_style():
    """The style is long, and made every name look far away."""
    with pytest.raises(InputError, match="Closest: Harrow"):
        areas.find_area("The London Borough of Harow")
