"""JupyterLab shows what the page shows, in both themes; so do nbconvert's own HTML and VS Code."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import sleep

import nbformat
import pytest
from jupyterlab_server import settings_utils
from nbconvert.exporters import base

from cdpb.desk.lab import EXPORT_MENU, first_page, lab_environment, leave_to_our_menu
from cdpb.report import blocks
from cdpb.report.exporter import CdpbExporter
from cdpb.report.headline import headline_block, key_figures_block
from cdpb.report.markup import Block, lab_style
from cdpb.runner.execute import environment
from tests.support.browser import LIMIT, chromium, node_modules
from tests.support.pages import chart, key_figure, verdict, ward_map
from tests.support.project import CHECKOUT

DRIVER = CHECKOUT / "tests" / "support" / "lab.mjs"
WARD = "notebooks/01_ward_drug_offences.ipynb"
NOTEBOOKS = [
    WARD, "notebooks/03_women_in_treatment.ipynb", "notebooks/05_criminal_justice_pathways.ipynb",
]  # fmt: skip
THEMES = ("Light", "Dark")
EXPORT = "Needs assessment page"
# VS Code runs no script of a notebook that is not trusted; its sanitiser drops what could be one.
STRIPPED = re.compile(
    r"<(script|iframe|object|embed|link|meta|base|form|input)\b|\son\w+\s*=|javascript:", re.I
)


def shown() -> list[Block]:
    """A block of each kind that draws, links, folds or compares."""
    told = [blocks.notice_block("withheld", "Restricted."), headline_block("Rose.", verdict())]
    return [chart(), ward_map(), key_figures_block([key_figure()]), *told]


def html(block: Block) -> str:
    return block._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize("block", shown(), ids=lambda block: block.kind)
def test_nothing_shown_depends_on_what_a_sanitiser_strips(block):
    """So it looks alike in VS Code, trusted or not, and in a colleague's JupyterLab."""
    assert STRIPPED.findall(html(block)) == []
    assert block.text


def test_prose_in_notebooks_is_plain_markdown():
    """Of HTML in a Markdown cell each reader strips something else."""
    cells = [
        cell.source
        for path in (CHECKOUT / "notebooks").glob("*.ipynb")
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "markdown"
    ]
    assert len(cells) > 100
    assert [each for each in cells if re.search(r"<[a-z/]", each, re.I)] == []


def test_no_link_stands_in_a_drawing_and_its_parts_keep_their_names():
    """JupyterLab takes each link for a file of its server."""
    drawings = re.findall(r"<svg.*?</svg>", html(ward_map()), flags=re.DOTALL)
    parts = [
        name for each in drawings for name in re.findall(r'<g role="img" aria-label="(.*?)"', each)
    ]
    assert not any("<a" in each for each in drawings)
    assert parts == re.findall(r'<a href="#row-[^"]*" aria-label="(.*?)"', ward_map().html)
    assert parts


def test_every_rule_of_a_block_is_kept_to_what_is_ours():
    """A notebook's own tables and Markdown look as they did before."""
    selectors = outermost(str(lab_style()))
    assert len(selectors) == 4
    assert [each for each in selectors if ".cdpb" not in each] == []
    assert any(".vscode-dark" in each for each in selectors)


def outermost(style: str) -> list[str]:
    """The selectors of a style sheet that stand in no other rule."""
    css, depth, found, part = re.sub(r"</?style>|/\*.*?\*/", "", style, flags=re.DOTALL), 0, [], ""
    for letter in css:
        if letter == "{" and depth == 0:
            found.append(part.strip())
        part = part + letter if depth == 0 and letter not in "{}" else ""
        depth += {"{": 1, "}": -1}.get(letter, 0)
    return found


def test_a_runs_kernels_reload_nothing(tmp_path, monkeypatch):
    """What is edited while a run is under way would show in some pages and not in others."""
    (tmp_path / "data").mkdir()
    shutil.copy(CHECKOUT / "data" / "sources.yml", tmp_path / "data")
    monkeypatch.setenv("CDPB_HOME", str(tmp_path))
    at_the_desk, in_a_run = lab_environment(), environment()
    config = "profile_default/ipython_kernel_config.json"
    told = json.loads((Path(at_the_desk["IPYTHONDIR"]) / config).read_text(encoding="utf-8"))
    assert told["IPKernelApp"]["exec_lines"] == ["%load_ext autoreload", "%autoreload 2"]
    assert not (Path(in_a_run["IPYTHONDIR"]) / config).exists()


def test_jupyterlab_started_by_itself_names_the_page_in_its_menu(tmp_path, monkeypatch):
    """Once the file lies among the settings of its environment, as docs/contributing.md says."""
    folder = tmp_path / "labconfig" / "default_setting_overrides.d"
    folder.mkdir(parents=True)
    shutil.copy(EXPORT_MENU, folder / "cdpb.json")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    settings, error = settings_utils._get_overrides(str(tmp_path))
    (file_menu,) = settings["@jupyterlab/mainmenu-extension:plugin"]["menus"]
    (item,) = file_menu["items"][0]["submenu"]["items"]
    assert error == ""
    assert (item["args"]["label"], item["args"]["format"]) == (EXPORT, "cdpb")


def test_the_exporter_stands_in_the_menu_once_and_under_its_name(monkeypatch):
    """JupyterLab would add what the server lists by its command, and call it Cdpb."""
    monkeypatch.setattr(base, "get_export_names", base.get_export_names)
    assert "cdpb" in base.get_export_names()
    leave_to_our_menu()
    assert "cdpb" not in base.get_export_names()
    assert "markdown" in base.get_export_names()
    assert base.get_exporter("cdpb") is CdpbExporter


def test_the_list_of_notebooks_names_each_of_them_once():
    named = re.findall(r"\((\d\d_\w+\.ipynb)\)", first_page())
    assert sorted(named) == sorted(path.name for path in (CHECKOUT / "notebooks").glob("*.ipynb"))


def test_what_there_is_to_read_stands_on_the_first_page_by_its_title():
    listed = dict(re.findall(r"^- \[(.+)\]\(\.\./docs/(.+)\)$", first_page(), flags=re.M))
    assert set(listed.values()) == {path.name for path in (CHECKOUT / "docs").glob("*.md")}
    assert listed["Your first finding"] == "first_finding.md"


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    """A project of this checkout's data and notebooks, in which an analyst may save."""
    folder = tmp_path_factory.mktemp("desk")
    for name in ("data", "shapes", "notebooks"):
        shutil.copytree(CHECKOUT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def seen(desk, tmp_path_factory) -> dict:
    """What the three notebooks look like in a real JupyterLab; its screenshots are kept."""
    with jupyterlab(desk) as address:
        found = driven(tmp_path_factory.mktemp("shots"), address, *NOTEBOOKS)
    return found


@contextmanager
def jupyterlab(desk: Path) -> Iterator[str]:
    """``cdpb lab`` in a project, whole in the window so that every output can be looked at."""
    settings = desk / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    whole = settings / "tracker.jupyterlab-settings"
    whole.write_text('{"windowingMode": "none"}', encoding="utf-8")
    named = {
        "CDPB_HOME": desk, "PYTHONPATH": CHECKOUT, "JUPYTERLAB_SETTINGS_DIR": desk / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": desk / "workspaces", "JUPYTER_RUNTIME_DIR": desk / "runtime",
        "JUPYTER_CONFIG_DIR": desk / "none",
    }  # fmt: skip
    asked = ["--no-browser", "--allow-root", "--port=0", "--IdentityProvider.token=desk"]
    with (desk / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "cdpb", "lab", *asked, "--LabApp.expose_app_in_browser=True"],
            env=os.environ | {name: str(each) for name, each in named.items()},
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield address_of(server, desk / "runtime")
    finally:
        server.terminate()
        server.wait(30)


def address_of(server: subprocess.Popen, runtime: Path) -> str:
    """Where it listens, as soon as it does."""
    for _ in range(120):
        sleep(0.5)
        assert server.poll() is None, "JupyterLab has ended"
        for told in runtime.glob("jpserver-*.json"):
            url = json.loads(told.read_text(encoding="utf-8"))["url"]
            url = url.replace("localhost", "127.0.0.1")
            # It says where before it listens.
            with suppress(OSError), urllib.request.urlopen(f"{url}api?token=desk"):
                return f"{url}?token=desk"
    raise AssertionError("JupyterLab did not start within a minute")


def driven(shots: Path, *asked: str) -> dict:
    command = ["node", str(DRIVER), str(node_modules()), chromium(), str(shots), *asked]
    done = subprocess.run(command, capture_output=True, text=True, timeout=2 * LIMIT, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours as a browser computes them."""

    def light(colour: str) -> float:
        parts = [int(each) / 255 for each in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (
            each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted([light(one), light(other)])
    return (high + 0.05) / (low + 0.05)


def hold_the_house_style(look: dict) -> None:
    """Nothing is shown as Jupyter would style it, nor anything of Jupyter's as we would."""
    assert (look["errors"], look["contrast"], look["failed"]) == ([], [], 0)
    assert look["checked"] > 100
    style = look["styles"]
    ground = style["paper"]["ground"]
    assert {"row", "words", "caption", "head", "link", "theirs"} <= set(style)
    # Of a page that compares with nobody, cards have no comparators.
    compared = [name for name in ("of", "comparator") if name in style]
    for name in ("row", "words", "caption", "head", "link", *compared):
        assert contrast(style[name]["color"], ground) > 4.5, name
    assert style["link"]["line"] == "underline"
    assert style["words"]["align"] == style["caption"]["align"] == "left"
    assert {style[name]["display"] for name in compared} <= {"block"}
    assert style["theirs"]["weight"] == "400"


@pytest.mark.proof
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_looks_like_its_page_in_jupyterlab(seen, notebook, theme):
    hold_the_house_style(seen[f"{notebook} {theme}"])


@pytest.mark.proof
@pytest.mark.parametrize("theme", THEMES)
def test_the_focus_wards_row_is_seen(seen, theme):
    """It was white on white in the dark theme, and its page compares."""
    hold_the_focus_row(seen[f"{WARD} {theme}"]["styles"])
    assert {"of", "comparator"} <= set(seen[f"{WARD} {theme}"]["styles"])


def hold_the_focus_row(style: dict) -> None:
    """It stands on a ground of its own, and its words are read on it."""
    assert style["focus"]["weight"] == "700"
    assert style["focus"]["ground"] not in (style["paper"]["ground"], style["row"]["ground"])
    assert contrast(style["focus"]["color"], style["focus"]["ground"]) > 7


@pytest.mark.proof
def test_an_analyst_begins_on_a_page_that_lists_the_notebooks(seen, desk):
    assert seen["first"] == len(list((desk / "notebooks").glob("*.ipynb")))
    assert seen["menu"][0] == EXPORT
    assert "Cdpb" not in seen["menu"]
    assert {seen[f"{WARD} {theme}"]["autoreload"] for theme in THEMES} == {"True"}


@pytest.mark.proof
def test_the_link_past_the_map_leads_to_its_table(seen):
    """Its address is no file of Jupyter's server; the table opens, and stands in the window."""
    assert 0 <= seen["skipped"] < 4000


@pytest.mark.proof
def test_words_as_pale_as_lines_would_be_found(seen):
    """Axe takes what lies in JupyterLab's panels for hidden, and finds nothing wrong with it."""
    assert seen["planted"] > 20


@pytest.mark.proof
def test_a_notebook_that_nbconvert_renders_by_itself_looks_so_too(seen, desk, tmp_path):
    """Of the ward notebook as JupyterLab ran and saved it."""
    pages = []
    for theme in ("light", "dark"):
        asked = ["--to=html", "--template=lab", f"--HTMLExporter.theme={theme}"]
        where = [f"--output-dir={tmp_path}", f"--output={theme}"]
        command = [sys.executable, "-m", "nbconvert", *asked, *where, str(desk / WARD)]
        subprocess.run(command, check=True, capture_output=True)
        pages.append((tmp_path / f"{theme}.html").as_uri())
    for look in driven(tmp_path, *pages).values():
        hold_the_house_style(look)
        hold_the_focus_row(look["styles"])
