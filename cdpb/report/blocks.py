"""What a notebook shows and a page keeps: blocks of finished HTML.

Each function takes plain data (a finding's record, or parts of it) and escapes every text in it.
An output without ``BLOCK_MIME`` never reaches a page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from cdpb.numbers import count_text
from cdpb.report.markup import lab_style, paragraphs, render
from cdpb.report.measures import interval_text, is_known, measure_text, unit_text, value_text
from cdpb.report.tables import Heading, plain_table

BLOCK_MIME = "application/vnd.cdpb.block+json"

METHOD_HEADINGS = (
    "Definition",
    "Numerator",
    "Denominator",
    "Source",
    "Interval method",
    "Comparison method",
    "Disclosure control",
    "Rounding",
    "Caveats",
)

NOTICES = {
    "not_received": "Not received",
    "withheld": "Withheld",
    "not_available": "Not available",
    "as_of": "Latest published figures",
    "caution": "Read with care",
}

# The card's value against the comparator, never the other way round.
COMPARED = {
    "higher": "Higher than",
    "lower": "Lower than",
    "similar": "Similar to",
    "better": "Better than",
    "worse": "Worse than",
    "not compared": "Not compared with",
}

# The public page says what it was asked for, and nothing of how an analyst set it up.
PUBLIC_PARAMETERS = ("year", "area")


@dataclass(frozen=True)
class Block:
    """One piece of a page.

    Attributes
    ----------
    kind : str
        headline, key_figures, changed, figure, table, map, actions, method, made, notice,
        commentary or record. The page puts some kinds where they belong, whatever the
        order in the notebook.
    html : str
        Finished markup without a stylesheet.
    text : str
        What a console shows in its place.
    record : mapping, optional
        For a block of kind record: the finding, as saved.
    """

    kind: str
    html: str
    text: str
    record: Mapping[str, Any] | None = None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """For JupyterLab the styled HTML; for the page the bare block."""
        if self.kind == "record":
            return {BLOCK_MIME: {"kind": "record", "record": self.record}, "text/plain": self.text}
        return {
            BLOCK_MIME: {"kind": self.kind, "html": str(self.html)},
            "text/html": f'{lab_style()}<div class="cdpb">{self.html}</div>',
            "text/plain": self.text,
        }


def record_block(record: Mapping[str, Any]) -> Block:
    """The finding's record: shows nothing, and names the page."""
    return Block("record", "", f"{record['title']}: saved.", record)


def headline_block(
    headline: str,
    verdict: Mapping[str, Any] | None = None,
    *,
    statement: str = "",
    statement_source: str = "",
    as_of_note: str = "",
) -> Block:
    """The finding in one sentence, its verdict, and how each part of the statement was tested.

    Parameters
    ----------
    headline : str
        The computed sentence.
    verdict : mapping, optional
        As in a finding's record. None, or an outcome of None, where no statement is held:
        then there is nothing to judge and no badge.
    statement, statement_source : str
        What the partnership said, and in which document.
    as_of_note : str
        Which period the verdict rests on, if not the year of the assessment.
    """
    judged = verdict if verdict and verdict.get("outcome") else None
    html = render(
        "blocks/headline.html.j2",
        headline=headline,
        verdict=judged,
        badge=verdict_badge(judged),
        statement=statement,
        statement_source=statement_source,
        as_of_note=as_of_note,
        parts=_parts_table(judged.get("parts") or []) if judged else None,
    )
    return Block("headline", html, f"{headline} [{_label(judged)}]" if judged else headline)


def verdict_badge(verdict: Mapping[str, Any] | None) -> Markup:
    """The verdict in its frame, which differs by outcome in shape as well as in colour."""
    judged = verdict if verdict and verdict.get("outcome") else None
    if not judged:
        return render("blocks/badge.html.j2", label="", tone="", as_of="")
    return render(
        "blocks/badge.html.j2",
        label=_label(judged),
        tone=_tone(judged["outcome"]),
        as_of=judged.get("as_of") or "",
    )


def _label(verdict: Mapping[str, Any]) -> str:
    return _sentence_case(verdict.get("label") or verdict["outcome"])


def _tone(outcome: str) -> str:
    return outcome.replace(" ", "-")


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _parts_table(parts: Sequence[Mapping[str, Any]]) -> Markup | None:
    if not parts:
        return None
    rows = [
        [
            part["claim"],
            _against(part),
            measure_text(part.get("measure") or {}),
            _sentence_case(part["outcome"]),
            part.get("reason") or "",
        ]
        for part in parts
    ]
    headings = ["Part of the statement", "Compared with", "Measured", "Outcome", "Why"]
    return plain_table("Each part of the statement, tested", headings, rows, id="parts").html


def _against(part: Mapping[str, Any]) -> str:
    comparator = part.get("comparator") or ""
    measure = part.get("comparator_measure") or {}
    return (
        f"{comparator}: {measure_text(measure)}" if is_known(measure.get("value")) else comparator
    )


def key_figures_block(figures: Sequence[Mapping[str, Any]]) -> Block:
    """Cards with a value, its interval, its counts and what it is compared with.

    A figure without a value says "not available" and gives its ``note`` as the reason.
    ``numerator_label`` and ``denominator_label`` name the counts, where given.
    """
    cards = [_card(figure) for figure in figures]
    text = "; ".join(f"{each['label']}: {measure_text(each)}" for each in figures)
    return Block("key_figures", render("blocks/key_figures.html.j2", cards=cards), text)


def _card(figure: Mapping[str, Any]) -> dict[str, Any]:
    known = is_known(figure.get("value"))
    return {
        "label": figure["label"],
        "value": _sentence_case(value_text(figure)),
        "known": known,
        "unit": unit_text(figure) if known else "",
        "interval": interval_text(figure) if known else "",
        "counts": _counts(figure) if known else "",
        "period": figure.get("period") or "",
        "note": figure.get("note") or "",
        "comparators": [_comparator(each) for each in figure.get("comparators") or []],
    }


def _counts(figure: Mapping[str, Any]) -> str:
    """``1,052 offences; 389,340 residents``, or as much of it as is known."""
    named = (("numerator", "numerator_label"), ("denominator", "denominator_label"))
    found = [
        f"{count_text(figure[count])} {figure.get(label) or ''}".strip()
        for count, label in named
        if is_known(figure.get(count))
    ]
    whole = (figure.get("unit") or "").startswith("%")
    return (" of " if whole else " among ").join(found)


def _comparator(measure: Mapping[str, Any]) -> dict[str, str]:
    known = is_known(measure.get("value"))
    return {
        "label": measure["label"],
        "value": value_text(measure),
        "interval": interval_text(measure) if known else "",
        "word": COMPARED.get(measure.get("comparison") or "", "") if known else "",
        "note": measure.get("note") or "",
    }


def changed_block(
    text: str | Sequence[str],
    rows: Sequence[Mapping[str, Any]] = (),
    *,
    before: str = "Before",
    now: str = "Now",
) -> Block:
    """What changed since last year: computed sentences and, where given, a small table.

    Parameters
    ----------
    text : str or list of str
        A sentence a change.
    rows : sequence of mapping
        ``label``, ``before``, ``now`` and ``change``, all text.
    before, now : str
        The two periods, which head the columns.
    """
    sentences = [text] if isinstance(text, str) else list(text)
    headings: list[str | Heading] = ["Measure", Heading(before, True), Heading(now, True), "Change"]
    table = plain_table(
        f"Change from {before} to {now}",
        headings,
        [[row["label"], row["before"], row["now"], row.get("change", "")] for row in rows],
    )
    html = render("blocks/changed.html.j2", sentences=sentences, table=table if rows else None)
    return Block("changed", html, " ".join(sentences))


def notice_block(kind: str, text: str) -> Block:
    """A sentence about what is not shown and why.

    Parameters
    ----------
    kind : str
        not_received, withheld, not_available, as_of or caution.
    text : str
        One computed sentence, or the catalogue's fixed one.
    """
    html = render("blocks/notice.html.j2", kind=kind, label=NOTICES[kind], text=text)
    return Block("notice", html, f"{NOTICES[kind]}: {text}")


def actions_block(rows: Sequence[Mapping[str, Any]], source: str = "") -> Block:
    """What the partnership does: each action with its owners, metrics and target date.

    Parameters
    ----------
    rows : sequence of mapping
        ``action``; ``owners`` and ``metrics`` as text or lists; ``target_date`` where set.
    source : str
        The document that lists the actions.
    """
    shown = [
        [
            row["action"],
            _listed(row.get("owners"), "not named"),
            _listed(row.get("metrics"), "none named"),
            row.get("target_date") or "not set",
        ]
        for row in rows
    ]
    headings = ["Action", "Owners", "Measured by", "Target date"]
    table = plain_table("Actions linked to this finding", headings, shown) if rows else None
    html = render("blocks/actions.html.j2", table=table, source=source)
    return Block("actions", html, f"{len(shown)} linked actions")


def _listed(value: str | Iterable[str] | None, otherwise: str) -> str:
    items = [value] if isinstance(value, str) else list(value or [])
    return "; ".join(item for item in items if item) or otherwise


def method_block(definition: Mapping[str, str | Sequence[str]]) -> Block:
    """Method and caveats under the headings that Fingertips uses, in their order.

    Parameters
    ----------
    definition : mapping of str to str or list of str
        Keys are ``METHOD_HEADINGS``, or others, which follow. A list becomes a list.
    """
    known = [heading for heading in METHOD_HEADINGS if heading in definition]
    others = [heading for heading in definition if heading not in METHOD_HEADINGS]
    rows = [(heading, _as_list(definition[heading])) for heading in [*known, *others]]
    text = "\n".join(f"{heading}: {' '.join(texts)}" for heading, texts in rows)
    return Block("method", render("blocks/method.html.j2", rows=rows), text)


def _as_list(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else [text for text in value if text]


def commentary_block(
    text: str, author: str, written: str, *, stale: bool = False, stale_reason: str = ""
) -> Block:
    """An analyst's signed words, flagged when the verdict they were written for has changed."""
    html = render(
        "blocks/commentary.html.j2",
        paragraphs=paragraphs(text),
        author=author,
        written=written,
        stale=stale,
        stale_reason=stale_reason,
    )
    return Block("commentary", html, f"{text} ({author}, {written})")


def made_block(
    receipts: Sequence[Mapping[str, Any]],
    parameters: Mapping[str, Any],
    *,
    edition: str = "public",
) -> Block:
    """Which files, received when, and which parameters made the page.

    Parameters
    ----------
    receipts : sequence of mapping
        ``source`` (its title), ``received``, ``covers`` and ``files`` (names).
    parameters : mapping
        Of the notebook.
    edition : str
        The public edition shows the year and the area only.
    """
    rows = [
        [
            receipt["source"],
            str(receipt["received"]),
            receipt.get("covers") or "",
            _listed(receipt.get("files"), ""),
        ]
        for receipt in receipts
    ]
    table = plain_table("Files received", ["Source", "Received", "Covers", "Files"], rows)
    shown = [
        (name.replace("_", " "), str(value))
        for name, value in parameters.items()
        if edition != "public" or name in PUBLIC_PARAMETERS
    ]
    html = render("blocks/made.html.j2", table=table if rows else None, parameters=shown)
    return Block("made", html, f"{len(rows)} receipts")
