"""Sentences and statistics of drug offences by ward."""

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd

from cdpb import say
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import count_text, list_text, ordinal, percent_text, rate_text
from cdpb.periods import FinancialYear, month_name
from cdpb.statistics.about import passed_on
from cdpb.statistics.comparison import compare, stand_above
from cdpb.statistics.measure import Measure
from cdpb.statistics.places import ALL_OFFENCES, WARD, inside
from cdpb.statistics.rates import crude_rate, rank_by, rate_of, total_by, with_residents, without
from cdpb.statistics.windows import complete_financial_years

MOST_NAMED = 3
ENGLAND_NOT_HELD = "England: no table of drug offences is held."
WAS = {"higher": "was higher than", "lower": "was lower than", "similar": "was similar to"}
WITHOUT = "Without "
HISTORY = [
    "year", "ward_code", "ward_name", "offences", "residents", "rate_per_1000", "lower", "upper",
    "rank", "london_rate", "comparison", "burst",
]  # fmt: skip


def ward_named(wards: PublishedTable, code: str | None) -> str:
    """What a ward is called in a published table; in general words where it has no such row."""
    row = say.row_where(wards, ward_code=code)
    return str(row["ward_name"]) if row else "the focus ward"


def headline(
    borough: Measure,
    london: Measure,
    wards: PublishedTable,
    london_wards: Measure,
    bursts: PublishedTable,
    focus: str | None,
    *periods: str,
) -> str:
    """The finding in two sentences: the borough against London, then its highest wards.

    Wards above London's are those that are so with all of them tested together.

    The periods are that of the borough's figures, and that of its wards': two files, often received
    apart.
    """
    only_published(wards, bursts)
    period, of_wards = periods
    if not borough.known:
        return f"No year of recorded drug offences is held for {period} or earlier."
    when = "" if of_wards == period else f"in {of_wards}, "
    of_each = f"{when}{_highest_text(wards, london_wards, bursts)}{_focus_text(wards, focus)}"
    return (
        f"In {period}, {borough.label}'s rate of recorded drug offences was "
        f"{say.value_text(borough)} per 1,000 residents, {say.compared(borough, london)}. "
        f"{say.sentence(of_each)}"
    )


def _highest_text(wards: PublishedTable, london: Measure, bursts: PublishedTable) -> str:
    top, *behind = [say.row_where(wards, rank=rank) for rank in range(1, MOST_NAMED + 1)]
    if top is None:
        return "figures of its wards are not available"
    table = wards.to_frame()
    higher = int(stand_above(table["offences"], table["residents"], london).sum())
    many = f"{count_text(higher)} of" if higher else "none of"
    verb = "were" if higher > 1 else "was" if higher else "was shown to be"
    row = say.row_where(bursts, ward_code=top["ward_code"])
    burst = f", with {burst_text(row)}" if row else ""
    after = list_text([str(row["ward_name"]) for row in behind if row])
    return (
        f"{many} its {count_text(len(wards))} wards {verb} higher than London's wards, all of them "
        "tested together: "
        f"{top['ward_name']} had the highest rate ({rate_text(top['rate_per_1000'])}){burst}"
        + (f", then {after}" if after else "")
    )


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
        f"Most of the year came in a few months, which may be one operation or address, in "
        f"{list_text(parts)}. Nothing in the file says which it was."
    )


@say.of_rows
def months_title(months: PublishedTable, bursts: PublishedTable) -> str:
    """Which of the wards shown had most of a year in a few months, and when."""
    names = list(dict.fromkeys(str(row["ward_name"]) for row in say.rows_of(months)))
    found = [row for row in say.rows_of(bursts) if row["ward_name"] in names]
    if not found:
        return f"{list_text(names)}, month by month: no few months hold most of the year"
    return list_text([f"{row['ward_name']} had {burst_text(row)}" for row in found])


@say.of_rows
def leading_title(leading: PublishedTable) -> str:
    """Which ward had the highest rate, year by year, the same one's years together."""
    firsts = [row for row in say.rows_of(leading, by="year") if row["rank"] == 1]
    runs = [(name, list(rows)) for name, rows in groupby(firsts, key=itemgetter("ward_name"))]
    parts = [f"in {list_text([str(row['year']) for row in rows])}" for _, rows in runs]
    clauses = [f"{name} {when}" for (name, _), when in zip(runs, parts, strict=True)]
    first, *others = clauses
    return f"The highest rate: {list_text([first, *others])}"


def _focus_text(wards: PublishedTable, focus: str | None) -> str:
    row = say.row_where(wards, ward_code=focus)
    if row is None or row["rank"] <= MOST_NAMED:
        return ""
    rate = rate_text(row["rate_per_1000"])
    return f"; {row['ward_name']} ranked {ordinal(row['rank'])} ({rate})"


@say.of_rows
def ranked_title(wards: PublishedTable, focus: str | None, area: str) -> str:
    """Which ward stands highest, and where the focus ward stands."""
    top, row = say.row_where(wards, rank=1), say.row_where(wards, ward_code=focus)
    highest = (
        f"{top['ward_name']} had the highest rate of {area}'s {count_text(len(wards))} wards, "
        f"{rate_text(top['rate_per_1000'])} per 1,000 residents"
    )
    if row is None or row["ward_code"] == top["ward_code"]:
        return highest
    rate = rate_text(row["rate_per_1000"])
    return f"{highest}; {row['ward_name']} ranked {ordinal(row['rank'])} at {rate}"


@say.of_rows
def map_title(wards: PublishedTable, london: Measure) -> str:
    """How many wards stand above and below London."""
    counts = say.sides_text(wards.values_of("comparison"))
    against = f"{london.label} ({say.value_text(london)})"
    return f"Of {count_text(len(wards))} wards, {counts}, compared with {against}"


@say.of_rows
def offence_title(by_offence: PublishedTable, area: str) -> str:
    """How the area's offences divide into possession and trafficking."""
    totals = by_offence.to_frame().groupby("offence")["offences"].sum().sort_values()
    (less, fewer), (more, most) = totals.items()
    share = percent_text(100 * most / (most + fewer), most + fewer)
    counts = f"{count_text(most)}, against {count_text(fewer)} of {less}"
    return f"In {area}'s wards {more} made up {share} of drug offences: {counts}"


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
    return " to ".join(count_text(count) for count in counts)


@say.of_rows
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
        f"{after['ward_name']}'s offences {moving} between {before['year']} and {after['year']}"
    )
    if before["comparison"] == after["comparison"]:
        return f"{counts}; in both years its rate {WAS[after['comparison']]} London's."
    turned = (
        f"{counts}; its rate {WAS[before['comparison']]} London's in {before['year']} and "
        f"{WAS[after['comparison']]} it in {after['year']}."
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
    moving = say.moved(row["offences_before"], row["offences"])
    relative = say.with_limits(row["relative_ratio"], row["relative_lower"], row["relative_upper"])
    return (
        f"{area}'s drug offences {moving} since {row['previous_year']}; divided by the change in "
        f"the rest of London that is {relative}"
    )


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
        f"{count_text(row['unallocated'])} of {area}'s {count_text(row['borough_offences'])} "
        f"offences ({share}) have no ward, in the {count_text(row['months'])} months for which "
        "both files are held as of about one date; what was revised between them is part of it."
    )


def tipping_sentence(tipping: PublishedTable, ward_code: str | None) -> str:
    """How far the residents of a ward would have to be off before its comparison changes."""
    row = say.row_where(tipping, ward_code=ward_code)
    if row is None or row["residents_change"] is None:
        return ""
    more = say.more_or_fewer(row["residents_change"])
    return (
        f"{row['ward_name']} would need {more} residents than the {count_text(row['residents'])} "
        f"counted in 2021, {count_text(row['residents_needed'])}, before its rate no longer "
        "differed from London's."
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
        f"{area}'s ward rate is {rate_text(with_['rate_per_1000'])} with all wards and {rate} "
        f"without {names}, where offences found in custody may be recorded."
    )


def rates_of(places: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The rate of each place, all wards or boroughs of its table together.

    ``places`` are tables with ``offences`` and ``residents``, by what a reader calls the place; one
    without rows is left out. As `crude_rate`, with ``place``.
    """
    first = next(iter(places.values()))
    counts = ["offences", "residents"]
    sums = [
        {"place": name, **areas[counts].sum().to_dict()}
        for name, areas in places.items()
        if len(areas)
    ]
    table = pd.DataFrame(sums, columns=["place", *counts])
    return crude_rate(passed_on(table.astype(dict.fromkeys(counts, "int64")), first))


def highest(wards: pd.DataFrame) -> str | None:
    """The code of the ward with the highest rate, or None where there is none."""
    return str(wards.set_index("ward_code")["rate_per_1000"].idxmax()) if len(wards) else None


def with_and_without(here: pd.DataFrame, sites: pd.DataFrame, london: Measure) -> pd.DataFrame:
    """An area's rate with all its wards, and without those that hold a special site.

    Both are compared with ``london``. One or two rows; ``sites`` says which wards are counted.
    """
    special = sites[sites["ward_code"].isin(here["ward_code"])]
    places = {"All wards": here}
    if len(special):
        names = here.loc[here["ward_code"].isin(special["ward_code"]), "ward_name"]
        others = without(here, "ward_code", list(special["ward_code"].unique()))
        places[f"{WITHOUT}{list_text(names)}"] = others
    rates = rates_of(places).rename(columns={"place": "sites"})
    return compare(passed_on(rates, rates_of(places)), with_=london)


def not_allocated(offences: pd.DataFrame, year: str) -> pd.DataFrame:
    """How many of a borough's offences no ward carries, in the months that can be subtracted.

    ``offences`` has ``in_wards`` and ``in_borough`` for the months for which the two files are of
    matching vintage. One row per area: ``place``, ``borough_offences``, ``ward_offences``,
    ``unallocated``, ``percent`` and ``months``. No row where no month of the year matches, nor
    where the wards hold more than the borough: then the files don't count the same offences.
    """
    of_year = offences[offences["month"].isin(FinancialYear.parse(year).months)]
    groups = of_year.groupby("area_name")
    sums = groups[["in_borough", "in_wards"]].sum().query("in_wards <= in_borough")
    named = {"in_borough": "borough_offences", "in_wards": "ward_offences"}
    table = sums.rename(columns=named).assign(
        unallocated=sums["in_borough"] - sums["in_wards"],
        percent=100 * (1 - sums["in_wards"] / sums["in_borough"]),
        months=groups["month"].nunique().reindex(sums.index),
    )
    return passed_on(table.rename_axis("place").reset_index(), offences)


def every_year(offences: pd.DataFrame, residents: pd.DataFrame, borough_code: str) -> pd.DataFrame:
    """A borough's wards in every complete year: rate, rank in the borough, London beside it.

    ``offences`` are of every London ward, by month. One row per ward and year, with the columns
    `HISTORY`; ``burst`` says which of a ward's months hold most of its year.
    """
    dated = complete_financial_years(offences)
    rows = [
        _one_year(passed_on(dated[dated["year"] == year], dated), residents, borough_code)
        for year in sorted(dated["year"].unique())
    ]
    if not rows:
        return passed_on(pd.DataFrame(columns=HISTORY), offences)
    return passed_on(pd.concat(rows, ignore_index=True)[HISTORY], rows[0])


def of_ward(wards: pd.DataFrame, ward_code: str | None) -> pd.DataFrame:
    """One ward, year by year."""
    own = wards[wards["ward_code"] == ward_code].reset_index(drop=True)
    return passed_on(own.drop(columns="burst"), wards)


def leading_wards(wards: pd.DataFrame) -> pd.DataFrame:
    """The three highest wards of each year, the highest first."""
    first = wards[wards["rank"] <= MOST_NAMED].sort_values(["year", "rank"], ignore_index=True)
    return passed_on(first, wards)


def bursts_of(offences: pd.DataFrame, wards: pd.DataFrame) -> pd.DataFrame:
    """The bursts of a year, with each ward's rank, and the rank that it would have without it."""
    found = _bursts(offences, ["ward_code", "ward_name", "offence"])
    known = wards.set_index("ward_code")
    own = known.loc[found["ward_code"]].reset_index()
    rates = 1000 * (own["offences"] - found["in_burst"]) / own["residents"]
    others = (known["rate_per_1000"].drop(index=code) for code in own["ward_code"])
    above = [int((each > rate).sum()) for each, rate in zip(others, rates, strict=True)]
    ranks = {"rank": own["rank"], "rank_without": pd.Series(above, own.index, dtype="int64") + 1}
    return passed_on(found.assign(rate_without=rates, **ranks), found)


def _bursts(offences: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    from cdpb.statistics.bursts import bursts  # only when a year is ranked

    return bursts(offences, by)


def _one_year(dated: pd.DataFrame, residents: pd.DataFrame, borough_code: str) -> pd.DataFrame:
    wards = crude_rate(with_residents(total_by(dated, WARD), residents, on="ward_code"))
    london = rate_of(wards, "London wards")
    ranked = rank_by(compare(inside(wards, borough_code), with_=london), "rate_per_1000")
    found = _bursts(inside(dated, borough_code), ["ward_code", "offence"])
    texts = {row["ward_code"]: burst_text(row) for row in reversed(found.to_dict("records"))}
    told = ranked["ward_code"].map(texts).fillna("")
    year = {"year": london.period, "london_rate": london.value, "burst": told}
    return passed_on(ranked.assign(**year), ranked)


def counter_mover(by_year: pd.DataFrame, ward_code: str | None) -> str | None:
    """The neighbour that moved most the other way than a ward did since the year before.

    The neighbour with most offences where none moved the other way or there is one year only;
    None where the ward stands alone.
    """
    wide = by_year.pivot_table(
        index="ward_code", columns="year", values="offences", aggfunc="sum"
    ).sort_index(axis=1)
    others = wide.drop(index=[ward_code], errors="ignore")
    if ward_code is None or others.empty or ward_code not in wide.index:
        return None
    largest = str(others.iloc[:, -1].idxmax())
    if wide.shape[1] < 2:
        return largest
    change = wide.iloc[:, -1] - wide.iloc[:, -2]
    against = change[others.index] * (-1 if change[ward_code] > 0 else 1)
    return str(against.idxmax()) if against.max() > 0 else largest
