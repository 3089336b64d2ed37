"""Charts of published tables, each drawn for a wide screen and for a phone."""

from cdpb.report.charts.canvas import DrawnTwice
from cdpb.report.charts.dots import Dots, Ratios
from cdpb.report.charts.funnel import Funnel
from cdpb.report.charts.months import Months
from cdpb.report.charts.multiples import Panels
from cdpb.report.charts.need import Need
from cdpb.report.charts.ranked import Ranked
from cdpb.report.charts.scatter import Scatter
from cdpb.report.charts.series import Series

__all__ = [
    "Dots",
    "DrawnTwice",
    "Funnel",
    "Months",
    "Need",
    "Panels",
    "Ranked",
    "Ratios",
    "Scatter",
    "Series",
]
