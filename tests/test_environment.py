"""environment.yml, requirements.lock and pyproject.toml agree, on Linux and on Windows."""

import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ENTRY = re.compile(r"^([A-Za-z0-9_.\[\]-]+)==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?$")
PLATFORMS = [("linux", "Linux", "posix"), ("win32", "Windows", "nt")]


@pytest.fixture(scope="module")
def lock(request) -> list[str]:
    path = request.config.rootpath / "requirements.lock"
    return path.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def asked_for(request) -> dict:
    return tomllib.loads((request.config.rootpath / "pyproject.toml").read_text(encoding="utf-8"))


def pinned_on(lock: list[str], platform: tuple[str, str, str]) -> dict[str, str]:
    """Name to version, as pip would choose them there with Python 3.11."""
    system, name, os_name = platform
    here = default_environment() | {
        "sys_platform": system,
        "platform_system": name,
        "os_name": os_name,
        "python_version": "3.11",
        "python_full_version": "3.11.7",
        "platform_machine": "AMD64" if system == "win32" else "x86_64",
    }
    entries = [found for line in lock if (found := ENTRY.match(line))]
    return {
        canonicalize_name(entry[1].split("[")[0]): entry[2]
        for entry in entries
        if not entry[3] or Marker(entry[3].strip()).evaluate(here)
    }


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform[1])
def test_everything_asked_for_is_pinned(lock, asked_for, platform):
    """A council laptop and the build machine get the same versions."""
    project = asked_for["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    pinned = pinned_on(lock, platform)
    for text in wanted:
        requirement = Requirement(text)
        version = pinned.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not in requirements.lock"
        assert requirement.specifier.contains(version)


def test_windows_gets_the_packages_that_only_it_needs(lock):
    """A lock made for one system alone lacks them, and fails on the other."""
    linux, windows = (pinned_on(lock, platform) for platform in PLATFORMS)
    assert {"pywinpty", "colorama"} <= set(windows)
    assert "pexpect" in linux


def test_every_pin_carries_hashes_and_no_address(lock):
    """What is installed is what was locked, from whichever registry a machine uses."""
    text = "\n".join(lock)
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    packages = [entry for entry in entries if ENTRY.match(entry.splitlines()[0])]
    assert len(packages) > 100
    assert all("--hash=sha256:" in entry for entry in packages)
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)


def test_conda_installs_the_lock_and_nothing_beside_it(request, asked_for):
    """Two lists of versions would drift apart."""
    path = request.config.rootpath / "environment.yml"
    asked = yaml.safe_load(path.read_text(encoding="utf-8"))["dependencies"]
    pip = next(part["pip"] for part in asked if isinstance(part, dict))
    assert "-r requirements.lock" in pip
    assert all(line.startswith("-") for line in pip)
    python = next(part for part in asked if isinstance(part, str) and part.startswith("python="))
    assert python.removeprefix("python=") in asked_for["project"]["requires-python"]


@pytest.mark.parametrize("name", ["README.md", "environment.yml"])
def test_the_second_step_is_documented(request, name):
    """Pip takes no editable package beside hashes, so the project itself is a step of its own."""
    text = (request.config.rootpath / name).read_text(encoding="utf-8")
    assert "pip install --no-deps -e ." in text


def test_the_packages_fixed_for_the_project_are_asked_for(asked_for):
    project = asked_for["project"]
    names = {
        canonicalize_name(Requirement(text).name)
        for text in [*project["dependencies"], *project["optional-dependencies"]["test"]]
    }
    fixed = "jupyterlab papermill pandas seaborn geopandas nbconvert pytest nbval"
    assert set(fixed.split()) <= names


def test_whatever_reads_a_notebook_parses_no_grammar_first():
    """It took 1.5 seconds of every process, for addresses that no notebook holds."""
    asked = "import sys, nbformat; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert "nbformat" in told.stdout.split()
    assert not {"lark", "rfc3987_syntax"} & set(told.stdout.split())
