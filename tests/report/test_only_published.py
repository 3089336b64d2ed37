"""Charts, maps, words, descriptions, tables and downloads take published tables alone."""

import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cdpb.errors import GateRefused
from tests.support.entries import (
    called_with,
    entries,
    functions,
    hints_of,
    needed,
    offered,
    tables_of,
)

PROJECT = Path(__file__).resolve().parents[2]
HEAD = "from typing import Any\nimport pandas as pd\nframe = pd.DataFrame()\nanything: Any = 0"

# What could carry a number that hasn't passed the gate.
LOOSE = re.compile(r"DataFrame|Series|ndarray|\bobject\b|\bAny\b")
OUTLINES = "shapes of areas, without figures"
SITES = "places of police custody and prisons, without figures"
DATES = "dates of the area file and of the catalogue"
# Parameters that may be loose, each with the reason: wherever they stand, and in one place.
ANYWHERE = {"events": DATES, "breaks": DATES, "outlines": OUTLINES, "sites": SITES}
REASONS = {
    "ward_drug_offences.burst_text": {"row": "tells a column of a table, which passes the gate"},
    "say.row_where": {"equals": "values to look for"},
    "say.rounding_caveat": {"where": "values to look for"},
    "sentences.trend_sentence": {"where": "values to look for"},
    "sentences.trend_of": {"where": "values to look for"},
}
# Whatever a notebook is offered, and whatever else takes a published table; the rest are helpers
# within a room, and get what these have taken from one.
WAYS_IN = sorted(offered() | set(entries()))
PLAIN = pd.DataFrame({"ward_code": ["W1"], "ward_name": ["Ash"], "people": [70777]})


@pytest.mark.parametrize("name", WAYS_IN)
def test_nothing_that_draws_or_words_takes_a_loose_table(name):
    """A parameter that takes a frame, or anything at all, is a way round the gate."""
    hints = hints_of(functions()[name])
    loose = {each for each, hint in hints.items() if hint is None or LOOSE.search(str(hint))}
    assert loose - set(ANYWHERE) == set(REASONS.get(name, {}))


def test_no_reason_outlives_its_function():
    assert set(REASONS) <= set(WAYS_IN)


@pytest.mark.parametrize("name", entries())
def test_a_plain_frame_is_refused_when_it_is_handed_in(name):
    """A notebook isn't type-checked: it must be told when it runs, and not shown the figures."""
    with pytest.raises(GateRefused, match=r"finding\.publish") as refused:
        called_with(entries()[name], PLAIN)
    assert "70777" not in str(refused.value)


@pytest.mark.slow
def test_a_type_checker_refuses_a_plain_frame_everywhere(tmp_path):
    """Whoever writes a new step of a page is told before it ever runs."""
    file, lines = tmp_path / "handed_in.py", [HEAD]
    for place, each in enumerate(entries().values()):
        lines += _a_call(f"called_{place}", each)
    file.write_text("\n".join(lines), encoding="utf-8")
    told = _mypy(file)
    unseen = [
        name for place, name in enumerate(entries()) if _line(lines, f"called_{place}(") not in told
    ]
    assert unseen == []


def _a_call(called: str, function: Callable[..., Any]) -> list[str]:
    owner, _, method = function.__qualname__.rpartition(".")
    module, of = function.__module__, ""
    given = ["frame" if name in tables_of(function) else "anything" for name in needed(function)]
    if inspect.ismethod(function) and not inspect.isclass(function.__self__):
        # Of the kind itself, though it has the method from the base of all kinds.
        kind = type(function.__self__)
        owner, module = kind.__name__, kind.__module__
        of = f"({', '.join(f'{name}=anything' for name in needed(kind))})"
    imported = f"from {module} import {owner or method} as {called}"
    made = f"{called}{of}{f'.{method}' if owner else ''}"
    return [imported, f"{made}({', '.join(given)})  # {called}("]


def _line(lines: list[str], text: str) -> int:
    return next(at for at, line in enumerate("\n".join(lines).splitlines(), 1) if text in line)


def _mypy(file: Path) -> set[int]:
    """The lines at which a plain frame is told to be the wrong type."""
    # With no options of its own: then it knows what the check of types has read beside the tests.
    command = [sys.executable, "-m", "mypy", str(file)]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, encoding="utf-8")
    wrong = [
        line for line in said.stdout.splitlines() if 'has incompatible type "DataFrame"' in line
    ]
    return {int(line.removeprefix(str(file)).split(":")[1]) for line in wrong}
