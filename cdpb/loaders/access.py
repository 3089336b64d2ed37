"""Which sources may be opened at all, decided before a file is touched."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from cdpb.build import PUBLIC, Build
from cdpb.catalogue import source
from cdpb.errors import InputError
from cdpb.sources import Source

_current: ContextVar[Build] = ContextVar("build", default=PUBLIC)


@contextmanager
def building(build: Build) -> Iterator[None]:
    """Load for one build; outside of it loaders serve a public edition of real figures."""
    before = _current.set(build)
    try:
        yield
    finally:
        _current.reset(before)


def current() -> Build:
    """The build that loaders serve now."""
    return _current.get()


def permitted(source_id: str, build: Build | None = None) -> Source:
    """A source that may be opened for a build, the current one where none is given.

    Raises
    ------
    InputError
        If it may not, without saying whether anything was received of it.
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
