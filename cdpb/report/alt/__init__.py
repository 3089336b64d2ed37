"""What a drawing shows, in words with numbers, for whoever can't see it.

Every sentence is made from published values; what is withheld is counted, never described.
"""

from cdpb.report.alt.areas import alt_map, alt_ranked, alt_scatter
from cdpb.report.alt.funnel import alt_funnel
from cdpb.report.alt.years import alt_dots, alt_months, alt_multiples, alt_series

__all__ = [
    "alt_dots",
    "alt_funnel",
    "alt_map",
    "alt_months",
    "alt_multiples",
    "alt_ranked",
    "alt_scatter",
    "alt_series",
]
