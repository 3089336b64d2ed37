"""Charts and maps of published tables, each drawn for a wide screen and for a phone."""

# Each with its module in this room, which is imported, and matplotlib with it,
# when one is drawn.
KINDS = {
    "ranked": "ranked.Ranked",
    "map": "ward_map.WardMap",
    "funnel": "funnel.Funnel",
    "scatter": "scatter.Scatter",
    "months": "months.Months",
    "panels": "multiples.Panels",
    "series": "series.Series",
    "dots": "dots.Dots",
    "ratios": "dots.Ratios",
    "need": "need.Need",
    "strips": "strips.Strips",
}
# The module of each, by its full name.
MODULES = {kind: f"{__name__}.{drawn.partition('.')[0]}" for kind, drawn in KINDS.items()}
