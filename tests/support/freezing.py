"""The bytes of whole assessments as they stand: what a change of the house may not change.

Partners' pages show the notebook's own code, which is what such a change is about; so it is left
out of them, as are the sizes and hashes of pages that the manifest lists.

``python -m tests.support.freezing`` makes them all and freezes them anew, for a meant change.
``python -m tests.support.freezing NAME FOLDER`` freezes one that was made before.
"""

import hashlib
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from cdpb.cli import main

HERE = Path(__file__).resolve().parents[1] / "frozen"
# A notebook's code, as a page shows it.
CODE = re.compile(rb"\s*<pre.*?</pre>\s*", re.DOTALL)
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
        for year in ("2022/23", "2023/24", "2024/25", "2025/26")
        for edition in ("public", "partnership")
        for demonstration in (False, True)
    ),
    Frozen("2023/24", "Camden", "public"),
    Frozen("2025/26", "Camden", "public"),
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
    content = path.read_bytes()
    if path.suffix == ".html":
        content = CODE.sub(b"", content)
    if path.name == "manifest.json":
        content = _without_hashes(content)
    return hashlib.sha256(content).hexdigest()[:SIGNS]


def _without_hashes(content: bytes) -> bytes:
    told = json.loads(content)
    told["files"] = [each["path"] for each in told["files"]]
    return json.dumps(told, sort_keys=True).encode()


def kept(asked: Frozen) -> dict[str, str]:
    """The hashes that were frozen."""
    lines = (HERE / f"{asked.name}.txt").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def freeze(asked: Frozen, found: dict[str, str]) -> None:
    """Keep the hashes of an assessment."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in found.items())
    (HERE / f"{asked.name}.txt").write_text(lines, encoding="utf-8", newline="\n")


def main_of(arguments: list[str]) -> None:
    """Freeze what is named, all where nothing is."""
    os.environ["CDPB_KEY_FILE"] = str(HERE.parent / "key_of_the_tests")
    name, folder = [*arguments, "", ""][:2]
    for asked in FROZEN:
        if folder and asked.name == name:
            freeze(asked, hashes(Path(folder)))
        elif not folder and name in ("", asked.name):
            with tempfile.TemporaryDirectory() as made_in:
                freeze(asked, hashes(made(asked, Path(made_in))))


if __name__ == "__main__":
    main_of(sys.argv[1:])
