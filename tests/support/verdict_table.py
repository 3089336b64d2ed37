"""README's table of verdicts, made from an assessment's records.

``python -m tests.support.verdict_table FOLDER``, with the folder of Barnet's public assessment of
the default year, writes it again.
"""

import json
import sys
from pathlib import Path

from cdpb.areas import area_file
from cdpb.declarations import declarations
from tests.support.built import BARNET

README = Path(__file__).resolve().parents[2] / "README.md"
YEARS = ("2022/23", "2023/24", "2024/25", "2025/26")
BEGINS, ENDS = "| what is tested |", "\n\nThese are the public edition's."


def verdict_table(assessment: Path) -> str:
    """One row per finding with a statement: its title, and the verdict of each year.

    A dash stands for a year in which the statement had not been made.
    """
    tested = area_file(BARNET).statements
    named = [each.id for each in declarations().findings if each.id in tested]
    rows = [_row(assessment / "findings" / f"{finding}.json") for finding in named]
    return "\n".join([f"{BEGINS} {' | '.join(YEARS)} |", "| --- " * (len(YEARS) + 1) + "|", *rows])


def _row(path: Path) -> str:
    record = json.loads(path.read_text(encoding="utf-8"))
    labels = {each["year"]: each["label"] for each in record["history"]}
    labels[record["year"]] = record["verdict"]["label"]
    return f"| {record['title']} | {' | '.join(labels.get(year, '-') for year in YEARS)} |"


def shown(readme: str) -> str:
    """The table as the README has it."""
    return BEGINS + readme.split(BEGINS)[1].split(ENDS)[0]


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    written = text.replace(shown(text), verdict_table(Path(sys.argv[1])))
    README.write_text(written, encoding="utf-8", newline="\n")
