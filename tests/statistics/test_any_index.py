"""Columns come with any index: rows that were left out, reordered or named by area."""

import inspect
import pkgutil
from functools import partial
from importlib import import_module

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdpb import statistics
from cdpb.statistics import comparison, intervals, ratios, windows
from cdpb.statistics.comparison import chance_above, compare, stand_above, tipping_points
from cdpb.statistics.outliers import funnel, funnel_limits
from cdpb.statistics.rates import crude_rate, proportion, rank_by, total_by
from cdpb.statistics.ratios import rate_ratio, two_counts
from cdpb.statistics.shares import share_bounds
from cdpb.statistics.treatment import with_unmet_need
from tests.statistics.test_comparison import LONDON

ROWS = 6
INDEXES = (
    pd.Index([1, 2, 3, 4, 5, 6]),
    pd.Index([5, 0, 3, 1, 4, 2]),
    pd.Index([7, 7, 8, 8, 9, 9]),
    pd.Index(["f", "e", "d", "c", "b", "a"]),
    pd.MultiIndex.from_product([["x", "y"], ["2021/22", "2022/23", "2023/24"]]),
)
# Functions of columns, and for how many columns they ask.
OF_COLUMNS = {
    intervals.wilson_score_interval: 2,
    intervals.exact_poisson_interval: 1,
    intervals.byars_interval: 1,
    intervals.poisson_interval: 1,
    intervals.odds_of_two_counts: 2,
    share_bounds: 4,
    rate_ratio: 4,
}
FUNNEL = partial(funnel_limits, LONDON, tau_squared=0.01)
# Each column is no smaller than the one before it, as a whole is no smaller than its part.
COUNTS = st.lists(
    st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=ROWS, max_size=ROWS),
    min_size=4,
    max_size=4,
)


def columns_of(drawn: list[list[int | None]], index: pd.Index) -> list[pd.Series]:
    wide = pd.DataFrame(drawn, dtype="float64").cumsum(skipna=True)
    return [pd.Series(row.astype("Int64").array, index=index) for _, row in wide.iterrows()]


@settings(deadline=None, max_examples=30)
@given(COUNTS, st.sampled_from(INDEXES))
def test_what_is_computed_of_columns_stands_on_their_own_index(drawn, index):
    """A result on another index is set beside the wrong rows, or stops a whole page."""
    plain = columns_of(drawn, pd.RangeIndex(ROWS))
    given_so = columns_of(drawn, index)
    for function, wanted in OF_COLUMNS.items():
        expected = function(*plain[:wanted])
        found = function(*given_so[:wanted])

        assert found.index.equals(index), function.__name__
        pd.testing.assert_frame_equal(found.set_axis(expected.index), expected)
    assert FUNNEL(given_so[3]).index.equals(index)
    for function in (chance_above, stand_above):
        expected, found = (function(*each[:2], LONDON) for each in (plain, given_so))
        pd.testing.assert_series_equal(found, expected.set_axis(index))


def test_every_function_of_columns_is_tried():
    """One that is written tomorrow joins the list."""
    inside = {intervals.aligned, intervals.as_counts, intervals.raise_for_rows}
    tried = {
        *OF_COLUMNS,
        chance_above,
        stand_above,
        comparison.holm,  # By way of stand_above.
        funnel_limits,
        two_counts,
    } | inside
    modules = [import_module(f"cdpb.statistics.{m.name}") for m in pkgutil.iter_modules(
        statistics.__path__)]  # fmt: skip
    taking = {
        function
        for module in modules
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and "Series" in str(list(inspect.signature(function).parameters.values()))
    }
    assert taking - tried == set()


YEARLY = pd.DataFrame(
    {
        "area_code": ["a", "a", "a", "b", "b", "b"],
        "year": ["2021/22", "2022/23", "2023/24"] * 2,
        "area_name": ["A"] * 3 + ["B"] * 3,
        "series": "one",
        "offences": [12, 30, 25, 8, 9, 70],
        "people": [12, 30, 25, 8, 9, 70],
        "residents": [1000, 1000, 1100, 2000, 2000, 2100],
        "in_need": [90, 95, 99, 80, 85, 100],
        "in_need_lower": [80, 85, 89, 70, 75, 90],
        "in_need_upper": [95, 99, 120, 99, 99, 120],
    }
).astype({"offences": "Int64", "people": "Int64"})
MARCHES = pd.DataFrame(
    {
        "month": pd.PeriodIndex(["2021-03", "2022-03", "2023-03", "2024-03"], freq="M"),
        "people": pd.array([40, 44, 50, 60], dtype="Int64"),
        "kind": "all",
    }
)
PLACES = YEARLY[["area_code", "offences", "residents"]].assign(area_code=list("abcdef"))
for each in (YEARLY, MARCHES, PLACES):
    each.attrs["source"] = LONDON.source
OF_TABLES = {
    "crude_rate": (YEARLY, crude_rate),
    "proportion": (YEARLY, lambda table: proportion(table, "people", "in_need")),
    "rank_by": (YEARLY, lambda table: rank_by(table, "offences")),
    "total_by": (YEARLY, lambda table: total_by(table, "area_code")),
    "with_unmet_need": (YEARLY, with_unmet_need),
    "indexed": (YEARLY, ratios.indexed),
    "tipping_points": (PLACES, lambda table: tipping_points(crude_rate(table), LONDON)),
    "compare": (PLACES, lambda table: compare(crude_rate(table), LONDON)),
    "funnel": (PLACES, lambda table: funnel(crude_rate(table), LONDON)),
    "against_year_before": (
        MARCHES,
        lambda table: ratios.against_year_before(table, ["2021/22", "2022/23", "2023/24"]),
    ),
    "in_each_year": (
        MARCHES,
        lambda table: windows.in_each_year(table, ["2021/22", "2023/24"], "kind", "people"),
    ),
}


@pytest.mark.parametrize("name", OF_TABLES)
@pytest.mark.parametrize("hidden", [(), (0,), (1, 2), (0, 1, 2, 3)])
@pytest.mark.parametrize("start", [1, -4])
def test_a_table_says_the_same_whatever_its_index_and_whatever_is_hidden(name, hidden, start):
    """The first year of a return is hidden as often as any other."""
    table, function = OF_TABLES[name]
    counts = [column for column in ("offences", "people") if column in table]
    hidden_rows = table.index.isin(hidden)
    table = table.assign(**{column: table[column].mask(hidden_rows) for column in counts})
    odd = table.set_axis(pd.Index(range(start, start + len(table)))[::-1])

    found = function(odd).reset_index(drop=True)

    pd.testing.assert_frame_equal(found, function(table).reset_index(drop=True), check_like=True)


def test_without_its_first_year_nothing_is_indexed():
    """The next year called 100 would be another index under the same name."""
    hidden = YEARLY.assign(people=YEARLY["people"].mask(YEARLY["year"] == "2021/22"))

    found = ratios.indexed(hidden)

    assert found["indexed"].isna().all()
    assert found["lower"].notna().sum() == 4


def test_a_year_after_a_hidden_one_is_compared_with_its_own_row():
    """The second year of a return with small counts stopped every page that showed it."""
    hidden = MARCHES.assign(people=MARCHES["people"].mask([True, False, False, False]))

    found = ratios.against_year_before(hidden, ["2021/22", "2022/23", "2023/24"])

    assert found["change"].isna().tolist() == [True, False, False]
    assert found["change"].iloc[1] == pytest.approx(100 * (50 / 44 - 1))
