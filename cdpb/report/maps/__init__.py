"""Maps of wards: inline SVG for the page, geopandas for everything else."""
