"""A finding: the tables, figures, key figures and verdict of one notebook, kept as they arise."""

from cdpb.findings.record import FindingRecord
from cdpb.findings.trace import LATEST, FigureRecord, KeyFigure
from cdpb.findings.years import Years

__all__ = ["LATEST", "FigureRecord", "FindingRecord", "KeyFigure", "Years"]
