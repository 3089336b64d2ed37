"""What is being made, which sources that may show, and which received files it is made from."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from cdpb import paths
from cdpb.errors import InputError

PARTNERSHIP = "partnership"
EDITIONS = ("public", PARTNERSHIP)
PARTNERSHIP_ONLY = ("internal_only", "restricted")


@dataclass(frozen=True)
class Build:
    """The edition of an assessment, and whether illustrative figures may enter it.

    Raises InputError if the edition is neither public nor partnership.
    """

    edition: str = "public"
    demonstration: bool = False

    def __post_init__(self) -> None:
        if self.edition not in EDITIONS:
            raise InputError(
                f"{str(self.edition)[:40]!r} is not an edition.",
                f"Choose one of {', '.join(EDITIONS)}.",
            )

    def permits(self, access: str, status: str = "official") -> bool:
        """Whether a source of this access and status may be opened for it."""
        if status == "illustrative" and not self.demonstration:
            return False
        return self.edition == "partnership" or access not in PARTNERSHIP_ONLY

    def made_for(self, finding: str, area: str, year: str) -> str:
        """Which finding of which assessment what a notebook publishes belongs to."""
        edition = f"{self.edition} demonstration" if self.demonstration else self.edition
        return f"{finding} of {area}, {year}, {edition}"

    @property
    def in_names(self) -> str:
        """What the name of a downloaded file says of it: ``demonstration-partnership-``."""
        edition = "" if self.edition == "public" else f"{self.edition}-"
        return "demonstration-" * self.demonstration + edition


PUBLIC = Build()
_current: ContextVar[Build] = ContextVar("build", default=PUBLIC)


@contextmanager
def building(build: Build) -> Iterator[None]:
    """Load for one build; outside of it loaders serve a public edition of real figures."""
    before = _current.set(build)
    try:
        yield
    finally:
        _current.reset(before)


def current() -> Build:
    """The build that loaders serve now."""
    return _current.get()


# Other worlds ------------------------------------------------------------------------
#
# The one seam through which other received files can stand in place of a source's own. Only a gate
# uses it: it makes an assessment again from files that a reader could take for the true ones, to
# see that nothing on the pages changes. Such files lie in .cdpb/worlds. What is made of them can
# only be saved beside them, and never as an assessment or a draft.

WORLD, SAVE_TO = "CDPB_WORLD", "CDPB_SAVE_TO"
WORLDS = "worlds"

# What stands over the environment, innermost last: a world's folder, or None for none.
_instead: list[Path | None] = []


def receipts_in_this_world(source_id: str) -> Path | None:
    """Where the receipts of a source lie while a gate looks at another world; else None."""
    world = this_world()
    if world is None or not (world / source_id).is_dir():
        return None
    return world / source_id


@contextmanager
def looking_at(world: Path | None) -> Iterator[None]:
    """Read the files of a world meanwhile, as a gate does; for None the true ones."""
    if world is not None and not _is_of_a_gate(world):
        raise _no_gate()
    _instead.append(world)
    try:
        yield
    finally:
        _instead.pop()


def as_received() -> AbstractContextManager[None]:
    """Read the true files meanwhile: what is hidden is chosen by them in every world."""
    return looking_at(None)


def this_world() -> Path | None:
    """The folder of the world that a gate is looking at; nearly always None.

    Raises InputError if somebody else than a gate named one.
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


def _is_of_a_gate(world: Path) -> bool:
    return world.is_dir() and paths.project_root() / ".cdpb" / WORLDS in world.parents


def _no_gate() -> InputError:
    return InputError(
        f"{WORLD} is set, and this is no gate of cdpb.", "Unset it. Nothing was loaded."
    )
