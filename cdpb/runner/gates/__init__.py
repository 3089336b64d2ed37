"""Four gates over what was written: attack, scan, absence, non-interference."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cdpb.file_contents import one_look
from cdpb.runner.assemble import say_in_place
from cdpb.runner.gates.outcome import (
    GateReport,
    Outcome,
    forget,
    key_of_files,
    key_of_tables,
    keys_of_findings,
    remembered,
    timed,
)
from cdpb.runner.gates.rebuilding import jobs_of, refuse_another_key
from cdpb.runner.gates.scan import left_to_scan, scan_ahead, scan_written
from cdpb.runner.gates.written import Written, read_written
from cdpb.runner.keys import ATTACK, SCAN
from cdpb.runner.manifest import refuse_if_edited
from cdpb.runner.place import locked
from cdpb.runner.runs import new_run
from cdpb.runner.workspaces import workspace

__all__ = [
    "GateReport",
    "Outcome",
    "check_written",
    "gate_report",
    "gate_shares",
    "judge_ahead",
    "run_gates",
]


def run_gates(output: Path) -> GateReport:
    """Run all four gates over a finished assessment, and let its pages say what came of it.

    They lose the line that they are a draft once all four have passed; else they have it.

    Raises
    ------
    InputError
        If no assessment stands there, a file of it was edited, it is not what would be made
        today, or another command is writing it. Then its pages stay as they are.
    """
    target = read_written(output.resolve()).folder
    with locked(target):
        refuse_if_edited(target)
        report = gate_report(target, every=True)
        say_in_place(target, report.names_passed)
    return report


def gate_report(output: Path, *, every: bool) -> GateReport:
    """Run attack and scan over a finished assessment, and if ``every``, the other two as well."""
    written = read_written(output.resolve())
    refuse_another_key(written)
    report = check_written(written)
    if not every:
        return report
    # Only here, as the attack below: to load what they need takes a second.
    from cdpb.runner.gates.absence import NAME as ABSENCE
    from cdpb.runner.gates.absence import check_absence
    from cdpb.runner.gates.interference import NAME as INTERFERENCE
    from cdpb.runner.gates.interference import check_worlds

    run = new_run()
    with workspace(run):
        jobs = jobs_of(written, run)
        keys = {job.finding: job.key for job in jobs}
        of = {name: key_of_files(name, written, keys) for name in (ABSENCE, INTERFERENCE)}
        absence = remembered(ABSENCE, of[ABSENCE], lambda: check_absence(written, run))
        worlds = remembered(
            INTERFERENCE, of[INTERFERENCE], lambda: check_worlds(written, jobs, run)
        )
    return GateReport(report.assessment, (*report.outcomes, absence, worlds))


@one_look()
def check_written(written: Written, ahead: Sequence[Outcome] = ()) -> GateReport:
    """Attack and scan, over what a run has written and not yet moved into place.

    What was judged ``ahead`` is not judged again.
    """
    _forgotten_if_fresh(written)
    found = {each.name: each for each in ahead}
    attack = found.get(ATTACK) or _attacked(written)
    scan = timed(lambda: scan_written(written))
    before = sum(each.seconds for each in ahead if each.name == SCAN)
    scan = replace(scan, seconds=round(scan.seconds + before, 3))
    return GateReport(str(written.assessment), (attack, scan))


@one_look()
def gate_shares(written: Written, number: int) -> tuple[Written, list[list[str]]]:
    """What of attack and scan can be judged by so many processes at once, and by none twice.

    The first share is the attack's; each other one has findings that can be scanned alone.
    """
    _forgotten_if_fresh(written)
    left = left_to_scan(written)
    dealt = [left[at::number] for at in range(number)] if len(left) > number else []
    return replace(written, fresh=False), [[ATTACK], *dealt] if dealt else []


@one_look()
def judge_ahead(written: Written, share: Sequence[str]) -> Outcome:
    """Judge one of `gate_shares`: what passes is kept, and what doesn't told by `check_written`."""
    return _attacked(written) if share == [ATTACK] else timed(lambda: scan_ahead(written, share))


def _attacked(written: Written) -> Outcome:
    from cdpb.runner.gates.attacking import attack_written

    return remembered(ATTACK, key_of_tables(written), lambda: attack_written(written), written)


def _forgotten_if_fresh(written: Written) -> None:
    if written.fresh:
        forget([key_of_tables(written), *keys_of_findings(written).values()])
