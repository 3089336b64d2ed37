"""The line by which a page says that it is a draft; it is put on and taken off as text."""

from markupsafe import Markup

TEXT = (
    "Draft: not for publication. "
    "This page has not yet passed every check that protects small numbers."
)
# Every page is rendered with it, below the other markings: whoever forgets it publishes too little.
LINE = Markup('<div class="draft"><p>{}</p></div>\n').format(TEXT)
BELOW = '<div class="top">'
_LINE, _BELOW = LINE.encode(), BELOW.encode()


def with_line(page: bytes) -> bytes:
    """A page that says it is a draft.

    Raises
    ------
    ValueError
        If it has no place for the line, so is no page of ours.
    """
    if _BELOW not in page:
        raise ValueError("a page without a place for its markings")
    return without_line(page).replace(_BELOW, _LINE + _BELOW, 1)


def without_line(page: bytes) -> bytes:
    """The same page, byte for byte, without the line."""
    return page.replace(_LINE + _BELOW, _BELOW, 1)
