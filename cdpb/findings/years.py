"""A finding over the years: the same notebook for each, so that only the data differ.

Its notebook is run again for another year in this process and for its record alone. So that year's
values come from today's data by today's method: by the very cells that make this year's page, and
never from what was published then.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cached_property
from typing import Any

from cdpb import catalogue, paths
from cdpb.declarations import FindingDeclaration
from cdpb.errors import CdpbError, FindingFailed
from cdpb.findings.brief import as_built
from cdpb.findings.compare_years import plain_period, since
from cdpb.findings.record import FindingRecord
from cdpb.findings.rules import against_published, changed_rules, of_figures, released_record
from cdpb.findings.trace import measure_of_year
from cdpb.numbers import plain_values
from cdpb.periods import FinancialYear
from cdpb.policies import policy

PARAMETERS = "parameters"
KEPT = ("outcome", "label", "as_of", "dating", "adds_to_history")
Verdicts = Iterable[tuple[str, Mapping[str, Any] | None]]
# The record of each notebook that is being run so, the innermost last.
_asked: list[dict[str, Any]] = []


def for_its_record() -> bool:
    """Whether what runs now is run for its record alone: then nothing is drawn or saved."""
    return bool(_asked)


def give_record(record: Mapping[str, Any]) -> None:
    """Give the record to whoever asked for it, in place of saving it."""
    _asked[-1].update(plain_values(record))


def record_of(declared: FindingDeclaration, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a finding for these parameters.

    Parameters
    ----------
    declared : FindingDeclaration
        Its notebook is read as it was last saved.
    parameters : mapping
        Put in the place of those in the notebook's cell of parameters.

    Raises
    ------
    FindingFailed
        If a cell raises anything but an error of ours, or the last cell keeps nothing. Names the
        cell and the year, not what it held.
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
    text = (paths.notebooks_folder() / notebook).read_text(encoding="utf-8")
    return [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


def _run(cell: Mapping[str, Any], place: str, names: dict[str, Any]) -> None:
    from IPython.core.inputtransformer2 import TransformerManager

    # As a kernel reads it: an analyst's cell may begin with %.
    source = TransformerManager().transform_cell("".join(cell["source"]))
    try:
        exec(compile(source, place, "exec"), names)
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


class Years:
    """A finding beside its own past.

    Parameters
    ----------
    record : FindingRecord

    Attributes
    ----------
    shown_beside : str
        The year that its page compares with; empty where it compares with none.
    """

    def __init__(self, record: FindingRecord) -> None:
        self._record, self.brief = record, record.brief
        self.shown_beside = ""

    @cached_property
    def earlier(self) -> dict[str, Mapping[str, Any]]:
        """Its record for each year from that of the statement on, and for last year at least.

        Each is computed again from today's data, by the cells of the notebook as it was saved.
        """
        start, statement = FinancialYear.parse(self.brief.year).start, self.brief.statement
        made = re.search(r"\d{4}", statement.made) if statement else None
        first = min(start - 1, int(made[0]) - 1) if made else start - 1
        return {each: self._again_for(each) for each in _years(first, start)}

    def _again_for(self, year: str) -> Mapping[str, Any]:
        same = {name: getattr(self.brief, name) for name in ("area", "edition", "demonstration")}
        parameters = {**self.brief.parameters, **same, "year": year}
        return record_of(self.brief.declaration, parameters)

    @property
    def _asked_for(self) -> dict[str, Mapping[str, Any]]:
        """The earlier years, where the page shows them; they are not computed for less."""
        return self.__dict__.get("earlier", {})

    def record_over_them(self) -> dict[str, Any]:
        """The record with the earlier years in it, which are computed now if they weren't."""
        return self.to_dict() if self.earlier else self._record.to_dict()

    def to_dict(self) -> dict[str, Any]:
        """Everything the page says, as plain values; of earlier years what it shows of them."""
        record = self._record.to_dict()
        claims = [{**each, "history": self._history_of(each)} for each in record["claims"]]
        before = self._since_last_year(record) if self._asked_for else None
        over = {"history": self.history(), "since": self.shown_beside, "before": before}
        return {**record, "claims": claims, **over}

    def history(self) -> list[dict[str, Any]]:
        """The verdict on the statement for each year, this one last; empty without a statement."""
        answer = self._record.judge.answer
        then = [(year, record["verdict"]) for year, record in self._asked_for.items()]
        return _dated([*then, (self.brief.year, answer.to_dict() if answer else None)])

    def _history_of(self, claim: Mapping[str, Any]) -> list[dict[str, Any]]:
        then = [
            (year, each["verdict"])
            for year, record in self._asked_for.items()
            for each in record["claims"]
            if each["id"] == claim["id"]
        ]
        return _dated([*then, (self.brief.year, claim["verdict"])])

    @as_built
    def _since_last_year(self, now: Mapping[str, Any]) -> dict[str, Any]:
        """What it said a year ago beside what it says now, as far as the two can be compared."""
        *_, last = self.earlier.values()
        compared = since(last, now, self._shown_again)
        published = self._published(last["year"])
        against = against_published(published, _open(last)) if published else None
        return {**compared, "published": against}

    def _published(self, year: str) -> Mapping[str, Any] | None:
        """What was said of a year when it was released; a demonstration never was."""
        brief = self.brief
        if brief.demonstration:
            return None
        return released_record(brief.area, year, brief.edition, brief.id)

    def _shown_again(self, figure_id: str, was: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Last year's measure of a key figure, as far as it may stand beside this year's.

        The tables of a protected source are protected for one year. Those of two years side by
        side are not, so there is only what this year's own tables show, and what was published.
        """
        if not _is_protected(was):
            return was
        figure = next(each for each in self._record.key_figures if each.id == figure_id)
        found = measure_of_year(figure.taken, plain_period(was), self._record.tables.again)
        return asdict(found) if found is not None else self._as_published(figure_id)

    def _as_published(self, figure_id: str) -> Mapping[str, Any] | None:
        """A key figure of last year from its release, where it was made by today's rules."""
        *_, last = self.earlier.values()
        published = self._published(last["year"])
        if published is None or of_figures(changed_rules(published, last)):
            return None
        return next((each for each in published["key_figures"] if each["id"] == figure_id), None)


def _open(last: Mapping[str, Any]) -> Mapping[str, Any]:
    """Last year's record without the key figures that are protected."""
    figures = [each for each in last["key_figures"] if not _is_protected(each)]
    return {**last, "key_figures": figures}


def _is_protected(measure: Mapping[str, Any]) -> bool:
    named = {measure["source"], measure["denominator_source"]} & set(catalogue.sources())
    return any(policy(catalogue.source(each).policy).protects for each in named)


def _years(first: int, end: int) -> list[str]:
    return [str(FinancialYear(start)) for start in range(first, end)]


def _dated(verdicts: Verdicts) -> list[dict[str, Any]]:
    return [
        {"year": year, **{name: each[name] for name in KEPT}} for year, each in verdicts if each
    ]
