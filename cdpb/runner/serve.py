"""Serves drafts to a browser on this machine alone; each page asks every second for a newer one."""

import hashlib
import mimetypes
import os
import sys
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cdpb.errors import InputError
from cdpb.runner.manifest import NAME
from cdpb.runner.run_page import message_page

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
        if self.headers.get("Host") not in self._names():
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

    def _names(self) -> set[str]:
        return {f"{name}:{self.server.server_port}" for name in (HOST, "localhost")}

    def log_message(self, *_: object) -> None:
        """Every second a page asks whether there is a newer one: nobody wants to read that."""
