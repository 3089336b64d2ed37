"""For each number that a page leads with or judges by, the cell of a table it stands in."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cdpb.disclosure.published import PublishedTable
from cdpb.findings.kept import KeyFigure
from cdpb.findings.trace import Taken
from cdpb.statistics.measure import Measure


def figure_origins(
    figures: Iterable[KeyFigure], shown: Mapping[str, PublishedTable]
) -> list[dict[str, Any]]:
    """A row a key figure, and one for each that it stands beside."""
    rows = [
        (figure.id, measure, taken or computed_from(measure, shown))
        for figure in figures
        for measure, taken in zip(
            (figure.measure, *figure.comparators), figure.origins, strict=False
        )
    ]
    return [
        {"key_figure": id, "label": measure.label, **origin.to_dict()}
        for id, measure, origin in rows
        if origin is not None
    ]


def computed_from(measure: Measure, shown: Mapping[str, PublishedTable]) -> Taken | None:
    """The published table whose rows a measure was computed from that is no cell of one."""
    tables = [id for id, each in shown.items() if each.source_ids[0] == measure.source]
    return Taken(tables[0], "", ()) if tables and measure.known else None


def part_origins(
    part_id: str, evidence: Iterable[Any], taken_from: Callable[[Measure], Taken | None]
) -> list[dict[str, Any]]:
    """A row for each measure or table that a part of a statement was tested with.

    Parameters
    ----------
    part_id : str
    evidence : iterable
        Measures and published tables, as the notebook gave them. A table stands whole, without
        column or row. What is not known has no row, nor has a number of the statement itself.
    taken_from : callable
        The cell that a measure was taken from.
    """
    rows = [(each, _origin(each, taken_from)) for each in evidence]
    return [
        {"part": part_id, "label": _label(each), **origin.to_dict()}
        for each, origin in rows
        if origin is not None
    ]


def _origin(each: Any, taken_from: Callable[[Measure], Taken | None]) -> Taken | None:
    if isinstance(each, PublishedTable):
        return Taken(each.id, "", ())
    return taken_from(each) if isinstance(each, Measure) and each.known else None


def _label(each: Any) -> str:
    return each.title if isinstance(each, PublishedTable) else str(each.label)
