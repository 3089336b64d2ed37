"""A strip sets a borough among all of them, and names those that its board knows."""

import csv
from itertools import combinations

import pandas as pd
import pytest

from cdpb.areas import boroughs, neighbours
from cdpb.report.charts.strips import Strips
from cdpb.sentences import place_among, places_title
from cdpb.statistics.places import among_boroughs
from tests.support.drawn import box, labels, published, words
from tests.support.project import CHECKOUT

BARNET, CAMDEN, HARINGEY = "E09000003", "E09000007", "E09000014"
PLACES = """
    measure area_code area_name      value from_lowest from_highest out_of
    Crime   E09000002 Barking         20.0           4            2      5
    Crime   E09000003 Barnet           5.3           1            5      5
    Crime   E09000007 Camden           5.4           2            4      5
    Crime   E09000014 Haringey         5.5           3            3      5
    Crime   E09000033 Westminster     21.0           5            1      5
    Drugs   E09000002 Barking          1.0           1            4      4
    Drugs   E09000003 Barnet           9.0           4            1      4
    Drugs   E09000007 Camden             -           -            -      4
    Drugs   E09000014 Haringey         2.0           2            3      4
    Drugs   E09000033 Westminster      3.0           3            2      4
"""
OPTIONS = {"focus": BARNET, "named": (CAMDEN, HARINGEY)}
sizes = pytest.mark.parametrize("size", ["wide", "narrow"])


def strips() -> Strips:
    return Strips(**OPTIONS)


@sizes
def test_no_label_leaves_the_picture_or_covers_another(size):
    """Three boroughs within two tenths of each other are named one beside the other."""
    text = getattr(strips().draw(published(PLACES)), size)
    _, _, width, height = box(text)
    found = labels(text)
    for each in found:
        assert -1 <= each.left <= each.right <= width + 1, each
        assert 0 <= each.top <= each.bottom <= height, each
    assert not any(first.covers(second) for first, second in combinations(found, 2))


def test_the_area_and_its_neighbours_are_named_with_their_values():
    told = words(strips().draw(published(PLACES)).wide)
    assert {"Barnet 5.3", "Camden 5.4", "Haringey 5.5", "Barnet 9.0"} <= set(told)
    assert not [each for each in told if each.startswith(("Westminster", "Barking"))]


def test_the_description_gives_the_ends_and_the_area_s_place_with_its_direction():
    said = strips().describe(published(PLACES))
    assert said == (
        "Crime: lowest in Barnet, 5.3; highest in Westminster, 21.0; Haringey, 5.5; Camden, 5.4; "
        "Barnet, 5.3 (lowest of 5). Drugs: lowest in Barking, 1.0; highest in Barnet, 9.0; "
        "Barnet, 9.0 (highest of 4); Haringey, 2.0."
    )


@pytest.mark.parametrize(
    ("low", "high", "of", "said"),
    [
        (13, 20, 32, "13th lowest of 32"), (30, 3, 32, "3rd highest of 32"),
        (1, 32, 32, "lowest of 32"), (2, 2, 3, "2nd lowest of 3"),
    ],
)  # fmt: skip
def test_a_place_is_told_from_the_end_that_is_nearer(low, high, of, said):
    row = {"from_lowest": low, "from_highest": high, "out_of": of}
    assert place_among(row) == said


def test_the_title_names_the_measures_that_come_nearest_to_either_end():
    assert places_title(published(PLACES), BARNET, "Barnet") == (
        "Among London's boroughs, Barnet is lowest of 5 for crime and highest of 4 for drugs"
    )
    assert places_title(published(PLACES), "E09000009", "Ealing") == ""


def test_neighbours_are_those_of_the_same_part_of_london():
    """Barnet's are the four others of North Central London; nobody is its own neighbour."""
    names = boroughs().set_index("area_code")["area_name"]
    assert sorted(names[list(neighbours(BARNET))]) == ["Camden", "Enfield", "Haringey", "Islington"]
    assert BARNET in neighbours(CAMDEN)
    for code in names.index:
        assert code not in neighbours(code)
        assert all(code in neighbours(other) for other in neighbours(code))


def test_the_city_is_nobody_s_neighbour():
    """It has another police force, and is in no file of boroughs here."""
    assert all("E09000001" not in neighbours(code) for code in boroughs()["area_code"])


def test_a_borough_s_place_is_counted_among_those_that_have_a_value():
    table = pd.DataFrame({"area_code": [BARNET, CAMDEN, HARINGEY], "value": [2.0, 1.0, None]})
    table.attrs = {"source": "exclusions"}
    found = among_boroughs({"Crime": table}, boroughs()).set_index("area_code")
    shown = ["value", "from_lowest", "from_highest", "out_of"]
    assert found.loc[BARNET, shown].to_list() == [2.0, 2, 1, 2]
    assert found["from_lowest"].notna().sum() == 2
    assert len(found) == 32


def test_the_places_of_published_rates_are_those_counted_by_hand():
    """Barnet has the third highest admissions of under-18s for alcohol, of 32 with a value."""
    (path,) = (CHECKOUT / "data").glob("alcohol_admissions_under_18/*/*.csv")
    rows = [
        (each["area_code"], float(each["rate_per_100000"]))
        for each in csv.DictReader(path.open(encoding="utf-8", newline=""))
        if each["period"] == "2021/22 to 2023/24" and each["rate_per_100000"]
    ]
    own = dict(rows)[BARNET]
    higher = sum(rate > own for code, rate in rows if code.startswith("E09"))
    table = pd.DataFrame(rows, columns=["area_code", "value"])
    table.attrs = {"source": "alcohol_admissions_under_18"}
    found = among_boroughs({"Admissions": table}, boroughs()).set_index("area_code")
    assert found.loc[BARNET, "from_highest"] == higher + 1 == 3
    assert found.loc[BARNET, "out_of"] == 32
