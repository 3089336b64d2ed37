"""What is being made, and which sources that may show."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from cdpb.errors import InputError

PARTNERSHIP = "partnership"
EDITIONS = ("public", PARTNERSHIP)
PARTNERSHIP_ONLY = ("internal_only", "restricted")


@dataclass(frozen=True)
class Build:
    """The edition of an assessment, and whether illustrative figures may enter it.

    Raises
    ------
    InputError
        If the edition is neither public nor partnership.
    """

    edition: str = "public"
    demonstration: bool = False

    def __post_init__(self) -> None:
        if self.edition not in EDITIONS:
            raise InputError(
                f"{str(self.edition)[:40]!r} is not an edition.",
                f"Choose one of {', '.join(EDITIONS)}.",
            )

    def permits(self, access: str, status: str = "official") -> bool:
        """Whether a source of this access and status may be opened for it."""
        if status == "illustrative" and not self.demonstration:
            return False
        return self.edition == "partnership" or access not in PARTNERSHIP_ONLY

    def made_for(self, finding: str, area: str, year: str) -> str:
        """Which finding of which assessment what a notebook publishes belongs to."""
        edition = f"{self.edition} demonstration" if self.demonstration else self.edition
        return f"{finding} of {area}, {year}, {edition}"

    @property
    def in_names(self) -> str:
        """What the name of a downloaded file says of it: ``demonstration-partnership-``."""
        edition = "" if self.edition == "public" else f"{self.edition}-"
        return "demonstration-" * self.demonstration + edition


PUBLIC = Build()
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
