"""Which sources may be opened at all, decided before a file is touched."""

from dataclasses import dataclass

from cdpb.catalogue import Source, source
from cdpb.errors import InputError

EDITIONS = ("public", "partnership")
PARTNERSHIP_ONLY = ("internal_only", "restricted")


@dataclass(frozen=True)
class Allowed:
    """The edition being built, and whether illustrative figures may enter it."""

    edition: str = "public"
    demonstration: bool = False


_now = Allowed()


def allow(edition: str = "public", demonstration: bool = False) -> None:
    """Say what is being built; until somebody does, it is a public edition of real figures.

    Raises
    ------
    InputError
        If the edition is neither public nor partnership.
    """
    global _now
    if edition not in EDITIONS:
        raise InputError(
            f"{str(edition)[:40]!r} is not an edition.", f"Choose one of {', '.join(EDITIONS)}."
        )
    _now = Allowed(edition, demonstration)


def allowed() -> Allowed:
    """What is being built."""
    return _now


def check(source_id: str) -> Source:
    """A source that may be opened for what is being built.

    Raises
    ------
    InputError
        If it may not, without saying whether anything was received of it.
    """
    declared = source(source_id)
    if declared.access in PARTNERSHIP_ONLY and _now.edition == "public":
        raise InputError(
            f"{source_id} may not be used in a public edition.",
            f"Its access is {declared.access} (data/sources.yml).",
            "No file was opened.",
        )
    if declared.status == "illustrative" and not _now.demonstration:
        raise InputError(
            f"{source_id} holds illustrative figures, for demonstrations only.",
            "Build the demonstration to see them.",
            "No file was opened.",
        )
    return declared


def may_open(source_id: str) -> bool:
    """Whether a source may be opened for what is being built."""
    try:
        check(source_id)
    except InputError:
        return False
    return True
