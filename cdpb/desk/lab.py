"""JupyterLab for an analyst, who sees what was edited at once; and outputs kept out of git.

Only what is started here has these settings: a run's kernels, and anybody's own JupyterLab, are as
they were. It calls nobody: neither for news of Jupyter nor for newer versions.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path

import click
import nbformat
from nbstripout import install, strip_output

from cdpb import paths
from cdpb.console import say, say_all
from cdpb.desk import PATH
from cdpb.errors import InputError

FIRST = "README.md"
BEGIN = """# Notebooks

Each notebook is one finding: it loads, computes, publishes, answers and shows. Open one and choose
Run, Run All Cells; then change a step and run that cell again.

- The second cell says for which area, year and edition. `data/areas/` has what one area's
  partnership said, planned and decided.
- An edited module, a finding's own in `findings/` too, is loaded again by itself.
- `finding.preview()` in a cell of your own shows the page as a reader gets it, by the notebook as
  it was last saved; File, Save and Export Notebook As, Needs assessment page writes it as a file.
- Saving keeps what you see. `cdpb strip` takes it out of the notebooks before they are committed,
  and `cdpb strip --install` has git do so.
- `cdpb run` makes the assessment; `cdpb --help` lists what else there is.
- `cdpb new finding` begins another one: see [Your first finding](../docs/first_finding.md).
"""
OF_ALL = "Made of the other findings"
AUTORELOAD = {"IPKernelApp": {"exec_lines": ["%load_ext autoreload", "%autoreload 2"]}}
# JupyterLab makes an entry of an exporter's command, "Cdpb", and asks nobody how it is called.
EXPORTER = "cdpb"
EXPORT_MENU = Path(__file__).with_name("export_menu.json")
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
}
# Executed notebooks that a test compares with: their outputs are what they are kept for.
REFERENCE = "tests/reference"
KEEP_ID = " --keep-id"
KEPT = f"{REFERENCE}/*.ipynb !filter !diff"
# What JupyterLab writes of the kernel that ran; another computer's would be another change.
OF_THE_KERNEL = [
    f"metadata.language_info.{name}"
    for name in (
        *("codemirror_mode", "file_extension", "mimetype"),
        *("nbconvert_exporter", "pygments_lexer", "version"),
    )
]


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, metavar="[OPTION...]", type=click.UNPROCESSED)
def command(options: tuple[str, ...]) -> None:
    """Open JupyterLab where the notebooks and how to begin are listed.

    An edited module of cdpb or of a finding is loaded again by itself. Any OPTION of JupyterLab
    may follow, such as --no-browser or --port 8890. `cdpb strip` takes outputs out of notebooks.
    """
    from jupyterlab.labapp import LabApp

    if line := offer():
        say(line)
    os.environ |= lab_environment()
    leave_to_our_menu()
    root, first = paths.project_root(), paths.notebooks_folder() / FIRST
    _write(first, first_page())
    there = f"/lab/tree/{paths.from_root(first)}"
    asked = [f"--ServerApp.root_dir={root}", f"--LabApp.default_url={there}"]
    LabApp.launch_instance(argv=[*asked, *options])


def leave_to_our_menu() -> None:
    """Keep this process's server from naming our exporter by its command, beside our own entry."""
    from nbconvert.exporters import base

    named = base.get_export_names
    base.get_export_names = lambda config=None: [e for e in named(config) if e != EXPORTER]


def first_page() -> str:
    """How to begin, every finding with its notebook, and what there is to read, as Markdown."""
    from cdpb.declarations import PRIORITIES, declarations

    named = {**PRIORITIES, "": OF_ALL}
    found = {key: [e for e in declarations().findings if e.priority == key] for key in named}
    lists = [
        f"\n## {named[key]}\n\n" + "".join(f"- [{e.title}]({e.notebook})\n" for e in listed)
        for key, listed in found.items()
        if listed
    ]
    pages = sorted((paths.project_root() / "docs").glob("*.md"))
    titled = {page.name: page.read_text(encoding="utf-8").partition("\n")[0] for page in pages}
    read = [f"- [{title.removeprefix('# ')}](../docs/{name})\n" for name, title in titled.items()]
    return "".join([BEGIN, *lists, "\n## To read\n\n" * bool(read), *read])


def lab_environment() -> dict[str, str]:
    """What JupyterLab and its kernels find: our settings as defaults, under a user's own."""
    home = paths.private_folder("lab")
    settings = SETTINGS | json.loads(EXPORT_MENU.read_text(encoding="utf-8"))
    _write(home / "config" / "labconfig" / "default_setting_overrides.json", json.dumps(settings))
    profile = home / "ipython" / "profile_default"
    _write(profile / "ipython_kernel_config.json", json.dumps(AUTORELOAD))
    return {
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_PATH": str(home / "config"),
        # Else a kernel of the same name that a user once installed would come first.
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8", newline="\n")


# Outputs taken out: figures reach git only by a page that was checked ---------------------


@click.command("strip")
@click.argument("files", nargs=-1, metavar="[NOTEBOOK...]", type=PATH)
@click.option(
    "--install",
    is_flag=True,
    help="Let git take them out of what is committed, in this clone; the files keep them.",
)
def strip_command(files: tuple[Path, ...], install: bool) -> None:
    """Take outputs out of notebooks: those named, or all of notebooks/.

    With --install git does it at every commit, and what you see in JupyterLab stays. `python -m
    nbstripout --uninstall` ends that. The notebooks of tests/reference are left as they are.
    """
    say_all(_install_filter() if install else _strip(files))


def _strip(files: Sequence[Path]) -> Iterator[str]:
    """All are read before one is written; a line for each that had outputs."""
    named = files or sorted(paths.notebooks_folder().glob("*.ipynb"))
    stripped = {path: _without_outputs(path) for path in named}
    changed = {path: text for path, text in stripped.items() if text}
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8", newline="\n")
        yield f"{path.name}: outputs taken out."
    if not changed:
        yield "No notebook had outputs."


def _without_outputs(path: Path) -> str:
    """A notebook without its outputs; empty where it has none, and may be written otherwise."""
    if path.resolve().is_relative_to(paths.project_root() / REFERENCE):
        raise InputError(
            f"{path} is kept for its outputs, which a test compares with.",
            "Name notebooks of notebooks/, or none for all of them. Nothing was changed.",
        )
    try:
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    except (OSError, ValueError, nbformat.reader.NotJSONError):
        raise InputError(
            f"{path} can't be read as a notebook.",
            "Wanted: a file that JupyterLab opens, such as notebooks/03_women_in_treatment.ipynb.",
            "Nothing was changed.",
        ) from None
    kept = {"keep_output": False, "keep_count": False, "keep_id": True}
    stripped = strip_output(deepcopy(notebook), **kept, extra_keys=OF_THE_KERNEL)
    return nbformat.writes(stripped) + "\n" if stripped != notebook else ""


def offer() -> str:
    """How to keep outputs out of commits, for a clone that commits them; empty for any other."""
    asked = ["git", "-C", str(paths.project_root()), "config", "--local", "filter.nbstripout.clean"]
    try:
        unset = subprocess.run(asked, capture_output=True).returncode == 1
    except OSError:
        unset = False
    return "git would commit outputs: `cdpb strip --install` keeps them out." if unset else ""


def _install_filter() -> Iterator[str]:
    """Set git's filter for this clone, and leave out what is kept for its outputs."""
    git = ["git", "-C", str(paths.project_root())]
    # In a worktree too: only there does git look.
    asked = [*git, "rev-parse", "--path-format=absolute", "--git-path", "info/attributes"]
    try:
        told = subprocess.run(asked, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        raise InputError(
            "git can't be asked to keep outputs out of commits.",
            "Wanted: git, and a project folder that it keeps. Nothing was changed.",
        ) from None
    attributes = Path(told.stdout.strip())
    attributes.parent.mkdir(parents=True, exist_ok=True)
    if install([*git, "config"], python=sys.executable, attrfile=str(attributes)):
        raise InputError(
            f"git's file {attributes.name} can't be written.",
            "Wanted: a project that you may set up, with git on the PATH. No filter was set.",
        )
    _strip_alike(git)
    if KEPT not in attributes.read_text(encoding="utf-8").splitlines():
        with attributes.open("a", encoding="utf-8", newline="\n") as file:
            file.write(KEPT + "\n")
    yield "git takes outputs out of notebooks when they are committed, in this clone."
    yield f"The files keep them, and so does {REFERENCE}."


def _strip_alike(git: Sequence[str]) -> None:
    """Have the filter keep the cells' ids and leave out the kernel's, as `cdpb strip` does."""
    named = [*git, "config", "--local", "filter.nbstripout.clean"]
    clean = subprocess.run(named, capture_output=True, text=True, check=True).stdout.strip()
    keys = [*named[:-1], "filter.nbstripout.extrakeys", " ".join(OF_THE_KERNEL)]
    for each in ([*named, clean.removesuffix(KEEP_ID) + KEEP_ID], keys):
        subprocess.run(each, check=True)
