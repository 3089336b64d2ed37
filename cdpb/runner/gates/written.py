"""A finished assessment, read back as it was written."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cdpb import paths
from cdpb.declarations import declarations
from cdpb.disclosure.declared import TableDeclaration
from cdpb.errors import InputError
from cdpb.runner import cache, runs
from cdpb.runner.job import EXECUTED, Assessment

FORMULA_GUARD = "'"
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Written:
    """The folder of an assessment, with its records in the order of the manifest.

    ``key`` is the random name of the key that drew what is hidden; empty where nothing could be.
    Of each finding there may be the executed notebook that its page was rendered from. What passed
    before isn't judged again where it is known what each gate would be ``judged_by``, beside what
    was written, unless it is asked for ``fresh``.
    """

    folder: Path
    assessment: Assessment
    records: Sequence[dict[str, Any]]
    key: str = ""
    notebooks: Mapping[str, Path] = field(default_factory=dict)
    judged_by: Mapping[str, str] = field(default_factory=dict)
    fresh: bool = False

    @cached_property
    def tables(self) -> Mapping[str, Rows]:
        """Every table that was written, by the name of its file: rows of text, as they stand."""
        named = [table["file"] for record in self.records for table in record.get("tables", [])]
        return {name: read_csv_rows(self.folder / name) for name in named}

    def tables_of(self, record: Mapping[str, Any]) -> dict[str, Rows]:
        """The tables of one finding, by their ids."""
        return {table["id"]: self.tables[table["file"]] for table in record.get("tables", [])}

    @cached_property
    def declared(self) -> Mapping[str, TableDeclaration]:
        """The declarations of its tables that have one, by ``finding/table``."""
        named = {
            f"{record['id']}/{table['id']}": declared_table(record, table["id"])
            for record in self.records
            for table in record.get("tables", [])
        }
        return {name: declared for name, declared in named.items() if declared}

    @property
    def count_of_tables(self) -> int:
        """How many published tables it holds."""
        return sum(len(record.get("tables", [])) for record in self.records)


def read_csv_rows(path: Path) -> Rows:
    """The rows of a CSV, as text; none where it can't be read, which the scan reports."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [
                {name: _unguarded(value) for name, value in row.items() if name and value}
                for row in csv.DictReader(file)
            ]
    except (OSError, csv.Error, UnicodeDecodeError):
        return []


def read_written(folder: Path) -> Written:
    """Read an assessment that stands in a folder; refused where none does."""
    manifest = _json(folder, "manifest.json")
    try:
        area = manifest["area"]
        assessment = Assessment(
            area["code"], area["name"], manifest["year"], manifest["edition"],
            manifest["demonstration"], folder,
        )  # fmt: skip
        names = [entry["record"] for entry in manifest["findings"]]
    except (KeyError, TypeError):
        raise _none_there(folder, "its manifest is not one of an assessment") from None
    records = [_json(folder, name) for name in names]
    key, notebooks = str(manifest.get("key", "")), executed_notebooks(assessment, folder)
    return Written(folder, assessment, records, key, notebooks)


def executed_notebooks(assessment: Assessment, folder: Path) -> dict[str, Path]:
    """By finding, the executed notebook that the page in a folder was rendered from.

    As the run that wrote the folder kept it; where no run is known to have, as the last run of
    such an assessment did.
    """
    last = paths.private_folder("executed", *assessment.folder.parts)
    named = {each.id: last / each.notebook for each in declarations().findings}
    found = {id: path for id, path in named.items() if path.is_file()}
    for id, (execution, page) in runs.made_by(assessment.standing_in(folder)).items():
        made = cache.at_hand(execution)
        if made and made.page == page:
            found[id] = made.folder / EXECUTED
    return found


def declared_table(record: Mapping[str, Any], table_id: str) -> TableDeclaration | None:
    """A table's declaration, with the filter that it was published by; None where there is none."""
    try:
        declared = declarations().finding(record["id"]).table(table_id)
    except InputError:
        return None
    used = {each["table"]: each["filter"] for each in record.get("trace", {}).get("tables", [])}
    return declared.model_copy(update={"filter": used.get(table_id, declared.filter)})


def _json(folder: Path, name: str) -> dict[str, Any]:
    try:
        content = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise _none_there(folder, f"{name} is missing or can't be read") from None
    if not isinstance(content, dict):
        raise _none_there(folder, f"{name} is not what it should be")
    return content


def _none_there(folder: Path, why: str) -> InputError:
    return InputError(
        f"{folder} holds no assessment: {why}.",
        "Wanted: the folder of a finished one, like outputs/2023-24/E09000003/public.",
        "cdpb run makes one. Nothing was looked at.",
    )


def _unguarded(value: str) -> str:
    """Without the quote that keeps a spreadsheet from running a text as a formula."""
    return value[1:] if value.startswith(FORMULA_GUARD) and len(value) > 1 else value
