"""Where a project's files lie."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from cdpb.errors import InputError

LANDMARK = Path("data") / "sources.yml"
# Beside a notebook that is executed: records of other years that it finds, and that it leaves.
AT_HAND, LEFT = "years_at_hand", "years"


def project_root() -> Path:
    """The folder that holds ``data/sources.yml``: ``CDPB_HOME``, or found upward from here.

    Raises InputError if ``CDPB_HOME`` names a folder without it, or no folder above has it.
    """
    return _root_of(os.environ.get("CDPB_HOME"), os.getcwd())


@lru_cache(maxsize=64)
def _root_of(named: str | None, working: str) -> Path:
    """Found once: a page asks thousands of times."""
    if named:
        if (Path(named) / LANDMARK).is_file():
            return Path(named).resolve()
        raise InputError(
            f"CDPB_HOME names {named}, which is not a cdpb project.",
            f"Wanted: the file {LANDMARK.as_posix()} in it. Found: none.",
            "Set CDPB_HOME to the project folder, or unset it and start inside the project.",
        )
    here = Path(working).resolve()
    for folder in (here, *here.parents):
        if (folder / LANDMARK).is_file():
            return folder
    raise InputError(
        f"{here} is not inside a cdpb project.",
        f"Wanted: a folder here or above that holds {LANDMARK.as_posix()}. Found: none.",
        "Change into the project folder, or name it in CDPB_HOME.",
    )


def from_root(path: Path) -> str:
    """A path as it is found from the project's folder on any system; whole where it is outside."""
    root = project_root()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def data_folder() -> Path:
    """``data/``: what was received, and what declares it."""
    return project_root() / "data"


def notebooks_folder() -> Path:
    """``notebooks/``: one notebook per finding."""
    return project_root() / "notebooks"


def findings_folder() -> Path:
    """``notebooks/findings/``: what is one finding's alone, and the columns of all."""
    return notebooks_folder() / "findings"


def outputs_folder() -> Path:
    """``outputs/``: finished assessments, and nothing else."""
    return project_root() / "outputs"


def private_folder(*parts: str) -> Path:
    """A folder under ``.cdpb/``, made if absent and readable by its owner alone."""
    root = project_root() / ".cdpb"
    root.mkdir(mode=0o700, exist_ok=True)
    folder = root.joinpath(*parts)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def environment_with(settings: Mapping[str, str]) -> Iterator[None]:
    """What this process and those that it starts find in their environment, put back afterwards."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
