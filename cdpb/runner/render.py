"""Turns an executed notebook into a page, with one exporter kept warm.

Processes are forked from one that has imported this: so a page is rendered and thrown away, for
the first one takes ten times as long as the next.
"""

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from nbformat import NotebookNode, v4

from cdpb.errors import CdpbError

if TYPE_CHECKING:
    from nbconvert.exporters import Exporter


def render_page(notebook: NotebookNode, name: str) -> str:
    """The page of an executed notebook, as HTML with line feeds alone."""
    page, _ = _exporter().from_notebook_node(notebook, {"metadata": {"name": name}})
    return page.replace("\r\n", "\n")


@cache
def _exporter() -> "Exporter":
    # Loading its template takes longer than rendering with it.
    from cdpb.report.exporter import CdpbExporter

    # What of nbconvert comes before a template copies the notebook, and changes nothing of a page.
    return CdpbExporter(default_preprocessors=[])


# What is wrong with a file of the project is told by the first page that needs it.
with suppress(CdpbError):
    render_page(v4.new_notebook(cells=[v4.new_markdown_cell("# None")]), "none")
