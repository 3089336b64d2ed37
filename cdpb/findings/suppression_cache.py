"""What is hidden of a source in an assessment: one answer, whichever notebook asks first.

All tables that any finding declares of the source are protected together, with those of the sources
that count the same people, for the area, the years and the edition of the assessment, whether or
not the finding is among those being run; and with them everything that the ledger says was
published before, for any year, and all that an assessment of an earlier year shows which may lie
beside this one. So the answer depends on nothing that a notebook does, and is the same in
JupyterLab as in a run.

Once found it is kept under ``.cdpb/patterns``, by a hash of all it was made from.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock

import cdpb.disclosure
from cdpb import catalogue, paths
from cdpb.build import PARTNERSHIP_ONLY
from cdpb.disclosure.counted import counted
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.earlier import PARTNERSHIP, PUBLIC, EarlierTable
from cdpb.disclosure.masked import Key, Pattern
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.units import Ties
from cdpb.durable_files import write_whole
from cdpb.exemptions import Exemption
from cdpb.file_contents import asked_once
from cdpb.findings.declared_tables import Exempt, exempt, tables_of, years_readable
from cdpb.findings.populations import Together, together
from cdpb.key import Key as SecretKey
from cdpb.key import key_for
from cdpb.ledger import earlier_tables
from cdpb.periods import FinancialYear


@dataclass(frozen=True, eq=False)
class Question:
    """What is to be protected as one, in one assessment: tables, what they count, and what ties it.

    ``tables`` stand by ``finding/table``, as they are shown; ``bases`` by source.
    """

    area: str
    year: str
    tables: Mapping[str, TableDeclaration]
    bases: Mapping[str, pd.DataFrame]
    rule: Policy
    ties: Ties

    def exempt(self, register: tuple[Exemption, ...], edition: str) -> Exempt:
        """The cells that an edition shows by exception."""
        return exempt(register, self.tables, self.bases, edition=edition, year=self.year)

    def solved(self, earlier: Sequence[EarlierTable], exempted: Exempt, edition: str) -> Pattern:
        """What to hide, found once and kept."""
        key = key_for(self.bases)
        file = _answer_file(self, earlier, exempted, edition, key)
        # Notebooks that are executed at once ask at once: one finds it, the others wait for that.
        with FileLock(file.with_suffix(".lock")):
            found = _read(file)
            if found is None:
                # Imported here: where a run has found it, a notebook reads it and needs no solver.
                from cdpb.disclosure.protect import protect

                found = protect(
                    self.tables, self.bases, self.rule,
                    earlier=earlier, ties=self.ties, edition=edition, key=key.secret, **exempted,
                )  # fmt: skip
                _write(file, found)
        return found

    def shown(self, pattern: Pattern, edition: str) -> list[EarlierTable]:
        """The tables as readers of the assessment see them."""
        release = f"{FinancialYear.parse(self.year).slug}_{edition}, not released"
        return [
            EarlierTable(name, release, edition, declared, self._cells(name, pattern.of(name)))
            for name, declared in self.tables.items()
        ]

    def _cells(self, name: str, hidden: frozenset[Key]) -> dict[Key, int | None]:
        counts = self._counts(name)
        return {key: None if key in hidden else count for key, count in counts.items()}

    @asked_once
    def _counts(self, name: str) -> dict[Key, int | None]:
        declared = self.tables[name]
        return counted(declared, self.bases[declared.source])


def pattern_of(
    source_id: str, *, area: str, year: str, edition: str, register: tuple[Exemption, ...]
) -> Pattern:
    """The cells to hide of a source, and of those that count the same people, in one assessment.

    Raises InputError if a table doesn't fit its source, or an entry of the ledger can't be read.
    """
    of = together(source_id)
    earlier = published_before(of, area, year, register)
    asked = question(of, area, year)
    return asked.solved(earlier, asked.exempt(register, edition), edition)


@asked_once
def question(of: Together, area: str, year: str) -> Question:
    """What is to be protected as one in an assessment: every table of these sources."""
    return Question(area, year, _all_tables(of, area, year), of.bases, of.rule, of.ties(area, year))


def _all_tables(of: Together, area: str, year: str) -> dict[str, TableDeclaration]:
    return {
        name: table for source in of.bases for name, table in tables_of(source, area, year).items()
    }


def published_before(
    of: Together, area: str, year: str, register: tuple[Exemption, ...]
) -> list[EarlierTable]:
    """What readers of an assessment have beside it: what was released, and each earlier year.

    Assessments of earlier years that were not released may lie beside this one, and be released
    first. What they show follows from the data, so it is found again from them, year by year, each
    protected against those before it; nothing is read from an output. Of both editions, where this
    edition may open the source.
    """
    found = [table for source in of.bases for table in earlier_tables(area, source)]
    for asked in _assessments_before(of, area, year):
        for edition in _editions(asked, register, found):
            pattern = asked.solved(found, asked.exempt(register, edition), edition)
            found = [*found, *asked.shown(pattern, edition)]
    return found


def _assessments_before(of: Together, area: str, year: str) -> Iterator[Question]:
    """One for each earlier year for which these sources show anything else."""
    last, shown = _all_tables(of, area, year), dict[str, TableDeclaration]()
    named = {each for table in last.values() for each in (table.source, *table.as_of)}
    years = {each for source in named for each in years_readable(source)}
    for before in sorted(each for each in years if each < year):
        tables = _all_tables(of, area, before)
        if tables not in (shown, last):
            yield question(of, area, before)
        shown = tables


def _editions(
    asked: Question, register: tuple[Exemption, ...], earlier: list[EarlierTable]
) -> list[str]:
    """The editions that show a source, each only if it shows something of its own.

    Members of the board read the public edition too.
    """
    access = {catalogue.source(each).access for each in asked.bases}
    if access & set(PARTNERSHIP_ONLY):
        return [PARTNERSHIP]
    alike = asked.exempt(register, PUBLIC)["exceptions"] == \
        asked.exempt(register, PARTNERSHIP)["exceptions"]  # fmt: skip
    told_the_board = any(each.edition == PARTNERSHIP for each in earlier)
    return [PUBLIC] if alike and not told_the_board else [PUBLIC, PARTNERSHIP]


def _answer_file(
    of: Question, earlier: Sequence[EarlierTable], exempted: Exempt, edition: str, key: SecretKey
) -> Path:
    """The file that this very question is answered in."""
    asked: list[Any] = [
        {name: table.model_dump() for name, table in of.tables.items()},
        of.rule.model_dump(),
        [[each.release, each.edition, each.to_dict()] for each in earlier],
        {name: sorted(map(str, cells)) for name, cells in sorted(exempted.items())},  # type: ignore[call-overload]
        of.ties.to_dict(),
        edition,
        key.id,
        _code(),
    ]
    texts = [f"{source}\n{base.to_csv(index=False)}" for source, base in sorted(of.bases.items())]
    name = hashlib.sha256("".join([json.dumps(asked, sort_keys=True), *texts]).encode())
    return paths.private_folder("patterns") / f"{name.hexdigest()}.json"


@lru_cache(maxsize=1)
def _code() -> str:
    """What the choice is made by."""
    folder = Path(cdpb.disclosure.__file__).parent
    parts = [path.read_bytes() for path in sorted(folder.glob("*.py"))]
    return hashlib.sha256(b"".join([*parts, version("scipy").encode()])).hexdigest()


def _read(path: Path) -> Pattern | None:
    try:
        return Pattern.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(path: Path, found: Pattern) -> None:
    write_whole(path, json.dumps(found.to_dict()), path.with_suffix(f".{os.getpid()}"))
