"""Sentences and statistics of possession and trafficking."""

from collections.abc import Mapping

import pandas as pd

from cdpb import catalogue, say
from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import change_text, count_text, list_text, rate_text, within_sentence
from cdpb.periods import FinancialYear, financial_years_of
from cdpb.sentences import break_sentence, changed_sentence, moved_against
from cdpb.statistics.about import passed_on, source_of
from cdpb.statistics.measure import Measure
from cdpb.statistics.places import ALL_OFFENCES, HALF_A_YEAR, change_of_months, months_alike
from cdpb.statistics.ratios import widened_odds
from cdpb.statistics.windows import A_YEAR, complete_financial_years

OFFENCES = ["possession", "trafficking"]
RATIOS = [*OFFENCES, "ratio", "ratio_lower", "ratio_upper", "widened_lower", "widened_upper"]
IN_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# In place of the July that a document counts from: the last that was followed by a June.
JULY_AFTER_APRIL = 3


def headline(ratio: Measure, elsewhere: Measure, period: str) -> str:
    """The finding in one sentence: how many offences of one kind to each of the other."""
    if not ratio.known:
        return f"No year of recorded drug offences is held for {period} or earlier."
    own, other, where = _to_each(ratio), _to_each(elsewhere), within_sentence(elsewhere.label)
    beside = f", as in the {where}." if own == other else f". In the {where} it was {other}."
    return (
        f"In {period}, {ratio.label} recorded {count_text(ratio.numerator or 0)} possession and "
        f"{count_text(ratio.denominator or 0)} trafficking offences: {own}{beside}"
    )


def _to_each(ratio: Measure) -> str:
    """``about one possession offence for every trafficking offence``, or the other way round."""
    more, other = OFFENCES
    times = ratio.value or 0
    if 0 < times < 1 and round(1 / times) > 1:
        more, other, times = other, more, 1 / times
    whole = round(times)
    many = f"about {IN_WORDS[whole]}" if 0 < whole < len(IN_WORDS) else rate_text(times, 0)
    return f"{many} {more} offence{'s' * (whole != 1)} for every {other} offence"


@say.of_rows
def ratios_title(ratios: PublishedTable, area: str, by: str = "year") -> str:
    """The ratio in the first period shown and in the last, here and elsewhere, and any turn."""
    places = say.places_over_years(ratios, area, "place", "ratio", 2, by)
    return f"Possession offences for every trafficking offence: {places}"


@say.of_rows
def widened_sentence(ratios: PublishedTable, area: str, year: str) -> str:
    """What the limits of a year's ratio would be, widened as those of levels and changes are."""
    row = say.row_where(ratios, place=area, year=year)
    plain = say.with_limits(row["ratio"], row["ratio_lower"], row["ratio_upper"])
    wide = f"{rate_text(row['widened_lower'], 2)} to {rate_text(row['widened_upper'], 2)}"
    return say.sentence(
        f"The ratio of {year}, {plain}, sets two kinds of offence of the same months beside each "
        "other, and its limits allow for chance alone; allowing also for how much the months "
        f"differ they are {wide}"
    )


@say.of_rows
def offences_by_month_title(months: PublishedTable) -> str:
    """Each kind of offence in the year shown against the year before."""
    table = months.to_frame(gaps=True)
    years = financial_years_of(table["month"])
    sums = table.groupby(["offence", years])["offences"].sum().unstack()
    if sums.shape[1] < 2:
        return ""
    kinds = [f"{offence} {say.moved(*sums.loc[offence].iloc[-2:])}" for offence in OFFENCES]
    return f"From {sums.columns[-2]} to {sums.columns[-1]}, {list_text(kinds)}"


@say.of_rows
def against_elsewhere_title(change: PublishedTable, area: str) -> str:
    """How possession and trafficking moved here, against the rest of London."""
    fewer, more = (say.row_where(change, offence=offence) for offence in OFFENCES)
    own, other = change_text(fewer["change"]), change_text(fewer["elsewhere_change"])
    return (
        f"Since {more['previous_year']} {say.possessive(area)} trafficking {moved_against(more)}; "
        f"possession {own} (rest of London {other})"
    )


@say.of_rows
def windows_title(windows: PublishedTable, area: str) -> str:
    """All offences in each of the windows, against the same months a year before."""
    rows = say.rows_of(windows.where(offence=ALL_OFFENCES))
    parts = [f"in {row['period']} they {moved_against(row)}" for row in rows]
    months = "the same months a year before"
    return f"{say.possessive(area)} drug offences against {months}: {'; '.join(parts)}"


def tested_window(windows: PublishedTable) -> str:
    """The last window: of what a document counts, the months that compare."""
    return str(say.rows_of(windows)[-1]["period"]) if len(windows) else ""


@say.of_rows
def window_sentence(windows: PublishedTable, area: str) -> str:
    """How offences moved in that window, and a break within it."""
    last = windows.where(period=tested_window(windows))
    return f"{changed_sentence(last, area, 'in')} {break_sentence(last)}".strip()


@say.of_rows
def alike_sentence(alike: PublishedTable, windows: PublishedTable, area: str) -> str:
    """What the months that compare show, where a break lies between: offences and their ratio."""
    period = str(say.rows_of(alike, by="period")[-1]["period"])
    offences = changed_sentence(windows.where(period=period), area)
    return f"{offences} {say.sentence(ratios_title(alike.where(place=area), area, 'period'))}"


@say.of_rows
def outcomes_title(outcomes: PublishedTable) -> str:
    """Positive outcomes for each hundred offences, in the latest year."""
    latest = max(str(row["year"]) for row in say.rows_of(outcomes))
    shares = [
        f"{rate_text(row['outcomes_per_100'], 0)} for each 100 offences of {row['offence']}"
        for row in say.rows_of(outcomes.where(year=latest))
    ]
    return f"Positive outcomes recorded in {latest}: {list_text(shares)}"


@say.of_rows
def outcomes_over_years_title(outcomes: PublishedTable) -> str:
    """Positive outcomes for each hundred offences of a kind, year by year."""
    each = say.places_over_years(outcomes, OFFENCES[0], "offence", "outcomes_per_100", 0)
    return f"Positive outcomes for each 100 offences: {each}"


def possession_to_trafficking(places: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """How many possession offences to one of trafficking, for whole financial years.

    ``places`` are monthly offences by what a reader calls the place. One row per place and year:
    the two counts, and their ``ratio`` with ``ratio_lower`` and ``ratio_upper``, and
    ``widened_lower`` and ``widened_upper``, which allow for the dispersion of the months.
    """
    return _ratios({name: complete_financial_years(each) for name, each in places.items()}, "year")


def ratio_alike(places: Mapping[str, pd.DataFrame], alike: pd.DataFrame) -> pd.DataFrame:
    """As `possession_to_trafficking`, for the two periods of a change that is like for like.

    ``alike`` is what `change_alike` found; no row where it has none.
    """
    dated = {}
    for name, each in places.items():
        periods = _periods(alike)
        months = each[each["month"].isin(periods)]
        dated[name] = passed_on(months.assign(period=months["month"].map(periods)), each)
    return _ratios(dated, "period")


def _periods(alike: pd.DataFrame) -> dict[pd.Period, str]:
    names = pd.unique(alike[["previous_period", "period"]].to_numpy().ravel())
    ends = [(name, *(pd.Period(end, "M") for end in name.split(" to "))) for name in names]
    return {m: name for name, first, last in ends for m in pd.period_range(first, last, freq="M")}


def _ratios(places: Mapping[str, pd.DataFrame], by: str) -> pd.DataFrame:
    every = pd.concat([each.assign(place=name) for name, each in places.items()])
    found = widened_odds(every, ["place", by], *OFFENCES).set_index("place")
    in_order = found.loc[[name for name in places if name in found.index]].reset_index()
    return passed_on(
        in_order[["place", by, *RATIOS]],
        next(iter(places.values())),
        value="ratio",
        unit="times",
        numerator="possession",
        denominator="trafficking",
        method="Wilson score limits of possession's share, turned into odds",
    )


def windows_of(
    offences: pd.DataFrame, year: str, area: str, since: str | None, same_months: pd.DataFrame
) -> pd.DataFrame:
    """Offences in the twelve months that a document counts, and in those of them that compare.

    They begin with ``since``, or where none is named or none is over with the July before the
    year's last June. As `change_of_months`, window under window: the ``same_months`` of the year
    and the last, the twelve where all are held, and those of them that no break of the series
    parts from the same month a year before, if they are six or more.
    """
    months = FinancialYear.parse(year).months
    july = months[JULY_AFTER_APRIL] - A_YEAR
    start = pd.Period(since, "M") if since and since <= str(months[-1]) else july
    quoted = pd.period_range(start, periods=A_YEAR, freq="M")
    breaks = catalogue.source(source_of(offences)).series_breaks
    alike = months_alike(quoted[quoted <= months[-1]], breaks)
    some = HALF_A_YEAR <= len(alike) < A_YEAR
    chosen = [quoted, *([alike] if some else [])]
    tables = [same_months, *(change_of_months(offences, each, area) for each in chosen)]
    held = [each for each in tables if len(each)] or tables[:1]
    return passed_on(pd.concat(held, ignore_index=True), held[-1])
