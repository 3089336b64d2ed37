"""A page says that it is a draft until the assessment has passed all four gates."""

import json
from pathlib import Path

import pytest

from cdpb.report.checks import check_page
from cdpb.report.markup import DRAFT_LINE, DRAFT_TEXT, with_line, without_line
from cdpb.runner import gates
from cdpb.runner.assemble import is_draft, say_what_passed, whatever_passed
from cdpb.runner.gates import Outcome, run_gates
from cdpb.runner.gates.rebuilding import differences_in_file
from cdpb.runner.keys import file_hash
from cdpb.runner.manifest import GATES
from tests.support.commands import cdpb
from tests.support.gated import passed, project
from tests.support.returned import HERE, RUN

__all__ = ["passed", "project"]


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def pages(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}


def told_by_manifest(folder: Path) -> dict[str, list[str]]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["gates"]


def in_step(folder: Path) -> bool:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return all(
        (file["size"], file["sha256"])
        == ((folder / file["path"]).stat().st_size, file_hash(folder / file["path"]))
        for file in manifest["files"]
    )


def says_draft_on_each(folder: Path) -> bool:
    marked = {name: page.count(DRAFT_TEXT) for name, page in pages(folder).items()}
    return in_step(folder) and set(marked.values()) == {1} and len(marked) == 5


def says_draft_on_none(folder: Path) -> bool:
    return in_step(folder) and not any("draft:" in page.lower() for page in pages(folder).values())


def test_each_page_of_a_run_says_that_it_is_a_draft(project):
    """Findings and common pages, on the screen and in print; and no check of a page minds."""
    assert says_draft_on_each(project / HERE)
    assert told_by_manifest(project / HERE) == {
        "passed": ["attack", "scan"],
        "draft_until": ["absence", "non-interference"],
    }
    assert [each for page in pages(project / HERE).values() for each in check_page(page)] == []


def test_a_draft_is_not_released(project, capsys):
    code, _, said = cdpb(capsys, "release", HERE)

    assert code == 3
    assert "is a draft" in said
    assert f"cdpb gate {HERE}" in said
    assert not (project / "data" / "ledger").exists()


def test_the_line_goes_when_all_four_gates_have_passed(project, capsys):
    """And nothing else of any page does."""
    before = {name: page.replace(DRAFT_LINE, "") for name, page in pages(project / HERE).items()}

    code, _, said = cdpb(capsys, "gate", HERE)

    assert (code, said) == (0, "")
    assert says_draft_on_none(project / HERE)
    assert pages(project / HERE) == before
    assert told_by_manifest(project / HERE) == {"passed": list(GATES), "draft_until": []}


def test_a_run_of_the_same_inputs_keeps_it_so_byte_for_byte(passed, capsys):
    before = files(passed)

    code, _, _ = cdpb(capsys, *RUN)

    assert code == 0
    assert files(passed) == before


def test_a_gate_that_finds_something_puts_the_line_back(passed, capsys, monkeypatch):
    before = files(passed)
    with monkeypatch.context() as patch:
        patch.setattr(gates, "scan_written", lambda _: Outcome("scan", ["index.html: a number"]))
        code, _, _ = cdpb(capsys, "gate", HERE)

    assert code == 3
    assert says_draft_on_each(passed)
    assert told_by_manifest(passed)["draft_until"] == ["scan"]
    assert run_gates(passed).complete
    assert files(passed) == before


def test_a_page_that_was_edited_stays_one_that_differs(passed, capsys):
    """Taking the line off must not make somebody's edit look like the run's own work."""
    page = passed / "by-route.html"
    page.write_bytes(page.read_bytes().replace(b"</h1>", b"!</h1>"))
    say_what_passed(passed, ())
    say_what_passed(passed, GATES)

    code, _, said = cdpb(capsys, "release", HERE)

    assert code == 2
    assert "by-route.html" in said


def test_another_input_brings_the_line_back(project, passed, capsys):
    """On the page that is kept too: what the whole gives away has not been looked at."""
    notebook = project / "notebooks" / "by_year.ipynb"
    notebook.write_bytes(notebook.read_bytes().replace(b"counted by", b"counted  by"))

    code, out, _ = cdpb(capsys, *RUN, "--finding", "by_year")

    assert code == 0
    assert "unchanged" in out
    assert says_draft_on_each(passed)
    assert is_draft(passed)


# The line itself -------------------------------------------------------------------------


def test_the_line_is_put_on_once_and_leaves_nothing_behind():
    page = b'<header>\n<div class="top"><p></p></div></header>'

    assert with_line(with_line(page)) == with_line(page) != page
    assert without_line(with_line(page)) == page
    with pytest.raises(ValueError, match="without a place"):
        with_line(b"<p>no page of ours</p>")


def test_a_file_compares_alike_whatever_gates_were_passed(project, tmp_path):
    """Only the line and the gates are left out of account: one letter more still differs."""
    target = tmp_path / "copy"
    for name, content in files(project / HERE).items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(content)
    states = []
    for names in ((), GATES):
        say_what_passed(target, names)
        states.append([whatever_passed(target / name) for name in sorted(files(target))])
    assert states[0] == states[1]

    page = target / "index.html"
    assert differences_in_file("index.html", page, project / HERE / "index.html") == []
    page.write_bytes(page.read_bytes() + b" ")
    assert differences_in_file("index.html", page, project / HERE / "index.html") != []
