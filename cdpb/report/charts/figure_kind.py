"""What every kind of figure is: a drawing, its description in words, and the table behind it."""

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from typing import Any, ClassVar, Self

import pandas as pd

from cdpb.disclosure.published import PublishedTable
from cdpb.errors import InputError
from cdpb.report.charts.canvas import DrawnTwice
from cdpb.report.charts.chart_data import chart_rows, optional


@dataclass(frozen=True, kw_only=True)
class FigureKind:
    """A kind of figure with its options: columns of a published table, and how to show them.

    Attributes
    ----------
    name : str
        What ``finding.chart`` calls it.
    """

    name: ClassVar[str]
    # Whether a time axis shows the area's events unless it is told otherwise.
    with_events: ClassVar[bool] = False

    @classmethod
    def of(cls, **options: Any) -> Self:
        """The kind with these options.

        Raises
        ------
        InputError
            If one is lacking, or there is no such option; with the closest.
        """
        known = {each.name: each.default is MISSING for each in fields(cls)}
        lacking = [option for option, needed in known.items() if needed and option not in options]
        if lacking:
            raise InputError(
                f"A figure of kind {cls.name!r} needs {lacking[0]!r}.",
                f"It has: {', '.join(known)}.",
            )
        strange = [option for option in options if option not in known]
        if strange:
            near = get_close_matches(strange[0], known, n=1)
            raise InputError(
                f"A figure of kind {cls.name!r} has no option {strange[0]!r}.",
                f"Did you mean {near[0]}?" if near else f"It has: {', '.join(known)}.",
            )
        return cls(**options)

    def draw(self, shown: PublishedTable, prefix: str = "figure") -> DrawnTwice | str | None:
        """The drawing, whose ids begin with ``prefix``; None when no value is published."""
        raise NotImplementedError

    def describe(self, shown: PublishedTable) -> str:
        """What the drawing shows, with numbers; nothing when no value is published."""
        raise NotImplementedError

    def measured(self, shown: PublishedTable) -> str:
        """What is measured, for the line beneath the title; by default what the table says."""
        return getattr(self, "axis", "")

    def behind(self, shown: PublishedTable) -> dict[str, Any]:
        """How the table behind it is shown: ``focus``, ``columns`` and ``spread`` of `Anatomy`."""
        focus = getattr(self, "focus", None)
        return {"focus": focus} if focus else {}

    @property
    def lacks_focus(self) -> bool:
        """Whether it shows the focus ward alone, and none is named."""
        return False

    def rows(
        self, shown: PublishedTable, *columns: str, may: Sequence[str] = (), **named: str
    ) -> pd.DataFrame:
        """A table's rows as `chart_rows` gives them, each column under its option's name.

        Parameters
        ----------
        columns : str
            Options that name a column.
        may : sequence of str
            Options whose column may be absent.
        named : str
            Columns under other names.
        """
        of = {option: getattr(self, option) for option in columns}
        found = {option: optional(shown, getattr(self, option)) for option in may}
        return chart_rows(shown, **of, **found, **named)
