"""Make the reference notebooks again: python -m tests.reference, and of which, if not of all.

For a change that was meant to change what a notebook shows; read the difference before it is
committed. Drawings and styles are left out: they are compared in tests of their own.
"""

import configparser
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from papermill import execute_notebook

from tests.reference.conftest import BLOCK_MIME

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]


def main() -> None:
    """Execute each notebook with its own parameters and keep what it says."""
    os.environ["CDPB_HOME"] = str(PROJECT)
    os.environ["CDPB_SAVE_TO"] = tempfile.mkdtemp()
    named = sys.argv[1:]
    for path in sorted((PROJECT / "notebooks").glob("*.ipynb")):
        if named and path.stem not in named:
            continue
        executed = execute_notebook(
            str(path), None, kernel_name="python3", cwd=HERE, progress_bar=False
        )
        text = nbformat.writes(_reduced(executed), version=4)
        (HERE / path.name).write_text(text + "\n", encoding="utf-8", newline="\n")
        print(path.name)


def _reduced(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"]}
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{number}", {}
        for output in cell.get("outputs", []):
            output.metadata = {}
            output.data.pop(BLOCK_MIME, None)
            if "text/html" in output.data:
                output.data["text/html"] = _sanitized(output.data["text/html"])
    return notebook


def _sanitized(text: str) -> str:
    rules = configparser.RawConfigParser()
    rules.read(HERE / "sanitize.cfg", encoding="utf-8")
    for rule in rules.sections():
        text = re.sub(rules[rule]["regex"], rules[rule]["replace"], text)
    return text


if __name__ == "__main__":
    main()
