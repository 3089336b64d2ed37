"""A trend is put into words with its years and its ends, or the reason why there is none."""

import re
from dataclasses import replace

import pytest

from cdpb import say
from cdpb.disclosure.declared import Column
from cdpb.sentences import break_sentence, shares_by_place, trend_of, trend_sentence
from findings import criminal_justice_pathways as justice
from findings import deaths_and_harm_reduction as deaths
from findings import drinkcoach
from findings import possession_and_trafficking as trafficking
from findings import unmet_treatment_need as unmet_need
from findings import women_in_treatment as women
from tests.support.drawn import published

SHARES = """
    area_code year    percent lower upper
    E1        2017/18    20.0  19.0  21.0
    E1        2018/19    21.0  20.0  22.0
    E1        2019/20    22.0  21.0  23.0
    E1        2020/21    23.0  22.0  24.0
    E1        2021/22    24.0  23.0  25.0
    E2        2021/22    24.0  23.0  25.0
"""


def test_an_increase_is_said_with_its_ends():
    """Both numbers stand in the table beside the sentence."""
    assert trend_sentence(published(SHARES), "the share", area_code="E1") == (
        "The share increased over the five years 2017/18 to 2021/22, from 20.0% to 24.0%."
    )


def test_no_trend_is_not_called_stable():
    """No trend shown is not the same as no change."""
    wide = SHARES.replace("23.0  25.0", " 4.0  44.0").replace("19.0  21.0", " 0.0  40.0")
    wide = wide.replace("22.0  24.0", " 3.0  43.0").replace("20.0  22.0", " 1.0  41.0")
    assert trend_sentence(published(wide), "the share", area_code="E1") == (
        "The share shows no trend over the five years 2017/18 to 2021/22: "
        "20.0% in the first and 24.0% in the last."
    )


def test_the_reason_stands_in_place_of_a_trend():
    """One year is no trend, and the reader may know why."""
    assert trend_sentence(published(SHARES), "the share", area_code="E2") == (
        "No five-year trend is calculated for the share: "
        "only 1 of 5 years in a row has a value with an interval."
    )
    hidden = published(SHARES.replace("22.0  21.0  23.0", " [c]   [c]   [c]"))
    assert trend_of(hidden, area_code="E1")["trend"] == "not calculated"


MET = """
    area_name year    percent residents
    Barnet    2010/11    13.6 3042
    England   2010/11    20.0 580974
    Barnet    2013/14    22.0 3095
    England   2013/14    20.2 596394
    Barnet    2018/19    12.8 3043
    England   2018/19    17.6 590579
"""


def test_a_title_says_the_turn_of_each_place():
    """Barnet met a fifth of the need between two years of an eighth, which two ends would hide."""
    assert shares_by_place(published(MET), "Need met", "percent", "residents") == (
        "Need met: Barnet 13.6% in 2010/11, 22.0% in 2013/14 and 12.8% in 2018/19; "
        "England 20.0% in 2010/11 and 17.6% in 2018/19"
    )


def test_a_source_that_broke_is_not_crossed():
    """The police file changed its recording system in February 2024."""
    later = SHARES
    for start in range(21, 16, -1):
        later = later.replace(f"20{start}/{start + 1}", f"20{start + 3}/{start + 4}")
    told = trend_sentence(published(later), "the share", area_code="E1")
    assert "the series breaks in February 2024: CONNECT, a new recording system" in told


def test_years_on_both_sides_of_a_break_are_told():
    """A change of recording must never pass for a change in the world."""
    across = SHARES.replace("2020/21", "2023/24").replace("2021/22", "2024/25")
    assert break_sentence(published(across)) == (
        "The series breaks in February 2024: CONNECT, a new recording system. A change between "
        "2017/18 and 2024/25 may be one of recording."
    )
    assert break_sentence(published(SHARES)) == ""
    change = {"previous_year": "2022/23", "offences": 7}
    described = tuple((name, Column(label=name, kind="name")) for name in change)
    table = replace(published(SHARES), described=described, values=(tuple(change.values()),))
    assert "A change between 2022/23 and 2023/24 may be" in break_sentence(table)
    assert break_sentence(published(across).where(year="2024/25")) == ""


@pytest.mark.parametrize(("first", "parted"), [(2022, True), (2023, True), (2021, False)])
def test_years_to_june_are_told_as_well(first, parted):
    """The break of February 2024 lies within the twelve months to June 2024."""
    before, after = (f"July {year} to June {year + 1}" for year in (first, first + 1))
    change = {"previous_period": before, "period": after}
    described = tuple((name, Column(label=name, kind="name")) for name in change)
    table = replace(published(SHARES), described=described, values=(tuple(change.values()),))
    told = f"A change between {before} and {after} may be one of recording."
    assert break_sentence(table).endswith(told) if parted else break_sentence(table) == ""


def test_nothing_received_says_nothing():
    """An empty sentence is left out of the page."""
    assert trend_sentence(published(SHARES.strip().splitlines()[0]), "the share") == ""
    assert trend_sentence(published(SHARES), "the share", area_code="E3") == ""


TURNS = {
    "a share": lambda of: say.share_over_years(of("percent started"), "started"),
    "women": lambda of: women.shares_title(of("percent adults"), "Barnet"),
    "criminal justice": lambda of: justice.route_title(of("percent started"), "Barnet"),
    "deaths": lambda of: deaths.deaths_title(of("deaths adults"), "Barnet"),
    "not in treatment": lambda of: unmet_need.unmet_series_title(of("percent in_need"), "Barnet"),
    "possession": lambda of: trafficking.ratios_title(of("ratio"), "Barnet"),
    "alcohol alone": lambda of: drinkcoach.alcohol_starts_title(of("started_treatment"), "Barnet"),
}


@pytest.mark.parametrize("title", TURNS)
def test_a_title_of_first_year_and_last_tells_the_turn_between(title):
    """From 17.6% to 17.7%, it read, over a fall to 11.5%."""

    def of(names):
        columns = names.split(" ")
        rows = [
            f"{year} Barnet Barnet " + " ".join([value] + ["2000"] * (len(columns) - 1))
            for year, value in (("2009/10", "40"), ("2014/15", "20"), ("2021/22", "41"))
        ]
        return published("\n".join([f"year area_name place {names}", *rows]))

    told = TURNS[title](of)
    assert told.index("2009/10") < told.index("2014/15") < told.index("2021/22")
    assert re.search(r"\b20(\.0+)?%? in 2014/15", told), told
