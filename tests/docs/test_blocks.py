"""The YAML and the Python that the pages of docs/ show are what they say: put in place, they work.

Commands are typed in `test_every_command`. What "Your first finding" has its reader put into files
is put there too, and runs, when `make prove` follows that page.
"""

import ast
import csv
import shutil
from pathlib import Path

import pytest
import yaml

from cdpb import loaders
from cdpb.cli import main
from cdpb.declarations import declarations
from cdpb.errors import InputError
from cdpb.findings.area_files import checked_area_file
from tests.desk.test_trace import drafted
from tests.docs.test_every_command import made_mine
from tests.support.project import CHECKOUT
from tests.support.typed import PAGES, Block, blocks

BARNET, CAMDEN = "E09000003", "E09000007"
LANGUAGES = ("yaml", "python")


def shown(page: str, language: str) -> list[Block]:
    return [each for each in blocks(page) if each.language == language]


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """What is declared and received, in a folder of its own."""
    for name in ("data", "notebooks"):
        shutil.copytree(CHECKOUT / name, tmp_path / name)
    (tmp_path / "shapes").symlink_to(CHECKOUT / "shapes")
    monkeypatch.setenv("CDPB_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(project: Path, name: str, block: Block) -> Path:
    """A file of the project with what a page shows below what stands there."""
    path = project / name
    there = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    told = there | yaml.safe_load(block.text)
    path.write_text(yaml.safe_dump(told, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def test_the_area_file_that_is_shown_is_one(project):
    """Its parts name tests that the finding makes, as is checked before a run begins."""
    (block,) = shown("docs/areas.md", "yaml")
    written(project, f"data/areas/{CAMDEN}.yml", block)

    own = checked_area_file(CAMDEN)

    assert own.name == "Camden"
    (part,) = own.statements["ward_drug_offences"].parts
    assert part.id in declarations().finding("ward_drug_offences").tests


def test_the_exception_that_is_shown_names_a_table_and_a_year_that_it_may_be_shown_for(project):
    (block,) = shown("docs/publishing.md", "yaml")
    path = written(project, f"data/areas/{BARNET}.yml", block)

    (entry,) = checked_area_file(BARNET).exceptions
    assert (entry.table, entry.date) == (
        "criminal_justice_pathways/referrals", "2025-01-20",
    )  # fmt: skip

    path.write_text(path.read_text(encoding="utf-8").replace("/referrals", "/referals"), "utf-8")
    with pytest.raises(InputError, match="referals"):
        checked_area_file(BARNET)


def test_the_correction_that_is_shown_changes_the_number_that_was_received(project):
    (block,) = shown("docs/year.md", "yaml")
    (told,) = yaml.safe_load(block.text)["corrections"]
    place = told["rows"]
    with (CHECKOUT / "data/mps_ward_crime/2026-04-30/ward_drug_offences.csv").open() as file:
        received = {(row["ward_code"], row["month"]): row for row in csv.DictReader(file)}
    printed = received[place["ward_code"], place["month"]][place["offence"]]
    assert int(printed) == told["expect"]

    written(project, "data/corrections.yml", block)

    rows = loaders.ward_drug_offences(BARNET)
    meant = (rows[list(place)].astype(str) == list(place.values())).all(axis=1)
    assert rows.loc[meant, "offences"].tolist() == [told["becomes"]]


def test_what_the_first_finding_is_told_to_declare_is_declared(project):
    """Tables, columns and statement, and the two cells that use them."""
    sample = next(each for each in blocks("docs/first_finding.md") if each.file)
    (project / sample.file).write_text(sample.text, encoding="utf-8")
    command = ["new", "finding", "drug_admissions", "--source", "drug_admissions"]
    assert main([*command, "--from", sample.file]) == 0

    made_mine(project)

    declared = declarations()
    (part,) = checked_area_file(BARNET).statements["drug_admissions"].parts
    assert part.id in declared.finding("drug_admissions").tests
    assert checked_area_file(BARNET).so_what["drug_admissions"].sentences
    table = declared.finding("drug_admissions").table("causes")
    assert set(table.derived) - set(declared.columns) == set()
    cells = [ast.parse(each.text) for each in shown("docs/first_finding.md", "python")]
    named = [n.arg for cell in cells for n in ast.walk(cell) if isinstance(n, ast.keyword)]
    assert part.id in named


def test_the_trace_that_is_shown_leads_to_the_wards_rows(assessments, capsys):
    (block,) = shown("docs/trace.md", "python")

    exec(block.text, {"finding": drafted(assessments)})

    assert "ward_drug_offences/wards, offences, ward_code E05013628" in capsys.readouterr().out


def test_every_block_of_a_page_is_held_here():
    """One that is added needs a test of its own."""
    has = {(page, language): len(found) for page in PAGES for language in LANGUAGES
           if (found := shown(page, language))}  # fmt: skip
    assert has == {
        ("docs/areas.md", "yaml"): 1,
        ("docs/first_finding.md", "yaml"): 4,
        ("docs/first_finding.md", "python"): 2,
        ("docs/publishing.md", "yaml"): 1,
        ("docs/trace.md", "python"): 1,
        ("docs/year.md", "yaml"): 1,
    }
