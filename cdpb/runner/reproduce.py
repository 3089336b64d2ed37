"""Makes a finished assessment again from its manifest, in a clean folder, and compares the two."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdpb import catalogue
from cdpb.errors import CdpbError, InputError
from cdpb.file_contents import relative
from cdpb.runner.gates.rebuilding import (
    differing_files,
    made_again,
    project_without,
    refuse_another_key,
)
from cdpb.runner.gates.written import read_written
from cdpb.runner.manifest import files_below, read_manifest, refuse_if_edited
from cdpb.runner.progress import RunFailed
from cdpb.runner.runs import new_run
from cdpb.runner.workspaces import workspace
from cdpb.sources import Receipt

MOST_PLACES = 3


@dataclass(frozen=True)
class Reproduced:
    """An assessment beside what was made again: where they differ, by file.

    ``left_out`` are the receipts that came since it was made; it was made again without them.
    """

    assessment: str
    files: int
    left_out: list[str]
    differing: dict[str, list[str]]

    def lines(self) -> Iterator[str]:
        """For people: identical, or each file that differs with the first places in it."""
        yield self.assessment
        if self.left_out:
            yield f"  made again without what was received since: {', '.join(self.left_out)}"
        if not self.differing:
            yield f"  identical: {self.files} files"
        for name, places in self.differing.items():
            yield from (f"  {each}" for each in places[:MOST_PLACES])
            if len(places) > MOST_PLACES:
                yield f"  {name}: and more"

    def refuse(self) -> None:
        """Raise an error if any file differs."""
        if self.differing:
            raise CdpbError(
                f"{self.assessment} is not what is made today: "
                f"{len(self.differing)} of {self.files} files differ.",
                "The same inputs give the same bytes. So its data, notebooks, declarations or area",
                "file, the library or its packages have changed, or something was released since.",
                "Nothing was written.",
            )


def reproduce(output: Path, tell: Callable[[str], object]) -> Reproduced:
    """Make a finished assessment again, every notebook afresh, and compare; nothing is left.

    It is made in a copy of the project that has no private state, so that nothing is remembered,
    and with the receipts that the manifest names. ``tell`` is given each line of that run.

    Raises
    ------
    InputError
        If no assessment stands there, a file of it was edited, a receipt that it was made from is
        gone, or another key drew what it hides.
    RunFailed
        If it can't be made again; with the exit code of the run.
    """
    written = read_written(output.resolve())
    refuse_if_edited(written.folder)
    refuse_another_key(written)
    later = [each for source in read_manifest(written.folder)["sources"] for each in _later(source)]
    run = new_run()
    with workspace(run) as folder:
        project = project_without([], folder / "project")
        for receipt in later:
            shutil.rmtree(project / relative(receipt.folder))
        # Whoever replaces it meanwhile, this is what was asked for.
        before = shutil.copytree(written.folder, folder / "before")
        # What lies in the clean folder is gone before anybody could look at it.
        again, code = made_again(
            written, project, folder / "again", lambda line: run in line or tell(line)
        )
        if code:
            headline = f"{written.assessment} can't be made again: the run says why, above."
            raise RunFailed(max(code, 1), headline, "Nothing was written.")
        found = differing_files(before, again.target)
        left_out = [relative(receipt.folder) for receipt in later]
        files = len(files_below(before) | files_below(again.target))
        return Reproduced(str(written.assessment), files, left_out, found)


def _later(source: dict[str, Any]) -> list[Receipt]:
    """The receipts of a source that its entry doesn't name; refused where a named one is gone."""
    declared, named = catalogue.source(source["id"]), {r["received"] for r in source["receipts"]}
    in_use = [
        (each.received_text if declared.access == "public" else each.month_text, each)
        for each in catalogue.receipts(declared.id)
    ]
    gone = sorted(named - {text for text, _ in in_use})
    if gone:
        raise InputError(
            f"What it was made from is gone: {declared.id}, received {', '.join(gone)}.",
            f"Wanted: that receipt in {declared.folder}/{declared.id}, with its files.",
            "Put its folder back; one that was withdrawn lies under data/withdrawn.",
            "Nothing was looked at.",
        )
    return [each for text, each in in_use if text not in named]
