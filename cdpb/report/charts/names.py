"""Names beside points, where there is room for them."""

from typing import Any, NamedTuple

from cdpb.report.charts.canvas import width_of

GAP = 8


class Spot(NamedTuple):
    """A rectangle in pixels, from the lower left corner up."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def around(cls, x: float, y: float, reach: float) -> "Spot":
        """The square around a point."""
        return cls(x - reach, y - reach, x + reach, y + reach)

    def meets(self, other: "Spot") -> bool:
        """Whether the two overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )

    def inside(self, box: Any) -> bool:
        """Whether it lies wholly in a box."""
        return bool(
            box.x0 <= self.left and self.right <= box.x1
            and box.y0 <= self.bottom and self.top <= box.y1
        )  # fmt: skip


def name_spots(
    names: list[tuple[str, bool]],
    points: Any,
    taken: list[Spot],
    box: Any,
    size: float,
    most: int,
) -> list[Spot | None]:
    """A place for each name, right or left of its point, above or below; None without room.

    Parameters
    ----------
    names : list of (str, bool)
        What to write, the most wanted first, and whether in bold.
    points : array of pixels
        Where each belongs.
    taken : list of Spot
        What no name may cover.
    box : matplotlib.transforms.Bbox
        What no name may leave.
    size : float
        Of the type, in pixels.
    most : int
        How many names are enough.
    """
    found: list[Spot | None] = []
    taken = list(taken)
    for (words, bold), (x, y) in zip(names, points, strict=True):
        free = [
            spot
            for spot in _around(x, y, width_of(words, size, bold) + 2, size * 1.25)
            if spot.inside(box) and not any(spot.meets(other) for other in taken)
        ]
        spot = free[0] if free and len(found) - found.count(None) < most else None
        found.append(spot)
        taken += [spot] if spot else []
    return found


def _around(x: float, y: float, wide: float, tall: float) -> list[Spot]:
    places = [
        (x + GAP, y - tall / 2),
        (x - GAP - wide, y - tall / 2),
        *((x - part * wide, y + up) for part in (0.5, 0.1, 0.9) for up in (GAP, -GAP - tall)),
    ]
    return [Spot(left, low, left + wide, low + tall) for left, low in places]
