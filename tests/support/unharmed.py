"""What must be true after a run that ended badly, whatever ended it: asked in one place."""

import io
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from cdpb.cli import main
from cdpb.runner.fork_server import ADDRESS
from tests.support.commands import wrong_input
from tests.support.toys import seen, toy_project

# Of two findings one is executed, and the page of the other is kept.
ONE = ("run", "--finding", "first", "--fresh")
# Which a run has only while it works.
PRIVATE, ASIDE = ("work", "absence", "interference"), ("new", "journal", "lock", "old*")
WITHIN = 20


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed; a negative code is the signal that ended it."""

    code: int
    out: str
    err: str


class Standing:
    """A toy project of which an assessment stands, with a folder of its own for temporary files."""

    def __init__(self, folder: Path, temporary: Path) -> None:
        self.folder, self.temporary = folder, temporary
        first = self.run("run")
        assert first.code == 0, first.err
        self.good, self.inputs = seen(folder / "outputs"), self._inputs()
        self._others = set(psutil.Process().children(recursive=True))

    def run(self, *arguments: str) -> Ended:
        """A command in this process, whose workers are forked from one that is warm already."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name, value in self.told.items():
                patch.setenv(name, value)
            patch.setattr(tempfile, "tempdir", str(self.temporary))
            patch.chdir(self.folder)
            code = main(arguments or ONE)
        return Ended(code, out.getvalue(), err.getvalue())

    def start(self, *arguments: str, program: Sequence[str] = ("-m", "cdpb")) -> subprocess.Popen:
        """A command in a process of its own, which hears Ctrl-C whoever started the tests."""
        own = {name: value for name, value in os.environ.items() if name != ADDRESS}
        return subprocess.Popen(
            [sys.executable, *program, *(arguments or ONE)],
            cwd=self.folder, env=own | self.told, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )  # fmt: skip

    @property
    def told(self) -> dict[str, str]:
        """What its commands find in their environment."""
        return {"CDPB_HOME": str(self.folder), "TMPDIR": str(self.temporary)}

    def unharmed(self, run: Ended, code: int, said: str) -> None:
        """Exit code and message, nothing changed, nothing left, and the next run works."""
        assert run.code == code, (run.code, run.out, run.err)
        assert said in run.err, run.err
        assert wrong_input(run.err)
        self.stands()
        self.works()

    def stands(self, killed: bool = False) -> None:
        """The assessment is as it was, byte for byte, and nothing is left of a run.

        Of one that was killed no process is; its files are for the next command to clear.
        """
        found = seen(self.folder / "outputs")
        assert {name: found[name] for name in found if not (killed and "/." in name)} == self.good
        until = time.monotonic() + WITHIN
        while (left := self._processes() or ([] if killed else self._files())) and (
            time.monotonic() < until
        ):
            time.sleep(0.05)
        assert left == []

    def works(self) -> None:
        """With its inputs put back the next run makes the same again, and clears what was left."""
        self.put_back()
        again = self.run()
        assert (again.code, again.err) == (0, ""), again
        self.stands()

    def put_back(self) -> None:
        """Notebooks and data are again as they were when the assessment was made."""
        for name in self._inputs().keys() - self.inputs.keys():
            (self.folder / name).unlink()
        for name, content in self.inputs.items():
            if not (path := self.folder / name).is_file() or path.read_bytes() != content:
                path.write_bytes(content)

    def _inputs(self) -> dict[str, bytes]:
        found = {name: seen(self.folder / name) for name in ("notebooks", "data")}
        return {f"{top}/{name}": held for top in found for name, held in found[top].items()}

    def _files(self) -> list[Path]:
        """Temporary ones, and halves of what was to be written."""
        places = [self.temporary, *(self.folder / ".cdpb" / name for name in PRIVATE)]
        found = [path for place in places for path in place.glob("*")]
        for name in ("outputs", ".cdpb"):
            found += [each for end in ASIDE for each in (self.folder / name).rglob(f".*.{end}")]
        return found

    def _processes(self) -> list[psutil.Process]:
        begun = set(psutil.Process().children(recursive=True)) - self._others
        return [*begun, *filter(self._is_of, psutil.process_iter())]

    def _is_of(self, process: psutil.Process) -> bool:
        """Whether a process was told of this project, or works in it: so of one without parents."""
        try:
            known = [*process.environ().values(), process.cwd()]
        except psutil.Error:
            return False
        return any(text.startswith(str(self.folder)) for text in known)


@contextmanager
def standing(folder: Path) -> Iterator[Standing]:
    """Such a project at a folder, as long as it is needed."""
    with pytest.MonkeyPatch.context() as patch:
        toy_project(folder, patch)
    # Under the system's own: a socket's path may be no longer than about 100 characters.
    with tempfile.TemporaryDirectory(prefix="t-") as temporary:
        yield Standing(folder, Path(temporary))


def ended(running: subprocess.Popen, within: float = 120) -> Ended:
    """How a command that was started ends."""
    out, err = running.communicate(timeout=within)
    return Ended(running.returncode, out, err)
