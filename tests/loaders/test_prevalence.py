"""Estimates of need, and what keeps illustrative ones apart."""

import pandas as pd
import pytest

from cdpb import loaders as load
from cdpb.build import Build
from cdpb.errors import InputError
from tests.support.project import draw_project, lines_of

ALCOHOL = (
    "PHE_Centre,Local_Authority,Area_Code_GSS,"
    "Alcohol_dependent,Alcohol_lower_CI,Alcohol_upper_CI,Year\n"
)
ENGLAND = (
    "area_code,area_name,year,series,users,lower,upper,ages,rate_per_1000,source_address,note\n"
)
MADE_UP = "data/illustrative"
LOCAL = (
    "Area code,Local authority,Year,Series,Opiate and/or crack users,Lower 95% limit,"
    'Upper 95% limit,Age,"Rate per 1,000"\nE09000003,Barnet,2019/20,A,1800,1600,2100,15-64,7.0\n'
)


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    made = draw_project(tmp_path, monkeypatch)
    made.receive(
        "opiate_crack_england",
        "2023-10-31",
        ENGLAND + "E92000001,England,2019/20,A,341032,,,15-64,9.5,,\n",
    )
    return made


def test_an_interval_that_was_not_published_is_missing(drawn):
    """Estimates to 2014 have none; an interval of 0 to 0 would be a claim."""
    text = (
        ALCOHOL
        + "NA,Barnet,E09000003,3114,NA,NA,2014\nLondon,Barnet,E09000003,3046,2237,4284,2017/18\n"
    )
    drawn.receive("alcohol_dependence", "2019-12-31", text)

    table = load.alcohol_dependence("E09000003").set_index("year")

    assert pd.isna(table.loc["2014", "lower"])
    assert list(table.loc["2017/18", ["dependent_adults", "lower", "upper"]]) == [3046, 2237, 4284]


def test_areas_without_a_gss_code_are_left_out(drawn):
    """Cornwall and Scilly stand as E0999 in some years."""
    text = ALCOHOL + "NA,Cornwall,E0999,1,NA,NA,2014\nNA,Barnet,E09000003,3114,NA,NA,2014\n"
    drawn.receive("alcohol_dependence", "2019-12-31", text)

    assert list(load.alcohol_dependence()["area_code"]) == ["E09000003"]


def test_an_estimate_outside_its_interval_is_refused(drawn):
    """Columns in each other's place look like figures."""
    drawn.receive(
        "alcohol_dependence", "2019-12-31", ALCOHOL + "x,Barnet,E09000003,2000,2237,4284,2017/18\n"
    )

    with pytest.raises(InputError, match="lower exceeds dependent_adults") as error:
        load.alcohol_dependence()

    assert not any("2000" in line for line in lines_of(error))


def test_each_series_stays_itself(drawn):
    """2016/17 was estimated by two methods; the difference is no change in use."""
    text = ENGLAND + "".join(
        f"E92000001,England,2016/17,{series},{users},,,15-64,,,\n"
        for series, users in (("old", 313971), ("new", 324840))
    )
    drawn.receive("opiate_crack_england", "2023-10-31", text)

    table = load.opiate_crack_use("E92000001")

    assert dict(zip(table["series"], table["users"], strict=True)) == {"old": 313971, "new": 324840}


def test_nothing_is_held_for_a_borough(drawn):
    """Local estimates were not received, and none is invented."""
    drawn.receive("opiate_crack_local", "2023-10-31", LOCAL, folder=MADE_UP)

    assert load.opiate_crack_use("E09000003").empty


def test_illustrative_figures_are_refused_outside_a_demonstration(drawn):
    """Asking for them is not enough: what is being built decides, before a file is opened."""
    drawn.receive("opiate_crack_local", "2023-10-31", LOCAL, folder=MADE_UP).write_bytes(b"changed")

    with pytest.raises(InputError, match="illustrative figures, for demonstrations only") as error:
        load.opiate_crack_use("E09000003", demonstration=True)

    assert any("No file was opened" in line for line in lines_of(error))


def test_a_demonstration_marks_what_is_illustrative(drawn, building):
    """The status travels with each figure."""
    drawn.receive("opiate_crack_local", "2023-10-31", LOCAL, folder=MADE_UP)
    building("public", True)

    table = load.opiate_crack_use("E09000003", demonstration=True)

    assert list(table["status"]) == ["illustrative"]
    assert table.attrs["source"] == "opiate_crack_local"


def test_a_demonstration_without_the_illustrative_file_is_no_crash(drawn, building):
    """It may have been deleted to prove that nothing depends on it."""
    building("public", True)

    assert load.opiate_crack_use("E09000003", demonstration=True).empty


def test_a_published_local_table_takes_the_illustrative_ones_place(drawn, building):
    """Receiving it is enough: nothing is edited, and no made-up figure stands beside it."""
    made_up = LOCAL.replace("1800", "1700").replace("2019/20", "2020/21")
    drawn.receive("opiate_crack_local", "2025-10-31", made_up, folder=MADE_UP)
    drawn.receive("opiate_crack_local", "2023-10-31", LOCAL)

    for demonstration in (False, True):
        building("public", demonstration)
        held = load.opiate_crack_use("E09000003", demonstration)
        assert list(held["users"]) == [1800]
        assert list(held["status"]) == ["official"]


@pytest.mark.parametrize("kind", ["internal_only", "restricted"])
def test_a_public_edition_never_opens_a_closed_source(drawn, kind, building):
    """Nothing drawn from it may be shown, so nothing of it is read."""
    path = drawn.data / "sources.yml"
    head, tail = path.read_text(encoding="utf-8").split("  alcohol_dependence:")
    closed = tail.replace("access: public", f"access: {kind}", 1)
    closed = closed.replace("policy: estimate", "policy: under_five_hide", 1)
    path.write_text(f"{head}  alcohol_dependence:{closed}", encoding="utf-8", newline="\n")

    with pytest.raises(InputError, match="may not be used in a public edition") as error:
        load.alcohol_dependence()

    assert any("No file was opened" in line for line in lines_of(error))
    building("partnership")
    assert load.alcohol_dependence().empty


def test_an_edition_is_public_or_partnership():
    """A misspelt edition must not open anything."""
    with pytest.raises(InputError, match="'pubic' is not an edition"):
        Build("pubic")
