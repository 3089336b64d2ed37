"""Young people and adults by month, mental health, overlapping disadvantages, parents.

The scale is that of the published figures (1,465 adults in treatment in 2021/22) and of the 2024
update: young people rising since March 2023 to the most in many years, adults flat. No month of
July. Of people who begin treatment about seven in ten have a mental health need, and about a fifth
of these are not treated for it, as in England in 2022/23.
"""

from sections.chance import (
    FIRST_OF_SECOND,
    FIRST_RECEIVED,
    LAST_OF_FIRST,
    SECOND_RECEIVED,
    Counts,
    as_first_sent,
    as_sent_again,
    chance_of,
    is_month,
    months,
)
from sections.writing import Made

CODE, AREA = "E09000003", "Barnet"
MONTHS = [month for month in months("2021-04", "2025-03") if not is_month(month, 7)]
JULY = 7
YEARS = ("2022/23", "2023/24", "2024/25")


def files() -> list[Made]:
    """Every file of the section."""
    return [*_young_people(), *_adults(), _mental_health(), _overlap(), _parents()]


def _young_people() -> list[Made]:
    """Falling until February 2023, then rising; the new methodology counts somewhat more."""
    chance = chance_of("young people")
    people: Counts = {}
    for place, month in enumerate(months("2021-04", "2025-03")):
        fallen = 84 - 1.0 * min(place, 23) + (6 if month >= "2022-11" else 0)
        risen = 2.4 * max(0, place - 23)
        people[month] = round(fallen + risen + chance.uniform(-1.5, 1.5))

    def row(month: str, n: int) -> list[str]:
        return [month, CODE, AREA, str(n), "New" if month >= "2022-11" else "Previous"]

    header = [
        "Month",
        "Area code",
        "Area",
        "Young people in treatment (last 12 months)",
        "Methodology",
    ]
    return _twice("young_people_monthly", header, people, row)


def _adults() -> list[Made]:
    chance = chance_of("adults")
    people = {month: round(1_465 + chance.uniform(-18, 18)) for month in MONTHS}

    def row(month: str, n: int) -> list[str]:
        return [month, CODE, AREA, str(n)]

    header = ["Month", "Area code", "Area", "Adults in treatment (last 12 months)"]
    return _twice("adults_monthly", header, people, row)


def _twice(source: str, header: list[str], people: Counts, row) -> list[Made]:
    """Both receipts, without July: there is nothing to revise where nothing is collected."""
    collected = {month: n for month, n in people.items() if not is_month(month, JULY)}
    first = [row(month, n) for month, n in as_first_sent(collected).items()]
    second = [row(month, n) for month, n in as_sent_again(collected).items()]
    begins, ends = min(collected), max(collected)
    return [
        Made(source, FIRST_RECEIVED, [header, *first], begins, LAST_OF_FIRST),
        Made(source, SECOND_RECEIVED, [header, *second], FIRST_OF_SECOND, ends),
    ]


def _mental_health() -> Made:
    header = [
        "Period",
        "Area code",
        "Area",
        "Client group",
        "New presentations",
        "Mental health treatment need identified",
        "Receiving mental health treatment",
    ]
    counts = {
        "Adults": ((742, 527, 416), (758, 549, 439), (751, 556, 450)),
        "Young people": ((41, 17, 13), (58, 25, 19), (74, 33, 26)),
    }
    rows = [
        [year, CODE, AREA, group, *map(str, counts[group][place])]
        for place, year in enumerate(YEARS)
        for group in counts
    ]
    return Made("mental_health_need", "2025-06-30", [header, *rows], YEARS[0], YEARS[-1])


def _overlap() -> Made:
    """Eight combinations a year, each person in one; the rarest ones are small."""
    header = [
        "Period",
        "Local authority",
        "Housing problem",
        "Mental health need",
        "Criminal justice contact",
        "New presentations",
    ]
    combinations = ("NNN", "NYN", "NNY", "NYY", "YNN", "YYN", "YNY", "YYY")
    counts = {
        "2022/23": (142, 318, 45, 66, 25, 109, 3, 34),
        "2023/24": (131, 323, 51, 72, 23, 115, 4, 39),
        "2024/25": (120, 317, 49, 78, 24, 119, 2, 42),
    }
    rows = [
        [year, AREA, *combination, str(n)]
        for year in YEARS
        for combination, n in zip(combinations, counts[year], strict=True)
    ]
    return Made("disadvantage_overlap", "2025-06-30", [header, *rows], YEARS[0], YEARS[-1])


def _parents() -> Made:
    header = [
        "Period",
        "Local authority",
        "Dependence",
        "Adults living with children estimated dependent",
        "Lower 95% limit",
        "Upper 95% limit",
        "Adults living with children in treatment",
    ]
    estimates = {"Alcohol": (608, 447, 856), "Opiates": (262, 214, 327)}
    in_treatment = {"Alcohol": (96, 101, 104), "Opiates": (98, 95, 97)}
    rows = [
        [year, AREA, name, *map(str, estimates[name]), str(in_treatment[name][place])]
        for place, year in enumerate(YEARS)
        for name in estimates
    ]
    return Made("parents_need", "2025-06-30", [header, *rows], YEARS[0], YEARS[-1])
