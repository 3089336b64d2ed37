"""A new file is known by its header, and a new year needs no code."""

import shlex

import pytest

from cdpb import loaders as load
from cdpb.adding import NotAdded
from cdpb.adding.incoming import recognise
from cdpb.catalogue import check_receipt, receipts, sources
from cdpb.cli import main
from cdpb.errors import InputError
from tests.support.adding import Arrivals, boroughs, wards
from tests.support.project import draw_project, lines_of
from tests.support.vintages import BOROUGH_LAYOUTS, WARD_LAYOUTS


@pytest.fixture
def arrivals(tmp_path, monkeypatch):
    return Arrivals(tmp_path / "downloads", draw_project(tmp_path, monkeypatch))


def problems(error: pytest.ExceptionInfo[NotAdded]) -> str:
    for each in error.value.problems:
        assert len(each.error.lines) <= 8
        assert not any("more lines" in line for line in each.error.lines)
    return "\n".join(str(each.error) for each in error.value.problems)


@pytest.mark.parametrize("layout", BOROUGH_LAYOUTS)
def test_a_borough_file_of_any_vintage_is_recognised_and_gives_its_figures(arrivals, layout):
    """Headers and wording have changed four times since 2018; the figures are the same."""
    added = arrivals.add(arrivals.boroughs(boroughs("2024-04", 24), layout))

    assert added.files[0].source.id == "mps_borough_crime"
    assert layout in added.files[0].layout.split("/")
    table = load.borough_drug_offences(year="2025/26")
    assert table["offences"].sum() == boroughs("2025-04", 12)["offences"].sum()


@pytest.mark.parametrize("layout", WARD_LAYOUTS)
def test_a_ward_file_of_any_vintage_is_recognised_and_gives_its_figures(arrivals, layout):
    """Also where the ward's name and code come first."""
    added = arrivals.add(arrivals.wards(wards("2024-04", 24), layout))

    assert added.files[0].source.id == "mps_ward_crime"
    table = load.ward_drug_offences(year="2024/25")
    assert table["offences"].sum() == wards("2024-04", 12)["offences"].sum()


def test_vintages_may_be_mixed(arrivals):
    """Each year came in the layout of its time, and a year may be made of two."""
    for first, months, layout in (("2022-01", 24, "V2"), ("2023-10", 12, "V3")):
        received = f"{int(first[:4]) + 2}-11-30"
        arrivals.add(
            arrivals.wards(wards(first, months), layout, f"{layout}.csv"), received=received
        )
    arrivals.add(arrivals.wards(wards("2024-10", 18)))

    assert load.years_held("mps_ward_crime") == ["2022/23", "2023/24", "2024/25", "2025/26"]
    table = load.ward_drug_offences(year="2024/25")
    assert table["offences"].sum() == wards("2024-04", 12)["offences"].sum()


def test_the_receipt_says_what_came_and_holds(arrivals):
    """Whoever opens the folder in five years finds when, what and which bytes."""
    path = arrivals.wards(wards("2024-04", 24))

    arrivals.add(path, received="2026-05", provisional=True)

    receipt = receipts("mps_ward_crime")[0]
    check_receipt(receipt)
    assert receipt.received_text == "May 2026"
    assert receipt.provisional
    assert (receipt.periods.first, receipt.periods.last) == ("2024-04", "2026-03")
    assert receipt.files[0].layout == "V4"
    assert receipt.paths[0].read_bytes() == path.read_bytes()


def test_what_was_found_is_said(arrivals):
    """Source, layout, months, wards, what was left out, what is new, and what to do next."""
    both = (arrivals.wards(wards("2024-04", 24)), arrivals.boroughs(boroughs("2024-04", 24)))
    text = arrivals.said(*both)

    assert "mps_ward_crime, layout V4" in text
    assert "2024-04 to 2026-03, 4 wards, 24 months; 192 rows" in text
    assert "dropped 4: other offences" in text
    assert "data/mps_ward_crime/2026-06-20/wards.csv" in text
    assert "complete now: 2025/26 for ward_drug_offences, possession_and_trafficking" in text
    assert "next: cdpb run --year 2024/25 --year 2025/26" in text


def test_a_header_of_no_source_says_what_was_found(arrivals):
    """A stranger's file is not forced into the nearest source."""
    path = arrivals.file("colour,weight,price\n1,2,3\n")

    with pytest.raises(NotAdded) as error:
        arrivals.add(path)

    text = problems(error)
    assert "new.csv: its header is of no source that is known" in text
    assert "'colour', 'weight', 'price'" in text
    assert "--source ID" in text


def test_a_header_that_two_sources_share_is_asked_about(arrivals):
    """Partners' returns can look alike; guessing would put figures under another name."""
    maps = arrivals.project.data / "column_maps"
    (maps / "opiate_crack_local.csv").write_bytes((maps / "opiate_crack_england.csv").read_bytes())
    path = arrivals.file(
        "area_code,area_name,year,series,users,lower,upper,ages,rate_per_1000,source_address,note\n"
        "E92000001,England,2022/23,third,300000,290000,310000,15-64,9,,\n"
    )

    with pytest.raises(NotAdded) as error:
        arrivals.add(path)

    assert "It fits opiate_crack_england, opiate_crack_local." in problems(error)
    assert "cdpb add 'new.csv' --source opiate_crack_england" in problems(error)
    added = arrivals.add(path, source="opiate_crack_england")
    assert added.files[0].source.id == "opiate_crack_england"


def test_the_wrong_source_by_name_is_told(arrivals):
    """The header knows better than the hand."""
    with pytest.raises(NotAdded) as error:
        arrivals.add(arrivals.boroughs(boroughs("2024-04", 12)), source="ndtms_adults")

    assert "It has the header of mps_borough_crime: this is the wrong file." in problems(error)


def test_a_renamed_column_is_one_command_that_the_message_gives(arrivals):
    """What it says is done to the letter, and then the file can be added."""
    text = arrivals.wards(wards("2024-04", 24)).read_text(encoding="utf-8")
    path = arrivals.file(text.replace("WardCode", "Ward GSS code", 1))
    with pytest.raises(NotAdded) as error:
        arrivals.add(path)
    message = problems(error).splitlines()
    place = next(at for at, line in enumerate(message) if "enter it in" in line)
    assert "If 'WardCode' is now 'Ward GSS code'" in message[place]

    command, *arguments = shlex.split(message[place + 1])
    assert (command, main(arguments)) == ("cdpb", 0)

    arrivals.add(path)
    table = load.ward_drug_offences(year="2025/26")
    assert table["offences"].sum() == wards("2025-04", 12)["offences"].sum()


def test_outlines_are_recognised_by_their_properties(arrivals):
    """A ward's outline names its borough too, and is no outline of a borough."""
    shape = '{"type": "Polygon", "coordinates": [[[0, 51.5], [0.1, 51.5], [0.1, 51.6], [0, 51.5]]]}'
    named = '"WD22CD": "E05013632", "WD22NM": "x", "LAD22CD": "E09000003", "LAD22NM": "Barnet"'
    feature = f'{{"type": "Feature", "properties": {{{named}}}, "geometry": {shape}}}'
    content = f'{{"type": "FeatureCollection", "features": [{feature}]}}'
    path = arrivals.file(content, "wards.geojson")

    assert recognise(path) == ("ward_outlines", "WD22")
    arrivals.add(path)
    assert (arrivals.project.root / "shapes/ward_outlines/2026-06-20/wards.geojson").is_file()
    assert len(load.ward_outlines()) == 1


def test_next_years_outlines_need_a_line_each(arrivals):
    """The names of properties carry the year."""
    content = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null, '
        '"properties": {"LAD26CD": "E09000003", "LAD26NM": "Barnet", "GlobalID": "x"}}]}'
    )

    with pytest.raises(InputError) as error:
        recognise(arrivals.file(content, "new.geojson"))

    lines = [line.strip() for line in lines_of(error)]
    assert "enter it in data/column_maps/borough_outlines.csv, 2 commands, first:" in lines[4]
    named = [shlex.split(line)[3:5] for line in lines[5:7]]
    assert named == [["LAD26CD", "borough_code"], ["LAD26NM", "borough_name"]]


def test_every_file_that_is_held_is_recognised_as_what_it_is():
    """No two sources have come in the same header, so none needs to be named."""
    held = [(path, name) for name in sources() for r in receipts(name) for path in r.paths]

    assert len(held) > 10
    assert [path for path, name in held if recognise(path)[0] != name] == []


@pytest.mark.parametrize("name", ["none.csv", "folder"])
def test_what_is_no_file_is_said(arrivals, name):
    """A mistyped name, or a folder in place of its files."""
    (arrivals.folder / "folder").mkdir()

    with pytest.raises(NotAdded) as error:
        arrivals.add(arrivals.folder / name)

    assert f"{name} is no file that can be added" in problems(error)


@pytest.mark.parametrize("received", ["2026-06-21", "2026-07", "2026-6-1", "yesterday", "2026-13"])
def test_a_day_that_can_not_be_is_refused(arrivals, received):
    """A receipt of the future would stand over every other until then."""
    with pytest.raises(InputError) as error:
        arrivals.add(arrivals.wards(wards("2024-04", 24)), received=received)

    assert "Nothing was changed." in lines_of(error)[-1]


TEST_HEADER = "Month,Borough,Custody suite,Test result,Tests"
ONE_ROW = "2024-09,Barnet,Colindale,Positive,7"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", "It is empty."),
        (TEST_HEADER, "It has a header and no rows."),
        (f"{TEST_HEADER}\n{ONE_ROW}\n".replace(",", ";"), "parted by semicolons, not by commas"),
        (f"{TEST_HEADER}\n{ONE_ROW}\n".replace(",", "\t"), "parted by tabs, not by commas"),
        (f"{TEST_HEADER}\n{ONE_ROW}\n{TEST_HEADER}\n", "Row 2 below the header is the header"),
        (f"{TEST_HEADER}\n{ONE_ROW}\n".encode("utf-16"), "It is text saved as UTF-16."),
        (b"PK\x03\x04 and so on", "It is a spreadsheet or a zip file."),
        (b"\x00\x01\x02", "It holds binary data."),
    ],
)
def test_what_is_no_table_says_what_it_is(arrivals, content, found):
    """Half a page of wrong columns helps nobody who only saved a file in another form."""
    path = arrivals.folder / "sent.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)

    with pytest.raises(NotAdded) as error:
        arrivals.add(path)

    assert found in problems(error)
    assert "saved as CSV UTF-8, with commas" in problems(error)


def test_a_byte_order_mark_is_no_part_of_a_header(arrivals):
    """Excel writes one."""
    text = f"\ufeff{TEST_HEADER}\r\n{ONE_ROW}\r\n"

    assert arrivals.add(arrivals.file(text)).files[0].source.id == "custody_tests"
