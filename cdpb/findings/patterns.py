"""What is hidden of a source in an assessment: one answer, whichever notebook asks first.

All tables that any finding declares of the source are protected together, for the area, the years
and the edition of the assessment, whether or not the finding is among those being run; and with
them everything that the ledger says was published before, for any year. So the answer depends on
nothing that a notebook does, and is the same in JupyterLab as in a run.

Once found it is kept under ``.cdpb/patterns``, by a hash of all it was made from.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock

import cdpb.disclosure
from cdpb import catalogue, loaders, paths
from cdpb.declarations import TableDeclaration, declarations
from cdpb.disclosure.agreed import Exempt, exempt
from cdpb.disclosure.ledger import EarlierTable, earlier_tables
from cdpb.disclosure.pattern import Pattern
from cdpb.disclosure.policy import Policy, policy
from cdpb.disclosure.protect import protect
from cdpb.errors import GateRefused
from cdpb.exemptions import Exemption

NONE_HELD = "none held"


def pattern_of(
    source_id: str, *, area: str, year: str, edition: str, register: tuple[Exemption, ...]
) -> Pattern:
    """The cells to hide of a source in one assessment.

    Parameters
    ----------
    register : tuple of Exemption
        The area's signed exceptions.

    Raises
    ------
    InputError
        If a table doesn't fit its source, or an entry of the ledger can't be read.
    """
    tables = tables_of(source_id, area, year)
    rule, base = policy(catalogue.source(source_id).policy), loaders.base_counts(source_id)
    told = exempt(register, tables, base, edition=edition, year=year)
    earlier = earlier_tables(area, source_id)
    kept = _kept_as(tables, base, rule, earlier, told, edition)
    # Notebooks that are executed at once ask at once: one finds it, the others wait for that.
    with FileLock(kept.with_suffix(".lock")):
        found = _kept(kept)
        if found is None:
            found = protect(tables, base, rule, earlier=earlier, edition=edition, **told)
            _keep(kept, found)
    return found


def tables_of(source_id: str, area: str, year: str) -> dict[str, TableDeclaration]:
    """Every table that a finding declares of a source, by ``finding/table``, as it is shown."""
    return {
        f"{finding.id}/{table.id}": as_shown(table, area, year)
        for finding in declarations().findings
        for table in finding.tables
        if table.source == source_id and table.count
    }


def as_shown(declared: TableDeclaration, area: str, year: str) -> TableDeclaration:
    """A declaration for the latest year that its source (and others it names) hold."""
    held = [set(years_held(each)) for each in (declared.source, *declared.as_of)]
    latest = max((each for each in set.intersection(*held) if each <= year), default=None)
    return filled(declared, area, year, latest)


def filled(
    declared: TableDeclaration, area: str, year: str, latest: str | None
) -> TableDeclaration:
    """A declaration with the area, the years held up to the one asked for, and the one shown.

    ``{year}`` is the one year, ``{years}`` every year held that is not after the one asked for.
    """
    years = [each for each in years_held(declared.source) if each <= year]
    put = {"{area}": area, "{year}": latest or NONE_HELD, "{years}": years}
    chosen = {
        name: put.get(value, value) if isinstance(value, str) else value
        for name, value in declared.filter.items()
    }
    return declared.model_copy(update={"filter": chosen})


def check_as_shown(used: TableDeclaration, wanted: TableDeclaration) -> None:
    """Refuse a table for another year than the one it is protected for.

    Parameters
    ----------
    used, wanted : TableDeclaration
        As the notebook shows it; as it was protected.

    Raises
    ------
    GateRefused
        If the notebook shows another: what is hidden would depend on which notebook asks.
    """
    if used.filter != wanted.filter:
        raise GateRefused(
            f"Table {used.id} is shown for another year than it is protected for.",
            f"Wanted: the latest year that {used.source} holds.",
            "If the notebook asks as_of() for several sources, name the others in `as_of` of the",
            "table in notebooks/findings.yml. Nothing was published.",
        )


def years_held(source_id: str) -> list[str]:
    """The years that a source holds; none where this edition may not open it."""
    return loaders.years_held(source_id) if loaders.access.may_open(source_id) else []


def _kept_as(
    tables: Mapping[str, TableDeclaration],
    base: pd.DataFrame,
    rule: Policy,
    earlier: list[EarlierTable],
    told: Exempt,
    edition: str,
) -> Path:
    """The file that this very question is answered in."""
    asked: list[Any] = [
        {name: table.model_dump() for name, table in tables.items()},
        rule.model_dump(),
        [[each.release, each.edition, each.to_dict()] for each in earlier],
        {name: sorted(map(str, cells)) for name, cells in sorted(told.items())},  # type: ignore[call-overload]
        edition,
        _code(),
    ]
    text = json.dumps(asked, sort_keys=True) + base.to_csv(index=False)
    name = hashlib.sha256(text.encode()).hexdigest()
    return paths.private_folder("patterns") / f"{name}.json"


@lru_cache(maxsize=1)
def _code() -> str:
    """What the choice is made by."""
    folder = Path(cdpb.disclosure.__file__).parent
    parts = [path.read_bytes() for path in sorted(folder.glob("*.py"))]
    return hashlib.sha256(b"".join([*parts, version("scipy").encode()])).hexdigest()


def _kept(path: Path) -> Pattern | None:
    try:
        return Pattern.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _keep(path: Path, found: Pattern) -> None:
    aside = path.with_suffix(f".{os.getpid()}")
    aside.write_text(json.dumps(found.to_dict()), encoding="utf-8", newline="\n")
    os.replace(aside, path)
