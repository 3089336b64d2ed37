"""Charts of published tables, each drawn for a wide screen and for a phone."""

from cdpb.report.charts.canvas import DrawnTwice
from cdpb.report.charts.dots import dots_with_intervals
from cdpb.report.charts.funnel import draw_funnel
from cdpb.report.charts.months import months
from cdpb.report.charts.multiples import small_multiples
from cdpb.report.charts.need import need_bar
from cdpb.report.charts.ranked import ranked
from cdpb.report.charts.scatter import scatter
from cdpb.report.charts.series import series_with_intervals

__all__ = [
    "DrawnTwice",
    "dots_with_intervals",
    "draw_funnel",
    "months",
    "need_bar",
    "ranked",
    "scatter",
    "series_with_intervals",
    "small_multiples",
]
