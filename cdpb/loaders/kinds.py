"""Tables with a row for each of a publisher's kinds, of which ours are sums."""

import pandas as pd

from cdpb import areas
from cdpb.errors import FileError
from cdpb.loaders import completeness
from cdpb.loaders.counts import ROW, refuse_repeats
from cdpb.loaders.files import TextTable
from cdpb.loaders.headers import plain
from cdpb.loaders.places import refuse_blank
from cdpb.partner_returns import Everywhere, Indicators


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
    completeness.refuse_absent_boroughs(set(found["area_code"]), boroughs)
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
    completeness.refuse_if_cut(counted, codes, "area_code", codes)
    whole = completeness.without_part_months(counted, table)
    return whole.rename(columns={theirs: own for own, theirs in ours.items()})
