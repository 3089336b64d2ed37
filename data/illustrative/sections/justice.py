"""Orders, custody, referrals and prison.

The scale is that of the 2024 update: 415 custody tests in 2023/24, about half of them positive; 38
police referrals from July 2023 to June 2024, fewer than five a month before October 2023, of which
eight from Operation Woodson by July 2024; orders that rise slowly, with months of 1 to 4; fewer
than five referrals for assessment a month before October 2023, and more since.
"""

from sections.chance import Counts, chance_of, day_first, even, months, short_month, spread, year_of
from sections.twice import Series, by_month, sent_twice
from sections.writing import Made

MONTHS = months("2022-04", "2025-03")
AREA = "Barnet"


def files() -> list[Made]:
    """Every file of the section."""
    return [*_orders(), *_court(), *_tests(), *_assessments(), *_referrals(), *_prison()]


def _years(name: str, totals: dict[str, int], weight=even) -> Counts:
    """A year's total dealt out over its months."""
    chance = chance_of(name)
    counts: Counts = {}
    for year, total in totals.items():
        counts |= spread(total, [m for m in MONTHS if year_of(m) == year], chance, weight)
    return counts


def _orders() -> list[Made]:
    """A requirement with no start in a month has no row, as a list of starts has none."""
    series = {
        "Alcohol Treatment Requirement": _years(
            "ATR", {"2022/23": 27, "2023/24": 36, "2024/25": 45}
        ),
        "Drug Rehabilitation Requirement": _years(
            "DRR", {"2022/23": 33, "2023/24": 42, "2024/25": 54}
        ),
    }

    def rows(held: Series) -> list[list[str]]:
        kept = [each for each in by_month(held) if each[2]]
        return [[short_month(month), AREA, name, str(n)] for month, name, n in kept]

    header = ["Month", "Borough", "Requirement", "Commencements"]
    return sent_twice("probation_orders", header, series, rows)


def _court() -> list[Made]:
    """Under five a month before October 2023, more since workers sit in the magistrates' court."""
    referrals = _counts("102121302112213224657689798968109867")

    def rows(held: Series) -> list[list[str]]:
        return [[short_month(month), AREA, str(n)] for month, _, n in by_month(held)]

    header = ["Month", "Borough", "Referrals for assessment"]
    return sent_twice("court_referrals", header, {"referrals": referrals}, rows)


def _tests() -> list[Made]:
    series = {
        "Positive": _years("positive", {"2022/23": 171, "2023/24": 207, "2024/25": 236}),
        "Negative": _years("negative", {"2022/23": 179, "2023/24": 208, "2024/25": 241}),
    }

    def rows(held: Series) -> list[list[str]]:
        return [[day_first(m), AREA, "Colindale", name, str(n)] for m, name, n in by_month(held)]

    header = ["Month", "Borough", "Custody suite", "Test result", "Tests"]
    return sent_twice("custody_tests", header, series, rows)


def _assessments() -> list[Made]:
    """Attendance is better once a worker sits in custody, from February 2024."""
    booked = _years("booked", {"2022/23": 96, "2023/24": 142, "2024/25": 188}, _with_worker)
    chance = chance_of("attended")
    attended = {
        month: sum(chance.random() < (0.66 if month >= "2024-02" else 0.48) for _ in range(n))
        for month, n in booked.items()
    }

    def rows(held: Series) -> list[list[str]]:
        return [
            [month, AREA, str(n), str(held["attended"][month])]
            for month, n in held["booked"].items()
        ]

    header = ["Month", "Borough", "Required assessments booked", "Required assessments attended"]
    series = {"booked": booked, "attended": attended}
    return sent_twice("required_assessments", header, series, rows)


def _with_worker(month: str) -> float:
    return 1.6 if month >= "2024-02" else 1.0


def _referrals() -> list[Made]:
    """Hand-made: Windows text, with a dash that is not in ASCII."""
    series = {
        "Neighbourhood team – voluntary": _counts("112010110112110112232323221243233233"),
        "Custody – voluntary": _counts("000100010010001000110112111121211212"),
        "Operation Woodson": _counts("000000000000000000000000023312112011"),
    }

    def rows(held: Series) -> list[list[str]]:
        found = [each for each in by_month(held) if each[2] or each[1].startswith("Neighbourhood")]
        return [[day_first(month), AREA, name, str(n)] for month, name, n in found]

    header = ["Month of referral", "Borough", "Referral route", "Referrals"]
    as_saved = {"encoding": "cp1252", "line_end": "\r\n"}
    return sent_twice("police_referrals", header, series, rows, **as_saved)


def _counts(digits: str) -> Counts:
    """A digit a month: small numbers that must add up to what the update quotes."""
    return {month: int(digit) for month, digit in zip(MONTHS, digits, strict=True)}


def _prison() -> list[Made]:
    """Made up with nothing behind it: the true figure may not even be hinted at."""
    header = [
        "Period",
        "Area code",
        "Local authority",
        "Released with a treatment need",
        "Picked up within 3 weeks",
        "Continuity of care (%)",
    ]
    years = {"2022/23": (58, 21), "2023/24": (63, 29), "2024/25": (71, 38)}
    rows = [
        [year, "E09000003", AREA, str(released), str(met), f"{100 * met / released:.1f}"]
        for year, (released, met) in years.items()
    ]
    return [Made("continuity_of_care", "2025-06-30", [header, *rows], "2022/23", "2024/25")]
