"""Which areas stand out: a funnel with plain limits, and with limits widened for overdispersion.

Plain limits ask whether chance alone could have made an area differ, and cry wolf where areas
differ anyway. Widened limits ask whether an area differs more than areas usually do, and can
hide a real case. Neither is the right one, so both verdicts stand beside each other.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdpb.errors import InputError
from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.comparison import compare
from cdpb.statistics.intervals import aligned, normal_quantile
from cdpb.statistics.measure import Measure
from cdpb.statistics.scales import Scale, per_of, scale_of

LEVELS = (0.95, 0.998)
WITHIN, NOT_COMPARED = "within", "not compared"
VERDICTS = ("lower (99.8%)", "lower (95%)", WITHIN, "higher (95%)", "higher (99.8%)")
FORMS = ("additive", "multiplicative")
WINSORISED = 0.1


@dataclass(frozen=True)
class Overdispersion:
    """How much more areas differ than chance alone would have them.

    Attributes
    ----------
    phi : float
        The mean of the squared z scores, winsorised; about 1 where only chance is at work.
    tau_squared : float
        The variance between areas beyond chance, on the scale of the square root of observed
        over expected (of the arcsine of the square root for a share); 0 where there is none.
    areas : int
        How many areas it was found among.
    """

    phi: float
    tau_squared: float
    areas: int


def funnel(
    table: pd.DataFrame,
    with_: Measure,
    numerator: str | None = None,
    denominator: str | None = None,
    form: str = "additive",
) -> pd.DataFrame:
    """Say of each area whether it stands out, by plain and by widened limits.

    Plain limits are exact Poisson ones for a rate and Wilson's for a share, at 95% and 99.8%.
    Widened ones allow for how much all areas of the table differ: give it all the areas that
    are alike, and choose the rows to show afterwards.

    Parameters
    ----------
    table : pandas.DataFrame
        What ``crude_rate`` or ``proportion`` gave, one row an area.
    with_ : Measure
        The centre, of the same source, period and unit.
    numerator, denominator : str, optional
        Columns; known already for what a verb of this package made.
    form : {"additive", "multiplicative"}, default "additive"
        Whether tau squared is added to each area's variance, or all are multiplied by phi.

    Returns
    -------
    pandas.DataFrame
        The table with ``<numerator>_expected`` (events at the centre's rate), ``z_score``,
        ``plain_limits`` and ``widened_limits`` (``higher (99.8%)``, ``higher (95%)``,
        ``within``, ``lower (95%)``, ``lower (99.8%)`` or ``not compared``), ``phi`` and
        ``tau_squared``, the same in every row. A widened verdict is never the stronger one.

    Raises
    ------
    InputError
        If the two sides differ in source, unit, period or in what they count.

    References
    ----------
    Spiegelhalter (2005), Stat Med 24: 1185-1202, and Qual Saf Health Care 14: 347-351.

    Examples
    --------
    >>> inside(funnel(london_wards, with_=london), area)
    """
    if form not in FORMS:
        raise InputError(f"{form!r} is no form of widening.", f"Wanted: {' or '.join(FORMS)}.")
    compare(table, with_)  # Refuses what is not alike.
    top, bottom = numerator or table.attrs["numerator"], denominator or table.attrs["denominator"]
    need_columns(table, top, bottom)
    events, people = _counts(table[top], table[bottom])
    scale, centre = scale_of(with_.unit), _centre(with_)
    apart, error = scale.apart(events, people, centre), scale.error(people, centre)
    found = _overdispersion(apart, error)
    plain = _plain_level(events, people, centre, scale)
    widened = _widened_level(plain, apart / _widened(error, found, form))
    unknown = np.isnan(apart)
    result = table.assign(
        **{f"{top}_expected": people * centre},
        z_score=apart / error,
        plain_limits=_spoken(plain, unknown),
        widened_limits=_spoken(widened, unknown),
        phi=found.phi,
        tau_squared=found.tau_squared,
    )
    return passed_on(result, table)


def overdispersion(events: pd.Series, people: pd.Series, with_: Measure) -> Overdispersion:
    """How much more areas differ than chance would have them, around a centre.

    From the z scores of square roots (of arcsines for a share); the outermost tenth on either
    side is drawn in to the tenth and the ninetieth percentile, so that areas that stand out
    don't hide themselves.

    Parameters
    ----------
    events, people : pandas.Series of numbers
        One value an area.
    with_ : Measure
        The centre.

    References
    ----------
    Spiegelhalter (2005), Qual Saf Health Care 14: 347-351. DerSimonian and Laird (1986),
    Control Clin Trials 7: 177-188, for tau squared.

    Examples
    --------
    >>> overdispersion(wards["offences"], wards["residents"], london).phi
    """
    counted, among = _counts(events, people)
    scale, centre = scale_of(with_.unit), _centre(with_)
    return _overdispersion(scale.apart(counted, among, centre), scale.error(among, centre))


def funnel_limits(
    with_: Measure, people: pd.Series, confidence: float = 0.95, tau_squared: float = 0
) -> pd.DataFrame:
    """Between which values an area of a size would lie: the lines of a funnel.

    Parameters
    ----------
    with_ : Measure
        The centre.
    people : pandas.Series of numbers
        Sizes: residents, people in treatment.
    confidence : float, default 0.95
        At least 0.9 and below 1; 0.998 for the outer lines.
    tau_squared : float, default 0
        As ``funnel`` found it, for widened limits. 0 gives plain ones: for a rate the inverse
        of the exact Poisson interval, for a share the score interval's, which is the normal
        approximation around the centre.

    Returns
    -------
    pandas.DataFrame
        ``lower`` and ``upper`` in the centre's unit, on the same index.

    References
    ----------
    The conventions of Public Health England's funnel plots, whose worked values it agrees
    with.

    Examples
    --------
    >>> funnel_limits(london, pd.Series([10_000, 15_000, 20_000]), confidence=0.998)
    """
    size = _sizes(people)
    scale, centre = scale_of(with_.unit), _centre(with_)
    if tau_squared:
        spread = normal_quantile(confidence) * np.sqrt(scale.error(size, centre) ** 2 + tau_squared)
        lower, upper = scale.back(-spread, centre), scale.back(spread, centre)
    else:
        lower, upper = scale.limits(size, centre, confidence)
    return per_of(with_.unit) * pd.DataFrame({"lower": lower, "upper": upper}, people.index)


def _centre(with_: Measure) -> float:
    return np.nan if with_.value is None else with_.value / per_of(with_.unit)


def _counts(events: pd.Series, people: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    counted, among = aligned(events, people)
    return counted.to_numpy(), _sizes(among)


def _sizes(people: pd.Series) -> np.ndarray:
    """Nobody at all is as good as not known."""
    (size,) = aligned(people)
    return size.where(size > 0).to_numpy()


def _overdispersion(apart: np.ndarray, error: np.ndarray) -> Overdispersion:
    known = np.isfinite(apart)
    if not known.any():
        return Overdispersion(np.nan, 0.0, 0)
    z, weight, areas = (apart / error)[known], error[known] ** -2.0, int(known.sum())
    drawn_in = np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED]))
    phi = float((drawn_in**2).mean())
    room = float(weight.sum() - (weight**2).sum() / weight.sum())
    excess = max(areas * phi - (areas - 1), 0.0)
    return Overdispersion(phi, excess / room if room > 0 else 0.0, areas)


def _widened(error: np.ndarray, found: Overdispersion, form: str) -> np.ndarray:
    if form == "multiplicative":
        return error * np.sqrt(max(found.phi, 1.0))
    return np.sqrt(error**2 + found.tau_squared)


def _plain_level(events: np.ndarray, people: np.ndarray, centre: float, scale: Scale) -> np.ndarray:
    """How many of the limits an area lies beyond; below zero where it lies low."""
    level = np.zeros(len(events), int)
    for confidence in LEVELS:
        lower, upper = scale.interval(events, people, confidence)
        level += (lower > centre).astype(int) - (upper < centre).astype(int)
    return level


def _widened_level(plain: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Never beyond the plain level: square roots may not find what exact limits don't."""
    beyond = sum((np.abs(z) > normal_quantile(each)).astype(int) for each in LEVELS)
    return np.sign(plain) * np.minimum(np.abs(plain), beyond)


def _spoken(level: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    return np.where(unknown, NOT_COMPARED, np.array(VERDICTS, dtype=object)[level + 2])
