"""A made file and its receipt, as bytes that depend on nothing but the script."""

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

TAKES_ITS_PLACE = (
    "Illustrative: made by data/illustrative/generate.py. "
    "The date is that of the publication whose\n  place it takes until that is received."
)
AS_IF_RECEIVED = (
    "Illustrative: made by data/illustrative/generate.py, in a layout in which the return could\n"
    "  come, as if it had been received on this day."
)
RECEIPT = """source: {source}
received: {received}
received_precision: {precision}
periods:
  first: "{first}"
  last: "{last}"
provisional: {provisional}
note: >-
  {note}
files:
  - name: {name}
    size: {size}
    sha256: {sha256}
    layout: {layout}
    covers: {covers}
"""


@dataclass(frozen=True)
class Made:
    """One file of one receipt.

    Attributes
    ----------
    rows : list of list of str
        The header first.
    first, last : str
        The first and last month, quarter or year that it covers.
    encoding, line_end : str
        Partners' files are not all UTF-8 with plain line ends.
    """

    source: str
    received: str
    rows: list[list[str]]
    first: str
    last: str
    layout: str = "assumed"
    covers: str = "Barnet"
    precision: str = "day"
    provisional: bool = False
    note: str = AS_IF_RECEIVED
    encoding: str = "utf-8"
    line_end: str = "\n"

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.source}.csv"

    @property
    def content(self) -> bytes:
        """The file's bytes."""
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator=self.line_end).writerows(self.rows)
        return text.getvalue().encode(self.encoding)


def write(under: Path, made: Made) -> None:
    """Write a file and its receipt under a folder."""
    folder = under / made.source / made.received
    folder.mkdir(parents=True, exist_ok=True)
    (folder / made.name).write_bytes(made.content)
    receipt = RECEIPT.format(
        source=made.source,
        received=made.received,
        precision=made.precision,
        first=made.first,
        last=made.last,
        provisional=str(made.provisional).lower(),
        note=made.note,
        name=made.name,
        size=len(made.content),
        sha256=hashlib.sha256(made.content).hexdigest(),
        layout=made.layout,
        covers=made.covers,
    )
    (folder / "receipt.yml").write_bytes(receipt.encode("utf-8"))
