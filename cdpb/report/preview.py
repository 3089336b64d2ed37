"""A finding's page as a reader gets it, beside the notebook that makes it.

The notebook's cells are run once more, as they were saved, because a kernel can't know what of
them stands in the window, nor in which order.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager
from IPython.utils.capture import capture_output
from markupsafe import Markup
from nbconvert import get_exporter
from nbformat import NotebookNode, read
from nbformat.v4 import new_output

from cdpb import paths
from cdpb.errors import CdpbError, FindingFailed
from cdpb.findings.years import PARAMETERS

# Pages that lie beside this one in an assessment do not in a draft.
BESIDE = re.compile(r' href="(?!#|data:|https?:)[^"]*"')
HEIGHT = 700
# Notebooks whose page is being made: one that asks for its own page is not made in itself.
_being_made: set[str] = set()


@dataclass(frozen=True)
class Preview:
    """A finding's page in a frame, and the file that it was written to."""

    page: str
    file: Path

    def _repr_html_(self) -> str:
        shown = Markup("<p>The page, by the notebook as it was last saved: <code>{}</code></p>")
        frame = Markup('<iframe title="The page" srcdoc="{}" {}></iframe>')
        allowed = Markup('sandbox="allow-downloads allow-popups" width="100%" height="{}"')
        page = BESIDE.sub("", self.page)
        return shown.format(paths.from_root(self.file)) + frame.format(page, allowed.format(HEIGHT))

    def __repr__(self) -> str:
        return f"The page, by the notebook as it was last saved: {paths.from_root(self.file)}"


def preview_page(notebook: str, parameters: Mapping[str, Any], file: Path) -> Preview | None:
    """Make a finding's page and write it to a file; None while that is being done.

    Raises
    ------
    FindingFailed
        If a cell raises anything but an error of ours. Names the cell, not what it held.
    CdpbError
        An error of ours, as the cell raised it.
    """
    if notebook in _being_made:
        return None
    _being_made.add(notebook)
    try:
        executed = _executed(notebook, parameters)
    finally:
        _being_made.discard(notebook)
    # By its name, as nbconvert finds it: what pages are rendered by is no input of a notebook.
    exporter = get_exporter("cdpb")()
    page, _ = exporter.from_notebook_node(executed, {"metadata": {"name": file.stem}})
    file.write_text(page, encoding="utf-8", newline="\n")
    return Preview(page, file)


def _executed(notebook: str, parameters: Mapping[str, Any]) -> NotebookNode:
    """A notebook as it was saved, with what its cells show for these parameters."""
    executed = read(paths.notebooks_folder() / notebook, as_version=4)
    names: dict[str, Any] = {"__name__": "__main__"}
    code = (cell for cell in executed.cells if cell.cell_type == "code")
    for number, cell in enumerate(code, start=1):
        cell.outputs = _shown_by(cell, f"{notebook}, cell {number}", names)
        cell.execution_count = number
        if PARAMETERS in cell.metadata.get("tags", []):
            names |= parameters
    return executed


def _shown_by(cell: NotebookNode, place: str, names: dict[str, Any]) -> list[NotebookNode]:
    """What a cell shows, its last line included where that is a value."""
    body = ast.parse(TransformerManager().transform_cell(cell.source)).body
    last = [body.pop()] if body and isinstance(body[-1], ast.Expr) else []
    with capture_output() as told:
        try:
            exec(compile(ast.Module(body, []), place, "exec"), names)
            # As a kernel shows the value of a last line.
            exec(compile(ast.Interactive(last), place, "single"), names)
        except CdpbError:
            raise
        except Exception as error:
            raise FindingFailed(
                f"{place}: {type(error).__name__}.",
                "The page is made by the cells of the notebook as it was saved.",
                "Save the notebook and run all of it; if it fails again, look at that cell.",
            ) from None
    return [new_output("display_data", data=each.data) for each in told.outputs]
