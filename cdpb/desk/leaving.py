"""Documents that leave the folder: from what is as the run wrote it, to a file beside no page."""

from pathlib import Path

from cdpb.errors import InputError
from cdpb.report.archives import called
from cdpb.runner.gates.written import Written, read_written
from cdpb.runner.manifest import refuse_if_edited
from cdpb.runner.place import display_path


def leaving(output: Path) -> tuple[Written, str]:
    """A finished assessment that nobody has edited, and how files made of it are called.

    Raises
    ------
    InputError
        If no assessment stands there, or a file of it is not as the run wrote it.
    """
    written = read_written(output.resolve())
    refuse_if_edited(written.folder, "Nothing was written.")
    return written, called(written.records[0])


def place_for(to: Path | None, name: str, folder: Path) -> Path:
    """Where a file is written: where it was asked for, else here under its own name.

    Raises
    ------
    InputError
        If its name has another ending, or it would stand in the assessment or in no folder.
    """
    target, ending = (to or Path(name)).resolve(), Path(name).suffix
    if target.suffix != ending or target.is_dir():
        raise InputError(
            f"{display_path(target)} is no name of such a file.",
            f"Give --to a name that ends in {ending}. Nothing was written.",
        )
    if target.is_relative_to(folder) or not target.parent.is_dir():
        why = "is the assessment's own" if target.is_relative_to(folder) else "is not there"
        raise InputError(
            f"The folder {display_path(target.parent)} {why}.",
            "Name a file in another folder with --to. Nothing was written.",
        )
    return target
