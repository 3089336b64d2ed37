"""Make the illustrative figures, for demonstrations only: the same bytes each time.

    python data/illustrative/generate.py [FOLDER]

writes each illustrative source with its receipt under ``data/`` of this project, or under FOLDER.
No figure made here is an estimate of anything.
"""

import csv
import hashlib
import io
import random
import sys
from pathlib import Path

SEED = 20231031
RECEIVED = "2023-10-31"
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

RECEIPT = """source: {source}
received: {received}
received_precision: month
periods:
  first: "{first}"
  last: "{last}"
provisional: false
note: >-
  Illustrative: made by data/illustrative/generate.py. The date is that of the publication whose
  place it takes until that is received.
files:
  - name: {name}
    size: {size}
    sha256: {sha256}
    layout: assumed
    covers: Barnet
"""


def opiate_crack_rows() -> list[list[str]]:
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


def write_source(data: Path, source: str, name: str, rows: list[list[str]]) -> None:
    """Write one source's file and its receipt."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([HEADER, *rows])
    content = text.getvalue().encode("utf-8")
    folder = data / source / RECEIVED
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    receipt = RECEIPT.format(
        source=source,
        received=RECEIVED,
        first=rows[0][2],
        last=rows[-1][2],
        name=name,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    (folder / "receipt.yml").write_bytes(receipt.encode("utf-8"))


def main(arguments: list[str]) -> None:
    """Write every illustrative source."""
    data = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[1]
    write_source(data, "opiate_crack_local", "opiate_crack_local.csv", opiate_crack_rows())


if __name__ == "__main__":
    main(sys.argv[1:])
