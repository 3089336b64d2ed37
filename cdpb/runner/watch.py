"""Makes a draft again whenever a file of the project is saved, and serves it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import watchfiles

import cdpb
from cdpb import paths
from cdpb.console import few
from cdpb.file_contents import relative
from cdpb.runner.pool import end_families
from cdpb.runner.run_page import message_page
from cdpb.runner.runs import new_run
from cdpb.runner.serve import Drafts
from cdpb.runner.workspaces import workspace

IGNORED = (*watchfiles.DefaultFilter.ignore_dirs, ".ipynb_checkpoints")
READ_FROM = ("data", "notebooks", "shapes")
WITHIN = 10.0


def watch(asked: Sequence[str], port: int, tell: Callable[[str], object]) -> None:
    """Make what ``cdpb run`` is asked for, again after each save, and serve it until interrupted.

    It is made into a private folder that is gone afterwards, and nothing is moved into place.

    Raises
    ------
    InputError
        If the port can't be had.
    """
    with workspace(new_run()) as folder, serving(folder / "drafts", port) as drafts:
        tell(f"The draft is at {drafts.address} for this machine alone. Ctrl-C ends it.")
        for saved in saves():
            if saved:
                tell(f"saved: {few(saved)}")
            drafts.message = _made(asked, drafts.folder)


def saves() -> Iterator[list[str]]:
    """At once nothing, so that the draft is made; then what was saved, by name, since the last."""
    root = paths.project_root()
    folders = [root / name for name in READ_FROM if (root / name).is_dir()]
    seen = watchfiles.watch(
        *folders, Path(cdpb.__file__).parent,
        watch_filter=watchfiles.DefaultFilter(ignore_dirs=IGNORED),
        yield_on_timeout=True, rust_timeout=200,
    )  # fmt: skip
    for number, changes in enumerate(seen):
        # The first comes when watching has begun: what is saved while the draft is made is next.
        if changes or number == 0:
            yield sorted({relative(Path(path)) for _, path in changes})


@contextmanager
def serving(folder: Path, port: int) -> Iterator[Drafts]:
    """Serve a folder in a thread of its own."""
    folder.mkdir()
    with Drafts(folder, port) as drafts:
        threading.Thread(target=drafts.serve_forever, daemon=True).start()
        try:
            yield drafts
        finally:
            drafts.shutdown()


def _made(asked: Sequence[str], under: Path) -> str:
    """Make what has changed, in a process that loads the library anew; why it failed, as a page."""
    command = [sys.executable, "-m", "cdpb", "run", *asked, "--json", "--output", str(under)]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONUTF8": "1"}, stdout=subprocess.PIPE,
        encoding="utf-8", start_new_session=True,
    ) as run:  # fmt: skip
        try:
            summary, _ = run.communicate()
        except BaseException:
            _end(run)
            raise
    return _failure(summary, run.returncode) if run.returncode else ""


def _end(run: "subprocess.Popen[str]") -> None:
    """Let it tidy up behind itself, and end what is left of it then."""
    run.terminate()
    with suppress(subprocess.TimeoutExpired):
        run.wait(WITHIN)
    end_families([run.pid])


def _failure(summary: str, exit_code: int) -> str:
    """The page of the run; or, where none was written, what was told."""
    try:
        told = json.loads(summary)
    except ValueError:
        told = {"page": None, "message": [f"cdpb run ended with exit code {exit_code}."]}
    if told["page"]:
        return Path(told["page"]).read_text(encoding="utf-8")
    return message_page("The draft can't be made", told["message"])
