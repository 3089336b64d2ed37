"""The scan: every file that was written, opened before anyone else can."""

from cdpb.runner.gates import folder
from cdpb.runner.gates.outcome import Outcome
from cdpb.runner.gates.written import Written

NAME = "scan"


def scan_written(written: Written) -> Outcome:
    """Open every file of an assessment, and judge what stands in it."""
    findings = folder.problems(written.folder, written.assessment, list(written.records))
    return Outcome(NAME, findings, f"{written.count_of_tables} tables")
