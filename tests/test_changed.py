"""What changed since the year before is computed again, by today's method."""

from cdpb.findings import KeyFigure
from cdpb.findings.earlier import earlier, same_parts, year_before
from cdpb.report.changed import figures_moved
from cdpb.statistics.measure import Measure
from cdpb.statistics.part_tests import below, cannot_check


def share(value, year="2021/22", width=1.0) -> Measure:
    limits = (value - width, value + width)
    return Measure(value, *limits, None, 2_000, "%", "Barnet", year, "ndtms_adults", "Wilson")


def test_the_year_before_is_taken_from_the_same_table():
    """Not from what was published then."""
    now, then = share(31.1), share(29.6, "2020/21")
    again = {now: ("2021/22", {"2020/21": then}.__getitem__)}
    assert earlier(now, again) == then


def test_without_a_year_in_its_row_a_measure_has_no_earlier_one():
    assert earlier(share(31.1), {}) is None
    assert year_before("2014") is None


def test_an_earlier_year_that_is_not_held_is_no_zero():
    now, nothing = share(31.1), Measure(None, None, None, None, None, "%", "", "", "", "")
    assert earlier(now, {now: ("2021/22", lambda year: nothing)}) is None


def test_verdicts_are_compared_only_where_every_part_could_be_tested_again():
    """Else a part that lacks last year's figures would look like a change."""
    tested = below(share(20), share(30), id="a")
    untested = cannot_check("not held", id="a")
    assert same_parts((tested,), [tested])
    assert not same_parts((tested,), [untested])
    assert not same_parts((untested,), [untested])


def test_a_figure_stands_beside_its_earlier_one_with_both_intervals():
    figure = KeyFigure("share", "Women", share(31.1))
    (row,) = figures_moved([(figure, share(29.6, "2020/21"))])
    assert row["before"] == "29.6% (28.6% to 30.6%), 2020/21"
    assert row["now"].endswith("2021/22")
    assert row["change"] == "up, intervals overlap"


def test_intervals_that_are_apart_are_said_to_be():
    """That is not a test, and isn't called one."""
    (row,) = figures_moved([(KeyFigure("a", "A", share(40)), share(30))])
    assert row["change"] == "up, intervals apart"
    (row,) = figures_moved([(KeyFigure("a", "A", share(30)), share(30))])
    assert row["change"] == "unchanged"
