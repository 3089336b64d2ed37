"""A publisher's words put into ours, by the lists in ``data/value_maps``."""

from pathlib import Path

import pandas as pd

from cdpb import paths
from cdpb.areas import spelling
from cdpb.csv_files import list_rows
from cdpb.errors import FileError
from cdpb.file_contents import relative
from cdpb.loaders.headers import NOT_USED, csv_line, plain, quoted, short

# In place of a source, and of a column: a line for every return, and for its counts.
ANY, COUNTS = "(any)", "(count)"
HIDDEN, NOT_GIVEN = "(hidden)", "(not given)"
DRUGS = "mps_drug_offences"


def words_path(name: str) -> Path:
    """Where a list of words lies."""
    return paths.data_folder() / "value_maps" / f"{name}.csv"


def words(name: str) -> list[dict[str, str]]:
    """One list of words, one dict per line."""
    return list_rows(words_path(name))


def missing_marks(source_id: str) -> dict[str, str]:
    """How a sender writes a count that isn't given, and why: `HIDDEN` or `NOT_GIVEN`."""
    marks = [line for line in words("return_words") if line["column"] == COUNTS]
    return {
        plain(line["theirs"]): line["ours"]
        for of in (ANY, source_id)  # A source's own line stands over one for every return.
        for line in marks
        if line["source"] == of
    }


def unknown_mark(error: FileError, source_id: str) -> FileError:
    """An error about a count, with the way in for a mark that was not met before."""
    lines = [line.strip() for line in error.lines]
    return FileError(
        *lines[:3],
        f"If the sender hides small counts so (read as hidden, never as 0), add to "
        f"{relative(words_path('return_words'))}:",
        f"{source_id},{COUNTS},the mark,{HIDDEN}",
        *lines[3:5],
    )


def translate(column: pd.Series, source_id: str, listed: str = "return_words") -> pd.Series:
    """A column of a file with its sender's words put into ours, by one of the lists.

    Raises FileError if a word was not met before, with the line to add to ``data/value_maps``.
    """
    lines = [line for line in words(listed) if line["column"] == column.name]
    own = [line for line in lines if line.get("source", source_id) == source_id]
    known = {plain(line["theirs"]): line["ours"] for line in own}
    translated = {text: known.get(plain(text)) for text in column.unique()}
    unknown = [text for text, ours in translated.items() if ours is None]
    if unknown:
        of = [source_id] if listed == "return_words" else []
        raise FileError(
            f"This file: {column.name} holds a word not met before: {short(unknown[0])}.",
            f"Known: {quoted(sorted(set(known.values())))}.",
            f"If the sender renamed one, add to {relative(words_path(listed))} the line",
            f"{csv_line(*of, str(column.name), unknown[0], 'OUR WORD')}",
            f"with our word for it, or with {NOT_USED}.",
        )
    return column.map(translated)


def are_drugs(groups: pd.Series) -> pd.Series:
    """Which groups of offences are of drugs.

    One that was not met before could be, misspelt, and is refused; so is a file without any.
    """
    known = {plain(line["group"]): bool(line["subgroup"]) for line in words(DRUGS)}
    compared = groups.map({name: plain(name) for name in groups.unique()})
    strange = groups[~compared.isin(known)]
    if len(strange):
        raise FileError(
            f"This file holds a group of offences not met before: {short(strange.iloc[0])}.",
            "A misspelt group of drug offences would be left out, and read as none.",
            f"If it holds no drug offences, add to {relative(words_path(DRUGS))} the line",
            f"{csv_line(strange.iloc[0], '', NOT_USED)}",
            "If it does, add one line for possession and one for trafficking, as worded there.",
        )
    drugs = compared.map(known).astype(bool)
    if not drugs.any():
        raise FileError(
            "This file holds no drug offences.",
            "Wanted: rows of the offence group Drug Offences.",
            f"Found {groups.nunique()} other groups.",
            "Take the whole file.",
        )
    return drugs


def offences_of(groups: pd.Series, subgroups: pd.Series) -> list[str]:
    """Our word for each drug offence, by its group and subgroup; other wording stops."""
    known = {(plain(w["group"]), plain(w["subgroup"])): w["offence"] for w in words(DRUGS)}
    found = list(zip(groups.map(plain), subgroups.map(plain), strict=True))
    unknown = sorted(set(found) - set(known))
    if not unknown:
        return [known[pair] for pair in found]
    group, subgroup = unknown[0]
    raise FileError(
        "This file: a drug offence is worded in a way not met before.",
        f"Found: {short(subgroup)} in the group {short(group)}.",
        f"If it is possession or trafficking, add to {relative(words_path(DRUGS))} the line",
        f"{csv_line(group, subgroup, 'OUR WORD')}",
        f"with possession or trafficking for it, or {NOT_USED}.",
    )


def are_no_boroughs(names: pd.Series) -> pd.Series:
    """Which names are listed as those of no borough."""
    listed = {spelling(line["name"]) for line in words("mps_not_boroughs")}
    return names.map(spelling).isin(listed)
