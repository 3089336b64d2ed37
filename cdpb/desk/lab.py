"""JupyterLab for an analyst: this environment's kernel, and what was edited is loaded again.

Only what is started here has these settings: a run's kernels, and anybody's own JupyterLab, are as
they were. It calls nobody: neither for news of Jupyter nor for newer versions.
"""

import json
import os
from pathlib import Path

import click

from cdpb import paths
from cdpb.console import say
from cdpb.desk.strip import offer

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
