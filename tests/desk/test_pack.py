"""`cdpb pack`: one zip for an email."""

import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest

from cdpb.report.html_tree import read_document
from cdpb.runner import gates
from cdpb.runner.gates import Outcome
from tests.support.commands import cdpb, wrong_input
from tests.support.returned import HERE


def links(folder: Path) -> list[tuple[Path, str]]:
    """Every link of every page that leads to a file: the page, and where to."""
    return [
        (page, unquote(a.get("href")))
        for page in folder.rglob("*.html")
        for a in read_document(page.read_text("utf-8")).root.all("a")
        if a.get("href") and not a.get("href").startswith(("http", "mailto:", "data:"))
    ]


def leads_somewhere(page: Path, link: str) -> bool:
    name, _, place = link.partition("#")
    target = page.parent / name if name else page
    ids = (
        {each.get("id") for each in read_document(target.read_text("utf-8")).root.elements}
        if (place)
        else {""}
    )
    return target.is_file() and place in ids


def test_unpacked_elsewhere_every_link_leads_somewhere(passed, tmp_path, capsys):
    code, out, said = cdpb(capsys, "pack", HERE, "--to", str(tmp_path / "a.zip"))

    assert code == 0, said
    assert "a.zip: " in out
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    found = links(tmp_path / "unpacked")
    assert len(found) > 20
    assert [each for each in found if not leads_somewhere(*each)] == []
    assert any(".xlsx" in link for _, link in found)


def test_it_holds_what_the_assessment_does_byte_for_byte(passed, tmp_path, capsys):
    for name in ("a.zip", "b.zip"):
        cdpb(capsys, "pack", HERE, "--to", str(tmp_path / name))

    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        packed = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    stands = {
        path.relative_to(passed).as_posix(): path.read_bytes()
        for path in passed.rglob("*")
        if path.is_file()
    }
    assert packed == stands
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_its_name_says_area_year_and_edition(passed, project, capsys):
    cdpb(capsys, "pack", HERE)

    made = list(project.glob("*.zip"))
    assert len(made) == 1
    _, year, area, edition = HERE.rsplit("/", 3)
    assert made[0].name.startswith(f"{area}-{year}-")
    assert made[0].stem.endswith(edition)
    assert ("demonstration" in made[0].name) == ("demonstration" in HERE)
    made[0].unlink()


def test_a_draft_is_not_packed(project, tmp_path, capsys):
    code, _, said = cdpb(capsys, "pack", HERE, "--to", str(tmp_path / "a.zip"))

    assert code == 3
    assert f"cdpb gate {HERE}" in said
    assert not (tmp_path / "a.zip").exists()


def test_what_a_gate_refuses_is_not_packed(passed, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(gates, "scan_written", lambda _: Outcome("scan", ["index.html: a number"]))

    code, _, _ = cdpb(capsys, "pack", HERE, "--to", str(tmp_path / "a.zip"))

    assert code == 3
    assert not (tmp_path / "a.zip").exists()


def test_what_was_edited_is_not_packed(passed, tmp_path, capsys):
    page = passed / "index.html"
    page.write_text(page.read_text("utf-8") + " ", "utf-8")

    code, _, said = cdpb(capsys, "pack", HERE, "--to", str(tmp_path / "a.zip"))

    assert code == 2
    assert wrong_input(said)
    assert "index.html: changed since" in said


@pytest.mark.parametrize("to", [f"{HERE}/a.zip", "nowhere/a.zip", "a.7z"])
def test_a_place_where_no_zip_can_stand_is_refused(passed, capsys, to):
    code, _, said = cdpb(capsys, "pack", HERE, "--to", to)

    assert code == 2
    assert wrong_input(said)
    assert not Path(to).exists()
