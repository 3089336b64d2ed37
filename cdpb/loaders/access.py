"""Which sources may be opened at all, decided before a file is touched."""

from cdpb.build import Build, building, current
from cdpb.catalogue import source
from cdpb.errors import InputError
from cdpb.sources import Source

__all__ = ["building", "current", "may_be_read", "may_open", "permitted"]


def permitted(source_id: str, build: Build | None = None) -> Source:
    """A source that may be opened for a build, the current one where none is given.

    Raises InputError if it may not, without saying whether anything was received of it.
    """
    declared, asked = source(source_id), build or current()
    if not asked.permits(declared.access):
        raise InputError(
            f"{source_id} may not be used in a public edition.",
            f"Its access is {declared.access} (data/sources.yml).",
            "No file was opened.",
        )
    if not asked.permits(declared.access, declared.status):
        raise InputError(
            f"{source_id} holds illustrative figures, for demonstrations only.",
            "Build the demonstration to see them.",
            "No file was opened.",
        )
    return declared


def may_open(source_id: str, build: Build | None = None) -> bool:
    """Whether a source may be opened for a build, the current one where none is given."""
    declared = source(source_id)
    return (build or current()).permits(declared.access, declared.status)


def may_be_read(source_id: str) -> bool:
    """Whether a source's files may be opened; a public edition may not even ask for some."""
    if not current().permits(source(source_id).access):
        permitted(source_id)
    return may_open(source_id)
