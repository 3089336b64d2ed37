"""Schools, DrinkCoach, licensed premises, admissions.

The scale is that of the 2024 update: 28 schools in 2023/24, referrals from universal education
doubled and from alternative education up by a third; DrinkCoach with peaks in January and in
Alcohol Awareness Week (July in 2023 and 2024). The borough has 10.9 premises licences per km2,
which is about 945 on its 86.7 km2.
"""

from sections.chance import Counts, chance_of, is_month, months, spread, year_of
from sections.twice import Series, sent_twice
from sections.wards import BARNET
from sections.writing import Made

AREA, CODE = "Barnet", "E09000003"
YEARS = ("2022/23", "2023/24", "2024/25")


def files() -> list[Made]:
    """Every file of the section."""
    return [_schools(), *_drinkcoach(), _premises(), _admissions()]


def _schools() -> Made:
    header = [
        "Financial year",
        "Borough",
        "Setting",
        "Schools worked with",
        "Schools in the borough",
        "Referrals",
    ]
    counts = {
        "Universal education": ((17, 131, 13), (22, 131, 26), (25, 132, 29)),
        "Alternative education": ((5, 9, 15), (6, 9, 20), (6, 9, 21)),
    }
    rows = [
        [year, AREA, setting, *map(str, counts[setting][place])]
        for place, year in enumerate(YEARS)
        for setting in counts
    ]
    return Made("schools", "2025-05-31", [header, *rows], YEARS[0], YEARS[-1])


def _campaign(month: str) -> float:
    return 4.0 if is_month(month, 1) else 1.8 if is_month(month, 7) else 1.0


def _drinkcoach() -> list[Made]:
    tests = _years("tests", dict(zip(YEARS, (246, 281, 304), strict=True)))
    sessions = _years("sessions", dict(zip(YEARS, (41, 52, 58), strict=True)))

    def rows(held: Series) -> list[list[str]]:
        return [
            [month, AREA, str(n), str(held["sessions"][month])]
            for month, n in held["tests"].items()
        ]

    header = ["Month", "Local authority", "Online alcohol tests", "Coaching sessions"]
    return sent_twice("drinkcoach", header, {"tests": tests, "sessions": sessions}, rows)


def _years(name: str, totals: dict[str, int]) -> Counts:
    chance = chance_of(f"DrinkCoach {name}")
    counts: Counts = {}
    for year, total in totals.items():
        over = [m for m in months("2022-04", "2025-03") if year_of(m) == year]
        counts |= spread(total, over, chance, _campaign)
    return counts


def _premises() -> Made:
    header = [
        "Financial year",
        "Ward code",
        "Ward",
        "Borough code",
        "Premises licensed to sell alcohol",
    ]
    chance = chance_of("premises")
    weights = {code: chance.uniform(0.4, 2.0) for code in BARNET}
    totals = dict(zip(YEARS, (948, 945, 939), strict=True))
    rows = []
    for year, total in totals.items():
        counts = spread(total, list(BARNET), chance_of("premises dealt out"), weights.__getitem__)
        rows += [[year, code, BARNET[code], CODE, str(n)] for code, n in counts.items()]
    return Made("licensed_premises", "2025-05-31", [header, *rows], YEARS[0], YEARS[-1])


def _admissions() -> Made:
    header = ["Financial year", "Ward code", "Ward", "Borough code", "Alcohol-specific admissions"]
    chance = chance_of("admissions")
    weights = {code: chance.uniform(0.15, 1.8) for code in BARNET}
    rows = []
    for year, total in dict(zip(YEARS, (478, 502, 491), strict=True)).items():
        counts = spread(total, list(BARNET), chance, weights.__getitem__)
        rows += [[year, code, BARNET[code], CODE, str(n)] for code, n in counts.items()]
    return Made("alcohol_admissions_ward", "2025-06-30", [header, *rows], YEARS[0], YEARS[-1])
