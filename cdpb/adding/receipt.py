"""The receipt that is written beside received files, and what of it the files don't say."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdpb.adding.incoming import Incoming
from cdpb.catalogue import receipts
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders.mps import BOROUGHS, WARDS
from cdpb.yaml_files import yaml_text

NAME = "receipt.yml"
_WORDS = {"ward_code": "wards", "area_code": "areas", "borough_code": "boroughs"}
_ORDER = (
    *("source", "received", "received_precision", "periods", "provisional", "vintage_group"),
    *("withdrawn", "reason", "note", "files"),
)


@dataclass(frozen=True)
class Terms:
    """What somebody says of the files, because the files don't.

    Attributes
    ----------
    received : datetime.date
        The day they came.
    precision : str
        ``day``, or ``month`` where ``received`` is a month's last day.
    """

    received: dt.date
    precision: str = "day"
    provisional: bool = False
    vintage_group: str | None = None


def folder_of(file: Incoming, terms: Terms) -> Path:
    """Where a file will lie, from the project root."""
    return Path(file.source.folder) / file.source.id / terms.received.isoformat()


def refuse_to_join(file: Incoming, terms: Terms) -> None:
    """Stop where a receipt of the day stands and a file can't be one of its files.

    Raises InputError if a file there has the same name, or the terms of the receipt are others.
    """
    if file.name.casefold() == NAME:
        raise InputError(f"{file.name} is the name of receipts.", "Give the file another name.")
    of_the_day = (
        receipt for receipt in receipts(file.source.id) if receipt.received == terms.received
    )
    standing = next(of_the_day, None)
    if standing is None:
        return
    where = relative(standing.folder)
    if file.name.casefold() in {entry.name.casefold() for entry in standing.files}:
        raise InputError(
            f"{file.name} would overwrite a file that was received.",
            f"{where} holds a file of that name, with other bytes.",
            "Give this one another name, or the day it came: --received YYYY-MM-DD.",
        )
    terms_now = (terms.provisional, _group_of(file, terms) or standing.vintage_group)
    if terms_now != (standing.provisional, standing.vintage_group):
        raise InputError(
            f"{file.name} can't join the receipt of the same day.",
            f"{where}/{NAME} says otherwise of provisional or vintage_group.",
            "Say the same of this file, or name the day it came: --received YYYY-MM-DD.",
        )


def derived_group(files: list[Incoming], terms: Terms) -> str | None:
    """A word for the ward and borough files of one publication, when they come together.

    They are of one publication if they end with the same month. Nothing is derived otherwise:
    files of two publications may not be subtracted from each other.
    """
    ends = [
        {f.periods[-1] for f in files if f.source.id == source_id}
        for source_id in (WARDS, BOROUGHS)
    ]
    if not all(ends) or ends[0] != ends[1]:
        return None
    return f"{terms.received.day}-{terms.received:%B-%Y}".lower()


def _group_of(file: Incoming, terms: Terms) -> str | None:
    """The group of a file's receipt: of other sources nothing is subtracted."""
    return terms.vintage_group if file.source.id in (WARDS, BOROUGHS) else None


def new_receipt(file: Incoming, terms: Terms) -> dict[str, Any]:
    """What a receipt says before any file stands in it."""
    entry = {
        "source": file.source.id,
        "received": terms.received,
        "received_precision": None if terms.precision == "day" else terms.precision,
        "provisional": terms.provisional,
        "vintage_group": _group_of(file, terms),
    }
    return {name: value for name, value in entry.items() if value is not None}


def with_file(receipt: dict[str, Any], file: Incoming) -> dict[str, Any]:
    """A receipt with one file more in it."""
    periods = _periods(file, receipt.get("periods"))
    listed = {
        "name": file.name,
        "size": len(file.content),
        "sha256": file.sha256,
        "layout": file.layout,
        "covers": covers(file),
        **({"address": file.address} if file.address else {}),
    }
    dated = {"periods": periods} if periods else {}
    return {**receipt, **dated, "files": [*receipt.get("files", []), listed]}


def write_receipt(path: Path, receipt: dict[str, Any]) -> None:
    """Write a receipt, its keys in the order in which they are read."""
    text = yaml_text({name: receipt[name] for name in _ORDER if name in receipt})
    path.write_text(text, encoding="utf-8", newline="\n")


def _periods(file: Incoming, standing: dict[str, str] | None) -> dict[str, str] | None:
    """First and last of what the receipt covers; of a census, the year of the one before."""
    if not file.periods:
        before = receipts(file.source.id)
        newest = before[-1].periods if before else None
        return standing or (newest.model_dump() if newest else None)
    first, last = file.periods[0], file.periods[-1]
    if standing:
        first, last = min(first, standing["first"]), max(last, standing["last"])
    return {"first": first, "last": last}


def covers(file: Incoming) -> str:
    """How many places, and how many months or years of them."""
    places = _many(file.table[file.place].nunique(), _WORDS[file.place])
    return f"{places}, {_many(len(file.periods), f'{file.period}s')}" if file.periods else places


def _many(number: int, words: str) -> str:
    return f"{number} {words if number != 1 else words.removesuffix('s')}"
