"""Which of our functions made a table, and each of its columns: noted as it passes through them.

A number on a page leads back through these to the function that computed it.
"""

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Self

STEPS, MADE_BY = "steps", "made_by"
ROOMS = ("cdpb.loaders", "cdpb.statistics", "cdpb.findings", "cdpb.report", "findings")


class _Kept:
    """What is noted of a table and never changed, so that pandas need not copy it each time."""

    def __deepcopy__(self, _known: Any) -> Self:
        return self


class _Steps(_Kept, list[str]):
    """The functions that a table passed through, in their order."""


class Named(_Kept, dict[str, str]):
    """A text for each column."""


def first_step(columns: Iterable[str]) -> dict[Any, Any]:
    """What to note of a table that was loaded: every column is its loader's."""
    name = _calling()
    return {STEPS: _Steps([name]), MADE_BY: Named.fromkeys(map(str, columns), name)} if name else {}


def next_step(columns: Iterable[str], before: Mapping[Any, Any]) -> dict[Any, Any]:
    """What to note of a table that a verb made of another: the columns it lacked are the verb's.

    Parameters
    ----------
    columns : iterable of str
        Of the new table.
    before : mapping
        The ``attrs`` of the table it was made of.
    """
    name = _calling()
    if not name:
        return {}
    steps, known = before.get(STEPS, []), before.get(MADE_BY, {})
    made_by = Named((column, known.get(column, name)) for column in map(str, columns))
    return {STEPS: _Steps(dict.fromkeys([*steps, name])), MADE_BY: made_by}


def _calling() -> str:
    """The innermost public function that made it: ``crude_rate``, wherever it is kept."""
    frame = sys._getframe(2)
    while frame is not None:
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        if module.startswith(ROOMS) and name[0] not in "_<" and name != "passed_on":
            return name
        frame = frame.f_back  # type: ignore[assignment]
    return ""
