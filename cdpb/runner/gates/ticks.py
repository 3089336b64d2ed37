"""Numbers of a drawing's axes: evenly spaced, in one line, and round."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from cdpb.runner.gates.figures_told import NUMBER_ALONE
from cdpb.runner.gates.pieces import Piece

FEWEST = 2
NEARLY = 1e-9
ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


def ticks_in(pieces: Iterable[Piece]) -> set[Piece]:
    """The texts of drawings that are numbers of an axis.

    An axis has its numbers in one row or column of the drawing, each the same step from the
    next, and the step is 1, 2, 2.5 or 5 times a power of ten; so no number of one is a count.
    """
    lines: dict[tuple[str, str, str], list[Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.drawn and NUMBER_ALONE.fullmatch(piece.text):
            drawing, x, y = [*piece.drawn.split(" "), "", ""][:3]
            lines[drawing, "x", x].append(piece)
            lines[drawing, "y", y].append(piece)
    return {piece for line in lines.values() for axis in _axes(line) for piece in axis}


def _axes(line: list[Piece]) -> Iterator[list[Piece]]:
    """Runs of a line that are evenly spaced by a round step; several panels stand in one line."""
    values = [_value(piece.text) for piece in line]
    run = [0]
    for at in range(1, len(line)):
        step = values[at] - values[at - 1]
        alike = len(run) < FEWEST or abs(step - (values[run[1]] - values[run[0]])) <= NEARLY * max(
            1.0, abs(step)
        )
        if alike:
            run.append(at)
        else:
            yield from _if_round(run, values, line)
            run = [at]
    yield from _if_round(run, values, line)


def _if_round(run: list[int], values: list[float], line: list[Piece]) -> Iterator[list[Piece]]:
    steps = {abs(values[b] - values[a]) for a, b in pairwise(run)}
    step = max(steps, default=0.0)
    aligned = step and all(_is_whole(values[at] / step) for at in run)
    if len(run) >= FEWEST and aligned and _is_round(step):
        yield [line[at] for at in run]


def _is_round(step: float) -> bool:
    while step >= 10:
        step /= 10
    while 0 < step < 1:
        step *= 10
    return any(abs(step - each) < 1e-6 for each in ROUND)


def _is_whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-6


def _value(text: str) -> float:
    return float(text.replace(",", "").replace("%", "").replace("\N{MINUS SIGN}", "-"))
