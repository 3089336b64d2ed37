"""Higher, lower, similar; and only like with like."""

from dataclasses import replace

import pytest

from cdpb.errors import InputError
from cdpb.statistics.comparison import compare, compare_measures
from cdpb.statistics.measure import Measure
from cdpb.statistics.rates import crude_rate, proportion, rate_of, total_by
from tests.statistics.test_rates import sourced
from tests.support.tables import table

LONDON = Measure(
    value=4.1,
    lower=4.0,
    upper=4.2,
    numerator=36000,
    denominator=8780000,
    unit="per 1,000 residents",
    label="London wards",
    period="2023/24",
    source="mps_ward_crime",
    method="Poisson limits",
)


def rates(text: str):
    """Drawn rates, as a verb of this package would leave them."""
    drawn = sourced(text)
    drawn.attrs |= {"value": "rate", "unit": LONDON.unit, "period": "2023/24"}
    return drawn


def test_similar_is_a_comparator_within_the_interval_ends_included():
    """The field's rule; at the very end the difference is not yet shown."""
    wards = rates("""
        ward_code  rate  lower  upper
        above       7.9    6.4    9.6
        below       2.5    1.9    3.3
        within      4.5    3.6    5.5
        lower_end   5.0    4.1    6.0
        upper_end   3.3    2.6    4.1
    """)

    found = compare(wards, with_=LONDON)

    assert found["comparison"].tolist() == ["higher", "lower", "similar", "similar", "similar"]
    assert found.attrs["source"] == "mps_ward_crime"


def test_without_an_interval_or_a_comparator_nothing_is_compared():
    """Two bare numbers always differ, and it says nothing."""
    wards = rates("ward_code rate lower upper\nW1 7.9 - -\nW2 - - -")

    assert set(compare(wards, with_=LONDON)["comparison"]) == {"not compared"}
    known = rates("ward_code rate lower upper\nW1 7.9 6.4 9.6")
    nowhere = replace(LONDON, value=None, lower=None, upper=None)
    assert compare(known, with_=nowhere)["comparison"].tolist() == ["not compared"]


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("source", "mps_borough_crime"),
        ("unit", "per 100,000 residents"),
        ("period", "2022/23"),
        ("definition", "offences (offence: possession)"),
        ("series", "2016/17 series"),
    ],
)
def test_unlike_is_not_compared_with_unlike(field, other):
    """Ward against borough file, one year against another, possession against all: refused."""
    here = replace(LONDON, label="Barnet", definition="offences", series="2019/20 series")
    there = replace(here, label="London", **{field: other})

    with pytest.raises(InputError, match=f"the {field} differs") as refused:
        compare_measures(here, there)

    assert other in str(refused.value)


def test_one_offence_is_not_compared_with_all_offences():
    """The table itself tells what it counts, even after it was summed."""
    months = sourced("""
        ward_code  month    offence      offences
        W1         2023-04  possession         30
        W1         2023-04  trafficking        10
    """)
    every = total_by(months, "ward_code").assign(residents=1000)
    some = total_by(months[months["offence"] == "possession"], "ward_code").assign(residents=1000)

    with pytest.raises(InputError, match="the definition differs"):
        compare(crude_rate(some), with_=rate_of(every, "London"))


def test_each_row_can_have_its_own_comparator():
    """Women by substance group, each against England's same group (2021/22)."""
    drawn = table("""
        area_code  substance_group  women  adults
        E09000003  alcohol_only       170     440
        E09000003  opiate             140     605
        E92000001  opiate           38736  140558
        E92000001  alcohol_only     35339   84697
    """)
    drawn.attrs = {"source": "ndtms_adults", "period": "2021/22"}
    shares = proportion(drawn, "women", "adults")
    barnet, england = shares[shares["women"] < 1000], shares[shares["women"] > 1000]

    found = compare(barnet, with_=england, on="substance_group", into="compared_with_england")

    assert found["compared_with_england"].tolist() == ["similar", "lower"]
    with pytest.raises(InputError, match="needs on="):
        compare(barnet, with_=england)


def test_a_row_without_its_comparator_is_not_compared():
    """England has no figure for this group: said, not guessed."""
    ours = rates("group rate lower upper\na 7.9 6.4 9.6\nb 7.9 6.4 9.6")
    theirs = rates("group rate lower upper\na 4.1 4.0 4.2")

    found = compare(ours, with_=theirs, on="group")

    assert found["comparison"].tolist() == ["higher", "not compared"]


def test_measures_are_compared_as_rows_are():
    """The borough in one sentence, the wards in a table: one rule."""
    barnet = replace(LONDON, label="Barnet", value=2.7, lower=2.5, upper=2.9)

    assert compare_measures(barnet, LONDON) == "lower"
