"""Files on their way into a drawn project, made up in the layouts of the Metropolitan Police."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from cdpb.adding import Added, Wanted, add, store
from tests.support.project import Project
from tests.support.toys import seen
from tests.support.vintages import borough_file, ward_file

WARDS = {
    "E05013632": ("Colindale North", "Barnet"),
    "E05013633": ("Colindale South", "Barnet"),
    "E05013635": ("Edgwarebury", "Barnet"),
    "E05013653": ("Bloomsbury", "Camden"),
}
TODAY = pd.Timestamp("2026-06-20").date()


def counts(first: str, months: int, places: list[str]) -> pd.DataFrame:
    """A table of ``place, month, offence, offences`` in which each month has its own figures."""
    rows = [
        (place, month, offence, 20 + 3 * at + (month.month % 4) + (10 if offence[0] == "p" else 0))
        for at, place in enumerate(places)
        for month in pd.period_range(first, periods=months, freq="M")
        for offence in ("possession", "trafficking")
    ]
    return pd.DataFrame(rows, columns=["place", "month", "offence", "offences"])


def wards(first: str, months: int) -> pd.DataFrame:
    """Counts of the four wards."""
    table = counts(first, months, list(WARDS)).rename(columns={"place": "ward_code"})
    names = table["ward_code"].map(WARDS)
    return table.assign(ward_name=names.str[0], place=names.str[1])


def boroughs(first: str, months: int) -> pd.DataFrame:
    """Counts of the two boroughs, twice those of a ward."""
    table = counts(first, months, ["Barnet", "Camden"])
    return table.assign(offences=table["offences"] * 2)


class Arrivals:
    """Files as they lie in a download folder, outside the project."""

    def __init__(self, folder: Path, project: Project) -> None:
        self.folder = folder
        self.project = project
        folder.mkdir()

    def file(self, content: str, name: str = "new.csv") -> Path:
        path = self.folder / name
        path.write_bytes(content.encode("utf-8"))
        return path

    def wards(self, table: pd.DataFrame, layout: str = "V4", name: str = "wards.csv") -> Path:
        return self.file(ward_file(table, layout), name)

    def boroughs(self, table: pd.DataFrame, layout: str = "V4", name: str = "b.csv") -> Path:
        return self.file(borough_file(table, layout), name)

    def add(self, *files: Path, **more: object) -> Added:
        return add(Wanted(files, **more), today=TODAY)  # type: ignore[arg-type]

    def said(self, *files: Path, **more: object) -> str:
        return "\n".join(self.add(*files, **more).report)

    def holds(self) -> dict[str, bytes]:
        """Every received file and receipt of the project, as its bytes."""
        return seen(self.project.data)


@contextmanager
def stopped_at(monkeypatch: pytest.MonkeyPatch, at: int) -> Iterator[None]:
    """The process dies at the rename of that number, counted from 1: nothing is tidied up."""
    rename, calls = os.replace, []

    def stops(old: str, new: str) -> None:
        calls.append(new)
        if len(calls) == at:
            raise KeyboardInterrupt
        rename(old, new)

    with monkeypatch.context() as patch:
        patch.setattr(store.os, "replace", stops)
        patch.setattr(store, "_finish", list)
        with pytest.raises(KeyboardInterrupt):
            yield
