"""A publisher's header put into our words, by the column map of its source."""

import csv
import io
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

import pandas as pd

from cdpb import paths
from cdpb.csv_files import csv_cells
from cdpb.errors import FileError, InputError
from cdpb.file_contents import relative
from cdpb.loaders.files import TextTable

NOT_USED = "(not used)"
MONTHS = "YYYYMM"
# Behind one of our names: a file of the layout may lack the column.
OPTIONAL = "?"
_MONTH = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])", flags=re.ASCII)
_MOST_NAMED = 3
_MOST_ADDED = 2
_LONGEST_COPIED = 80
_LOOKS_ALIKE = 0.8
# A name that every command line takes as it is, between quotation marks.
_TYPED = re.compile(r"[\w(][\w ,.:;/()+=*#@'&<>?-]*")


@lru_cache(maxsize=4096)
def plain(name: object) -> str:
    """A header as it is compared: trimmed, spaces collapsed, case ignored."""
    return " ".join(str(name).replace("\ufeff", "").split()).casefold()


def is_month(name: object) -> bool:
    """Whether a column is one month, written ``YYYYMM``."""
    return bool(_MONTH.fullmatch(plain(name)))


@dataclass(frozen=True)
class Vintage:
    """One layout of a source: what its columns are called, ours and the publisher's.

    Attributes
    ----------
    ours : dict
        The publisher's name, as compared, to ours. A column that was renamed within a layout has
        two names here, of which a header has one.
    written : dict
        The publisher's name, as compared, to the same as written in the column map.
    not_used : set
        Columns that may be there and are left out.
    optional : set
        Our names for columns that may be there, and are read if they are.
    monthly : bool
        Whether there is a column for each month.
    """

    name: str
    ours: dict[str, str]
    written: dict[str, str]
    not_used: frozenset[str]
    monthly: bool
    optional: frozenset[str] = frozenset()

    def missing(self, header: list[str]) -> list[str]:
        """Names that it needs and a header lacks."""
        found = {self.ours.get(name) for name in header} | self.optional
        lacking = {ours: name for name, ours in reversed(self.ours.items()) if ours not in found}
        no_month = self.monthly and not any(is_month(name) for name in header)
        named = [self.written[name] for name in self.ours if name in lacking.values()]
        return named + ([MONTHS] if no_month else [])

    def unexpected(self, header: list[str]) -> list[str]:
        """Names in a header that it doesn't know."""
        names_of = {ours: [n for n in header if self.ours.get(n) == ours] for ours in self.columns}
        twice = {name for names in names_of.values() for name in names[1:]}
        known = {*self.ours, *self.not_used} - twice
        return [n for n in header if n not in known and not (self.monthly and is_month(n))]

    @property
    def columns(self) -> list[str]:
        """Our names for what it holds, months apart."""
        return list(dict.fromkeys(self.ours.values()))

    def fits(self, header: list[str]) -> bool:
        """Whether a header, as compared, is of this layout and holds nothing else."""
        return not self.missing(header) and not self.unexpected(header)


def map_path(source_id: str) -> Path:
    """Where a source's column map lies."""
    return paths.data_folder() / "column_maps" / f"{source_id}.csv"


def vintages(source_id: str) -> list[Vintage]:
    """The layouts of a source, oldest first, from ``data/column_maps/<source>.csv``.

    Raises InputError if the column map is missing or has no layout.
    """
    path = map_path(source_id)
    if not path.is_file():
        raise InputError(
            f"{relative(path)} is missing.",
            "Wanted: our column names in its first column, a layout in each other column.",
        )
    header, *rows = csv_cells(path)
    known = [_vintage(name, column, rows) for column, name in enumerate(header) if column]
    return [vintage for vintage in known if vintage.ours]


def rename_columns(table: TextTable, source_id: str) -> tuple[pd.DataFrame, str]:
    """Rows under our column names, months as they are, cells trimmed; and the layout's name.

    Raises FileError if a column stands twice, or the header is of no known layout: with the nearest
    one, what is missing and unexpected, and the line to add.
    """
    rows, header = _without_nameless(table)
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise FileError(
            "This file: a column stands in the header twice.",
            f"Twice or more: {quoted(repeated)}.",
            "Ask the publisher which one counts, or take the file again.",
        )
    fitting = [vintage for vintage in vintages(source_id) if vintage.fits(header)]
    if not fitting:
        raise unknown_header(table.header, source_id)
    vintage = fitting[0]
    rows = rows.set_axis([vintage.ours.get(name, name) for name in header], axis=1)
    used = [name for name in rows.columns if name not in vintage.not_used]
    return rows[used].apply(trimmed), "/".join(vintage.name for vintage in fitting)


def trimmed(text: pd.Series) -> pd.Series:
    """Cells without the blanks around them; each value is looked at once, since most repeat."""
    places, values = pd.factorize(text, use_na_sentinel=False)
    return pd.Series(pd.Series(values).str.strip().array.take(places), text.index, name=text.name)


def _vintage(name: str, column: int, rows: list[list[str]]) -> Vintage:
    cells = [(row[0].strip(), row[column].strip()) for row in rows if row[column : column + 1]]
    cells = [(ours, theirs) for ours, theirs in cells if theirs]
    used = [(ours, theirs) for ours, theirs in cells if ours != NOT_USED and theirs != MONTHS]
    return Vintage(
        name=name,
        ours={plain(theirs): ours.removesuffix(OPTIONAL) for ours, theirs in used},
        written={plain(theirs): theirs for _, theirs in used},
        not_used=frozenset(plain(theirs) for ours, theirs in cells if ours == NOT_USED),
        monthly=any(theirs == MONTHS for _, theirs in cells),
        optional=frozenset(o.removesuffix(OPTIONAL) for o, _ in used if o.endswith(OPTIONAL)),
    )


def _without_nameless(table: TextTable) -> tuple[pd.DataFrame, list[str]]:
    """Spreadsheets leave empty columns behind: they go if nothing stands in them."""
    names = [plain(name) for name in table.header]
    empty = [
        not name and bool((table.rows.iloc[:, place] == "").all())
        for place, name in enumerate(names)
    ]
    keep = [place for place, drop in enumerate(empty) if not drop]
    return table.rows.iloc[:, keep], [names[place] for place in keep]


def unknown_header(names: list[str], source_id: str, others_let_be: bool = False) -> FileError:
    """What to say of a header that is of no layout of a source.

    In files of outlines, columns that no layout knows are no obstacle: ``others_let_be``.
    """
    as_written = {plain(name): " ".join(name.split()) for name in names}
    header = [name for name in as_written if name]
    nearest = max(vintages(source_id), key=lambda v: _nearness(v, header))
    missing = nearest.missing(header)
    unexpected = [as_written[name] for name in nearest.unexpected(header)]
    if others_let_be:
        unexpected = list(_pairs(missing, unexpected).values())
    return FileError(
        f"This file: its header is of no layout that {source_id} is known in.",
        f"Nearest layout: {nearest.name}.",
        f"Missing: {quoted(missing) or 'none'}.",
        f"Unexpected: {quoted(unexpected) or 'none'}.",
        *_way_out(nearest, missing, unexpected, source_id, header),
    )


def _way_out(
    nearest: Vintage, missing: list[str], unexpected: list[str], source_id: str, header: list[str]
) -> list[str]:
    """What to enter in the column map, unless this is another source's file."""
    other = sources_that_fit(header)
    path = relative(map_path(source_id))
    if other:
        return [f"It has the header of {other[0]}: this is the wrong file."]
    if MONTHS in missing:
        return ["Take the whole file: a column for each month, named like 202304."]
    if not unexpected:
        return [
            "Take the whole file. If the publisher no longer gives it, add a column to",
            f"{path}: a copy of {nearest.name} under a new name, without it.",
        ]
    renamed = _pairs(missing, unexpected)
    added = [name for name in unexpected if name not in renamed.values()]
    cells = [(nearest.ours[plain(old)], new) for old, new in renamed.items()]
    cells += [(NOT_USED, name) for name in added]
    # What would explain the header: that a column was renamed, or that one is to be left out.
    supposed = [f"If {short(old)} is now {short(new)}" for old, new in renamed.items()]
    supposed += [f"To leave {short(name)} out" for name in added]
    few = cells[:_MOST_ADDED]
    if all(len(name) <= _LONGEST_COPIED and _TYPED.fullmatch(name) for _, name in few):
        first = "" if len(cells) == 1 else f", {len(cells)} commands, first"
        typed = [_map_command(source_id, nearest.name, *cell) for cell in few]
        return [f"{supposed[0]}, enter it in {path}{first}:", *typed]
    what = "the line" if len(cells) == 1 else f"{len(cells)} lines, first"
    lines = [_map_line(source_id, nearest.name, *cell) for cell in few]
    return [f"{supposed[0]}, add to {path} {what}", *lines]


def _pairs(missing: list[str], unexpected: list[str]) -> dict[str, str]:
    """For each missing name the unexpected one that looks most like it, none taken twice."""
    pairs: dict[str, str] = {}
    for name in missing:
        left = [other for other in unexpected if other not in pairs.values()]
        if left:
            closest = get_close_matches(plain(name), map(plain, left), 1, 0.0)[0]
            pairs[name] = next(other for other in left if plain(other) == closest)
    return pairs


def _map_command(source_id: str, layout: str, ours: str, theirs: str) -> str:
    """The command that gives a layout one more name for a column."""
    several = [each for each in vintages(source_id) if ours in (NOT_USED, *each.columns)][1:]
    only = f' --layout "{layout}"' if several else ""
    return f'cdpb map {source_id} "{theirs}" "{ours}"{only}'


def _map_line(source_id: str, layout: str, ours: str, theirs: str) -> str:
    """A line of a column map that gives a layout one more name for a column."""
    names = csv_cells(map_path(source_id))[0]
    # A name that can't be printed as it is would be no line to copy.
    name = theirs if theirs.isprintable() and len(theirs) <= _LONGEST_COPIED else short(theirs)
    return csv_line(ours, *(name if known == layout else "" for known in names[1:]))


def csv_line(*cells: str) -> str:
    """A line to add to a list, with quotation marks where it needs them."""
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def sources_that_fit(header: list[str]) -> list[str]:
    """Sources of which some layout is exactly this header, as compared."""
    known = sorted(path.stem for path in map_path("any").parent.glob("*.csv"))
    return [name for name in known if any(vintage.fits(header) for vintage in vintages(name))]


def nearest_source(header: list[str], among: list[str]) -> str:
    """The source of which some layout is most like a header."""
    return max(among, key=lambda name: max(_nearness(v, header) for v in vintages(name)))


def likeness(source_id: str, header: list[str]) -> float:
    """How like a header the nearest layout of a source is: 2 when it is the same."""
    return max(_likeness(vintage, header) for vintage in vintages(source_id))


def _nearness(vintage: Vintage, header: list[str]) -> tuple[float, int]:
    """How like a header a layout is and, where that decides nothing, how many names look alike."""
    alike = [get_close_matches(name, header, 1, _LOOKS_ALIKE) for name in vintage.ours]
    return _likeness(vintage, header), sum(map(len, alike))


def _likeness(vintage: Vintage, header: list[str]) -> float:
    """How much of a header a layout knows, and how much of what it needs it finds."""
    wanted = len(set(vintage.columns) - vintage.optional) + vintage.monthly
    known = 1 - len(vintage.unexpected(header)) / max(len(header), 1)
    return known + (1 - len(vintage.missing(header)) / wanted)


def quoted(names: list[str]) -> str:
    """Some names in quotation marks, and how many more there are."""
    shown = ", ".join(short(name) for name in names[:_MOST_NAMED])
    left = len(names) - _MOST_NAMED
    return f"{shown} and {left} more" if left > 0 else shown


def short(text: object) -> str:
    """A text from outside as a message shows it: in quotation marks, and not too long."""
    name = str(text)
    return repr(name if len(name) <= 40 else name[:37] + "...")
