"""What a partnership said later, each claim with what the data say of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from cdpb.report.answer import verdict_badge
from cdpb.report.block import Block
from cdpb.report.changed import history_text
from cdpb.report.markup import render


def claims_block(claims: Sequence[Mapping[str, Any]]) -> Block:
    """Claims that stand beside a finding's statement, each tested by itself.

    Parameters
    ----------
    claims : sequence of mapping
        As in a finding's record: ``text``, ``made``, ``document`` and ``verdict``.
    """
    shown = [_shown(claim) for claim in claims]
    text = "; ".join(f"{each['text']} [{each['verdict']['label']}]" for each in claims)
    return Block("claims", render("blocks/claims.html.j2", claims=shown), text)


def _shown(claim: Mapping[str, Any]) -> dict[str, Any]:
    parts = [
        {**part, "outcome": part["outcome"].capitalize()} for part in claim["verdict"]["parts"]
    ]
    history = claim.get("history") or []
    by_year = history_text(history) if len(history) > 1 else ""
    badge = verdict_badge(claim["verdict"])
    return {**claim, "badge": badge, "parts": parts, "by_year": by_year}
