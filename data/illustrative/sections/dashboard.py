"""Drug offences and positive outcomes of Barnet, as the monthly crime dashboard lists them.

The scale is that of the published borough file (2022/23 624 possession and 347 trafficking, then
521 and 538, then 506 and 850), dealt out over the months by chance. The share with a positive
outcome is made up. Two layouts: the one with ``FY_FYIndex`` and days first, and that of 2026.
"""

from sections.chance import (
    FIRST_OF_SECOND,
    Counts,
    chance_of,
    day_first,
    even,
    months,
    spread,
    year_of,
)
from sections.wards import BARNET
from sections.writing import Made

MONTHS = months("2022-04", "2025-03")
SOURCE, TEAMS = "mps_dashboard", "Safer Neighbourhood Teams"
OFFENCES = {
    "Possession of Drugs": {"2022/23": 624, "2023/24": 521, "2024/25": 506},
    "Trafficking of Drugs": {"2022/23": 347, "2023/24": 538, "2024/25": 850},
}
REACHED = {"Possession of Drugs": 0.46, "Trafficking of Drugs": 0.31}
OLDER = (
    "Month_Year,Area Type,Borough_SNT,Area name,Area code,Offence Group,Offence Subgroup,Measure,"
    "Financial Year,FY_FYIndex,Count,Refresh Date"
)
NEWER = (
    "Month_Year,Area Type,Borough_SNT,Area Name,Area Code,offence group,Offence Subgroup,Measure,"
    "Financial Year,Count,Refresh Date"
)


def files() -> list[Made]:
    """Two receipts; the later one revises the months from April 2023."""
    series = _series()
    earlier = {key: _as_first_published(counts) for key, counts in series.items()}
    older = [row for month in MONTHS[:24] for row in _older(month, earlier)]
    newer = [row for month in MONTHS[12:] for row in _newer(month, series)]
    return [
        Made(
            *(SOURCE, "2024-04-30", [OLDER.split(","), *older], MONTHS[0], MONTHS[23]),
            layout="fy_index",
        ),
        Made(
            *(SOURCE, "2026-09-30", [NEWER.split(","), *newer], FIRST_OF_SECOND, MONTHS[-1]),
            layout="since_2026_09",
        ),
    ]


def _series() -> dict[tuple[str, str], Counts]:
    """Counts by month of each offence and measure; an outcome comes up to five months later."""
    series = {}
    for offence, totals in OFFENCES.items():
        chance = chance_of(f"dashboard {offence}")
        counts: Counts = {}
        for year, total in totals.items():
            counts |= spread(total, [m for m in MONTHS if year_of(m) == year], chance, even)
        outcomes = dict.fromkeys(MONTHS, 0)
        for place, month in enumerate(MONTHS):
            for _ in range(counts[month]):
                later = place + int(chance.random() * 6)
                if chance.random() < REACHED[offence] and later < len(MONTHS):
                    outcomes[MONTHS[later]] += 1
        series[offence, "Offences"] = counts
        series[offence, "Positive Outcomes"] = outcomes
    return series


def _as_first_published(counts: Counts) -> Counts:
    mended = {"2023-10": 1, "2024-01": -1, "2024-02": 2, "2024-03": 3}
    return {month: max(0, n - mended.get(month, 0)) for month, n in counts.items()}


def _older(month: str, series: dict[tuple[str, str], Counts]) -> list[list[str]]:
    index = f"{_year(month)[2:]}_{(int(month[5:]) - 4) % 12 + 1:02d}"
    rest = [_year(month), index]
    return [
        [day_first(month), *place, "Drug Offences", offence, measure, *rest, str(n), "05/04/2024"]
        for place, offence, measure, n in _rows(month, series)
    ]


def _newer(month: str, series: dict[tuple[str, str], Counts]) -> list[list[str]]:
    first, rest = f"{month}-01", [_year(month)]
    return [
        [first, *place, "DRUG OFFENCES", offence.upper(), measure, *rest, str(n), "2026-09-04"]
        for place, offence, measure, n in _rows(month, series)
    ]


def _year(month: str) -> str:
    """``fy23-24``."""
    year = year_of(month)
    return f"fy{year[2:4]}-{year[5:]}"


def _rows(month: str, series: dict[tuple[str, str], Counts]) -> list[tuple]:
    """The borough, two places that are none, and the same offences again by ward team."""
    barnet = ["Borough", "Barnet", "Barnet", "E09000003"]
    rows = [(barnet, *key, counts[month]) for key, counts in series.items() if counts[month]]
    for name in ("Other / NK", "Aviation Policing"):
        nowhere = ["Borough", name, name, "-1"]
        rows.append((nowhere, "Possession of Drugs", "Offences", 3))
    for (offence, measure), counts in series.items():
        chance = chance_of(f"teams {month} {offence} {measure}")
        teams = spread(counts[month], list(BARNET), chance, even)
        rows += [
            ([TEAMS, "Barnet", BARNET[code], code], offence, measure, n)
            for code, n in teams.items()
            if n
        ]
    return rows
