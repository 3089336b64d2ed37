"""The badge of a headline against the record, and the labels of a map against its table."""

from collections.abc import Iterator, Mapping
from typing import Any

from cdpb.numbers import capital
from cdpb.report.html_tree import Element, read_document
from cdpb.report.maps.key import STAR
from cdpb.runner.gates.written import Rows

TO_ROW = "#row-"
BADGE = "a verdict that is not the record's"
LABEL = "a label that its table does not have for that place"


def wrong_badges(html: str, record: Mapping[str, Any]) -> Iterator[str]:
    """The badges of a headline that say another verdict than the record."""
    label = (record.get("verdict") or {}).get("label") or ""
    for each in read_document(html).root.all("span"):
        if "verdict" in each.get("class").split():
            said = each.text.removeprefix("Verdict:").strip()
            if said != capital(label):
                yield f"<span> verdict: {BADGE}"


def wrong_map_labels(
    html: str, record: Mapping[str, Any], tables: Mapping[str, Rows]
) -> Iterator[str]:
    """The places of a map whose name or rank is not that of the row they lead to."""
    drawn = read_document(html).root
    ids = {figure.get("id") for figure in drawn.all("figure")}
    of = {figure["table"] for figure in record.get("figures", []) if figure["id"] in ids}
    files = (table["file"] for table in record.get("tables", []) if table["id"] in of)
    rows = [row for name in files for row in tables[name]]
    for link in drawn.all("a"):
        code = link.get("href").removeprefix(TO_ROW)
        if link.get("href").startswith(TO_ROW):
            row = next((row for row in rows if code in row.values()), {})
            if not _is_labelled(link, row):
                yield f"<a> to row {code}: {LABEL}"


def _is_labelled(link: Element, row: Mapping[str, str]) -> bool:
    name, *parts = link.get("aria-label").split(", ")
    ranks = [part.removeprefix("rank ") for part in parts if part.startswith("rank ")]
    drawn = [text.text.removesuffix(STAR) for text in link.all("text")]
    if ranks and "rank" in row:
        return name in row.values() and ranks == drawn == [row["rank"]]
    return name in row.values()
