"""Taking away what a pattern hides, and whatever would give it back."""

from collections.abc import Mapping, Sequence

from cdpb.declarations import Column, TableDeclaration
from cdpb.disclosure.counted import Key
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import TOTAL, Value

NEVER_MASKED = {"key", "name"}


def masked_with_count(declared: TableDeclaration, columns: Mapping[str, Column]) -> list[str]:
    """The columns that are masked with their count."""
    return [
        name
        for name in declared.derived
        if columns[name].kind not in NEVER_MASKED and not columns[name].public
    ]


def masked_rows(
    rows: Mapping[Key, Mapping[str, Value]],
    declared: TableDeclaration,
    columns: Mapping[str, Column],
    hidden: frozenset[Key],
) -> dict[Key, dict[str, Value]]:
    """New rows in key order, whatever order the counts had given them."""
    derived = masked_with_count(declared, columns)
    shares = [columns[name].of for name in derived if columns[name].of]
    shown: dict[Key, dict[str, Value]] = {}
    for key in sorted(rows, key=_totals_last):
        row = dict(rows[key])
        denominators = {total_over(key, declared, of) for of in shares}
        if key in hidden:
            row[declared.count] = MASKED
        if key in hidden or denominators & hidden:
            row.update(dict.fromkeys(derived, MASKED))
        shown[key] = row
    for name in derived:
        if columns[name].kind == "rank":
            _rank_again(shown, name)
    return shown


def _totals_last(key: Key) -> tuple[tuple[bool, str], ...]:
    return tuple((label == TOTAL, label) for label in key)


def total_over(key: Key, declared: TableDeclaration, of: Sequence[str]) -> Key:
    """The key of the total that a share is taken of."""
    return tuple(
        TOTAL if name in of else label for name, label in zip(declared.dimensions, key, strict=True)
    )


def _rank_again(rows: Mapping[Key, dict[str, Value]], name: str) -> None:
    """Close the gaps that masked rows leave: a gap would say where they stand."""
    given = [
        row[name] for row in rows.values() if row[name] is not MASKED and row[name] is not None
    ]
    for row in rows.values():
        if row[name] is not MASKED and row[name] is not None:
            row[name] = 1 + sum(other < row[name] for other in given)  # type: ignore[operator]
