"""Which areas stand out: a funnel with plain limits, and with limits widened for overdispersion.

Plain limits ask whether chance alone could have made an area differ, and cry wolf where areas
differ anyway. Widened limits ask whether an area differs more than areas usually do, and can
hide a real case. Neither is the right one, so a table has both verdicts.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy  # its parts are loaded where one is used

from cdpb.errors import InputError, verb
from cdpb.statistics.about import need_columns, passed_on
from cdpb.statistics.comparison import compare
from cdpb.statistics.intervals import (
    aligned,
    exact_poisson_interval,
    normal_quantile,
    tail_of,
    wilson_score_interval,
)
from cdpb.statistics.measure import Measure

LEVELS = (0.95, 0.998)
WITHIN, NOT_COMPARED = "within", "not compared"
VERDICTS = ("lower (99.8%)", "lower (95%)", WITHIN, "higher (95%)", "higher (99.8%)")
FORMS = ("additive", "multiplicative")
WINSORISED = 0.1
_Limits = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Overdispersion:
    """How much more areas differ than chance alone would have them, found among so many.

    ``phi`` is the mean of the squared z scores, winsorised: about 1 where only chance is at work.
    ``tau_squared`` is the variance between areas beyond chance, on the scale of the square root of
    observed over expected (of the arcsine of the square root for a share).
    """

    phi: float
    tau_squared: float
    areas: int


@verb("")
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
        What ``crude_rate`` or ``proportion`` gave, one row per area.
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
    scale, centre = _scale_of(with_.unit), _centre(with_)
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
    """How much more areas differ than chance would have them, around the centre ``with_``.

    ``events`` and ``people`` have one value per area. From the z scores of square roots (of
    arcsines for a share); the outermost tenth on either side is drawn in to the tenth and the
    ninetieth percentile, so that areas that stand out don't hide themselves.

    Examples
    --------
    >>> round(overdispersion(wards["offences"], wards["residents"], london).phi, 1)
    11.5

    References
    ----------
    Spiegelhalter (2005), Qual Saf Health Care 14: 347-351. DerSimonian and Laird (1986),
    Control Clin Trials 7: 177-188, for tau squared.
    """
    counted, among = _counts(events, people)
    scale, centre = _scale_of(with_.unit), _centre(with_)
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
    The conventions of Public Health England's funnel plots, with whose worked values it agrees.

    Examples
    --------
    >>> funnel_limits(london, pd.Series([10_000, 15_000, 20_000]), confidence=0.998)
    """
    size = _sizes(people)
    scale, centre = _scale_of(with_.unit), _centre(with_)
    if tau_squared:
        spread = normal_quantile(confidence) * np.sqrt(scale.error(size, centre) ** 2 + tau_squared)
        lower, upper = scale.back(-spread, centre), scale.back(spread, centre)
    else:
        lower, upper = scale.limits(size, centre, confidence)
    return _per_of(with_.unit) * pd.DataFrame({"lower": lower, "upper": upper}, people.index)


# The scales that distances are measured on: the spread by chance hardly depends on the value.
# Values and centres are fractions; one event among one person is 1.


class _Rate:
    """Poisson counts over people taken as known."""

    def apart(self, events: np.ndarray, people: np.ndarray, centre: float) -> np.ndarray:
        """The square root of observed over expected, less one."""
        return np.sqrt(events / (people * centre)) - 1

    def error(self, people: np.ndarray, centre: float) -> np.ndarray:
        """Half of one over the square root of what is expected."""
        return 0.5 / np.sqrt(people * centre)

    def back(self, apart: np.ndarray, centre: float) -> np.ndarray:
        """The rates so far from the centre, never below 0."""
        return centre * np.clip(1 + apart, 0, None) ** 2

    def interval(self, events: np.ndarray, people: np.ndarray, level: float) -> _Limits:
        """Exact limits, of which ``limits`` is the exact inverse."""
        exact = exact_poisson_interval(events, level)
        return exact["lower"].to_numpy() / people, exact["upper"].to_numpy() / people

    def limits(self, people: np.ndarray, centre: float, level: float) -> _Limits:
        """The count whose exact upper limit is what is expected, and the one whose lower is."""
        expected, tail = people * centre, tail_of(level)
        fewest = np.clip(scipy.special.pdtrik(tail, expected), 0, None)
        return fewest / people, (scipy.special.pdtrik(1 - tail, expected) + 1) / people


class _Share:
    """Some of the people, binomial."""

    def apart(self, events: np.ndarray, people: np.ndarray, centre: float) -> np.ndarray:
        """The difference of the two angles."""
        return np.arcsin(np.sqrt(events / people)) - np.arcsin(np.sqrt(centre))

    def error(self, people: np.ndarray, centre: float) -> np.ndarray:
        """Half of one over the square root of the people."""
        return 0.5 / np.sqrt(people)

    def back(self, apart: np.ndarray, centre: float) -> np.ndarray:
        """The shares so far from the centre, between 0 and 1."""
        return np.sin(np.clip(np.arcsin(np.sqrt(centre)) + apart, 0, np.pi / 2)) ** 2

    def interval(self, events: np.ndarray, people: np.ndarray, level: float) -> _Limits:
        """Wilson's limits."""
        wilson = wilson_score_interval(events, people, level)
        return wilson["lower"].to_numpy(), wilson["upper"].to_numpy()

    def limits(self, people: np.ndarray, centre: float, level: float) -> _Limits:
        """The normal approximation around the centre, which Wilson's limits invert."""
        spread = normal_quantile(level) * np.sqrt(centre * (1 - centre) / people)
        return np.clip(centre - spread, 0, 1), np.clip(centre + spread, 0, 1)


_Scale = _Rate | _Share


def _scale_of(unit: str) -> _Scale:
    return _Share() if unit == "%" else _Rate()


def _per_of(unit: str) -> float:
    """1,000 of ``per 1,000 residents``, 100 of ``%``."""
    word = "100" if unit == "%" else unit.removeprefix("per ").split(" ")[0].replace(",", "")
    if not word.isdigit():
        raise InputError(f"A funnel is of rates or of shares, and {unit!r} is neither.")
    return float(word)


def _centre(with_: Measure) -> float:
    return np.nan if with_.value is None else with_.value / _per_of(with_.unit)


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


def _plain_level(
    events: np.ndarray, people: np.ndarray, centre: float, scale: _Scale
) -> np.ndarray:
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
