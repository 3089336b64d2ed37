"""The illustrative returns as a smaller borough would send them: fewer people, drawn at random."""

import csv
import hashlib
import io
import random
import shutil
from pathlib import Path

import yaml

from cdpb import catalogue
from cdpb.declarations import declarations
from cdpb.policies import policy
from tests.support.project import CHECKOUT

COPIED = ("data", "notebooks", "shapes")
# Offences and estimates are no returns: their files stay as they are.
AS_THEY_ARE = ("mps_dashboard", "opiate_crack_local")
PERCENTAGES = ("Per cent", "Continuity of care (%)")


def thinned_project(folder: Path, seed: int, kept: float) -> Path:
    """A copy of the project in which each person of a return is kept with this probability.

    The people of one row are the same in all its columns and in all receipts, those of a smaller
    count among those of a larger: so a part stays below its whole, and a revision a revision.
    """
    for name in COPIED:
        shutil.copytree(CHECKOUT / name, folder / name)
    for path in sorted((folder / "data" / "illustrative").glob("*/*/*.csv")):
        source = path.parent.parent.name
        if source not in AS_THEY_ARE:
            _thin(path, f"{seed} {source}", kept)
            _write_receipt(path)
    return folder


def protected_findings() -> list[str]:
    """Ids of the findings that draw on a return whose small counts are hidden."""
    protected = {
        name for name, each in catalogue.sources().items() if policy(each.policy).threshold
    }
    return [each.id for each in declarations().findings if protected & set(each.sources)]


def _thin(path: Path, seed: str, kept: float) -> None:
    head, rows, encoding = read_return(path)
    write_return(path, [head, *thinned_rows(head, rows, seed, kept)], encoding)


def read_return(path: Path) -> tuple[list[str], list[list[str]], str]:
    """Header, rows and encoding of a return."""
    content = path.read_bytes()
    encoding = "cp1252" if b"\x96" in content else "utf-8"
    head, *rows = csv.reader(io.StringIO(content.decode(encoding), newline=""))
    return head, rows, encoding


def write_return(path: Path, rows: list[list[str]], encoding: str) -> None:
    """A return as a sender writes it."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def counts_of(head: list[str], rows: list[list[str]]) -> list[int]:
    """The columns in which counts stand."""
    return [
        at
        for at, name in enumerate(head)
        if name not in PERCENTAGES and all(row[at].isdecimal() for row in rows)
    ]


def thinned_rows(head: list[str], rows: list[list[str]], seed: str, kept: float) -> list[list[str]]:
    """Rows in which each person is kept with this probability, percentages computed again."""
    counts, rows = counts_of(head, rows), [list(row) for row in rows]
    for row in rows:
        named = " ".join(cell for at, cell in enumerate(row) if at not in counts)
        before = {at: int(row[at]) for at in counts}
        for at in counts:
            row[at] = str(_kept_of(before[at], f"{seed} {named}", kept))
        for at in (at for at, name in enumerate(head) if name in PERCENTAGES):
            row[at] = _percentage(row[at], int(row[at - 1]), int(row[at - 2]))
    return rows


def _kept_of(count: int, seed: str, kept: float) -> int:
    people = random.Random(seed)
    return sum(people.random() < kept for _ in range(count))


def _percentage(before: str, part: int, whole: int) -> str:
    decimals = len(before.partition(".")[2])
    return f"{100 * part / whole:.{decimals}f}" if whole else before


def _write_receipt(path: Path) -> None:
    receipt = path.parent / "receipt.yml"
    told = yaml.safe_load(receipt.read_text(encoding="utf-8"))
    content = path.read_bytes()
    (file,) = told["files"]
    file |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    receipt.write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8", newline="\n")
