"""Counts rounded to the nearest 5 on their way out, after what must be hidden is hidden."""

from collections.abc import Mapping

from cdpb.declarations import Column, TableDeclaration
from cdpb.disclosure.counted import Key
from cdpb.disclosure.masking import masked_with_count
from cdpb.disclosure.policy import ROUNDED_TO, Policy
from cdpb.disclosure.published import TOTAL, Value
from cdpb.errors import GateRefused

Rows = Mapping[Key, Mapping[str, Value]]


def rounded(count: int) -> int:
    """A count to the nearest 5."""
    return ROUNDED_TO * ((count + ROUNDED_TO // 2) // ROUNDED_TO)


def counts_behind(shown: int, policy: Policy) -> tuple[int, int]:
    """The least and greatest count that are shown so: two either way, and none that is hidden.

    A sum of rounded parts (``totals: recomputed``) says less, and nothing that they don't.
    """
    if shown == 0:
        return 0, 0  # Hiding comes first, so that what is left and rounds to 0 is 0.
    away = ROUNDED_TO // 2
    return max(shown - away, policy.threshold or 0), shown + away


def rounded_rows(
    rows: Rows, declared: TableDeclaration, columns: Mapping[str, Column], policy: Policy
) -> dict[Key, dict[str, Value]]:
    """The shown counts to the nearest 5; columns computed from exact ones are refused.

    Rounding takes away and never adds, so what was hidden so that nobody can work it out of the
    exact counts can't be worked out of the rounded ones.

    Raises
    ------
    GateRefused
        If a column, a mark of instability too, would tell more of a count than it shows.
    """
    exact = masked_with_count(declared, columns)
    if exact:
        raise GateRefused(
            f"Table {declared.id}: counts of {declared.source} are rounded, and these columns "
            f"were computed from exact ones: {', '.join(exact)}.",
            "Round the counts first, compute from those, and publish the columns by themselves.",
        )
    shown = {key: dict(row) for key, row in rows.items()}
    for row in shown.values():
        count = row.get(declared.count)
        if isinstance(count, int):
            row[declared.count] = rounded(count)
    return _with_sums(shown, declared) if policy.totals == "recomputed" else shown


def _with_sums(
    rows: dict[Key, dict[str, Value]], declared: TableDeclaration
) -> dict[Key, dict[str, Value]]:
    """Totals as the sums of their rounded parts, so that a table adds up.

    A total with a hidden part keeps its own rounding: the sum of the others would be a false
    total, and the sum of all would say what the hidden part rounds to.
    """
    parts: dict[Key, list[Value]] = {}
    for key, row in rows.items():
        if TOTAL not in key:
            for whole in (other for other in rows if TOTAL in other and _is_in(key, other)):
                parts.setdefault(whole, []).append(row[declared.count])
    for whole, values in parts.items():
        counts = [value for value in values if isinstance(value, int)]
        if isinstance(rows[whole][declared.count], int) and len(counts) == len(values):
            rows[whole][declared.count] = sum(counts)
    return rows


def _is_in(key: Key, whole: Key) -> bool:
    return all(of in (TOTAL, label) for label, of in zip(key, whole, strict=True))
