"""Published tables typed the way they look, and what can be read in a drawing."""

import re
from types import MappingProxyType
from typing import NamedTuple
from xml.etree import ElementTree

import pandas as pd

from cdpb.disclosure.declared import Column
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable
from cdpb.report.charts.canvas import width_of
from cdpb.statistics.measure import Measure

KEYS = {"ward_code", "area_code", "year", "month"}
NAMES = {"ward_name", "area_name", "place", "offence", "substance_group"}
PEOPLE = {"adults", "deaths", "in_need", "people", "started", "started_treatment"}
RANKS = {"london_rank", "london_rank_best", "london_rank_worst"}
WORDS = {
    "finding_id", "finding", "priority", "statement", "tested", "verdict", "on_data",
    "short_verdict", "made", "first_month", "last_month",
    "action_no", "objective", "linked_to", "target_date", "status", "compared_with_england",
    "tested_together",
}  # fmt: skip
# Nobody's to change: a test that did would make others pass, or fail, by the order they run in.
COLUMNS = MappingProxyType(
    {
        **{name: Column(label=name, kind="key") for name in KEYS},
        **{name: Column(label=name, kind="name") for name in NAMES},
        "offences": Column(label="Offences", kind="count"),
        "rate_per_1000": Column(label="Rate", kind="rate", decimals=1, unit="per 1,000 residents"),
        "ratio": Column(label="Ratio", kind="rate", decimals=2),
        "percent": Column(label="Women", kind="percent", decimals=1, unit="%"),
        "lower": Column(label="Lower limit", kind="interval", decimals=1),
        "upper": Column(label="Upper limit", kind="interval", decimals=1),
        "residents": Column(label="Residents", kind="number"),
        **{name: Column(label=name, kind="count") for name in PEOPLE},
        **{name: Column(label=name, kind="text") for name in WORDS},
        "indexed": Column(label="First year is 100", kind="number"),
        "plain_limits": Column(label="By plain limits", kind="text"),
        "widened_limits": Column(label="By widened limits", kind="text"),
        "phi": Column(label="Phi", kind="number"),
        "dispersion": Column(label="Dispersion of the months", kind="number"),
        "tau_squared": Column(label="Tau squared", kind="number"),
        "measure": Column(label="Measure", kind="name"),
        "value": Column(label="Value", kind="rate", decimals=1),
        "out_of": Column(label="Boroughs with a value", kind="number", decimals=0),
        **{f"from_{end}": Column(label=end, kind="rank") for end in ("lowest", "highest")},
        "rank": Column(label="Rank", kind="rank"),
        "london_wards": Column(label="Wards in London", kind="number"),
        **{name: Column(label=name, kind="rank") for name in RANKS},
        "rank_without": Column(label="Rank without them", kind="rank"),
        "in_burst": Column(label="Offences in those months", kind="count"),
        "unstable": Column(label="Fewer than 10", kind="flag"),
        "comparison": Column(label="Compared with London", kind="text"),
    }
)


def published(text: str, demonstration: bool = False, totals: tuple[str, ...] = ()):
    """A published table from columns parted by spaces: ``_`` is a space, ``-`` missing."""
    names, *rows = [line.split() for line in text.strip().splitlines()]
    return PublishedTable(
        id="drawn",
        title="Drawn",
        source_ids=("mps_ward_crime",),
        dimensions=tuple(name for name in names if name in KEYS),
        totals=totals,
        described=tuple((name, COLUMNS[name]) for name in names),
        values=tuple(tuple(map(_value, row, names)) for row in rows),
        period="2023/24",
        demonstration=demonstration,
    )


def _value(word: str, name: str):
    if word in ("[c]", "-"):
        return MASKED if word == "[c]" else None
    if name == "month":
        return pd.Period(word, freq="M")
    kind = COLUMNS[name].kind
    if kind == "flag":
        return word == "yes"
    if kind in ("count", "rank"):
        return int(word)
    return (
        float(word) if kind in ("rate", "percent", "interval", "number") else word.replace("_", " ")
    )


def london(value: float = 4.1) -> Measure:
    """What a ward is compared with."""
    unit, year = "per 1,000 residents", "2023/24"
    return Measure(value, None, None, None, None, unit, "London", year, "mps_ward_crime", "")


def words(svg: str) -> list[str]:
    """The labels of a drawing in the order written."""
    return ["".join(text.itertext()) for text in _all(svg, "text")]


def places(svg: str, *wanted: str) -> list[tuple[float, float]]:
    """Where labels stand: pixels right and down."""
    found = {"".join(text.itertext()): text for text in _all(svg, "text")}
    return [(float(found[word].get("x")), float(found[word].get("y"))) for word in wanted]


def parts_of(path: str) -> list[list[tuple[float, float]]]:
    """The corners of each part of a drawn path of straight lines."""
    parts: list[list[tuple[float, float]]] = []
    for step, written in re.findall(r"([Mlhv])([^Mlhvz]*)", path):
        numbers = [float(number) for number in re.findall(r"-?\d*\.?\d+", written)]
        if step == "M":
            parts.append([(numbers[0], numbers[1])])
            continue
        moves = {
            "l": list(zip(numbers[::2], numbers[1::2], strict=False)),
            "h": [(number, 0.0) for number in numbers],
            "v": [(0.0, number) for number in numbers],
        }[step]
        for across, down in moves:
            parts[-1].append((parts[-1][-1][0] + across, parts[-1][-1][1] + down))
    return parts


def _all(svg: str, tag: str):
    return ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}" + tag)


class Label(NamedTuple):
    """A label's words and the pixels that they cover."""

    words: str
    left: float
    right: float
    top: float
    bottom: float

    def covers(self, other: "Label") -> bool:
        """Whether the two overlap by more than a hair."""
        return (
            min(self.right, other.right) - max(self.left, other.left) > 1
            and min(self.bottom, other.bottom) - max(self.top, other.top) > 1
        )


def labels(svg: str) -> list[Label]:
    """Every label with its place, in the type that the page asks for."""
    root = ElementTree.fromstring(svg)
    return [
        _label(text, {**parent.attrib, **text.attrib})
        for parent in root.iter()
        for text in parent
        if text.tag.endswith("}text")
    ]


def _label(text, look) -> Label:
    size, bold = float(look["font-size"]), look.get("font-weight") == "700"
    x, y, said = float(look["x"]), float(look["y"]), "".join(text.itertext())
    # Arial, whose digits and letters are narrower than those measured.
    wide = width_of(said, size, bold) * 0.95
    left = x - wide * {"start": 0, "middle": 0.5, "end": 1}[look.get("text-anchor", "start")]
    return Label(said, left, left + wide, y - 0.72 * size, y + 0.05 * size)


def box(svg: str) -> list[float]:
    """The drawing's viewBox."""
    return [float(part) for part in ElementTree.fromstring(svg).get("viewBox").split()]


def references(svg: str) -> list[str]:
    """Addresses outside the drawing, its own namespace left aside."""
    return re.findall(r"https?://[^\s\"'<)]+", svg.replace("http://www.w3.org/2000/svg", ""))
