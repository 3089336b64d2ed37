"""Opens what is packed: gzip, zip (and so XLSX and ODS), PNG, notebooks, base64, CSV."""

import base64
import binascii
import csv
import gzip
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import zip_longest

# Element, text, and what names it.
Found = tuple[str, str, str]
BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{24,}={0,2}(?![\w+/=])")
TAG = re.compile(r"<[^>]*>")
PNG = b"\x89PNG\r\n\x1a\n"
DEEPEST = 6
LARGEST = 50_000_000


def texts_in(content: bytes, name: str, depth: int = 0) -> Iterator[Found]:
    """Every text in some bytes, with where it stands.

    What can't be opened is given as the text it seems to hold: it is judged, not passed over.
    """
    if depth > DEEPEST:
        yield name, "1 packed too deep 1", ""
    elif content.startswith(b"\x1f\x8b"):
        yield from _within("gzip", _gunzip(content), name, depth)
    elif content.startswith(b"PK\x03\x04"):
        yield from _zip(content, name, depth)
    elif content.startswith(PNG):
        yield from _png(content, name, depth)
    elif b"\x00" in content[:1000]:
        yield from ((f"the bytes of {name}", each, "") for each in _readable(content))
    else:
        yield from _text(content.decode("utf-8-sig", "replace"), name, depth)


def coded_in(text: str, name: str, depth: int = 0) -> Iterator[Found]:
    """What stands in a text as base64."""
    for coded in BASE64.findall(text):
        opened = _decoded(coded)
        if opened is not None:
            yield from _within("base64", opened, name, depth)


def _text(text: str, name: str, depth: int) -> Iterator[Found]:
    if name.endswith(".ipynb"):
        yield from ((f"{name}: {each}", said, "") for each, said in _notebook(text))
    elif name.endswith(".csv"):
        yield from _csv(text, name)
    elif text.lstrip().startswith("<"):
        yield name, " ".join(TAG.sub(" ", text).split()), ""
        tags = (tag for tag in TAG.findall(text) if re.search(r"\"[^\"]*\d[^\"]*\"", tag))
        yield from ((f"a tag in {name}", tag, "") for tag in tags)
    else:
        yield name, text, ""
    yield from coded_in(text, name, depth)


def _within(how: str, content: bytes, name: str, depth: int) -> Iterator[Found]:
    for element, text, context in texts_in(content, name.removesuffix(".gz"), depth + 1):
        yield f"{element} ({how})", text, context


def _gunzip(content: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as file:
            return file.read(LARGEST)
    except (OSError, EOFError, zlib.error):
        return content[2:]


def _zip(content: bytes, name: str, depth: int) -> Iterator[Found]:
    """Each member: of a spreadsheet its sheets, hidden or not, its shared texts and its caches."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.comment:
                yield f"the comment of {name}", archive.comment.decode("utf-8", "replace"), ""
            for member in archive.infolist():
                for element, text, context in texts_in(
                    archive.read(member), member.filename, depth + 1
                ):
                    yield f"{element} in {name}", text, context
    except (zipfile.BadZipFile, RuntimeError, zlib.error):
        yield from ((f"the bytes of {name}", each, "") for each in _readable(content))


def _png(content: bytes, name: str, depth: int) -> Iterator[Found]:
    """The text chunks of a picture, and whatever was put after its end."""
    at = len(PNG)
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + length]
        at += 12 + length
        if kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf"):
            yield f"{kind.decode()} of {name}", _chunk(kind, body), ""
        if kind == b"IEND" and at < len(content):
            yield from texts_in(content[at:], f"what follows {name}", depth + 1)
            return


def _chunk(kind: bytes, body: bytes) -> str:
    keyword, _, rest = body.partition(b"\x00")
    packed = rest[1:] if kind == b"zTXt" else rest.rpartition(b"\x00")[2]
    if kind == b"zTXt" or (kind == b"iTXt" and rest[:1] == b"\x01"):
        try:
            rest = zlib.decompress(packed)
        except zlib.error:
            rest = packed
    return (keyword + b" " + rest).decode("utf-8", "replace")


def _notebook(text: str) -> Iterator[tuple[str, str]]:
    """Every string of a notebook: source, outputs of any type, metadata, hidden cells."""
    try:
        told = json.loads(text)
    except ValueError:
        yield "its text", text
        return
    yield from _strings(told, "")


def _strings(told: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(told, dict):
        for key, value in told.items():
            if key not in ("nbformat", "nbformat_minor", "execution_count"):
                yield from _strings(value, f"{path}.{key}".strip("."))
    elif isinstance(told, list):
        if all(isinstance(each, str) for each in told):
            yield path, "".join(told)
        else:
            for at, each in enumerate(told):
                yield from _strings(each, f"{path}[{at}]")
    elif told is not None and not isinstance(told, bool):
        yield path, str(told)


def _csv(text: str, name: str) -> Iterator[Found]:
    """Each cell, named by its column and by the words of its row."""
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error:
        yield name, text, ""
        return
    heads = rows[0] if rows else []
    for row in rows[1:]:
        for at, cell in enumerate(row):
            column = heads[at] if at < len(heads) else ""
            named = zip_longest(heads, row[: len(heads)], fillvalue="")
            words = [f"{head}: {each}" for other, (head, each) in enumerate(named) if other != at]
            yield f"column {column} of {name}", cell, " | ".join([*words, column])
    yield f"the heading of {name}", " ".join(heads), ""


def _decoded(coded: str) -> bytes | None:
    """What a run of letters says as base64, where that is text or something packed."""
    try:
        opened = base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    packed = opened.startswith((b"\x1f\x8b", b"PK\x03\x04", PNG))
    printable = sum(32 <= byte < 127 or byte in (9, 10, 13) for byte in opened)
    return opened if packed or printable == len(opened) else None


def _readable(content: bytes) -> list[str]:
    return [found.decode("ascii") for found in re.findall(rb"[\x20-\x7e]{4,}", content)]
