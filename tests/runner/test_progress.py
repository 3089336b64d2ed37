"""What a run says while it goes on."""

import io
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cdpb.runner import progress
from cdpb.runner.job import Assessment, Job, Planned, Result
from cdpb.runner.progress import Progress

BARNET = Assessment("E09000003", "Barnet", "2023/24", "public", False, Path("outputs"))


class Terminal(io.StringIO):
    """Standard error before somebody's eyes."""

    def isatty(self) -> bool:
        return True


def job(name: str, cost: float, at_hand: Path | None = None) -> Job:
    own = Path(name)
    return Job(
        BARNET, name, name, name.title(), own, {}, "", own, at_hand=at_hand, cost=cost
    )  # fmt: skip


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """The time, which stands still until a test moves it."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def begun(*jobs: Job) -> tuple[Progress, list[str]]:
    said: list[str] = []
    order = tuple(each.finding for each in jobs)
    return Progress([Planned(BARNET, jobs, (), order, "")], said.append), said


def test_at_a_terminal_the_time_left_is_told_by_what_each_takes(clock, monkeypatch):
    """Three of four seconds of work took six: the last will take two. One rendered takes little."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    jobs = [job("first", 3), job("second", 0.5), job("third", 40, at_hand=Path("third"))]
    told, said = begun(*jobs)

    clock[0] = 6.0
    with closing(told):
        told.done(jobs[0], Result("first", "written", 6.0))
        assert sys.stderr.getvalue().endswith("\r  2 to go, about 2 s")

    assert sys.stderr.getvalue().endswith("\r" + " " * 40 + "\r")
    assert said == [str(BARNET), "  first    written   6.0 s   no verdict"]


def test_a_log_has_a_line_a_finding_and_nothing_else(clock, capsys):
    """In the order of the page, whichever ends first."""
    first, second = job("first", 1), job("second", 1)
    told, said = begun(first, second)

    with closing(told):
        told.done(second, Result("second", "written", 1.0))
        assert len(said) == 1
        told.done(first, Result("first", "written", 1.0))

    assert [line.split()[0] for line in said[1:]] == ["first", "second"]
    assert capsys.readouterr() == ("", "")
