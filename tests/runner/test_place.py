"""A folder is replaced whole or not at all, whatever interrupts it."""

import errno
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

from cdpb.errors import InputError
from cdpb.runner import place
from cdpb.runner.place import (
    NotPlaced,
    journal,
    left_behind,
    lock_file,
    locked,
    move_into_place,
    not_written,
    recover,
    recover_under,
    refuse_own_folder,
    retired,
    staging,
)
from tests.support.project import lines_of
from tests.support.toys import toy_project


@pytest.fixture
def target(tmp_path) -> Path:
    """An assessment that stands, and holds the word old."""
    folder = tmp_path / "outputs" / "2023-24" / "E09000003" / "public"
    write(folder, "old")
    return folder


def write(folder: Path, word: str) -> None:
    (folder / "tables").mkdir(parents=True)
    (folder / "index.html").write_text(word, encoding="utf-8")
    (folder / "tables" / "rows.csv").write_text(word, encoding="utf-8")


def word(folder: Path) -> str:
    texts = {path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}
    assert len(texts) == 1, "a folder must never hold files of two runs"
    return texts.pop()


def hidden(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir() if path.name.startswith("."))


def test_a_new_folder_takes_the_place_of_the_old_and_leaves_nothing_beside_it(target):
    """Readers copy the folder to a website: leftovers would go with it."""
    write(staging(target), "new")

    move_into_place(target)

    assert word(target) == "new"
    assert hidden(target) == []


def test_the_first_folder_needs_no_old_one(tmp_path):
    """The first run of a year has nothing to replace."""
    target = tmp_path / "public"
    write(staging(target), "new")

    move_into_place(target)

    assert word(target) == "new"


@pytest.mark.parametrize("standing", [True, False])
def test_an_interruption_before_the_first_rename_is_completed(target, standing):
    """The journal is written when the new folder is whole, so nothing is missing from it."""
    write(staging(target), "new")
    journal(target).write_text("", encoding="utf-8")
    if not standing:
        os.replace(target, target.with_name("elsewhere"))

    assert recover(target) == "completed"

    assert word(target) == "new"
    assert hidden(target) == []


def test_an_interruption_between_the_two_renames_is_completed(target):
    """At that moment no assessment stands at all: the worst one to be left in."""
    write(staging(target), "new")
    journal(target).write_text("", encoding="utf-8")
    os.replace(target, retired(target))

    assert recover(target) == "completed"

    assert word(target) == "new"
    assert hidden(target) == []


def test_an_interruption_after_the_second_rename_only_tidies_up(target):
    """The old folder may still lie beside the new one."""
    write(retired(target), "older")
    journal(target).write_text("", encoding="utf-8")

    recover(target)

    assert word(target) == "old"
    assert hidden(target) == []


def test_if_the_new_folder_is_gone_the_old_one_returns(target):
    """Somebody may have cleared the hidden folder away."""
    journal(target).write_text("", encoding="utf-8")
    os.replace(target, retired(target))

    assert recover(target) == "undone"

    assert word(target) == "old"
    assert hidden(target) == []


def test_a_half_written_folder_is_thrown_away(target):
    """Without a journal nobody said that it was whole."""
    write(staging(target), "half")

    assert recover(target) == ""

    assert word(target) == "old"
    assert hidden(target) == []


def test_the_next_command_finds_what_was_interrupted_anywhere_under_outputs(target):
    """An analyst who types `cdpb list` after a power cut should see the assessment."""
    write(staging(target), "new")
    journal(target).write_text("", encoding="utf-8")
    os.replace(target, retired(target))

    assert recover_under(target.parents[2]) == [(target, "completed")]

    assert word(target) == "new"
    assert hidden(target) == []


def test_a_command_at_work_is_not_recovered_by_another(target):
    """Its journal is no accident."""
    write(staging(target), "new")
    journal(target).write_text("", encoding="utf-8")

    with FileLock(lock_file(target)):
        assert recover_under(target.parents[2]) == []

    assert word(target) == "old"


@pytest.mark.parametrize("which", [1, 2])
def test_a_rename_that_is_refused_leaves_the_old_folder_standing(target, monkeypatch, which):
    """A network drive may refuse either of the two."""
    write(staging(target), "new")
    real, calls = os.replace, []

    def refuse(source, to):
        calls.append(source)
        if len(calls) == which:
            raise OSError(errno.EIO, "refused")
        real(source, to)

    monkeypatch.setattr(place.os, "replace", refuse)

    with pytest.raises(NotPlaced, match="could not be replaced"):
        move_into_place(target)

    assert word(target) == "old"
    assert hidden(target) == []


def test_a_file_that_a_spreadsheet_program_holds_is_named(target, monkeypatch):
    """On Windows that is the usual reason why a folder can't be replaced."""
    write(staging(target), "new")
    held = target / "tables" / "rows.csv"
    real_open = Path.open

    def refuse_open(path, mode="r", *rest, **options):
        if path == held and "+" in mode:
            raise PermissionError(errno.EACCES, "in use")
        return real_open(path, mode, *rest, **options)

    def refuse_rename(source, to):
        raise PermissionError(errno.EACCES, "in use")

    monkeypatch.setattr(Path, "open", refuse_open)
    monkeypatch.setattr(place, "recover", lambda *_, **__: "")
    monkeypatch.setattr(place.os, "replace", refuse_rename)

    with pytest.raises(NotPlaced, match=r"rows\.csv is open in another program"):
        move_into_place(target)


def test_two_commands_cannot_write_one_folder(target):
    """Two batches into one folder both used to end well, and the last one won."""
    with locked(target), pytest.raises(InputError, match="Another command is writing"):
        locked(target).__enter__()

    assert hidden(target) == []


def test_a_lock_that_was_left_behind_holds_nobody_up(target):
    """After a crash the file stays; the lock does not."""
    lock_file(target).write_text("", encoding="utf-8")

    with locked(target):
        pass

    assert hidden(target) == []


def test_a_file_where_a_folder_should_be_is_refused_before_anything_starts(tmp_path):
    """`--output report.html` is an easy slip."""
    (tmp_path / "report.html").write_text("", encoding="utf-8")

    with pytest.raises(InputError, match=r"report\.html is a file"):
        locked(tmp_path / "report.html" / "2023-24" / "E09000003" / "public").__enter__()


def test_a_folder_that_cannot_be_written_is_refused_before_anything_starts(tmp_path, monkeypatch):
    """A read-only share should cost a second, not an assessment."""

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "read-only")

    monkeypatch.setattr(Path, "mkdir", refuse)

    with pytest.raises(InputError, match="can't be written"):
        locked(tmp_path / "2023-24" / "E09000003" / "public").__enter__()


def test_folders_made_for_nothing_are_taken_away_again(tmp_path):
    """A refused command leaves the output folder as it was."""
    with locked(tmp_path / "2023-24" / "E09000003" / "public"):
        pass

    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_called_a_full_disk(target):
    """`No space left on device` at the end of a traceback helps nobody."""
    error = not_written(target, OSError(errno.ENOSPC, "No space left on device"))

    assert "the disk is full" in str(error)
    assert error.exit_code == 2


# What can't be removed ------------------------------------------------------------


@pytest.fixture
def immutable(target):
    """A page that nobody but the system's owner can remove: `chattr +i`, as Windows' Read-only."""
    page = target / "index.html"
    tool = shutil.which("chattr")
    if tool is None or subprocess.run([tool, "+i", page], capture_output=True).returncode:
        pytest.skip("this disk has no mark that keeps a file from being removed")
    yield page
    for path in target.parent.rglob("index.html"):
        subprocess.run([tool, "-i", path], capture_output=True, check=False)


def test_a_page_that_cannot_be_removed_holds_no_later_run_up(target, immutable):
    """The second run used to compute everything and end with: Directory not empty."""
    for name in ("second", "third", "fourth"):
        write(staging(target), name)
        move_into_place(target)
        assert word(target) == name

    assert left_behind(target) == [retired(target)]
    assert word(retired(target)) == "old"


def test_what_is_left_goes_with_the_first_run_that_can_remove_it(target, immutable):
    write(staging(target), "second")
    move_into_place(target)
    subprocess.run(["chattr", "-i", retired(target) / "index.html"], check=True)

    with locked(target):
        pass

    assert hidden(target) == []
    assert word(target) == "second"


def test_an_interruption_beside_what_is_left_returns_the_newer_of_two_old_folders(
    target, immutable
):
    """Not the one of two runs ago that nobody could remove."""
    write(staging(target), "second")
    move_into_place(target)
    journal(target).write_text("", encoding="utf-8")
    os.replace(target, retired(target).with_name(".public.old2"))

    assert recover(target) == "undone"

    assert word(target) == "second"


def test_what_was_left_is_no_assessment_that_was_deleted_on_purpose(target, immutable):
    """Whoever deletes an assessment doesn't want the one before it back."""
    write(staging(target), "second")
    move_into_place(target)
    shutil.rmtree(target)

    assert recover(target) == ""
    assert not target.exists()


def test_a_read_only_mark_is_taken_off(target, monkeypatch):
    """On Windows a file with that mark can't be removed; here its folder has it."""
    os.chmod(target / "tables" / "rows.csv", 0o400)
    real, refused = os.unlink, []

    def refuse(path, *rest, **options):
        name = path if isinstance(path, str) else os.fspath(path)
        if name.endswith("rows.csv") and not refused:
            refused.append(name)
            raise PermissionError(errno.EACCES, "read-only", name)
        real(path, *rest, **options)

    monkeypatch.setattr(os, "unlink", refuse)
    write(staging(target), "new")

    move_into_place(target)

    assert refused
    assert hidden(target) == []


def test_what_a_dead_command_left_half_written_elsewhere_is_cleared(target):
    """Its lock file and its half of a folder would lie beside an assessment for ever."""
    write(staging(target), "half")
    lock_file(target).write_text("", encoding="utf-8")

    assert recover_under(target.parents[2]) == []

    assert hidden(target) == []
    assert word(target) == "old"


# Where assessments may not be written ---------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "data",
        "data/x/y",
        "notebooks",
        "cdpb",
        "tests",
        "shapes/..",
        ".",
        "..",
        ".git/x",
        "Data",
        "outputs/../data",
        ".cdpb",
        "docs",
        "link",
        "link/x",
        "/",
    ],
)
def test_the_projects_own_folders_are_no_place_for_assessments(tmp_path, monkeypatch, name):
    """They were written into data/ and notebooks/, beside what the next run reads."""
    root = toy_project(tmp_path / "toy", monkeypatch)
    os.symlink(root / "data", root / "link")

    with pytest.raises(InputError, match="it is the project's own") as error:
        refuse_own_folder((root / name).resolve())

    lines_of(error)


@pytest.mark.parametrize("name", ["outputs", "outputs/x", "there", "../elsewhere", "databases"])
def test_other_folders_are(tmp_path, monkeypatch, name):
    refuse_own_folder((toy_project(tmp_path / "toy", monkeypatch) / name).resolve())


def test_a_disk_that_takes_one_name_for_another_is_asked(tmp_path, monkeypatch):
    """A bind mount, or a short name of Windows, is the same folder under a name of its own."""
    root = toy_project(tmp_path / "toy", monkeypatch)
    elsewhere = tmp_path / "ELSEWH~1"
    elsewhere.mkdir()
    same = Path.samefile
    monkeypatch.setattr(
        Path,
        "samefile",
        lambda one, other: {one, Path(other)} == {elsewhere, root / "data"} or same(one, other),
    )

    with pytest.raises(InputError, match="it is the project's own"):
        refuse_own_folder(elsewhere / "x")
