"""Returns that were declared with ``cdpb new finding``: as many as their files say, by chance.

Each file of ``declared/`` says by what one is drawn: the header of the layout, its periods, and
about how many a row counts. They lie in 2022/23 to 2024/25.
"""

import json
from itertools import product
from pathlib import Path
from typing import Any

from sections.chance import SECOND_RECEIVED, chance_of, months
from sections.writing import Made

DECLARED = Path(__file__).resolve().parents[1] / "declared"
YEARS = ("2022/23", "2023/24", "2024/25")
PERIODS = {
    "month": months("2022-04", "2025-03"),
    "quarter": [f"{year} Q{quarter}" for year in YEARS for quarter in (1, 2, 3, 4)],
    "year": list(YEARS),
}
AREA = {"area": "Barnet", "area_code": "E09000003"}


def files() -> list[Made]:
    """Every file of the section."""
    return [_made(path) for path in sorted(DECLARED.glob("*.json"))]


def _made(path: Path) -> Made:
    like = json.loads(path.read_text(encoding="utf-8"))
    periods, source = PERIODS[like["period"]["of"]], path.stem
    chance = chance_of(source)
    rows = [
        [str(_cell(like, name, period, dict(zip(like["kinds"], kinds, strict=True)), chance))
         for name in like["header"]]
        for period in periods for kinds in product(*like["kinds"].values())
    ]  # fmt: skip
    return Made(source, SECOND_RECEIVED, [like["header"], *rows], periods[0], periods[-1])


def _cell(like: dict[str, Any], name: str, period: str, kinds: dict[str, str], chance: Any) -> Any:
    if name == like["period"]["column"]:
        return period
    if name in like["area"]:
        return AREA[like["area"][name]]
    if name in kinds:
        return kinds[name]
    # As chance has it of so many: a normal number with the mean for its variance, never below 0.
    mean = like["count"]["mean"]
    return max(0, round(chance.gauss(mean, mean**0.5)))
