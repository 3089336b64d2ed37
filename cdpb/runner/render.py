"""Turns an executed notebook into a page, with one exporter kept warm."""

from functools import cache
from typing import TYPE_CHECKING

from nbformat import NotebookNode

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

    return CdpbExporter()
