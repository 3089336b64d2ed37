"""A file held against what is held already: is it newer, whole, and plausible?

Thresholds
----------
Publications revise each other. Between two publications of the ward file 16 months apart London's
months moved by 7% at most and a borough's month by 1.7 of its square root; between two of the
borough file by 2.5 of its square root. What goes well beyond that is another table, a shifted
column or a part of a file, so a total may move by a tenth (a fifth in one area) and three (four)
square roots of itself.
"""

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pandas as pd

from cdpb.adding.incoming import FileProblem, Incoming, figure_columns, key_columns
from cdpb.catalogue import made_up_receipts, receipts, sources
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders.monthly import NEIGHBOURS
from cdpb.loaders.plausible import out_of_scale
from cdpb.sources import ILLUSTRATIVE

HALF = 1 / 2
MOST_NAMED = 4


def problems_of(file: Incoming, held: pd.DataFrame, received: dt.date) -> Iterator[FileProblem]:
    """All that is wrong with a file that could be read.

    Parameters
    ----------
    file : Incoming
        The file.
    held : pandas.DataFrame
        What is in use of its source, with ``received``; no rows where nothing was received.
    received : datetime.date
        The day it came.
    """
    yield from _held_already(file)
    yield from _made_up(file)
    yield from _gaps(file)
    yield from _half_empty(file)
    yield from _out_of_scale(file)
    both = shared_rows(file, held)
    if len(both):
        yield from _older(file, held, received)
        yield from _implausible(file, both)
    elif len(held):
        yield from _of_another_size(file, held)


def _held_already(file: Incoming) -> Iterator[FileProblem]:
    arrived = [id for id, each in sources().items() if each.status != ILLUSTRATIVE]
    for source_id in arrived:
        for receipt in receipts(source_id):
            for each in receipt.files:
                if each.sha256 == file.sha256:
                    where = relative(receipt.folder / each.name)
                    yield FileProblem(
                        InputError(
                            f"{file.name} was received before, byte for byte.",
                            f"It is {where}.",
                            "Leave it out of the command; there is nothing to add.",
                            "If that receipt is wrong, take it out of use first:",
                            f'cdpb withdraw {relative(receipt.folder)} --reason "REASON"',
                        )
                    )


def _made_up(file: Incoming) -> Iterator[FileProblem]:
    """A made-up file may not come in as one that was received."""
    for receipt in made_up_receipts(file.source.id):
        if file.sha256 in {each.sha256 for each in receipt.files}:
            yield FileProblem(
                InputError(
                    f"{file.name} is a made-up file, byte for byte.",
                    f"It is that of {relative(receipt.folder)}, made for demonstrations.",
                    f"Wanted: the file that {file.source.publisher} sent.",
                )
            )


def _gaps(file: Incoming) -> Iterator[FileProblem]:
    """Months between a file's first and last that it has no column or row for."""
    if file.period != "month":
        return
    months = pd.PeriodIndex(file.table["month"].unique()).sort_values()
    whole = pd.period_range(months[0], months[-1], freq="M")
    uncollected = file.source.no_collection_in
    absent = [m for m in whole.difference(months) if m.month not in uncollected]
    if absent:
        yield FileProblem(
            InputError(
                f"{file.name} has a gap.",
                f"It holds months from {months[0]} to {months[-1]}, and lacks {_named(absent)}.",
                "Take the whole file, or ask the publisher.",
            ),
            acceptable=True,
        )


def _half_empty(file: Incoming) -> Iterator[FileProblem]:
    """Months that were drawn before they were over."""
    counts = figure_columns(file.table)
    if file.period != "month" or not counts:
        return
    totals = file.table.groupby("month", observed=True)[counts].sum().sum(axis=1).astype(float)
    totals = totals.sort_index()
    thin = [month for at, month in enumerate(totals.index) if _is_half(totals, at)]
    if thin:
        yield FileProblem(
            InputError(
                f"{file.name}: a month looks half empty.",
                f"In {_named(thin)} the total is under half of the median of the months beside it.",
                "The file was perhaps drawn before all was entered. Take one published later.",
            ),
            acceptable=True,
        )


def _out_of_scale(file: Incoming) -> Iterator[FileProblem]:
    """Figures that are thousands where their neighbours are not, in a first receipt too."""
    keys = key_columns(file.table)
    if file.period is None:
        return
    kinds = [name for name in keys if name not in (file.place, file.period)]
    found = out_of_scale(file.table, file.place, file.period, kinds, figure_columns(file.table))
    if found:
        yield FileProblem(
            InputError(
                f"{file.name}: figures are out of scale with those beside them.",
                f"First: {', '.join(found[:3])}. A hundredfold, or a hundredth, of the usual one.",
                "A unit was perhaps changed, or digits were added. Ask the publisher.",
            ),
            acceptable=True,
        )


def _is_half(totals: pd.Series, at: int) -> bool:
    """Whether a total is under half of its neighbours', and by more than chance brings about."""
    beside = pd.concat(
        [totals.iloc[max(at - NEIGHBOURS, 0) : at], totals.iloc[at + 1 : at + 1 + NEIGHBOURS]]
    )
    if beside.empty:
        return False
    usual = float(beside.median())
    return bool(totals.iloc[at] < min(HALF * usual, usual - 4 * np.sqrt(usual)))


def _implausible(file: Incoming, both: pd.DataFrame) -> Iterator[FileProblem]:
    """Totals over all places, by kind and by place that are not those of the last receipt."""
    keys = [name for name in key_columns(file.table) if name in both]
    kinds = [k for k in keys if k not in (file.place, file.period)]
    period = [file.period] if file.period else []
    groups = [period, *([*period, kind] for kind in kinds), [*period, file.place], [file.place]]
    for by in groups:
        for count in figure_columns(file.table):
            moved = _moved(both, by, count, in_one_place=file.place in by)
            if moved:
                yield _too_far(file, moved, by)
                return


def _older(file: Incoming, held: pd.DataFrame, received: dt.date) -> Iterator[FileProblem]:
    """A publication that ends before what is held would put old figures over newer ones."""
    if file.period is None:
        return
    of_places = held[held[file.place].isin(file.table[file.place].unique())]
    last, newest = str(of_places[file.period].max()), of_places["received"].max()
    if file.periods[-1] < last and received >= newest:
        yield FileProblem(
            InputError(
                f"{file.name} is older than what is held.",
                f"It ends with {file.periods[-1]}; the receipt of {newest} reaches {last}.",
                f"As received on {received}, it would stand over newer figures.",
                "If it was published before that, say when it came: --received YYYY-MM-DD.",
            ),
            acceptable=True,
        )


def _of_another_size(file: Incoming, held: pd.DataFrame) -> Iterator[FileProblem]:
    """Periods that were not held can't be compared one by one, but in size."""
    if file.period is None:
        return
    keys = [k for k in key_columns(file.table) if k != file.period and k in held]
    for count in figure_columns(file.table):
        if count not in held:
            continue
        usual = _usual(held, keys, file.period, count)
        new = _usual(file.table, keys, file.period, count)
        both = pd.concat([usual, new], axis=1, keys=["usual", "new"]).dropna().sum()
        if max(both) > 2 * min(both) + 4 * np.sqrt(max(both)):
            yield FileProblem(
                InputError(
                    f"{file.name}: its figures are of another size than those held.",
                    f"Column {count}: less than half of what is usual, or more than twice.",
                    "It may be in another unit, of other people, or a part of a file.",
                    "Hold it against the publisher's own page.",
                ),
                acceptable=True,
            )


def _usual(table: pd.DataFrame, keys: list[str], period: str, count: str) -> pd.Series:
    """For each place and kind its mean over the newest three periods."""
    newest = sorted(table[period].unique())[-NEIGHBOURS:]
    recent = table[table[period].isin(newest)]
    return recent.groupby(keys, observed=True)[count].mean().astype(float)


def shared_rows(file: Incoming, held: pd.DataFrame) -> pd.DataFrame:
    """Rows that a file and what is held both carry; figures with ``_held`` and ``_new``."""
    counts = figure_columns(file.table)
    keys = key_columns(file.table)
    if held.empty or not set(keys) | set(counts) <= set(held.columns):
        return pd.DataFrame()
    columns = [*keys, *counts]
    return held[columns].merge(file.table[columns], on=keys, suffixes=("_held", "_new"))


def lost(source_id: str, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[FileProblem]:
    """Figures in use that would no longer be: a receipt replaces whole months or years."""
    if before.empty or after.empty:
        return
    keys = key_columns(before)
    gone = ~pd.MultiIndex.from_frame(before[keys]).isin(pd.MultiIndex.from_frame(after[keys]))
    if gone.any():
        rows = before.loc[gone, keys[:2]].drop_duplicates().astype(str)
        yield FileProblem(
            InputError(
                f"{source_id}: figures that are held would no longer be in use.",
                f"First: {', '.join(' '.join(each) for each in rows.head(3).to_numpy())}.",
                "The new file replaces these and does not carry all that they hold.",
                "Take the whole file, or look whether it is the right one.",
            ),
            acceptable=True,
        )


def _moved(both: pd.DataFrame, by: list[str], count: str, in_one_place: bool) -> list[str]:
    """The groups of which a total has moved further than publications revise each other."""
    known = both[both[f"{count}_held"].notna() & both[f"{count}_new"].notna()]
    columns = [f"{count}_held", f"{count}_new"]
    if not by or known.empty:
        return []
    totals = known.groupby(by, observed=True)[columns].sum().astype(float)
    share, roots = (0.2, 4) if in_one_place else (0.1, 3)
    bound = share * totals[columns[0]] + roots * np.sqrt(totals[columns[0]].clip(lower=1))
    far = (totals[columns[1]] - totals[columns[0]]).abs() > bound
    return [
        " ".join(map(str, each)) if isinstance(each, tuple) else str(each)
        for each in totals.index[far]
    ]


def _too_far(file: Incoming, moved: list[str], by: list[str]) -> FileProblem:
    words = {"month": "month", "quarter": "quarter", "year": "year"}
    each = " and ".join(words.get(name, name.removesuffix("_code")) for name in by)
    return FileProblem(
        InputError(
            f"{file.name}: totals are not like those of the last receipt.",
            f"By {each}, {len(moved)} moved further than publications revise each other.",
            f"First: {', '.join(moved[:3])}.",
            "A column may be shifted, the file a part, or its figures of another kind.",
            "Hold it against the publisher's own page.",
        ),
        acceptable=True,
    )


def _named(each: list[pd.Period]) -> str:
    shown = ", ".join(str(one) for one in each[:MOST_NAMED])
    more = len(each) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
