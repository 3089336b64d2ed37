"""A publisher's words put into ours, by the lists in ``data/value_maps``."""

import csv
from pathlib import Path

from cdpb import paths
from cdpb.errors import InputError
from cdpb.yaml_files import relative


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
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
