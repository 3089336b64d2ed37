"""People in treatment: who they are at the start, whom treatment doesn't reach, and their mix."""

from collections.abc import Sequence

import pandas as pd

from cdpb.errors import InputError
from cdpb.statistics.about import kinds_of, need_columns, passed_on, period_of
from cdpb.statistics.intervals import Numbers, aligned, wilson_score_interval
from cdpb.statistics.shares import shares_of

STARTED = "new_presentations"
# GPs are counted by the publisher among health services and social care, and not by themselves.
HEALTH, THEMSELVES = "health services and social care", "self, family or friends"
BY_THEMSELVES = "referral_self_family_friends_new"
BY_HEALTH = "referral_health_services_social_care_new"
ROUTES = {
    BY_THEMSELVES: THEMSELVES,
    BY_HEALTH: HEALTH,
    "referral_criminal_justice_new": "criminal justice",
    "referral_substance_misuse_service_new": "another substance misuse service",
    "referral_other_new": "other",
    "referral_missing_new": "not known",
}
URGENT, HOUSING_PROBLEM = "urgent housing problem", "other housing problem"
HOUSING = {
    "housing_urgentproblem_new": URGENT,
    "housing_housingproblem_new": HOUSING_PROBLEM,
    "housing_noproblem_new": "no housing problem",
    "housing_other_new": "other",
    "housing_notstatedormissing_new": "not stated",
}
EMPLOYED, UNEMPLOYED, SICK = (
    "regular employment",
    "unemployed or inactive",
    "long-term sick or disabled",
)
EMPLOYMENT = {
    "employment_regularemployment_new": EMPLOYED,
    "employment_unemployedinactive_new": UNEMPLOYED,
    "employment_longtermsickdisabled_new": SICK,
    "employment_ineducation_new": "in education",
    "employment_unpaidvoluntary_new": "unpaid or voluntary work",
    "employment_other_new": "other",
    "employment_notstatedmissing_new": "not stated",
}


ENDINGS = {
    "exit_successfulcompletion_all": "completed treatment",
    "exit_droppedout_all": "dropped out",
}


def endings(adults: pd.DataFrame) -> pd.DataFrame:
    """Those who completed treatment, and who dropped out, as a share of all in treatment.

    One row per area, year, substance group and ``ending``: ``ended``, ``adults``, ``percent`` with
    its limits, and what the publisher's rounding leaves of it. The others were still in treatment
    or left it in another way.
    """
    named = ("ended", "adults")
    return shares_of(adults, ENDINGS, "in_treatment", into="ending", named=named)


def referral_routes(adults: pd.DataFrame) -> pd.DataFrame:
    """The share of adults starting treatment who came by each route.

    Parameters
    ----------
    adults : pandas.DataFrame
        As loaded, with the bounds that the publisher's rounding leaves; one sex, or both together.

    Returns
    -------
    pandas.DataFrame
        One row per area, year, substance group and ``route``: ``referred``, ``started``,
        ``percent``, ``lower``, ``upper``, ``lowest_percent`` and ``highest_percent``.
    """
    return _at_start(adults, ROUTES, "route", "referred")


def housing_at_start(adults: pd.DataFrame) -> pd.DataFrame:
    """The share of adults starting treatment in each housing situation; ``housing``."""
    return _at_start(adults, HOUSING, "housing", "adults")


def employment_at_start(adults: pd.DataFrame) -> pd.DataFrame:
    """The share of adults starting treatment in each kind of work or none; ``employment``."""
    return _at_start(adults, EMPLOYMENT, "employment", "adults")


def _at_start(adults: pd.DataFrame, parts: dict[str, str], into: str, count: str) -> pd.DataFrame:
    shares = shares_of(adults, parts, whole=STARTED, into=into, named=(count, "started"))
    return passed_on(shares.drop(columns=["sex"], errors="ignore"), shares)


def with_unmet_need(
    table: pd.DataFrame, in_treatment: str = "people", in_need: str = "in_need"
) -> pd.DataFrame:
    """The share of people in need who are not in treatment, row by row.

    One less people in treatment over people estimated in need. The interval is that of the
    estimate, carried through: in treatment is a count, not a sample. Never below 0: an
    estimate below the count says nothing of people who don't exist.

    Parameters
    ----------
    table : pandas.DataFrame
        People in treatment, people estimated in need, and that estimate's limits in
        ``<in_need>_lower`` and ``<in_need>_upper``, missing where it has none. Rows of one
        series only. Where ``ages`` and ``<in_need>_ages`` are given, they must agree.
    in_treatment, in_need : str
        The columns of the two.

    Returns
    -------
    pandas.DataFrame
        The table with ``percent``, ``lower`` and ``upper``, in per cent.

    Raises
    ------
    InputError
        If the rows are of more than one series of estimates, or of different ages.

    Examples
    --------
    >>> with_unmet_need(alcohol)[["area_name", "percent", "lower", "upper"]]
    """
    need_columns(table, in_treatment, in_need, f"{in_need}_lower", f"{in_need}_upper")
    if "series" in table and table["series"].nunique(dropna=False) > 1:
        raise InputError(
            "Two series of estimates stand in one table.",
            "They count in different ways. Keep one series, or make a table for each.",
        )
    if {"ages", f"{in_need}_ages"} <= set(table):
        unlike = table[table["ages"] != table[f"{in_need}_ages"]]
        if len(unlike):
            raise InputError(
                "Unmet need sets like against like, and the two sides differ in ages.",
                f"In treatment: {unlike['ages'].iloc[0]}",
                f"In need: {unlike[f'{in_need}_ages'].iloc[0]}",
                "Nothing was computed.",
            )
    estimate = (table[f"{in_need}{suffix}"] for suffix in ("", "_lower", "_upper"))
    result = table.assign(**_unmet(table[in_treatment], *estimate))
    return passed_on(
        result, table, value="percent", unit="%", numerator=in_treatment, denominator=in_need
    )


def _unmet(treated: Numbers, *need_with_limits: Numbers) -> pd.DataFrame:
    people, estimate, least, most = aligned(treated, *need_with_limits)

    def share(of: pd.Series) -> pd.Series:
        return (100 * (1 - people / of.where(of > 0))).clip(lower=0)

    # A lower limit of nobody in need leaves no unmet need at all.
    none_in_need = share(least).where(~(least == 0) | people.isna(), 0.0)
    return pd.DataFrame({"percent": share(estimate), "lower": none_in_need, "upper": share(most)})


def standardised_share(
    table: pd.DataFrame,
    standard: pd.DataFrame,
    by: Sequence[str] | str = "area_code",
    over: str = "substance_group",
    numerator: str = "women",
    denominator: str = "adults",
    total: str = "total",
) -> pd.DataFrame:
    """A share against what the mix of groups alone would lead one to expect.

    Observed is what stands in the row of the total; a publisher's rounding leaves the sum of
    the groups a little off it. Without such a row the groups are summed.

    Indirect: the women expected if each substance group had the standard's share of women.
    Observed over expected has the Wilson limits of the observed share over the expected
    share, so that a ratio whose limits leave out 1 is a share whose limits leave out what is
    expected. The standard is taken as known, being some two hundred times as large.

    Direct, as a check: the area's own share in each group, weighted by the standard's mix;
    Wilson limits at the number of people that would give the same variance.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each group of ``by`` and value of ``over``.
    standard : pandas.DataFrame
        The same for the standard, one row for each value of ``over``.
    by : str or list of str, default "area_code"
        What the share is made for.
    over : str, default "substance_group"
        What the make-up is of.
    numerator, denominator : str
        The columns of the two counts.
    total : str, default "total"
        The value of ``over`` that stands for all of them.

    Returns
    -------
    pandas.DataFrame
        One row a group: the two counts observed, ``percent``, ``lower``, ``upper``;
        ``expected`` people, ``expected_percent``; ``observed_to_expected``,
        ``ratio_lower``, ``ratio_upper``; ``direct_percent``, ``direct_lower``,
        ``direct_upper``.

    Raises
    ------
    InputError
        If the two sides are not from one source, or don't hold the same values of ``over``.

    References
    ----------
    Breslow and Day (1987), Statistical Methods in Cancer Research volume II, chapter 2.

    Examples
    --------
    >>> standardised_share(barnet_groups, england_groups)["expected_percent"]
    """
    keys = [by] if isinstance(by, str) else list(by)
    need_columns(table, *keys, over, numerator, denominator)
    groups, usual = table[table[over] != total], standard[standard[over] != total]
    _refuse_other_standard(groups, usual, keys, over)
    totals = table[table[over] == total]
    observed = (groups if totals.empty else totals).groupby(keys)[[numerator, denominator]]
    counts = observed.sum(skipna=False)
    parts = _weighed(groups, usual.set_index(over), over, numerator, denominator)
    sums = parts.groupby([groups[key] for key in keys]).sum(skipna=False)
    found = counts.assign(
        **_indirect(counts[numerator], counts[denominator], sums),
        **_direct(sums),
    )
    return passed_on(
        found.reset_index(),
        table,
        value="percent",
        unit="%",
        numerator=numerator,
        denominator=denominator,
        period=period_of(table),
        kinds=kinds_of(table, apart_from=(over,)),
        method="Wilson score limits; expected at the standard's share in each group",
    )


def _weighed(
    groups: pd.DataFrame, usual: pd.DataFrame, over: str, numerator: str, denominator: str
) -> pd.DataFrame:
    """For each row: the people expected, and its part in the directly standardised share."""
    part, whole = aligned(groups[numerator], groups[denominator])
    mix = groups[over].map(usual[denominator] / usual[denominator].sum())
    share = part / whole.where(whole > 0)
    return pd.DataFrame(
        {
            "whole": whole,
            "expected": whole * groups[over].map(usual[numerator] / usual[denominator]),
            "direct": mix * share,
            "variance": mix**2 * share * (1 - share) / whole,
        }
    )


def _indirect(part: pd.Series, whole: pd.Series, sums: pd.DataFrame) -> dict[str, pd.Series]:
    share, usual = part / whole, sums["expected"] / sums["whole"]
    limits = wilson_score_interval(part, whole)
    return {
        "percent": 100 * share,
        "lower": 100 * limits["lower"],
        "upper": 100 * limits["upper"],
        "expected": whole * usual,
        "expected_percent": 100 * usual,
        "observed_to_expected": share / usual,
        "ratio_lower": limits["lower"] / usual,
        "ratio_upper": limits["upper"] / usual,
    }


def _direct(sums: pd.DataFrame) -> dict[str, pd.Series]:
    spread = sums["variance"].where(sums["variance"] > 0)
    people = sums["direct"] * (1 - sums["direct"]) / spread
    limits = 100 * wilson_score_interval(sums["direct"] * people, people)
    return {
        "direct_percent": 100 * sums["direct"],
        "direct_lower": limits["lower"],
        "direct_upper": limits["upper"],
    }


def _refuse_other_standard(
    table: pd.DataFrame, standard: pd.DataFrame, keys: list[str], over: str
) -> None:
    need_columns(standard, over)
    if table.attrs.get("source") != standard.attrs.get("source"):
        raise InputError("A share is standardised by figures of its own source only.")
    wanted = set(standard[over])
    unlike = table.groupby(keys)[over].agg(set).map(lambda held: held != wanted)
    if unlike.any() or standard[over].duplicated().any() or table.duplicated([*keys, over]).any():
        raise InputError(
            f"An area and its standard need the same values of {over!r}, each once.",
            f"The standard has: {', '.join(sorted(map(str, wanted)))}",
        )
    if period_of(table) != period_of(standard):
        raise InputError("A share is standardised by figures of its own period only.")
