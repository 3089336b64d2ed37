"""What a funnel says: who stands out by chance's limits, and who by the limits of the usual."""

from typing import Any

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, list_text, rate_text
from cdpb.report.words.common import of_rows, row_where, sentence
from cdpb.statistics.outliers import NOT_COMPARED, WITHIN

MOST_NAMED = 3


@of_rows
def funnel_title(
    funnel: PublishedTable, area: str, name: str = "ward_name", things: str = "wards"
) -> str:
    """How many areas lie beyond plain limits, and which of them beyond widened ones.

    ``things`` are what its rows are: ``wards shown`` where some are hidden and left out.
    """
    plain, widened = (_beyond(funnel, column, name) for column in LIMITS)
    of = f"{count_text(len(plain))} of {area}'s {count_text(len(funnel))} {things}"
    lie = "lies" if len(plain) == 1 else "lie"
    named = f" ({list_text(widened)})" if 0 < len(widened) <= MOST_NAMED else ""
    wide = count_text(len(widened)) if widened else "none"
    return (
        f"{of} {lie} beyond plain limits, {wide}{named} beyond limits widened for usual differences"
    )


@of_rows
def funnel_sentence(funnel: PublishedTable, ward_code: str | None, among: str) -> str:
    """How to read the two verdicts, and both for the focus ward.

    ``among`` are the areas that the limits were widened by: ``London's wards``.
    """
    first = next((row for row in funnel.rows() if isinstance(row["phi"], float)), None)
    if first is None:
        return ""
    told = sentence(f"{_differing(first, among)}; {READING}")
    row = row_where(funnel, ward_code=ward_code)
    return f"{told} {_of_focus(row)}".strip() if row else told


READING = (
    "plain limits may call too many wards unusual, widened ones may hide a real case, "
    "so both are shown"
)


def _differing(row: Any, among: str) -> str:
    if not row["tau_squared"]:
        return f"{among} differ from their common rate no more than chance would have them"
    return (
        f"The squared distances of {among} from their common rate are {rate_text(row['phi'])} "
        f"times what chance would give"
    )


LIMITS = ("plain_limits", "widened_limits")


def _of_focus(row: Any) -> str:
    plain, widened = (row[column] for column in LIMITS)
    name = row["ward_name"]
    if plain == widened == WITHIN:
        return sentence(f"{name} lies within both")
    return sentence(f"By plain limits {name} is {plain}, by widened ones {widened}")


def _beyond(funnel: PublishedTable, column: str, name: str) -> list[str]:
    return [
        str(row[name])
        for row in funnel.rows()
        if isinstance(row[column], str) and row[column] not in (WITHIN, NOT_COMPARED)
    ]
