"""A publisher's server on this machine, over https with a certificate of its own making."""

import contextlib
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

Answer = Callable[[BaseHTTPRequestHandler], None]


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine, which nobody else trusts, and its key; both in PEM."""
    cert, key = folder / "publisher.pem", folder / "publisher.key"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    named = ["-subj", "/CN=publisher", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    used = ["-addext", "keyUsage=critical,digitalSignature,keyCertSign", "-days", "2", "-nodes"]
    kept = ["-keyout", str(key), "-out", str(cert)]
    subprocess.run([*made, *named, *used, *kept], check=True, capture_output=True)
    return cert, key


class Server:
    """What it answers at each path, in turn; the last answer for ever.

    Attributes
    ----------
    asked : list of tuple
        The path of each request, and the range it asked for.
    """

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, str]] = []
        self.port = 0

    def at(self, path: str, *answers: Answer) -> str:
        """Let it answer so at a path; the whole address."""
        self.answers[path] = list(answers)
        return f"https://127.0.0.1:{self.port}{path}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.split("?")[0]
        self.asked.append((path, request.headers.get("Range", "")))
        answers = self.answers.get(path) or [status(404)]
        (answers.pop(0) if len(answers) > 1 else answers[0])(request)


@contextmanager
def serving(cert: Path | None = None, key: Path | None = None) -> Iterator[Server]:
    """A server in a thread; with a certificate it speaks TLS."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            with contextlib.suppress(OSError):  # who asks may hang up, or mistrust the certificate
                super().handle()

        def do_GET(self) -> None:
            with contextlib.suppress(OSError):
                server.answer(self)

        def do_CONNECT(self) -> None:
            with contextlib.suppress(OSError):
                server.asked.append((self.path, "CONNECT"))
                tunnel(self)

        def log_message(self, *_: object) -> None:
            return

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    if cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        listening.socket = context.wrap_socket(
            listening.socket, server_side=True, do_handshake_on_connect=False
        )
    server.port = listening.server_address[1]
    thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()


def head(request: BaseHTTPRequestHandler, code: int, headers: dict[str, str]) -> None:
    request.send_response(code)
    for name, value in headers.items():
        request.send_header(name, value)
    request.end_headers()


def file(content: bytes, tag: str = '"1"', stops_at: int | None = None, **more: str) -> Answer:
    """A file, or the rest of it where the same version is asked for; it may break off somewhere."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        wanted, same = request.headers.get("Range", ""), request.headers.get("If-Range") == tag
        begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and same else 0
        told = {"Content-Length": str(len(content) - begin), "ETag": tag, **_headers(more)}
        if begin:
            told["Content-Range"] = f"bytes {begin}-{len(content) - 1}/{len(content)}"
        head(request, 206 if begin else 200, told)
        request.wfile.write(content[begin:stops_at])
        request.close_connection = stops_at is not None

    return answer


def _headers(more: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in more.items()}


def status(code: int, **more: str) -> Answer:
    return lambda request: head(request, code, {"Content-Length": "0", **_headers(more)})


def redirect(to: str) -> Answer:
    return status(302, Location=to)


def slowly(content: bytes, seconds: float, tag: str = '"1"') -> Answer:
    """A byte at a time, with a pause after each."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        head(request, 200, {"Content-Length": str(len(content)), "ETag": tag})
        for byte in content:
            request.wfile.write(bytes([byte]))
            time.sleep(seconds)

    return answer


def without_end(request: BaseHTTPRequestHandler) -> None:
    """A body that never ends, and says nothing of its length."""
    request.close_connection = True
    head(request, 200, {"Connection": "close"})
    while True:
        request.wfile.write(b"x" * 10_000)


def tunnel(request: BaseHTTPRequestHandler) -> None:
    """What a proxy does that lets an encrypted connection through."""
    import socket

    host, port = request.path.split(":")
    with socket.create_connection((host, int(port))) as there:
        request.connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = Thread(target=_carry, args=(there, request.connection), daemon=True)
        back.start()
        _carry(request.connection, there)


def _carry(from_: object, to: object) -> None:
    with contextlib.suppress(OSError):
        while piece := from_.recv(4096):  # type: ignore[attr-defined]
            to.sendall(piece)  # type: ignore[attr-defined]
        to.shutdown(1)  # type: ignore[attr-defined]
