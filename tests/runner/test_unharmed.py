"""Whatever ends a run: the last assessment stands as it was, and nothing is left of the run."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import textwrap
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import cdpb
from cdpb import catalogue
from cdpb.runner import runs
from cdpb.runner.fork_server import ADDRESS
from tests.support.commands import HERE
from tests.support.sampled import sampled
from tests.support.small_disk import runs_on_a_small_disk
from tests.support.toys import seen, write_notebook
from tests.support.unharmed import Ended, Standing, ended, standing

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="ends processes in ways that Windows lacks"),
]
INTERRUPTED = "Interrupted. Earlier assessments stand as they were.\n"


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    with standing(tmp_path_factory.mktemp("unharmed") / "toy") as project:
        yield project


@pytest.fixture(autouse=True)
def _as_it_was(toy):
    """What a test that failed has changed spoils no other."""
    yield
    toy.put_back()


# In a kernel ----------------------------------------------------------------------

HELD = 4711
# To the page, and past it, as a library in C does or another program.
SHOWS = [
    f"import os, sys\nheld = {HELD - 1} + 1\nheld",
    "print(held)\nprint(held, file=sys.stderr)",
    "done = [os.write(stream, b'%d' % held) for stream in (1, 2)]",
    "done = os.system(f'echo {held}; echo {held} >&2')",
]
# So little that the kernel may have none left to say so.
LITTLE = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))"
EVER_MORE = "rows = []\nwhile True:\n    rows.append(bytes(1 << 24))"
UNTOLD = "get_ipython().showtraceback = lambda *_, **__: None"
FULL = "with open('/dev/full', 'w') as file:\n    file.write('rows')"
CELLS = [
    pytest.param(["import os", "os.kill(os.getpid(), 9)"], 1, "for want of memory", id="killed"),
    pytest.param(
        ["import ctypes", "ctypes.string_at(0)"], 1, "a library that the cell", id="fault"
    ),
    pytest.param(["rows = bytes(1 << 60)"], 1, "ran out of memory", id="too much memory"),
    pytest.param(["name = input('Whose? ')"], 1, "Cell 2 asks a question", id="input()"),
]
MORE_CELLS = [
    pytest.param([LITTLE, EVER_MORE], 1, "memory", id="ever more memory"),
    pytest.param([UNTOLD, "1 / 0"], 1, "that the kernel could not tell", id="untold"),
    pytest.param(["import sys", "sys.exit()"], 1, "Cell 3 raised an error", id="exit"),
    pytest.param([FULL], 2, "the disk is full", id="full disk"),
    pytest.param(
        ["from cdpb.errors import GateRefused", "raise GateRefused('Small')"], 3, "Small", id="gate"
    ),
]


@pytest.mark.parametrize(("cells", "code", "said"), CELLS)
def test_whatever_a_cell_does(toy, cells, code, said):
    write_notebook(toy.folder, "first", cells)

    toy.unharmed(toy.run(), code, said)


@pytest.mark.proof
@pytest.mark.parametrize(("cells", "code", "said"), MORE_CELLS)
def test_whatever_else_a_cell_does(toy, cells, code, said):
    write_notebook(toy.folder, "first", cells)

    toy.unharmed(toy.run(), code, said)


@pytest.mark.parametrize(
    "forked", [True, pytest.param(False, marks=pytest.mark.proof)], ids=["forked", "started"]
)
def test_what_a_cell_that_fails_held_stands_in_no_log(toy, monkeypatch, forked):
    """Logs are sent to whoever helps; the value may be a count that is hidden."""
    if not forked:
        monkeypatch.delenv(ADDRESS, raising=False)
    write_notebook(toy.folder, "first", [*SHOWS, "raise KeyError(held)"])

    run = toy.run()

    logs, attempts = (seen(toy.folder / ".cdpb" / name) for name in ("logs", "attempts"))
    assert logs
    assert attempts
    held = [*logs.values(), *attempts.values(), run.out.encode(), run.err.encode()]
    assert not any(str(HELD).encode() in text for text in held)
    toy.unharmed(run, 1, "Cell 6 raised KeyError")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        pytest.param((1, 60), "1 seconds for one cell", id="a cell"),
        pytest.param(
            (60, 2), "2 seconds for the whole notebook", id="a notebook", marks=pytest.mark.proof
        ),
    ],
)
def test_a_cell_or_a_notebook_that_takes_too_long(toy, limits, said):
    defaults = toy.folder / "data" / "defaults.yml"
    text = defaults.read_text(encoding="utf-8")
    for name, seconds in zip(("cell_timeout", "notebook_timeout"), limits, strict=True):
        text = re.sub(rf"{name}: \d+", f"{name}: {seconds}", text)
    defaults.write_text(text, encoding="utf-8")
    write_notebook(toy.folder, "first", ["import time", *["time.sleep(0.7)"] * 4, "time.sleep(9)"])

    toy.unharmed(toy.run(), 1, said)


@pytest.mark.proof
def test_the_process_that_kernels_are_forked_from_may_be_killed(toy):
    """The page whose kernel it took fails; the next one's kernel starts by itself."""
    kills = ["import os, time", "os.kill(os.getppid(), 9)", "time.sleep(9)"]
    write_notebook(toy.folder, "first", kills)
    # As if there were many: else none is forked.
    forks = "import sys; from cdpb.runner import fork_server; fork_server.FORK_FROM = 1; "
    program = "-c", forks + "from cdpb.cli import main; sys.exit(main())"

    run = ended(toy.start("run", "--fresh", "--workers", "1", program=program))

    toy.unharmed(run, 1, "The kernel ended in the middle of cell 4")
    assert "second   written" in run.out


# Signals --------------------------------------------------------------------------

WAYS = ["SIGTERM", "SIGINT", "SIGKILL", "SIGHUP"]


@pytest.mark.parametrize("way", sampled(["SIGINT", "SIGTERM", "SIGHUP"], 1))
def test_whoever_interrupts_a_cell_is_heard_at_once(toy, way):
    """Ctrl-C, a request to end, a closed terminal: in the midst of a page."""
    begun = toy.folder / "begun"
    waits = ["from pathlib import Path", f"Path({str(begun)!r}).touch()", "while True: pass"]
    write_notebook(toy.folder, "first", waits)
    running = toy.start("run", "--workers", "2")
    wait_for(begun, running)

    running.send_signal(getattr(signal, way))

    toy.unharmed(ended(running, within=20), 130, INTERRUPTED)


def wait_for(path: Path, running: subprocess.Popen) -> None:
    """Until a cell has written a file, which then goes."""
    while not path.exists():
        assert running.poll() is None, running.stderr.read()
        time.sleep(0.05)
    path.unlink()


@pytest.mark.parametrize(
    ("number", "seed"), [(3, 9), pytest.param(104, 6, marks=pytest.mark.proof)]
)
def test_signals_at_random_moments(toy, number, seed):
    """One of each kind that a machine or a person sends, from the first moment to the last."""
    moments = random.Random(seed)
    started = time.monotonic()
    assert ended(toy.start("run")).code == 0
    longest = time.monotonic() - started
    for at in range(number):
        way = WAYS[at % len(WAYS)]
        write_notebook(toy.folder, "first", [f"toys = {at}"])  # else there is nothing to execute
        run = signalled(toy, way, moments.uniform(0, longest), workers=1 + at % 2)
        if way == "SIGKILL":
            toy.stands(killed=True)
        else:
            assert answered(run, way), (way, run)
            toy.stands()
        toy.works()


def signalled(toy: Standing, way: str, after: float, workers: int) -> Ended:
    """How a run ends that is sent a signal after some seconds: its main process alone."""
    running = toy.start("run", "--workers", str(workers))
    try:
        return ended(running, within=after)
    except subprocess.TimeoutExpired:
        running.send_signal(getattr(signal, way))
        return ended(running)


def answered(run: Ended, way: str) -> bool:
    """Whether a command that was asked to stop said that it did, or else had done it all.

    Before it can listen, Python itself ends it, in its own words, and nothing has begun.
    """
    if run.out.endswith("index.html\n"):
        # All is done, and Python, on its way out, no longer listens.
        return run.code in (0, -getattr(signal, way)) and run.err == ""
    if run.err.strip() == INTERRUPTED.strip():
        return run.code in (130, -signal.SIGINT)  # to a shell both are 130
    return run.out == "" and not re.search(r'cli\.py", line \d+, in main\n', run.err)


@pytest.mark.proof
@pytest.mark.parametrize("which", [1, 2])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_run_that_is_killed_at_a_rename_is_brought_to_an_end(toy, which, moment):
    """At one of these moments no assessment stands at all. The journal says that it is whole."""
    script = f"""
        import os, sys
        from cdpb.cli import main
        from cdpb.runner import place
        real, calls = os.replace, []
        def kills(source, to):
            if ".public." in str(source) or ".public." in str(to):
                calls.append(source)
            if {moment!r} == "after":
                real(source, to)
            if len(calls) == {which}:
                os.kill(os.getpid(), 9)
            if {moment!r} == "before":
                real(source, to)
        place.os.replace = kills
        sys.exit(main())
    """
    run = ended(toy.start(program=("-c", textwrap.dedent(script))))
    assert run.code == -signal.SIGKILL
    assert list((toy.folder / "outputs" / HERE).parent.glob(".public.journal"))

    listed = toy.run("list")

    assert listed.code == 0
    # After the second one nothing but the old folder is left to clear away.
    tidied = (which, moment) == (2, "after")
    assert ("An interrupted replacement was completed" in listed.err) is not tidied
    toy.works()


# Two at once ----------------------------------------------------------------------


def test_of_two_runs_at_once_the_second_is_refused_and_the_first_is_whole(toy):
    begun, go = toy.folder / "begun", toy.folder / "go"
    waits = [
        f"from pathlib import Path\nimport time\nPath({str(begun)!r}).touch()",
        f"while not Path({str(go)!r}).exists(): time.sleep(0.05)",
    ]
    write_notebook(toy.folder, "first", waits)
    running = toy.start()
    wait_for(begun, running)

    second = toy.run()
    go.touch()
    first = ended(running)
    go.unlink()

    assert (first.code, first.err) == (0, "")
    toy.unharmed(second, 2, f"Another command is writing outputs/{HERE}")


# Disks and clocks -----------------------------------------------------------------


@pytest.mark.proof
@pytest.mark.parametrize(
    ("place", "states"),
    [
        ("outputs", ["ro", *map(str, range(0, 68, 4))]),
        (".cdpb", ["ro", *map(str, range(0, 36, 4))]),
        ("temporary", ["ro"]),
    ],
)
def test_a_disk_that_is_full_or_read_only(place, states):
    """Whenever in a run there is no room left (KB), or none from the first."""
    runs_on_a_small_disk(place, *states)


class Earlier(datetime):
    """A clock that goes wrong by 25 years."""

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) - timedelta(days=9131)


@pytest.mark.proof
def test_a_clock_that_is_set_back_keeps_no_old_page(tmp_path, monkeypatch):
    """Names of runs sort by time, and the files at hand are from the future."""
    with standing(tmp_path / "toy") as toy:
        for path in (path for path in toy.folder.rglob("*") if path.is_file()):
            os.utime(path, (4e9, 4e9))
        with monkeypatch.context() as patch:
            patch.setattr(runs, "datetime", Earlier)
            same = toy.run()
            write_notebook(toy.folder, "second", ["focus_ward = 'E05013633'"])
            changed = toy.run()
        record = (toy.folder / "outputs" / HERE / "findings" / "second.json").read_text("utf-8")
        toy.put_back()
        set_right = toy.run()

        assert "second   unchanged" in same.out
        assert "second   written" in changed.out
        assert json.loads(record)["parameters"] == {"focus_ward": "E05013633"}
        assert "second   unchanged" in set_right.out  # what was made first is still at hand
        toy.stands()


# A file that changes during the run -----------------------------------------------


def changes(path: str, text: str) -> str:
    """A cell that writes a file of the project, as somebody may who edits it meanwhile."""
    return f"from pathlib import Path\nPath({path!r}).write_text({text!r}, encoding='utf-8')"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("notebooks/findings/first.py", "WORDS = 'new'\n"),
        *(
            pytest.param(*each, marks=pytest.mark.proof)
            for each in [
                ("notebooks/first.ipynb", "{}"),
                ("data/corrections.yml", "corrections: []\n"),
                ("data/areas/E09000003.yml", "name: Barnet\n"),
                ("data/toy_counts/2025-05-01/toys.csv", "area_code,year,toys\n"),
            ]
        ),
    ],
)
def test_no_page_passes_as_made_from_a_file_that_changed_meanwhile(toy, path, text):
    """Some pages would be of the old file and some of the new, all said to be of the old."""
    write_notebook(toy.folder, "first", [changes(str(toy.folder / path), text)])

    toy.unharmed(toy.run(), 2, path)


@pytest.mark.proof
def test_nor_of_a_receipt_that_came_meanwhile(toy):
    """`cdpb add` in another window."""
    had = toy.folder / "data" / "toy_counts" / "2025-05-01"
    came = had.with_name("2025-06-01")
    copies = f"import shutil; shutil.copytree({str(had)!r}, {str(came)!r})"
    dated = (had / "receipt.yml").read_text(encoding="utf-8").replace("2025-05-01", "2025-06-01")
    write_notebook(toy.folder, "first", [copies, changes(str(came / "receipt.yml"), dated)])

    run = toy.run()

    assert len(catalogue_of(toy)) == 2
    toy.unharmed(run, 2, "data/toy_counts/2025-06-01/receipt.yml")


def catalogue_of(toy: Standing) -> list:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDPB_HOME", str(toy.folder))
        return catalogue.receipts("toy_counts")


@pytest.mark.proof
def test_nor_of_code_that_changed_meanwhile(toy, tmp_path, monkeypatch):
    """A module of the library, which kernels that were forked before had loaded."""
    package = shutil.copytree(Path(cdpb.__file__).parent, tmp_path / "cdpb")
    monkeypatch.setattr(cdpb, "__file__", str(package / "__init__.py"))
    write_notebook(toy.folder, "first", [changes(str(package / "numbers.py"), "ONE = 1\n")])
    run = toy.run()
    monkeypatch.undo()

    toy.unharmed(run, 2, "cdpb.numbers")
