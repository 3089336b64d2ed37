"""Percentages, rates and intervals: what they say of hidden counts, and which can be shown."""

import pandas as pd
import pytest

from cdpb.declarations import TableDeclaration
from cdpb.disclosure.attack import Interval, attack
from cdpb.disclosure.cells import cells_of
from cdpb.disclosure.policy import policy
from cdpb.disclosure.ratios import Range, Share, counts_that_print
from cdpb.disclosure.suppress import suppress
from cdpb.runner.gates.exposed import exposed
from cdpb.statistics.intervals import poisson_interval
from tests.tables import table

HIDE = policy("under_five_hide")
BASE = table("""
    ward sex   people
    A    women      3
    A    men       20
    B    women     12
    B    men       40
    C    women     50
    C    men       50
""")
COUNTS = TableDeclaration(
    id="t", title="People", source="returns", dimensions=["ward", "sex"], count="people",
    totals=["ward", "sex"],
)  # fmt: skip


def percentages(system, sex="women", decimals=1):
    """The percentage of one sex in each ward, as a table without counts would print it."""
    places = system.cells["t"]
    return [
        Share(
            places[ward, sex], places[ward, "total"],
            round(100 * system.counts[places[ward, sex]] / system.counts[places[ward, "total"]],
                  decimals),
            decimals,
        )
        for ward in "ABC"
    ]  # fmt: skip


def narrowed(system, hidden, ratios):
    """Whether a small count is known more closely than the policy allows."""
    small = [cell for cell in range(len(system)) if HIDE.is_primary(int(system.counts[cell]))]
    found = attack(system, hidden, hidden_at_least=1, cells=small, ratios=ratios)
    return not all(interval.holds(1, HIDE.must_reach) for interval in found.values())


@pytest.mark.parametrize("sex", ["women", "men"])
def test_percentages_beside_protected_counts_give_them_away(sex):
    """Both tables are safe alone; the percentage of the others is 100 less this one."""
    system = cells_of({"t": COUNTS}, BASE)
    alone = suppress(system, HIDE)
    assert not exposed(system, alone.hidden, HIDE, 1).any()
    assert narrowed(system, alone.hidden, percentages(system, sex))


@pytest.mark.parametrize("sex", ["women", "men"])
@pytest.mark.parametrize("decimals", [0, 1])
def test_percentages_protected_together_with_the_counts_do_not(sex, decimals):
    """Those that would narrow a hidden count are hidden; of shown counts all are shown."""
    system = cells_of({"t": COUNTS}, BASE)
    ratios = percentages(system, sex, decimals)
    chosen = suppress(system, HIDE, ratios=ratios)
    shown = [ratio for ratio, told in zip(ratios, chosen.ratios_hidden, strict=True) if not told]
    assert chosen.ratios_hidden.any()
    assert ratios[2] in shown
    assert not narrowed(system, chosen.hidden, shown)


def test_a_percentage_so_coarse_that_it_says_nothing_can_stay():
    """To the nearest hundred per cent, 3 of 23 is none of them, and so would 1 and 5 be."""
    system = cells_of({"t": COUNTS}, BASE)
    chosen = suppress(system, HIDE, ratios=percentages(system, decimals=-2))
    assert not chosen.ratios_hidden.any()


def test_a_rate_over_public_residents_is_its_count():
    """Of 9,000 residents only three people make 0.33 per 1,000."""
    rate = lambda count: f"{1000 * count / 9_000:.2f}"  # noqa: E731
    assert counts_that_print(rate, 3, most=100) == (3, 3)
    system = cells_of({"t": COUNTS}, BASE)
    women = system.cells["t"]["A", "women"]
    told = Range(women, 3, 3)
    chosen = suppress(system, HIDE, ratios=[told])
    assert chosen.ratios_hidden.all()
    found = attack(system, chosen.hidden, hidden_at_least=1, cells=[women], ratios=[told])
    assert found[women] == Interval(3, 3)


def test_a_rate_per_many_residents_leaves_many_counts():
    rate = lambda count: f"{count / 9_000:.3f}"  # noqa: E731
    assert counts_that_print(rate, 3, most=100) == (0, 4)


def test_an_interval_gives_its_count_as_the_rate_does():
    """A reader who knows the residents tries every count until the printed limits agree."""

    def printed(count: int) -> str:
        limits = poisson_interval(pd.Series([count])).iloc[0]
        return f"{limits['lower']:.1f} to {limits['upper']:.1f}"

    assert counts_that_print(printed, 3, most=100) == (3, 3)


def test_a_count_rounded_to_five_is_one_of_five():
    rounded = lambda count: str(5 * ((count + 2) // 5))  # noqa: E731
    assert counts_that_print(rounded, 11, most=100) == (8, 12)
    assert counts_that_print(rounded, 1, most=100) == (0, 2)
    assert counts_that_print(rounded, 11, most=11) == (8, 11)


def test_what_a_ratio_says_is_true_of_the_true_counts():
    system = cells_of({"t": COUNTS}, BASE)
    for ratio in [*percentages(system), Range(0, int(system.counts[0]), int(system.counts[0]))]:
        rows, most = ratio.limits(len(system))
        assert (rows @ system.counts <= most).all()
