"""One group's share of another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdpb.errors import InputError
from cdpb.statistics.shares import share_bounds, share_within, shares_of
from tests.statistics.test_rates import sourced

SEXES = """
    area_code  year     sex    people  lowest  highest
    E09000003  2021/22  all      1465    1463     1467
    E09000003  2021/22  men      1010    1008     1012
    E09000003  2021/22  women     455     453      457
    E92000001  2021/22  all    289215  289215   289215
    E92000001  2021/22  women   94135   94135    94135
"""


def test_womens_share_is_of_all_adults():
    """2021/22: Barnet 31.1%, 28.7 to 33.5; England 32.5%."""
    found = share_within(sourced(SEXES, "ndtms_adults"), part="women", whole="all")

    assert found[["women", "adults"]].values.tolist() == [[455, 1465], [94135, 289215]]
    assert found["percent"].round(1).tolist() == [31.1, 32.5]
    assert found.loc[0, ["lower", "upper"]].round(1).tolist() == [28.7, 33.5]
    assert found.attrs["kinds"] == {"sex": "women of all"}


def test_the_publishers_rounding_leaves_a_share_open_by_this_much():
    """Rounded to 5, 455 of 1,465 may be 453 of 1,467 or 457 of 1,463; England is exact."""
    found = share_within(sourced(SEXES, "ndtms_adults"), part="women", whole="all")

    assert found["lowest_percent"].tolist() == pytest.approx(
        [100 * 453 / 1467, 100 * 94135 / 289215]
    )
    assert found["highest_percent"].tolist() == pytest.approx(
        [100 * 457 / 1463, 100 * 94135 / 289215]
    )


def test_a_share_without_bounds_has_none():
    """Not every publisher rounds."""
    exact = sourced(SEXES, "ndtms_adults").drop(columns=["lowest", "highest"])

    assert "lowest_percent" not in share_within(exact, part="women", whole="all")


def test_a_group_without_its_whole_is_refused():
    """A year that lost its total would silently fall out of the chart."""
    drawn = sourced(SEXES, "ndtms_adults").iloc[1:]

    with pytest.raises(InputError, match="no women or no all"):
        share_within(drawn, part="women", whole="all")


def test_rows_that_differ_in_nothing_are_refused():
    """Two receipts of one year would pair each with each."""
    drawn = sourced(SEXES, "ndtms_adults")
    twice = drawn.assign(year="2021/22").loc[[0, 0, 2]].reset_index(drop=True)

    with pytest.raises(InputError, match="stand twice"):
        share_within(twice, part="women", whole="all")


def test_a_rounded_nothing_may_be_two():
    """A printed 0 means 0 to 2, never "none"; a share is never above 100%."""
    drawn = sourced("few many\n0 2", "ndtms_adults")

    found = share_bounds(drawn["few"], drawn["many"], drawn["few"], drawn["many"])

    assert found.loc[0, "lowest_percent"] == 0
    assert found["highest_percent"].isna().all()
    whole = share_bounds(drawn["many"] + 1, drawn["many"] + 5, drawn["many"] + 1, drawn["many"] + 5)
    assert whole.loc[0, "highest_percent"] == 100


def test_bounds_the_wrong_way_round_are_refused():
    """They would leave no share possible at all."""
    drawn = sourced("few many\n0 2")

    with pytest.raises(InputError, match="exceeds the highest"):
        share_bounds(drawn["many"], drawn["few"], drawn["many"], drawn["many"])


@given(st.integers(3, 500), st.integers(0, 500))
def test_the_true_share_lies_within_its_bounds(women, men):
    """Rounding both to 5 and widening by 2 never loses what was counted."""
    part, whole = (5 * ((count + 2) // 5) for count in (women, women + men))
    drawn = sourced(f"part whole\n{part} {whole}")

    found = share_bounds(
        drawn["part"] - 2, drawn["part"] + 2, drawn["whole"] - 2, drawn["whole"] + 2
    ).loc[0]

    assert found["lowest_percent"] <= 100 * women / (women + men) <= found["highest_percent"]


ROUTES = """
    area_code  year     sex  measure  people  lowest  highest
    E09000003  2020/21  all  started     700     698      702
    E09000003  2020/21  all  health      140     138      142
    E09000003  2021/22  all  started     650     648      652
    E09000003  2021/22  all  health      205     203      207
    E09000003  2021/22  all  justice       0       0        2
"""
NAMES = {"health": "health and social care", "justice": "criminal justice"}


def test_each_route_is_a_share_of_all_who_started():
    """A 0 that was rounded is up to 2, and what was not published has no row."""
    found = shares_of(sourced(ROUTES, "ndtms_adults"), NAMES, whole="started")

    assert found[["year", "route"]].values.tolist() == [
        ["2020/21", "health and social care"],
        ["2021/22", "health and social care"],
        ["2021/22", "criminal justice"],
    ]
    assert found["percent"].round(1).tolist() == [20.0, 31.5, 0.0]
    assert found["highest_percent"].iloc[-1] == pytest.approx(100 * 2 / 648)


def test_an_area_without_figures_has_no_shares():
    """Its page says so; nothing stops."""
    nothing = sourced(ROUTES, "ndtms_adults").query("area_code == 'E09000007'")

    assert shares_of(nothing, NAMES, whole="started").empty
