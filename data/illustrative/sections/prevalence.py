"""Opiate and crack use in Barnet, at England's scale."""

import random

from sections.chance import SEED
from sections.writing import TAKES_ITS_PLACE, Made

HEADER = [
    "Area code",
    "Local authority",
    "Year",
    "Series",
    "Opiate and/or crack users",
    "Lower 95% limit",
    "Upper 95% limit",
    "Age",
    "Rate per 1,000",
]

# The scale is England's published rate per 1,000 residents aged 15 to 64, times Barnet's residents
# of these ages (Census 2021), damped towards what treatment shows: in 2019/20 adults in treatment
# for opiates were 540 in Barnet and 140,599 in England, which is 0.54 of England's rate. Treatment
# reaches some areas better than others, so the damping goes half the way: the square root.
ENGLAND_PER_1000 = {"2016/17": 9.2, "2018/19": 9.4, "2019/20": 9.5}
SERIES = "2016/17 to 2019/20"
BARNET_15_TO_64 = 258_077
ENGLAND_15_TO_64 = 36_249_768
DAMPING = ((540 / BARNET_15_TO_64) / (140_599 / ENGLAND_15_TO_64)) ** 0.5


def files() -> list[Made]:
    """One file."""
    source = "opiate_crack_local"
    rows = [HEADER, *_rows()]
    years = list(ENGLAND_PER_1000)
    return [
        Made(
            *(source, "2023-10-31", rows, years[0], years[-1]),
            precision="month",
            note=TAKES_ITS_PLACE,
        )
    ]


def _rows() -> list[list[str]]:
    """Three years of one series for Barnet, each a little off the scale, with an interval."""
    chance = random.Random(SEED)
    rows = []
    for year, per_1000 in ENGLAND_PER_1000.items():
        rate = per_1000 * DAMPING * chance.uniform(0.97, 1.03)
        users = round(rate * BARNET_15_TO_64 / 1000)
        lower, upper = round(users * 0.88), round(users * 1.17)
        about = ["E09000003", "Barnet", year, SERIES]
        rows.append([*about, str(users), str(lower), str(upper), "15-64", f"{rate:.1f}"])
    return rows
