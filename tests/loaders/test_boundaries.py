"""Outlines: coordinates are checked, never guessed."""

import json

import pytest

from cdpb import loaders as load
from cdpb.errors import InputError
from cdpb.loaders.boundaries import read_outlines
from tests.support.project import draw_project, lines_of

DEGREES = [[-0.25, 51.59], [-0.24, 51.59], [-0.24, 51.60], [-0.25, 51.60], [-0.25, 51.59]]
# The same corner of Colindale in National Grid metres.
METRES = [[521300, 189300], [522000, 189300], [522000, 190400], [521300, 190400], [521300, 189300]]
NAMES = {"WD22CD": "E05013632", "WD22NM": "Colindale North", "LAD22CD": "E09000003"}


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    return draw_project(tmp_path, monkeypatch)


def feature(ring: list, **names: str) -> dict:
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {**NAMES, **names}, "geometry": shape}


def collection(*features: dict, crs: str = "") -> str:
    content: dict = {"type": "FeatureCollection", "features": list(features)}
    if crs:
        content["crs"] = {"type": "name", "properties": {"name": crs}}
    return json.dumps(content)


@pytest.mark.parametrize("crs", ["", "EPSG:4326", "urn:ogc:def:crs:OGC:1.3:CRS84"])
def test_degrees_are_known_by_their_range(drawn, crs):
    """Most files name no coordinate system."""
    outlines = read_outlines(drawn.write("o.geojson", collection(feature(DEGREES), crs=crs)))

    assert outlines.crs.to_epsg() == 4326
    assert list(outlines["ward_code"]) == ["E05013632"]


@pytest.mark.parametrize("crs", [None, "EPSG:4326", {"properties": None}])
def test_a_system_that_is_not_named_as_the_format_has_it_is_known_by_its_range(drawn, crs):
    """Some programs write null, or the bare name."""
    content = json.dumps({**json.loads(collection(feature(DEGREES))), "crs": crs})
    assert len(read_outlines(drawn.write("o.geojson", content))) == 1


@pytest.mark.parametrize("crs", ["", "urn:ogc:def:crs:EPSG::27700"])
def test_metres_are_turned_into_degrees(drawn, crs):
    """The same outline from a file in National Grid metres lies in the same place."""
    outlines = read_outlines(drawn.write("o.geojson", collection(feature(METRES), crs=crs)))

    centre = outlines.geometry.iloc[0].representative_point()
    assert outlines.crs.to_epsg() == 4326
    assert (round(centre.x, 1), round(centre.y, 1)) == (-0.2, 51.6)


@pytest.mark.parametrize(
    ("ring", "crs"),
    [
        ([[y, x] for x, y in DEGREES], ""),
        (DEGREES, "EPSG:27700"),
        (METRES, "EPSG:4326"),
        ([[x * 111_320, y * 111_320] for x, y in DEGREES], "EPSG:3857"),
        ([[0, 0], [0, 1], [1, 1], [0, 0]], ""),
    ],
)
def test_coordinates_in_no_known_system_are_refused(drawn, ring, crs):
    """Swapped, mislabelled or unknown, they would draw a map of nowhere."""
    path = drawn.write("o.geojson", collection(feature(ring), crs=crs))

    with pytest.raises(InputError, match="in no system that is known here") as error:
        read_outlines(path)

    assert any("EPSG:27700" in line for line in lines_of(error))


def test_degrees_and_metres_in_one_file_are_refused(drawn):
    """No single system fits both."""
    both = collection(feature(DEGREES), feature(METRES, WD22CD="E05013633"))

    with pytest.raises(InputError, match="in no system that is known here"):
        read_outlines(drawn.write("o.geojson", both))


def test_other_authorities_are_left_out(drawn):
    """Files hold the whole country, and other authorities' wards carry later codes."""
    content = collection(
        feature(DEGREES), feature(DEGREES, WD22CD="E05099999", LAD22CD="E07000098")
    )

    assert len(read_outlines(drawn.write("o.geojson", content))) == 1


def test_an_outline_that_stands_twice_is_refused(drawn):
    """It would be joined twice and drawn twice."""
    path = drawn.write("o.geojson", collection(feature(DEGREES), feature(DEGREES)))

    with pytest.raises(InputError, match="empty, no area, or there twice") as error:
        read_outlines(path)

    assert any("E05013632" in line for line in lines_of(error))


def test_names_of_another_year_need_a_column_in_the_map(drawn):
    """Next year's file says WD23CD."""
    ward = {"type": "Feature", "properties": {"WD23CD": "x"}, "geometry": None}

    with pytest.raises(InputError, match="of no layout that ward_outlines is known in") as error:
        read_outlines(drawn.write("o.geojson", collection(ward)))

    assert any("data/column_maps/ward_outlines.csv" in line for line in lines_of(error))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not json",
        "[]",
        "<html>",
        '{"type": "FeatureCollection"}',
        '{"features": {}}',
        '{"features": [1]}',
        '{"features": [{"properties": null, "geometry": null}]}',
    ],
)
def test_a_file_without_outlines_says_so(drawn, content):
    """An address that answers with an error page gives such a file."""
    with pytest.raises(InputError, match="holds no outlines") as error:
        read_outlines(drawn.write("o.geojson", content))

    lines_of(error)


def test_a_ward_comes_with_those_that_share_its_border():
    """A fall in one ward and a rise next door are looked at together."""
    together = load.with_neighbours("E09000003", "E05013632")

    assert together[0] == "E05013632"
    assert "E05013633" in together
    assert len(together) < 24
    assert load.with_neighbours("E09000007", "E05013632") == []
    assert load.with_neighbours("E09000003", None) == []


def test_a_boroughs_own_file_is_used_where_there_is_one(drawn):
    """A map of one borough wants more detail than a map of London."""
    coarse = [feature(DEGREES), feature(DEGREES, WD22CD="E05013653", LAD22CD="E09000007")]
    fine = feature([*DEGREES[:2], [-0.245, 51.595], *DEGREES[2:]])
    for name, content in (("a.geojson", collection(*coarse)), ("b.geojson", collection(fine))):
        drawn.receive("ward_outlines", "2022-12-31", content, name=name, folder="shapes")

    assert len(load.ward_outlines()) == 2
    assert len(load.ward_outlines("E09000003").geometry.iloc[0].exterior.coords) == 6
    assert list(load.ward_outlines("E09000007")["ward_code"]) == ["E05013653"]
    assert load.ward_outlines("E09000007").attrs == {"source": "ward_outlines"}
