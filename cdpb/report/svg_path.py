"""Numbers and paths of a drawing in as few letters as draw the same."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

Point = tuple[int, int]

_TOKEN = re.compile(r"[MLQCZz]|-?\d+(?:\.\d+)?(?:e-?\d+)?")
_STEPS = {"M": 1, "L": 1, "Q": 2, "C": 3}


def coordinate(value: float, places: int = 1) -> str:
    """A coordinate without the digits that nobody sees: ``0.50`` is ``.5``, ``3.0`` is ``3``."""
    text = f"{value:.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
    return "0" if text in ("-0", "") else text


def path(described: str, places: int = 1) -> str:
    """A path with rounded, relative coordinates, a run of like steps under one letter.

    Each step starts where the rounded last one ended, so that errors don't add up.
    """
    written: list[tuple[str, list[int]]] = []
    for letter, numbers in _relative(described, 10**places):
        # A second place to move to would be read as a line.
        if written and written[-1][0] == letter != "M":
            written[-1][1].extend(numbers)
        else:
            written.append((letter, numbers))
    return "".join(letter + _join(numbers, places) for letter, numbers in written)


def _relative(described: str, scale: int) -> Iterator[tuple[str, list[int]]]:
    tokens = iter(_TOKEN.findall(described))
    at = start = (0, 0)
    command = "M"
    for token in tokens:
        if token.isalpha():
            command, token = token, "" if token in "Zz" else next(tokens)
        if command in "Zz":
            yield "z", []
            at = start
            continue
        numbers = [token, *islice(tokens, 2 * _STEPS[command] - 1)]
        points = [(round(float(x) * scale), round(float(y) * scale)) for x, y in _pairs(numbers)]
        yield from _step(command, at, points)
        at = points[-1]
        start = at if command == "M" else start


def _pairs(numbers: list[str]) -> Iterator[tuple[str, str]]:
    return zip(numbers[::2], numbers[1::2], strict=True)


def _step(command: str, at: Point, points: list[Point]) -> Iterator[tuple[str, list[int]]]:
    moves = [(x - at[0], y - at[1]) for x, y in points]
    if command == "M":
        yield "M", list(points[0])
    elif command != "L":
        yield command.lower(), [part for move in moves for part in move]
    elif moves[0][1] == 0:
        # A step to where it stands draws nothing.
        yield from [("h", [moves[0][0]])] * bool(moves[0][0])
    else:
        yield ("v", [moves[0][1]]) if moves[0][0] == 0 else ("l", list(moves[0]))


def _join(numbers: Iterable[int], places: int) -> str:
    written = last = ""
    for part in numbers:
        text = coordinate(part / 10**places, places)
        # A minus sign parts by itself, and so does a second point.
        apart = not written or text[0] == "-" or (text[0] == "." and "." in last)
        written += text if apart else f" {text}"
        last = text
    return written
