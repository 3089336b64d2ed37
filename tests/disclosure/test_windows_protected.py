"""Sums over moving windows: what they count, and what their differences would give away."""

import numpy as np
import pandas as pd
import pytest

from cdpb.disclosure.attack import attack
from cdpb.disclosure.cells import cells_of
from cdpb.disclosure.counted import counted
from cdpb.disclosure.declared import Column, TableDeclaration
from cdpb.disclosure.gate import publish
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.problem import Problem
from cdpb.disclosure.protect import protect, solve
from cdpb.errors import InputError
from cdpb.policies import policy
from tests.support.sampled import sampled

HIDE = policy("under_five_hide")


def declared(*dimensions, window=None, totals=(), name="starts", **more):
    return TableDeclaration(
        id=name, title="Treatment orders", source="probation", dimensions=list(dimensions),
        count="starts", totals=list(totals), window=window, **more,
    )  # fmt: skip


ROLLING = declared("month", "order", window="rolling_12", totals=["order"])


def orders(months=24, seed=1, rates=(0.7, 3.0)):
    """Made up: two treatment orders by month from April 2022, most months of 0 to 6 starts."""
    random = np.random.default_rng(seed)
    held = pd.period_range("2022-04", periods=months, freq="M")
    rows = [
        {"area_code": "E1", "month": month, "order": order, "starts": int(random.poisson(rate))}
        for order, rate in zip(("ATR", "DRR"), rates, strict=True)
        for month in held
    ]
    return pd.DataFrame(rows)


def exposed_months(tables, base, hidden, rule=HIDE):
    """Single periods of 1 to 4, by the integer attack, that a reader knows too well."""
    system = cells_of(tables, base)
    small = Problem(system, rule, 1).small & ~system.published
    found = attack(
        system, system.marked(hidden), hidden_at_least=1, cells=np.flatnonzero(small).tolist()
    )
    return sum(not interval.holds(1, rule.must_reach) for interval in found.values()), len(found)


# What a window counts -------------------------------------------------------------------


def test_a_rolling_year_is_named_by_its_last_month_and_begins_when_twelve_are_held():
    base = orders(months=14).assign(starts=range(28))
    counts = counted(declared("month", "order", window="rolling_12"), base)
    assert list(dict.fromkeys(month for month, _ in counts)) == ["2023-03", "2023-04", "2023-05"]
    assert counts["2023-03", "ATR"] == sum(range(12))
    assert counts["2023-05", "DRR"] == sum(range(16, 28))


def test_a_window_over_a_month_that_is_not_held_has_no_row():
    """Eleven months would be taken for twelve."""
    base = orders(months=26)
    gap = base[base["month"] != pd.Period("2023-07", freq="M")]
    months = {month for month, _ in counted(declared("month", "order", window="rolling_12"), gap)}
    assert months == {"2023-03", "2023-04", "2023-05", "2023-06"}


def test_the_year_to_date_begins_again_in_april():
    base = orders(months=14).assign(starts=1)
    counts = counted(declared("month", window="year_to_date"), base)
    assert [counts[month,] for month in ("2022-04", "2022-12", "2023-03")] == [2, 18, 24]
    assert counts["2023-05",] == 4


def test_three_years_are_named_by_the_last():
    base = pd.DataFrame({"year": ["2020/21", "2021/22", "2022/23", "2023/24"], "starts": 1})
    counts = counted(declared("year", window="years_3"), base)
    assert counts == {("2022/23",): 3, ("2023/24",): 3}


def test_a_filter_by_year_chooses_windows_not_the_months_they_add_up():
    """Twelve months to April 2023 are mostly of the year before."""
    base = orders(months=36)
    everything = counted(ROLLING, base)
    counts = counted(ROLLING.model_copy(update={"filter": {"year": "2023/24"}}), base)
    assert len({month for month, _ in counts}) == 12
    assert counts.items() <= everything.items()


@pytest.mark.parametrize(
    "told",
    [
        declared("order", window="rolling_12"),
        declared("month", window="rolling_12", totals=["month"]),
        declared("month", window="years_3"),
    ],
)
def test_a_table_whose_windows_have_no_name_is_refused(told):
    with pytest.raises(InputError, match="among its dimensions"):
        counted(told, orders())


# What its neighbours give away ----------------------------------------------------------


def test_rolling_sums_published_whole_give_most_small_months_away():
    """Two windows a month apart differ by two months: the rest is adding up."""
    base = orders(months=36, rates=(0.5, 0.5))
    tables = {"t": declared("month", "order", window="rolling_12")}
    system = cells_of(tables, base)
    small_sums = system.keys_of(Problem(system, HIDE, 1).primary)
    exposed, of = exposed_months(tables, base, small_sums)
    assert exposed > of / 2


@pytest.mark.parametrize("window", ["rolling_12", "year_to_date"])
@pytest.mark.parametrize("seed", sampled(range(3), 1))
def test_no_small_month_can_be_worked_out_of_protected_windows(window, seed):
    """Every month of 1 to 4 could still be 1, and could still be 5."""
    base = orders(months=30, seed=seed)
    tables = {"t": declared("month", "order", window=window, totals=["order"])}
    pattern, _, chosen = solve(tables, base, HIDE)
    assert exposed_months(tables, base, pattern.hidden)[0] == 0
    assert not chosen.hidden_whole.any()
    assert pattern.of("t") < set(counted(tables["t"], base))


def test_no_small_year_can_be_worked_out_of_sums_of_three():
    years = [f"{year}/{year - 1999:02d}" for year in range(2012, 2024)]
    base = pd.DataFrame({"year": years, "starts": [3, 9, 0, 4, 8, 1, 6, 0, 2, 7, 5, 1]})
    tables = {"t": declared("year", window="years_3")}
    hidden = protect(tables, base, HIDE).hidden
    assert exposed_months(tables, base, hidden)[0] == 0
    assert exposed_months(tables, base, {"t": frozenset()})[0] > 0


def test_windows_and_years_of_one_source_are_protected_together():
    """Twelve months to March are a financial year: one sum, shown or hidden in both tables."""
    base = orders(months=36, rates=(0.4, 2.0))
    tables = {"rolling": ROLLING, "yearly": declared("year", "order", totals=["order"])}
    pattern = protect(tables, base, HIDE)
    assert exposed_months(tables, base, pattern.hidden)[0] == 0
    for year, march in (("2022/23", "2023-03"), ("2023/24", "2024-03")):
        for order in ("ATR", "DRR", "total"):
            in_rolling = (march, order) in pattern.of("rolling")
            assert in_rolling == ((year, order) in pattern.of("yearly"))


def test_months_published_beside_their_windows_are_protected_with_them():
    base = orders(months=24, rates=(2.0, 4.0))
    tables = {"rolling": ROLLING, "monthly": declared("month", "order")}
    _, system, chosen = solve(tables, base, HIDE)
    found = attack(
        system, chosen.hidden, hidden_at_least=1, cells=np.flatnonzero(chosen.primary).tolist()
    )
    floors = Problem(system, HIDE, 1).floors
    assert all(found[cell].holds(max(1, floors.of(cell).least), 5) for cell in found)


# What no table shows --------------------------------------------------------------------


def test_what_two_filtered_tables_differ_by_is_protected_too():
    """All wards, and the wards of one borough: the other borough's are had by subtraction."""
    base = pd.DataFrame({"borough": ["X", "Y"], "starts": [40, 3]})
    all_ = declared("kind", name="all")
    x = declared("kind", name="x", filter={"borough": "X"})
    pattern = protect([all_, x], base.assign(kind="any"), HIDE)
    assert pattern.of("all") | pattern.of("x")


# Through the gate -----------------------------------------------------------------------


def test_a_rolling_table_goes_through_the_gate():
    base = orders(months=36, rates=(0.4, 2.0))
    counts = counted(ROLLING, base)
    frame = pd.DataFrame(list(counts), columns=["month", "order"]).assign(starts=counts.values())
    frame["month"] = pd.PeriodIndex(frame["month"], freq="M")
    columns = {
        "month": Column(label="Twelve months to", kind="key"),
        "order": Column(label="Order", kind="name"),
        "starts": Column(label="Starts", kind="count"),
    }
    pattern = protect([ROLLING], base, HIDE)
    shown = publish(frame, ROLLING, policy=HIDE, columns=columns, pattern=pattern, base=base)
    hidden = {(str(row["month"]), row["order"]) for row in shown.rows() if row["starts"] is MASKED}
    assert hidden == pattern.of("starts")
    assert 0 < len(hidden) < len(frame) / 2
