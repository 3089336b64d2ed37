"""Charts of published tables, each drawn for a wide screen and for a phone."""

# Each with its module in `cdpb.report`, which is imported, and matplotlib with it,
# when one is drawn.
KINDS = {
    "ranked": "charts.ranked.Ranked",
    "map": "maps.ward_map.WardMap",
    "funnel": "charts.funnel.Funnel",
    "scatter": "charts.scatter.Scatter",
    "months": "charts.months.Months",
    "panels": "charts.multiples.Panels",
    "series": "charts.series.Series",
    "dots": "charts.dots.Dots",
    "ratios": "charts.dots.Ratios",
    "need": "charts.need.Need",
    "strips": "charts.strips.Strips",
}
