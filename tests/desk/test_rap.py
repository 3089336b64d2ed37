"""Each demand of a level is met by something that is there, and isn't where that is taken away."""

import subprocess

import pytest

from cdpb.desk.rap import LEVELS, rap_lines
from tests.support.commands import cdpb

BY_DEMAND = {demand: shows for demands in LEVELS.values() for demand, shows in demands.items()}
PYPROJECT = """\
[build-system]
requires = []
[project]
[project.urls]
Repository = "https://example.org/needs"
[project.scripts]
cdpb = "x"
[tool.ruff]
[tool.mypy]
"""


@pytest.fixture
def root(tmp_path):
    """A small project that meets whatever its files can show."""
    files = {
        "pyproject.toml": PYPROJECT,
        "LICENSE": "free",
        "README.md": "```\ncdpb run\n```",
        "Makefile": "report:\n",
        "CHANGELOG.md": "# Changes\n\n## 2026.1.0\n",
        "requirements.lock": "pandas==3.0.0 \\\n    --hash=sha256:0\n",
        "cdpb/a.py": 'def add():\n    """Add."""\n',
        "docs/a.md": "words",
        "data/a.csv": "a\n",
        "notebooks/a.ipynb": '{"tags": ["parameters"], "source": ["x = 1"]}',
        "tests/test_a.py": "def test_a():\n    assert 1 + 1 == 2\n",
        ".github/workflows/test.yml": "on:\n  schedule:\nrun: pytest\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def met(root, demand):
    return BY_DEMAND[demand](root)[0]


TAKEN_AWAY = {
    "open source software": ("notebooks/a.xlsm", "macro"),
    "few manual steps": ("notebooks/a.ipynb", "{}"),
    "open to anyone": ("pyproject.toml", PYPROJECT.replace("[project.urls]", "[tool.other]")),
    "a README with the steps": ("README.md", "Read the code."),
    "documented code": ("cdpb/a.py", "def add():\n    pass\n"),
    "functions used again": ("notebooks/a.ipynb", '{"source": ["def own():\\n"]}'),
    "agreed coding standards": ("pyproject.toml", PYPROJECT.replace("[tool.mypy]", "")),
    "a testing framework": ("tests/test_a.py", ""),
    "package dependencies": ("requirements.lock", "pandas>=3 \\\n    --hash=sha256:0\n"),
    "code fully packaged": ("pyproject.toml", PYPROJECT.replace("[project.scripts]", "[tool.x]")),
    "tests run automatically on a change": (".github/workflows/test.yml", "on:\n  schedule:\n"),
    "runs started by a schedule or an event": (".github/workflows/test.yml", "run: pytest"),
    "changes signposted": ("CHANGELOG.md", "None."),
}


@pytest.mark.parametrize("demand", TAKEN_AWAY)
def test_a_demand_is_met_and_no_longer_once_what_shows_it_is_gone(root, demand):
    assert met(root, demand)
    name, text = TAKEN_AWAY[demand]
    (root / name).write_text(text, encoding="utf-8")
    assert not met(root, demand)


def test_a_review_is_what_a_commit_says_and_nothing_else(root):
    """Without a history neither version control nor review is met."""
    assert not met(root, "version control")
    assert not met(root, "peer review")
    own = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    for message, reviewed in (("First", False), ("Second\n\nReviewed-by: Public health", True)):
        words = ["git", *own, "commit", "-q", "--allow-empty", "-m", message]
        subprocess.run(words, cwd=root, check=True)
        assert met(root, "version control")
        assert met(root, "peer review") is reviewed


def test_a_level_is_reached_with_all_below_it_only(root):
    """Silver may be met line by line; without a review no level is reached."""
    *_, last = rap_lines(root)
    assert last == "Reached, each level with all below it: none"


def test_the_command_prints_every_demand_with_what_shows_it(capsys):
    code, said, _ = cdpb(capsys, "rap")
    assert code == 0
    for demand in BY_DEMAND:
        assert f"{demand}: " in said
