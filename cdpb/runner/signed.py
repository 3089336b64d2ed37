"""Who has signed an assessment: ``data/signoff/<area>.yml``, by the hash of what was signed.

A signature holds for one content. Whatever changes on a page, in a table or a record voids it;
whether the pages say that they are a draft, and who has signed them, does not.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from cdpb import paths
from cdpb.durable_files import write_whole
from cdpb.errors import InputError
from cdpb.numbers import capital, list_text
from cdpb.yaml_files import read_yaml, typed, yaml_text

ROLES = ("analyst", "reviewer", "approver")
UNSIGNED = "not signed"
# It stands on a page as it is written, where no gate judges it: so it has no digit and no markup.
WORDS = r"[^\d<>\"&;]*"
HEAD = (
    "# Who signed which assessment: cdpb sign writes it. A change of content voids a signature.\n"
)
Words = Annotated[str, Field(pattern=f"^{WORDS}$", max_length=80)]


class SignOff(BaseModel, extra="forbid", frozen=True):
    """One office's word for one content of one assessment.

    Attributes
    ----------
    content : str
        The hash of what was signed, as `cdpb.runner.assemble.content_of` gives it.
    office, name : str
        The office; and whoever the council names for it, if anybody.
    """

    year: str
    edition: Literal["public", "partnership"]
    role: Literal["analyst", "reviewer", "approver"]
    office: Annotated[Words, Field(min_length=2)]
    name: Words = ""
    date: dt.date
    content: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    def __str__(self) -> str:
        name = f" ({self.name})" if self.name else ""
        when = f"{self.date.day} {self.date:%B %Y}"
        return f"{self.role}, {self.office}{name}, {when}"


class _File(BaseModel, extra="forbid", frozen=True):
    signatures: list[SignOff] = []


def signatures_file(area: str) -> Path:
    """Where the signatures of an area's assessments stand."""
    return paths.data_folder() / "signoff" / f"{area}.yml"


def signatures(area: str) -> list[SignOff]:
    """All of an area, oldest first; none where there is no file.

    Raises InputError if the file is not as ``cdpb sign`` writes it.
    """
    path = signatures_file(area)
    return typed(_File, read_yaml(path) or {}, path).signatures if path.is_file() else []


def signed_by(area: str, year: str, edition: str, content: str) -> dict[str, SignOff]:
    """Who has signed just this content, by role."""
    own = (year, edition, content)
    return {
        each.role: each
        for each in signatures(area)
        if (each.year, each.edition, each.content) == own
    }


def enter_signature(area: str, signature: SignOff) -> Path:
    """Write a signature after those of the area; its file.

    Raises InputError if that role has signed this content already.
    """
    path, before = signatures_file(area), signatures(area)
    own = (signature.year, signature.edition, signature.content)
    standing = signed_by(area, *own).get(signature.role)
    if standing:
        raise InputError(f"It is signed already: {standing}.", "Nothing was signed.")
    entries = [each.model_dump(mode="json") for each in [*before, signature]]
    write_whole(path, HEAD + yaml_text({"signatures": entries}))
    return path


def signatures_text(found: Mapping[str, SignOff]) -> str:
    """``Analyst, Public health (A Name), 3 March 2026; reviewer and approver not signed.``"""
    there = [str(found[role]).replace("'", "’") for role in ROLES if role in found]
    missing = [role for role in ROLES if role not in found]
    none = [f"{list_text(missing)} {UNSIGNED}"] if missing else []
    return f"{capital('; '.join([*there, *none]))}."
