"""Three offices sign what stands there, and whatever changes in it voids their word."""

import json
import shutil

import pytest

from cdpb.report.markup import with_signatures, without_signatures
from cdpb.runner.assemble import content_of, say_in_place, signatures_of, whatever_passed
from cdpb.runner.gates import check_written
from cdpb.runner.gates.written import read_written
from cdpb.runner.manifest import GATES, edited_files
from cdpb.runner.signed import ROLES
from tests.support.commands import cdpb, wrong_input
from tests.support.returned import HERE, left_as_it_was

OFFICE = ("--office", "Public health")


@pytest.fixture
def standing(assessed_once, monkeypatch):
    """An assessment that stands and has passed its gates; its project is the working folder."""
    monkeypatch.setenv("CDPB_HOME", str(assessed_once))
    monkeypatch.chdir(assessed_once)
    with left_as_it_was(assessed_once):
        say_in_place(assessed_once / HERE, GATES)
        yield assessed_once / HERE


def page(standing, name="index.html"):
    return (standing / name).read_text(encoding="utf-8")


def test_a_signature_stands_on_the_front_page_and_changes_no_content(standing, capsys):
    before = {path.name: whatever_passed(path) for path in standing.rglob("*") if path.is_file()}
    assert "Analyst, reviewer and approver not signed." in page(standing)
    code, said, _ = cdpb(
        capsys, "sign", HERE, "--as", "reviewer", *OFFICE, "--name", "the council's own"
    )
    assert code == 0
    assert said.startswith("Reviewer, Public health (the council’s own), ")
    for name in ("index.html", "methods.html"):
        assert "Reviewer, Public health (the council’s own), " in page(standing, name)
        assert "analyst and approver not signed." in page(standing, name)
    after = {path.name: whatever_passed(path) for path in standing.rglob("*") if path.is_file()}
    assert after == before
    assert list(edited_files(standing)) == []


def test_any_change_of_content_voids_it(standing, capsys):
    cdpb(capsys, "sign", HERE, "--as", "analyst", *OFFICE)
    assert set(signatures_of(standing)) == {"analyst"}
    table = next(standing.glob("tables/*/*.csv"))
    table.write_text(table.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert signatures_of(standing) == {}


def test_a_page_that_is_a_draft_again_keeps_the_signatures_of_its_content(standing, capsys):
    """That a gate must be held again is no change of content."""
    cdpb(capsys, "sign", HERE, "--as", "analyst", *OFFICE)
    signed = content_of(standing)
    say_in_place(standing, ())
    assert content_of(standing) == signed
    assert set(signatures_of(standing)) == {"analyst"}


def test_the_gates_pass_over_a_signed_assessment(standing, capsys):
    for role in ROLES:
        assert cdpb(capsys, "sign", HERE, "--as", role, *OFFICE)[0] == 0
    report = check_written(read_written(standing))
    assert report.passed, list(report.lines())


def test_a_number_in_the_place_of_a_signature_is_found(standing, capsys):
    """The line isn't judged, so it holds nothing that a signature can't."""
    index = standing / "index.html"
    for forged in ("7 people", "<b>A</b>"):
        index.write_bytes(
            index.read_bytes().replace(b"Sign-off: ", f"Sign-off: {forged} ".encode(), 1)
        )
        report = check_written(read_written(standing))
        assert not report.passed
        assert "index.html" in "\n".join(report.lines())


def test_drafts_are_not_signed(standing, capsys):
    say_in_place(standing, ())
    code, _, error = cdpb(capsys, "sign", HERE, "--as", "analyst", *OFFICE)
    assert code == 3
    assert "drafts are not signed" in error
    assert "cdpb gate" in error


def test_nothing_is_released_that_one_of_the_three_has_not_signed(standing, capsys):
    for role in ROLES[:2]:
        cdpb(capsys, "sign", HERE, "--as", role, *OFFICE)
    code, _, error = cdpb(capsys, "release", HERE)
    assert code == 2
    assert wrong_input(error)
    assert "not signed as it stands by: approver" in error
    assert f"cdpb sign {HERE} --as approver" in error


def test_a_role_signs_once_and_in_words(standing, capsys):
    cdpb(capsys, "sign", HERE, "--as", "analyst", *OFFICE)
    for office, says in (("Public health", "signed already"), ("Team 7", "without digits")):
        code, _, error = cdpb(capsys, "sign", HERE, "--as", "analyst", "--office", office)
        assert code == 2
        assert wrong_input(error)
        assert says in error


def test_an_edited_assessment_is_not_signed(standing, capsys):
    (standing / "index.html").write_text("edited", encoding="utf-8")
    code, _, error = cdpb(capsys, "sign", HERE, "--as", "analyst", *OFFICE)
    assert code == 2
    assert "index.html: changed since" in error


def test_the_line_is_put_on_once_and_leaves_nothing_behind():
    bare = b"<main>\n<p>5</p>\n</main>"
    signed = with_signatures(bare, "analyst, Public health, 3 March 2026.")
    assert with_signatures(signed, "analyst, Public health, 3 March 2026.") == signed != bare
    assert without_signatures(signed) == bare == with_signatures(bare, "")


def test_the_ledger_names_offices_and_no_persons(standing, capsys, monkeypatch):
    from cdpb.runner import release as releasing
    from tests.runner.test_release import passed

    for role in ROLES:
        cdpb(capsys, "sign", HERE, "--as", role, *OFFICE, "--name", "Somebody")
    (done,) = releasing.release(standing, check=passed)
    signed = json.loads(done.entry.read_text(encoding="utf-8"))["signed"]
    assert [each["role"] for each in signed] == list(ROLES)
    assert "Somebody" not in done.entry.read_text(encoding="utf-8")
    shutil.rmtree(done.entry.parents[1])
