"""The one seam through which other received files can stand in place of a source's own.

Only a gate uses it: it makes an assessment again from files that a reader could take for the
true ones, to see that nothing on the pages changes. Such files lie in ``.cdpb/worlds``. What is
made of them can only be saved beside them, and never as an assessment or a draft.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cdpb import paths
from cdpb.errors import InputError

WORLD, SAVE_TO = "CDPB_WORLD", "CDPB_SAVE_TO"
FOLDER = "worlds"

# What stands over the environment, innermost last: a world's folder, or None for none.
_instead: list[Path | None] = []


def receipts_in_this_world(source_id: str) -> Path | None:
    """Where the receipts of a source lie while a gate looks at another world; else None."""
    world = this_world()
    if world is None or not (world / source_id).is_dir():
        return None
    return world / source_id


@contextmanager
def as_received() -> Iterator[None]:
    """Read the true files meanwhile: what is hidden is chosen by them in every world."""
    with _in_place_of_it(None):
        yield


@contextmanager
def looking_at(world: Path) -> Iterator[None]:
    """Read the files of a world meanwhile: how a gate holds them against what they are to say."""
    if not _is_of_a_gate(world):
        raise _no_gate()
    with _in_place_of_it(world):
        yield


def this_world() -> Path | None:
    """The folder of the world that a gate is looking at; nearly always None.

    Raises
    ------
    InputError
        If somebody else than a gate named one.
    """
    if _instead:
        return _instead[-1]
    named = os.environ.get(WORLD)
    if not named:
        return None
    world, saved = Path(named), Path(os.environ.get(SAVE_TO, os.curdir)).resolve()
    if not _is_of_a_gate(world) or world not in saved.parents:
        raise _no_gate()
    return world


@contextmanager
def _in_place_of_it(world: Path | None) -> Iterator[None]:
    _instead.append(world)
    try:
        yield
    finally:
        _instead.pop()


def _is_of_a_gate(world: Path) -> bool:
    return world.is_dir() and paths.project_root() / ".cdpb" / FOLDER in world.parents


def _no_gate() -> InputError:
    return InputError(
        f"{WORLD} is set, and this is no gate of cdpb.", "Unset it. Nothing was loaded."
    )
