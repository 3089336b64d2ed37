"""``manifest.json``: what an assessment holds and which receipts it was made from."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdpb import catalogue
from cdpb.errors import InputError
from cdpb.report.archives import workbook_files
from cdpb.report.markup import has_page, page_of
from cdpb.runner.job import Assessment
from cdpb.runner.keys import choice_key, file_hash
from cdpb.runner.place import display_path

if TYPE_CHECKING:
    import pandas as pd

NAME = "manifest.json"
MOST_NAMED = 5
# Every run holds the first two over what it writes; the others take longer, and are remembered.
GATES = ("attack", "scan", "absence", "non-interference")


def manifest(
    assessment: Assessment,
    records: Sequence[dict[str, Any]],
    absent: Sequence[str],
    folder: Path,
) -> dict[str, Any]:
    """Content of an assessment and where it came from, without time, version or machine.

    In a public edition, sources that may not be shown there are left out, and files of sources
    that aren't public are named by receipt and date but not by hash. Signed exceptions are those
    of this edition alone: one for partners would tell everybody which counts are small. Declared
    findings that it doesn't hold are ``absent``.
    """
    return {
        "area": {"code": assessment.area_code, "name": assessment.area_name},
        "year": assessment.year,
        "edition": assessment.edition,
        "demonstration": assessment.demonstration,
        "findings": [_finding(record) for record in records],
        "not_included": list(absent),
        "gates": gates(()),
        **_key(records, assessment),
        "exceptions": _exceptions(records),
        "sources": [_source(each, assessment) for each in _used(records, assessment)],
        "files": [
            {
                "path": name,
                "size": path.stat().st_size,
                "sha256": file_hash(path),
            }
            for name, path in files_below(folder).items()
            if path.name != NAME
        ],
    }


def gates(passed: Collection[str]) -> dict[str, list[str]]:
    """Which gates an assessment has passed, and which it has yet to pass to be no draft."""
    return {
        "passed": [name for name in GATES if name in passed],
        "draft_until": [name for name in GATES if name not in passed],
    }


def files_of_record(record: Mapping[str, Any]) -> list[str]:
    """What one finding leaves in an assessment: page, record, tables and workbooks, if any."""
    page = [f"{record['slug']}.html"] if has_page(record) else []
    return [
        *page,
        f"findings/{record['id']}.json",
        *(table["file"] for table in record.get("tables", [])),
        *workbook_files(record),
    ]


def files_below(folder: Path) -> dict[str, Path]:
    """Every file of an assessment, by its name within the folder, in order."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in found}


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the manifest of a finished assessment says."""
    content: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
    return content


def write_manifest(content: dict[str, Any], folder: Path) -> None:
    """Write ``manifest.json``."""
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    (folder / NAME).write_text(text, encoding="utf-8", newline="\n")


def refuse_if_edited(folder: Path, closing: str = "Nothing was looked at.") -> None:
    """Refuse an assessment of which a file is not as its manifest lists it.

    The message names the first few, and ends in what state things are in.
    """
    other = list(edited_files(folder))
    if other:
        count = f"{len(other)} file{'s differ' if len(other) > 1 else ' differs'}"
        more = [f"and {len(other) - MOST_NAMED} more"] * (len(other) > MOST_NAMED)
        raise InputError(
            f"{display_path(folder)} is not as the run wrote it: {count}.",
            *other[:MOST_NAMED],
            *more,
            f"Make the assessment again with cdpb run. {closing}",
        )


def edited_files(folder: Path) -> Iterator[str]:
    """Files that are not as the manifest beside them lists them: changed, missing or added."""
    listed = {file["path"]: file["sha256"] for file in read_manifest(folder)["files"]}
    found = files_below(folder)
    del found[NAME]
    for name in sorted(listed | found):
        if name not in found:
            yield f"{name}: missing"
        elif name not in listed:
            yield f"{name}: added since"
        elif file_hash(found[name]) != listed[name]:
            yield f"{name}: changed since"


def months_by_receipt(months: "pd.DataFrame") -> list[dict[str, str]]:
    """Runs of months that one file gave, in time order; one row of ``months`` per month."""
    import pandas as pd

    runs: list[dict[str, str]] = []
    for row in months.sort_values("month").itertuples():
        month, received = str(row.month), str(row.received)[:10]
        follows = runs and pd.Period(runs[-1]["last"], "M") + 1 == pd.Period(month, "M")
        if follows and (runs[-1]["received"], runs[-1]["file"]) == (received, row.file):
            runs[-1]["last"] = month
        else:
            receipt = {"received": received, "file": str(row.file)}
            runs.append({"first": month, "last": month, **receipt})
    return runs


def _finding(record: dict[str, Any]) -> dict[str, Any]:
    verdict = record.get("verdict") or {}
    return {
        "id": record["id"],
        "slug": record["slug"],
        "title": record["title"],
        "page": page_of(record),
        "record": f"findings/{record['id']}.json",
        "verdict": verdict.get("outcome"),
        "label": verdict.get("label"),
        "as_of": record.get("as_of", {}),
    }


def _exceptions(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The signed exceptions by which something in this edition is shown, by id, each once."""
    found = {each["id"]: each for record in records for each in record.get("exceptions", [])}
    return [found[name] for name in sorted(found)]


def _used(records: Sequence[dict[str, Any]], assessment: Assessment) -> list[dict[str, Any]]:
    """Source records by id, each once, those left out that may not be shown."""
    found = {source["id"]: source for record in records for source in record.get("sources", [])}
    return [
        found[name]
        for name in sorted(found)
        if assessment.build.permits(found[name]["access"], found[name]["status"])
    ]


def _key(records: Sequence[dict[str, Any]], assessment: Assessment) -> dict[str, str]:
    """Which key drew what is hidden, by its random name; nothing where nothing can be hidden."""
    id = choice_key(each["id"] for each in _used(records, assessment))
    return {"key": id} if id else {}


def _source(source: dict[str, Any], assessment: Assessment) -> dict[str, Any]:
    kept = [
        "id",
        "title",
        "publisher",
        "landing_page",
        "licence",
        "attribution",
        "access",
        "status",
    ]
    return {
        **{name: source.get(name) for name in kept},
        "receipts": [_receipt(each, source["access"]) for each in source.get("receipts", [])],
        "months": _months(source["id"], assessment),
    }


def _receipt(receipt: dict[str, Any], access: str) -> dict[str, Any]:
    return {
        "received": receipt["received"],
        "files": receipt.get("files", []) if access == "public" else [],
    }


def _months(source_id: str, assessment: Assessment) -> list[dict[str, str]]:
    declared = catalogue.sources().get(source_id)
    if declared is None or declared.access != "public" or declared.periods != "months":
        return []  # Which receipt gave which month tells of files that aren't public.
    if not catalogue.receipts(source_id):
        return []
    from cdpb import loaders

    with loaders.access.building(assessment.build):
        return months_by_receipt(loaders.receipt_of_month(source_id))
