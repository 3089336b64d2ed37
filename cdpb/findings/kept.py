"""What a finding keeps for the top of the page and for its record: key figures, figures."""

from dataclasses import dataclass
from typing import Any

from cdpb.findings.trace import Taken
from cdpb.statistics.comparison import compare_measures
from cdpb.statistics.measure import Measure

# Of what is held here: a publisher may well have newer figures (`published_since`).
LATEST = "the latest held"
OF_BOTH = "the latest year that both sources hold"


@dataclass(frozen=True)
class KeyFigure:
    """One of the few numbers a reader takes away, and what it stands beside."""

    id: str
    label: str
    measure: Measure
    comparators: tuple[Measure, ...] = ()
    note: str = ""
    origins: tuple[Taken | None, ...] = ()
    taken: Measure | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, each comparator with how the figure compares with it."""
        beside = [
            {**each.to_dict(), "comparison": _comparison(self.measure, each)}
            for each in self.comparators
        ]
        note = self.note or self.measure.note
        return {
            **self.measure.to_dict(),
            "id": self.id,
            "label": self.label,
            "note": note,
            "comparators": beside,
        }


def _comparison(measure: Measure, with_: Measure) -> str:
    known = measure.known and with_.known and measure.lower is not None
    return compare_measures(measure, with_) if known else "not compared"


@dataclass(frozen=True)
class FigureRecord:
    """What a figure says, in words."""

    id: str
    number: int
    title: str
    subtitle: str
    alt: str
    table: str
