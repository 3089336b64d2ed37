"""What a notebook talks to: a finding that shows what it keeps."""

from collections.abc import Mapping, Sequence
from typing import Any

from IPython.display import display

from cdpb import catalogue
from cdpb.errors import InputError
from cdpb.findings.absent import incomplete, source_in, why_nothing
from cdpb.findings.another_year import for_its_record
from cdpb.findings.assessment_records import Others
from cdpb.numbers import list_text
from cdpb.report.block import Block, record_block
from cdpb.report.blocks import (
    actions_block,
    commentary_block,
    headline_block,
    key_figures_block,
    made_block,
    method_block,
    notice_block,
)
from cdpb.report.changed import changed_block, what_changed
from cdpb.report.figures import FigureFinding
from cdpb.report.method import claims_block, method_of, origins_table, quoted_block
from cdpb.report.over_years import changes, changes_block
from cdpb.say import sentence


class Finding(FigureFinding):
    """A finding whose steps show themselves, alike in JupyterLab and on the page."""

    def choose(self, name: str, given: str, *allowed: str) -> str:
        """A parameter that has only a few values.

        Raises
        ------
        InputError
            If it is none of them.
        """
        if given not in allowed:
            raise InputError(
                f"{self.declaration.notebook}: {name} can't be {given!r}.",
                f"Wanted: {list_text([repr(each) for each in allowed])}.",
            )
        return str(self.parameter(name, given))

    def verdict(self, headline: str, **evidence: tuple[Any, ...]) -> Block:
        """The finding in one sentence, and what the data say of the partnership's statement.

        Parameters
        ----------
        headline : str
            Computed, from ``cdpb.report.words``.
        **evidence : tuple
            For each part of the statement, the measure and its comparator.
        """
        self.headline = headline
        answer = self.judge(**evidence)
        said = self.statement
        return headline_block(
            headline,
            answer.to_dict() if answer else None,
            statement=said.text if said else "",
            statement_source=said.document if said else "",
            as_of_note="" if answer else self._no_statement(),
        )

    def tell(self, headline: str) -> Block:
        """The answer of a page that tests no statement of its own."""
        self.headline = sentence(headline)
        return headline_block(self.headline, tested=False)

    def claims(self, **evidence: tuple[Any, ...]) -> Block:
        """What the partnership said later, each claim tested as the statement is.

        Parameters
        ----------
        **evidence : tuple
            For each part of a claim, the measure and its comparator.
        """
        self.judge_claims(**evidence)
        if for_its_record():
            return Block("claims", "", "")
        told = self._over_the_years()["claims"]
        if told:
            return claims_block(told)
        text = f"No later claim of {self.place}'s partnership is on file for this finding."
        return self.notice("not_available", text)

    def _no_statement(self) -> str:
        text = f"{self.place}'s partnership has no statement on file, so there is no verdict."
        self.notices.append(text)
        return text

    def cards(self) -> Block:
        """The key figures, as they were kept."""
        return key_figures_block([figure.to_dict() for figure in self.key_figures])

    def changed(self, *sentences: str) -> Block:
        """What changed since last year: said, and in value, interval, verdict and method.

        Last year is computed again from today's data by the cells of this notebook as it was
        saved, so that a change of method never shows as a change in the world.
        """
        if for_its_record():
            return Block("changed", "", "")
        record = self._over_the_years()
        self._since_year = record["before"]["year"]
        said = [each for each in sentences if each]
        self.changes = [sentence(each) for each in what_changed(record, said)]
        return changed_block(record, self.changes)

    def changed_in_all(self, others: Others) -> Block:
        """What changed since last year in the assessment as a whole, as each finding tells it."""
        compared = [each for each in others.records if each.get("before")]
        self._since_year = compared[0]["before"]["year"] if compared else ""
        self.changes = [sentence(each) for each in changes(compared)]
        return changes_block(compared, self.changes)

    def care(self, *sentences: str) -> Block:
        """What to bear in mind, computed."""
        told = " ".join(sentence(each) for each in sentences if each)
        return notice_block("caution", told or "Nothing more can be said from what is held.")

    def received_or_not(self, source_id: str) -> Block:
        """The catalogue's sentence where a return was not received; its caveat where it was.

        Of one that was received in part, which months are lacking.

        Of a source that is for partners alone the public edition says what is withheld, the
        same whether anything was received or not.
        """
        source = source_in(source_id, self.area)
        if not self.build.permits(source.access):
            return self.notice("withheld", source.withheld)
        if not (self.may_open(source_id) and self.load.years_held(source_id, self.area)):
            why = why_nothing(source_id, self.place, self.build)
            return self.notice("not_received" if why == source.not_received else "incomplete", why)
        parts = self.load.periods_lacking(source_id, self.area)
        newest = self.periods.get(source_id) or ""
        later = {year: each for year, each in parts.items() if newest < year <= self.year}
        return notice_block("caution", " ".join([*source.caveats, incomplete(source_id, later)]))

    def quoted(self, *ids: str) -> Block:
        """The figures of ``data/quoted_figures.csv`` that belong here, as the documents' word."""
        told = self.told(*ids)
        if told:
            return quoted_block(told)
        text = f"No figures quoted in documents of {self.place}'s partnership are on file for this."
        return self.notice("not_available", text, "quoted")

    def close(self, quoted: Sequence[str] = ()) -> None:
        """What every page ends with, and the finding saved: the last cell of a notebook.

        Quoted figures, the partnership's actions, method, the analyst's commentary, and which
        files and steps the figures come from.

        Parameters
        ----------
        quoted : sequence of str
            Ids of ``data/quoted_figures.csv``, as for `quoted`.

        Examples
        --------
        >>> finding.close(quoted=["Q32"])
        """
        blocks = [self.quoted(*quoted)] if quoted else []
        blocks += [self._actions()] if self.declaration.actions else []
        if for_its_record():
            self.save()
            return
        display(*blocks, self._method(), *self._commentary())
        record = self.record()
        self.save(record)
        display(self._made(record["trace"]), record_block(record))

    # The rest of the page -------------------------------------------------------------

    def _actions(self) -> Block:
        """What the partnership does about it, from the area's delivery plan."""
        linked = [row for row in self.of_area("actions") if self._is_linked(row)]
        if not (linked and self.area_file):
            text = f"No actions of {self.place}'s partnership are on file for this finding."
            return self.notice("not_available", text, "actions")
        told = [*self.of_area("next_steps"), *self.of_area("involvement")]
        entries = [each for each in told if set(each.findings) & set(self.declaration.actions)]
        rows = [_action(row) for row in linked]
        return actions_block(rows, self.area_file.plan, entries)

    def _is_linked(self, row: dict[str, str]) -> bool:
        return bool(set(_split(row["linked_findings"])) & set(self.declaration.actions))

    def _method(self) -> Block:
        """Definitions, methods and caveats, from the catalogue and the declarations."""
        return method_block(
            method_of(
                self.declaration,
                self._sources_used(),
                self.caveats(),
                self._exceptions,
                self.area,
            )
        )

    def _commentary(self) -> list[Block]:
        """The analyst's signed text, flagged when the verdict it was written for has changed.

        None where there is none; the partnership edition says so.
        """
        held = self.area_file.commentary.get(self.id) if self.area_file else None
        if held is None:
            text = "No commentary has been written for this finding."
            missing = notice_block("not_available", text, section="commentary")
            return [missing] * (self.edition == "partnership")
        now = self.answer.label if self.answer else ""
        reason = f"It was written for the verdict {held.verdict}; the verdict is now {now}."
        stale = held.verdict != now
        told = (held.text, held.signed, held.date)
        return [commentary_block(*told, stale=stale, stale_reason=reason if stale else "")]

    def _made(self, trace: Mapping[str, Any]) -> Block:
        """Which files, received when, and which parameters."""
        rows = [
            {
                "source": catalogue.source(id).title,
                **receipt,
                "files": [file["name"] for file in receipt["files"]],
            }
            for id in self._sources_used()
            for receipt in catalogue.shown_receipts(id, self.area)
        ]
        asked = {"year": self.year, "area": f"{self.place} ({self.area})", **self.parameters}
        origins = origins_table(trace, self.published)
        return made_block(rows, asked, edition=self.edition, origins=origins)


def _split(text: str) -> Sequence[str]:
    return [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]


def _action(row: dict[str, str]) -> dict[str, Any]:
    return {
        "action": row["action"],
        "owners": [part.strip() for part in row["responsible_partners"].split(";")],
        "metrics": [part.strip() for part in row["national_measures"].split(";")],
        "target_date": row["target_completion_date"],
    }
