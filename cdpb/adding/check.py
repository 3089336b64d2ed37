"""A file compared with what is in use of its source: is it newer, whole, and plausible?

Thresholds
----------
Publications revise each other. Between two publications of the ward file 16 months apart London's
months moved by 7% at most and a borough's month by 1.7 of its square root; between two of the
borough file by 2.5 of its square root. What goes well beyond that is another table, a shifted
column or a part of a file, so a total may move by a tenth (a fifth in one area) and three (four)
square roots of itself.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
import pandas as pd

from cdpb.adding.incoming import FileProblem, Incoming, figure_columns, key_columns
from cdpb.catalogue import made_up_receipts, publications, receipts, sources
from cdpb.console import few
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders.completeness import NEIGHBOURS, median_beside
from cdpb.sources import ILLUSTRATIVE

HALF = 1 / 2
MOST_NAMED = 4
# Between months or years of one place nothing that is counted here grows or falls so much.
FACTOR = 100
# Below this, a hundredfold is a handful of cases.
LEAST = 1_000
FEWEST = 3


def problems_of(file: Incoming, in_use: pd.DataFrame, received: dt.date) -> Iterator[FileProblem]:
    """All that is wrong with a file that could be read.

    Parameters
    ----------
    in_use : pandas.DataFrame
        The rows in use of its source, with ``received``; none where nothing was received.
    received : datetime.date
        The day it came.
    """
    both = shared_rows(file, in_use)
    doubts = [_gaps(file), _half_empty(file), _out_of_scale(file)]
    if len(both):
        doubts += [_older(file, in_use, received), _implausible(file, both)]
    elif len(in_use):
        doubts.append(_of_another_size(file, in_use))
    for error in chain(_received_before(file), _made_up(file)):
        yield FileProblem(error, source_id=file.source.id)
    for error in chain(*doubts):
        yield FileProblem(error, acceptable=True, source_id=file.source.id)


def _received_before(file: Incoming) -> Iterator[InputError]:
    files_of = {id: what.published_as.files_of for id, what in publications().items()}
    own = file.source.id
    # A file that two sources have figures of is added to both.
    others = {files_of.get(own), *(id for id, of in files_of.items() if of == own)}
    arrived = [id for id, declared in sources().items() if declared.status != ILLUSTRATIVE]
    arrived = [id for id in arrived if id not in others]
    for receipt in chain(*map(receipts, arrived)):
        for same in (entry for entry in receipt.files if entry.sha256 == file.sha256):
            yield InputError(
                f"{file.name} was received before, byte for byte.",
                f"It is {relative(receipt.folder / same.name)}.",
                "Leave it out of the command; there is nothing to add.",
                "If that receipt is wrong, take it out of use first:",
                f'cdpb withdraw {relative(receipt.folder)} --reason "REASON"',
            )


def _made_up(file: Incoming) -> Iterator[InputError]:
    """A made-up file may not come in as one that was received."""
    for receipt in made_up_receipts(file.source.id):
        if file.sha256 in {entry.sha256 for entry in receipt.files}:
            yield InputError(
                f"{file.name} is a made-up file, byte for byte.",
                f"It is that of {relative(receipt.folder)}, made for demonstrations.",
                f"Wanted: the file that {file.source.publisher} sent.",
            )


def _gaps(file: Incoming) -> Iterator[InputError]:
    """Months between a file's first and last that it has no column or row for."""
    if file.period != "month":
        return
    months, absent = months_and_gaps(file.table, file.source.no_collection_in)
    if absent:
        yield InputError(
            f"{file.name} has a gap.",
            f"It holds months from {months[0]} to {months[-1]}, "
            f"and lacks {few(absent, MOST_NAMED)}.",
            "Take the whole file, or ask the publisher.",
        )


def months_and_gaps(
    table: pd.DataFrame, uncollected: Sequence[int]
) -> tuple[pd.PeriodIndex, list[pd.Period]]:
    """The months of a table, and those between them in which it lacks what is collected."""
    months = pd.PeriodIndex(table["month"].unique()).sort_values()
    whole = pd.period_range(months[0], months[-1], freq="M")
    return months, [m for m in whole.difference(months) if m.month not in uncollected]


def _half_empty(file: Incoming) -> Iterator[InputError]:
    """Months that were drawn before they were over."""
    counts = figure_columns(file.table)
    if file.period != "month" or not counts:
        return
    totals = file.table.groupby("month", observed=True)[counts].sum().sum(axis=1).astype(float)
    totals = totals.sort_index()
    numbers = totals.to_numpy()
    usual = np.array([median_beside(numbers, at) for at in range(len(numbers))])
    # Under half of its neighbours', and by more than chance brings about.
    thin = list(totals.index[numbers < np.minimum(HALF * usual, usual - 4 * np.sqrt(usual))])
    if thin:
        yield InputError(
            f"{file.name}: a month looks half empty.",
            f"In {few(thin, MOST_NAMED)} the total is under half of the median of the months "
            "beside it.",
            "The file was perhaps drawn before all was entered. Take one published later.",
        )


def _out_of_scale(file: Incoming) -> Iterator[InputError]:
    """Figures that are thousands where their neighbours are not, in a first receipt too."""
    found = _places_out_of_scale(file) if file.period else []
    if found:
        yield InputError(
            f"{file.name}: figures are out of scale with those beside them.",
            f"First: {', '.join(found[:3])}. A hundredfold, or a hundredth, of the usual one.",
            "A unit was perhaps changed, or digits were added. Ask the publisher.",
        )


def _places_out_of_scale(file: Incoming) -> list[str]:
    """The places and periods whose figure is a hundredfold, or a hundredth, of those beside it.

    Like is compared with like, where a series has three figures at least.
    """
    table, about = file.table, [name for name in key_columns(file.table) if name != file.period]
    series = table.groupby(about, observed=True, sort=False)
    order = np.argsort(series.ngroup().to_numpy(), kind="stable")
    found: dict[str, None] = {}
    for column in figure_columns(table):
        numbers = table[column].to_numpy(dtype=float, na_value=np.nan)
        usual = series[column].transform("median").to_numpy(dtype=float, na_value=np.nan)
        enough = series[column].transform("count").to_numpy() >= FEWEST
        above = (numbers >= LEAST) & (numbers > FACTOR * usual)
        below = (numbers > 0) & (usual >= LEAST) & (FACTOR * numbers < usual)
        strange = order[(enough & (above | below))[order]]
        for row in table.iloc[strange].to_dict("records"):
            found[f"{row[file.place]} {row[file.period]}"] = None
    return list(found)


def _implausible(file: Incoming, both: pd.DataFrame) -> Iterator[InputError]:
    """Totals over all places, by kind and by place that are not those of the last receipt."""
    keys = [name for name in key_columns(file.table) if name in both]
    kinds = [k for k in keys if k not in (file.place, file.period)]
    period = [file.period] if file.period else []
    groups = [period, *([*period, kind] for kind in kinds), [*period, file.place], [file.place]]
    for by in groups:
        for count in figure_columns(file.table):
            moved = _moved(both, by, count, in_one_place=file.place in by)
            if moved:
                yield InputError(
                    f"{file.name}: totals are not like those of the last receipt.",
                    f"By {' and '.join(name.removesuffix('_code') for name in by)}, {len(moved)}"
                    " moved further than publications revise each other.",
                    f"First: {', '.join(moved[:3])}.",
                    "A column may be shifted, the file a part, or its figures of another kind.",
                    "Compare it with the publisher's own page.",
                )
                return


def _moved(both: pd.DataFrame, by: list[str], count: str, in_one_place: bool) -> list[str]:
    """The groups of which a total has moved further than publications revise each other."""
    before, now = f"{count}_in_use", f"{count}_new"
    known = both[both[before].notna() & both[now].notna()]
    if not by or known.empty:
        return []
    totals = known.groupby(by, observed=True)[[before, now]].sum().astype(float)
    share, roots = (0.2, 4) if in_one_place else (0.1, 3)
    bound = share * totals[before] + roots * np.sqrt(totals[before].clip(lower=1))
    far = totals.index[(totals[now] - totals[before]).abs() > bound]
    return [" ".join(map(str, at)) if isinstance(at, tuple) else str(at) for at in far]


def _older(file: Incoming, in_use: pd.DataFrame, received: dt.date) -> Iterator[InputError]:
    """A publication that ends before what is in use would put old figures over newer ones."""
    if file.period is None:
        return
    of_places = in_use[in_use[file.place].isin(file.table[file.place].unique())]
    last, newest = str(of_places[file.period].max()), of_places["received"].max()
    if file.periods[-1] < last and received >= newest:
        yield InputError(
            f"{file.name} is older than what is held.",
            f"It ends with {file.periods[-1]}; the receipt of {newest} reaches {last}.",
            f"As received on {received}, it would stand over newer figures.",
            "If it was published before that, say when it came: --received YYYY-MM-DD.",
        )


def _of_another_size(file: Incoming, in_use: pd.DataFrame) -> Iterator[InputError]:
    """Periods that are new can't be compared one by one, but in size."""
    if file.period is None:
        return
    keys = [k for k in key_columns(file.table) if k != file.period and k in in_use]
    for count in figure_columns(file.table):
        if count not in in_use:
            continue
        usual = _usual(in_use, keys, file.period, count)
        new = _usual(file.table, keys, file.period, count)
        both = pd.concat([usual, new], axis=1, keys=["usual", "new"]).dropna().sum()
        if max(both) > 2 * min(both) + 4 * np.sqrt(max(both)):
            yield InputError(
                f"{file.name}: its figures are of another size than those held.",
                f"Column {count}: less than half of what is usual, or more than twice.",
                "It may be in another unit, of other people, or a part of a file.",
                "Compare it with the publisher's own page.",
            )


def _usual(table: pd.DataFrame, keys: list[str], period: str, count: str) -> pd.Series:
    """For each place and kind its mean over the newest three periods."""
    newest = sorted(table[period].unique())[-NEIGHBOURS:]
    recent = table[table[period].isin(newest)]
    return recent.groupby(keys, observed=True)[count].mean().astype(float)


def shared_rows(file: Incoming, in_use: pd.DataFrame) -> pd.DataFrame:
    """Rows of a file that are in use already; figures end with ``_in_use`` and ``_new``."""
    keys = key_columns(file.table)
    columns = [*keys, *figure_columns(file.table)]
    if in_use.empty or not set(columns) <= set(in_use.columns):
        return pd.DataFrame()
    return in_use[columns].merge(file.table[columns], on=keys, suffixes=("_in_use", "_new"))


def lost(source_id: str, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[FileProblem]:
    """Figures in use that would no longer be: a receipt replaces whole months or years."""
    if before.empty or after.empty:
        return
    keys = key_columns(before)
    gone = ~pd.MultiIndex.from_frame(before[keys]).isin(pd.MultiIndex.from_frame(after[keys]))
    if gone.any():
        rows = before.loc[gone, keys[:2]].drop_duplicates().astype(str)
        error = InputError(
            f"{source_id}: figures that are held would no longer be in use.",
            f"First: {', '.join(' '.join(row) for row in rows.head(3).to_numpy())}.",
            "The new file replaces these and does not carry all that they hold.",
            "Take the whole file, or look whether it is the right one.",
        )
        yield FileProblem(error, acceptable=True, source_id=source_id)
