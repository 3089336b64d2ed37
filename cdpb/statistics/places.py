"""One area beside others, and its change between two years beside the change elsewhere."""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from cdpb.errors import InputError, verb
from cdpb.numbers import CHANGE
from cdpb.periods import FinancialYear, financial_year_of
from cdpb.statistics.about import need_columns, passed_on, period_of
from cdpb.statistics.intervals import aligned, as_counts, dispersion, normal_quantile
from cdpb.statistics.rates import total_by, with_totals
from cdpb.statistics.trend import Break
from cdpb.statistics.windows import A_YEAR

WARD = ["ward_code", "ward_name", "borough_code"]
BOROUGH = ["area_code", "area_name"]
ALL_OFFENCES = "all drug offences"
CHANGE_NOTED = {
    "value": "change",
    "unit": CHANGE,
    "method": "limits on the log scale, widened by the dispersion of the months",
}
HALF_A_YEAR = 6
CHANGED = [
    "offence", "previous_year", "previous_period", "offences_before", "period", "offences",
    "change", "change_lower", "change_upper", "elsewhere_change", "elsewhere_lower",
    "elsewhere_upper", "relative_ratio", "relative_lower", "relative_upper",
    "change_plain_lower", "change_plain_upper", "dispersion", "elsewhere_dispersion",
]  # fmt: skip


@verb("")
def inside(table: pd.DataFrame, area: str) -> pd.DataFrame:
    """The rows of one borough, or of its wards."""
    column = _column_of(area, table)
    return passed_on(table[table[column] == area].reset_index(drop=True), table)


@verb("")
def outside(table: pd.DataFrame, area: str) -> pd.DataFrame:
    """The rows of everywhere else."""
    column = _column_of(area, table)
    return passed_on(table[table[column] != area].reset_index(drop=True), table)


def _column_of(area: str, table: pd.DataFrame) -> str:
    """The column of codes of areas; a name or a year in the place of one is a slip."""
    if re.search(r"[a-z/]", area):
        raise InputError(
            f"{area!r} is not the code of an area.", "Wanted: a GSS code, as finding.area is one."
        )
    return "borough_code" if "borough_code" in table else "area_code"


def up_to(offences: pd.DataFrame, year: str) -> pd.DataFrame:
    """The months not after the end of a financial year."""
    last = FinancialYear.parse(year).months[-1]
    return passed_on(offences[offences["month"] <= last].reset_index(drop=True), offences)


def last_two_years(offences: pd.DataFrame, year: str) -> pd.DataFrame:
    """The months of a financial year and of the year before."""
    before = FinancialYear.parse(year).previous().months[0]
    recent = up_to(offences, year)
    return passed_on(recent[recent["month"] >= before].reset_index(drop=True), offences)


def change_on_year_before(offences: pd.DataFrame, year: str, area: str) -> pd.DataFrame:
    """A financial year against the last: as `change_of_months`."""
    return change_of_months(offences, FinancialYear.parse(year).months, area)


def change_of_months(offences: pd.DataFrame, months: pd.PeriodIndex, area: str) -> pd.DataFrame:
    """Possession, trafficking and both: some months against the same months a year before.

    Of monthly offences in every borough, the rest of London beside. The months may be those of a
    financial year or any others that follow each other.

    Returns
    -------
    pandas.DataFrame
        One row per offence: ``period`` and ``previous_period``; ``change`` and
        ``elsewhere_change`` in per cent and ``relative_ratio``, as `change_against_elsewhere` finds
        them; the ``dispersion`` of the months, here and elsewhere, by which all limits are widened
        (``change_plain_lower`` and ``change_plain_upper`` are the area's own as they were). Empty
        where one of the months isn't held.
    """
    nothing = passed_on(pd.DataFrame(columns=CHANGED), offences, **CHANGE_NOTED)
    if not len(months):
        return nothing
    before, year = months - A_YEAR, FinancialYear.parse(financial_year_of(months[0]))
    labels = dict.fromkeys(before, str(year.previous())) | dict.fromkeys(months, str(year))
    dated = offences[offences["month"].isin(labels)]
    if set(dated["month"]) != set(labels) or area not in set(dated["area_code"]):
        return nothing
    dated = passed_on(dated.assign(year=dated["month"].map(labels)), offences)
    totals = total_by(dated, ["area_code", "year", "offence"])
    both = with_totals(totals, over="offence", called=ALL_OFFENCES)
    changes = change_against_elsewhere(both, str(year), str(year.previous()), area, by="offence")
    periods = {"period": _period(months), "previous_period": _period(before)}
    counts = {"offences": "int64", "offences_before": "int64"}
    table = _widened(changes, dated, area).assign(**periods).astype(counts)[CHANGED]
    return passed_on(table, changes, **CHANGE_NOTED, period=periods["period"])


def _period(months: pd.PeriodIndex) -> str:
    """``2023/24``; ``July 2023 to January 2024``."""
    return period_of(pd.DataFrame({"month": months}))


def _widened(changes: pd.DataFrame, dated: pd.DataFrame, area: str) -> pd.DataFrame:
    """Changes in per cent, with limits that allow for how the months differ here and elsewhere."""
    every = pd.concat([dated, dated.assign(offence=ALL_OFFENCES)], ignore_index=True)
    sides = {"dispersion": inside(every, area), "elsewhere_dispersion": outside(every, area)}
    phi = {
        name: dispersion(side, ["offence"], ["year"]).reindex(changes["offence"]).to_numpy()
        for name, side in sides.items()
    }
    plain, there = (np.log(changes[f"{stem}_upper"] / changes[f"{stem}_lower"]) / 2
                    for stem in ("ratio", "elsewhere"))  # fmt: skip
    here, there = plain * np.sqrt(phi["dispersion"]), there * np.sqrt(phi["elsewhere_dispersion"])
    own, other = changes["rate_ratio"], changes["elsewhere_ratio"]
    return changes.assign(
        **_percent("change", own, here),
        change_plain_lower=100 * (own * np.exp(-plain) - 1),
        change_plain_upper=100 * (own * np.exp(plain) - 1),
        **_percent("elsewhere", other, there).rename({"elsewhere": "elsewhere_change"}),
        relative_lower=changes["relative_ratio"] * np.exp(-np.hypot(here, there)),
        relative_upper=changes["relative_ratio"] * np.exp(np.hypot(here, there)),
        **phi,
    )


def _percent(stem: str, ratio: pd.Series, spread: pd.Series) -> pd.Series:
    """A ratio and its limits as a change in per cent."""
    ends = {stem: 0, f"{stem}_lower": -1, f"{stem}_upper": 1}
    return pd.Series({name: 100 * (ratio * np.exp(end * spread) - 1) for name, end in ends.items()})


def months_alike(months: pd.PeriodIndex, breaks: Iterable[Break]) -> pd.PeriodIndex:
    """Those of some months that no break of a series parts from the same month a year before."""
    begun = [pd.Period(each.month, "M") for each in breaks if each.month]
    return months[[not any(m - A_YEAR < each <= m for each in begun) for m in months]]


def change_alike(
    offences: pd.DataFrame, year: str, area: str, breaks: Iterable[Break]
) -> pd.DataFrame:
    """As `change_of_months`, of a financial year's months that compare with those of the last.

    Like for like around a break: of 2023/24, in which the series breaks in February, April to
    January. Empty where no break lies between, or fewer than six months are left.
    """
    months = FinancialYear.parse(year).months
    alike = months_alike(months, breaks)
    some = HALF_A_YEAR <= len(alike) < len(months)
    return change_of_months(offences, alike if some else months[:0], area)


def change_against_elsewhere(
    table: pd.DataFrame,
    year: str,
    previous_year: str,
    area: str | None = None,
    by: Sequence[str] | str = (),
    count: str = "offences",
) -> pd.DataFrame:
    """Rate ratios between two years: the area, everywhere else, and the one over the other.

    One census stands under both years, and cancels.

    Events are taken as Poisson and the limits are made on the log scale, with a standard error of
    the square root of the sum of one over each count. Where one of a pair of counts is 0 a half is
    added to both (Haldane 1956), and ``half_added`` says so; where both are 0 there is no ratio.
    Recorded offences vary more than Poisson counts do, so the limits are the narrowest that can be
    defended; `change_of_months` widens them.

    Parameters
    ----------
    table : pandas.DataFrame
        ``area_code``, ``year``, ``count`` and the columns of ``by``, every area once a year. All
        the areas: the rest of them are the elsewhere.
    year, previous_year : str
        The two years, ``2023/24``. One that isn't in the table leaves the ratios missing.
    area : str, optional
        One area's rows alone; all areas' otherwise.
    by : str or list of str
        Compared apart, such as ``offence``.

    Returns
    -------
    pandas.DataFrame
        ``area_code``, ``by``, ``previous_year``, ``year``, ``<count>_before``, ``count``;
        ``rate_ratio``, ``elsewhere_ratio`` and ``relative_ratio``, the first over the second, each
        with its limits (``ratio_lower``, ``elsewhere_lower``, ``relative_lower`` and so on).

    Raises
    ------
    InputError
        If a year isn't a financial year, or the table lacks the area or has it twice.

    References
    ----------
    Rothman, Greenland and Lash (2008), Modern Epidemiology, 3rd edition, chapter 14.
    Haldane (1956), Ann Hum Genet 20: 309-311.

    Examples
    --------
    >>> change_against_elsewhere(by_year, "2023/24", "2022/23", area="E09000003", by="offence")
    """
    keys = [by] if isinstance(by, str) else list(by)
    year, previous_year = (str(FinancialYear.parse(each)) for each in (year, previous_year))
    counts = _side_by_side(table, year, previous_year, ["area_code", *keys], count)
    here, there = _log_ratio(counts), _log_ratio(_elsewhere(counts, keys))
    relative = here[0] - there[0], here[1] + there[1]
    z = normal_quantile(0.95)
    changes = (
        counts.apply(as_counts)
        .reset_index()
        .set_axis(["area_code", *keys, f"{count}_before", count], axis="columns")
    )
    changes.insert(1 + len(keys), "previous_year", previous_year)
    changes.insert(2 + len(keys), "year", year)
    changes = changes.assign(
        **_with_limits("rate_ratio", "ratio", *here, z),
        **_with_limits("elsewhere_ratio", "elsewhere", *there, z),
        **_with_limits("relative_ratio", "relative", *relative, z),
        half_added=_one_is_zero(counts),
    )
    return passed_on(
        _rows_of(changes, area),
        table,
        value="rate_ratio",
        unit="times",
        numerator=count,
        period=f"{year} against {previous_year}",
        method="rate ratio, limits on the log scale",
    )


def _side_by_side(
    table: pd.DataFrame, year: str, previous_year: str, keys: list[str], count: str
) -> pd.DataFrame:
    """Before and after, as floats."""
    need_columns(table, *keys, "year", count)
    if table.duplicated([*keys, "year"]).any():
        raise InputError(
            "An area stands twice in one year.", "Sum its counts first, with total_by."
        )
    wide = table.set_index([*keys, "year"])[count].unstack("year")
    wide = wide.reindex(columns=[previous_year, year])
    before, after = aligned(wide[previous_year], wide[year])
    return pd.DataFrame({"before": before, "after": after}, index=wide.index)


def _elsewhere(wide: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """All areas but each row's own; unknown where one of them is."""
    if not by:
        return wide.sum(skipna=False) - wide
    return wide.groupby(level=by).transform("sum", skipna=False) - wide


def _log_ratio(counts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The log of the ratio of the rates, and its variance."""
    extra = _one_is_zero(counts) / 2
    before, after = counts["before"] + extra, counts["after"] + extra
    known = (before > 0) & (after > 0)
    before, after = before.where(known), after.where(known)
    ratio: pd.Series = after / before
    return np.log(ratio), 1 / before + 1 / after


def _one_is_zero(counts: pd.DataFrame) -> np.ndarray:
    zero = counts.eq(0)
    return (zero["before"] ^ zero["after"]).to_numpy(dtype=bool)


def _with_limits(
    name: str, stem: str, log_ratio: pd.Series, variance: pd.Series, z: float
) -> dict[str, np.ndarray]:
    spread = z * np.sqrt(variance)
    return {
        name: np.exp(log_ratio).to_numpy(),
        f"{stem}_lower": np.exp(log_ratio - spread).to_numpy(),
        f"{stem}_upper": np.exp(log_ratio + spread).to_numpy(),
    }


def _rows_of(changes: pd.DataFrame, area: str | None) -> pd.DataFrame:
    if area is None:
        return changes
    rows = changes[changes["area_code"] == area]
    if rows.empty:
        raise InputError(f"{area} is not in the table.", "Nothing was computed.")
    return rows.reset_index(drop=True)


def beside(
    table: pd.DataFrame, other: pd.DataFrame, on: str | Sequence[str], columns: Sequence[str]
) -> pd.DataFrame:
    """The rows of one table with columns of another, by area; missing where it has none."""
    keys = [on] if isinstance(on, str) else list(on)
    joined = table.merge(other[[*keys, *columns]], on=keys, how="left")
    return passed_on(joined, table, sources=list(filter(None, [other.attrs.get("source")])))


def among_boroughs(measures: Mapping[str, pd.DataFrame], boroughs: pd.DataFrame) -> pd.DataFrame:
    """Each borough's value of some measures, with its place from either end.

    Parameters
    ----------
    measures : mapping of str to pandas.DataFrame
        ``area_code`` and ``value``, one row per area, by what a reader calls the measure.
    boroughs : pandas.DataFrame
        ``area_code`` and ``area_name``; other areas are left out.

    Returns
    -------
    pandas.DataFrame
        One row per ``measure`` and borough: ``value``, ``from_lowest`` and ``from_highest`` (ties
        share the better place) and ``out_of``, how many boroughs have a value.
    """
    every = []
    for name, table in measures.items():
        rows = boroughs.merge(table[["area_code", "value"]], on="area_code", how="left")
        value = rows["value"].astype("Float64")
        places = {
            f"from_{end}": value.rank(method="min", ascending=end == "lowest").astype("Int64")
            for end in ("lowest", "highest")
        }
        every.append(rows.assign(measure=name, value=value, out_of=value.count(), **places))
    names = ["measure", *BOROUGH, "value", "from_lowest", "from_highest", "out_of"]
    table = pd.concat(every, ignore_index=True) if every else pd.DataFrame(columns=names)
    first = next(iter(measures.values()), boroughs)
    others = [each.attrs.get("source") for each in measures.values()]
    return passed_on(table[names], first, sources=list(dict.fromkeys(filter(None, others))))
