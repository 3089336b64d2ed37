"""Places that draw recorded offences to one ward."""

import pytest

from cdpb import loaders as load
from cdpb.errors import InputError
from tests.support.project import draw_project, lines_of

HEADER = "site,kind,ward_code,lat,lon,verified,note\n"
STATION = "Colindale police station,custody,E05013633,51.5935,-0.2498,false,approximate\n"


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    return draw_project(tmp_path, monkeypatch)


def test_a_site_says_whether_its_place_was_checked(drawn):
    """An unverified site is marked as such wherever it is shown."""
    drawn.write("special_sites.csv", HEADER + STATION)

    sites = load.special_sites("E09000003")

    assert list(sites["verified"]) == [False]
    assert list(sites["ward_code"]) == ["E05013633"]
    assert load.special_sites("E09000007").empty


@pytest.mark.parametrize(
    ("old", "new"), [("false", "perhaps"), ("51.5935", "north"), ("51.5935", "-0.2498")]
)
def test_a_site_that_is_not_as_promised_is_refused(drawn, old, new):
    """A place in the sea, or a mark that is neither yes nor no."""
    drawn.write("special_sites.csv", HEADER + STATION.replace(old, new))

    with pytest.raises(InputError, match="special_sites: the table read is not") as error:
        load.special_sites()

    lines_of(error)


def test_a_site_in_no_known_ward_is_refused(drawn):
    """It would be left out of the comparison that it is there for."""
    drawn.write("special_sites.csv", HEADER + STATION.replace("E05013633", "E05000049"))

    with pytest.raises(InputError, match="'Colindale police station' is in no ward") as error:
        load.special_sites()

    lines_of(error)
