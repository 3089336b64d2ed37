"""Twenty-four tests at once find one by chance, unless all of them are counted."""

from dataclasses import replace
from math import comb, exp

import pandas as pd
import pytest

from cdpb.statistics.comparison import chance_above, stand_above
from tests.statistics.test_comparison import LONDON

# One event expected of each thousand people, so that the chances can be worked out on paper.
ONE = replace(LONDON, numerator=10, denominator=10_000)
HALF = replace(LONDON, numerator=50, denominator=100, unit="%")


def counts(*numbers: int | None) -> pd.Series:
    return pd.Series(numbers, dtype="Int64")


def test_the_chance_of_so_many_events_is_the_poisson_tail():
    """At 1 expected: 5 or more 0.37%, 4 or more 1.90%, 3 or more 8.03%."""
    found = chance_above(counts(0, 3, 4, 5), counts(*[1000] * 4), ONE)

    terms = [exp(-1), exp(-1), exp(-1) / 2, exp(-1) / 6, exp(-1) / 24]
    assert found.tolist() == pytest.approx([1, *(1 - sum(terms[:at]) for at in (3, 4, 5))])
    assert found.round(4).tolist() == [1, 0.0803, 0.0190, 0.0037]


def test_of_a_share_it_is_the_binomial_tail():
    """9 or 10 heads of 10: 11 of 1,024 ways."""
    found = chance_above(counts(9, 10, 0), counts(10, 10, 10), HALF)

    assert found.tolist() == pytest.approx([(comb(10, 9) + 1) / 2**10, 1 / 2**10, 1])


def test_each_chance_is_held_against_those_that_are_left():
    """Of three: 0.37% is below 2.5% / 3, 1.90% is not below 2.5% / 2, though it is below 2.5%."""
    together = stand_above(counts(4, 1, 5), counts(1000, 1000, 1000), ONE)
    alone = stand_above(counts(4), counts(1000), ONE)

    assert together.tolist() == [False, False, True]
    assert alone.tolist() == [True]


def test_nothing_passes_after_the_first_that_fails():
    """The third of three would pass its own bar of 2.5% and is not asked."""
    found = stand_above(counts(4, 4, 4), counts(1000, 1000, 1000), ONE)

    assert found.tolist() == [False, False, False]


def test_a_hidden_count_is_no_test():
    """Of two that are shown the bars are 1.25% and 2.5%, not those of three."""
    found = stand_above(counts(None, 5, 4), counts(1000, 1000, 1000), ONE)

    assert found.tolist() == [False, True, True]
    assert not stand_above(counts(5), counts(1000), replace(ONE, numerator=None)).any()
