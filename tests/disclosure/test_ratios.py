"""Percentages, rates and intervals: what they say of hidden counts, and which can be shown."""

from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cdpb.disclosure.attack import Interval, PublishedShare, Range, attack, counts_that_print
from cdpb.disclosure.cells import cells_of
from cdpb.disclosure.declared import Column, TableDeclaration
from cdpb.disclosure.masking import total_over
from cdpb.disclosure.suppress import suppress
from cdpb.policies import policy
from cdpb.runner.gates.exposed import Figures, disclosive, exposed, ratios_of
from cdpb.statistics.intervals import poisson_interval
from tests.support.random_tables import random_tables
from tests.support.sampled import sampled
from tests.support.tables import table

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
        PublishedShare(
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


# As they were written -------------------------------------------------------------------

COLUMNS = {
    "percent": Column(label="Per cent", kind="percent", of=["sex"]),
    "rate": Column(label="Rate", kind="rate"),
    "upper": Column(label="Upper limit", kind="interval"),
    "known": Column(label="In the census", kind="percent", public=True),
}


def written(derived, rows, *, made_of=("t",), dimensions=("ward", "sex")):
    """What figures in a table without counts say of those of another, to whom sees no count."""
    declared = TableDeclaration(
        id="other", title="Other", source="returns", dimensions=list(dimensions),
        derived=list(derived), made_of=list(made_of),
    )  # fmt: skip
    system = cells_of({"f/t": COUNTS}, BASE)
    figures = Figures("other.csv", declared, COUNTS, "f/t", COLUMNS)
    found, wrong = ratios_of(figures, SimpleNamespace(tables={"other.csv": rows}), system)
    return disclosive(found, np.ones(len(system), dtype=bool)), wrong, system.cells["f/t"]


def of_ward(**figures):
    return [{"ward": "A", "sex": "women", **figures}]


@pytest.mark.parametrize(("text", "decimals"), [("13.04347826086957", 4), ("13.0", 1), ("13", 1)])
def test_a_written_percentage_says_what_it_was_rounded_to(text, decimals):
    """3 of 23 is 13.0435: as fine as the written one is true."""
    (share,), wrong, places = written(["percent"], of_ward(percent=text))
    assert (share.part, share.whole) == (places["A", "women"], places["A", "total"])
    assert (share.decimals, wrong) == (decimals, [])


def test_a_written_percentage_that_is_not_of_its_count_is_named():
    assert written(["percent"], of_ward(percent="87.0"))[:2] == ([], ["percent"])


def test_a_written_rate_or_interval_says_the_count_itself():
    found, _, places = written(["rate", "upper"], of_ward(rate="0.3", upper="0.9"))
    assert set(found) == {Range(places["A", "women"], 3, 3)}


def test_an_interval_of_a_share_says_what_it_is_out_of_too():
    found, _, places = written(["percent", "upper"], of_ward(percent="[x]", upper="32.1"))
    assert set(found) == {Range(places["A", "women"], 3, 3), Range(places["A", "total"], 23, 23)}


@pytest.mark.parametrize(
    "made",
    [
        written(["rate", "upper"], of_ward(rate="[c]", upper="[z]")),
        written(["known"], of_ward(known="13.0")),
        written(["percent"], [{"ward": "A", "percent": "13.0"}], dimensions=["ward"]),
        written(["rate"], of_ward(rate="7.1"), made_of=["t", "premises"]),
    ],
    ids=["markers", "public figures", "several counts together", "another table's rate"],
)
def test_what_is_no_figure_of_these_counts_says_nothing(made):
    assert made[:2] == ([], [])


def shares_that_masking_leaves(tables, system, hidden):
    """Every percentage of a total whose count and total are both shown, to four decimals."""
    for name, declared in tables.items():
        places = system.cells[name]
        for key, of in product(places, declared.totals):
            part, whole = places[key], places[total_over(key, declared, [of])]
            if system.counts[whole] and not hidden[[part, whole]].any():
                percent = 100 * system.counts[part] / system.counts[whole]
                yield PublishedShare(part, whole, round(percent, 4), 4)


@pytest.mark.parametrize("seed", sampled(range(0, 24, 2), 5))
def test_percentages_beside_shown_counts_narrow_nothing_that_is_hidden(seed):
    """So the choice of what to hide need not know of them: masking takes all others along."""
    tables, base = random_tables(seed)
    system = cells_of(tables, base)
    hidden = suppress(system, HIDE).hidden
    shares = list(shares_that_masking_leaves(tables, system, hidden))
    assert shares
    alone = attack(system, hidden, hidden_at_least=1)
    assert attack(system, hidden, hidden_at_least=1, ratios=shares) == alone
