"""A file from its publisher's address: whole or not at all, over a connection that is checked.

What was broken off is gone on with from where it stopped, in a later command too, as long as the
publisher's file is the same. Nothing is mounted but https, so no redirect leads elsewhere.
"""

import hashlib
import json
import os
import re
import ssl
import time
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
import truststore
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from cdpb.durable_files import safe_name
from cdpb.errors import InputError

_READ_BY_ADD = (".csv", ".xlsx", ".ods", ".geojson", ".json")
_PAGE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+)?html", re.I | re.S)
_CONTINUES = re.compile(r"bytes (\d+)-\d+/(\d+)")
_CHUNK, _HEAD = 1 << 16, 4096


@dataclass(frozen=True)
class Limits:
    """Seconds to connect, between two pieces and for the whole; its bytes; tries and first wait."""

    connect: float = 10
    read: float = 30
    whole: float = 1_800
    most_bytes: int = 300_000_000
    tries: int = 5
    wait: float = 1


LIMITS = Limits()


class NotDownloaded(Exception):
    """Why a file could not be had, without a stop; and what may be done about it."""

    def __init__(self, why: str, *ways: str) -> None:
        self.why, self.ways = why, ways
        super().__init__(why)


class _BrokenOff(Exception):
    """The rest may come when it is asked for again."""


class _Checked(HTTPAdapter):
    """Certificates are held against one context alone, through a proxy too, and always."""

    def __init__(self, context: ssl.SSLContext, retries: Retry) -> None:
        self.context = context
        super().__init__(max_retries=retries)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self.context, **more)

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=self.context, **more)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED"


def connection(ca_bundle: Path | None = None) -> requests.Session:
    """A session that speaks https alone and trusts what the system trusts, and this bundle.

    It takes its proxy from the environment (``HTTPS_PROXY``, ``NO_PROXY``).

    Raises
    ------
    InputError
        If the bundle is missing or holds no certificate.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if ca_bundle:
            context.load_verify_locations(cafile=str(ca_bundle))
    except OSError:
        raise InputError(
            f"{ca_bundle} holds no certificates that can be read.",
            "Wanted: a file of certificates in PEM, as the network's administrators give it.",
            "Nothing was changed.",
        ) from None
    # Of servers that are out of breath; a connection that broke off is gone on with below.
    retries = Retry(
        LIMITS.tries, connect=0, read=0, other=0, redirect=False, raise_on_status=False,
        status_forcelist=(429, 500, 502, 503, 504), retry_after_max=60,
        backoff_factor=LIMITS.wait, backoff_max=30,
    )  # fmt: skip
    session = requests.Session()
    session.adapters.clear()
    session.mount("https://", _Checked(context, retries))
    session.headers.update({"User-Agent": "cdpb", "Accept-Encoding": "identity"})
    session.max_redirects = 5
    return session


def download(session: requests.Session, address: str, kept: Path, folder: Path, name: str) -> Path:
    """Download a file; its path.

    Parameters
    ----------
    kept : Path
        The folder in which what was broken off is kept for the next time.
    folder : Path
        Where it is put when it is whole.
    name : str
        What it is called, where neither the answer nor the address says.

    Raises
    ------
    NotDownloaded
        If it could not be had whole, or is a web page, empty or too large.
    """
    part = _Part(kept / hashlib.sha256(address.encode()).hexdigest()[:16])
    until = time.monotonic() + LIMITS.whole
    for at in range(LIMITS.tries):
        time.sleep(LIMITS.wait * (2**at - 1))
        try:
            called = _rest(session, address, part, until)
            break
        except (_BrokenOff, HTTPError, requests.RequestException) as error:
            if lasting := _lasting(error):
                raise lasting from None
    else:
        raise NotDownloaded(
            f"no connection was made, or it broke off or timed out, {LIMITS.tries} times",
            "What came of it is kept: the same command goes on from there.",
        )
    part.refuse_what_is_no_file()
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / (called or _safe(unquote(PurePosixPath(urlsplit(address).path).name)) or name)
    part.move_to(place)
    return place


class _Part:
    """What has come of a file, and the mark by which its publisher knows the version."""

    def __init__(self, stem: Path) -> None:
        self.path, self.note = stem.with_suffix(".part"), stem.with_suffix(".json")

    @property
    def mark(self) -> str:
        try:
            return str(json.loads(self.note.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return ""

    @property
    def size(self) -> int:
        """Of what can be gone on with: nothing without a mark."""
        return self.path.stat().st_size if self.mark and self.path.is_file() else 0

    def begin(self, mark: str) -> None:
        self.note.unlink(missing_ok=True)
        self.path.write_bytes(b"")
        if mark:
            self.note.write_text(json.dumps(mark), encoding="utf-8")

    def discard(self) -> None:
        self.note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def move_to(self, place: Path) -> None:
        os.replace(self.path, place)
        self.discard()

    def refuse_what_is_no_file(self) -> None:
        with self.path.open("rb") as file:
            head = file.read(_HEAD)
        if head.strip() and not _PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
            return
        self.discard()
        if not head.strip():
            raise NotDownloaded("the file is empty")
        raise NotDownloaded(
            "a web page came in place of the file",
            "A proxy or a page that asks for consent may stand in between.",
        )


def _rest(session: requests.Session, address: str, part: _Part, until: float) -> str:
    """Ask for what is still to come, and write it; the name that the answer gives the file."""
    begun, mark = part.size, part.mark
    wanted = {"Range": f"bytes={begun}-", "If-Range": mark} if begun else {}
    times = (LIMITS.connect, LIMITS.read)
    with session.get(address, headers=wanted, stream=True, timeout=times) as answer:
        total = _length(answer)
        if answer.status_code == requests.codes.partial_content:
            found = _CONTINUES.fullmatch(answer.headers.get("Content-Range", ""))
            if not (begun and found and int(found[1]) == begun and _mark(answer) in ("", mark)):
                part.discard()
                raise _BrokenOff  # another version, or another piece: from the start
            total = int(found[2])
        elif answer.status_code == requests.codes.requested_range_not_satisfiable and begun:
            part.discard()
            raise _BrokenOff
        elif answer.status_code != requests.codes.ok:
            raise NotDownloaded(f"its address answers {answer.status_code} {answer.reason}".strip())
        else:
            begun = 0
            part.begin(_mark(answer))
        _write(answer, part, begun, total, until)
        return _named_by(answer)


def _write(
    answer: requests.Response, part: _Part, size: int, total: int | None, until: float
) -> None:
    if (total or 0) > LIMITS.most_bytes:
        _refuse_size(part)
    with part.path.open("ab") as file:
        # As it comes: what has come is not lost when the connection breaks off within a piece.
        while piece := answer.raw.read1(_CHUNK, decode_content=True):
            size += len(piece)
            if size > LIMITS.most_bytes:
                _refuse_size(part)
            file.write(piece)
            if time.monotonic() > until and size != total:
                raise NotDownloaded(
                    f"it has not come whole in {LIMITS.whole:g} seconds",
                    "What came is kept: the same command goes on from there.",
                )
    if total is not None and size < total:
        raise _BrokenOff
    if total is not None and size > total:
        part.discard()
        raise NotDownloaded("more came than the publisher's server announced")


def _refuse_size(part: _Part) -> None:
    part.discard()
    raise NotDownloaded(f"it is larger than {LIMITS.most_bytes // 1_000_000:,} MB")


def _length(answer: requests.Response) -> int | None:
    """The bytes announced; None where they are packed on the way, or none are."""
    told = answer.headers.get("Content-Length", "")
    return int(told) if told.isdecimal() and "Content-Encoding" not in answer.headers else None


def _mark(answer: requests.Response) -> str:
    """What tells this version from another: a strong ETag, or the time of the last change."""
    if "Content-Encoding" in answer.headers:
        return ""
    tag = answer.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified", "")


def _named_by(answer: requests.Response) -> str:
    told = EmailMessage()
    try:
        told["Content-Disposition"] = answer.headers.get("Content-Disposition", "attachment")
        return _safe(told.get_filename() or "")
    except (ValueError, LookupError):
        return ""


def _safe(name: str) -> str:
    """The last part of a name, where it is that of a file which can be added."""
    safe = safe_name(re.split(r"[/\\]", name)[-1]) if name else ""
    return safe if safe.casefold().endswith(_READ_BY_ADD) else ""


def _lasting(error: Exception) -> NotDownloaded | None:
    """What to say where another try would end the same; None where it may not."""
    if isinstance(error, requests.exceptions.SSLError):
        return NotDownloaded(
            "its certificate is not one that this machine trusts",
            "Behind a proxy that inspects connections: --ca-bundle FILE, with the proxy's own",
            "certificates. They are always checked.",
        )
    if isinstance(error, requests.exceptions.InvalidSchema):
        return NotDownloaded("its address leads to one that is not https")
    if isinstance(error, requests.TooManyRedirects):
        return NotDownloaded("its address leads from one to another without an end")
    if isinstance(error, requests.exceptions.ProxyError):
        return NotDownloaded("the proxy does not answer", "HTTPS_PROXY names it.")
    if isinstance(error, (_BrokenOff, HTTPError, requests.ConnectionError, requests.Timeout)):
        return None
    return NotDownloaded(f"it could not be asked for ({type(error).__name__})")
