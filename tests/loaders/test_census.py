"""Residents by ward and by age."""

from functools import partial

import pytest

from cdpb import loaders as load
from cdpb.errors import InputError
from tests.support.project import draw_project, lines_of

read_ages = partial(load.read_file, "census_2021_age")
read_wards = partial(load.read_file, "census_2021_wards")
BANDS = [f"{low}-{low + 4}" for low in range(0, 85, 5)] + ["85+"]


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    return draw_project(tmp_path, monkeypatch)


def ages_file(per_band: int = 10) -> str:
    places = [("Barnet", "E09000003"), ("Camden", "E09000007"), ("City of London", "E09000001")]
    places += [("London", "E12000007"), ("England", "E92000001")]
    rows = [f"{n},{c},{18 * per_band},{','.join([str(per_band)] * 18)}" for n, c in places]
    return "\n".join([f"area_name,area_code,all_ages,{','.join(BANDS)}", *rows]) + "\n"


def test_residents_are_handed_out_by_ward(drawn):
    """The denominator says which source it is from, so that it can be named beside a rate."""
    residents = load.ward_residents("E09000003")

    assert list(residents["residents"]) == [12000, 15000, 13000]
    assert residents.attrs["source"] == "census_2021_wards"


def test_totals_and_the_city_are_left_out_of_the_wards(drawn):
    """The City's offences are not in the police file, so its residents must not be either."""
    text = (
        "ward code,ward name,local authority code,local authority name,All usual residents,\n"
        "E09000001,City of London (aggregated),E09000001,City of London,8584.0,\n"
        "E05009288,Aldersgate,E09000001,City of London,1000.0,\n"
        "E05013632,Colindale North,E09000003,Barnet,12758.0,\n"
        ",,,,,\n"
        "TOTAL,,,,22342.0,\n"
    )

    table = read_wards(drawn.write("w.csv", text))

    assert list(table["ward_code"]) == ["E05013632"]
    assert list(table["residents"]) == [12758]


def test_london_is_the_sum_of_its_boroughs_without_the_city(drawn):
    """The comparator's offences and residents must be of the same places."""
    drawn.receive("census_2021_age", "2022-11-30", ages_file())

    residents = load.residents().set_index("area_name")["residents"]

    assert residents["London"] == residents["Barnet"] + residents["Camden"]
    assert "City of London" not in residents


@pytest.mark.parametrize(("ages", "bands"), [("all", 18), ("15-64", 10), ("20+", 14), ("0-4", 1)])
def test_a_range_is_made_of_whole_bands(drawn, ages, bands):
    """Rates of opiate use are per resident aged 15 to 64."""
    drawn.receive("census_2021_age", "2022-11-30", ages_file(per_band=7))

    residents = load.residents("E09000003", ages=ages)

    assert list(residents["residents"]) == [7 * bands]
    assert list(residents["ages"]) == [ages]


@pytest.mark.parametrize("ages", ["18+", "15-63", "16-64", "64-15", "adults", "90+", "-"])
def test_a_range_that_cuts_a_band_is_refused(drawn, ages):
    """Residents aged 18 and over can't be had from five-year bands, and are not guessed."""
    drawn.receive("census_2021_age", "2022-11-30", ages_file())

    with pytest.raises(InputError, match="are not whole five-year bands") as error:
        load.residents(ages=ages)

    lines_of(error)


def test_18_and_over_is_offered_what_can_be_had(drawn):
    """The way out stands in the message."""
    drawn.receive("census_2021_age", "2022-11-30", ages_file())

    with pytest.raises(InputError) as error:
        load.residents(ages="18+")

    assert any("15+ or 20+" in line for line in lines_of(error))


def test_bands_that_miss_the_total_are_refused(drawn):
    """A band in another's place would move a rate without a trace."""
    text = ages_file().replace("Barnet,E09000003,180", "Barnet,E09000003,280")

    with pytest.raises(InputError, match="don't add up to all ages") as error:
        read_ages(drawn.write("a.csv", text))

    assert any("Barnet" in line for line in lines_of(error))


def test_bands_may_miss_the_total_by_the_publishers_own_changes(drawn):
    """Census tables are changed a little, at random, to protect people."""
    table = read_ages(
        drawn.write(
            "a.csv", ages_file(100).replace("Barnet,E09000003,1800", "Barnet,E09000003,1801")
        )
    )

    assert table["area_name"].nunique() == 3


def test_a_file_of_other_areas_is_refused(drawn):
    """The regions' file looks like the boroughs' and holds none of them."""
    text = ages_file().splitlines()[0] + "\nNorth East,E12000001,18" + ",1" * 18

    with pytest.raises(InputError, match="no London borough and not England") as error:
        read_ages(drawn.write("a.csv", text))

    lines_of(error)


def test_a_ward_that_stands_twice_is_refused(drawn):
    """It would count its residents twice."""
    text = (
        "ward_code,ward_name,borough_code,borough_name,residents\n"
        "E05013632,A,E09000003,Barnet,1\nE05013632,B,E09000003,Barnet,1\n"
    )

    with pytest.raises(InputError, match="two rows are about the same thing") as error:
        read_wards(drawn.write("w.csv", text))

    assert any("E05013632" in line for line in lines_of(error))
