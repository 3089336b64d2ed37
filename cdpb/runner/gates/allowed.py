"""Numbers that are no published figure and may stand all the same: each where, and why."""

import re
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from cdpb import paths
from cdpb.runner.gates.pieces import Piece
from cdpb.yaml_files import bytes_of, read_yaml, typed

FILE = "allowed_numbers.yml"
ANY_NUMBER = "#"


class Allowed(BaseModel):
    """An entry of ``data/allowed_numbers.yml``.

    Attributes
    ----------
    file : str
        A page, a record or ``*.html``.
    element : str
        What the place must name, like ``section method-and-caveats``.
    says : str
        The words around the number, a ``#`` in the place of each number. Never a number alone.
    reason : str
        Why it may stand.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(min_length=1)
    element: str = Field(min_length=1)
    says: str = Field(pattern=r"[A-Za-z]{3}")
    reason: str = Field(min_length=10)

    def covers(self, piece: Piece, at: int) -> bool:
        """Whether it speaks of the number at a place of this text."""
        if not Path(piece.file).match(self.file) or self.element not in piece.element:
            return False
        return any(
            start <= at < end
            for found in re.finditer(self._pattern, piece.text)
            for start, end in [found.span()]
        )

    @property
    def _pattern(self) -> str:
        return r"\d[\d,]*(?:\.\d+)?".join(map(re.escape, self.says.split(ANY_NUMBER)))


def allowed_numbers() -> tuple[Allowed, ...]:
    """The entries of the project; none where it has no such file.

    Raises
    ------
    InputError
        If an entry names no file, element, words or reason.
    """
    path = paths.data_folder() / FILE
    return _read(path, bytes_of(path)) if path.is_file() else ()


@lru_cache(maxsize=4)
def _read(path: Path, _content: bytes) -> tuple[Allowed, ...]:
    entries = read_yaml(path) or []
    return tuple(typed(Allowed, entry, path, f"entry {at}") for at, entry in enumerate(entries, 1))
