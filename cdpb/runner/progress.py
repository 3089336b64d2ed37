"""What a run says while it goes on: assessments in their order, and findings in theirs."""

import sys
import time
from collections.abc import Callable, Sequence

from cdpb.runner.job import Job, Planned, Result

# Of a page whose notebook need not be executed.
RENDERING = 0.5


class Progress:
    """Prints assessments in their order and findings in theirs, each line as soon as it can.

    Jobs end in any order; a line waits until those above it are known.
    """

    def __init__(self, planned: Sequence[Planned], say: Callable[[str], None]) -> None:
        self._say = say
        self._results: dict[str, dict[str, Result]] = {
            str(each.assessment): {
                kept.finding: Result(kept.finding, "unchanged", record=kept.record)
                for kept in each.kept
            }
            for each in planned
        }
        self._waiting = [
            (str(each.assessment), name) for each in planned for name in ["", *each.in_turn]
        ]
        self._left = {(job.assessment, job.finding): _cost(job) for p in planned for job in p.jobs}
        self._cost = sum(self._left.values())
        self._started = time.monotonic()
        self._width = max((len(name) for _, name in self._waiting), default=0) + 3
        self._advance()

    def done(self, job: Job, result: Result) -> None:
        """Take the result of a job."""
        self._results[str(job.assessment)][job.finding] = result
        self._left.pop((job.assessment, job.finding), None)
        self._hint("")
        self._advance()
        if self._left:
            self._hint(f"  {len(self._left)} to go, about {self.seconds_left():.0f} s")

    def close(self) -> None:
        """Leave the line clear for what is said next, whatever ended the run."""
        self._hint("")

    def results(self, planned: Planned) -> dict[str, Result]:
        """The results of one assessment, by finding."""
        return self._results[str(planned.assessment)]

    def line(self, name: str, status: str, seconds: float | None, outcome: str) -> str:
        """One line: name, status, seconds, what came of it."""
        took = "" if seconds is None else f"{seconds:.1f} s"
        return f"  {name:<{self._width}}{status:<9}{took:>6}   {outcome}".rstrip()

    def seconds_left(self) -> float:
        """What the rest will take, if it goes as what is done has gone."""
        left = sum(self._left.values())
        return (time.monotonic() - self._started) * left / max(self._cost - left, 1e-9)

    def _hint(self, text: str) -> None:
        # Only for eyes at a terminal: in a log it would be noise. tqdm would need as many lines of
        # ours, to weigh each job by its seconds, and takes a sixth of a second to load.
        if sys.stderr.isatty():
            print(f"\r{text:<40}\r{text}", end="", file=sys.stderr, flush=True)

    def _advance(self) -> None:
        while self._waiting:
            assessment, name = self._waiting[0]
            if not name:
                self._say(assessment)
            elif name in self._results[assessment]:
                result = self._results[assessment][name]
                outcome = "; ".join([result.verdict, *result.notes])
                self._say(self.line(name, result.status, result.seconds, outcome))
            else:
                return
            self._waiting.pop(0)


def _cost(job: Job) -> float:
    return RENDERING if job.at_hand else job.cost
