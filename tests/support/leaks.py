"""A small project with a protected return, an assessment of it, and ways to leak from that."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import yaml

from cdpb import paths
from tests.support.project import BOROUGHS, declare_findings, declared_columns
from tests.support.toys import REAL, of_2023_24

AREA = "E09000003"
ROUTES = {
    "Custody – voluntary": "custody",
    "Neighbourhood team – voluntary": "neighbourhood policing",
    "Operation Woodson": "Operation Woodson",
}
# Referrals of a month. Custody comes to 3 in 2022/23: too few to be shown, and so is whatever
# would give it away.
MONTHS = {
    "2022/23": {"Custody – voluntary": [1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0],
                "Neighbourhood team – voluntary": [2, 0, 1, 1, 0, 3, 1, 0, 2, 1, 0, 2],
                "Operation Woodson": [0] * 12},
    "2023/24": {"Custody – voluntary": [3, 4, 2, 5, 3, 4, 3, 2, 6, 3, 4, 2],
                "Neighbourhood team – voluntary": [2, 3, 1, 4, 2, 1, 3, 2, 2, 3, 1, 4],
                "Operation Woodson": [0, 0, 1, 2, 0, 1, 0, 2, 1, 0, 1, 1]},
}  # fmt: skip
SMALL, BESIDE, ALL = 3, 13, 16
COLUMNS = ("year", "month", "route", "referrals", "percent_of_referrals", "lower", "upper")
TABLES = [
    {"id": "routes", "title": "Police referrals by year and route", "source": "police_referrals",
     "dimensions": ["year", "route"], "filter": {"area_code": "{area}", "year": "{years}"},
     "count": "referrals", "totals": ["route"],
     "derived": ["percent_of_referrals", "lower", "upper"]},
    {"id": "again", "title": "The same in another table", "source": "police_referrals",
     "dimensions": ["route", "year"], "filter": {"area_code": "{area}", "year": "{years}"},
     "count": "referrals", "totals": ["route"]},
    {"id": "rolling", "title": "Police referrals, twelve months", "source": "police_referrals",
     "dimensions": ["month"], "filter": {"area_code": "{area}", "year": "{years}"},
     "count": "referrals", "window": "rolling_12"},
    {"id": "shares", "title": "Percentages alone", "source": "police_referrals",
     "dimensions": ["year", "route"], "made_of": ["routes"], "derived": ["percent_of_referrals"]},
]  # fmt: skip
PARAMETERS = """year = "2023/24"
area = "E09000003"
edition = "public"
demonstration = False
"""
STEPS = """from IPython.display import display
from cdpb.report.finding import Finding
from cdpb.statistics.shares import with_shares
from cdpb.statistics.windows import by_year, rolling_years
finding = Finding("referrals", year, area, edition, demonstration)
load = finding.load
finding.as_of("police_referrals")
sent, held = load.returned("police_referrals", finding.area), load.years_held("police_referrals")
counts = by_year(sent, "route", "referrals", held, year)
routes = finding.publish(with_shares(counts, "route", "referrals"), "routes")
again = finding.publish(counts, "again")
alike = sent.assign(every="every")
windows = rolling_years(alike, "every", "referrals", held, year)
rolling = finding.publish(windows.query("every == 'total'").drop(columns="every"), "rolling")
alone = ["year", "route", "percent_of_referrals"]
shares = finding.publish(routes.to_frame(gaps=True)[alone], "shares")
"""
SHOW = """finding.verdict("Referrals by the police are shown by route.")
display(finding.table(routes, "Referrals by the police, by route"))
"""
KEEP = "finding.close()"
# What a notebook may do that it must not: each writes something of the hidden counts into an
# element of its own, as a page's block, and none writes a count.
FROM_HIDDEN = """
import base64, struct, zlib
first = counts[(counts["year"] == "2022/23") & (counts["route"] != "total")]
number = dict(zip(first["route"], first["referrals"].astype(int)))
small, large = number["custody"], number["neighbourhood policing"]
def png(height):
    rows = b"".join(b"\\0" + bytes(12 * [255 if row < height else 0]) for row in range(20))
    chunk = lambda kind, body: (struct.pack(">I", len(body)) + kind + body
                                + struct.pack(">I", zlib.crc32(kind + body)))
    head = struct.pack(">IIBBBBB", 12, 20, 8, 0, 0, 0, 0)
    whole = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return base64.b64encode(b"\\x89PNG\\r\\n\\x1a\\n" + whole).decode()
order = sorted(number, key=number.get)
shade = format(90 + 7 * small, "x")
parts = {
    "sort-order": "<p>" + ", ".join(order) + "</p>",
    "axis-limits": f'<svg viewBox="0 0 90 {10 * large}"></svg>',
    "colour-scale": f'<svg><path fill="#{shade}{shade}{shade}"/></svg>',
    "map-classes": f'<svg><path class="class-{chr(97 + small)}"/></svg>',
    "bar-heights": f'<img src="data:image/png;base64,{png(small + 4)}">',
    "svg-paths": f'<svg><path d="M0 {small}h{large}"/></svg>',
    "words": "<p>" + ("few" if small < 3 else "several") + " came by custody</p>",
    "widths": f'<i style="width:{large}%"></i>',
    "masked-rank": f'<p data-place="{chr(97 + large)}">neighbourhood</p>',
}
for name, html in parts.items():
    html = f'<section id="{name}">{html}</section>'
    display({"application/vnd.cdpb.block+json": {"kind": "figure", "html": html}}, raw=True)
"""
# The same with what is derived from the file of a source that isn't public, as words and colours.
FROM_RECEIPTS = """
from cdpb import catalogue
(receipt,) = catalogue.receipts("police_referrals")
(path,) = receipt.paths
content = path.read_bytes()
told = {
    "file-size": len(content),
    "exact-day": receipt.received.day,
    "file-name": sum(map(ord, path.name)),
    "row-count": content.count(b"\\n"),
    "some-bytes": sum(content),
}
for name, number in told.items():
    letters = "".join(chr(97 + int(digit)) for digit in str(number))
    html = f'<section id="{name}"><i data-of="{letters}">.</i></section>'
    display({"application/vnd.cdpb.block+json": {"kind": "figure", "html": html}}, raw=True)
"""
FROM_ABSENCE = """
import os
from pathlib import Path
there = (Path(os.environ["CDPB_HOME"]) / "data" / "continuity_of_care").exists()
html = "<p id='reserved'>" + ("received" if there else "not received") + "</p>"
display({"application/vnd.cdpb.block+json": {"kind": "figure", "html": html}}, raw=True)
"""
# In the same kernel, what the public edition may not open, shown round publish.
FROM_THE_BOARD = """
board = Finding("referrals", year, area, "partnership", demonstration)
released = board.load.returned("continuity_of_care", finding.area)["released"].sum()
letters = "".join(chr(97 + int(digit)) for digit in str(released))
html = f"<p id='of-the-board' data-of='{letters}'>.</p>"
display({"application/vnd.cdpb.block+json": {"kind": "figure", "html": html}}, raw=True)
"""


def protected_project(folder: Path, monkeypatch, *more: str) -> Path:
    """A project of one finding about a protected return, with a restricted source beside it.

    Parameters
    ----------
    *more : str
        Cells that its notebook has before the last.
    """
    data = folder / "data"
    data.mkdir(parents=True)
    for name in ("column_maps", "value_maps"):
        shutil.copytree(REAL / "data" / name, data / name)
    for path in REAL.glob("data/*.yml"):
        shutil.copyfile(path, data / path.name)
    of_2023_24(folder)
    for name in ("shapes", "outputs", "notebooks", "data/areas"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (data / "areas" / "boroughs.csv").write_text(BOROUGHS, encoding="utf-8")
    care = REAL / "data" / "illustrative" / "continuity_of_care"
    shutil.copytree(care, data / "continuity_of_care")
    _receive(data)
    _declare(folder)
    _write_notebook(folder, more)
    monkeypatch.setenv("CDPB_HOME", str(folder))
    return folder


def edited(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    """A plant that changes a text of an assessment."""

    def plant(folder: Path) -> None:
        path = folder / name
        before = path.read_text(encoding="utf-8")
        after = change(before)
        assert after != before, f"nothing was planted in {name}"
        path.write_text(after, encoding="utf-8", newline="\n")

    return plant


def on_the_page(html: str) -> Callable[[Path], None]:
    """A plant that puts a piece of HTML at the end of the page's main part."""
    return edited("referrals.html", lambda page: page.replace("</main>", f"{html}\n</main>"))


def hash_of_the_return(into: str) -> Callable[[Path], None]:
    """A plant that writes the hash of the partner's file into a file of the assessment."""

    def plant(folder: Path) -> None:
        (path,) = (paths.data_folder() / "police_referrals").glob("*/*.csv")
        told = hashlib.sha256(path.read_bytes()).hexdigest()
        file = folder / into
        text = file.read_text(encoding="utf-8").replace("Barnet", f"Barnet {told}", 1)
        file.write_text(text, encoding="utf-8", newline="\n")

    return plant


def in_the_table(table: str, row: str, into: str) -> Callable[[Path], None]:
    """A plant that writes other cells into the row of a table that begins like this."""
    name = f"tables/referrals/{table}.csv"
    begins = re.compile(rf"^{re.escape(row)},.*$", flags=re.MULTILINE)
    return edited(name, lambda text: begins.sub(f"{row},{into}", text))


def in_the_record(**entries: object) -> Callable[[Path], None]:
    """A plant that adds to the finding's record."""

    def change(text: str) -> str:
        return json.dumps(json.loads(text) | entries, ensure_ascii=False)

    return edited("findings/referrals.json", change)


def beside_it(name: str, content: bytes) -> Callable[[Path], None]:
    """A plant that leaves a file in the assessment's folder."""

    def plant(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return plant


def listed_anew(folder: Path) -> None:
    """Let the manifest list what was planted, as if the run itself had written it."""
    path = folder / "manifest.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    for file in told["files"]:
        content = (folder / file["path"]).read_bytes()
        file |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _receive(data: Path) -> None:
    lines = ["Month of referral,Borough,Referral route,Referrals"]
    for year, routes in MONTHS.items():
        for route, counts in routes.items():
            for place, count in enumerate(counts):
                month, on = (4 + place - 1) % 12 + 1, int(year[:4]) + (place > 8)
                lines.append(f"01/{month:02}/{on},Barnet,{route},{count}")
    content = ("\n".join(lines) + "\n").encode("cp1252")
    folder = data / "police_referrals" / "2024-05-31"
    folder.mkdir(parents=True)
    (folder / "police_referrals.csv").write_bytes(content)
    receipt = {
        "source": "police_referrals", "received": "2024-05-31",
        "periods": {"first": "2022-04", "last": "2024-03"},
        "files": [{"name": "police_referrals.csv", "size": len(content),
                   "sha256": hashlib.sha256(content).hexdigest(), "layout": "assumed"}],
    }  # fmt: skip
    (folder / "receipt.yml").write_text(yaml.safe_dump(receipt), encoding="utf-8")


def _declare(folder: Path) -> None:
    real = declared_columns()
    columns = {name: real[name] for name in COLUMNS if name in real}
    columns["percent_of_referrals"] = {"label": "Per cent", "kind": "percent", "of": ["route"]}
    finding = {
        "id": "referrals", "slug": "referrals", "title": "Referrals by the police",
        "notebook": "referrals.ipynb", "order": 1, "sources": ["police_referrals"],
        "tables": TABLES,
    }  # fmt: skip
    declare_findings(folder, columns, [finding])


def _write_notebook(folder: Path, more: tuple[str, ...]) -> None:
    cells = [
        nbformat.v4.new_markdown_cell("# How do the police refer people?"),
        nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        *(nbformat.v4.new_code_cell(each) for each in (STEPS, SHOW, *more, KEEP)),
    ]
    path = folder / "notebooks" / "referrals.ipynb"
    metadata = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
