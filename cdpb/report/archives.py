"""Archives with the same bytes on every machine: workbooks and slides are such.

Their members are neither compressed, as libraries differ in how, nor dated. A gate can read such a
file as it lies.
"""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from cdpb.periods import FinancialYear

SUFFIXES = (".xlsx", ".ods")
FOLDER = "workbooks"
# What the cover of a workbook says until all four gates have passed, and then.
DRAFT = (
    "Draft: not for publication. "
    "This assessment has not yet passed every check that protects small numbers."
)
PASSED = "This assessment has passed every check that protects small numbers."
EARLIEST = (1980, 1, 1, 0, 0, 0)
# Zip's own number for files that say nothing of the system they were made on.
NO_SYSTEM = 0


def workbook_files(record: Mapping[str, Any], slug: str = "") -> list[str]:
    """The workbooks of a finding, or of what else has a slug; none where no row is published."""
    if not slug and not any(table["rows"] for table in record.get("tables") or []):
        return []
    return [f"{FOLDER}/{called(record)}-{slug or record['slug']}{suffix}" for suffix in SUFFIXES]


def called(record: Mapping[str, Any]) -> str:
    """How a file is called that leaves the folder: with area, year, edition and demonstration."""
    mark = "demonstration-" if record.get("demonstration") else ""
    year = FinancialYear.parse(record["year"]).slug
    return f"{record['area']['code']}-{year}-{mark}{record['edition']}"


def as_draft(content: bytes, draft: bool = True) -> bytes:
    """A workbook whose cover says that it is a draft, or that all checks were passed."""
    was, now = (PASSED, DRAFT) if draft else (DRAFT, PASSED)
    if was.encode() not in content:
        return content
    try:
        parts = unpacked(content)
    except zipfile.BadZipFile:
        return content  # Not as a run writes it: then every byte counts.
    return packed({name: part.replace(was.encode(), now.encode()) for name, part in parts.items()})


def packed(parts: Mapping[str, bytes]) -> bytes:
    """An archive of these members that has the same bytes whenever and wherever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(undated(name), content)
    return buffer.getvalue()


def undated(name: str) -> zipfile.ZipInfo:
    """The entry of a member that says neither when nor on which system it was made."""
    member = zipfile.ZipInfo(name, EARLIEST)
    member.create_system = NO_SYSTEM
    return member


def unpacked(content: bytes) -> dict[str, bytes]:
    """The members of an archive, in their order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {each.filename: archive.read(each) for each in archive.infolist()}
