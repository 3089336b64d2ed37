"""The top of a page: headline, verdict with its badge, and the key figures as cards."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cdpb.numbers import (
    article_within,
    capital,
    count_text,
    is_known,
    measure_text,
    measured_interval,
    measured_value,
    unit_text,
)
from cdpb.report.markup import Block, render
from cdpb.report.tables import ShownTable, plain_table
from cdpb.statistics.part_tests import CONTRADICTED
from cdpb.statistics.verdicts import CONTRADICTED_IN_PART, PARTLY_SUPPORTED

# The card's value against the comparator, never the other way round.
COMPARED = {
    "higher": "Higher than",
    "lower": "Lower than",
    "similar": "Similar to",
    "better": "Better than",
    "worse": "Worse than",
    "not compared": "Not compared with",
}


# What stands between a figure's two counts: parts of a whole, one count to another, or a rate.
BETWEEN = {"%": " of ", "times": " to "}
IN_NEED = "in need"


def headline_block(
    headline: str,
    verdict: Mapping[str, Any] | None = None,
    *,
    statement: str = "",
    statement_source: str = "",
    why_no_verdict: str = "",
    tested: bool = True,
) -> Block:
    """The finding in one sentence, its verdict, and how each part of the statement was tested.

    ``verdict`` is as in a finding's record; where it is None, or its outcome is, no statement is
    on file: there is nothing to judge and no badge, and ``why_no_verdict`` says so. A page of the
    whole assessment, which has no statement of its own, is not ``tested``.
    """
    judged = verdict if verdict and verdict.get("outcome") else None
    tests = (judged or {}).get("parts") or []
    parts = parts_table(tests) if tests else None
    html = render(
        "blocks/headline.html.j2",
        headline=headline,
        verdict=judged,
        badge=verdict_badge(judged) if tested else "",
        statement=statement,
        statement_source=statement_source,
        why_no_verdict="" if judged else why_no_verdict,
        # Each part's outcome and what it claims.
        outcomes=[(_label(part), part["claim"]) for part in tests],
        tests=how_many_tests(tests),
        parts=parts.html if parts else "",
    )
    text = f"{headline} [{_label(judged)}]" if judged else headline
    return Block("headline", html, text, style=parts.style if parts else "")


def verdict_badge(verdict: Mapping[str, Any] | None) -> Markup:
    """The verdict in its frame, which differs by outcome in shape as well as in colour.

    Where a part is contradicted and others are not, it is named.
    """
    judged = verdict if verdict and verdict.get("outcome") else None
    if not judged:
        return render("blocks/badge.html.j2", label="", tone="", dating="", contradicted=[])
    on_data = f"on data for {judged['as_of']}" if judged.get("as_of") else ""
    return render(
        "blocks/badge.html.j2",
        label=_label(judged),
        tone=judged["outcome"].replace(" ", "-"),
        # When carried forward it says from when, else of which period the data are.
        dating=judged.get("dating") or on_data,
        contradicted=_contradicted(judged),
    )


def _contradicted(verdict: Mapping[str, Any]) -> list[str]:
    """What the contradicted parts claim, of a verdict that is not of one outcome throughout."""
    mixed = verdict["outcome"] in (PARTLY_SUPPORTED, CONTRADICTED_IN_PART)
    parts = verdict.get("parts") or [] if mixed else []
    return [part["claim"] for part in parts if part["outcome"] == CONTRADICTED]


def _label(verdict: Mapping[str, Any]) -> str:
    return capital(verdict.get("label") or verdict["outcome"])


def parts_table(parts: Sequence[Mapping[str, Any]], id: str = "parts") -> ShownTable:
    """Each part's measure, comparator, threshold with its reason, and what would refute it."""
    rows = [
        [part["claim"], _measured(part), _against(part), _threshold(part),
         capital(part.get("against") or "no test"),
         f"{capital(part['outcome'])}. {capital(part.get('reason') or '')}".strip()]
        for part in parts
    ]  # fmt: skip
    headings = ["Part", "Measured", "Compared with", "Threshold, and why",
                "What would have counted against it", "Outcome, and why"]  # fmt: skip
    return plain_table("Each part of the statement, tested", headings, rows, id=id)


def how_many_tests(parts: Sequence[Mapping[str, Any]]) -> str:
    """How many tests were made, and of which parts more than one."""
    made = {part["claim"]: part.get("tests") or 0 for part in parts}
    total = sum(made.values())
    if not total:
        return "No test was made."
    several = [f"{count_text(many)} of them together on “{claim}”"
               for claim, many in made.items() if many > 1]  # fmt: skip
    tests = f"{count_text(total)} test{'s were' if total != 1 else ' was'} made"
    return f"{', '.join([tests, *several])}."


def _threshold(part: Mapping[str, Any]) -> str:
    """The threshold in words and the reason for it, which is none where nothing was tested."""
    why = part.get("why") or ""
    said = part.get("reason") or ""
    named = [part.get("threshold") or "", "" if why in said else why]
    return ". ".join(filter(None, named)) or "none named"


def _measured(part: Mapping[str, Any]) -> str:
    """What was measured; of several areas or groups, how many."""
    many = part.get("tests") or 0
    if many > 1 and not part.get("measure"):
        return f"all {count_text(many)}, tested together"
    return measure_text(part.get("measure") or {})


def _against(part: Mapping[str, Any]) -> str:
    comparator = part.get("comparator") or ""
    measure = part.get("comparator_measure") or {}
    return (
        f"{comparator}: {measure_text(measure)}" if is_known(measure.get("value")) else comparator
    )


def key_figures_block(figures: Sequence[Mapping[str, Any]]) -> Block:
    """Cards with a value, its interval, its counts and what it is compared with.

    Figures without a value, and without one to compare with, have no card: they are listed below,
    with their ``note`` as the reason. ``numerator_label`` and ``denominator_label`` name the
    counts, where given.
    """
    cards = [_card(figure) for figure in figures if _has_a_value(figure)]
    lacking: dict[tuple[str, str], list[str]] = {}
    for each in figures:
        if not _has_a_value(each):
            why = capital(measured_value(each)), capital(each.get("note") or "")
            lacking.setdefault(why, []).append(each["label"])
    text = "; ".join(f"{each['label']}: {measure_text(each)}" for each in figures)
    html = render("blocks/key_figures.html.j2", cards=cards, lacking=lacking)
    return Block("key_figures", html, text)


def _has_a_value(figure: Mapping[str, Any]) -> bool:
    beside = figure.get("comparators") or []
    return any(is_known(each.get("value")) for each in (figure, *beside))


def _card(figure: Mapping[str, Any]) -> dict[str, Any]:
    known = is_known(figure.get("value"))
    return {
        "label": figure["label"],
        "value": capital(measured_value(figure)),
        "known": known,
        "unit": unit_text(figure) if known else "",
        "interval": measured_interval(figure) if known else "",
        "counts": _counts(figure) if known else "",
        "period": figure.get("period") or "",
        "note": figure.get("note") or "",
        "comparators": [_comparator(each) for each in figure.get("comparators") or []],
    }


def _counts(figure: Mapping[str, Any]) -> str:
    """``1,052 among 389,340``; nothing unless both are known."""
    named = (("numerator", "numerator_label"), ("denominator", "denominator_label"))
    found = [
        f"{count_text(figure[count])} {figure.get(label) or ''}".strip()
        for count, label in named
        if is_known(figure.get(count))
    ]
    unit = figure.get("unit") or ""
    between = BETWEEN.get(unit.split(" ")[0], " among ")
    if found and figure.get("denominator_label") == IN_NEED:
        # The share is of those who are not; the count is of those who are.
        found[0] += " in treatment"
    return between.join(found) if len(found) == len(named) else ""


def _comparator(measure: Mapping[str, Any]) -> dict[str, str]:
    known = is_known(measure.get("value"))
    word = COMPARED.get(measure.get("comparison") or "", "") if known else ""
    return {
        "label": article_within(measure["label"]) if word else measure["label"],
        "value": measured_value(measure),
        "interval": measured_interval(measure) if known else "",
        "word": word,
        "note": measure.get("note") or "",
    }
