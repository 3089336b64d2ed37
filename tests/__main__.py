"""``python -m tests``: lint, layout, types and tests, with one closing line.

``--prove`` adds the long proofs. Whatever else is named is handed to pytest.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[1]
CHECKS = {
    "lint": ["ruff", "check", "."],
    "layout": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
}
COUNTED = ("failed", "error", "passed", "skipped", "xfailed", "xpassed", "deselected")


class Tally:
    """Counts of a pytest session, by outcome."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Take them when pytest has them."""
        stats = terminalreporter.stats
        self.counts = {name: len(stats[name]) for name in COUNTED if stats.get(name)}


def main(arguments: list[str]) -> int:
    """Run everything; 0 only if all of it passed."""
    started = time.perf_counter()
    _keep_compiled()
    prove = "--prove" in arguments
    named = [argument for argument in arguments if argument != "--prove"]
    # Beside the tests, on the other processor.
    running = {name: _start(command) for name, command in CHECKS.items()}
    tally = Tally()
    marked = [] if prove or "-m" in named else ["-m", "not proof"]
    # One more than there are processors: many tests wait for a process that they have started.
    workers = (os.cpu_count() or 1) + 1
    options = [f"--numprocesses={workers}", "--dist=worksteal", *marked]
    code = int(pytest.main([*options, *(named or [str(PROJECT / "tests")])], plugins=[tally]))
    wrong = [name for name, check in running.items() if not _passed(name, check)]
    _close(tally.counts, wrong, time.perf_counter() - started)
    return code or int(bool(wrong))


def _keep_compiled() -> None:
    """Keep compiled modules: hundreds of processes start, and each would compile them again."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def _start(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def _passed(name: str, check: subprocess.Popen[str]) -> bool:
    said, _ = check.communicate()
    print(f"{name:<8}{'passed' if check.returncode == 0 else 'failed'}")
    if check.returncode:
        print(said.rstrip())
    return check.returncode == 0


def _close(counts: dict[str, int], wrong: list[str], seconds: float) -> None:
    told = [f"{count} {name}" for name, count in counts.items()] or ["no tests ran"]
    told += [f"{name} failed" for name in wrong]
    print(f" {', '.join(told)} in {seconds:.2f}s ".center(80, "="))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
