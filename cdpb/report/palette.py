"""The colours of our pictures: the Analysis Function's accessible palette.

Turquoise, orange and purple are too pale to be text, and neighbours of the sequence differ by
about two to one only, so every colour here is paired with a shape, a line style or a number.

References
----------
Government Analysis Function (2022), Data visualisation: colours in charts.
"""

CATEGORICAL = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
SEQUENTIAL = ("#092135", "#12436D", "#2073BC", "#6BACE6", "#ADD1F1")
FOCUS, OTHERS = "#12436D", "#BFBFBF"

INK = "#1A1A1A"
SOFT_INK = "#505A5F"
GRID = "#D9D9D9"
PAPER = "#FFFFFF"

MARKERS = ("o", "s", "^", "D")
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))
