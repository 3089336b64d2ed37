"""Maps of wards: inline SVG for the page, geopandas for everything else."""

from cdpb.report.maps.drawn import draw_map
from cdpb.report.maps.ward_map import WardMap

__all__ = ["WardMap", "draw_map"]
