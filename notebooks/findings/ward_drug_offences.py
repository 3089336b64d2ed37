"""Sentences of drug offences by ward."""

from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd

from cdpb import say
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import count_text, list_text, ordinal, percent_text, rate_text
from cdpb.periods import month_name
from cdpb.sentences import break_sentence, is_beyond, moved_against
from cdpb.statistics.comparison import stand_above
from cdpb.statistics.measure import Measure
from cdpb.statistics.places import ALL_OFFENCES
from cdpb.statistics.wards import WITHOUT


def other_wards(area: str) -> str:
    """What a reader calls an area's wards but the one that the page is about."""
    return f"{say.possessive(area)} other wards"


def headline(
    borough: Measure,
    london: Measure,
    wards: PublishedTable,
    london_wards: Measure,
    bursts: PublishedTable,
    focus: str | None,
    *periods: str,
) -> str:
    """The borough against London, then its highest ward and the ward that the page is about.

    The periods are that of the borough's figures, and that of its wards': two files, often received
    apart.
    """
    only_published(wards, bursts)
    period, of_wards = periods
    if not borough.known:
        return f"No year of recorded drug offences is held for {period} or earlier."
    its = say.possessive(borough.label)
    of_each = _highest_text(wards, london_wards, bursts, its, of_wards)
    return (
        f"In {period}, {its} rate of recorded drug offences was {say.value_text(borough)} per "
        f"1,000 residents, {say.compared(borough, london)}. "
        f"{say.sentence(f'{of_each}{_focus_text(wards, focus)}')}"
    )


def _highest_text(
    wards: PublishedTable, london: Measure, bursts: PublishedTable, its: str, period: str
) -> str:
    top = say.row_where(wards, rank=1)
    if top is None:
        return f"figures of {its} wards are not available"
    row = say.row_where(bursts, ward_code=top["ward_code"])
    burst = f", with {burst_text(row)}" if row else ""
    rates = f"{rate_text(top['rate_per_1000'])}; {london.label} {say.value_text(london)}"
    return (
        f"of {its} {count_text(len(wards))} wards {top['ward_name']} had the highest rate in "
        f"{period} ({rates}){burst}"
    )


@say.of_rows
def in_london_sentence(funnel: PublishedTable, wards: PublishedTable) -> str:
    """Where the ward with the highest rate stands among London's, and whether that is unusual."""
    top = say.row_where(wards, rank=1)
    row = say.row_where(funnel, ward_code=top["ward_code"])
    usual = not is_beyond(row["widened_limits"])
    high = "high, not exceptional" if top["comparison"] == "higher" else "not exceptional"
    ends = f"{ordinal(row['london_rank_best'])} to {ordinal(row['london_rank_worst'])}"
    return say.sentence(
        f"among London's {count_text(row['london_wards'])} wards {row['ward_name']} is "
        f"{high if usual else 'exceptional'}: {ordinal(row['london_rank'])} ({ends})"
    )


@say.of_rows
def clustered_sentence(funnel: PublishedTable, london: Measure) -> str:
    """Which wards would be above London if offences that come in clusters were allowed for."""
    table = funnel.to_frame()
    counts = (table["offences"], table["residents"])
    plain, wide = (list(table["ward_name"][stand_above(*counts, london, spread)])
                   for spread in (1, table["dispersion"]))  # fmt: skip
    still = "they still do" if len(plain) > 1 else "it still does"
    return say.sentence(
        f"tested together, {_lie_above(plain)} above London's rate if months differ by chance "
        "alone; allowing for offences that come in clusters, as the months say they do, "
        f"{still if plain and plain == wide else _lie_above(wide) + ' above it'}"
    )


def _lie_above(wards: list[str]) -> str:
    return f"{list_text(wards) or 'no ward'} {'lie' if len(wards) > 1 else 'lies'}"


def burst_text(row: Any) -> str:
    """``223 of its 264 trafficking offences in April to August 2025``."""
    first, last = (pd.Period(str(row[name]), freq="M") for name in ("first_month", "last_month"))
    begun = "" if first == last else f"{month_name(first).removesuffix(f' {last.year}')} to "
    return (
        f"{count_text(row['in_burst'])} of its {count_text(row['offences'])} {row['offence']} "
        f"offences in {begun}{month_name(last)}"
    )


@say.of_rows
def bursts_sentence(bursts: PublishedTable) -> str:
    """Which wards' ranks rest on a few months, and where they would stand without those."""
    parts = [
        f"{row['ward_name']} ({burst_text(row)}; {ordinal(row['rank'])}, without them "
        f"{ordinal(row['rank_without'])})"
        for row in say.rows_of(bursts)
    ]
    return (
        f"Most of a year's offences came in a few months, which may be one operation or address, "
        f"in {list_text(parts)}. Nothing in the file says which it was."
    )


@say.of_rows
def months_title(months: PublishedTable, bursts: PublishedTable) -> str:
    """Which of the wards shown had most of a year in a few months, and when."""
    names = list(dict.fromkeys(str(row["ward_name"]) for row in say.rows_of(months)))
    found = [row for row in say.rows_of(bursts) if row["ward_name"] in names]
    if not found:
        return f"{list_text(names)}, month by month: in none do a few months hold most of the year"
    return list_text([f"{row['ward_name']} had {burst_text(row)}" for row in found])


@say.of_rows
def leading_title(leading: PublishedTable) -> str:
    """Which ward had the highest rate, year by year, the same one's years together."""
    firsts = [row for row in say.rows_of(leading, by="year") if row["rank"] == 1]
    runs = [(name, list(rows)) for name, rows in groupby(firsts, key=itemgetter("ward_name"))]
    turns = [f"{name} in {list_text(str(row['year']) for row in rows)}" for name, rows in runs]
    return f"The highest rate: {list_text(turns)}"


def about_turns(
    leading: PublishedTable, bursts: PublishedTable, funnel: PublishedTable, london: Measure
) -> tuple[str, str, str]:
    """What bears on the turns: bursts, months that cluster, a series that breaks between years."""
    told = bursts_sentence(bursts), clustered_sentence(funnel, london)
    return *told, break_sentence(leading)


def _focus_text(wards: PublishedTable, focus: str | None) -> str:
    row = say.row_where(wards, ward_code=focus)
    if row is None or row["rank"] == 1:
        return ""
    rate = rate_text(row["rate_per_1000"])
    return f"; {row['ward_name']} ranked {ordinal(row['rank'])} ({rate})"


@say.of_rows
def ranked_title(wards: PublishedTable, focus: str | None, area: str) -> str:
    """Which ward stands highest, and where the focus ward stands."""
    top, row = say.row_where(wards, rank=1), say.row_where(wards, ward_code=focus)
    highest = (
        f"{top['ward_name']} had the highest rate of {say.possessive(area)} "
        f"{count_text(len(wards))} wards, {rate_text(top['rate_per_1000'])} per 1,000 residents"
    )
    if row is None or row["ward_code"] == top["ward_code"]:
        return highest
    rate = rate_text(row["rate_per_1000"])
    return f"{highest}; {row['ward_name']} ranked {ordinal(row['rank'])} at {rate}"


@say.of_rows
def map_title(wards: PublishedTable, london: Measure) -> str:
    """How many wards stand above and below London each by itself, and how many tested together."""
    counts, table = say.sides_text(wards.values_of("comparison")), wards.to_frame()
    together = int(stand_above(table["offences"], table["residents"], london).sum())
    against = f"compared one by one with {london.label} ({say.value_text(london)})"
    return (
        f"{count_text(len(wards))} wards {against}: {counts}; all tested together, "
        f"{count_text(together)} {'is' if together == 1 else 'are'} higher"
    )


def england_text(england: PublishedTable, area: str) -> str:
    """The area beside England, in the latest twelve months of which England's figure is held."""
    own, other = (say.row_where(england, place=place) for place in (area, "England"))
    if own is None or other is None:
        return "England: we hold figures by area from the year ending June 2025 on."
    rates = [rate_text(row["rate_per_1000"]) for row in (own, other)]
    return f"In the national file, {other['period']}: {area} {rates[0]}, England {rates[1]}."


@say.of_rows
def england_sentence(england: PublishedTable, area: str) -> str:
    """What the limits of the area's rate beside England's would be, were they widened too."""
    row = say.row_where(england, place=area)
    ends = [rate_text(row[f"widened_{end}"], 2) for end in ("lower", "upper")]
    return say.sentence(
        f"the national file has no months, so the limits of {say.possessive(area)} rate beside "
        "England's allow for chance alone; if its months differ as those of the police's own file "
        f"do, they are {' to '.join(ends)}"
    )


@say.of_rows
def offence_title(by_offence: PublishedTable, area: str) -> str:
    """How the area's offences divide into possession and trafficking."""
    totals = by_offence.to_frame().groupby("offence")["offences"].sum().sort_values()
    (less, fewer), (more, most) = totals.items()
    share = percent_text(100 * most / (most + fewer), most + fewer)
    counts = f"{count_text(most)}, against {count_text(fewer)} of {less}"
    return f"In {say.possessive(area)} wards {more} made up {share} of drug offences: {counts}"


@say.of_rows
def neighbours_title(neighbours: PublishedTable, focus: str, beside: str) -> str:
    """How the focus ward and one neighbour moved over the years, and the two together."""
    by_year = _by_year(neighbours, [focus, beside])
    years = list(by_year.columns)
    when = f"{years[0]} to {years[-1]}" if len(years) > 1 else years[0]
    paths = "; ".join(f"{ward} {_path(counts)}" for ward, counts in by_year.iterrows())
    return f"Offences {when}: {paths}; the two together {_path(by_year.sum())}"


def _by_year(neighbours: PublishedTable, ward_codes: list[str]) -> pd.DataFrame:
    """Offences by ward (named, in the order asked for) and year."""
    table = neighbours.to_frame()
    table = table[table["ward_code"].isin(ward_codes)]
    sums = table.groupby(["ward_name", "year"])["offences"].sum().unstack()
    names = table.drop_duplicates("ward_code").set_index("ward_code")["ward_name"]
    return sums.loc[[names[code] for code in ward_codes]].astype(int)


def _path(counts: pd.Series) -> str:
    return list_text(count_text(count) for count in counts)


def focus_changed(
    history: PublishedTable, neighbours: PublishedTable, focus: str, beside: str | None
) -> str:
    """What changed for the focus ward since the year before, and how much to make of it."""
    rows = say.rows_of(history, by="year")
    if len(rows) < 2:
        return ""
    before, after = rows[-2:]
    moving = say.moved(before["offences"], after["offences"])
    counts = (
        f"{say.possessive(after['ward_name'])} offences {moving} between {before['year']} and "
        f"{after['year']}"
    )
    if before["comparison"] == after["comparison"]:
        return f"{counts}; in both years its rate was {say.SIDES[after['comparison']]} London's."
    turned = (
        f"{counts}; its rate was {say.SIDES[before['comparison']]} London's in {before['year']} "
        f"and was {say.SIDES[after['comparison']]} it in {after['year']}."
    )
    return f"{turned} {_read_together(neighbours, focus, beside)}".strip()


def _read_together(neighbours: PublishedTable, focus: str, beside: str | None) -> str:
    """The ward and the neighbour that moved most the other way: place, or recording?"""
    if beside is None:
        return ""
    last_two = _by_year(neighbours, [focus, beside]).iloc[:, -2:]
    (_, ward), (name, other) = last_two.iterrows()
    if (ward.iloc[1] - ward.iloc[0]) * (other.iloc[1] - other.iloc[0]) >= 0:
        return ""
    fell, rose = ("fall", "rise") if ward.iloc[1] < ward.iloc[0] else ("rise", "fall")
    return (
        f"Next door, {name} {say.moved(*other)}; the two together {say.moved(*last_two.sum())}. A "
        f"{fell} here and a {rose} next door may be a change of place or of recording."
    )


@say.of_rows
def change_title(change: PublishedTable, area: str) -> str:
    """How the area moved on the year before, against the rest of London."""
    row = say.row_where(change, offence=ALL_OFFENCES)
    moving = f"{say.possessive(area)} drug offences {moved_against(row)}"
    return f"Since {row['previous_year']} {moving}"


def unallocated_sentence(unallocated: PublishedTable, area: str) -> str:
    """How much of the borough's count no ward carries, or why that can't be said."""
    rows = say.rows_of(unallocated)
    if not rows:
        return (
            "The share of offences not allocated to a ward is not available: the ward and borough "
            "files held for this year do not match."
        )
    row = rows[0]
    share = percent_text(row["percent"], row["borough_offences"])
    return (
        f"{count_text(row['unallocated'])} of {say.possessive(area)} "
        f"{count_text(row['borough_offences'])} offences ({share}) have no ward, in the "
        f"{count_text(row['months'])} months for which both files are of about the same date; part "
        "of the difference is later revision."
    )


def tipping_sentence(tipping: PublishedTable, ward_code: str | None) -> str:
    """How far the residents of a ward would have to be off before its comparison changes."""
    row = say.row_where(tipping, ward_code=ward_code)
    if row is None or row["residents_change"] is None:
        return ""
    more = say.more_or_fewer(row["residents_change"])
    return (
        f"Only with {more} residents than the {count_text(row['residents'])} counted in 2021 would "
        f"{say.possessive(row['ward_name'])} rate no longer differ from London's."
    )


def special_sites_sentence(sites: PublishedTable, area: str) -> str:
    """What the area's rate would be without the wards that hold a special site."""
    rows = say.rows_of(sites)
    if len(rows) < 2:
        return ""
    with_, without = rows
    rate = say.with_limits(without["rate_per_1000"], without["lower"], without["upper"], 1)
    names = str(without["sites"]).removeprefix(WITHOUT)
    return (
        f"The rate of all {say.possessive(area)} wards is {rate_text(with_['rate_per_1000'])}, and "
        f"{rate} without {names}, where offences found in custody may be recorded."
    )
