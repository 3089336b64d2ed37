"""Rows that a file of offences lacks: zeros that it leaves out, or a part that was lost.

And tables with a row for each of a publisher's kinds, of which ours are sums.
"""

import numpy as np
import pandas as pd

from cdpb import areas
from cdpb.errors import FileError
from cdpb.loaders.checks import A_YEAR
from cdpb.loaders.counts import ROW, refuse_repeats
from cdpb.loaders.files import TextTable
from cdpb.loaders.headers import plain, short
from cdpb.loaders.places import refuse_blank
from cdpb.partner_returns import Everywhere, Indicators
from cdpb.periods import FinancialYear

NEIGHBOURS = 3
PART_EMPTY = 1 / 5
# In a year hardly one ward in twenty is without trafficking, and they don't lie side by side.
MANY = 5


def of_whole_year(table: pd.DataFrame, year: str | None) -> pd.DataFrame:
    """The rows of one financial year, or none if a month of it is absent; all without a year."""
    if year is None:
        return table
    wanted = FinancialYear.parse(year).months
    if not wanted.isin(table["month"].unique()).all():
        return table.iloc[:0]
    return table[table["month"].isin(wanted)]


def without_part_months(counted: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    """Leave out a first month that is nearly empty; refuse a nearly empty month elsewhere.

    A month is nearly empty when its total is under a fifth of the median of its neighbours, up
    to three on each side. A file drawn early in a month can begin or end with such a month.
    """
    totals = counted.groupby("month", observed=True)["offences"].sum().sort_index()
    counts = totals.to_numpy(dtype=float)
    usual = [median_beside(counts, place) for place in range(len(counts))]
    thin = list(totals.index[counts < PART_EMPTY * np.array(usual)])
    if later := [month for month in thin if month != totals.index[0]]:
        raise FileError(
            f"This file: the month {later[0]} is nearly empty.",
            "Its total is under a fifth of the median of the months beside it.",
            "Such a month is not complete. Take a file published later.",
        )
    first = counted["month"].isin(thin)
    table.record("dropped", first, f"the first month, {totals.index[0]}, is nearly empty")
    return counted[~first]


def median_beside(totals: np.ndarray, place: int) -> float:
    """The median of up to three months on each side of one; not a number where there are none."""
    before = totals[max(place - NEIGHBOURS, 0) : place]
    beside = np.concatenate([before, totals[place + 1 : place + 1 + NEIGHBOURS]])
    return float(np.median(beside)) if len(beside) else np.nan


def with_zeros(
    counted: pd.DataFrame, key: str, places: list[str], offences: list[str], table: TextTable
) -> pd.DataFrame:
    """A row for every place, month of the file and offence; the source leaves out zeros."""
    months = pd.PeriodIndex(sorted(counted["month"].unique()), freq="M")
    whole = pd.MultiIndex.from_product([places, months, offences], names=[key, "month", "offence"])
    counts = counted.set_index([key, "month", "offence"])["offences"].reindex(whole)
    table.record("filled", counts.isna(), "no row in the file: no offence, 0")
    return counts.fillna(0).astype("int64").reset_index()


def refuse_absent_wards(codes: pd.Series, wards: pd.DataFrame, whole_file: bool) -> None:
    """Refuse to fill zeros for places that the file can't know.

    A file that lists all offences has a row for every ward. One that lists drug offences alone
    may lack a ward, but hardly a whole borough.
    """
    absent = wards[~wards.index.isin(codes)]
    if not whole_file:
        present = wards.loc[wards.index.isin(codes), "borough_code"]
        absent = absent[~absent["borough_code"].isin(present)]
    if len(absent):
        first = absent["ward_name"].head(3)
        named = ", ".join(f"{short(name)} ({code})" for code, name in first.items())
        raise FileError(
            f"This file has no row for {len(absent)} of the {len(wards)} wards.",
            f"First: {named}.",
            "A ward that a file does not know has not 0 offences.",
            "Take the whole file as published.",
        )


def refuse_absent_boroughs(codes: set[str], boroughs: pd.DataFrame) -> None:
    """Refuse to fill zeros for a borough that the file never names."""
    absent = boroughs.loc[~boroughs["area_code"].isin(codes), "area_name"]
    if len(absent):
        raise FileError(
            f"This file lacks {len(absent)} of the {len(boroughs)} boroughs.",
            f"First: {', '.join(absent.head(3))}.",
            "A borough that is not in the file is not a borough without offences.",
        )


def refuse_absent_months(counted: pd.DataFrame, boroughs: pd.DataFrame) -> None:
    """A ward may have a month without a drug offence; a borough never had one."""
    found = counted[["area_code", "month"]].drop_duplicates()
    months = found.groupby("area_code", observed=True)["month"].nunique()
    lacking = months[months < found["month"].nunique()]
    if len(lacking):
        name = boroughs.set_index("area_code")["area_name"][lacking.index[0]]
        raise FileError(
            f"This file lacks months of {len(lacking)} of the {len(boroughs)} boroughs.",
            f"First: {name}.",
            "A month without a row is not a month without offences in a borough.",
            "Take the whole file.",
        )


def refuse_if_cut(counted: pd.DataFrame, order: pd.Series, key: str, borough_of: pd.Series) -> None:
    """Stop before zeros are filled in that a whole file can't have left out.

    That is, if over a whole year a borough, or each of many places at the end of the file, has no
    row of an offence.

    Parameters
    ----------
    counted : pandas.DataFrame
        With ``key``, the column of places, ``month`` and ``offence``: the rows of the file.
    order : pandas.Series
        Every place of the file, in the order in which it first names them.
    borough_of : pandas.Series
        The borough of each place.
    """
    if counted["month"].nunique() < A_YEAR:
        return
    for offence, rows in counted.groupby("offence"):
        there = set(rows[key].unique())
        without = sorted(set(borough_of) - set(borough_of[borough_of.index.isin(there)]))
        last = max((at for at, place in enumerate(order) if place in there), default=-1)
        at_the_end = list(order)[last + 1 :]
        if without or len(at_the_end) >= MANY:
            raise FileError(
                f"This file has no row of {offence} over a whole year where there must be some.",
                f"First without: {short((without or at_the_end)[0])}.",
                "That is no zero: the file was perhaps cut short at a row's end.",
                "Take the whole file as published.",
            )


def in_our_indicators(rows: pd.DataFrame, what: Indicators) -> pd.DataFrame:
    """A row for each of our indicators that a kind of the publisher's is added to."""
    kinds = {plain(kind): ours for kind, ours in what.published_as.kinds.items()}
    written = {kind: plain(kind) for kind in rows["indicator"].unique()}
    if strange := [kind for kind, name in written.items() if name not in kinds]:
        raise FileError(
            f"This file holds a kind not met before: {strange[0][:40]!r}.",
            "Left out, it would be read as none.",
            f"Add it to `kinds` of {what.source_id} in data/sources.yml, with the indicators",
            "that it is added to, or with [] where it is none of them.",
        )
    about = [str(name) for name in rows if name not in ("value", ROW)]
    refuse_blank(rows, rows["value"] == "", "figure", about)
    refuse_repeats(rows, about)
    rows = rows.assign(**{ROW: rows.get(ROW, rows.index)})
    if everywhere := what.published_as.everywhere:
        rows = _with_everywhere(rows, everywhere)
    ours = rows["indicator"].map({kind: list(kinds[name]) for kind, name in written.items()})
    return rows.assign(indicator=ours).explode("indicator", ignore_index=True).dropna()


def _with_everywhere(rows: pd.DataFrame, everywhere: Everywhere) -> pd.DataFrame:
    """The rows of places that are areas of their own, and all that the whole is the sum of."""
    labels = rows[everywhere.column].map(plain)
    own = rows[labels.isin([plain(label) for label in everywhere.areas_of])]
    whole = rows[~labels.isin([plain(label) for label in everywhere.but])]
    whole = whole.assign(area_code=everywhere.area_code, area_name="")
    return pd.concat([own.assign(area_code=""), whole], ignore_index=True)


def added_up(found: pd.DataFrame, what: Indicators, table: TextTable) -> pd.DataFrame:
    """One figure per area, period and indicator, of rows of the publisher's kinds.

    Such a file lists what happened: an area of it without a row of an indicator had none.
    """
    boroughs = areas.boroughs()
    refuse_absent_boroughs(set(found["area_code"]), boroughs)
    if what.period == "month":
        found = _whole_months(found, boroughs, table)
    by = ["area_code", "area_name", what.period]
    sums = found.groupby([*by, "indicator"])["value"].sum().unstack()
    table.record("filled", int(sums.isna().to_numpy().sum()), "no row in the file: none, 0")
    whole = sums.fillna(0).reset_index().melt(by, var_name="indicator").assign(mark="")
    began = [what.published_as.began.get(name, "") for name in whole["indicator"]]
    early = whole[what.period].astype(str) < began
    table.record("dropped", early, "figures from before they can be compared")
    return whole[~early].sort_values([what.period, "area_code"], kind="stable", ignore_index=True)


def _whole_months(found: pd.DataFrame, boroughs: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    """Without a first month that is nearly empty; a file that was cut short is refused."""
    ours = {"value": "offences", "indicator": "offence"}
    counted, codes = found.rename(columns=ours), boroughs.set_index("area_code").index.to_series()
    refuse_if_cut(counted, codes, "area_code", codes)
    whole = without_part_months(counted, table)
    return whole.rename(columns={theirs: own for own, theirs in ours.items()})
