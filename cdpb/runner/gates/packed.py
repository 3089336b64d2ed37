"""Opens what is packed: gzip, zip (so XLSX and ODS too) and base64."""

import base64
import binascii
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator

BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{24,}={0,2}(?![\w+/=])")
GZIP, ZIP, PNG = b"\x1f\x8b", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n"
LARGEST = 50_000_000


def members(content: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each thing that is packed into these; what can't be opened, as it is."""
    try:
        if content.startswith(GZIP):
            with gzip.open(io.BytesIO(content)) as file:
                yield f"{name.removesuffix('.gz')} (gzip)", file.read(LARGEST)
        elif content.startswith(ZIP):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield f"the comment of {name}", archive.comment
                for each in archive.infolist():
                    yield f"{each.filename} in {name}", archive.read(each)
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error):
        yield f"the rest of {name}", content[2:]


def coded_in(text: str) -> Iterator[bytes]:
    """What stands in a text as base64, where that is text or something packed."""
    for coded in BASE64.findall(text):
        opened = decoded(coded.encode())
        printable = all(32 <= byte < 127 or byte in b"\t\n\r" for byte in opened)
        if opened and (printable or opened.startswith((GZIP, ZIP, PNG))):
            yield opened


def decoded(coded: bytes) -> bytes:
    """What some bytes say as base64; nothing where they are none."""
    try:
        return base64.b64decode(coded + b"==")
    except (binascii.Error, ValueError):
        return b""
