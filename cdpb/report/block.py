"""One piece of a page, and how a notebook shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cdpb.marks import is_marking, marks_in, plain_values, unmarked
from cdpb.report.markup import lab_html, lab_style

BLOCK_MIME = "application/vnd.cdpb.block+json"


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
    marked : str
        The same with the marks of its numbers, for the scan.
    text : str
        What a console shows in its place.
    record : mapping, optional
        For a block of kind record: the finding, as saved.
    style : str
        Rules for this block alone, which the page moves to its head.
    """

    kind: str
    html: str
    text: str
    record: Mapping[str, Any] | None = None
    style: str = ""
    marked: str = field(default="", init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "marked", self.html)
        for name in ("html", "text", "style"):
            object.__setattr__(self, name, unmarked(getattr(self, name)))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """For JupyterLab the styled HTML; for the page the bare block."""
        if self.kind == "record":
            return {BLOCK_MIME: {"kind": "record", "record": self.record}, "text/plain": self.text}
        return {
            BLOCK_MIME: {
                "kind": self.kind,
                "html": str(self.html),
                "style": str(self.style),
                **self._for_the_scan(),
            },
            "text/html": f'{lab_style(self.style)}<div class="cdpb">{lab_html(self.html)}</div>',
            "text/plain": self.text,
        }

    def _for_the_scan(self) -> dict[str, Any]:
        """Its markup with marks, and what they say; nothing where nobody asked for marks."""
        if not is_marking():
            return {}
        return {"marked": str(self.marked), "marks": marks_in(self.marked)}


def record_block(record: Mapping[str, Any]) -> Block:
    """The finding's record: shows nothing, and names the page."""
    return Block("record", "", f"{record['title']}: saved.", plain_values(record))
