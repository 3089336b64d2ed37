"""The one seam through which other counts can stand in place of the received ones.

Only a gate uses it: it makes an assessment again from counts that a reader could take for the
true ones, to see that nothing on the pages changes. What is made of such counts can only be
saved beside the file they come from, in ``.cdpb/worlds``, and never as an assessment or a draft.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from cdpb import paths
from cdpb.errors import InputError

WORLD, SAVE_TO = "CDPB_WORLD", "CDPB_SAVE_TO"
FOLDER, FILE = "worlds", "world.json"

_aside = False


def in_this_world(table: pd.DataFrame, source_id: str) -> pd.DataFrame:
    """The table as received; while a gate is looking, with the counts of another world.

    Parameters
    ----------
    table : pandas.DataFrame
        As a notebook gets it, and the gate that publishes: one row a combination.
    source_id : str
        The source it is of.
    """
    world = this_world()
    if world is None or source_id not in world["sources"]:
        return table
    told: Mapping[str, Any] = world["sources"][source_id]
    keys, count = told["keys"], told["count"]
    if count not in table or not set(keys) <= set(table.columns):
        return table
    changed = {tuple(row): number for row, number in told["rows"]}
    names = zip(*(table[key].astype(str) for key in keys), strict=True)
    counts = [changed.get(name, number) for name, number in zip(names, table[count], strict=True)]
    seen = table.assign(**{count: pd.Series(counts, index=table.index, dtype=table[count].dtype)})
    seen.attrs = dict(table.attrs)
    return seen


@contextmanager
def as_received() -> Iterator[None]:
    """Read the true counts meanwhile: what is hidden is chosen by them in every world."""
    global _aside
    before, _aside = _aside, True
    try:
        yield
    finally:
        _aside = before


def this_world() -> dict[str, Any] | None:
    """The world that a gate is looking at; nearly always None.

    Raises
    ------
    InputError
        If somebody else than a gate named one.
    """
    named = os.environ.get(WORLD)
    if not named or _aside:
        return None
    path, saved = Path(named), Path(os.environ.get(SAVE_TO, os.curdir)).resolve()
    inside = paths.project_root() / ".cdpb" / FOLDER
    if path.name != FILE or inside not in path.parents or path.parent not in saved.parents:
        raise InputError(
            f"{WORLD} is set, and this is no gate of cdpb.",
            "Unset it. Nothing was loaded.",
        )
    return _read(path)


@lru_cache(maxsize=2)
def _read(path: Path) -> dict[str, Any]:
    world: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return world
