"""Returns with several counts a row, as one count a row: people or schools in one kind each.

The gate protects one column of counts a source, in rows that nobody stands in twice. So what
is counted among something else (people with a need, among all who start) becomes what is left
over as well (people without). Where the sender hides a count, what is left over is missing like
the count: the one would give the other.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from cdpb.loaders.harm import naloxone
from cdpb.loaders.justice import continuity_of_care
from cdpb.loaders.prevention import schools
from cdpb.loaders.treatment import disadvantage_overlap, mental_health_need

YES, NO = "yes", "no"
QUARTER_OF_YEAR = " Q"


@dataclass(frozen=True)
class Kind:
    """One kind: its labels, the column that counts it, and the one whose cases are left out."""

    labels: tuple[str, ...]
    column: str
    without: str = ""


@dataclass(frozen=True)
class ByKind:
    """How a return is put into one count a row.

    Attributes
    ----------
    load : callable
        Gives its table, for one area or all.
    about : tuple of str
        The columns that each kind has alike.
    names : tuple of str
        The columns of labels.
    """

    load: Callable[[str | None], pd.DataFrame]
    about: tuple[str, ...]
    names: tuple[str, ...]
    count: str
    kinds: tuple[Kind, ...]

    def stacked(self, area: str | None = None) -> pd.DataFrame:
        """Its table with a row a kind."""
        table = self.load(area)
        wide = table
        if "quarter" in table:
            years = table["quarter"].str.split(QUARTER_OF_YEAR).str[0].astype("str")
            wide = table.assign(year=years)
        parts = [
            wide[list(self.about)].assign(
                **dict(zip(self.names, kind.labels, strict=True)), **{self.count: _of(kind, wide)}
            )
            for kind in self.kinds
        ]
        stacked = pd.concat(parts, ignore_index=True)
        stacked.attrs = {"source": table.attrs.get("source", "")}
        return stacked

    def as_returned(self, stacked: pd.DataFrame) -> dict[str, pd.Series]:
        """The other way round: the columns of counts of its table, as these rows make them."""
        length = len(stacked) // len(self.kinds)
        counted = {
            kind.column: stacked[self.count].iloc[at * length :].head(length).reset_index(drop=True)
            for at, kind in enumerate(self.kinds)
        }
        without = {kind.column: kind.without for kind in self.kinds}

        def whole(column: str) -> pd.Series:
            own = counted[column]
            return own + whole(without[column]) if without[column] else own

        return {column: whole(column) for column in counted}


def _of(kind: Kind, wide: pd.DataFrame) -> pd.Series:
    return wide[kind.column] - wide[kind.without] if kind.without else wide[kind.column]


BY_KIND = {
    "mental_health_need": ByKind(
        mental_health_need,
        ("area_code", "year", "group"),
        ("need", "treated"),
        "persons",
        (
            Kind((NO, NO), "starting", "need"),
            Kind((YES, NO), "need", "receiving"),
            Kind((YES, YES), "receiving"),
        ),
    ),
    "disadvantage_overlap": ByKind(
        disadvantage_overlap,
        ("area_code", "year", "homeless", "mental_health", "criminal_justice"),
        (),
        "persons",
        (Kind((), "people"),),
    ),
    "schools": ByKind(
        schools,
        ("area_code", "year", "setting"),
        ("measure", "reached"),
        "counted",
        (
            Kind(("schools", YES), "schools"),
            Kind(("schools", NO), "schools_total", "schools"),
            Kind(("referrals", "not applicable"), "referrals"),
        ),
    ),
    "continuity_of_care": ByKind(
        continuity_of_care,
        ("area_code", "year"),
        ("picked_up",),
        "released",
        (Kind((YES,), "picked_up"), Kind((NO,), "released", "picked_up")),
    ),
    "naloxone": ByKind(
        naloxone,
        ("area_code", "year", "quarter"),
        ("holding",),
        "persons",
        (Kind((YES,), "holding"), Kind((NO,), "users", "holding")),
    ),
}


def people_by_mental_health_need(area: str | None = None) -> pd.DataFrame:
    """People starting treatment by mental health need, and by whether it was treated.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, group, need, treated, persons``; ``need`` and ``treated`` are yes or no,
        and each person is in one row.
    """
    return BY_KIND["mental_health_need"].stacked(area)


def people_by_disadvantage(area: str | None = None) -> pd.DataFrame:
    """Adults starting treatment by the disadvantages they met it with.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, homeless, mental_health, criminal_justice, persons``; yes or no each.
    """
    return BY_KIND["disadvantage_overlap"].stacked(area)


def schools_by_reach(area: str | None = None) -> pd.DataFrame:
    """Schools worked with and not, and referrals from education, a row a kind.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, setting, measure, reached, counted``; ``measure`` is schools (``reached``
        yes or no) or referrals (``reached`` is not applicable).
    """
    return BY_KIND["schools"].stacked(area)


def releases_by_care(area: str | None = None) -> pd.DataFrame:
    """People released from prison in need of treatment, by whether a service picked them up.

    Restricted: the partnership edition alone.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, picked_up, released``; ``picked_up`` is yes or no.
    """
    return BY_KIND["continuity_of_care"].stacked(area)


def naloxone_by_holding(area: str | None = None) -> pd.DataFrame:
    """Heroin users in the service by whether they hold naloxone, quarter by quarter.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all that is held when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, year, quarter, holding, persons``; ``holding`` is yes or no.
    """
    return BY_KIND["naloxone"].stacked(area)
