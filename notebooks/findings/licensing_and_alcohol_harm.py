"""What the figures of licensed premises and of alcohol harm by ward say, in sentences."""

from typing import Any

import geopandas as gpd
import pandas as pd

from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import count_text, interval_text, list_text, rate_text
from cdpb.say import of_rows, row_where, rows_of, sentence
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
HIDDEN_HERE = "hidden to protect small counts"
NOT_SAID = "whether the two go together can't be said"


def no_funnel_of_premises(admissions: PublishedTable) -> str:
    """Why the one is drawn with limits of chance and the other isn't; or that neither is here."""
    only_published(admissions)
    return NO_FUNNEL_OF_PREMISES if len(admissions) else NO_ADMISSIONS


def headline(
    premises: Measure, densities: Measure, together: Measure, area: str, period: str
) -> str:
    """The finding in one sentence: how dense premises are, and whether harm goes with them."""
    if HIDDEN in (premises.note, densities.note):
        return sentence(f"{area}'s licensed premises are {HIDDEN_HERE}, so {NOT_SAID}")
    if premises.value is None or densities.value is None:
        return sentence(
            f"Neither the licensed premises nor the alcohol-specific admissions of {area}'s wards "
            f"have been received, so {NOT_SAID}"
        )
    return sentence(
        f"In {period}, {area} had {rate_text(premises.value)} premises licensed to sell alcohol "
        f"per 1,000 residents, {rate_text(densities.value)} per square kilometre{_go(together)}"
    )


def _go(together: Measure) -> str:
    value, lower, upper = together.value, together.lower, together.upper
    if together.note == HIDDEN:
        return f"; alcohol-specific admissions of its wards are {HIDDEN_HERE}, so {NOT_SAID}"
    if value is None or lower is None or upper is None:
        return f"; {NOT_SAID}"
    limits = interval_text(lower, upper, 2)
    return (
        f"; over its wards, more premises {_how(lower, upper)} alcohol-specific admissions "
        f"(rank correlation {rate_text(value, 2)}, {limits})"
    )


def _how(lower: float, upper: float) -> str:
    if lower <= 0 <= upper:
        return "were not shown to go together with"
    return "went together with more" if lower > 0 else "went together with fewer"


@of_rows
def premises_title(premises: PublishedTable, area: str) -> str:
    """Where premises stand densest for the people who live there, and where least."""
    ranked = [row for row in rows_of(premises) if row["rank"] is not None]
    if not ranked:
        return f"Premises per 1,000 residents in {area}'s wards: none is shown"
    rows = sorted(ranked, key=lambda row: row["rank"])
    most, least = (
        f"{row['ward_name']} ({rate_text(row['rate_per_1000'])})" for row in (rows[0], rows[-1])
    )
    fewest = f", fewest in {least}" if len(rows) > 1 else ""
    return f"Premises per 1,000 residents in {area}'s wards: most in {most}{fewest}"


@of_rows
def admissions_title(admissions: PublishedTable, area: str) -> str:
    """Which ward has the highest rate that is shown, beside the borough's."""
    top = row_where(admissions, rank=1)
    if top is None:
        return ""
    limits = interval_text(top["lower"], top["upper"])
    return (
        f"Of {area}'s wards, {top['ward_name']} has the highest rate of admissions shown: "
        f"{rate_text(top['rate_per_100000'])} ({limits}) per 100,000 residents"
    )


@of_rows
def admissions_map_title(admissions: PublishedTable, area: str) -> str:
    """How many of the wards that are shown stand above and below the borough."""
    sides = [each for each in admissions.values_of("compared_with_area") if each is not MASKED]
    told = [f"{count_text(sides.count(side))} {side}" for side in ("higher", "similar", "lower")]
    return f"Of {count_text(len(sides))} wards shown, {list_text(told)}, compared with {area}"


@of_rows
def left_out_sentence(admissions: PublishedTable) -> str:
    """How many wards can't be placed among the others, because their admissions are hidden."""
    hidden = sum(value is MASKED for value in admissions.values_of("admissions"))
    ward, are = ("ward", "is") if hidden == 1 else ("wards", "are")
    told = f"{count_text(hidden)} {ward}, whose admissions are {HIDDEN_HERE}, {are} left out here"
    return sentence(told) if hidden else ""


@of_rows
def admissions_tipping_title(tipping: PublishedTable, area: str) -> str:
    """Which ward's comparison would change first, were the residents counted wrongly, and last."""
    doubted = [row for row in rows_of(tipping) if row["residents_change"] is not None]
    doubted.sort(key=lambda row: abs(row["residents_change"]))
    if not doubted:
        return f"None of the wards shown differs from {area}, so none would cease to"
    told = dict.fromkeys(map(_needed, (doubted[0], doubted[-1])))
    wards = "ward differs" if len(doubted) == 1 else "wards differ"
    return (
        f"{count_text(len(doubted))} {wards} from {area}. By the residents counted in 2021, that "
        f"could no longer be shown with {', nor with '.join(told)}"
    )


def _needed(row: Any) -> str:
    """``44% more in Whetstone``."""
    change = row["residents_change"]
    more = "more" if change > 0 else "fewer"
    return f"{rate_text(abs(change), 0)}% {more} in {row['ward_name']}"


@of_rows
def together_title(together: PublishedTable) -> str:
    """Whether wards with more premises have more admissions."""
    row = rows_of(together)[0]
    how = _how(row["correlation_lower"], row["correlation_upper"])
    return f"Over {count_text(row['wards'])} wards, more premises {how} alcohol-specific admissions"


@of_rows
def together_sentence(together: PublishedTable) -> str:
    """How many wards the two were compared over, and what that can and can't say."""
    row = rows_of(together)[0]
    limits = interval_text(row["correlation_lower"], row["correlation_upper"], 2)
    return sentence(
        f"Over {count_text(row['wards'])} wards the rank correlation of premises and admissions, "
        f"each to residents, is {rate_text(row['correlation'], 2)} ({limits}); 1 would be the same "
        "order, 0 none"
    )


@of_rows
def licensing_changed(history: PublishedTable) -> str:
    """Premises in the year before and in the latest."""
    before, after = [None, *rows_of(history, by="year")][-2:]
    if before is None or before["premises"] is None or after["premises"] is None:
        return ""
    return sentence(
        f"Premises licensed to sell alcohol went from {count_text(before['premises'])} in "
        f"{before['year']} to {count_text(after['premises'])} in {after['year']}"
    )


# Statistics of this finding alone


# The national grid: metres, so that an area is in square metres.
NATIONAL_GRID = 27700
PER_KM2 = 1_000_000


def ward_km2(outlines: gpd.GeoDataFrame) -> pd.DataFrame:
    """The area of each ward in square kilometres, from its outline.

    Parameters
    ----------
    outlines : geopandas.GeoDataFrame
        ``ward_code`` and ``geometry``. Outlines that are generalised for maps with shared
        borders kept give areas that are right to about one per cent.

    Returns
    -------
    pandas.DataFrame
        ``ward_code`` and ``km2``.
    """
    need_columns(outlines, "ward_code")
    areas = outlines.to_crs(NATIONAL_GRID).area / PER_KM2
    found = pd.DataFrame({"ward_code": outlines["ward_code"].to_numpy(), "km2": areas.to_numpy()})
    return passed_on(found, outlines)


def per_km2(table: pd.DataFrame, count: str = "premises") -> pd.DataFrame:
    """The table with ``per_km2``: its counts over ``km2``.

    Examples
    --------
    >>> per_km2(with_residents(premises, km2, on="ward_code", denominator="km2"))
    """
    need_columns(table, count, "km2")
    return passed_on(table.assign(per_km2=table[count] / table["km2"]), table)


def summed(table: pd.DataFrame, by: list[str], counts: list[str]) -> pd.DataFrame:
    """Several columns summed over everything but ``by``: events and what they are set against.

    A sum with a missing part is missing: it isn't known.

    Examples
    --------
    >>> summed(wards, ["borough_code", "year"], ["premises", "residents", "km2"])
    """
    need_columns(table, *by, *counts)
    return passed_on(table.groupby(by, as_index=False)[counts].sum(skipna=False), table)
