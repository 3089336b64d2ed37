"""The figures of a text: its numbers, without those that name a period, a unit or a place."""

import re
from collections.abc import Iterator

from cdpb.runner.gates.names import without_names

# What a sentence numbers that is no figure: units, thresholds, its own counting of things.
NO_FIGURE = re.compile(
    r"per [\d,]+|95%|aged \d+(?: to \d+)?|\b\d+ (?:and over|or over)"
    r"|rolling \d+|\b\d+ months|CSV, [\d,]+ (?:[KM]B|rows?)"
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
