"""What a run that was ended leaves to the next one, and how signals and full disks are told."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

from cdpb import console, paths
from cdpb.cli import main
from cdpb.disclosure.masked import Pattern
from cdpb.findings import suppression_cache
from cdpb.runner.pool import end_families
from cdpb.runner.workspaces import clear_dead, workspace
from tests.support.commands import HERE
from tests.support.toys import seen, toy_project, write_notebook

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sends signals that Windows lacks")


def test_how_a_child_ended_is_left_for_its_parent_to_ask():
    """A pool that could not ask any more waited for ever, at one interrupt in thirty."""
    sleeping = "import time; time.sleep(60)"
    starting = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {sleeping!r}])"
    child = subprocess.Popen([sys.executable, "-c", starting])
    while not (family := psutil.Process(child.pid).children()):
        time.sleep(0.01)

    end_families([child.pid])

    assert os.waitpid(child.pid, os.WNOHANG)[0] == child.pid
    assert psutil.wait_procs(family, timeout=5)[1] == []
    child.returncode = -signal.SIGKILL  # it was asked above


# What the next run clears ---------------------------------------------------------


@pytest.fixture
def toy(tmp_path, monkeypatch):
    folder = toy_project(tmp_path / "toy", monkeypatch)
    monkeypatch.chdir(folder)
    # Not under the test's own: a socket's path may be no longer than about 100 characters.
    with tempfile.TemporaryDirectory(prefix="t-") as short:
        monkeypatch.setattr(tempfile, "tempdir", short)
        yield folder


def dead(run: str = "20260101T000000Z-1") -> tuple[Path, Path]:
    """What a run that was ended in the middle left: its folder, and its sockets."""
    with workspace(run) as folder:
        sockets = Path(os.environ["CDPB_SOCKETS"])
        named = folder.with_name(f"{run}.sockets").read_text(encoding="utf-8")
    folder.mkdir()
    (folder / "page.html").write_text("half", encoding="utf-8")
    sockets.mkdir()
    folder.with_name(f"{run}.sockets").write_text(named, encoding="utf-8")
    return folder, sockets


def test_a_dead_runs_folders_are_cleared(toy):
    """Twenty were left to lie, and the sockets of a killed worker for ever."""
    folder, sockets = dead()

    clear_dead()

    assert not folder.exists()
    assert not sockets.exists()
    assert list(folder.parent.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are spawned")
@pytest.mark.parametrize(("ends", "left"), [("os.kill(os.getpid(), 9)", 1), ("", 0)])
def test_what_workers_are_forked_from_leaves_nothing(toy, ends, left):
    """Its socket stays behind a process that is killed, and only there."""
    script = f"""
import os
from pathlib import Path
from cdpb.runner.pool import starting
starting(Path("log"))
{ends}"""
    here, work = Path(tempfile.gettempdir()), toy / ".cdpb" / "work"
    environment = {**os.environ, "TMPDIR": str(here)}
    subprocess.run([sys.executable, "-c", script], cwd=toy, env=environment, check=False)
    assert len(list(here.iterdir())) == left

    clear_dead()

    assert list(here.iterdir()) == []
    assert list(work.iterdir()) == []


def test_a_living_runs_folders_are_left_alone(toy):
    """Two boroughs may be made at once, in two terminals."""
    with workspace("20260101T000000Z-1") as folder:
        sockets = Path(os.environ["CDPB_SOCKETS"])
        clear_dead()
        with workspace("20260101T000000Z-2"):
            pass
        assert folder.is_dir()
        assert sockets.is_dir()
        assert sockets.stat().st_mode & 0o077 == 0

    assert list(folder.parent.iterdir()) == []
    assert not sockets.exists()


def test_nothing_but_a_runs_own_folder_is_removed(toy, tmp_path):
    """A file under .cdpb that names another folder is no order to remove it."""
    folder, _ = dead()
    precious = tmp_path / "precious"
    precious.mkdir()
    (folder.parent / f"{folder.name}.sockets").write_text(str(precious), encoding="utf-8")

    clear_dead()

    assert precious.is_dir()


def test_a_run_that_is_just_beginning_is_not_taken_for_a_dead_one(toy):
    """Its lock is there before its folder is."""
    place = toy / ".cdpb" / "work"
    place.mkdir(parents=True)
    with FileLock(place / "20260101T000000Z-1.lock"):
        clear_dead()
        assert (place / "20260101T000000Z-1.lock").is_file()


def test_a_pattern_that_was_half_written_is_cleared_and_one_being_written_is_not(toy, monkeypatch):
    """It holds what is to be hidden, and every kill left another."""
    place = paths.private_folder("patterns")
    monkeypatch.setattr(
        suppression_cache.os, "replace", lambda *_: None
    )  # it dies before the rename
    for name in ("dead", "living"):
        suppression_cache._write(place / f"{name}.json", Pattern("police_referrals", "rule", {}))
    (place / "found.json").write_text("{}", encoding="utf-8")
    with FileLock(place / "living.lock"):
        clear_dead()
        names = {each.name for each in place.iterdir() if each.suffix != ".lock"}
        assert names == {f"living.{os.getpid()}", "found.json"}

    clear_dead()

    assert {each.name for each in place.iterdir() if each.suffix != ".lock"} == {"found.json"}


# Signals --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_request_to_end_is_heard_as_ctrl_c(monkeypatch, name):
    """Otherwise nothing is tidied up."""
    # Whoever runs the tests under nohup has set it aside.
    before = signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        console.listen()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), getattr(signal, name))
    finally:
        signal.signal(getattr(signal, name), before)


def test_a_command_that_outlives_its_terminal_goes_on(monkeypatch):
    """`nohup cdpb run` is asked not to hear that the terminal was closed."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        console.listen()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_is_done_in_a_moment_is_not_disturbed():
    with console.undisturbed():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)


def test_without_the_signals_of_another_system_nothing_is_missed(monkeypatch):
    """Windows has no SIGHUP, and no system but Windows has SIGBREAK."""
    monkeypatch.setattr(console, "_ASKING", [signal.SIGINT])

    console.listen()
    with console.undisturbed():
        pass


# A disk that is full, or can't be written -----------------------------------------


def full(*_args, **_options):
    raise OSError(28, "No space left on device", "somewhere/.cdpb/work/x")


@pytest.mark.parametrize("number", [28, 13, 30, 122])
@pytest.mark.parametrize("where", ["cdpb.paths.Path.mkdir", "cdpb.runner.workspaces._sockets"])
def test_a_private_folder_that_cannot_be_written_is_told(toy, monkeypatch, capsys, number, where):
    """It was "an error it did not foresee"."""

    def refuse(*_args, **_options):
        raise OSError(number, os.strerror(number), str(toy / ".cdpb" / "work"))

    before = seen(toy / "outputs")
    with monkeypatch.context() as patch:
        patch.setattr(where, refuse)
        code = main(["run"])

    said = capsys.readouterr().err
    assert code == 2
    assert ".cdpb/work" in said
    assert "the disk is full" in said or os.strerror(number) in said
    assert len(said.splitlines()) <= 8
    assert seen(toy / "outputs") == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "where", ["cdpb.runner.runs.write_record", "cdpb.runner.run._keep_executed"]
)
def test_a_run_that_is_done_is_not_called_failed_for_its_own_record(
    toy, capsys, monkeypatch, where
):
    """The assessment stands; that nobody could write down how it was made is said beside it."""
    monkeypatch.setattr(where, full)

    code = main(["run", "--finding", "first"])

    out = capsys.readouterr().out
    assert code == 0
    assert (toy / "outputs" / HERE / "index.html").is_file()
    assert "not all of the run could be written down" in out


@pytest.mark.slow
def test_a_failure_is_told_although_its_page_could_not_be_kept(toy, capsys, monkeypatch):
    """What stopped the notebook matters more than that the disk is full too."""
    write_notebook(toy, "first", ["raise KeyError(1)"])
    monkeypatch.setattr("cdpb.runner.runs.attempt_page", full)

    code = main(["run", "--finding", "first"])

    assert code == 1
    assert "first failed" in capsys.readouterr().err
