"""Charts of published tables, each drawn for a wide screen and for a phone."""

from cdpb.report.charts.canvas import Drawing
from cdpb.report.charts.months import months
from cdpb.report.charts.ranked import ranked

__all__ = ["Drawing", "months", "ranked"]
