"""Received files put where they belong: all of them or none, and never over another.

Everything is put together aside first, in a copy of the project as it would be. What is moved in
are whole folders of receipts, one rename each, listed in a journal, so that a command that was
interrupted in between is brought to an end by the next.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

from filelock import FileLock, Timeout

from cdpb import paths
from cdpb.adding.incoming import Incoming
from cdpb.adding.receipt import (
    NAME,
    Terms,
    folder_of,
    new_receipt,
    with_file,
    write_receipt,
)
from cdpb.console import undisturbed
from cdpb.durable_files import flush
from cdpb.errors import InputError
from cdpb.yaml_files import read_yaml

JOURNAL = "journal.json"
DECLARATIONS = Path("notebooks") / "findings"
_COPIED = ("data", "shapes")


class Workshop:
    """A private folder in which a project as it would be is put together."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.replaced = folder / "replaced"
        self.journal = folder / JOURNAL

    def copy_project(self) -> None:
        """Copy what declares findings and sources, and what was received of each."""
        root = paths.project_root()
        for name in _COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, self.project / name)
        (self.project / DECLARATIONS).mkdir(parents=True)
        for declared in (root / DECLARATIONS).glob("*.yml"):
            shutil.copy(declared, self.project / DECLARATIONS)

    def put(self, file: Incoming, terms: Terms) -> Path:
        """Put a file into the copy with its receipt; its folder, from the project root."""
        folder = folder_of(file, terms)
        place = self.project / folder
        place.mkdir(parents=True, exist_ok=True)
        written = place / NAME
        receipt = read_yaml(written) if written.is_file() else new_receipt(file, terms)
        write_receipt(written, with_file(receipt, file))
        (place / file.name).write_bytes(file.content)
        return folder

    def note(self, folder: Path, note: str) -> None:
        """Add a sentence to a receipt of the copy."""
        path = self.project / folder / NAME
        receipt = read_yaml(path)
        noted = " ".join([str(receipt.get("note", "")), note]).strip()
        write_receipt(path, {**receipt, "note": noted})

    def take_out(self, folder: Path, withdrawn: Path, day: date, reason: str) -> None:
        """Let a receipt of the copy lie where nothing is read from, and say when and why."""
        place = self.project / withdrawn
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(self.project / folder, place)
        told = {"withdrawn": day, "reason": reason}
        write_receipt(place / NAME, {**read_yaml(place / NAME), **told})

    def move_in(self, folders: list[Path], out: Sequence[Path] = ()) -> None:
        """Put folders of the copy where they belong, and take others out of the project.

        Raises InputError if the system refuses; everything then stands as it did.
        """
        for folder in folders:
            flush(self.project / folder)
        names = {"in": [folder.as_posix() for folder in folders], "out": [*map(Path.as_posix, out)]}
        self.journal.write_text(json.dumps(names), encoding="utf-8", newline="\n")
        try:
            with undisturbed():
                self._move(folders, out)
        except OSError as error:
            self._undo(folders, out)
            raise InputError(
                f"{folders[0].as_posix()} could not be written: {os.strerror(error.errno or 0)}.",
                "Close its files where they are open, and see that data/ can be written.",
                "Nothing was changed.",
            ) from None

    def finish(self) -> list[str]:
        """Complete what was interrupted; the folders that had not been moved in."""
        if not self.journal.is_file():
            return []
        names = json.loads(self.journal.read_text(encoding="utf-8"))
        folders, out = ([Path(name) for name in names[side]] for side in ("in", "out"))
        left = [folder for folder in folders if (self.project / folder).is_dir()]
        self._move(left, out)
        return [folder.as_posix() for folder in left]

    def _move(self, folders: Sequence[Path], out: Sequence[Path]) -> None:
        for folder in folders:
            self._set_aside(folder)
            target = paths.project_root() / folder
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self.project / folder, target)
        for folder in out:
            self._set_aside(folder)

    def _set_aside(self, folder: Path) -> None:
        target, old = paths.project_root() / folder, self.replaced / folder
        if target.exists():
            old.parent.mkdir(parents=True, exist_ok=True)
            os.replace(target, old)

    def _undo(self, folders: Sequence[Path], out: Sequence[Path]) -> None:
        for folder in folders:
            target, new = paths.project_root() / folder, self.project / folder
            if target.exists() and not new.exists():
                os.replace(target, new)
        for folder in (*folders, *out):
            target, old = paths.project_root() / folder, self.replaced / folder
            if old.exists() and not target.exists():
                os.replace(old, target)
        self.journal.unlink(missing_ok=True)


@contextmanager
def workshop() -> Iterator[Workshop]:
    """A workshop of one command's own; what an earlier one was interrupted in is finished first.

    Raises InputError if another command is adding files.
    """
    with _locked():
        _finish()
        folder = paths.private_folder("adding", "now")
        try:
            yield Workshop(folder)
        finally:
            _finish()  # Ctrl-C between two renames must not leave one file without the other


def standing_in(project: Path) -> AbstractContextManager[None]:
    """Let loaders take a folder for the project."""
    return paths.environment_with({"CDPB_HOME": str(project)})


def finish_interrupted() -> list[str]:
    """Bring to an end what ``cdpb add`` was interrupted in; the folders moved in."""
    if not (paths.project_root() / ".cdpb" / "adding" / "now").is_dir():
        return []
    try:
        with _locked():
            return _finish()
    except InputError:
        return []  # it isn't interrupted, it is at work


def _finish() -> list[str]:
    folder = paths.project_root() / ".cdpb" / "adding" / "now"
    done = Workshop(folder).finish()
    shutil.rmtree(folder, ignore_errors=True)
    return done


@contextmanager
def _locked() -> Iterator[None]:
    try:
        with FileLock(paths.private_folder("adding") / "lock", timeout=0):
            yield
    except Timeout:
        raise InputError(
            "Another command is adding files.", "Wait until it has ended.", "Nothing was changed."
        ) from None
