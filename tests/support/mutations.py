"""Files of every layout of every source, spoilt at random as files are spoilt on their way.

``python -m tests.support.mutations 3000`` prints the table of docs/proof.md; a second number is the
first of the files that are spoilt.
"""

import csv
import io
import json
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pandas as pd

from cdpb.catalogue import returns
from cdpb.errors import LONGEST_MESSAGE, InputError
from cdpb.loaders import boundaries
from cdpb.loaders.coverage import read_file
from cdpb.loaders.headers import Vintage, vintages
from cdpb.loaders.value_maps import words
from cdpb.partner_returns import Return
from tests.support.project import Project

# Of a processor's time, so that a busy machine is no fault of a file.
SECONDS = 20
WARDS = [
    ("E05013632", "Colindale North", "E09000003", "Barnet"),
    ("E05013633", "Colindale South", "E09000003", "Barnet"),
    ("E05013635", "Edgwarebury", "E09000003", "Barnet"),
    ("E05013653", "Bloomsbury", "E09000007", "Camden"),
]
AREAS = [("E09000003", "Barnet"), ("E09000007", "Camden")]
Row = dict[str, str]
Cells = list[list[str]]


@dataclass(frozen=True)
class Sound:
    """A file that is read as it stands."""

    source: str
    layout: str
    content: bytes

    @property
    def suffix(self) -> str:
        return ".geojson" if self.content.startswith(b"{") else ".csv"


# Sound files --------------------------------------------------------------------------------


def sound_files() -> list[Sound]:
    """One small file in each layout that the column maps know."""
    tables = {**_published(), **{name: _returned(what) for name, what in returns().items()}}
    files = [
        Sound(source, layout.name, _written(layout, rows, source))
        for source, rows in tables.items()
        for layout in vintages(source)
    ]
    return [*files, *_outlines()]


def _written(layout: Vintage, rows: list[Row], source: str) -> bytes:
    theirs = {ours: layout.written[name] for name, ours in reversed(layout.ours.items())}
    header = [*theirs.values(), *(_months() if layout.monthly else [])]
    names = [*theirs, *(_months() if layout.monthly else [])]
    if not layout.monthly and "month" in theirs and source.startswith("mps_") and rows:
        rows = _compiled(rows) if "possession" in theirs else rows
    wanted = [row for row in rows if layout.monthly or "possession" not in theirs or "month" in row]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    lines = [[row.get(name, "") for name in names] for row in wanted]
    writer.writerows(list(dict.fromkeys(map(tuple, lines))))
    return text.getvalue().encode()


def _months() -> list[str]:
    return ["202304", "202305", "202306"]


def _compiled(rows: list[Row]) -> list[Row]:
    """A row a place and month, as our compiled files have them."""
    wide: dict[tuple[str, str], Row] = {}
    for row, month in product(rows, _months()):
        if row.get("offence"):
            at = wide.setdefault((row.get("ward_code", row["place"]), month), {**row})
            at.update({"month": f"{month[:4]}-{month[4:]}", row["offence"]: row[month]})
    return list(wide.values())


def _police(places: list[Row]) -> list[Row]:
    kinds = [
        ("Drug Offences", "Possession of Drugs", "possession"),
        ("Drug Offences", "Drug Trafficking", "trafficking"),
        ("Burglary", "Burglary, Residential", ""),
    ]
    return [
        {**place, "group": g, "subgroup": s, "offence": offence}
        | {month: str(9 + 7 * at + 3 * n) for n, month in enumerate(_months())}
        for at, (place, (g, s, offence)) in enumerate(product(places, kinds))
    ]


def _published() -> dict[str, list[Row]]:
    wards = [
        {"ward_code": c, "ward_name": n, "borough_code": b, "place": p} for c, n, b, p in WARDS
    ]
    boroughs = [{"area_code": code, "area_name": name, "place": name} for code, name in AREAS]
    areas = [*boroughs, {"area_code": "E92000001", "area_name": "England", "area": "England"}]
    areas = [{"area": each["area_name"], **each} for each in areas]
    ages = [name for name in vintages("census_2021_age")[0].columns if name[0].isdigit()]
    estimates = [
        {**area, "year": year, "series": "one", "ages": "15-64"}
        | {"dependent_adults": "3046", "users": "3046", "lower": "2237", "upper": "4284"}
        for area, year in product(areas, ["2016/17", "2017/18"])
    ]
    return {
        "mps_ward_crime": _police(wards),
        "mps_borough_crime": _police(boroughs),
        "census_2021_wards": [{**ward, "residents": "12000"} for ward in wards],
        "census_2021_age": [
            {**a, **dict.fromkeys(ages, "1000"), "all_ages": str(1000 * len(ages))} for a in areas
        ],
        "ndtms_adults": [
            {**area, "year": year, "sex": sex, "substance_group": group, "age_group": "Total"}
            | {"in_treatment": "1465", "new_presentations": "650", "exit_died_all": "15"}
            for area, year, sex, group in product(
                areas[::2], ["2020/21", "2021/22"], ["Total", "F"], ["Total", "Opiate"]
            )
        ],
        "alcohol_dependence": estimates,
        "opiate_crack_england": estimates[-2:],
        "opiate_crack_local": estimates[:4],
        "mps_dashboard": _dashboard(),
        "fingertips": [
            {**area, "indicator_id": "91743", "indicator_name": "Deaths, drug misuse", "year": y}
            | {"sex": "Persons", "age": "All ages", "value": "4.5", "lower": "3.1", "upper": "6.2"}
            | {"count": "33", "denominator": "733000", "trend": "Increasing", "note": ""}
            for area, y in product(areas, ["2019 - 21", "2020 - 22"])
        ],
    }


def _dashboard() -> list[Row]:
    offences, measures = ("Possession of Drugs", "Trafficking of Drugs"), ("Offences", "Outcomes")
    return [
        {"month": month, "area_type": kind, "borough": name, "area_name": name, "area_code": code}
        | {"group": "Drug Offences", "offence": offence, "measure": measure, "year": "fy23-24"}
        | {"count": str(40 + 3 * at), "fy_index": "23-24_01"}
        for at, (month, kind, (code, name), offence, measure) in enumerate(
            product(
                ["2023-04-01", "2023-05-01"],
                ["Borough", "Safer Neighbourhood Teams"],
                AREAS,
                offences,
                measures,
            )
        )
    ]


def _returned(what: Return) -> list[Row]:
    """A return of three periods, each count under the one that it is a part of."""
    periods = {
        "month": ["2023-04", "2023-05", "2023-06"],
        "quarter": ["2023/24 Q1", "2023/24 Q2", "2023/24 Q3"],
        "year": ["2021/22", "2022/23", "2023/24"],
    }
    places = (
        [{"ward_code": c, "ward_name": n, "borough_code": b} for c, n, b, _ in WARDS]
        if what.place == "ward_code"
        else [{"area_code": code, "area": name} for code, name in AREAS]
    )
    rows = []
    layout = vintages(what.source_id)[0]
    turned = [kind for kind in what.kinds if kind not in layout.columns]
    kinds = {name: kind for name, kind in what.kinds.items() if name not in turned}
    texts = {name: _theirs(what.source_id, name)[0] for name in what.texts}
    for at, (place, period, *words_of) in enumerate(
        product(places, periods[what.period], *(_theirs(what.source_id, k) for k in kinds))
    ):
        row = {**place, **texts, what.period: period, **dict(zip(kinds, words_of, strict=True))}
        row.update(_counts(what, [w for k in turned for w in what.kinds[k]], at))
        rows.append(row)
    return rows


def _counts(what: Return, turned: list[str], at: int) -> Row:
    order = sorted({name for pair in what.parts for name in pair} | {*what.counts, *turned})
    level = dict.fromkeys(order, 60 + 5 * (at % 7))
    for _ in what.parts:  # A part of a part is under both.
        for part, whole in what.parts:
            level[part] = min(level[part], level[whole] - 11)
    if "attended" in level:
        level["attended"] = level["booked"] - 9
    row = {name: str(count) for name, count in level.items()}
    for name, part, whole in what.percentages:
        row[name] = f"{100 * level[part] / level[whole]:.1f}"
    return row


def _theirs(source: str, column: str) -> list[str]:
    """One of the sender's words for each of ours."""
    listed = [w for w in words("return_words") if (w["source"], w["column"]) == (source, column)]
    return list({w["ours"]: w["theirs"] for w in listed}.values())


def _outlines() -> list[Sound]:
    files = []
    for source in (boundaries.WARDS, boundaries.BOROUGHS):
        for layout in vintages(source):
            theirs = {ours: layout.written[name] for name, ours in layout.ours.items()}
            about = WARDS if source == boundaries.WARDS else WARDS[2:]
            features = [_feature(theirs, place, at) for at, place in enumerate(about, 1)]
            content = json.dumps({"type": "FeatureCollection", "features": features})
            files.append(Sound(source, layout.name, content.encode()))
    return files


def _feature(theirs: Row, place: tuple[str, ...], at: int) -> dict[str, object]:
    ours = ("ward_code", "ward_name", "borough_code", "borough_name")
    named = dict(zip(ours, place, strict=True))
    ring = [[-0.2, 51.6], [-0.1, 51.6], [-0.1, 51.7], [-0.2, 51.6 + at / 100], [-0.2, 51.6]]
    return {
        "type": "Feature",
        "properties": {name: named[ours] for ours, name in theirs.items()},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


# Ways in which files are spoilt -----------------------------------------------------------------

_CELLS = [
    "", " ", "-1", "x", "1e5", "3.5", "NaN", "999999999999", "1,234", "<5", "*", "Total", "0", "7",
    "e09000007", "E09000007", "Camden", "LB Barnet", "Barnett", "Leeds", "2033-01", "2023/24",
    "2010.5", "Mars", "2098/99", "FY23/24", "\u03a9", '"', "=1+1", "-", "c", "None", "inf",
    "12 345", "1,23", "\u202e7", "a" * 5000, "'5", "true", "01/04/2023", "04/2023",
]  # fmt: skip
_BYTES = [
    b"\x00",
    b"\xff",
    b"\xfe\xff",
    b"\r",
    b'"',
    b",",
    b"\n\n",
    b"\x1a",
    b"\xc3",
    b"\xe2\x80\x8b",
]


def _at_cells(spoil: Callable[[random.Random, Cells], Cells]) -> Callable[..., bytes]:
    """A way to spoil cells, as a way to spoil the bytes of a table."""

    def spoilt(draw: random.Random, content: bytes) -> bytes:
        cells = list(csv.reader(io.StringIO(content.decode(), newline="")))
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(spoil(draw, cells))
        return text.getvalue().encode()

    return spoilt


def _one_cell(draw: random.Random, cells: Cells) -> Cells:
    row = draw.randrange(1, len(cells))
    cells[row][draw.randrange(len(cells[row]))] = draw.choice(_CELLS)
    return cells


def _one_digit(draw: random.Random, cells: Cells) -> Cells:
    row, column = _numeric(draw, cells)
    cell = cells[row][column]
    at = draw.choice([n for n, sign in enumerate(cell) if sign.isdigit()])
    cells[row][column] = cell[:at] + str(draw.randrange(10)) + cell[at + 1 :]
    return cells


def _thousandfold(draw: random.Random, cells: Cells) -> Cells:
    row, column = _numeric(draw, cells)
    cells[row][column] += "000"
    return cells


def _numeric(draw: random.Random, cells: Cells) -> tuple[int, int]:
    return draw.choice(
        [
            (row, column)
            for row in range(1, len(cells))
            for column, cell in enumerate(cells[row])
            if any(sign.isdigit() for sign in cell)
        ]
    )


def _swapped_in_a_column(draw: random.Random, cells: Cells) -> Cells:
    """Also what swaps the codes, or the names, of two rows."""
    column = draw.randrange(len(cells[0]))
    one, other = draw.randrange(1, len(cells)), draw.randrange(1, len(cells))
    cells[one][column], cells[other][column] = cells[other][column], cells[one][column]
    return cells


def _column_sorted(draw: random.Random, cells: Cells) -> Cells:
    column = draw.randrange(len(cells[0]))
    values = sorted(row[column] for row in cells[1:])
    for row, value in zip(cells[1:], values, strict=True):
        row[column] = value
    return cells


def _labels_once(draw: random.Random, cells: Cells) -> Cells:
    column = draw.randrange(len(cells[0]))
    above = ""
    for row in cells[1:]:
        row[column], above = ("" if row[column] == above else row[column]), row[column]
    return cells


def _header_name(draw: random.Random, cells: Cells) -> Cells:
    column = draw.randrange(len(cells[0]))
    name = cells[0][column]
    cells[0][column] = draw.choice(
        ["", name[:-1], name + "s", name.upper(), " " + name, cells[0][0]]
    )
    return cells


def _headers_swapped(draw: random.Random, cells: Cells) -> Cells:
    one, other = draw.randrange(len(cells[0])), draw.randrange(len(cells[0]))
    cells[0][one], cells[0][other] = cells[0][other], cells[0][one]
    return cells


def _column_gone(draw: random.Random, cells: Cells) -> Cells:
    column = draw.randrange(len(cells[0]))
    return [row[:column] + row[column + 1 :] for row in cells]


def _column_moved(draw: random.Random, cells: Cells) -> Cells:
    one, other = draw.randrange(len(cells[0])), draw.randrange(len(cells[0]))
    return [_moved(row, one, other) for row in cells]


def _moved(row: list[str], one: int, other: int) -> list[str]:
    rest = row[:one] + row[one + 1 :]
    return [*rest[:other], row[one], *rest[other:]]


def _row_gone(draw: random.Random, cells: Cells) -> Cells:
    del cells[draw.randrange(1, len(cells))]
    return cells


def _row_twice(draw: random.Random, cells: Cells) -> Cells:
    return [*cells, list(cells[draw.randrange(len(cells))])]


def _rows_shuffled(draw: random.Random, cells: Cells) -> Cells:
    body = cells[1:]
    draw.shuffle(body)
    return [cells[0], *body]


def _last_rows_gone(draw: random.Random, cells: Cells) -> Cells:
    return cells[: draw.randrange(1, len(cells))]


def _title_above(draw: random.Random, cells: Cells) -> Cells:
    titles = [["A title"], [], [""] * len(cells[0]), ["sep=,"], ["Title", "of two cells"]]
    return [draw.choice(titles), *cells]


def _note_below(draw: random.Random, cells: Cells) -> Cells:
    notes = [["Source: as published"], [f"{len(cells) - 1} rows"], ["9 rows"], ["Total"], ["?"]]
    total = ["Total", *[""] * (len(cells[0]) - 1)]
    return [*cells, draw.choice([*notes, total])]


def _turned(draw: random.Random, cells: Cells) -> Cells:
    return [list(column) for column in zip(*cells, strict=True)]


def _bytes_put_in(draw: random.Random, content: bytes) -> bytes:
    at = draw.randrange(len(content))
    return content[:at] + draw.choice(_BYTES) + content[at:]


def _byte_changed(draw: random.Random, content: bytes) -> bytes:
    at = draw.randrange(len(content))
    return content[:at] + bytes([draw.randrange(256)]) + content[at + 1 :]


def _bytes_gone(draw: random.Random, content: bytes) -> bytes:
    at = draw.randrange(len(content))
    return content[:at] + content[at + draw.randrange(1, 40) :]


def _end_gone(draw: random.Random, content: bytes) -> bytes:
    return content[: draw.randrange(len(content))]


def _other_encoding(draw: random.Random, content: bytes) -> bytes:
    text = content.decode()
    others = [
        *(text.encode(name) for name in ("utf-16", "utf-16-le", "utf-8-sig")),
        *(text.replace("\n", end).encode() for end in ("\r\n", "\r")),
        *(text.replace(",", sign).encode() for sign in (";", "\t")),
        text.replace("Barnet", "Bärnet").encode("cp1252"),
        b"<html>" + content,
    ]
    return draw.choice(others)


BYTES: dict[str, Callable[..., bytes]] = {
    "a byte changed": _byte_changed,
    "bytes put in": _bytes_put_in,
    "bytes lost": _bytes_gone,
    "the end lost": _end_gone,
    "another encoding or sign": _other_encoding,
}
CELLS: dict[str, Callable[[random.Random, Cells], Cells]] = {
    "one cell replaced": _one_cell,
    "one digit changed": _one_digit,
    "one number a thousandfold": _thousandfold,
    "two cells of a column swapped": _swapped_in_a_column,
    "one column sorted by itself": _column_sorted,
    "labels written once a group": _labels_once,
    "a header spelt otherwise": _header_name,
    "two headers swapped": _headers_swapped,
    "a column lost": _column_gone,
    "a column moved": _column_moved,
    "a row lost": _row_gone,
    "a row twice": _row_twice,
    "rows in another order": _rows_shuffled,
    "the last rows lost": _last_rows_gone,
    "a title above": _title_above,
    "a note below": _note_below,
    "rows as columns": _turned,
}


# What comes of them ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What came of one spoilt file: ``refused``, ``equal``, ``another`` or a fault."""

    file: Sound
    kind: str
    seed: int
    came: str


def outcomes(number: int, folder: Path, every: int = 1, first: int = 0) -> Iterator[Outcome]:
    """Spoil files, each layout in turn and each way in turn, and read every so many of them."""
    files = sound_files()
    whole = [read_file(each.source, _stored(each, each.content, folder)) for each in files]
    for seed in range(first, number, every):
        at = seed % len(files)
        ways = {**BYTES, **({} if files[at].suffix == ".geojson" else CELLS)}
        kind = list(ways)[seed // len(files) % len(ways)]
        spoil = BYTES.get(kind) or _at_cells(CELLS[kind])
        content = spoil(random.Random(seed), files[at].content)
        path = _stored(files[at], content, folder)
        yield Outcome(files[at], kind, seed, _came_of(files[at].source, path, whole[at]))


def _stored(file: Sound, content: bytes, folder: Path) -> Path:
    path = folder / f"spoilt{file.suffix}"
    path.write_bytes(content)
    return path


def _came_of(source: str, path: Path, whole: pd.DataFrame) -> str:
    try:
        with _limited(SECONDS):
            read = read_file(source, path)
    except InputError as error:
        lines = str(error).splitlines()
        return "refused" if len(lines) <= LONGEST_MESSAGE else f"{len(lines)} lines"
    except TimeoutError:
        return f"not read within {SECONDS} seconds"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "equal" if _alike(read, whole) else "another"


def _alike(read: pd.DataFrame, whole: pd.DataFrame) -> bool:
    """Whether two tables say the same, in whatever order."""
    if list(read) != list(whole) or len(read) != len(whole):
        return False
    return sorted(map(str, read.to_numpy().tolist())) == sorted(map(str, whole.to_numpy().tolist()))


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    """Stop what takes longer, where the system can."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def drawn(folder: Path) -> Path:
    """A small project with narrow exports of treatment, and a folder for files beside it."""
    (folder / "project").mkdir()
    os.environ["CDPB_HOME"] = str(folder / "project")
    Project(folder / "project").narrow_treatment_exports()
    (folder / "files").mkdir()
    return folder / "files"


def main(number: int, first: int = 0) -> None:
    """Print how many of each kind were refused, equal, or accepted with another value."""
    with tempfile.TemporaryDirectory() as folder:
        found = list(outcomes(number, drawn(Path(folder)), first=first))
    faults = [each for each in found if each.came not in ("refused", "equal", "another")]
    for each in faults:
        print(each.file.source, each.file.layout, each.kind, each.seed, each.came[:200])
    print(Counter("fault" if each in faults else each.came for each in found))
    print("| kind | files | refused | equal | another value |\n| --- | --- | --- | --- | --- |")
    for kind in [*BYTES, *CELLS]:
        came = Counter(each.came for each in found if each.kind == kind)
        row = (kind, sum(came.values()), came["refused"], came["equal"], came["another"])
        print("| " + " | ".join(map(str, row)) + " |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
