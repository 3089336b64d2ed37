"""What the partnership's documents say in figures: their word, which nothing here computed."""

from collections.abc import Collection, Sequence
from dataclasses import MISSING, asdict, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path

import pandas as pd

from cdpb import paths, statistics
from cdpb.build import Build
from cdpb.csv_files import list_rows
from cdpb.errors import InputError
from cdpb.file_contents import bytes_of
from cdpb.steps import first_step

FEWER, SMALLEST_SHOWN = "fewer than 5", 5
PAIR = 2


@dataclass(frozen=True)
class Quote:
    """One figure as a document gives it.

    Attributes
    ----------
    quote_id, area_code : str
        Its id in ``data/quoted_figures.csv``, and whose document it stands in.
    document, what, period : str
        Where it stands, what it is of, and when.
    value, counts : str
        The figure, and what it counts where it is a count.
    named_source : str
        Where the document says it is from.
    access : str
        As of a source: a restricted one is shown to partners alone.
    can_check : str
        ``yes``, ``no`` or ``in part``: whether the figures received could show the same.
    note : str
        What to bear in mind.
    agreed : bool
        Whether a signed exception lets it be shown however small it is.
    """

    quote_id: str
    area_code: str
    document: str
    what: str
    period: str
    value: str
    counts: str
    named_source: str
    access: str
    can_check: str
    note: str
    agreed: bool = False

    @property
    def number(self) -> int | None:
        """The count, where one is quoted that may be shown."""
        counted = self.counts and self.value.isdecimal()
        return int(self.value) if counted and self.shown.startswith(self.value) else None

    @property
    def shown(self) -> str:
        """The figure as a reader sees it: a count of 1 to 4 as ``fewer than 5``."""
        if not self.value.isdecimal():
            return f"{self.value} {self.counts}".strip()
        small = 0 < int(self.value) < SMALLEST_SHOWN and not self.agreed
        return f"{FEWER if small and self.counts else self.value} {self.counts}".strip()

    def to_dict(self) -> dict[str, str]:
        """Plain values for a record, the figure as it is shown."""
        told = {name: value for name, value in asdict(self).items() if name != "agreed"}
        return {**told, "value": self.shown}


def quotes_of(area: str, *ids: str, build: Build, agreed: Collection[str] = ()) -> list[Quote]:
    """The named figures of an area's documents that the edition may show, in the order named.

    Parameters
    ----------
    area : str
        GSS code.
    *ids : str
        As in ``data/quoted_figures.csv``.
    build : Build
        A restricted figure is for the partnership edition alone.
    agreed : collection of str
        Ids of those that a signed exception lets be shown however small they are.

    Raises
    ------
    InputError
        If an id is not in ``data/quoted_figures.csv``.
    """
    path = paths.data_folder() / "quoted_figures.csv"
    known = _quotes(path, bytes_of(path))
    strangers = [each for each in ids if each not in known]
    if strangers:
        raise InputError(
            f"data/quoted_figures.csv has no figure {strangers[0]!r}.",
            f"It has {len(known)}, from {next(iter(known))} on.",
        )
    own = [known[each] for each in ids if known[each].area_code == area]
    chosen = [replace(each, agreed=each.quote_id in agreed) for each in own]
    return [each for each in chosen if build.permits(each.access)]


def all_quotes(area: str, build: Build) -> list[Quote]:
    """Every figure of an area's documents that the edition may show; none where no file is."""
    path = paths.data_folder() / "quoted_figures.csv"
    known = _quotes(path, bytes_of(path)) if path.is_file() else {}
    own = [each for each in known.values() if each.area_code == area]
    return [each for each in own if build.permits(each.access)]


@lru_cache(maxsize=8)
def _quotes(path: Path, _content: bytes) -> dict[str, Quote]:
    columns = [each.name for each in fields(Quote) if each.default is MISSING]
    rows = list_rows(path, *columns)
    named = [{name: row[name] for name in columns} for row in rows]
    return {row["quote_id"]: Quote(**row) for row in named}  # type: ignore[arg-type]


def quoted_ratio(quotes: Sequence[Quote]) -> pd.DataFrame:
    """The later of two quoted counts over the earlier, with exact limits and p value.

    Parameters
    ----------
    quotes : sequence of Quote
        The later one first.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``deaths``, ``previous_year``, ``deaths_before``, ``rate_ratio``,
        ``ratio_lower`` and ``ratio_upper``; no row unless both are counts that may be shown.
    """
    numbers = [each.number for each in quotes]
    rows = []
    if len(quotes) == PAIR and None not in numbers:
        found = statistics.two_counts(*numbers)  # type: ignore[arg-type]
        limits = [found[name] for name in ("ratio", "lower", "upper")]
        later, earlier = quotes
        rows = [[later.period, numbers[0], earlier.period, numbers[1], *limits]]
    names = ["year", "deaths", "previous_year", "deaths_before"]
    table = pd.DataFrame(rows, columns=[*names, "rate_ratio", "ratio_lower", "ratio_upper"])
    made_by = first_step(table.columns)
    table.attrs = {"source": "quoted_figures", "value": "rate_ratio", "unit": "times", **made_by}
    return table
