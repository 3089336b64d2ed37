"""Alt text says what a drawing shows, with its numbers, and no word of what is withheld."""

from types import SimpleNamespace

import pytest

from cdpb.report.charts.dots import Dots
from cdpb.report.charts.funnel import Funnel
from cdpb.report.charts.months import Months
from cdpb.report.charts.multiples import Panels
from cdpb.report.charts.need import Need
from cdpb.report.charts.ranked import Ranked
from cdpb.report.charts.scatter import Scatter
from cdpb.report.charts.series import Series
from cdpb.report.charts.ward_map import WardMap
from tests.report.test_charts import GROUPS, MONTHS, NEED, SHARES, WARDS, YEARS
from tests.support.drawn import london, published

EVERY = {
    "ranked": (Ranked(), WARDS),
    "months": (Months(panel=None), MONTHS),
    "series": (Series(axis=""), SHARES),
    "dots": (Dots(axis=""), GROUPS),
    "multiples": (Panels(), YEARS),
    "map": (WardMap(outlines=None), WARDS),
}


def test_a_ranked_chart_is_its_ends_its_focus_and_its_comparator():
    """What a sighted reader takes from it in one look."""
    assert Ranked(focus="W1", reference=london()).describe(published(WARDS)) == (
        "3 wards ranked by rate per 1,000 residents: highest in Damson, 9.1 (7.4 to 11.1); "
        "lowest in Cedar, 0.9 (0.4 to 1.7); Ash Hill, 5.1 (3.9 to 6.5). "
        "London: 4.1; the interval lies wholly above it for 1 of 3 wards and wholly below it "
        "for 1. "
        "No figure is shown for 2 of 5 wards."
    )


BOROUGHS = """
    area_code area_name residents rate_per_1000 lower upper plain_limits widened_limits tau_squared
    E09000003 Barnet    389340    5.3           5.1   5.5   lower        similar        0.1
    E09000007 Camden    210130    9.1           8.7   9.5   higher       similar        0.1
    E09000033 Brent     339800    [c]           [c]   [c]   [c]          [c]            0.1
"""
OF_BOROUGHS = {"key": "area_code", "label": "area_name"}


@pytest.mark.parametrize(
    "figure",
    [
        Ranked(reference=london(), **OF_BOROUGHS),
        Funnel(reference=london(), **OF_BOROUGHS),
        Scatter(x="residents", value="rate_per_1000", **OF_BOROUGHS),
    ],
)
def test_a_figure_of_boroughs_is_described_as_one_of_boroughs(figure):
    """Nobody who only hears it could tell that the wards were none."""
    said = figure.describe(published(BOROUGHS))
    assert said.startswith("2 boroughs")
    assert "ward" not in said


def test_a_figure_with_london_among_boroughs_is_of_areas():
    said = Ranked(**OF_BOROUGHS).describe(published(BOROUGHS.replace("E09000007", "E12000007")))
    assert said.startswith("2 areas ranked by ")


def test_things_are_called_as_they_are_asked_to_be():
    said = Ranked(things="partnerships", **OF_BOROUGHS).describe(published(BOROUGHS))
    assert said.startswith("2 partnerships ranked by ")


def test_a_series_is_where_its_lines_start_and_end():
    """With the interval of the year that the finding is about."""
    assert Series(axis="women in treatment, %").describe(published(SHARES)) == (
        "Lines over the years, women in treatment, %: "
        "Barnet 26.4% in 2019/20 and 31.1% (28.7 to 33.5) in 2021/22; "
        "England 31.0% in 2019/20 and 32.5% (32.4 to 32.7) in 2021/22. "
        "No figure is shown for 1 of 6 points."
    )


def test_months_are_their_lowest_highest_and_last():
    """And the dates drawn, without a word of what they did."""
    events = [SimpleNamespace(date="2023-05-09", label="Clear, Hold, Build")]
    assert Months(panel=None, events=events).describe(published(MONTHS)) == (
        "Columns by month, April 2023 to July 2023. "
        "Possession: lowest 12 (April 2023), highest 14 (July 2023), latest 14 (July 2023). "
        "Trafficking: lowest 0 (May 2023), highest 5 (July 2023), latest 5 (July 2023). "
        "Dates marked: Clear, Hold, Build, May\N{NO-BREAK SPACE}2023. "
        "No figure is shown for 1 of 6 columns."
    )


def test_a_break_is_told_apart_from_a_date():
    """Whoever can't see the dashed line must not join what it parts."""
    breaks = [SimpleNamespace(month="2020-11", year=None, label="New method")]
    events = [SimpleNamespace(date="2021-06", label="Worker starts")]
    told = Series(axis="", events=events, breaks=breaks).describe(published(SHARES))
    assert "Dates marked: Worker starts, June\N{NO-BREAK SPACE}2021." in told
    assert "The series breaks at: New method, November\N{NO-BREAK SPACE}2020." in told


def test_dots_are_every_number():
    """They are few."""
    assert Dots(axis="").describe(published(GROUPS)) == (
        "Women: opiate: Barnet 23.1% (20.0 to 26.7), England 27.6% (27.3 to 27.8); "
        "alcohol only: Barnet withheld, England 41.7% (41.4 to 42.1)."
    )


def test_a_bar_of_need_is_told_by_area():
    """The same words as for dots, without groups."""
    told = Need(axis="not in treatment").describe(published(NEED))
    assert told == (
        "Not in treatment: Barnet: 86.4% (81.4 to 90.3); England: 82.4% (77.1 to 86.0); "
        "Elsewhere: withheld."
    )


def test_multiples_are_told_panel_by_panel():
    """Year by year, as the columns stand."""
    assert Panels().describe(published(YEARS)) == (
        "Columns for 2022/23 and 2023/24. "
        "Ash Hill: possession 75 and withheld, trafficking 12 and 22; "
        "Beech: possession 58 and 50, trafficking 28 and 32."
    )


def test_a_map_is_told_by_its_classes():
    """Names where they are few, a number where they are many."""
    text = """
        ward_code ward_name rate_per_1000 comparison
        W1        Ash_Hill            5.1    similar
        W2        Beech               [c]        [c]
        W3        Cedar               0.9      lower
        W4        Damson              9.1     higher
    """
    assert WardMap(outlines=None, focus="W4").describe(published(text)) == (
        "Map of 4 wards by rate per 1,000 residents: highest in Damson, 9.1; it is outlined. "
        "Higher than London: Damson; similar to London: Ash Hill; lower than London: Cedar. "
        "No figure is shown for 1 of 4 wards."
    )


@pytest.mark.parametrize("kind", EVERY)
def test_nothing_published_is_nothing_said(kind):
    """A sentence about nothing would be about what is hidden."""
    figure, text = EVERY[kind]
    assert figure.describe(published(text.strip().splitlines()[0])) == ""


def test_a_line_that_turns_is_told_with_its_turn():
    """From 17.6% to 17.7%, which hid a fall to 11.5% and a rise from it."""
    turned = """
        year    area_name percent lower upper
        2009/10 Barnet       17.6  15.0  20.0
        2014/15 Barnet       11.5   9.0  14.0
        2021/22 Barnet       17.7  15.5  20.1
        2009/10 England      20.0  19.9  20.1
        2014/15 England      21.0  20.9  21.1
        2021/22 England      20.5  20.4  20.6
    """
    told = Series(axis="").describe(published(turned))
    assert "Barnet 17.6% in 2009/10, 11.5% in 2014/15 and 17.7% (15.5 to 20.1) in 2021/22" in told
    assert "England 20.0% in 2009/10 and 20.5% (20.4 to 20.6) in 2021/22" in told
