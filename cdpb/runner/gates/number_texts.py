"""Which digits of a text are a figure: not those of a name, a rule or an axis."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from cdpb.runner.gates.text_nodes import TextNode
from cdpb.runner.job import Assessment

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


def blanked(pattern: re.Pattern[str], text: str) -> str:
    """A text with blanks in the place of what is found in it; as long as it was."""
    return pattern.sub(lambda found: " " * len(found[0]), text)


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
        return not re.search(r"\d", blanked(NAMES, name))


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
    plain = blanked(NO_FIGURE, blanked(NAMES, text))
    for found in NUMBER.finditer(plain):
        yield found[0].rstrip(",").replace(",", ""), found.start()


NEARLY = 1e-9
ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


def axis_labels(nodes: Iterable[TextNode]) -> set[TextNode]:
    """The texts of drawings that are numbers of an axis.

    An axis has its numbers in one row or column of the drawing, each the same step from the
    next, and the step is 1, 2, 2.5 or 5 times a power of ten; so no number of one is a count.
    """
    lines: dict[tuple[str, str, str], list[TextNode]] = defaultdict(list)
    for node in nodes:
        if node.drawn and NUMBER_ALONE.fullmatch(node.text):
            drawing, x, y = [*node.drawn.split(" "), "", ""][:3]
            lines[drawing, "x", x].append(node)
            lines[drawing, "y", y].append(node)
    return {node for line in lines.values() for run in _runs(line) if _is_axis(run) for node in run}


def _runs(line: list[TextNode]) -> Iterator[list[TextNode]]:
    """Runs of a line that are evenly spaced; several panels stand in one line."""
    run = line[:1]
    for node in line[1:]:
        step = _value(node) - _value(run[-1])
        first = _value(run[1]) - _value(run[0]) if len(run) > 1 else step
        if abs(step - first) <= NEARLY * max(1.0, abs(step)):
            run.append(node)
        else:
            yield run
            run = [node]
    yield run


def _is_axis(run: list[TextNode]) -> bool:
    values = [_value(node) for node in run]
    step = max((abs(b - a) for a, b in pairwise(values)), default=0.0)
    return bool(step) and _is_round(step) and all(_is_whole(value / step) for value in values)


def _is_round(step: float) -> bool:
    while step >= 10:
        step /= 10
    while 0 < step < 1:
        step *= 10
    return any(abs(step - each) < 1e-6 for each in ROUND)


def _is_whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-6


def _value(node: TextNode) -> float:
    return float(node.text.replace(",", "").replace("%", "").replace("\N{MINUS SIGN}", "-"))
