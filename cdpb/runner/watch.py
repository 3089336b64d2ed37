"""Makes a draft again whenever a file of the project is saved, and serves it.

It is served to a browser on this machine alone; each page asks every second for a newer one.
"""

import hashlib
import json
import mimetypes
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import watchfiles

import cdpb
from cdpb import paths
from cdpb.console import few
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.runner.logs import message_page
from cdpb.runner.manifest import NAME
from cdpb.runner.pool import end_families
from cdpb.runner.runs import new_run
from cdpb.runner.workspaces import workspace

IGNORED = (*watchfiles.DefaultFilter.ignore_dirs, ".ipynb_checkpoints")
READ_FROM = ("data", "notebooks", "shapes")
WITHIN = 10.0


def watch(asked: Sequence[str], port: int, tell: Callable[[str], object]) -> None:
    """Make what ``cdpb run`` is asked for, again after each save, and serve it until interrupted.

    It is made into a private folder that is gone afterwards, and nothing is moved into place.

    Raises InputError if the port can't be had.
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
def serving(folder: Path, port: int) -> Iterator["Drafts"]:
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


HOST, VERSION, PAGE = "127.0.0.1", "/version", ".html"
# Put on a page as it is served, so that no file of an assessment holds a script for a reader.
RELOAD = """<script>setInterval(async () => {
  const answer = await fetch("/version").catch(() => null);
  if (answer && await answer.text() !== "VERSION") location.reload();
}, 1000)</script>
"""
NOT_THERE = message_page("There is no such page", ["The drafts that are served are at /."])


class Drafts(ThreadingHTTPServer):
    """The assessments in a folder; while there is a ``message``, that page in place of each."""

    daemon_threads = True
    # On Windows this would let two programs have one port.
    allow_reuse_address = os.name != "nt"

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder.resolve()
        self.message = message_page("Being made", ["The draft is being made."])
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise InputError(
                f"Port {port} can't be had: {os.strerror(error.errno or 0)}.",
                "Name another one with --port. Nothing was made.",
            ) from None

    @property
    def address(self) -> str:
        """What to open in the browser."""
        return f"http://{HOST}:{self.server_port}/"

    @property
    def version(self) -> str:
        """Another text whenever something else is served."""
        shown = [self.message.encode(), *map(_content_of, self._manifests())]
        return hashlib.sha256(b"".join(shown)).hexdigest()

    @property
    def fronts(self) -> list[str]:
        """Where each assessment begins."""
        folders = [path.parent.relative_to(self.folder).as_posix() for path in self._manifests()]
        return [f"/{each}/index.html" for each in folders]

    def page(self, path: str) -> str:
        """The HTML at a path of an address; empty where there is no page."""
        if self.message:
            return self.message
        if path == "/":
            return message_page("Drafts", [], self.fronts)
        file = self.file(path)
        return _content_of(file).decode() if file and file.suffix == PAGE else ""

    def file(self, path: str) -> Path | None:
        """The file at a path of an address; none where it leads out of the folder."""
        try:
            found = (self.folder / path.lstrip("/")).resolve()
        except (OSError, ValueError):  # A name that no file can have.
            return None
        return found if found.is_relative_to(self.folder) and found.is_file() else None

    def _manifests(self) -> list[Path]:
        found = sorted(self.folder.rglob(NAME))
        # A hidden one is being put together, to be moved into place whole.
        return [each for each in found if not each.parent.name.startswith(".")]

    def handle_error(self, *of_the_request: Any) -> None:
        """A browser that leaves in the middle of an answer is no error."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(*of_the_request)


def _content_of(file: Path) -> bytes:
    """What a file holds; nothing at the moment at which it makes way for a newer one."""
    with suppress(OSError):
        return file.read_bytes()
    return b""


class _Handler(BaseHTTPRequestHandler):
    server: Drafts

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        # Else a website that gives its own name this machine's address could read the drafts.
        port = self.server.server_port
        if self.headers.get("Host") not in (f"{HOST}:{port}", f"localhost:{port}"):
            self.send_error(HTTPStatus.FORBIDDEN)
        elif path == VERSION:
            self._send(self.server.version.encode(), "text/plain")
        elif path == "/" and not self.server.message and len(self.server.fronts) == 1:
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", self.server.fronts[0])
            self.end_headers()
        else:
            self._found(path)

    def _found(self, path: str) -> None:
        version = self.server.version  # Before the page: what is newer is loaded a second later.
        page, file = self.server.page(path), self.server.file(path)
        if not page and file and file.suffix != PAGE:
            self._send(_content_of(file), mimetypes.guess_type(file.name)[0] or "text/plain")
            return
        status = HTTPStatus.OK if page else HTTPStatus.NOT_FOUND
        html = (page or NOT_THERE).replace(
            "</body>", RELOAD.replace("VERSION", version) + "</body>"
        )
        self._send(html.encode(), "text/html", status)

    def _send(self, content: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Every second a page asks whether there is a newer one: nobody wants to read that."""
