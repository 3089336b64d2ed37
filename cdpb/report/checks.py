"""Our own checks of a written page. A laptop without a browser is enough for them.

Accessibility tools accept a description that says nothing, and can't know that a chart needs
its table, its source and its download. These can.
"""

from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

from cdpb.errors import is_invisible
from cdpb.report import figure_checks, structure_checks
from cdpb.report.html_tree import Document, read_document
from cdpb.yaml_files import ALLOWED

Check = Callable[[Document], Iterator[str]]

CHECKS: tuple[Check, ...] = (*structure_checks.CHECKS, *figure_checks.CHECKS)


def check_page(page: str | Path) -> list[str]:
    """What is wrong with a written page; an empty list when nothing is.

    Parameters
    ----------
    page : str or Path
        The page's HTML, or the file that holds it.

    Returns
    -------
    list of str
        One sentence a defect, each naming the line or the element. Never a number of the page's.
    """
    html = page.read_text(encoding="utf-8") if isinstance(page, Path) else page
    document = read_document(html)
    return [*_invisible(html), *(problem for check in CHECKS for problem in check(document))]


def _invisible(html: str) -> Iterator[str]:
    """Signs that nobody sees and that turn or hide what stands beside them."""
    for number, line in enumerate(html.split("\n"), start=1):
        if any(is_invisible(sign) for sign in set(unescape(line)) - ALLOWED):
            yield f"line {number}: an invisible character"
