"""Outputs taken out of notebooks, so that figures reach git only by a page that was checked."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path

import click
import nbformat
from nbstripout import install, strip_output

from cdpb import paths
from cdpb.console import say_all
from cdpb.desk import PATH
from cdpb.errors import InputError

# Executed notebooks that a test compares with: their outputs are what they are kept for.
REFERENCE = "tests/reference"
KEEP_ID = " --keep-id"
KEPT = f"{REFERENCE}/*.ipynb !filter !diff"
# What JupyterLab writes of the kernel that ran; another computer's would be another change.
OF_THE_KERNEL = [
    f"metadata.language_info.{name}"
    for name in (
        *("codemirror_mode", "file_extension", "mimetype"),
        *("nbconvert_exporter", "pygments_lexer", "version"),
    )
]


@click.command()
@click.argument("files", nargs=-1, metavar="[NOTEBOOK...]", type=PATH)
@click.option(
    "--install",
    is_flag=True,
    help="Let git take them out of what is committed, in this clone; the files keep them.",
)
def command(files: tuple[Path, ...], install: bool) -> None:
    """Take outputs out of notebooks: those named, or all of notebooks/.

    With --install git does it at every commit, and what you see in JupyterLab stays. `python -m
    nbstripout --uninstall` ends that. The notebooks of tests/reference are left as they are.
    """
    say_all(install_filter() if install else strip(files))


def strip(files: Sequence[Path] = ()) -> Iterator[str]:
    """Take outputs out of the named notebooks or of all; a line for each that had any.

    Raises
    ------
    InputError
        If one can't be read as a notebook, or is kept for its outputs. Nothing is changed then.
    """
    named = files or sorted(paths.notebooks_folder().glob("*.ipynb"))
    stripped = {path: _without_outputs(path) for path in named}
    changed = {path: text for path, text in stripped.items() if text}
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8", newline="\n")
        yield f"{path.name}: outputs taken out."
    if not changed:
        yield "No notebook had outputs."


def _without_outputs(path: Path) -> str:
    """A notebook without its outputs; empty where it has none, and may be written otherwise."""
    if path.resolve().is_relative_to(paths.project_root() / REFERENCE):
        raise InputError(
            f"{path} is kept for its outputs, which a test compares with.",
            "Name notebooks of notebooks/, or none for all of them. Nothing was changed.",
        )
    try:
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    except (OSError, ValueError, nbformat.reader.NotJSONError):
        raise InputError(
            f"{path} can't be read as a notebook.",
            "Wanted: a file that JupyterLab opens, such as notebooks/03_women_in_treatment.ipynb.",
            "Nothing was changed.",
        ) from None
    kept = {"keep_output": False, "keep_count": False, "keep_id": True}
    stripped = strip_output(deepcopy(notebook), **kept, extra_keys=OF_THE_KERNEL)
    return nbformat.writes(stripped) + "\n" if stripped != notebook else ""


def offer() -> str:
    """How to keep outputs out of commits, for a clone that commits them; empty for any other."""
    asked = ["git", "-C", str(paths.project_root()), "config", "--local", "filter.nbstripout.clean"]
    try:
        unset = subprocess.run(asked, capture_output=True).returncode == 1
    except OSError:
        unset = False
    return "git would commit outputs: `cdpb strip --install` keeps them out." if unset else ""


def install_filter() -> Iterator[str]:
    """Set git's filter for this clone, and leave out what is kept for its outputs.

    Raises
    ------
    InputError
        If the project is not in git, or there is no git.
    """
    git = ["git", "-C", str(paths.project_root())]
    # In a worktree too: only there does git look.
    asked = [*git, "rev-parse", "--path-format=absolute", "--git-path", "info/attributes"]
    try:
        told = subprocess.run(asked, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        raise InputError(
            "git can't be asked to keep outputs out of commits.",
            "Wanted: git, and a project folder that it keeps. Nothing was changed.",
        ) from None
    attributes = Path(told.stdout.strip())
    attributes.parent.mkdir(parents=True, exist_ok=True)
    if install([*git, "config"], python=sys.executable, attrfile=str(attributes)):
        raise InputError(
            f"git's file {attributes.name} can't be written.",
            "Wanted: a project that you may set up, with git on the PATH. No filter was set.",
        )
    _strip_alike(git)
    if KEPT not in attributes.read_text(encoding="utf-8").splitlines():
        with attributes.open("a", encoding="utf-8", newline="\n") as file:
            file.write(KEPT + "\n")
    yield "git takes outputs out of notebooks when they are committed, in this clone."
    yield f"The files keep them, and so does {REFERENCE}."


def _strip_alike(git: Sequence[str]) -> None:
    """Have the filter keep the cells' ids and leave out the kernel's, as `cdpb strip` does."""
    named = [*git, "config", "--local", "filter.nbstripout.clean"]
    clean = subprocess.run(named, capture_output=True, text=True, check=True).stdout.strip()
    keys = [*named[:-1], "filter.nbstripout.extrakeys", " ".join(OF_THE_KERNEL)]
    for each in ([*named, clean.removesuffix(KEEP_ID) + KEEP_ID], keys):
        subprocess.run(each, check=True)
