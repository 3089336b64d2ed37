"""What leaves the gate: without what a pattern hides and whatever would give it back, rounded.

A share or rate is a relation between counts, and the engine can reckon with it (see
`cdpb.disclosure.attack`). The choice of what to hide in an assessment needs no such relation: a
figure is shown only where every count that it is made of is shown, and then says nothing new.
Where one of them is hidden the figure goes too, even where it would be safe. A percentage beside
some hidden counts and none beside others would be a second marker.
"""

from collections.abc import Mapping, Sequence

from cdpb.disclosure.declared import TOTAL, Column, TableDeclaration
from cdpb.disclosure.masked import MASKED, Key
from cdpb.disclosure.policy import ROUNDED_TO, Policy
from cdpb.disclosure.published import Value
from cdpb.errors import GateRefused

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


FIGURES = {"count", "rate", "percent", "interval", "rank", "number"}
# Of what is shown, for values rounded on their way; nobody takes one share for another in it.
SHARE_TOLERANCE, RATE_TOLERANCE = 0.5, 0.01
Rows = Mapping[Key, Mapping[str, Value]]


def check_derived(rows: Rows, declared: TableDeclaration, columns: Mapping[str, Column]) -> None:
    """Refuse what could give a count back beside the count that is masked.

    Whatever is derived is masked with the count in its row. So a share must be the share of
    that count (not of its complement), and a rate must be that count over something public.

    Raises
    ------
    GateRefused
        Names table and column, never a count.
    """
    for name in masked_with_count(declared, columns):
        column = columns[name]
        if column.kind == "count" or (column.kind == "percent" and not column.of):
            raise GateRefused(
                f"Table {declared.id}: column {name} may give hidden counts of "
                f"{declared.source} away.",
                "A count beside the protected one must be public; a percentage must say what it",
                "is `of`. Say so in notebooks/findings/columns.yml, or leave it out.",
            )
        if not set(column.of) <= set(declared.totals):
            raise GateRefused(
                f"Table {declared.id}: column {name} is a share of a total not in the table.",
                f"Wanted in its totals: {', '.join(column.of)}.",
            )
        if column.of and not _is_share(rows, declared, name, column):
            raise _not_of_its_count(declared, name, f"its share over {', '.join(column.of)}")
        if column.kind == "rate" and not _is_rate(rows, declared, name, columns):
            raise _not_of_its_count(declared, name, f"{declared.count} over a public column")
    ranks = [name for name in declared.derived if columns[name].kind == "rank"]
    if ranks and len(declared.dimensions) > 1:
        raise GateRefused(
            f"Table {declared.id}: column {ranks[0]} ranks rows of several dimensions.",
            "Ranks of a protected source are for tables of one dimension.",
        )


def check_no_figures(declared: TableDeclaration, columns: Mapping[str, Column]) -> None:
    """Refuse figures of a protected source in a table that declares no count.

    A table of shares alone is a table of counts to whoever knows a denominator. One that is
    computed from published tables alone says so (``made_of``), and holds nothing they hide.
    """
    if declared.made_of:
        return
    stray = [
        name
        for name in declared.columns
        if columns[name].kind in FIGURES and not columns[name].public
    ]
    if stray:
        raise GateRefused(
            f"Table {declared.id}: source {declared.source} is protected, and the table declares",
            f"no count that says when to mask {', '.join(stray)}.",
            "Name its `count` in the finding's file and publish that beside them; or, where it",
            "is computed from other published tables alone, name those: `made_of: [table]`.",
        )


def _not_of_its_count(declared: TableDeclaration, name: str, wanted: str) -> GateRefused:
    return GateRefused(
        f"Table {declared.id}: column {name} is not made of the count in its row,",
        "so it would be shown where what it is made of is hidden.",
        f"Wanted: {wanted}. Give what it counts a row of its own.",
    )


def _is_share(rows: Rows, declared: TableDeclaration, name: str, column: Column) -> bool:
    for key, row in rows.items():
        value = row[name]
        whole = rows[total_over(key, declared, column.of)][declared.count]
        if isinstance(value, int | float) and whole:
            share = 100 * _number(row[declared.count]) / _number(whole)
            if abs(value - share) > SHARE_TOLERANCE:
                return False
    return True


def _is_rate(
    rows: Rows, declared: TableDeclaration, name: str, columns: Mapping[str, Column]
) -> bool:
    """Whether it is the count over a public column of the table.

    One number for all rows, in no column, could be a hidden count: an index to a first year.
    """
    public = [each for each in declared.derived if columns[each].public]
    return any(_is_over(rows, declared, name, over) for over in public)


def _is_over(rows: Rows, declared: TableDeclaration, name: str, over: str) -> bool:
    per = []
    for row in rows.values():
        if row[name] is None:
            continue
        below, count, rate = (_number(row[each]) for each in (over, declared.count, name))
        if (count == 0) != (rate == 0):
            return False
        if count and below:
            per.append(rate * below / count)
    return not per or max(per) <= min(per) * (1 + RATE_TOLERANCE)


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


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
