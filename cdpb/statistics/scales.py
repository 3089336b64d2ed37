"""How far an area lies from a centre, for rates and for shares.

Each is put on a scale on which the spread by chance hardly depends on the value itself: the
square root of observed over expected for Poisson counts, the arcsine of the square root for
shares. Values and centres are fractions, one event among one person is 1.
"""

from typing import Protocol

import numpy as np
import scipy  # its parts are loaded where one is used

from cdpb.errors import InputError
from cdpb.statistics.intervals import (
    exact_poisson_interval,
    normal_quantile,
    tail_of,
    wilson_score_interval,
)

Limits = tuple[np.ndarray, np.ndarray]


class Scale(Protocol):
    """What a funnel needs to know of the things it counts."""

    def apart(self, events: np.ndarray, people: np.ndarray, centre: float) -> np.ndarray:
        """How far each value is from the centre."""
        ...

    def error(self, people: np.ndarray, centre: float) -> np.ndarray:
        """How far chance alone takes it, as a standard error."""
        ...

    def back(self, apart: np.ndarray, centre: float) -> np.ndarray:
        """The values so far from the centre."""
        ...

    def interval(self, events: np.ndarray, people: np.ndarray, level: float) -> Limits:
        """The limits of each value by itself."""
        ...

    def limits(self, people: np.ndarray, centre: float, level: float) -> Limits:
        """Between what values the centre lies in the limits of the value: the inverse."""
        ...


class Rate:
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

    def interval(self, events: np.ndarray, people: np.ndarray, level: float) -> Limits:
        """Exact limits, of which ``limits`` is the exact inverse."""
        exact = exact_poisson_interval(events, level)
        return exact["lower"].to_numpy() / people, exact["upper"].to_numpy() / people

    def limits(self, people: np.ndarray, centre: float, level: float) -> Limits:
        """The count whose exact upper limit is what is expected, and the one whose lower is."""
        expected, tail = people * centre, tail_of(level)
        fewest = np.clip(scipy.special.pdtrik(tail, expected), 0, None)
        return fewest / people, (scipy.special.pdtrik(1 - tail, expected) + 1) / people


class Share:
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

    def interval(self, events: np.ndarray, people: np.ndarray, level: float) -> Limits:
        """Wilson's limits."""
        wilson = wilson_score_interval(events, people, level)
        return wilson["lower"].to_numpy(), wilson["upper"].to_numpy()

    def limits(self, people: np.ndarray, centre: float, level: float) -> Limits:
        """The normal approximation around the centre, which Wilson's limits invert."""
        spread = normal_quantile(level) * np.sqrt(centre * (1 - centre) / people)
        return np.clip(centre - spread, 0, 1), np.clip(centre + spread, 0, 1)


def scale_of(unit: str) -> Scale:
    """Shares for ``%``, rates for ``per 1,000 residents``."""
    return Share() if unit == "%" else Rate()


def per_of(unit: str) -> float:
    """1,000 of ``per 1,000 residents``, 100 of ``%``.

    Raises
    ------
    InputError
        If the unit is neither a rate's nor a share's.
    """
    word = "100" if unit == "%" else unit.removeprefix("per ").split(" ")[0].replace(",", "")
    if not word.isdigit():
        raise InputError(f"A funnel is of rates or of shares, and {unit!r} is neither.")
    return float(word)
