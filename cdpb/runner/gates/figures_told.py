"""The figures of a text: its numbers, without those that name a period, a unit or a place."""

import re
from collections.abc import Iterator

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
SHORT = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec"
# What a sentence numbers that is no figure: periods, units, names, its own counting of things.
NO_FIGURE = re.compile(
    rf"\d{{4}}/\d{{2}}(?: Q\d)?|\b(?:\d{{1,2}} )?(?:{MONTHS}|{SHORT})(?: \d{{4}})?\b"
    r"|\b(?:19|20)\d\d-\d\d(?:-\d\d)?\b|\b(?:19|20)\d\d\b"
    r"|per [\d,]+|95%|aged \d+(?: to \d+)?|\b\d+ (?:and over|or over)|\d+(?:st|nd|rd|th)\b"
    r"|rolling \d+|\b\d+ months|Figure \d+|Table \d+|figure \d+|table \d+"
    r"|CSV, [\d,]+ (?:[KM]B|rows?)|TS\d+A|actions? \d+"
    r"|nearest \d+|under \d+|fewer than [\d,]+|below \d+|[Rr]ounded to \d+"
    # How a source is protected.
    r"|threshold \d+|\b0 is shown"
    r"|\b[A-Z]{1,2}\d{2,8}(?:-\w+)?\b"
    # What can't be shown is counted aloud, and a hash says nothing of a count.
    r"|shown for \d+ of \d+|\b\d+ of \d+ years\b|\bare \d+ years? old\b"
    r"|\b[\d,]+ counts? (?:is|are) hidden|counts? (?:of )?0 to \d"
    r"|\b(?=\d*[a-f])[0-9a-f]{16,63}\b|\b[0-9a-f]{64}\b"
    r"|\butf-8\b|initial-scale=1\b"
    # In a notebook's code: places in a list, and a base that a rate is of.
    r"|\[-?\d\]|\bper=[\d_]+",
)
# Digits that follow a letter are part of a name, like km2.
NUMBER = re.compile(r"(?<![A-Za-z_0-9])\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")
NUMBER_ALONE = re.compile(r"[-\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?%?")


def figures_in(text: str) -> Iterator[tuple[str, int]]:
    """Each figure without its thousands separators or sign, and where in the text it stands."""
    plain = NO_FIGURE.sub(lambda found: " " * len(found[0]), text)
    for found in NUMBER.finditer(plain):
        yield found[0].rstrip(",").replace(",", ""), found.start()
