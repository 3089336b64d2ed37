"""What a run says while it works: a header an assessment, a line a finding."""

from collections.abc import Callable, Sequence

from cdpb.runner.job import Job, Result
from cdpb.runner.plan import Planned


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
            (str(each.assessment), name) for each in planned for name in ["", *each.order]
        ]
        self._width = max((len(name) for _, name in self._waiting), default=0) + 3
        self._advance()

    def done(self, job: Job, result: Result) -> None:
        """Take the result of a job."""
        self._results[str(job.assessment)][job.finding] = result
        self._advance()

    def results(self, planned: Planned) -> dict[str, Result]:
        """The results of one assessment, by finding."""
        return self._results[str(planned.assessment)]

    def line(self, name: str, status: str, seconds: float | None, said: str) -> str:
        """One line: name, status, seconds, what came of it."""
        took = "" if seconds is None else f"{seconds:.1f} s"
        return f"  {name:<{self._width}}{status:<10}{took:>5}   {said}".rstrip()

    def _advance(self) -> None:
        while self._waiting:
            assessment, name = self._waiting[0]
            if not name:
                self._say(assessment)
            elif name in self._results[assessment]:
                result = self._results[assessment][name]
                said = "; ".join([result.verdict, *result.notes])
                self._say(self.line(name, result.status, result.seconds, said))
            else:
                return
            self._waiting.pop(0)
