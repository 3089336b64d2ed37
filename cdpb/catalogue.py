"""The sources, as declared in ``data/sources.yml``, and what was received of each."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from cdpb import paths
from cdpb.build import receipts_in_this_world
from cdpb.errors import InputError, closest
from cdpb.file_contents import asked_once, bytes_of, relative
from cdpb.partner_returns import Indicators, Return
from cdpb.sources import ESTIMATES, ILLUSTRATIVE, WITHDRAWN, MadeUp, Receipt, Source, Withdrawn
from cdpb.yaml_files import read_yaml, typed


@asked_once
def sources() -> dict[str, Source]:
    """Every declared source by its id, in the order of ``data/sources.yml``."""
    return {name: _in_use(*both) for name, both in _declared().items()}


@asked_once
def _declared() -> dict[str, tuple[Source, Source]]:
    """Each source as declared, and as pages describe its made-up figures."""
    path = paths.project_root() / paths.LANDMARK
    return _read_sources(path, bytes_of(path))


def _in_use(declared: Source, made_up: Source) -> Source:
    """A source whose figures are made up only as long as nothing was received of it."""
    if declared.status != ILLUSTRATIVE:
        return declared
    arrived = next(received_folder(declared).glob("*/receipt.yml"), None)
    return declared.model_copy(update={"status": "official"}) if arrived else made_up


@asked_once
def returns() -> dict[str, Return]:
    """What each partner's return is like, by its source."""
    return {name: each.returned for name, (each, _) in _declared().items() if each.returned}


@asked_once
def publications() -> dict[str, Indicators]:
    """What each publication of indicators is like, by its source."""
    return {name: each.indicators for name, (each, _) in _declared().items() if each.indicators}


@asked_once
def source(source_id: str) -> Source:
    """One declared source.

    Raises InputError if no such source is declared, with the closest id.
    """
    declared = _declared()
    if source_id not in declared:
        raise InputError(
            f"data/sources.yml declares no source {source_id!r}.",
            closest(source_id, declared, "It declares"),
        )
    return _in_use(*declared[source_id])


@asked_once
def counting_the_same(source_id: str) -> list[str]:
    """The sources that count the people of a source, or some of them, itself first."""
    words = {name: each.population_words for name, (each, _) in _declared().items()}
    found, near = [source_id], words[source_id]
    while more := [name for name, own in words.items() if name not in found and own & near]:
        found += more
        near = near.union(*(words[name] for name in more))
    return found


@asked_once
def receipts(source_id: str) -> list[Receipt]:
    """What is in use of a source, oldest first; empty where nothing was received.

    Made-up receipts are among them only while there is no other.

    Raises InputError if a receipt is not as declared, or stands in a folder of another source or
    date.
    """
    return _receipts_in(source_folder(source_id), source_id)


def not_downloaded(source_id: str) -> list[str]:
    """The years that are known to be published after the latest that was received of a source."""
    ends = [each.periods.last for each in receipts(source_id) if each.periods]
    return [each for each in source(source_id).published_since if each > max(ends, default="")]


def shown_receipts(source_id: str, area: str = "") -> list[dict[str, Any]]:
    """The receipts of a source as a page, a record or a manifest may name them.

    Whoever knows the rest of a small file finds its hidden counts by its hash, and a size, a
    day or a file name tells of the bytes as well. So of a source that isn't public only the
    months are named in which something was received.

    Returns ``received``, ``covers`` and ``files``, each with ``name`` and ``sha256``, without files
    of other areas than this one alone. Where the source isn't public, one entry per month, without
    files.
    """
    in_order = receipts(source_id)
    if source(source_id).access != "public":
        months = dict.fromkeys(each.month_text for each in in_order)
        return [{"received": month, "covers": "", "files": []} for month in months]
    return [
        {
            "received": each.received_text,
            "covers": each.covers_text,
            "files": [
                {"name": file.name, "sha256": file.sha256}
                for file in each.files
                if file.name in each.names_for(area)
            ],
        }
        for each in in_order
    ]


def made_up_receipts(source_id: str) -> list[Receipt]:
    """The made-up receipts of a source, whether in use or not; oldest first."""
    return _receipts_in(made_up_folder(source_id), source_id)


def source_folder(source_id: str) -> Path:
    """Where the receipts lie that are in use of a source."""
    if (instead := receipts_in_this_world(source_id)) is not None:
        return instead
    found = source(source_id)
    return made_up_folder(source_id) if found.status == ILLUSTRATIVE else received_folder(found)


def received_folder(declared: Source) -> Path:
    """Where what is received of a source is put."""
    return paths.project_root() / declared.folder / declared.id


def made_up_folder(source_id: str) -> Path:
    """Where made-up receipts of a source lie, if there are any."""
    return paths.data_folder() / ILLUSTRATIVE / source_id


def withdrawn_folder(source_id: str) -> Path:
    """Where receipts of a source lie that were taken out of use."""
    return paths.data_folder() / WITHDRAWN / source_id


def withdrawn_receipts(source_id: str) -> list[Withdrawn]:
    """The receipts of a source that were taken out of use, in the order of their folders."""
    found = sorted(withdrawn_folder(source_id).glob("*/receipt.yml"))
    return [typed(Withdrawn, {**read_yaml(path), "folder": path.parent}, path) for path in found]


def _receipts_in(folder: Path, source_id: str) -> list[Receipt]:
    found = sorted(folder.glob("*/receipt.yml")) if folder.is_dir() else []
    read = (_read_receipt(path, bytes_of(path), source_id) for path in found)
    return sorted(read, key=lambda r: r.received)


def check_receipt(receipt: Receipt) -> None:
    """Compare a receipt's files with what it says of them.

    Raises InputError if a file is missing, or its bytes are no longer those received.
    """
    listed = relative(receipt.folder / "receipt.yml")
    for file, path in zip(receipt.files, receipt.paths, strict=True):
        if not path.is_file():
            raise InputError(
                f"{relative(path)} is missing.",
                f"The receipt {listed} names it.",
                "Put the file back, or remove the receipt with its folder.",
                "Nothing was loaded.",
            )
        content = bytes_of(path)
        if len(content) != file.size or hashlib.sha256(content).hexdigest() != file.sha256:
            raise InputError(
                f"{relative(path)} has changed since it was received.",
                f"Its size or SHA-256 is not the one written in {listed}.",
                "Put the received file back. A revised file is a receipt of its own,",
                "in a folder named by the day it was received.",
                "Nothing was loaded.",
            )


@asked_once
def files_behind(source_id: str) -> list[Path]:
    """Every file that a source's figures depend on, those of the source of its wards included."""
    data, declared = paths.data_folder(), source(source_id)
    files = [data / declared.file] if declared.file else []
    if declared.boundary_set:
        files += files_behind(declared.boundary_set)
    for receipt in receipts(source_id):
        files += [receipt.folder / "receipt.yml", *receipt.paths]
    shared = [data / "sources.yml", data / "corrections.yml", data / "areas" / "boroughs.csv"]
    named = dict.fromkeys([*files, data / "column_maps" / f"{source_id}.csv", *shared])
    maps = sorted((data / "value_maps").glob("*.csv"))
    return [*(path for path in named if path.is_file()), *maps]


def newest_received() -> dt.date:
    """The day of the newest receipt of any official source; an error if there is none at all."""
    official = [each.id for each in sources().values() if each.status == "official"]
    dates = [receipt.received for each in official for receipt in receipts(each)]
    if not dates:
        raise InputError("No source has a receipt.", "Add a file: cdpb add FILE.")
    return max(dates)


@lru_cache(maxsize=8)
def _read_sources(path: Path, _content: bytes) -> dict[str, tuple[Source, Source]]:
    content = read_yaml(path) or {}
    entries = content.get("sources") if isinstance(content, dict) else None
    if not isinstance(entries, dict):
        raise InputError(f"{relative(path)}: wanted a list of sources under the key 'sources'.")
    declared = {
        name: typed(Source, _named(entry or {}, name), path, name)
        for name, entry in entries.items()
    }
    for each in declared.values():
        named = [*each.not_mixed_with, *([each.boundary_set] if each.boundary_set else [])]
        unknown = [name for name in named if name not in declared]
        if unknown:
            raise InputError(f"{relative(path)}, {each.id}: names no source: {', '.join(unknown)}.")
    protected = any(each.access != "public" for each in declared.values())
    rules = read_yaml(paths.data_folder() / "policies.yml") or {} if protected else {}
    for each in declared.values():
        _check_protected(each, path, rules)
        _check_parts(each, path)
        if each.download and each.access != "public":
            raise InputError(f"{relative(path)}, {each.id}: `download` is of open sources alone.")
    _check_populations(list(declared.values()), path)
    about = typed(MadeUp, content.get(ILLUSTRATIVE) or {}, path, ILLUSTRATIVE)
    told = {"licence": about.licence, "attribution": about.attribution, "made_up": about.caveat}
    return {name: (each, each.model_copy(update=told)) for name, each in declared.items()}


def _named(entry: dict[str, Any], name: str) -> dict[str, Any]:
    whats = {key: entry.get(key) for key in ("return", "indicators")}
    more = {k: {**what, "source_id": name} for k, what in whats.items() if isinstance(what, dict)}
    return {**entry, **more, "id": name}


def _check_protected(declared: Source, path: Path, rules: Mapping[str, Any]) -> None:
    """Refuse counts of people that aren't public and that nothing protects; estimates may be so."""
    if declared.access == "public":
        return
    about = {name: rules.get(name) or {} for name in (declared.policy, *declared.policies.values())}
    loose = [name for name, rule in about.items() if not rule.get("threshold")]
    wrong = [name for name in loose if about[name].get("of") != ESTIMATES]
    if wrong or declared.policy in loose:
        raise InputError(
            f"{relative(path)}, {declared.id}: its counts aren't public, and are not protected.",
            f"Found: {(wrong or [declared.policy])[0]}, which hides nothing.",
            "Name a policy that hides small counts. Columns that are estimates, behind which no",
            "person stands, are named one by one in `policies`. Nothing was loaded.",
        )


def _check_parts(declared: Source, path: Path) -> None:
    """Refuse a label that is part of two, or the whole of two: the rests would overlap."""
    for side in ("part", "whole"):
        labels = [(each.column, getattr(each, side)) for each in declared.parts]
        if len(labels) != len(set(labels)):
            raise InputError(
                f"{relative(path)}, {declared.id}: a label is the {side} of two others.",
                "Wanted: each label as the part of one, and as the whole of one.",
            )


def _check_populations(declared: list[Source], path: Path) -> None:
    """Refuse people whom two sources count that aren't protected alike, or for other readers."""
    readers: dict[str, Source] = {}
    for each in declared:
        for name in sorted(each.population_words):
            other = readers.setdefault(name, each) if each.access != "public" else each
            if (other.policy, other.access) != (each.policy, each.access):
                raise InputError(
                    f"{relative(path)}: {other.id} and {each.id} both count {name}.",
                    "Wanted: the same policy and the same access, because they are protected as",
                    "one. Make them alike, or take the population out of one.",
                )


@lru_cache(maxsize=512)
def _read_receipt(path: Path, _content: bytes, source_id: str) -> Receipt:
    content = read_yaml(path)
    entry = {**content, "folder": path.parent} if isinstance(content, dict) else content
    receipt = typed(Receipt, entry, path)
    if receipt.source != source_id or receipt.received.isoformat() != path.parent.name:
        raise InputError(
            f"{relative(path)} stands in the wrong folder.",
            f"It is the receipt of {receipt.source}, received {receipt.received.isoformat()}.",
            f"Its folder says {source_id}, {path.parent.name}.",
        )
    return receipt
