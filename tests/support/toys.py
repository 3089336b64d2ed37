"""A small project of its own, with notebooks that save a minimal record, for tests of the runner."""

import shutil
from pathlib import Path

import nbformat

from tests.support.project import declare_findings

REAL = Path(__file__).resolve().parents[2]

SOURCES = """
sources:
  toy_counts:
    title: Counts of a toy
    publisher: The toy maker
    landing_page: https://example.org/toys
    licence: Open Government Licence v3.0
    attribution: The toy maker, Open Government Licence v3.0.
    frequency: yearly
    geography: boroughs
    access: public
    status: official
    policy: open
    folder: data
    periods: years
    not_mixed_with: []
    definition: Toys counted.
    caveats: [Toys are not counted well.]
"""

RECEIPT = """
source: toy_counts
received: 2025-05-01
files:
  - name: toys.csv
    sha256: {sha256}
    size: {size}
    layout: compiled
periods: {{first: 2020/21, last: 2023/24}}
"""

TOYS = b"area_code,year,toys\nE09000003,2023/24,12\n"

PARAMETERS = """year = "2023/24"
area = "E09000003"
edition = "public"
demonstration = False
focus_ward = "E05013632"
"""

# ruff: noqa: E501 (a cell of a notebook, as it is)
SAVE = """import json, os
from pathlib import Path
place = {{"code": area, "name": "Barnet" if area == "E09000003" else "Camden"}}
table = {{"id": "rows", "title": "Toys", "file": "tables/{id}/rows.csv", "rows": 1, "columns": ["toys"], "source": ["toy_counts"], "period": year}}
record = {{"id": "{id}", "slug": "{slug}", "title": "{title}", "question": "How many toys?", "area": place, "year": year,
  "edition": edition, "demonstration": demonstration, "statement": None, "verdict": {{"outcome": "supported", "label": "supported", "reason": "", "parts": []}},
  "headline": "Twelve toys are held.", "as_of": {{"toy_counts": year}}, "key_figures": [], "tables": [table], "figures": [],
  "sources": [{{"id": "toy_counts", "title": "Counts of a toy", "publisher": "The toy maker", "landing_page": "https://example.org/toys",
    "licence": "OGL", "attribution": "The toy maker.", "access": "public", "status": "official", "period": year,
    "receipts": [{{"received": "1 May 2025", "files": [{{"name": "toys.csv", "sha256": "0000000000000000000000000000000000000000000000000000000000000000"}}]}}]}}],
  "caveats": [], "parameters": {{"focus_ward": focus_ward}}, "notices": []}}
folder = Path(os.environ["CDPB_SAVE_TO"])
for name, text in (("findings/{id}.json", json.dumps(record)), (table["file"], "toys\\n12\\n")):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8", newline="\\n")
block = {{"application/vnd.cdpb.block+json": {{"kind": "record", "record": record}}, "text/plain": ""}}
display(block, raw=True)
"""


def toy_project(folder: Path, monkeypatch, **notebooks: list[str]) -> Path:
    """A project at a folder, named by ``CDPB_HOME``.

    Parameters
    ----------
    **notebooks : list of str
        Finding id to the code cells between its parameters and its saving; ``first`` and
        ``second`` without any when none is named.
    """
    cells = notebooks or {"first": ["toys = 12"], "second": ["toys = 13"]}
    _data(folder)
    (folder / "outputs").mkdir()
    (folder / "notebooks").mkdir()
    _declare(folder, list(cells))
    for name, steps in cells.items():
        write_notebook(folder, name, steps)
    monkeypatch.setenv("CDPB_HOME", str(folder))
    return folder


def write_notebook(folder: Path, name: str, steps: list[str]) -> None:
    """Write one toy notebook: title, parameters, the steps, saving."""
    told = {"id": name, "slug": name.replace("_", "-"), "title": name.title()}
    cells = [
        nbformat.v4.new_markdown_cell(f"# {name.title()}: how many toys?"),
        nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        *(nbformat.v4.new_code_cell(step) for step in steps),
        nbformat.v4.new_code_cell(SAVE.format(**told)),
    ]
    # A kernel that no machine has: the runner uses python3 of its own environment all the same.
    metadata = {"kernelspec": {"name": "elsewhere", "language": "python", "display_name": "?"}}
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells, metadata=metadata),
        folder / "notebooks" / f"{name}.ipynb",
    )


def of_2023_24(folder: Path, workers: int | str = "auto") -> None:
    """Let the year for which a test's project has figures be the one that is made of it."""
    defaults = folder / "data" / "defaults.yml"
    lines = defaults.read_text(encoding="utf-8").splitlines(keepends=True)
    said = {"year: ": 'year: ["2023/24"]\n', "workers: ": f"workers: {workers}\n"}
    text = [said.get(line[: line.find(" ") + 1], line) for line in lines]
    defaults.write_text("".join(text), encoding="utf-8")


def _data(folder: Path) -> None:
    import hashlib

    (folder / "data" / "areas").mkdir(parents=True)
    for path in [REAL / "data" / "areas" / "boroughs.csv", *REAL.glob("data/*.yml")]:
        shutil.copyfile(path, folder / path.relative_to(REAL))
    # Two processes that start take longer than two toys one after the other.
    of_2023_24(folder, workers=1)
    (folder / "data" / "sources.yml").write_text(SOURCES, encoding="utf-8")
    receipt = folder / "data" / "toy_counts" / "2025-05-01"
    receipt.mkdir(parents=True)
    (receipt / "toys.csv").write_bytes(TOYS)
    told = RECEIPT.format(sha256=hashlib.sha256(TOYS).hexdigest(), size=len(TOYS))
    (receipt / "receipt.yml").write_text(told, encoding="utf-8")


def _declare(folder: Path, names: list[str]) -> None:
    findings = [
        {
            "id": name,
            "slug": name.replace("_", "-"),
            "title": name.title(),
            "notebook": f"{name}.ipynb",
            "order": order,
            "sources": ["toy_counts"],
        }
        for order, name in enumerate(names, start=1)
    ]
    declare_findings(folder, {}, findings)


def seen(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes, hidden ones too."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
