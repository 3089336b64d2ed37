"""Pure functions on tables: intervals, rates, comparisons, verdicts.

A notebook says ``from cdpb.statistics import crude_rate, compare``. Statistics know nothing of
files, areas or charts.
"""

from cdpb.statistics.change import change_against_elsewhere
from cdpb.statistics.comparison import compare, compare_measures
from cdpb.statistics.intervals import (
    byars_interval,
    exact_poisson_interval,
    odds_of_two_counts,
    poisson_interval,
    wilson_score_interval,
)
from cdpb.statistics.measure import Measure, as_measure, measure_where
from cdpb.statistics.mix import standardised_share
from cdpb.statistics.outliers import Overdispersion, funnel, funnel_limits, overdispersion
from cdpb.statistics.part_tests import (
    PartResult,
    above,
    any_above,
    below,
    cannot_check,
    check_part,
    similar,
)
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
from cdpb.statistics.shares import share_bounds, share_within, shares_of
from cdpb.statistics.tipping import TippingPoint, tipping_point, tipping_points
from cdpb.statistics.trend import recent_trend
from cdpb.statistics.two_rates import rate_ratio, two_counts, two_rates
from cdpb.statistics.unmet_need import unmet_need, with_unmet_need, years_apart
from cdpb.statistics.verdicts import Verdict, verdict
from cdpb.statistics.windows import complete_financial_years, rolling_12_months

__all__ = [
    "Measure",
    "Overdispersion",
    "PartResult",
    "TippingPoint",
    "Verdict",
    "above",
    "any_above",
    "as_measure",
    "below",
    "byars_interval",
    "cannot_check",
    "change_against_elsewhere",
    "check_part",
    "compare",
    "compare_measures",
    "complete_financial_years",
    "crude_rate",
    "exact_poisson_interval",
    "funnel",
    "funnel_limits",
    "measure_where",
    "odds_of_two_counts",
    "overdispersion",
    "poisson_interval",
    "proportion",
    "rank_by",
    "rate_of",
    "rate_ratio",
    "recent_trend",
    "rolling_12_months",
    "share_bounds",
    "share_within",
    "shares_of",
    "similar",
    "standardised_share",
    "tipping_point",
    "tipping_points",
    "total_by",
    "two_counts",
    "two_rates",
    "unmet_need",
    "verdict",
    "wilson_score_interval",
    "with_residents",
    "with_totals",
    "with_unmet_need",
    "without",
    "years_apart",
]
