"""What in a text is a name and no figure: a date, a year, a code, an ordinal, a file."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

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
