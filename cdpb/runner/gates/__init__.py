"""Four gates over what was written: attack, scan, absence, non-interference."""

from pathlib import Path

from cdpb.runner.gates.attacking import attack_written
from cdpb.runner.gates.outcome import GateReport, Outcome
from cdpb.runner.gates.scan import scan_written
from cdpb.runner.gates.written import Written, read_written

__all__ = ["GateReport", "Outcome", "check", "check_written"]


def check(output: Path, *, every: bool) -> GateReport:
    """Hold the gates over a finished assessment.

    Parameters
    ----------
    output : Path
        The folder that the assessment stands in.
    every : bool
        All four; else attack and scan, which need no notebook to be executed.

    Raises
    ------
    InputError
        If no assessment stands there.
    """
    written = read_written(output)
    outcomes = [attack_written(written), scan_written(written)]
    return GateReport(str(written.assessment), tuple(outcomes))


def check_written(written: Written) -> GateReport:
    """Attack and scan, over what a run has written and not yet moved into place."""
    outcomes = (attack_written(written), scan_written(written))
    return GateReport(str(written.assessment), outcomes)
