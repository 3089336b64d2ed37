"""Gates that take long, remembered until anything changes that they depend on."""

import hashlib
import json
from collections.abc import Callable, Sequence

from cdpb import paths
from cdpb.runner.gates.outcome import Outcome
from cdpb.runner.gates.written import Written
from cdpb.runner.job import Job
from cdpb.runner.keys import file_hash

FOLDER = "gates"


def remembered(
    name: str, written: Written, jobs: Sequence[Job], hold: Callable[[], Outcome]
) -> Outcome:
    """Hold a gate, unless it passed for these files, made from these inputs.

    What failed is never remembered: it is held again.
    """
    path = paths.private_folder(FOLDER) / f"{name}-{_key(name, written, jobs)}.json"
    if path.is_file():
        told = json.loads(path.read_text(encoding="utf-8"))
        return Outcome(name, [], told["looked_at"], remembered=True)
    outcome = hold()
    if outcome.passed:
        text = json.dumps({"looked_at": outcome.looked_at})
        path.write_text(text, encoding="utf-8", newline="\n")
    return outcome


def _key(name: str, written: Written, jobs: Sequence[Job]) -> str:
    """Every file of the assessment, and what would make any of its notebooks execute again."""
    files = [path for path in sorted(written.folder.rglob("*")) if path.is_file()]
    held = [f"{path.relative_to(written.folder).as_posix()} {file_hash(path)}" for path in files]
    keys = [f"{job.finding} {job.key}" for job in sorted(jobs, key=lambda job: job.finding)]
    parts = [name, str(written.assessment), *held, *keys]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
