"""Imported by the process that workers are forked from: what each would load by itself.

A page is rendered and thrown away: the first one takes ten times as long as the next.
"""

from contextlib import suppress

from nbformat import v4

from cdpb.errors import CdpbError
from cdpb.runner import execute
from cdpb.runner.render import render_page

__all__ = ["execute"]

# What is wrong with a file of the project is told by the first page that needs it.
with suppress(CdpbError):
    render_page(v4.new_notebook(cells=[v4.new_markdown_cell("# None")]), "none")
