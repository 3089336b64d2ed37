"""What a run writes is what plain ``papermill`` and ``jupyter nbconvert`` write, byte for byte."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cdpb.declarations import declarations
from cdpb.report.markup import without_line, without_signatures
from cdpb.runner.fork_server import ADDRESS
from tests.support.built import BARNET, YEARS
from tests.support.project import CHECKOUT
from tests.support.sampled import sampled
from tests.support.toys import seen

pytestmark = pytest.mark.slow

SAMPLE = "women_in_treatment"
NOTEBOOKS = sorted(path.stem[3:] for path in (CHECKOUT / "notebooks").glob("*.ipynb"))
FINDINGS = sorted(NOTEBOOKS, key=lambda id: id != SAMPLE)
GIVEN = {"year": YEARS[-1], "area": BARNET}


@pytest.mark.parametrize("id", sampled(FINDINGS, 1))
def test_a_run_writes_what_the_two_commands_write(assessments, tmp_path, id):
    """Page, drawings, record and downloads. By design nothing differs but the line of a draft.

    That line stands on a page until the four gates have passed, which is for the whole assessment.
    """
    finding = declarations().finding(id)
    made = assessments / YEARS[-1].replace("/", "-") / BARNET / "public"
    saved = tmp_path / "saved"
    if finding.after:
        handed_over(made, saved)

    page = plainly(finding.notebook, saved, tmp_path)

    ours = (made / f"{finding.slug}.html").read_bytes()
    assert without_line(page) == without_signatures(without_line(ours))
    record = f"findings/{id}.json"
    assert (saved / record).read_bytes() == (made / record).read_bytes()
    assert seen(saved / "tables" / id) == seen(made / "tables" / id)


def handed_over(made: Path, saved: Path) -> None:
    """The records that a run puts where a page finds them that is made of the others."""
    (saved / "findings").mkdir(parents=True)
    for each in declarations().findings:
        if not each.after:
            shutil.copy(made / "findings" / f"{each.id}.json", saved / "findings")


def plainly(notebook: str, saved: Path, folder: Path) -> bytes:
    """The page that the two commands make, as one would type them."""
    executed = folder / notebook
    source = Path(os.environ["CDPB_HOME"]) / "notebooks" / notebook
    given = [part for name, value in GIVEN.items() for part in ("-p", name, value)]
    own = {name: value for name, value in os.environ.items() if name != ADDRESS}
    for command in (
        ["papermill", "-k", "python3", str(source), str(executed), *given],
        ["nbconvert", "--to", "cdpb", str(executed)],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command], env=own | {"CDPB_SAVE_TO": str(saved)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
    return executed.with_suffix(".html").read_bytes()
