"""The ward map: works from the keyboard, in black and white, and hides what is hidden."""

import re
from xml.etree import ElementTree

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely import box as rectangle

from cdpb.errors import InputError
from cdpb.report.charts.ward_map import WardMap
from tests.support.drawn import parts_of, published, references, words
from tests.support.shared import shared

WARDS = """
    ward_code ward_name offences rate_per_1000 lower upper rank comparison
    W1        Ash_Hill        61           5.1   3.9   6.5    2    similar
    W2        Beech          [c]           [c]   [c]   [c]  [c]        [c]
    W3        Cedar            8           0.9   0.4   1.7    3      lower
    W4        Damson          99           9.1   7.4  11.1    1     higher
"""
SITES = pd.DataFrame(
    {
        "site": ["Ash Hill police station", "Cedar prison", "Somewhere"],
        "kind": ["custody", "prison", "custody"],
        "lat": [51.605, 51.615, None],
        "lon": [-0.245, -0.235, None],
        "verified": [False, True, False],
    }
)


def outlines(**more) -> gpd.GeoDataFrame:
    """Four wards in two rows, and one of another borough."""
    codes = ["W1", "W2", "W3", "W4", "X9"]
    corners = [(0, 0), (1, 0), (0, 1), (1, 1), (5, 5)]
    squares = [
        rectangle(-0.25 + x / 50, 51.6 + y / 100, -0.23 + x / 50, 51.61 + y / 100)
        for x, y in corners
    ]
    return gpd.GeoDataFrame({"ward_code": codes}, geometry=squares, crs="EPSG:4326", **more)


def ward_map(text=WARDS, demonstration=False, **options) -> str:
    prefix = options.pop("prefix", "map")
    return WardMap(outlines=outlines(), **options).draw(published(text, demonstration), prefix)


def svg_of(drawn: str) -> str:
    """The map without its key."""
    return drawn.partition("<ul")[0]


def links(drawn: str) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(svg_of(drawn))
    return [element for element in root.iter() if element.tag.endswith("}a")]


def spoken(link: ElementTree.Element) -> str:
    """A link in a drawing is called by its title where nothing else names it."""
    assert "aria-label" not in link.attrib
    return link[0].text if link[0].tag.endswith("}title") else ""


def test_every_ward_is_a_link_with_a_spoken_name():
    """Whoever can't see or point must be able to go through the wards."""
    found = {link.get("href"): spoken(link) for link in links(ward_map())}
    assert found == {
        "#row-W4": "Damson, rank 1, 9.1 per 1,000 residents, higher than London",
        "#row-W1": "Ash Hill, rank 2, 5.1 per 1,000 residents, similar to London",
        "#row-W3": "Cedar, rank 3, 0.9 per 1,000 residents, lower than London",
        "#row-W2": "Beech, [c] withheld to protect people in small numbers",
    }


def test_the_keyboard_goes_by_rank_and_masked_wards_come_last():
    """A place between two others would tell a hidden rate."""
    assert [link.get("href")[-2:] for link in links(ward_map())] == ["W4", "W1", "W3", "W2"]


def test_a_masked_ward_is_hatched_and_has_no_number():
    """A fill would put it in a class."""
    masked = links(ward_map())[-1]
    assert [e.get("fill") for e in masked if e.tag.endswith("path")] == ["url(#map-hatch)"]
    assert [e.text for e in masked if e.tag.endswith("text")] == ["[c]"]


def test_wards_tell_their_rank_without_colour():
    """Board members print in black and white."""
    assert [label for label in words(svg_of(ward_map())) if label.isdigit()] == ["1", "2", "3"]


def test_classes_stay_what_they_are_declared_to_be():
    """Classes made from the data would move with a hidden value."""
    other = WARDS.replace("9.1", "90.1")
    fills = re.compile(r'class="ward" fill="([^"]+)"')
    assert fills.findall(ward_map(other)) == fills.findall(ward_map())


def test_without_a_comparison_the_rate_s_fixed_classes_are_used():
    """A place without a comparator still has a map, and its key says the classes."""
    text = "\n".join(line.rsplit(maxsplit=1)[0] for line in WARDS.strip().splitlines())
    drawn = ward_map(text)
    assert "London" not in drawn
    for words_of_class in ("8 and over", "4 to under 6", "0 to under 2"):
        assert words_of_class in drawn


def test_the_key_is_drawn_and_not_a_background():
    """Browsers print no backgrounds."""
    key = ward_map().partition("<ul")[2]
    for entry in ("Higher than London", "Similar to London", "Lower than London", "[c] withheld"):
        assert f"</svg>{entry}" in key


def test_the_focus_ward_is_named_and_outlined():
    """The finding is about one ward."""
    assert "Cedar" in words(svg_of(ward_map(focus="W3")))
    assert "Cedar" not in words(svg_of(ward_map()))
    assert "named on the map" not in ward_map(focus="elsewhere")


def test_an_unverified_site_says_so():
    """Its place decides which ward is blamed."""
    drawn = ward_map(sites=SITES)
    assert "Ash Hill police station (custody); place approximate, not verified" in drawn
    assert "Cedar prison (prison)<" in drawn
    assert "Somewhere" not in drawn


def test_a_demonstration_says_so_on_the_map():
    """Maps are what is passed on first."""
    assert words(svg_of(ward_map(demonstration=True)))[0] == "DEMONSTRATION"


def test_a_hostile_name_stays_a_name():
    """Names come from files."""
    text = WARDS.replace("Damson", '"><script>x</script>').replace("Beech", "a'b")
    drawn = ward_map(text, focus="W4")
    assert "<script" not in drawn
    assert spoken(links(drawn)[0]).startswith('"><script>x</script>, rank 1')


def test_nothing_published_is_no_map():
    """An empty map would look like a quiet borough."""
    assert ward_map(WARDS.strip().splitlines()[0]) is None


def test_a_ward_without_an_outline_is_named():
    """The outlines are of another year: the map would leave a hole."""
    with pytest.raises(InputError, match=r"no outline for Elder \(W7\)"):
        ward_map(WARDS + "W7 Elder 9 1.0 0.4 1.9 4 lower")


def test_outlines_without_coordinates_are_refused():
    """Degrees drawn as metres stretch London by half."""
    bare = gpd.GeoDataFrame(outlines()[["ward_code", "geometry"]]).set_crs(
        None, allow_override=True
    )
    with pytest.raises(InputError, match="without a coordinate system"):
        WardMap(outlines=bare).draw(published(WARDS))


def test_the_map_is_the_same_from_metres_and_from_degrees():
    """Publishers send either."""
    metres = outlines().to_crs("EPSG:27700")
    assert WardMap(outlines=metres).draw(published(WARDS)) == ward_map()


def test_the_map_fetches_nothing_and_moves_no_id():
    """It stands alone in its page, beside others."""
    drawn = ward_map(focus="W1", sites=SITES, prefix="figure-2")
    assert references(drawn) == []
    assert set(re.findall(r' id="([^"]+)"', drawn)) == {"figure-2-hatch"}
    assert drawn == ward_map(focus="W1", sites=SITES, prefix="figure-2")


@pytest.mark.parametrize(
    ("borough", "wards"), [("E09000003", 24), ("E09000007", 20), ("E09000016", 20)]
)
def test_a_borough_s_map_is_small_and_its_neighbours_keep_their_border(borough, wards):
    """A page may weigh 150 KB; and slivers between wards look like mistakes."""
    every = gpd.read_file(shared("figures", "london_ward_outlines.geojson"))
    of = every[every["borough_code"].eq(borough)].reset_index(drop=True)
    rows = [
        f"{code} {'_'.join(name.split())} 9 {i / 5} {i / 9} {i / 3} {25 - i} lower"
        for i, (code, name) in enumerate(zip(of["ward_code"], of["ward_name"], strict=True), 1)
    ]
    head = WARDS.strip().splitlines()[0]
    focus = of["ward_code"][3]
    drawn = WardMap(outlines=of, focus=focus).draw(published("\n".join([head, *rows])))
    assert len(links(drawn)) == wards
    assert len(drawn) < 30_000
    _no_gaps(drawn)


def _no_gaps(drawn: str) -> None:
    """Every inner border is drawn by two wards, point for point."""
    shapes = [
        shapely.Polygon(parts_of(d)[0]) for d in re.findall(r'class="ward".*? d="([^"z]+)z', drawn)
    ]
    apart = sum(shape.area for shape in shapes) - shapely.union_all(shapes).area
    holes = shapely.get_num_interior_rings(shapely.union_all(shapes))
    assert abs(apart) < 0.001 * sum(shape.area for shape in shapes)
    assert not holes


def test_a_rate_on_few_events_has_a_star():
    """A rank made by eight offences is not like the others; key, voice and alt text say so."""
    marks = ["unstable", "no", "[c]", "yes", "no"]
    lines = zip(WARDS.strip().splitlines(), marks, strict=True)
    few = "\n".join(f"{line} {mark}" for line, mark in lines)
    drawn = ward_map(few)
    assert drawn.count("*</text>") == 2  # The ward and the key.
    cedar = next(link for link in links(drawn) if "Cedar" in spoken(link))
    assert spoken(cedar).endswith("fewer than 10 events, an unstable rate")
    assert "*</text>" not in ward_map()
    assert "Fewer than 10 events, an unstable rate: Cedar." in WardMap(outlines=None).describe(
        published(few)
    )
