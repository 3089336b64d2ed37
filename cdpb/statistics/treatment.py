"""People in treatment: who they are at the start, whom treatment doesn't reach, and their mix."""

from collections.abc import Sequence

import pandas as pd

from cdpb.errors import InputError
from cdpb.statistics.about import kinds_of, need_columns, passed_on, period_of
from cdpb.statistics.intervals import Numbers, aligned, wilson_score_interval
from cdpb.statistics.rates import TOTAL
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


def with_unmet_need(table: pd.DataFrame, in_treatment: str = "people") -> pd.DataFrame:
    """The share of people in need who are not in treatment, row by row.

    One less people in treatment over people estimated in need. The interval is that of the
    estimate, carried through: in treatment is a count, not a sample. Never below 0: an
    estimate below the count says nothing of people who don't exist.

    Parameters
    ----------
    table : pandas.DataFrame
        People in treatment, people estimated ``in_need``, and that estimate's limits in
        ``in_need_lower`` and ``in_need_upper``, missing where it has none. Rows of one series
        only. Where ``ages`` and ``in_need_ages`` are given, they must agree.
    in_treatment : str
        The column of people in treatment.

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
    estimate = ("in_need", "in_need_lower", "in_need_upper")
    need_columns(table, in_treatment, *estimate)
    if "series" in table and table["series"].nunique(dropna=False) > 1:
        raise InputError(
            "Two series of estimates stand in one table.",
            "They count in different ways. Keep one series, or make a table for each.",
        )
    if {"ages", "in_need_ages"} <= set(table):
        unlike = table[table["ages"] != table["in_need_ages"]]
        if len(unlike):
            raise InputError(
                "Unmet need sets like against like, and the two sides differ in ages.",
                f"In treatment: {unlike['ages'].iloc[0]}",
                f"In need: {unlike['in_need_ages'].iloc[0]}",
                "Nothing was computed.",
            )
    result = table.assign(**_unmet(table[in_treatment], *(table[name] for name in estimate)))
    return passed_on(
        result, table, value="percent", unit="%", numerator=in_treatment, denominator="in_need"
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
) -> pd.DataFrame:
    """The share of women against what the mix of substance groups alone would lead one to expect.

    Observed is what stands in the row of the total; a publisher's rounding leaves the sum of
    the groups a little off it. Without such a row the groups are summed. Expected are the women
    that there would be if each group had the standard's share of women, which is taken as known,
    being some two hundred times as large.

    Parameters
    ----------
    table : pandas.DataFrame
        ``women`` and ``adults``, one row for each ``substance_group`` and whatever ``by`` keeps
        apart.
    standard : pandas.DataFrame
        The same for the standard, one row for each ``substance_group``.
    by : str or list of str, default "area_code"
        What the share is made for.

    Returns
    -------
    pandas.DataFrame
        One row per ``by``: ``women`` and ``adults`` observed, ``percent`` with its Wilson limits
        ``lower`` and ``upper``, ``expected`` people, ``expected_percent`` and
        ``observed_to_expected``.

    Raises
    ------
    InputError
        If the two sides are not from one source and period, or don't hold the same groups.

    References
    ----------
    Breslow and Day (1987), Statistical Methods in Cancer Research volume II, chapter 2.

    Examples
    --------
    >>> standardised_share(barnet_groups, england_groups)["expected_percent"]
    """
    keys = [by] if isinstance(by, str) else list(by)
    need_columns(table, *keys, "substance_group", "women", "adults")
    groups, usual = (side[side["substance_group"] != TOTAL] for side in (table, standard))
    _refuse_other_standard(groups, usual, keys)
    totals = table[table["substance_group"] == TOTAL]
    observed = (groups if totals.empty else totals).groupby(keys)[["women", "adults"]]
    counts = observed.sum(skipna=False)
    usual = usual.set_index("substance_group")
    _, whole = aligned(groups["women"], groups["adults"])
    expected = whole * groups["substance_group"].map(usual["women"] / usual["adults"])
    parts = pd.DataFrame({"whole": whole, "expected": expected})
    sums = parts.groupby([groups[key] for key in keys]).sum(skipna=False)
    return passed_on(
        counts.assign(**_expected(counts["women"], counts["adults"], sums)).reset_index(),
        table,
        value="percent",
        unit="%",
        numerator="women",
        denominator="adults",
        period=period_of(table),
        kinds=kinds_of(table, apart_from=("substance_group",)),
        method="Wilson score limits; expected at the standard's share in each group",
    )


def _expected(part: pd.Series, whole: pd.Series, sums: pd.DataFrame) -> dict[str, pd.Series]:
    share, usual = part / whole, sums["expected"] / sums["whole"]
    limits = wilson_score_interval(part, whole)
    return {
        "percent": 100 * share,
        "lower": 100 * limits["lower"],
        "upper": 100 * limits["upper"],
        "expected": whole * usual,
        "expected_percent": 100 * usual,
        "observed_to_expected": share / usual,
    }


def _refuse_other_standard(table: pd.DataFrame, standard: pd.DataFrame, keys: list[str]) -> None:
    over = "substance_group"
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
