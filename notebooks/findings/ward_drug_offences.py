"""What the ward figures say, in sentences."""

from collections.abc import Mapping

import pandas as pd

from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.numbers import (
    count_text,
    interval_text,
    list_text,
    ordinal,
    percent_text,
    rate_text,
)
from cdpb.periods import FinancialYear, month_name
from cdpb.say import (
    compared,
    moved,
    of_rows,
    row_where,
    rows_of,
    sentence,
    value_text,
)
from cdpb.statistics.about import passed_on
from cdpb.statistics.comparison import compare
from cdpb.statistics.measure import Measure
from cdpb.statistics.places import ALL_OFFENCES, WARD, inside
from cdpb.statistics.rates import (
    crude_rate,
    rank_by,
    rate_of,
    total_by,
    with_residents,
    without,
)
from cdpb.statistics.windows import complete_financial_years

RUN = 4
MOST_NAMED = 3
ENGLAND_NOT_HELD = "England: no table of drug offences is held."
WAS = {"higher": "was higher than", "lower": "was lower than", "similar": "was similar to"}


def ward_named(wards: PublishedTable, code: str | None) -> str:
    """What a ward is called in a published table; in general words where it has no such row."""
    only_published(wards)
    row = row_where(wards, ward_code=code)
    return str(row["ward_name"]) if row else "the focus ward"


def headline(
    borough: Measure,
    london: Measure,
    wards: PublishedTable,
    focus: str | None,
    period: str,
    of_wards: str,
) -> str:
    """The finding in one sentence: the borough against London, wards above it, the focus ward.

    Parameters
    ----------
    period, of_wards : str
        What the borough's figures are of, and the wards': two files, often received apart.
    """
    only_published(wards)
    if not borough.known:
        return sentence(f"No year of recorded drug offences is held for {period} or earlier")
    place = f"In {period}, {borough.label}'s rate of recorded drug offences was"
    against = f"{value_text(borough)} per 1,000 residents, {compared(borough, london)}"
    when = "" if of_wards == period else f"in {of_wards}, "
    return sentence(f"{place} {against}; {when}{_above_text(wards)}{_focus_text(wards, focus)}")


def _above_text(wards: PublishedTable) -> str:
    if not len(wards):
        return "figures of its wards are not available"
    higher = wards.to_frame().query("comparison == 'higher'").sort_values("rank")
    names = list(higher["ward_name"])
    verb = "was" if len(names) == 1 else "were"
    if not names:
        return (
            f"none of its {count_text(len(wards))} wards was shown to be higher than London's wards"
        )
    named = f", {list_text(names)}," if len(names) <= MOST_NAMED else ""
    of = f"{count_text(len(names))} of its {count_text(len(wards))} wards"
    return f"{of}{named} {verb} higher than London's wards"


def _focus_text(wards: PublishedTable, focus: str | None) -> str:
    row = row_where(wards, ward_code=focus)
    if row is None:
        return ""
    rate = f"{rate_text(row['rate_per_1000'])} ({interval_text(row['lower'], row['upper'])})"
    ranked = f"ranked {ordinal(row['rank'])} of {count_text(len(wards))}"
    return f"; {row['ward_name']} {ranked} at {rate}"


@of_rows
def ranked_title(wards: PublishedTable, focus: str | None, area: str) -> str:
    """Which ward stands highest, and where the focus ward stands."""
    top, row = row_where(wards, rank=1), row_where(wards, ward_code=focus)
    highest = (
        f"{top['ward_name']} had the highest rate of {area}'s {count_text(len(wards))} wards, "
        f"{rate_text(top['rate_per_1000'])} per 1,000 residents"
    )
    if row is None or row["ward_code"] == top["ward_code"]:
        return highest
    rate = rate_text(row["rate_per_1000"])
    return f"{highest}; {row['ward_name']} ranked {ordinal(row['rank'])} at {rate}"


@of_rows
def map_title(wards: PublishedTable, london: Measure) -> str:
    """How many wards stand above and below London."""
    sides = wards.to_frame()["comparison"].value_counts()
    counts = [f"{count_text(sides.get(side, 0))} {side}" for side in ("higher", "similar", "lower")]
    against = f"{london.label} ({value_text(london)})"
    return f"Of {count_text(len(wards))} wards, {list_text(counts)}, compared with {against}"


@of_rows
def offence_title(by_offence: PublishedTable, area: str) -> str:
    """How the area's offences divide into possession and trafficking."""
    totals = by_offence.to_frame().groupby("offence")["offences"].sum().sort_values()
    (less, fewer), (more, most) = totals.items()
    share = percent_text(100 * most / (most + fewer), most + fewer)
    counts = f"{count_text(most)}, against {count_text(fewer)} of {less}"
    return f"In {area}'s wards {more} made up {share} of drug offences: {counts}"


@of_rows
def months_title(months: PublishedTable, ward_code: str, year: str) -> str:
    """The four months running that hold most of the ward's possession offences in the year."""
    shown = months.where(ward_code=ward_code, offence="possession").to_frame()
    in_year = shown["month"].isin(FinancialYear.parse(year).months)
    counts = shown[in_year].set_index("month")["offences"].astype(int).sort_index()
    if len(counts) < 12:
        return ""
    runs = counts.rolling(RUN).sum()
    last = pd.Period(runs.idxmax(), freq="M")  # type: ignore[arg-type]
    first = month_name(last - (RUN - 1)).removesuffix(f" {last.year}")
    return (
        f"{count_text(runs.max())} of {shown['ward_name'].iloc[0]}'s {count_text(counts.sum())} "
        f"possession offences in {year} were recorded in {first} to {month_name(last)}"
    )


@of_rows
def neighbours_title(neighbours: PublishedTable, focus: str, beside: str) -> str:
    """How the focus ward and one neighbour moved over the years, and the two together."""
    by_year = _by_year(neighbours, [focus, beside])
    together = " to ".join(count_text(total) for total in by_year.sum())
    years = list(by_year.columns)
    paths = "; ".join(_path(ward, counts) for ward, counts in by_year.iterrows())
    when = f"{years[0]} to {years[-1]}" if len(years) > 1 else years[0]
    return f"Offences {when}: {paths}; the two together {together}"


def _by_year(neighbours: PublishedTable, ward_codes: list[str]) -> pd.DataFrame:
    table = neighbours.to_frame()
    table = table[table["ward_code"].isin(ward_codes)]
    sums = table.groupby(["ward_name", "year"])["offences"].sum().unstack()
    names = table.drop_duplicates("ward_code").set_index("ward_code")["ward_name"]
    return sums.loc[[names[code] for code in ward_codes]].astype(int)


def _path(ward: object, counts: pd.Series) -> str:
    return f"{ward} {' to '.join(count_text(count) for count in counts)}"


@of_rows
def focus_changed(
    history: PublishedTable, neighbours: PublishedTable, focus: str, beside: str | None
) -> str:
    """What changed for the focus ward since the year before, and how much to make of it."""
    table = history.to_frame().sort_values("year")
    if len(table) < 2:
        return ""
    before, after = table.iloc[-2], table.iloc[-1]
    years = f"between {before['year']} and {after['year']}"
    moving = moved(before["offences"], after["offences"])
    counts = f"{after['ward_name']}'s offences {moving} {years}"
    if before["comparison"] == after["comparison"]:
        return sentence(f"{counts}; in both years its rate {WAS[after['comparison']]} London's")
    turned = (
        f"its rate {WAS[before['comparison']]} London's in {before['year']} and "
        f"{WAS[after['comparison']]} it in {after['year']}"
    )
    together = _read_together(neighbours, focus, beside)
    return f"{sentence(f'{counts}; {turned}')} {together}".strip()


def _read_together(neighbours: PublishedTable, focus: str, beside: str | None) -> str:
    """The ward and the neighbour that moved most the other way: place, or recording?"""
    if beside is None:
        return ""
    last_two = _by_year(neighbours, [focus, beside]).iloc[:, -2:]
    (_, ward), (name, other) = last_two.iterrows()
    if (ward.iloc[1] - ward.iloc[0]) * (other.iloc[1] - other.iloc[0]) >= 0:
        return ""
    together = last_two.sum()
    fell, rose = ("fall", "rise") if ward.iloc[1] < ward.iloc[0] else ("rise", "fall")
    return sentence(
        f"Next door, {name} {moved(*other)}; the two together {moved(*together)}. A {fell} here "
        f"and a {rose} next door may be a change of place or of recording"
    )


@of_rows
def change_title(change: PublishedTable, area: str) -> str:
    """How the area moved on the year before, against the rest of London."""
    row = row_where(change, offence=ALL_OFFENCES)
    limits = interval_text(row["relative_lower"], row["relative_upper"], 2)
    moving = moved(row["offences_before"], row["offences"])
    relative = f"{rate_text(row['relative_ratio'], 2)} ({limits})"
    return (
        f"{area}'s drug offences {moving} since {row['previous_year']}; "
        f"divided by the change in the rest of London that is {relative}"
    )


def unallocated_sentence(unallocated: PublishedTable, area: str) -> str:
    """How much of the borough's count no ward carries, or why that can't be said."""
    if not len(unallocated):
        return (
            "The share of offences not allocated to a ward is not available: the ward and borough "
            "files held for this year do not match."
        )
    row = rows_of(unallocated)[0]
    share = percent_text(row["percent"], row["borough_offences"])
    counts = f"{count_text(row['unallocated'])} of {area}'s {count_text(row['borough_offences'])}"
    return sentence(
        f"{counts} offences ({share}) are not allocated to a ward, in the "
        f"{count_text(row['months'])} months of the year for which ward and borough files "
        "are of matching vintage"
    )


def tipping_sentence(tipping: PublishedTable, ward_code: str | None) -> str:
    """How far the residents of a ward would have to be off before its comparison changes."""
    row = row_where(tipping, ward_code=ward_code)
    if row is None or row["residents_change"] is None:
        return ""
    direction = "more" if row["residents_change"] > 0 else "fewer"
    return sentence(
        f"{row['ward_name']} would need {rate_text(abs(row['residents_change']), 0)}% {direction} "
        f"residents than the {count_text(row['residents'])} counted in 2021, "
        f"{count_text(row['residents_needed'])}, before its rate no longer differed from London's"
    )


def special_sites_sentence(sites: PublishedTable, area: str) -> str:
    """What the area's rate would be without the wards that hold a special site."""
    only_published(sites)
    if len(sites) < 2:
        return ""
    with_, without = rows_of(sites)
    limits = interval_text(without["lower"], without["upper"])
    names = str(without["sites"]).removeprefix(WITHOUT)
    return sentence(
        f"{area}'s ward rate is {rate_text(with_['rate_per_1000'])} with all wards and "
        f"{rate_text(without['rate_per_1000'])} ({limits}) without {names}, where offences found "
        "in custody may be recorded"
    )


# Statistics of this finding alone


WITHOUT = "Without "


HISTORY = [
    "year",
    "ward_code",
    "ward_name",
    "offences",
    "residents",
    "rate_per_1000",
    "lower",
    "upper",
    "rank",
    "london_rate",
    "comparison",
]


def rates_of(places: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The rate of each place, all rows of its table together.

    Parameters
    ----------
    places : mapping of str to pandas.DataFrame
        What a reader calls the place, and its areas with ``offences`` and ``residents``.
        A place without areas is left out.

    Returns
    -------
    pandas.DataFrame
        ``place``, ``offences``, ``residents``, ``rate_per_1000``, ``lower``, ``upper`` and
        ``unstable``.
    """
    first = next(iter(places.values()))
    sums = [
        {"place": name, **areas[["offences", "residents"]].sum().to_dict()}
        for name, areas in places.items()
        if len(areas)
    ]
    table = pd.DataFrame(sums, columns=["place", "offences", "residents"])
    return crude_rate(passed_on(table.astype({"offences": "int64", "residents": "int64"}), first))


def highest(wards: pd.DataFrame) -> str | None:
    """The code of the ward with the highest rate, or None where there is none."""
    if wards.empty:
        return None
    return str(wards.set_index("ward_code")["rate_per_1000"].idxmax())


def with_and_without(here: pd.DataFrame, sites: pd.DataFrame, london: Measure) -> pd.DataFrame:
    """An area's rate with all its wards, and without those that hold a special site.

    Parameters
    ----------
    here : pandas.DataFrame
        The area's wards, with ``offences`` and ``residents``.
    sites : pandas.DataFrame
        ``site``, ``ward_code`` and ``verified``.
    london : Measure
        What both are compared with.

    Returns
    -------
    pandas.DataFrame
        One or two rows: ``sites`` says which wards are counted.
    """
    held = sites[sites["ward_code"].isin(here["ward_code"])]
    places = {"All wards": here}
    if len(held):
        names = here.loc[here["ward_code"].isin(held["ward_code"]), "ward_name"]
        others = without(here, "ward_code", list(held["ward_code"].unique()))
        places[f"{WITHOUT}{list_text(names)}"] = others
    rates = rates_of(places).rename(columns={"place": "sites"})
    return compare(passed_on(rates, rates_of(places)), with_=london)


def not_allocated(offences: pd.DataFrame, year: str) -> pd.DataFrame:
    """How many of a borough's offences no ward carries, in the months that can be subtracted.

    Parameters
    ----------
    offences : pandas.DataFrame
        ``area_code``, ``area_name``, ``month``, ``in_wards`` and ``in_borough``, over the
        months for which the ward and the borough file are of matching vintage.
    year : str
        The financial year to show.

    Returns
    -------
    pandas.DataFrame
        One row an area: ``place``, ``borough_offences``, ``ward_offences``,
        ``unallocated``, ``percent`` and ``months``. No row where no month matches, nor where
        the wards hold more than the borough: then the two files don't count the same offences.
    """
    of_year = offences[offences["month"].isin(FinancialYear.parse(year).months)]
    groups = of_year.groupby("area_name")
    sums = groups[["in_borough", "in_wards"]].sum().query("in_wards <= in_borough")
    table = pd.DataFrame(
        {
            "place": sums.index,
            "borough_offences": sums["in_borough"],
            "ward_offences": sums["in_wards"],
            "unallocated": sums["in_borough"] - sums["in_wards"],
            "percent": 100 * (1 - sums["in_wards"] / sums["in_borough"]),
            "months": groups["month"].nunique().reindex(sums.index),
        }
    )
    return passed_on(table.reset_index(drop=True), offences)


def ward_history(
    offences: pd.DataFrame, residents: pd.DataFrame, borough_code: str, ward_code: str | None
) -> pd.DataFrame:
    """One ward in every complete year: its rate, its rank in the borough, London beside it.

    Parameters
    ----------
    offences : pandas.DataFrame
        Monthly, every London ward.
    residents : pandas.DataFrame
        One row a ward.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``ward_code``, ``ward_name``, ``offences``, ``residents``, the rate with
        its limits, ``rank``, ``london_rate`` and ``comparison``; one row a year.
    """
    dated = complete_financial_years(offences)
    rows = [
        _one_year(passed_on(dated[dated["year"] == year], dated), residents, borough_code)
        for year in sorted(dated["year"].unique())
    ]
    if not rows:
        return passed_on(pd.DataFrame(columns=HISTORY), offences)
    every = pd.concat(rows, ignore_index=True)
    chosen = every[every["ward_code"] == ward_code].reset_index(drop=True)
    return passed_on(chosen[HISTORY], rows[0])


def _one_year(dated: pd.DataFrame, residents: pd.DataFrame, borough_code: str) -> pd.DataFrame:
    wards = crude_rate(with_residents(total_by(dated, WARD), residents, on="ward_code"))
    london = rate_of(wards, "London wards")
    ranked = rank_by(compare(inside(wards, borough_code), with_=london), "rate_per_1000")
    return passed_on(ranked.assign(year=london.period, london_rate=london.value), ranked)


def counter_mover(by_year: pd.DataFrame, ward_code: str | None) -> str | None:
    """The neighbour that moved most the other way than a ward did since the year before.

    Parameters
    ----------
    by_year : pandas.DataFrame
        ``ward_code``, ``year`` and ``offences``: the ward and its neighbours.

    Returns
    -------
    str or None
        Its code; the neighbour with most offences where none moved the other way or there
        is one year only; None where the ward stands alone.
    """
    if ward_code is None:
        return None
    wide = by_year.pivot_table(
        index="ward_code", columns="year", values="offences", aggfunc="sum"
    ).sort_index(axis=1)
    others = wide.drop(index=ward_code, errors="ignore")
    if ward_code is None or others.empty or ward_code not in wide.index:
        return None
    if wide.shape[1] < 2:
        return str(others.iloc[:, -1].idxmax())
    change = wide.iloc[:, -1] - wide.iloc[:, -2]
    against = change[others.index] * (-1 if change[ward_code] > 0 else 1)
    return str(against.idxmax()) if against.max() > 0 else str(others.iloc[:, -1].idxmax())
