"""A finding over the years: the same notebook for each, so that only the data differ.

Its notebook is run again for another year in this process and for its record alone. So that year's
values come from today's data by today's method: by the very cells that make this year's page, and
never from what was published then.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from cdpb import catalogue, paths
from cdpb.declarations import FindingDeclaration
from cdpb.errors import CdpbError, FindingFailed, InputError
from cdpb.file_contents import one_look
from cdpb.findings.brief import as_built
from cdpb.findings.compare_records import OF_A_VERDICT, beside_last_year, plain_period
from cdpb.findings.obstacles import changed_rules, of_figures
from cdpb.findings.record import FindingRecord
from cdpb.findings.trace import measure_of_year
from cdpb.numbers import plain_values
from cdpb.periods import FinancialYear
from cdpb.policies import policy
from cdpb.statistics.part_tests import CONTRADICTED, SUPPORTED

PARAMETERS, NOTEBOOKS = "parameters", "notebooks/"
IN_A_HISTORY = (*OF_A_VERDICT, "adds_to_history")
TURNED = " now (supported in "
DRAWN = ("figures", "changed", "notices")
Record = Mapping[str, Any]
# The record of each notebook that is being run so, the innermost last.
_asked: list[dict[str, Any]] = []


def for_its_record() -> bool:
    """Whether what runs now is run for its record alone: then nothing is drawn or saved."""
    return bool(_asked)


def give_record(record: Mapping[str, Any]) -> None:
    """Give the record to whoever asked for it, in place of saving it."""
    _asked[-1].update(undrawn(record))


def undrawn(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as another year's page needs it: without what comes of drawing its own page."""
    return plain_values({**record, **{name: [] for name in DRAWN if name in record}})


def record_of(declared: FindingDeclaration, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a finding, by its notebook as it was last saved, for these parameters.

    Raises
    ------
    FindingFailed
        If a cell raises anything but an error of ours, or the last cell gives no record. Names
        the cell and the year, not what it held.
    CdpbError
        An error of ours, with the cell and the year it was raised for.
    """
    from IPython.utils.capture import capture_output

    names: dict[str, Any] = {"__name__": "__main__"}
    _asked.append({})
    try:
        with capture_output():
            for number, cell in enumerate(_code_cells(declared.notebook), start=1):
                _run(cell, f"{declared.notebook}, cell {number}, {parameters['year']}", names)
                if PARAMETERS in cell["metadata"].get("tags", []):
                    names |= parameters
    finally:
        record = _asked.pop()
    if not record:
        raise FindingFailed(f"{declared.notebook}: its last cell keeps no record of the finding.")
    return record


def _code_cells(notebook: str) -> list[dict[str, Any]]:
    path = paths.notebooks_folder() / notebook
    if not path.is_file():
        raise InputError(
            f"{NOTEBOOKS}{notebook} was never saved.",
            "Earlier years are computed again by its cells as they were saved.",
            "Save the notebook under that name, which its finding's file gives it, and go on.",
        )
    text = path.read_text(encoding="utf-8")
    return [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


def _run(cell: Mapping[str, Any], place: str, names: dict[str, Any]) -> None:
    try:
        exec(compile(_as_read("".join(cell["source"])), place, "exec"), names)
    except CdpbError as error:
        again = f"{place}, run again for an earlier year"
        raise type(error)(f"{again}: {error.lines[0]}", *error.lines[1:]) from None
    except Exception as error:
        # Its text may quote data, so it is told by its class alone.
        raise FindingFailed(
            f"{place}: {type(error).__name__}.",
            "An earlier year is computed again with the cells of the notebook as it was saved.",
            "Save the notebook and run all of it. If it fails again, run it for that year.",
        ) from None


@lru_cache(maxsize=64)
def _as_read(source: str) -> str:
    """A cell as a kernel reads it: an analyst's may begin with %."""
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(source)


class Years:
    """A finding beside its own past.

    Attributes
    ----------
    shown_beside : str
        The year that its page compares with; empty where it compares with none.
    """

    def __init__(self, record: FindingRecord) -> None:
        self._record, self.brief = record, record.brief
        self.shown_beside = ""

    @cached_property
    def earlier(self) -> dict[str, Record]:
        """Its record for each year from that of the statement on, and for last year at least.

        Each is computed again from today's data, by the cells of the notebook as it was saved; or
        a run has it from that year's own page, which was.
        """
        brief, start = self.brief, FinancialYear.parse(self.brief.year).start
        own = own_year(brief.statement.made) if brief.statement else None
        first = min(start - 1, FinancialYear.parse(own).start) if own else start - 1
        same = {name: getattr(brief, name) for name in ("area", "edition", "demonstration")}
        years = [str(FinancialYear(each)) for each in range(first, start)]
        with one_look():
            records = {
                year: self._at_hand(year)
                or record_of(brief.declaration, {**brief.parameters, **same, "year": year})
                for year in years
            }
        return {year: as_turned(record, records) for year, record in records.items()}

    def _at_hand(self, year: str) -> dict[str, Any] | None:
        path = self._place_of(year, paths.AT_HAND)
        if path is None or not path.is_file():
            return None
        return dict(json.loads(path.read_text(encoding="utf-8")))

    def _place_of(self, year: str, folder: str) -> Path | None:
        """Where a run has a year's record; None where there is no run."""
        if not self._record.in_a_run:
            return None
        return self._record.folder() / folder / f"{FinancialYear.parse(year).slug}.json"

    def leave(self) -> None:
        """In a run, leave its record and those of the earlier years for the pages of others."""
        if not self._record.in_a_run:
            return
        own = undrawn(self._record.to_dict())
        for year, record in {**self._shown, self.brief.year: own}.items():
            path = self._place_of(year, paths.LEFT)
            if path is not None:
                path.parent.mkdir(exist_ok=True)
                path.write_text(json.dumps(record), encoding="utf-8", newline="\n")

    @property
    def _shown(self) -> dict[str, Record]:
        """The earlier years, where the page shows them; they are not computed for less."""
        return self.__dict__.get("earlier", {})

    @property
    def _last(self) -> Record:
        """Last year's record."""
        return list(self.earlier.values())[-1]

    @cached_property
    def _released(self) -> Record | None:
        """What was said of last year when it was released; a demonstration never was."""
        # Imported here: the ledger is read when a page is closed, with the chain that it hangs on.
        from cdpb.findings.released_record import released_record

        brief = self.brief
        if brief.demonstration:
            return None
        return released_record(brief.area, self._last["year"], brief.edition, brief.id)

    def record_over_them(self) -> dict[str, Any]:
        """The record with the earlier years in it, which are computed now if they weren't."""
        return self.to_dict() if self.earlier else self._record.to_dict()

    def verdict(self) -> Record | None:
        """The verdict on the statement, which says where it was supported at its own date."""
        answer, statement = self._record.judge.answer, self.brief.statement
        if answer is None or statement is None:
            return None
        told = {"statement_made": statement.made, "claims": (), "verdict": answer.to_dict()}
        turned = CONTRADICTED in {part.outcome for part in answer.parts} and not for_its_record()
        return as_turned(told, self.earlier)["verdict"] if turned else told["verdict"]

    def to_dict(self) -> dict[str, Any]:
        """Everything the page says, as plain values; of earlier years what it shows of them."""
        record = as_turned(self._record.to_dict(), self._shown)
        claims = [{**claim, "history": self._history_of(claim)} for claim in record["claims"]]
        before = self._before(record) if self._shown else None
        over = {"history": self.history(), "since": self.shown_beside, "before": before}
        return {**record, "claims": claims, **over}

    def history(self) -> list[dict[str, Any]]:
        """The verdict on the statement for each year, this one last; empty without a statement."""
        then = {year: record["verdict"] for year, record in self._shown.items()}
        return _history({**then, self.brief.year: self.verdict()})

    def _history_of(self, claim: Record) -> list[dict[str, Any]]:
        then = {
            year: then["verdict"]
            for year, record in self._shown.items()
            for then in record["claims"]
            if then["id"] == claim["id"]
        }
        return _history({**then, self.brief.year: claim["verdict"]})

    @as_built
    def _before(self, now: Record) -> dict[str, Any]:
        """What it said a year ago beside what it says now, as far as the two can be compared."""
        from cdpb.findings.released_record import beside_published

        compared = beside_last_year(self._last, now, self._shown_again)
        published = beside_published(self._released, _open(self._last)) if self._released else None
        return {**compared, "published": published}

    def _shown_again(self, figure_id: str, was: Record) -> Record | None:
        """Last year's measure of a key figure, as far as it may stand beside this year's.

        The tables of a protected source are protected for one year. Those of two years side by
        side are not, so there is only what this year's own tables show, and what was published.
        """
        if not _is_protected(was):
            return was
        figure = next(each for each in self._record.key_figures if each.id == figure_id)
        found = measure_of_year(figure.taken, plain_period(was), self._record.tables.again)
        return asdict(found) if found is not None else self._as_published(figure_id)

    def _as_published(self, figure_id: str) -> Record | None:
        """A key figure of last year from its release, where it was made by today's rules."""
        published = self._released
        if published is None or of_figures(changed_rules(published, self._last)):
            return None
        return next((each for each in published["key_figures"] if each["id"] == figure_id), None)


def own_year(made: str) -> str | None:
    """The financial year that ended in the year in which a statement was made; its own date."""
    found = re.search(r"\d{4}", made)
    return str(FinancialYear(int(found[0]) - 1)) if found else None


def as_turned(record: Record, years: Mapping[str, Record]) -> dict[str, Any]:
    """A record that says where it contradicts what was supported at the statement's own date.

    It was not untrue, it has changed: "contradicted now (supported in 2022/23)". ``years`` are its
    records of other years.
    """
    own = years.get(own_year(record["statement_made"] or "") or "", {})
    claims = []
    for claim in record["claims"]:
        made = years.get(own_year(claim["made"]) or "", {}).get("claims", ())
        then = [each["verdict"] for each in made if each["id"] == claim["id"]]
        claims.append({**claim, "verdict": _turned(claim["verdict"], *then)})
    return {**record, "verdict": _turned(record["verdict"], own.get("verdict")), "claims": claims}


def _turned(now: Record | None, then: Record | None = None) -> Record | None:
    """A verdict, or a part of one, beside what was found at the statement's own date."""
    if not (now and then):
        return now
    found, parts = dict(now), {part["id"]: part for part in then.get("parts", ())}
    label = now.get("label") or now["outcome"]
    if (now["outcome"], then["outcome"]) == (CONTRADICTED, SUPPORTED) and TURNED not in label:
        told = f"{CONTRADICTED}{TURNED}{then['as_of']})"
        found["label"] = label.replace(CONTRADICTED, told, 1)
    if "parts" in now:
        found["parts"] = [_turned(part, parts.get(part["id"])) for part in now["parts"]]
    return found


def _open(record: Record) -> Record:
    """A record without the key figures that are protected."""
    figures = [figure for figure in record["key_figures"] if not _is_protected(figure)]
    return {**record, "key_figures": figures}


def _is_protected(measure: Record) -> bool:
    named = {measure["source"], measure["denominator_source"]} & set(catalogue.sources())
    return any(policy(catalogue.source(id).policy).protects for id in named)


def _history(verdicts: Mapping[str, Record | None]) -> list[dict[str, Any]]:
    return [
        {"year": year, **{name: verdict[name] for name in IN_A_HISTORY}}
        for year, verdict in verdicts.items()
        if verdict
    ]
