"""Sentences and statistics of licensed premises and of alcohol harm by ward."""

from typing import Any

import geopandas as gpd
import pandas as pd

from cdpb import say
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, interval_text, rate_text, within_sentence
from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.measure import HIDDEN, Measure

OF_WARDS_ONLY = (
    "These are figures of wards, not of people. People drink and buy alcohol outside the ward they "
    "live in, wards differ in age, and whether premises cause harm can't be told from them."
)
NO_FUNNEL_OF_PREMISES = (
    "No limits of chance are drawn for premises: each is on a register because the council decided "
    "so, and high streets serve those who live elsewhere. Admissions are events among residents."
)
NO_ADMISSIONS = "No ward can stand out where no admissions by ward are held."
DENSITIES = ["ward_name", "premises", "rate_per_1000", "per_km2"]
HIDDEN_HERE = "hidden to protect small counts"
NOT_SAID = "whether the two go together can't be said"
# The national grid: metres, so that an area is in square metres.
NATIONAL_GRID, PER_KM2 = 27700, 1_000_000


def headline(
    premises: Measure,
    densities: Measure,
    together: PublishedTable,
    area: str,
    period: str,
    admissions: PublishedTable | None = None,
) -> str:
    """The finding in one sentence: how dense premises are, and whether harm goes with them."""
    if HIDDEN in (premises.note, densities.note):
        return f"{say.possessive(area)} licensed premises are {HIDDEN_HERE}, so {NOT_SAID}."
    if premises.value is None or densities.value is None:
        return (
            f"Neither the licensed premises nor the alcohol-specific admissions of "
            f"{say.possessive(area)} wards have been received, so {NOT_SAID}."
        )
    # Admissions that came and are not given together with premises are hidden.
    hidden = f"admissions by ward are {HIDDEN_HERE}, so " if admissions else ""
    return (
        f"In {period}, {area} had {rate_text(premises.value)} premises licensed to sell alcohol "
        f"per 1,000 residents, {rate_text(densities.value)} per square kilometre; "
        f"{within_sentence(together_title(together)) or hidden + NOT_SAID}."
    )


def _how(row: Any) -> str:
    if row["correlation_lower"] <= 0 <= row["correlation_upper"]:
        return "are not shown to have more"
    return f"have {'more' if row['correlation_lower'] > 0 else 'fewer'}"


@say.of_rows
def premises_title(premises: PublishedTable, area: str) -> str:
    """Where premises stand densest for the people who live there, and where least."""
    start = f"Premises per 1,000 residents in {say.possessive(area)} wards"
    ranked = [row for row in say.rows_of(premises) if row["rank"] is not None]
    if not ranked:
        return f"{start}: none is shown"
    ranked.sort(key=lambda row: row["rank"])
    most, least = (
        f"{row['ward_name']} ({rate_text(row['rate_per_1000'])})" for row in (ranked[0], ranked[-1])
    )
    return f"{start}: most in {most}{f', fewest in {least}' if len(ranked) > 1 else ''}"


def admissions_title(admissions: PublishedTable, area: str) -> str:
    """Which ward has the highest rate that is shown, beside the borough's."""
    top = say.row_where(admissions, rank=1)
    if top is None:
        return ""
    rate = say.with_limits(top["rate_per_100000"], top["lower"], top["upper"], 1)
    return (
        f"Of {say.possessive(area)} wards, {top['ward_name']} has the highest rate of admissions "
        f"shown: {rate} per 100,000 residents"
    )


@say.of_rows
def admissions_map_title(admissions: PublishedTable, area: str) -> str:
    """How many of the wards that are shown stand above and below the borough."""
    sides = [each for each in admissions.values_of("compared_with_area") if each is not MASKED]
    counts = say.sides_text(sides)
    return f"Against {area}'s rate, of {count_text(len(sides))} wards shown {counts}"


@say.of_rows
def left_out_sentence(admissions: PublishedTable) -> str:
    """How many wards can't be placed among the others, because their admissions are hidden."""
    hidden = sum(value is MASKED for value in admissions.values_of("admissions"))
    ward, are = ("ward", "is") if hidden == 1 else ("wards", "are")
    if not hidden:
        return ""
    return f"{count_text(hidden)} {ward}, whose admissions are {HIDDEN_HERE}, {are} left out here."


@say.of_rows
def admissions_tipping_title(tipping: PublishedTable, area: str) -> str:
    """Which ward's comparison would change first, were the residents counted wrongly, and last."""
    first, *others = sorted(say.rows_of(tipping), key=lambda row: abs(row["residents_change"]))
    last = others[-1] if others else first
    near, far = (say.more_or_fewer(row["residents_change"]) for row in (first, last))
    only = f", {say.possessive(last['ward_name'])} only with {far}" if others else ""
    ward = "ward shown differs" if not others else "wards shown differ"
    return (
        f"{count_text(len(tipping))} {ward} from {area}. With {near} residents than in 2021 "
        f"{say.possessive(first['ward_name'])} difference would be gone{only}"
    )


@say.of_rows
def together_title(together: PublishedTable) -> str:
    """Whether wards with more premises have more admissions, whatever the hidden ones have."""
    (row,) = say.rows_of(together)
    hidden = ", whatever those that are hidden may have" if row["hidden"] else ""
    return f"Wards with more premises {_how(row)} alcohol-specific admissions{hidden}"


@say.of_rows
def together_sentence(together: PublishedTable) -> str:
    """What the rank correlation may be over all wards, and what it can say."""
    (row,) = say.rows_of(together)
    found, hidden, widest = rate_text(row["correlation_lowest"], 2), "", ""
    limits = interval_text(row["correlation_lower"], row["correlation_upper"], 2)
    if row["hidden"]:
        found = f"between {found} and {rate_text(row['correlation_highest'], 2)}"
        hidden = f", {count_text(row['hidden'])} of them hidden,"
        widest = ", the widest of all that the hidden wards may have"
    return (
        f"Over {count_text(row['wards'])} wards{hidden} the rank correlation of premises and "
        f"admissions, each to residents, is {found} (95% limits {limits}{widest}); 1 would be the "
        "same order, 0 none."
    )


@say.of_rows
def licensing_changed(history: PublishedTable) -> str:
    """Premises in the year before and in the latest."""
    before, after = [None, *say.rows_of(history, by="year")][-2:]
    if before is None or before["premises"] is None or after["premises"] is None:
        return ""
    return (
        f"Premises licensed to sell alcohol went from {count_text(before['premises'])} in "
        f"{before['year']} to {count_text(after['premises'])} in {after['year']}."
    )


def ward_km2(outlines: gpd.GeoDataFrame) -> pd.DataFrame:
    """The area of each ward in square kilometres from its outline: ``ward_code`` and ``km2``.

    Outlines that are generalised for maps with shared borders kept give areas that are right to
    about one per cent.
    """
    need_columns(outlines, "ward_code")
    areas = outlines.to_crs(NATIONAL_GRID).area / PER_KM2
    found = pd.DataFrame({"ward_code": outlines["ward_code"].to_numpy(), "km2": areas.to_numpy()})
    return passed_on(found, outlines)


def per_km2(table: pd.DataFrame, count: str = "premises") -> pd.DataFrame:
    """The table with ``per_km2``: its counts over ``km2``."""
    need_columns(table, count, "km2")
    return passed_on(table.assign(per_km2=table[count] / table["km2"]), table)


def summed(table: pd.DataFrame, by: list[str], counts: list[str]) -> pd.DataFrame:
    """Several columns summed over everything but ``by``; a sum with a missing part is missing."""
    need_columns(table, *by, *counts)
    return passed_on(table.groupby(by, as_index=False)[counts].sum(skipna=False), table)
