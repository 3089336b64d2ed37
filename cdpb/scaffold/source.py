"""A source that is new, declared from one of its files: what it counts, when, where and of what."""

import json
import keyword
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from cdpb import catalogue, paths
from cdpb.areas import boroughs
from cdpb.errors import InputError
from cdpb.loaders.counts import periods_of
from cdpb.loaders.files import TextTable, read_text_table
from cdpb.loaders.headers import csv_line, plain
from cdpb.loaders.value_maps import missing_marks
from cdpb.partner_returns import Return
from cdpb.yaml_files import yaml_text

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# What is to be written, by its path from the project root.
Files = dict[str, str]
MOST_KINDS = 12
# Columns of boroughs, by name or by code, as column maps call them.
PLACES = {"name": "area", "code": "area_code"}
PERIODS = {"month": "months", "quarter": "quarters", "year": "years"}
FREQUENCY = {"month": "monthly", "quarter": "quarterly", "year": "yearly"}
WORDS = "data/value_maps/return_words.csv"
WANTED = "Wanted: a column of months, quarters or years, one of boroughs, one of counts; and kinds."


def new_source(id: str, sample: Path, files: Files) -> tuple[Return, dict[str, str]]:
    """Declare a source after a file of it; what it is like, and what a page says of it.

    Parameters
    ----------
    id : str
        The new source's id.
    sample : Path
        A CSV of the source: one row per period, borough and kind, with one column of counts.
    files : dict
        What is to be written is put in: the declaration, the column map, the sender's words, and
        by what the made-up figures of demonstrations are drawn.

    Raises
    ------
    InputError
        If the source is declared already, or the file isn't of that shape.
    """
    refuse_name(id, "a source")
    if id in catalogue.sources():
        raise InputError(
            f"The source {id} is declared already.",
            "Leave --from out to begin a finding on it; cdpb add takes further files of it.",
        )
    table = read_text_table(sample, id)
    columns = _understood(table)
    ours = {name: _called(name, part) for name, part in columns.items()}
    _refuse_alike(ours, table)
    kinds = {ours[name]: _kinds(table, name) for name in _of(columns, "kind")}
    period, (count,) = _one_period(table, columns), [ours[name] for name in _of(columns, "count")]
    like: dict[str, Any] = {"period": period, "counts": [count]}
    like |= {"kinds": {name: list(of.values()) for name, of in kinds.items()}} if kinds else {}
    if period == "quarter":  # Its rows then have the year too.
        like["rows"] = {"count": count, "kinds": [{"value": count}]}
    what = Return(source_id=id, **like)
    title = id.replace("_", " ").capitalize()
    about = {"title": title, "definition": f"{title}, as the sender counts them."}
    files["data/sources.yml"] = appended("data/sources.yml", _declared(what, like, about))
    lines = [csv_line(mine, theirs) for theirs, mine in ours.items()]
    files[f"data/column_maps/{id}.csv"] = "\n".join(["ours,assumed", *lines]) + "\n"
    words = [
        csv_line(id, name, theirs, mine)
        for name, of in kinds.items()
        for theirs, mine in of.items()
    ]
    if words:
        files[WORDS] = appended(WORDS, "\n".join(words) + "\n")
    files[f"data/illustrative/declared/{id}.json"] = _made_up(table, columns, period)
    return what, about


def refuse_name(id: str, of: str) -> None:
    """Refuse an id that can't name files and be imported.

    Raises InputError unless it is of small letters, digits and single underscores, and no word of
    Python's.
    """
    if not NAME.fullmatch(id) or keyword.iskeyword(id) or id == "columns":
        raise InputError(
            f"{id[:60]!r} can't be the id of {of}.",
            "Wanted: small letters, like court_referrals. Nothing was written.",
        )


def _refuse_alike(ours: Mapping[str, str], table: TextTable) -> None:
    twice = [name for name, mine in ours.items() if list(ours.values()).count(mine) > 1]
    if twice:
        raise InputError(
            f"{table.path.name}: columns {', '.join(name[:30] for name in twice)} are too alike.",
            "Wanted: headers that differ in letters and digits. Nothing was written.",
        )


def _understood(table: TextTable) -> dict[str, str]:
    """Each column and what stands in it: a period, an area, a count, or kinds."""
    found = {name: _part(table.rows[at], table) for at, name in enumerate(table.header)}
    if not set(PLACES.values()) & set(found.values()) or list(found.values()).count("count") != 1:
        parts = ", ".join(f"{name} ({part})" for name, part in found.items())
        raise InputError(
            f"{table.path.name}: not a file that a source can be declared after.", WANTED,
            f"Found: {parts[:200]}.", "Nothing was written.",
        )  # fmt: skip
    return found


def _part(column: pd.Series, table: TextTable) -> str:
    written = column[column != ""]
    for name in PLACES:
        if written.map(plain).isin(boroughs()[f"area_{name}"].map(plain)).all():
            return PLACES[name]
    for period in PERIODS:
        try:
            periods_of(written, period)
        except InputError:
            continue
        return period
    counted = written.str.replace(",", "").str.isdecimal() | written.map(plain).isin(
        missing_marks("")
    )
    return "count" if counted.all() else "kind"


def _of(columns: Mapping[str, str], part: str) -> list[str]:
    return [name for name, found in columns.items() if found == part]


def _one_period(table: TextTable, columns: Mapping[str, str]) -> str:
    periods = [part for part in columns.values() if part in PERIODS]
    if len(periods) != 1:
        raise InputError(
            f"{table.path.name} has {len(periods)} columns of months, quarters or years.",
            "Wanted: one, that says when.", "Nothing was written.",
        )  # fmt: skip
    return periods[0]


def _called(name: str, part: str) -> str:
    """Our name for a column: what it is, or its own in small letters."""
    if part in (*PERIODS, *PLACES.values()):
        return part
    return re.sub(r"\W+", "_", plain(name)).strip("_") or "count"


def _kinds(table: TextTable, name: str) -> dict[str, str]:
    """The sender's words of a column, and ours."""
    written = list(dict.fromkeys(table.rows[table.header.index(name)]))
    if len(written) > MOST_KINDS or "" in written:
        raise InputError(
            f"{table.path.name}: column {name[:40]} holds {len(written)} words, or blanks.",
            f"Wanted: up to {MOST_KINDS} kinds that part the counts; leave out the others.",
            "Nothing was written.",
        )
    return {word: plain(word) for word in written}


def _declared(what: Return, like: Mapping[str, Any], about: Mapping[str, str]) -> str:
    """The source's entry, indented as it stands in the file."""
    entry = {
        "title": about["title"], "publisher": "the sender", "landing_page": "",
        "licence": "none; a return to the partnership",
        "attribution": f"{about['title']}; return to the partnership.",
        "frequency": FREQUENCY[what.period], "geography": "London boroughs",
        "access": "internal", "status": "illustrative", "policy": "under_five_hide",
        "folder": "data", "periods": PERIODS[what.period], "return": dict(like),
        "not_mixed_with": [],
        "definition": about["definition"],
        "caveats": ["How complete these counts are is the sender's to say."],
        "not_received": f"The return {about['title'].lower()} has not been received.",
        "oldest_usable_years": 3,
    }  # fmt: skip
    text = yaml_text({what.source_id: entry})
    return "\n" + "".join(f"  {line}\n" for line in text.splitlines())


def _made_up(table: TextTable, columns: Mapping[str, str], period: str) -> str:
    """By what made-up figures of the source are drawn, in the layout of the file."""
    (count,) = _of(columns, "count")
    numbers = pd.to_numeric(table.rows[table.header.index(count)].str.replace(",", ""), "coerce")
    kinds = {name: list(_kinds(table, name)) for name in _of(columns, "kind")}
    entry = {
        "header": table.header,
        "period": {"column": _of(columns, period)[0], "of": period},
        "area": {name: columns[name] for name in columns if columns[name] in PLACES.values()},
        "kinds": kinds,
        "count": {"column": count, "mean": round(float(numbers.mean()), 1) or 1.0},
    }
    return json.dumps(entry, indent=2, ensure_ascii=False) + "\n"


def appended(name: str, text: str) -> str:
    """The text of a file of the project with more below it."""
    before = (paths.project_root() / name).read_text(encoding="utf-8")
    return before.rstrip("\n") + "\n" + text
