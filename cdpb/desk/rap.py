"""``cdpb rap``: how far the project is a reproducible analytical pipeline, with what shows it.

The minimum is the Government Analysis Function's, the levels are those of the NHS community of
practice. What no file here can show, such as a review by a colleague, is not met until one does.
"""

import ast
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from cdpb.console import show_all
from cdpb.declarations import declarations
from cdpb.paths import project_root
from cdpb.runner.logs import last_runs

MET, NOT_MET = "met", "not met"
# A project whose public functions nearly all say what they do.
DOCUMENTED = 0.95
Shown = tuple[bool, str]


@click.command(name="rap")
def command() -> None:
    """Print the levels of a reproducible analytical pipeline, each with evidence or "not met"."""
    show_all(rap_lines(project_root()))


def rap_lines(root: Path) -> Iterator[str]:
    """Each level with how many of its demands are met, and each demand with what shows it."""
    reached, open_below = "none", False
    for level, demands in LEVELS.items():
        shown = {demand: shows(root) for demand, shows in demands.items()}
        met = sum(is_met for is_met, _ in shown.values())
        open_below = open_below or met < len(shown)
        reached = reached if open_below else level
        yield f"{level}: {met} of {len(shown)} met"
        for demand, (is_met, evidence) in shown.items():
            yield f"  {MET if is_met else NOT_MET:<9}{demand}: {evidence}"
    yield f"Reached, each level with all below it: {reached}"


def _languages(root: Path) -> Shown:
    own = [*root.glob("cdpb/**/*.py"), *root.glob("notebooks/**/*.py")]
    notebooks = list(root.glob("notebooks/*.ipynb"))
    others = [path.name for path in root.glob("notebooks/**/*") if path.suffix in _BOUND]
    told = f"{len(own)} Python files and {len(notebooks)} notebooks"
    return bool(own and notebooks and not others), ", ".join([told, *others[:3]])


_BOUND = {".xlsm", ".sas", ".do", ".sps"}


def _version_control(root: Path) -> Shown:
    commits = _git(root, "rev-list", "--count", "HEAD")
    return commits.isdecimal(), f"{commits} commits" if commits else "no history of Git is here"


def _few_manual_steps(root: Path) -> Shown:
    without = [
        path.name
        for path in sorted(root.glob("notebooks/*.ipynb"))
        if '"parameters"' not in path.read_text(encoding="utf-8")
    ]
    makes = "report:" in _text(root / "Makefile")
    told = "one command makes all; each notebook takes its parameters"
    return makes and not without, told if not without else f"without parameters: {without[0]}"


def _reviewed(root: Path) -> Shown:
    reviewed = len(re.findall(r"(?m)^Reviewed-by: ", _git(root, "log", "--format=%B")))
    told = f"{reviewed} commits name who reviewed them (Reviewed-by:)"
    return reviewed > 0, told if reviewed else "no commit names a reviewer (Reviewed-by:)"


def _open(root: Path) -> Shown:
    address = _project(root).get("urls", {})
    licence = (root / "LICENSE").is_file()
    told = ["a licence" if licence else "no licence"]
    told += (
        [str(next(iter(address.values())))] if address else ["no public address in pyproject.toml"]
    )
    return licence and bool(address), ", ".join(told)


def _readme(root: Path) -> Shown:
    commands = re.findall(r"(?m)^cdpb \w+", _text(root / "README.md"))
    return bool(commands), f"README.md shows {len(commands)} commands; tests run them"


def _documented(root: Path) -> Shown:
    documented = [
        bool(ast.get_docstring(node))
        for path in root.glob("cdpb/**/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
    ]
    pages, told, public = len(list(root.glob("docs/*.md"))), sum(documented), len(documented)
    said = f"{pages} pages in docs/, {told} of {public} public names with a docstring"
    return bool(pages and public and told / public >= DOCUMENTED), said


def _organised(root: Path) -> Shown:
    wanted = ["cdpb", "data", "docs", "notebooks", "tests"]
    missing = [name for name in wanted if not (root / name).is_dir()]
    return not missing, f"missing: {', '.join(missing)}" if missing else ", ".join(wanted)


def _reused(root: Path) -> Shown:
    notebooks = list(root.glob("notebooks/*.ipynb"))
    own = [path.name for path in notebooks if re.search(r'"def \w+\(', _text(path))]
    told = f"{len(own)} of {len(notebooks)} notebooks define functions of their own"
    return bool(notebooks) and not own, told


def _standards(root: Path) -> Shown:
    named = [name for name in ("ruff", "mypy") if name in _settings(root).get("tool", {})]
    return len(named) == 2, f"pyproject.toml sets {' and '.join(named) or 'none'}"


def _tested(root: Path) -> Shown:
    files = [_text(path) for path in root.glob("tests/**/test_*.py")]
    tests = sum(len(re.findall(r"(?m)^\s*def test_", text)) for text in files)
    return tests > 0, f"{tests} tests in {len(files)} files"


def _pinned(root: Path) -> Shown:
    lines = re.findall(r"(?m)^[\w.\-\[\]]+.*$", _text(root / "requirements.lock"))
    loose = [line for line in lines if "==" not in line]
    hashes = "--hash=sha256:" in _text(root / "requirements.lock")
    told = f"requirements.lock pins {len(lines) - len(loose)} of {len(lines)}"
    return bool(lines and not loose and hashes), f"{told}, {'with' if hashes else 'without'} hashes"


def _logged_runs(root: Path) -> Shown:
    runs = len(last_runs())
    return runs > 0, f"{runs} runs on record (cdpb logs)" if runs else "no run is on record here"


def _tidy(root: Path) -> Shown:
    tables = [table for each in declarations().findings for table in each.tables]
    loose = [table.id for table in tables if not table.dimensions]
    told = f"{len(tables) - len(loose)} of {len(tables)} published tables name what a row is"
    return bool(tables) and not loose, told


def _packaged(root: Path) -> Shown:
    scripts = _project(root).get("scripts", {})
    built = "build-system" in _settings(root)
    return built and bool(scripts), f"pyproject.toml, command {', '.join(scripts) or 'none'}"


def _automated_tests(root: Path) -> Shown:
    found = [
        path
        for name in (".github/workflows", ".ci", ".gitlab-ci.yml")
        for path in [root / name, *root.glob(f"{name}/**/*")]
        if path.is_file() and re.search(r"pytest|make test|python -m tests", _text(path))
    ]
    told = "no workflow that runs the tests is kept here"
    return bool(found), ", ".join(path.relative_to(root).as_posix() for path in found) or told


def _scheduled(root: Path) -> Shown:
    found = [
        path.name
        for path in root.glob(".github/workflows/*.y*ml")
        if re.search(r"(?m)^\s*(schedule|repository_dispatch):", _text(path))
    ]
    return bool(found), ", ".join(found) or "files are added and runs started by an analyst"


def _signposted(root: Path) -> Shown:
    versions = re.findall(r"(?m)^## .*\d", _text(root / "CHANGELOG.md"))
    return bool(versions), f"versions in CHANGELOG.md: {len(versions)}"


def _settings(root: Path) -> dict[str, Any]:
    return tomllib.loads(_text(root / "pyproject.toml"))


def _project(root: Path) -> dict[str, Any]:
    return dict(_settings(root).get("project", {}))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _git(root: Path, *words: str) -> str:
    """What Git says; nothing where there is no Git, or no history of this very folder."""
    if not (root / ".git").exists():
        return ""
    try:
        ran = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return ran.stdout.strip()


# What each level demands, and how the project's files show whether it is met.
LEVELS: dict[str, dict[str, Callable[[Path], Shown]]] = {
    "Minimum (Government Analysis Function)": {
        "few manual steps": _few_manual_steps,
        "open source software": _languages,
        "peer review": _reviewed,
        "an audit trail by version control": _version_control,
        "open to anyone": _open,
        "quality assurance": _tested,
        "comments and documentation within the product": _documented,
    },
    "Baseline": {
        "an open source language": _languages,
        "version control": _version_control,
        "a README with the steps": _readme,
        "code reviewed by a peer": _reviewed,
        "code published in the open": _open,
    },
    "Silver": {
        "little manual intervention": _few_manual_steps,
        "documented code": _documented,
        "a standard order of folders": _organised,
        "functions used again": _reused,
        "agreed coding standards": _standards,
        "a testing framework": _tested,
        "package dependencies": _pinned,
        "logs recorded automatically": _logged_runs,
        "tidy data": _tidy,
    },
    "Gold": {
        "code fully packaged": _packaged,
        "tests run automatically on a change": _automated_tests,
        "runs started by a schedule or an event": _scheduled,
        "changes signposted": _signposted,
    },
}
