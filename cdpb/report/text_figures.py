"""The figures of a text: its numbers, but for those of names, dates and units."""

import re
from collections.abc import Iterator

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
    r"\b(?:utf|UTF)-8\b|\bCOVID-19\b",
    r"\b(?:[Ff]igure|[Tt]able|[Aa]ctions?|[Mm]ap) \d+(?![\d%]|[.,]\d)",
)
NAMES = re.compile("|".join((*PERIODS, *CODES)))
# What a sentence numbers that is no figure: units, thresholds, its own counting of things.
NO_FIGURE = re.compile(
    r"per [\d,]+|95%|aged \d+(?: to \d+)?|\b\d+ (?:and over|or over)"
    r"|rolling \d+|\b\d+ months|CSV, [\d,]+ (?:[KM]B|rows?)"
    # What the first year of an index is put at.
    r"|= 100\b|\bas 100\b|for each [\d,]+"
    r"|nearest \d+|under \d+|[Ff]ewer than [\d,]+|below \d+|[Rr]ounded to \d+"
    # How a source is protected.
    r"|threshold \d+|\b0 is shown"
    # What can't be shown or was not checked is counted aloud.
    r"|as far as checked \(\d+ of \d+ parts\)"
    r"|shown for \d+ of \d+|\b\d+ of \d+ years\b|\bare \d+ years? old\b"
    r"|\b[\d,]+ counts? (?:is|are) hidden|counts? (?:of )?0 to \d"
    # The limits of a funnel, the key of a map, and what a rounded 0 may be.
    r"|(?:higher|lower) \(99\.8%\)|(?:Plain|Widened) 99\.8%|\b1 the highest|\b0 means 0 to 2\b"
)
# Digits that follow a letter are part of a name, like km2.
NUMBER = re.compile(r"(?<![A-Za-z_0-9])\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")


def figures_in(text: str) -> Iterator[tuple[str, int]]:
    """Each figure without its thousands separators or sign, and where in the text it stands."""
    plain = blanked(NO_FIGURE, blanked(NAMES, text))
    for found in NUMBER.finditer(plain):
        yield found[0].rstrip(",").replace(",", ""), found.start()


def blanked(pattern: re.Pattern[str], text: str) -> str:
    """A text with blanks in the place of what is found in it; as long as it was."""
    return pattern.sub(lambda found: " " * len(found[0]), text)
