"""A notebook run in this process, so that a test can read what it publishes in a second."""

import ast
import json
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cdpb import paths
from cdpb.declarations import declarations
from cdpb.findings.years import Years
from cdpb.report import finding as finding_module
from cdpb.report.finding import Finding

SHOW = "from IPython.display import display"


def run(
    finding: str,
    folder: Path,
    *,
    over_years: bool = False,
    shown: list[Any] | None = None,
    **parameters: Any,
) -> Path:
    """The folder with the record and the tables of a finding, for these parameters.

    Parameters
    ----------
    finding : str
        As its file in ``notebooks/findings/`` is called.
    folder : Path
        Where to save; a temporary one.
    over_years : bool
        Whether earlier years are computed with it, which takes as long again for each.
    shown : list, optional
        Where to put the blocks that the notebook displays.
    **parameters
        As a run would set them: year, area, edition, demonstration.
    """
    notebook = paths.notebooks_folder() / declarations().finding(finding).notebook
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    names: dict[str, Any] = {"__name__": "__main__", "_shown": [] if shown is None else shown}
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, {"CDPB_SAVE_TO": str(folder)}))
        closing = lambda *blocks: names["_shown"].extend(blocks)  # noqa: E731
        stack.enter_context(patch.object(finding_module, "display", closing))
        if not over_years:
            stack.enter_context(patch.object(Years, "earlier", {}))
            stack.enter_context(patch.object(Finding, "changed", lambda *said, **named: None))
        for cell in cells:
            if cell["cell_type"] == "code":
                _execute("".join(cell["source"]), cell["id"], names)
            if "parameters" in cell["metadata"].get("tags", []):
                names |= parameters
    return folder


def _execute(source: str, name: str, names: dict[str, Any]) -> None:
    shown = source.replace(SHOW, "def display(*blocks): _shown.extend(blocks)")
    exec(compile(ast.parse(shown), name, "exec"), names)


def record_of(finding: str, folder: Path) -> dict:
    """The record that a run saved."""
    path = folder / "findings" / f"{finding}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def table_of(finding: str, table: str, folder: Path) -> Path:
    """A published table that a run saved, as CSV."""
    return folder / "tables" / finding / f"{table}.csv"
