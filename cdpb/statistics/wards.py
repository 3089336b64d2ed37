"""The wards of a borough: rates of places, one year after another, bursts and neighbours."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cdpb.errors import verb
from cdpb.numbers import list_text
from cdpb.periods import FinancialYear, ended_in, month_name
from cdpb.statistics.about import passed_on
from cdpb.statistics.comparison import compare
from cdpb.statistics.intervals import dispersion, widened
from cdpb.statistics.measure import Measure
from cdpb.statistics.places import WARD, inside
from cdpb.statistics.rates import crude_rate, rank_by, rate_of, total_by, with_residents, without
from cdpb.statistics.windows import complete_financial_years

MOST_NAMED = 3
ENGLAND = "E92000001"
COUNTS = ["offences", "residents"]
WIDENED = "Poisson limits, widened by the dispersion of the months"
WITHOUT = "Without "
HISTORY = [
    "year", "ward_code", "ward_name", "offences", "residents", "rate_per_1000", "lower", "upper",
    "rank", "london_rate", "comparison", "burst",
]  # fmt: skip


@verb("")
def rates_of(
    places: Mapping[str, pd.DataFrame], residents: pd.DataFrame, on: str = "ward_code"
) -> pd.DataFrame:
    """The rate of each place, all its wards or boroughs together, as its months let it be known.

    Parameters
    ----------
    places : mapping of str to pandas.DataFrame
        Offences by month of the areas of each place, by what a reader calls it; one without rows is
        left out.
    residents : pandas.DataFrame
        One row per area: ``on`` and ``residents``.

    Returns
    -------
    pandas.DataFrame
        As `crude_rate`, with ``place`` and the ``dispersion`` of its months, by which the limits
        are `widened`.
    """
    held = {name: months for name, months in places.items() if len(months)}
    totals = {
        name: with_residents(total_by(months, on), residents, on=on)
        for name, months in held.items()
    }
    sums = [{"place": name, **each[COUNTS].sum().to_dict()} for name, each in totals.items()]
    table = pd.DataFrame(sums, columns=["place", *COUNTS])
    spread = [dispersion(each.assign(place=name), ["place"]).iloc[0] for name, each in held.items()]
    table = table.astype(dict.fromkeys(COUNTS, "int64")).assign(dispersion=spread)
    about = total_by(next(iter(places.values())), on)
    about = with_residents(about, residents, on=on)
    rates = widened(crude_rate(passed_on(table, about)), "rate_per_1000")
    return passed_on(rates, rates, method=WIDENED)


@verb("")
def rates_by_ward(offences: pd.DataFrame, residents: pd.DataFrame) -> pd.DataFrame:
    """The rate of each ward, as `crude_rate`, from its offences by month."""
    return crude_rate(with_residents(total_by(offences, WARD), residents, on="ward_code"))


@verb("")
def ranked(wards: pd.DataFrame, london: Measure) -> pd.DataFrame:
    """Wards compared with London, each by itself, and ranked by their rates."""
    return rank_by(compare(wards, with_=london), "rate_per_1000")


def ward_in_focus(wards: pd.DataFrame, code: str | None) -> tuple[str | None, str]:
    """The code and the name of the ward that is asked for, else of that with the highest rate."""
    if code is None and len(wards):
        code = str(wards.set_index("ward_code")["rate_per_1000"].idxmax())
    names = wards.loc[wards["ward_code"] == code, "ward_name"]
    return code, str(names.iloc[0]) if len(names) else "the focus ward"


def in_london(wards: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    """Each ward's rank among all of them, with the ranks that it may have, and its dispersion.

    Parameters
    ----------
    wards : pandas.DataFrame
        Every ward of London, as `crude_rate` gives them.
    months : pandas.DataFrame
        Their offences by month.

    Returns
    -------
    pandas.DataFrame
        With the ``dispersion`` of its months, limits that are `widened` by it, ``london_wards``
        (how many there are), ``london_rank``, and ``london_rank_best`` and ``london_rank_worst``:
        where those limits would stand among the rates of the others.
    """
    spread = dispersion(months, ["ward_code"])
    found = wards.assign(dispersion=spread.reindex(wards["ward_code"]).to_numpy())
    wide, rates = widened(found, "rate_per_1000"), wards["rate_per_1000"].sort_values()
    above = {end: len(rates) - rates.searchsorted(wide[end], side="right")
             for end in ("rate_per_1000", "lower", "upper")}  # fmt: skip
    rank = above["rate_per_1000"] + 1
    ranks = {"london_rank": rank, "london_rank_best": above["upper"] + 1,
             "london_rank_worst": np.maximum(above["lower"], rank)}  # fmt: skip
    return passed_on(wide.assign(london_wards=len(wards), **ranks), wards, method=WIDENED)


def beside_england(
    crime: pd.DataFrame, residents: pd.DataFrame, months: pd.DataFrame, area: str, year: str
) -> pd.DataFrame:
    """An area's and England's rate of drug offences, in the latest twelve months up to a year.

    Of police recorded ``crime`` by area, which has no months: its limits are for chance alone, and
    ``widened_lower`` and ``widened_upper`` what they would be with the dispersion of the same
    twelve ``months`` in the area's own police file. Two rows, ``England`` second; none where no
    twelve months are held by then.
    """
    drugs = crime[crime["indicator"].eq("drug_offences") & crime["area_code"].isin([area, ENGLAND])]
    drugs = drugs[[ended_in(each) <= year for each in drugs["year"]]]
    ends = drugs["year"].max() if len(drugs) else ""
    first, _, last = ends.partition(" - ")
    span = pd.period_range(first, last, freq="M") if ends else pd.PeriodIndex([], freq="M")
    latest = drugs[drugs["year"] == ends].sort_values("area_code")
    own = months[months["month"].isin(span) & months["area_code"].eq(area)]
    spread = dispersion(own, ["area_code"]).reindex(latest["area_code"]).fillna(1)
    table = latest.rename(columns={"value": "offences", "area_name": "place"})
    table = table[["area_code", "place", "offences"]].astype({"offences": "int64"})
    when = f"year to {month_name(span[-1])}" if ends else ""
    table = table.assign(dispersion=spread.to_numpy(), period=when)
    rates = crude_rate(with_residents(passed_on(table, crime), residents, on="area_code"))
    wide = widened(rates, "rate_per_1000")
    ends = {f"widened_{end}": wide[end] for end in ("lower", "upper")}
    return passed_on(rates.assign(**ends), rates, period=when)


def with_and_without(
    here: pd.DataFrame, sites: pd.DataFrame, residents: pd.DataFrame, london: Measure
) -> pd.DataFrame:
    """An area's rate with all its wards, and without those that hold a special site.

    Of the offences ``here`` by month. Both are compared with ``london``. One or two rows; ``sites``
    says which wards are counted.
    """
    special = sites[sites["ward_code"].isin(here["ward_code"])]
    places = {"All wards": here}
    if len(special):
        named = here[here["ward_code"].isin(special["ward_code"])]
        others = without(here, "ward_code", list(special["ward_code"].unique()))
        places[f"{WITHOUT}{list_text(named['ward_name'].unique())}"] = others
    rates = rates_of(places, residents)
    return compare(passed_on(rates.rename(columns={"place": "sites"}), rates), with_=london)


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


def every_year(
    offences: pd.DataFrame,
    residents: pd.DataFrame,
    borough_code: str,
    tell: Callable[[Any], str],
) -> pd.DataFrame:
    """A borough's wards in every complete year: rate, rank in the borough, London beside it.

    ``offences`` are of every London ward, by month. One row per ward and year, with the columns
    `HISTORY`; in ``burst`` what there is to ``tell`` of a ward of which few months hold most of
    the year.
    """
    dated = complete_financial_years(offences)
    rows = [
        _one_year(passed_on(dated[dated["year"] == year], dated), residents, borough_code, tell)
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
    """The bursts of a year, with each ward's rank, and the rank that it would have without it.

    ``offences`` are those of the wards by month and kind, ``wards`` their rates and ranks.
    """
    from cdpb.statistics.bursts import bursts  # only when a year is ranked

    found = bursts(offences, ["ward_code", "ward_name", "offence"])
    known = wards.set_index("ward_code")
    own = known.loc[found["ward_code"]].reset_index()
    rates = 1000 * (own["offences"] - found["in_burst"]) / own["residents"]
    others = (known["rate_per_1000"].drop(index=code) for code in own["ward_code"])
    above = [int((each > rate).sum()) for each, rate in zip(others, rates, strict=True)]
    ranks = {"rank": own["rank"], "rank_without": pd.Series(above, own.index, dtype="int64") + 1}
    return passed_on(found.assign(rate_without=rates, **ranks), found)


def _one_year(
    dated: pd.DataFrame, residents: pd.DataFrame, borough_code: str, tell: Callable[[Any], str]
) -> pd.DataFrame:
    from cdpb.statistics.bursts import bursts

    wards = rates_by_ward(dated, residents)
    london = rate_of(wards, "London wards")
    own = ranked(inside(wards, borough_code), london)
    found = bursts(inside(dated, borough_code), ["ward_code", "offence"])
    texts = {row["ward_code"]: tell(row) for row in reversed(found.to_dict("records"))}
    told = [texts.get(code, "") for code in own["ward_code"]]
    year = {"year": london.period, "london_rate": london.value, "burst": told}
    return passed_on(own.assign(**year), own)


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
