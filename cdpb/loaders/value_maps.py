"""A publisher's words put into ours, by the lists in ``data/value_maps``."""

from pathlib import Path

import pandas as pd

from cdpb import paths
from cdpb.csv_files import list_rows
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders.headers import NOT_USED, csv_line, plain, quoted, short

# In place of a source, and of a column: a line for every return, and for its counts.
ANY, COUNTS = "(any)", "(count)"
HIDDEN, NOT_GIVEN = "(hidden)", "(not given)"


def words_path(name: str) -> Path:
    """Where a list of words lies."""
    return paths.data_folder() / "value_maps" / f"{name}.csv"


def words(name: str) -> list[dict[str, str]]:
    """One list of words, a dict a line.

    Raises
    ------
    InputError
        If the list is missing.
    """
    path = words_path(name)
    if not path.is_file():
        raise InputError(f"{relative(path)} is missing.", "Nothing was loaded.")
    return list_rows(path)


def missing_marks(source_id: str) -> dict[str, str]:
    """How a sender writes a count that isn't given, and why: `HIDDEN` or `NOT_GIVEN`."""
    told = [each for each in words("return_words") if each["column"] == COUNTS]
    return {
        plain(each["theirs"]): each["ours"]
        for of in (ANY, source_id)  # A source's own line stands over one for every return.
        for each in told
        if each["source"] == of
    }


def unknown_mark(error: InputError, source_id: str) -> InputError:
    """An error about a count, with the way in for a mark that was not met before."""
    told = [line.strip() for line in error.lines]
    return InputError(
        *told[:3],
        f"If the sender hides small counts so (read as hidden, never as 0), add to "
        f"{relative(words_path('return_words'))}:",
        f"{source_id},{COUNTS},the mark,{HIDDEN}",
        *told[3:5],
        "Nothing was loaded.",
    )


def in_words(column: pd.Series, source_id: str, path: Path) -> pd.Series:
    """A column of a return with the sender's words put into ours.

    Raises
    ------
    InputError
        If a word was not met before, with the line to add to ``data/value_maps``.
    """
    known = {
        plain(each["theirs"]): each["ours"]
        for each in words("return_words")
        if each["source"] == source_id and each["column"] == column.name
    }
    translated = {text: known.get(plain(text)) for text in column.unique()}
    unknown = [text for text, ours in translated.items() if ours is None]
    if unknown:
        raise InputError(
            f"{relative(path)}: {column.name} holds a word not met before: {short(unknown[0])}.",
            f"Known: {quoted(sorted(set(known.values())))}.",
            f"If the sender renamed one, add to {relative(words_path('return_words'))} the line",
            f"{csv_line(source_id, str(column.name), unknown[0], 'OUR WORD')}",
            f"with our word for it, or with {NOT_USED}.",
            "Nothing was loaded.",
        )
    return column.map(translated)
