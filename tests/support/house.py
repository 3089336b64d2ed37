"""How large the house is, beside what it is meant to be: ``python -m tests.support.house``.

Lines are counted as ``wc -l`` counts them, docstrings included. A test holds the ceilings that
users feel; what is printed here is read by whoever moves a room.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parents[2]
NOTEBOOK = "01_ward_drug_offences.ipynb"
LOADED = (
    "import sys\n{imports}\n"
    "print(sum(name.split('.')[0] == 'cdpb' for name in sys.modules))"
)  # fmt: skip


class Room(NamedTuple):
    """A part of the house: its size, what is aimed at, and what it may not go beyond."""

    what: str
    size: int
    aim: int
    ceiling: int

    def __str__(self) -> str:
        over = "  over" if self.size > self.ceiling else ""
        return f"{self.what:<38}{self.size:>8,}{self.aim:>8,}{self.ceiling:>9,}{over}"


def rooms() -> list[Room]:
    """The library, the engine, findings' own code, and what a notebook meets of them."""
    engine = sorted((PROJECT / "cdpb" / "disclosure").glob("*.py"))
    library = [path for path in sorted((PROJECT / "cdpb").rglob("*.py")) if path not in engine]
    own = sorted((PROJECT / "notebooks" / "findings").glob("*.py"))
    return [
        Room("library, lines", _lines(library), 15_500, 17_000),
        Room("library, modules", len(library), 75, 80),
        Room("engine, lines", _lines(engine), 5_000, 5_000),
        Room("engine, modules", len(engine), 24, 24),
        Room("findings' own, lines", _lines(own), 2_500, 2_500),
        Room("names on a finding", len(names_on_a_finding()), 24, 24),
        Room("our modules that a notebook loads", modules_loaded(), 70, 70),
    ]


def names_on_a_finding() -> list[str]:
    """The public names that an analyst sees after ``finding.``."""
    from cdpb.report.finding import Finding

    finding = Finding("ward_drug_offences", "2023/24", "Barnet")
    return [name for name in dir(finding) if not name.startswith("_")]


def modules_loaded() -> int:
    """How many of our modules the imports of the ward notebook load, in a process of their own."""
    notebook = json.loads((PROJECT / "notebooks" / NOTEBOOK).read_text(encoding="utf-8"))
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    code = LOADED.format(imports="".join(first["source"]))
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return int(told.stdout)


def _lines(paths: list[Path]) -> int:
    return sum(path.read_bytes().count(b"\n") for path in paths)


if __name__ == "__main__":
    print(f"{'':<38}{'size':>8}{'aim':>8}{'ceiling':>9}")
    print(*rooms(), sep="\n")
