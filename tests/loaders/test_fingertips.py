"""Fingertips exports: whole areas, whatever stands in the last columns."""

import pandas as pd
import pytest

from cdpb import loaders as load
from cdpb.errors import InputError
from cdpb.loaders.files import clear, log
from tests.support.project import draw_project, lines_of
from tests.support.shared import shared
from tests.support.vintages import INDICATORS

ENGLAND = "E92000001,England"


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    clear()
    return draw_project(tmp_path, monkeypatch)


def row(area="E09000003,Barnet", name="Admissions", category=",", value="512.4", more=",1y"):
    return (
        f"91414,{name},{ENGLAND},{area},UA,Persons,All ages,{category},2022/23,{value},480.1,546.0,"
        f",,1843.5,,,Increasing,Similar,Similar,20220000,,{more}\n"
    )


def header(parent="Column not used", more=",Time period range"):
    return INDICATORS.format(parent=parent, more=more)


def test_nothing_received_is_an_ordinary_state(drawn):
    """No export may be committed, so most pages find none."""
    table = load.fingertips()

    assert table.empty
    assert list(table.columns[:3]) == ["indicator_id", "indicator_name", "area_code"]
    assert load.years_held("fingertips") == []


def test_rows_by_deprivation_are_not_england(drawn):
    """They carry England's code, and would be ten more Englands."""
    decile = row(area=ENGLAND, category="District deprivation,Most deprived decile", value="900")
    drawn.receive("fingertips", "2025-01-31", header() + row(area=ENGLAND) + decile)

    assert list(load.fingertips()["value"]) == [512.4]
    assert "rows of categories within an area" in set(log()["why"])


def test_a_count_may_be_a_fraction_and_a_gap_stays_one(drawn):
    """Modelled counts are not whole; a count that is not published is not 0."""
    drawn.receive("fingertips", "2025-01-31", header() + row())

    table = load.fingertips(91414).iloc[0]

    assert table["count"] == 1843.5
    assert pd.isna(table["denominator"])
    assert table["trend"] == "Increasing"


def test_a_name_with_a_line_break_is_one_name(drawn):
    """The publisher breaks some names in the middle."""
    text = header() + row(name='"Admissions \n  (Broad)"')
    drawn.receive("fingertips", "2025-01-31", text)

    assert list(load.fingertips()["indicator_name"]) == ["Admissions (Broad)"]


@pytest.mark.parametrize(
    "parent",
    [
        "Column not used",
        "Compared to percentiles",
        "Compared to CCGs (from Apr 2021) value or percentiles",
    ],
)
@pytest.mark.parametrize("more", ["", ",Time period range"])
def test_26_or_27_columns_one_of_them_named_after_a_parent(drawn, parent, more):
    """Which it is depends on how the export was asked for."""
    drawn.receive(
        "fingertips", "2025-01-31", header(parent, more) + row(more=",1y" if more else "")
    )

    assert len(load.fingertips()) == 1


def test_an_area_of_two_types_is_listed_once(drawn):
    """The same value under a county and an authority is one value; two values are refused."""
    path = drawn.receive("fingertips", "2025-01-31", header() + row() + row())

    assert len(load.read_file("fingertips", path)) == 1

    path = drawn.receive("fingertips", "2025-01-31", header() + row() + row(value="1"))
    with pytest.raises(InputError, match="two rows are about the same thing"):
        load.read_file("fingertips", path)


def test_text_in_a_number_is_named_with_its_row(drawn):
    """A value that became a remark can't be compared."""
    path = drawn.receive("fingertips", "2025-01-31", header() + row(value="n/a"))

    with pytest.raises(InputError, match="value is not a number") as error:
        load.read_file("fingertips", path)

    assert any("Row 1 below the header" in line for line in lines_of(error))


@pytest.mark.parametrize(
    ("name", "indicator"),
    [
        ("dependent_drinkers_not_in_treatment_93532.csv", 93532),
        ("opiates_not_in_treatment_93517.csv", 93517),
    ],
)
def test_real_exports_are_read(name, indicator):
    """As their publisher serves them: England is there once a year, with limits around it."""
    table = load.read_file("fingertips", shared("real", "fingertips", name))
    england = table[table["area_code"] == "E92000001"]

    assert set(table["indicator_id"]) == {indicator}
    assert england["year"].is_unique
    assert england["lower"].lt(england["value"]).all()
    assert england["value"].lt(england["upper"]).all()
