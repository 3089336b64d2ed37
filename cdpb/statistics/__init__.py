"""Pure functions on tables: intervals, rates, comparisons, verdicts.

A notebook says ``from cdpb.statistics import crude_rate, compare``, and each is imported with its
module when it is asked for. Statistics know nothing of files, areas or charts.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what a type checker and an editor read; a test holds it against the list below
    from cdpb.statistics.comparison import TippingPoint as TippingPoint
    from cdpb.statistics.comparison import compare as compare
    from cdpb.statistics.comparison import compare_measures as compare_measures
    from cdpb.statistics.comparison import tipping_point as tipping_point
    from cdpb.statistics.comparison import tipping_points as tipping_points
    from cdpb.statistics.intervals import byars_interval as byars_interval
    from cdpb.statistics.intervals import exact_poisson_interval as exact_poisson_interval
    from cdpb.statistics.intervals import odds_of_two_counts as odds_of_two_counts
    from cdpb.statistics.intervals import poisson_interval as poisson_interval
    from cdpb.statistics.intervals import wilson_score_interval as wilson_score_interval
    from cdpb.statistics.measure import Measure as Measure
    from cdpb.statistics.measure import as_measure as as_measure
    from cdpb.statistics.measure import measure_where as measure_where
    from cdpb.statistics.mix import standardised_share as standardised_share
    from cdpb.statistics.need import unmet_need as unmet_need
    from cdpb.statistics.need import with_unmet_need as with_unmet_need
    from cdpb.statistics.need import years_apart as years_apart
    from cdpb.statistics.outliers import Overdispersion as Overdispersion
    from cdpb.statistics.outliers import funnel as funnel
    from cdpb.statistics.outliers import funnel_limits as funnel_limits
    from cdpb.statistics.outliers import overdispersion as overdispersion
    from cdpb.statistics.part_tests import PartResult as PartResult
    from cdpb.statistics.part_tests import above as above
    from cdpb.statistics.part_tests import any_above as any_above
    from cdpb.statistics.part_tests import below as below
    from cdpb.statistics.part_tests import cannot_check as cannot_check
    from cdpb.statistics.part_tests import check_part as check_part
    from cdpb.statistics.part_tests import similar as similar
    from cdpb.statistics.places import change_against_elsewhere as change_against_elsewhere
    from cdpb.statistics.rates import crude_rate as crude_rate
    from cdpb.statistics.rates import proportion as proportion
    from cdpb.statistics.rates import rank_by as rank_by
    from cdpb.statistics.rates import rate_of as rate_of
    from cdpb.statistics.rates import total_by as total_by
    from cdpb.statistics.rates import with_residents as with_residents
    from cdpb.statistics.rates import with_totals as with_totals
    from cdpb.statistics.rates import without as without
    from cdpb.statistics.ratios import rate_ratio as rate_ratio
    from cdpb.statistics.ratios import two_counts as two_counts
    from cdpb.statistics.ratios import two_rates as two_rates
    from cdpb.statistics.shares import share_bounds as share_bounds
    from cdpb.statistics.shares import share_within as share_within
    from cdpb.statistics.shares import shares_of as shares_of
    from cdpb.statistics.trend import recent_trend as recent_trend
    from cdpb.statistics.verdicts import Verdict as Verdict
    from cdpb.statistics.verdicts import verdict as verdict
    from cdpb.statistics.windows import complete_financial_years as complete_financial_years
    from cdpb.statistics.windows import rolling_12_months as rolling_12_months

_NAMES = {
    "comparison": "TippingPoint compare compare_measures tipping_point tipping_points",
    "intervals": "byars_interval exact_poisson_interval odds_of_two_counts poisson_interval "
    "wilson_score_interval",
    "measure": "Measure as_measure measure_where",
    "mix": "standardised_share",
    "need": "unmet_need with_unmet_need years_apart",
    "outliers": "Overdispersion funnel funnel_limits overdispersion",
    "part_tests": "PartResult above any_above below cannot_check check_part similar",
    "places": "change_against_elsewhere",
    "rates": "crude_rate proportion rank_by rate_of total_by with_residents with_totals without",
    "ratios": "rate_ratio two_counts two_rates",
    "shares": "share_bounds share_within shares_of",
    "trend": "recent_trend",
    "verdicts": "Verdict verdict",
    "windows": "complete_financial_years rolling_12_months",
}
MODULES = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = [*MODULES]


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
