"""Pure functions on tables: intervals, rates, comparisons, verdicts.

They know nothing of files, areas or charts, and load a part of SciPy where it is used. What is of
one subject is imported from its module: ``treatment``, ``windows``, ``places``, ``wards``,
``ratios``, ``framework``.
"""
# ruff: noqa: F401

from typing import NoReturn

from cdpb.errors import NoSuchName, closest
from cdpb.statistics.comparison import compare, compare_measures, tipping_points
from cdpb.statistics.intervals import (
    byars_interval,
    exact_poisson_interval,
    odds_of_two_counts,
    poisson_interval,
    wilson_score_interval,
)
from cdpb.statistics.measure import Measure, as_measure, measure_where
from cdpb.statistics.outliers import funnel, funnel_limits
from cdpb.statistics.part_tests import (
    PartResult,
    above,
    any_above,
    below,
    check_part,
    not_checked,
    similar,
)
from cdpb.statistics.places import change_against_elsewhere
from cdpb.statistics.rates import (
    crude_rate,
    proportion,
    rank_by,
    rate_of,
    total_by,
    with_residents,
    with_totals,
    without,
)
from cdpb.statistics.shares import share_bounds, share_within, shares_of, shares_with_totals
from cdpb.statistics.trend import recent_trend
from cdpb.statistics.verdicts import Verdict, verdict
from cdpb.statistics.windows import complete_financial_years, rolling_12_months


def __dir__() -> list[str]:
    own = {name: getattr(each, "__module__", "") for name, each in globals().items()}
    return [name for name, where in own.items() if where.startswith(f"{__name__}.")]


def __getattr__(name: str) -> NoReturn:
    if name.startswith("_"):
        raise AttributeError(name)
    raise NoSuchName(f"module {__name__!r} has no attribute {name!r}.", closest(name, __dir__()))
