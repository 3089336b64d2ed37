"""Chromium without a window, and what it needs; each absence skips with the way to end it."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
PACKAGES = ("axe-core", "playwright-core")
# In a container Chromium runs as root, which its sandbox refuses.
SWITCHES = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
LIMIT = 400


def chromium() -> str:
    """The browser's command, or a skip that says how to install it."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip("no Chromium: apt-get install chromium, or any Chrome or Edge on the PATH")
    return found


def node_modules() -> Path:
    """Where axe-core and playwright-core lie, or a skip that says how to install them."""
    if not shutil.which("node"):
        pytest.skip("no Node: apt-get install nodejs npm")
    named = os.environ.get("CDPB_NODE_MODULES")
    folder = Path(named) if named else PROJECT / "node_modules"
    if not all((folder / each).is_dir() for each in PACKAGES):
        pytest.skip(
            "no axe-core: npm install --no-save axe-core playwright-core in the project folder, "
            "or name a folder that holds them in CDPB_NODE_MODULES"
        )
    return folder


def print_pages(page: Path, folder: Path) -> list[str]:
    """The text of each page as printed, or a skip where nothing can read a PDF."""
    browser = chromium()
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext: apt-get install poppler-utils")
    pdf = folder / "page.pdf"
    _run([browser, *SWITCHES, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri()])
    text = _run(["pdftotext", "-layout", str(pdf), "-"])
    return text.split("\f")[:-1]


def heights_of_words(pdf: Path) -> list[float]:
    """How many points high each word of a printed page stands."""
    found = re.findall(
        r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)"',
        _run(["pdftotext", "-bbox", str(pdf), "-"]),
    )
    return [round(float(bottom) - float(top), 1) for top, bottom in found]


def height_of(page: Path, within: str) -> float:
    """How many pixels a part of a page takes on a screen of 1280, beside its header and footer."""
    looked = (
        f"<script>onload = () => document.body.dataset.height ="
        f" document.querySelector({json.dumps(within)}).getBoundingClientRect().height</script>"
    )
    path = page.with_name("measured.html")
    path.write_text(page.read_text(encoding="utf-8") + looked, encoding="utf-8", newline="\n")
    switches = [*SWITCHES, "--window-size=1280,900", "--virtual-time-budget=5000", "--dump-dom"]
    dumped = _run([chromium(), *switches, path.as_uri()])
    return float(dumped.partition('data-height="')[2].partition('"')[0])


def width_at(html: str, width: int, folder: Path) -> int:
    """How wide the page is when its window is ``width`` pixels and everything is unfolded."""
    return widths_at({"page": html}, width, folder)["page"]


def widths_at(pages: Mapping[str, str], width: int, folder: Path) -> dict[str, int]:
    """The same of some pages by their names, each in a frame of its own."""
    unfolded = [each.replace("<details", "<details open") for each in pages.values()]
    held = json.dumps(unfolded).replace("</", "<\\/")
    frames = (
        "<body style='margin:0'><script>"
        f"const pages = {held}, found = [];"
        "pages.forEach((page, at) => { const f = document.createElement('iframe');"
        f"f.width = {width}; f.height = 800; f.style.border = 0; f.srcdoc = page;"
        "f.onload = () => { found[at] = f.contentDocument.documentElement.scrollWidth;"
        " document.body.dataset.widths = Array.from(found).join(' ') };"
        "document.body.append(f) })</script>"
    )
    path = folder / "frames.html"
    path.write_text(frames, encoding="utf-8", newline="\n")
    switches = [*SWITCHES, "--window-size=1400,900", "--virtual-time-budget=5000", "--dump-dom"]
    dumped = _run([chromium(), *switches, path.as_uri()])
    widths = dumped.partition('data-widths="')[2].partition('"')[0].split()
    return dict(zip(pages, map(int, widths), strict=True))


def places_when_followed(html: str, row: str, folder: Path) -> dict[str, int]:
    """Where a row and the heads of its table stand in a window, once a link led to the row."""
    script = (
        f"<script>onload = () => {{ location.hash = {json.dumps(row)}; setTimeout(() => {{"
        f"const row = document.getElementById({json.dumps(row)});"
        "const top = each => Math.round(each.getBoundingClientRect().top);"
        "document.body.dataset.places = [top(row), top(row.closest('table').querySelector('th')),"
        " innerHeight].join(' ') }, 200) }</script></body>"
    )
    path = folder / "followed.html"
    path.write_text(html.replace("</body>", script), encoding="utf-8", newline="\n")
    switches = [*SWITCHES, "--window-size=1280,500", "--virtual-time-budget=5000", "--dump-dom"]
    dumped = _run([chromium(), *switches, path.as_uri()])
    places = dumped.partition('data-places="')[2].partition('"')[0].split()
    return dict(zip(("row", "head", "window"), map(int, places), strict=True))


def violations(pages: list[Path]) -> dict[str, list[str]]:
    """What axe-core finds and which addresses each page calls, by page and way of looking."""
    modules = node_modules()
    script = Path(__file__).with_name("axe.mjs")
    arguments = ["node", str(script), str(modules), chromium(), *map(str, pages)]
    return json.loads(_run(arguments))


def _run(command: list[str]) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", timeout=LIMIT, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
