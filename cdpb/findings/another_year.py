"""A finding's notebook run again for another year, in this process and for its record alone.

So another year's values come from today's data by today's method: by the very cells that make
this year's page, and never from what was published then.
"""

import json
from collections.abc import Mapping
from typing import Any

from cdpb import paths
from cdpb.declarations import FindingDeclaration
from cdpb.errors import CdpbError, FindingFailed
from cdpb.marks import plain_values

PARAMETERS = "parameters"
# The record of each notebook that is being run so, the innermost last.
_asked: list[dict[str, Any]] = []


def for_its_record() -> bool:
    """Whether what runs now is run for its record alone: then nothing is drawn or saved."""
    return bool(_asked)


def give_record(record: Mapping[str, Any]) -> None:
    """Give the record to whoever asked for it, in place of saving it."""
    _asked[-1].update(plain_values(record))


def record_of(declared: FindingDeclaration, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a finding for these parameters.

    Parameters
    ----------
    declared : FindingDeclaration
        Its notebook is read as it was last saved.
    parameters : mapping
        Put in the place of those in the notebook's cell of parameters.

    Raises
    ------
    FindingFailed
        If a cell raises anything but an error of ours, or the last cell keeps nothing. Names the
        cell and the year, not what it held.
    CdpbError
        An error of ours, with the cell and the year it was raised for.
    """
    from IPython.utils.capture import capture_output

    names: dict[str, Any] = {"__name__": "__main__"}
    _asked.append({})
    try:
        with capture_output():
            for number, cell in enumerate(_code_cells(declared.notebook), start=1):
                _run(cell, f"{declared.notebook}, cell {number}, {parameters['year']}", names)
                if PARAMETERS in cell["metadata"].get("tags", []):
                    names |= parameters
    finally:
        record = _asked.pop()
    if not record:
        raise FindingFailed(f"{declared.notebook}: its last cell keeps no record of the finding.")
    return record


def _code_cells(notebook: str) -> list[dict[str, Any]]:
    text = (paths.notebooks_folder() / notebook).read_text(encoding="utf-8")
    return [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


def _run(cell: Mapping[str, Any], place: str, names: dict[str, Any]) -> None:
    from IPython.core.inputtransformer2 import TransformerManager

    # As a kernel reads it: an analyst's cell may begin with %.
    source = TransformerManager().transform_cell("".join(cell["source"]))
    try:
        exec(compile(source, place, "exec"), names)
    except CdpbError as error:
        again = f"{place}, run again for an earlier year"
        raise type(error)(f"{again}: {error.lines[0]}", *error.lines[1:]) from None
    except Exception as error:
        # Its text may quote data, so it is told by its class alone.
        raise FindingFailed(
            f"{place}: {type(error).__name__}.",
            "An earlier year is computed again with the cells of the notebook as it was saved.",
            "Save the notebook and run all of it. If it fails again, run it for that year.",
        ) from None
