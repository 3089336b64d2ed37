"""The name under which a received file is stored: one that any system can check out."""

import re
import unicodedata
from pathlib import PurePath

from cdpb.errors import is_invisible

# Of Windows, with any ending: CON, con.csv and COM1.tar.gz are devices there.
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)
_NOT_IN_NAMES = set('<>:"/\\|?*')
# A name may have 255 bytes on most systems, and a path 260 signs on some.
_MOST_BYTES = 120


def safe_name(name: str) -> str:
    r"""A name without what breaks a checkout, a page or a console; unchanged where nothing does.

    Line breaks, control and direction characters, ``<>:"/\|?*`` become ``_``; leading dots and
    trailing dots and spaces go; a name that Windows keeps for a device gets a ``_`` in front; one
    of more than 120 bytes is cut before its ending.
    """
    composed = unicodedata.normalize("NFC", name)
    signs = ("_" if is_invisible(sign) or sign in _NOT_IN_NAMES else sign for sign in composed)
    kept = re.sub(r"\s", " ", "".join(signs)).strip().lstrip(". ").rstrip(". ")
    if _DEVICES.fullmatch(kept.split(".")[0].rstrip()):
        kept = f"_{kept}"
    return _cut(kept) or "file"


def _cut(name: str) -> str:
    if len(name.encode()) <= _MOST_BYTES:
        return name
    ending = PurePath(name).suffix if len(PurePath(name).suffix) <= len(".geojson") else ""
    stem = name.removesuffix(ending).encode()[: _MOST_BYTES - len(ending.encode())]
    return stem.decode(errors="ignore").rstrip(". ") + ending
