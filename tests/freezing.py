"""The bytes of whole assessments as they stand: what a change of the house may not change.

``python -m tests.freezing`` makes them all and freezes them anew, for a change that is meant.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from cdpb.cli import main

HERE = Path(__file__).resolve().parent / "frozen"
# Sixteen signs are enough to tell two files apart.
SIGNS = 16


class Frozen(NamedTuple):
    """One assessment: ``2023/24``, ``Barnet``, ``public``, and whether it is a demonstration."""

    year: str
    area: str
    edition: str
    demonstration: bool = False

    @property
    def name(self) -> str:
        """What its list of hashes is called."""
        kind = "demonstration-" if self.demonstration else ""
        return f"{self.area.lower()}-{self.year.replace('/', '-')}-{kind}{self.edition}"


FROZEN = [
    *(
        Frozen(year, "Barnet", edition, demonstration)
        for year in ("2022/23", "2023/24", "2024/25")
        for edition in ("public", "partnership")
        for demonstration in (False, True)
    ),
    Frozen("2023/24", "Camden", "public"),
]


def made(asked: Frozen, folder: Path) -> Path:
    """Make an assessment below a folder; the one that its files stand in."""
    told = ["--year", asked.year, "--area", asked.area, "--edition", asked.edition]
    told += ["--demonstration"] if asked.demonstration else []
    assert main(["run", *told, "--output", str(folder)]) == 0
    (manifest,) = folder.rglob("manifest.json")
    return manifest.parent


def hashes(assessment: Path) -> dict[str, str]:
    """Each file below an assessment, and the start of its SHA-256."""
    files = sorted(path for path in assessment.rglob("*") if path.is_file())
    return {path.relative_to(assessment).as_posix(): _start_of_hash(path) for path in files}


def _start_of_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:SIGNS]


def is_kept(asked: Frozen) -> bool:
    """Whether hashes of it were frozen."""
    return (HERE / f"{asked.name}.txt").is_file()


def kept(asked: Frozen) -> dict[str, str]:
    """The hashes that were frozen."""
    lines = (HERE / f"{asked.name}.txt").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def freeze(all_of: Iterable[Frozen]) -> None:
    """Make assessments and keep their hashes."""
    for asked in all_of:
        with tempfile.TemporaryDirectory() as folder:
            found = hashes(made(asked, Path(folder)))
        lines = "".join(f"{digest}  {name}\n" for name, digest in found.items())
        (HERE / f"{asked.name}.txt").write_text(lines, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    os.environ["CDPB_KEY_FILE"] = str(HERE.parent / "key_of_the_tests")
    wanted = sys.argv[1:]
    freeze(each for each in FROZEN if not wanted or each.name in wanted)
