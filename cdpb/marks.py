"""Numbers that know their cell, and the invisible marks that they leave around their text.

A formatter marks what it writes; the marks pass through whatever is done with the text, and every
place where it is written takes them off. So a digit without a mark was typed by hand. Marks are
made only where a run asks for them: an analyst never sees one.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Characters of private use: no font has them and no source of ours uses them.
OPENING, CLOSING, ZERO = "\ue000", "\ue001", 0xE010
TEN = "".join(chr(ZERO + digit) for digit in range(10))
_ANY = re.compile("[\ue000-\uf8ff]")
# Around a number that nothing computed has written, until a notebook shows it as such.
DOUBTED = "\ue002\ue003"
_MARKED = re.compile(f"{OPENING}([{TEN}]+)([^{OPENING}{CLOSING}]*){CLOSING}")
ASKED_FOR = "CDPB_MARKS"


@dataclass(frozen=True)
class PublishedCell:
    """Where a published number stands.

    Attributes
    ----------
    made_for : str
        The finding of the assessment that published the table.
    table, column : str
    row : tuple of (str, str)
        The columns that name its row, each with what stands there.
    """

    made_for: str
    table: str
    column: str
    row: tuple[tuple[str, str], ...]


# What the numbers of an axis are marked with: round and evenly spaced, they are nobody's figures.
AXIS = PublishedCell("", "axis", "", ())


class CellInt(int):
    """A whole number from a cell. What is computed with it is a plain number."""

    cell: PublishedCell


class CellFloat(float):
    """A number from a cell. What is computed with it is a plain number."""

    cell: PublishedCell


def number_from(cell: PublishedCell, value: Any) -> Any:
    """The value of a cell; if it is a number, one that knows the cell."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    number = CellInt(value) if isinstance(value, int) else CellFloat(value)
    number.cell = cell
    return number


def cell_of(number: object) -> PublishedCell | None:
    """The cell that a number was taken from; None where it was computed."""
    return number.cell if isinstance(number, CellInt | CellFloat) else None


@dataclass(frozen=True)
class NumberMark:
    """What a formatter wrote, and of what.

    Attributes
    ----------
    text : str
    decimals : int or None
        To how many it was rounded; None for an ordinal.
    cell : PublishedCell or None
        None for a number that was computed.
    """

    text: str
    decimals: int | None
    cell: PublishedCell | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for an executed notebook."""
        of = self.cell
        cell = (of.made_for, of.table, of.column, [list(each) for each in of.row]) if of else None
        return {"text": self.text, "decimals": self.decimals, "cell": cell}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "NumberMark":
        """As `to_dict` gave it."""
        cell = None
        if content["cell"]:
            made_for, table, column, row = content["cell"]
            named = tuple((name, value) for name, value in row)
            cell = PublishedCell(made_for, table, column, named)
        return cls(content["text"], content["decimals"], cell)


@dataclass(frozen=True)
class Marked:
    """A stretch of a text without marks, and the number of its mark."""

    start: int
    end: int
    number: int


_made: dict[NumberMark, int] = {}
_written: set[str] = set()


def is_marking() -> bool:
    """Whether formatters mark what they write."""
    return bool(os.environ.get(ASKED_FOR))


def marked(text: str, decimals: int | None, cell: PublishedCell | None) -> str:
    """A formatted number within its mark, where marks are asked for."""
    if not is_marking():
        _written.add(_digits(text))
        return text
    number = _made.setdefault(NumberMark(text, decimals, cell), len(_made))
    digits = "".join(TEN[int(digit)] for digit in str(number))
    return f"{OPENING}{digits}{text}{CLOSING}"


def was_written(figure: str) -> bool:
    """Whether a formatter has written this number, as far as a notebook has been run."""
    return _digits(figure) in _written


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit() or sign == ".")


def unmarked(text: str) -> str:
    """A text without marks; what has none is given back as it is."""
    return type(text)(_ANY.sub("", text)) if _ANY.search(text) else text


def marks_in(text: str) -> dict[str, dict[str, Any]]:
    """What the marks of a text say, by number."""
    wanted = {stretch.number for stretch in places_in(text)[1]}
    return {str(at): mark.to_dict() for mark, at in _made.items() if at in wanted}


def places_in(text: str) -> tuple[str, list[Marked]]:
    """A text without its marks, and which stretches of it they were around.

    What is left of a mark that was cut through says nothing.
    """
    if not _ANY.search(text):
        return str(text), []
    found, parts, at, length = list[Marked](), list[str](), 0, 0
    for each in _MARKED.finditer(text):
        before, inside = (_ANY.sub("", part) for part in (text[at : each.start()], each[2]))
        start = length + len(before)
        length = start + len(inside)
        number = int("".join(str(ord(digit) - ZERO) for digit in each[1]))
        found.append(Marked(start, length, number))
        parts += [before, inside]
        at = each.end()
    return "".join([*parts, _ANY.sub("", text[at:])]), found
