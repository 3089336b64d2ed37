"""Deaths that the provider reports, naloxone, nitazene strips.

The scale is that of the 2024 update: 12 deaths reported by the provider in 2023/24 (the 19 of
2022/23 are of NDTMS and belong to no series here); 77% of heroin users in the service with naloxone
in 2024/25 Q1; 38 strips from January to August 2024, with positive results under five.
"""

from sections.chance import Counts, months, short_month
from sections.twice import Series, by_month, sent_twice
from sections.writing import Made

AREA = "Barnet"


def files() -> list[Made]:
    """Every file of the section."""
    return [_deaths(), _naloxone(), *_strips()]


def _deaths() -> Made:
    header = ["Financial year", "Borough", "Deaths in treatment"]
    rows = [["2023/24", AREA, "12"], ["2024/25", AREA, "14"]]
    return Made("provider_deaths", "2025-05-31", [header, *rows], "2023/24", "2024/25")


def _naloxone() -> Made:
    """231 of 300 is the 77% that is quoted; its true numerator and denominator are not known."""
    header = [
        "Quarter",
        "Borough",
        "Heroin users in the service",
        "Trained and holding naloxone",
        "Per cent",
    ]
    quarters = [f"{year} Q{n}" for year in ("2022/23", "2023/24", "2024/25") for n in (1, 2, 3, 4)]
    users = (318, 315, 312, 309, 311, 308, 304, 302, 300, 303, 301, 298)
    holding = (184, 189, 193, 198, 205, 210, 217, 226, 231, 236, 237, 238)
    rows = [
        [quarter, AREA, str(n), str(held), f"{100 * held / n:.0f}"]
        for quarter, n, held in zip(quarters, users, holding, strict=True)
    ]
    return Made("naloxone", "2025-05-31", [header, *rows], quarters[0], quarters[-1])


def _strips() -> list[Made]:
    """Issued since January 2024; a month with none has no row for positive results."""
    over = months("2024-01", "2025-03")
    issued: Counts = dict(zip(over, (3, 4, 5, 6, 4, 5, 5, 6, 7, 6, 5, 8, 7, 6, 8), strict=True))
    positive = dict.fromkeys(over, 0) | {"2024-05": 1, "2024-07": 1, "2024-11": 1, "2025-02": 2}

    def rows(held: Series) -> list[list[str]]:
        kept = [each for each in by_month(held) if each[2] or each[1] == "Issued"]
        return [[short_month(month), AREA, name, str(n)] for month, name, n in kept]

    header = ["Month", "Borough", "Nitazene strips", "Number"]
    series = {"Issued": issued, "Positive result reported": positive}
    return sent_twice("nitazene_strips", header, series, rows)
