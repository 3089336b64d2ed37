"""One table shown once: a chart of what the map shows links to the map's table and its data."""

import re
from collections.abc import Sequence

from markupsafe import Markup

_FOLDED = re.compile(
    r'(?P<download><p class="download"><a href="(?P<address>[^"]*)"[^\n]*\s*)'
    r'<details class="fold"(?P<open> open)?>'
    r"<summary>The table behind figure (?P<number>\d+)</summary>\n"
    r'(?P<table><table id="(?P<id>[^"]+)".*?)</details>',
    flags=re.DOTALL,
)
_OWN = re.compile(r' id="[^"]*"|<caption.*?</caption>')
_TABLE = Markup(
    '{}<p class="behind">The table behind figure {} is '
    '<a href="#{}">the table of figure {}</a>.</p>'
)
_BOTH = Markup(
    '<p class="behind">The data and the table behind figure {} are '
    '<a href="#{}">those of figure {}</a>.</p>'
)


def without_repeats(parts: Sequence[Markup]) -> list[Markup]:
    """The parts of a page, a folded table replaced by a link where an open one says the same.

    Its download goes with it where the other's has the same data.
    """
    opened = {
        _OWN.sub("", found["table"]): found
        for part in parts
        for found in _FOLDED.finditer(part)
        if found["open"]
    }

    def linked(found: re.Match[str]) -> str:
        same = opened.get(_OWN.sub("", found["table"]))
        if found["open"] or same is None:
            return found[0]
        if found["address"] == same["address"]:
            return _BOTH.format(found["number"], same["id"], same["number"])
        download = Markup(found["download"])
        return _TABLE.format(download, found["number"], same["id"], same["number"])

    return [Markup(_FOLDED.sub(linked, part)) for part in parts]
