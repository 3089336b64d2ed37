"""Numbers that are no published figure and may stand all the same: names, ticks, rules."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cdpb import paths
from cdpb.file_contents import bytes_of
from cdpb.runner.gates.text_nodes import Piece
from cdpb.runner.job import Assessment
from cdpb.yaml_files import read_yaml, typed

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
SHORT = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec"
# A name is taken whole before a number is looked for, so that no piece of one is left over; it
# ends where neither a digit nor a decimal place follows, whatever joins it to the next.
STARTS = r"(?<![\d.])(?<!\d,)"
ENDS = r"(?!\d|[.,]\d)"
YEAR = r"(?:19|20)\d\d"
PERIODS = (
    rf"{STARTS}{YEAR}[-/](?:0[1-9]|1[0-2])[-/](?:0[1-9]|[12]\d|3[01])(?!\d)",
    rf"{STARTS}(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.]{YEAR}(?!\d)",
    rf"{STARTS}{YEAR}[-/\N{{EN DASH}}]\d\d(?:[ -]?Q[1-4])?(?!\d)",
    rf"{STARTS}(?:\d{{1,2}} )?\b(?:{MONTHS}|{SHORT})(?: {YEAR}|-{YEAR}|-\d\d)?\b",
    rf"{STARTS}(?<![A-Za-z]){YEAR}{ENDS}",
)
CODES = (
    # Of a place, a table, a published statistic or a quoted figure.
    r"(?<![A-Za-z\d])[A-Z]{1,3}\d{2,9}(?:[A-Za-z](?![A-Za-z])|\.\d)?(?!\d)",
    r"(?<![A-Za-z\d])(?=\d*[a-f])[0-9a-f]{16,63}(?![A-Za-z\d])",
    r"(?<![A-Za-z\d])[0-9a-f]{64}(?![A-Za-z\d])",
    r"\b(?:utf|UTF)-8\b",
)
ORDINALS = (
    r"(?<![\d.,])\d+(?:st|nd|rd|th)\b",
    r"\b(?:[Ff]igure|[Tt]able|[Aa]ctions?|[Mm]ap) \d+(?![\d%]|[.,]\d)",
)
NAMES = re.compile("|".join((*PERIODS, *CODES, *ORDINALS)))


# In the code that a page shows, what is taken of a list, and per how many a rate is.
IN_CODE = re.compile(r"(?<=[\w\])])\[-?\d{0,2}:?-?\d{0,2}\]|\bper=\d[\d_]*")
CODE = "<pre> in section computed"


def without_names(text: str) -> str:
    """A text with blanks in the place of each name that holds a digit; as long as it was."""
    return NAMES.sub(lambda found: " " * len(found[0]), text)


class FileNames:
    """The names under which the files and downloads of an assessment may go.

    Parameters
    ----------
    records : sequence of dict
        Its finding records: slugs and tables are what downloads are called by.
    """

    def __init__(self, assessment: Assessment, records: Sequence[dict[str, Any]]) -> None:
        self._parts = sorted(_parts(assessment, records), key=len, reverse=True)

    def has(self, name: str) -> bool:
        """Whether a name is put together of those that exist, and has no number of its own."""
        for part in self._parts:
            name = re.sub(rf"(?<![A-Za-z\d]){re.escape(part)}(?![A-Za-z\d])", "", name)
        return not re.search(r"\d", without_names(name))


def _parts(assessment: Assessment, records: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield assessment.area_code
    yield assessment.year.replace("/", "-")
    for record in records:
        yield from (record["slug"], record["id"])
        for table in record.get("tables", []):
            yield from (table["id"], table["id"].replace("_", "-"))


# What a sentence numbers that is no figure: units, thresholds, its own counting of things.
NO_FIGURE = re.compile(
    r"per [\d,]+|95%|aged \d+(?: to \d+)?|\b\d+ (?:and over|or over)"
    r"|rolling \d+|\b\d+ months|CSV, [\d,]+ (?:[KM]B|rows?)"
    # What the first year of an index is put at.
    r"|= 100\b|\bas 100\b|for each [\d,]+"
    r"|nearest \d+|under \d+|fewer than [\d,]+|below \d+|[Rr]ounded to \d+"
    # How a source is protected.
    r"|threshold \d+|\b0 is shown"
    # What can't be shown is counted aloud.
    r"|shown for \d+ of \d+|\b\d+ of \d+ years\b|\bare \d+ years? old\b"
    r"|\b[\d,]+ counts? (?:is|are) hidden|counts? (?:of )?0 to \d"
    r"|initial-scale=1\b"
    # In a notebook's code: places in a list, and a base that a rate is of.
    r"|\[-?\d\]|\bper=[\d_]+",
)
# Digits that follow a letter are part of a name, like km2.
NUMBER = re.compile(r"(?<![A-Za-z_0-9])\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")
NUMBER_ALONE = re.compile(r"[-\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?%?")


def figures_in(text: str) -> Iterator[tuple[str, int]]:
    """Each figure without its thousands separators or sign, and where in the text it stands."""
    plain = NO_FIGURE.sub(lambda found: " " * len(found[0]), without_names(text))
    for found in NUMBER.finditer(plain):
        yield found[0].rstrip(",").replace(",", ""), found.start()


FILE = "allowed_numbers.yml"
ANY_NUMBER = "#"


class Allowed(BaseModel):
    """An entry of ``data/allowed_numbers.yml``.

    Attributes
    ----------
    file : str
        A page, a record or ``*.html``.
    element : str
        What the place must name, like ``section method-and-caveats``.
    says : str
        The words around the number, a ``#`` in the place of each number. Never a number alone.
    reason : str
        Why it may stand.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(min_length=1)
    element: str = Field(min_length=1)
    says: str = Field(pattern=r"[A-Za-z]{3}")
    reason: str = Field(min_length=10)

    def covers(self, piece: Piece, at: int) -> bool:
        """Whether it speaks of the number at a place of this text."""
        if not Path(piece.file).match(self.file) or self.element not in piece.element:
            return False
        return self.covers_words(piece.text, at)

    def covers_words(self, text: str, at: int) -> bool:
        """Whether its words stand around the number at a place of this text."""
        return any(
            start <= at < end
            for found in re.finditer(self._pattern, text)
            for start, end in [found.span()]
        )

    @property
    def _pattern(self) -> str:
        return r"\d[\d,]*(?:\.\d+)?".join(map(re.escape, self.says.split(ANY_NUMBER)))


def allowed_numbers() -> tuple[Allowed, ...]:
    """The entries of the project; none where it has no such file.

    Raises
    ------
    InputError
        If an entry names no file, element, words or reason.
    """
    path = paths.data_folder() / FILE
    return _read(path, bytes_of(path)) if path.is_file() else ()


@lru_cache(maxsize=4)
def _read(path: Path, _content: bytes) -> tuple[Allowed, ...]:
    entries = read_yaml(path) or []
    return tuple(typed(Allowed, entry, path, f"entry {at}") for at, entry in enumerate(entries, 1))


FEWEST = 2
NEARLY = 1e-9
ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


def ticks_in(pieces: Iterable[Piece]) -> set[Piece]:
    """The texts of drawings that are numbers of an axis.

    An axis has its numbers in one row or column of the drawing, each the same step from the
    next, and the step is 1, 2, 2.5 or 5 times a power of ten; so no number of one is a count.
    """
    lines: dict[tuple[str, str, str], list[Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.drawn and NUMBER_ALONE.fullmatch(piece.text):
            drawing, x, y = [*piece.drawn.split(" "), "", ""][:3]
            lines[drawing, "x", x].append(piece)
            lines[drawing, "y", y].append(piece)
    return {piece for line in lines.values() for axis in _axes(line) for piece in axis}


def _axes(line: list[Piece]) -> Iterator[list[Piece]]:
    """Runs of a line that are evenly spaced by a round step; several panels stand in one line."""
    values = [_value(piece.text) for piece in line]
    run = [0]
    for at in range(1, len(line)):
        step = values[at] - values[at - 1]
        alike = len(run) < FEWEST or abs(step - (values[run[1]] - values[run[0]])) <= NEARLY * max(
            1.0, abs(step)
        )
        if alike:
            run.append(at)
        else:
            yield from _if_round(run, values, line)
            run = [at]
    yield from _if_round(run, values, line)


def _if_round(run: list[int], values: list[float], line: list[Piece]) -> Iterator[list[Piece]]:
    steps = {abs(values[b] - values[a]) for a, b in pairwise(run)}
    step = max(steps, default=0.0)
    aligned = step and all(_is_whole(values[at] / step) for at in run)
    if len(run) >= FEWEST and aligned and _is_round(step):
        yield [line[at] for at in run]


def _is_round(step: float) -> bool:
    while step >= 10:
        step /= 10
    while 0 < step < 1:
        step *= 10
    return any(abs(step - each) < 1e-6 for each in ROUND)


def _is_whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-6


def _value(text: str) -> float:
    return float(text.replace(",", "").replace("%", "").replace("\N{MINUS SIGN}", "-"))
