"""The example of an area file, copied as the guide says, passes the checks and runs."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
import yaml

from cdpb import areas
from cdpb.areas import AreaFile
from cdpb.findings.area_files import checked_area_file

CHECKOUT = Path(__file__).resolve().parents[2]
CAMDEN = "E09000007"
NEEDED = ("data", "notebooks", "shapes")
FEW = ("ward_drug_offences", "possession_and_trafficking", "delivery_plan", "partnership")


def commands() -> list[list[str]]:
    """What the guide tells to type, in its order."""
    guide = (CHECKOUT / "docs" / "areas.md").read_text(encoding="utf-8")
    section = guide.split("## Making one")[1].split("\n## ")[0]
    blocks = re.findall(r"```\n(.*?)```", section, flags=re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.strip().splitlines()]


@pytest.fixture(scope="module")
def copied(tmp_path_factory) -> Path:
    """A project in which somebody has done what the guide says, up to the run."""
    home = tmp_path_factory.mktemp("example")
    for name in NEEDED:
        copytree(CHECKOUT / name, home / name)
    for command in commands()[:-1]:
        subprocess.run(command, cwd=home, check=True)
    path = home / "data" / "areas" / f"{CAMDEN}.yml"
    text = path.read_text(encoding="utf-8")
    named = text.replace("code: E09000000", f"code: {CAMDEN}").replace("Exampleborough", "Camden")
    path.write_text(named, encoding="utf-8")
    return home


def test_the_copy_passes_the_checks(copied, monkeypatch):
    monkeypatch.setenv("CDPB_HOME", str(copied))
    own = checked_area_file(CAMDEN)
    assert own.name == "Camden"
    assert (len(own.actions), len(own.achievements)) == (3, 2)


def test_the_example_shows_every_key_but_those_that_need_a_board():
    """Whoever copies it sees what there is; decisions and exceptions are signed."""
    shown = yaml.safe_load((CHECKOUT / "data/areas/example.yml").read_text(encoding="utf-8"))
    beside = {"actions", "achievements"}
    signed = {"commentary", "decisions", "recommendations", "exceptions", "parameters"}
    assert set(AreaFile.model_fields) - set(shown) == beside | signed


def test_the_example_is_no_area():
    assert areas.area_codes_with_files() == ["E09000003"]


@pytest.mark.slow
def test_what_the_guide_tells_to_type_runs(copied):
    """The pages of what is the partnership's own."""
    pages = typed(copied, FEW[2:])
    assert "3 actions" in (pages / "delivery-plan.html").read_text(encoding="utf-8")
    assert "A worker in custody" in (pages / "partnership.html").read_text(encoding="utf-8")


@pytest.mark.proof
def test_the_findings_of_the_example_say_what_is_their_own(copied):
    """Of the findings these have something of their own to say for Camden."""
    pages = typed(copied, FEW)
    wards = (pages / "ward-drug-offences.html").read_text(encoding="utf-8")
    assert "Draft for the partnership to confirm" in wards
    assert "Contradicted" in wards  # Camden's rate is higher than London's.
    assert "Written for another verdict" in wards


def typed(copied: Path, findings: tuple[str, ...]) -> Path:
    """The pages of some findings, by the guide's last command."""
    told, home = commands()[-1], {**os.environ, "CDPB_HOME": str(copied)}
    named = [word for each in findings for word in ("--finding", each)]
    command = [sys.executable, "-m", *told, *named, "--output", str(copied / "outputs")]
    done = subprocess.run(command, cwd=copied, env=home, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return copied / "outputs" / "2025-26" / CAMDEN / "public"
