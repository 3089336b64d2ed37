"""Numbers that know which cell of a published table they are."""

from dataclasses import dataclass
from typing import Any


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
