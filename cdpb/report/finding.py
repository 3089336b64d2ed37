"""``Finding``: what a notebook works with, from its first cell to its last."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython
from IPython.display import display

from cdpb import catalogue, paths
from cdpb.areas import Area
from cdpb.errors import NoSuchName, closest, verb
from cdpb.file_contents import one_look
from cdpb.findings.brief import Brief, incomplete, source_in, why_nothing
from cdpb.findings.documents import Others, codes_of
from cdpb.findings.record import FindingRecord
from cdpb.findings.years import Years, for_its_record, give_record
from cdpb.report.blocks import (
    actions_block,
    commentary_block,
    method_block,
    notice_block,
    provenance_block,
)
from cdpb.report.changed import changed_block, changes, changes_block, what_changed
from cdpb.report.charts import KINDS
from cdpb.report.figures import Drawings
from cdpb.report.headline import headline_block, key_figures_block
from cdpb.report.markup import Block, doubted, record_block
from cdpb.report.method import (
    claims_block,
    method_of,
    origins_table,
    quoted_block,
    so_what_block,
)
from cdpb.say import possessive, sentence

if TYPE_CHECKING:
    from cdpb.report.preview import Preview


class Finding:
    """A finding whose steps show themselves, alike in JupyterLab and on the page.

    It is asked for an area, a year and an edition (``area``, ``place``, ``may_open``,
    ``parameter``, ``of_area``), brings figures in (``load``, ``as_of``, ``period``), sends them
    out (``publish``, ``measure``), answers (``verdict``, ``claims``, ``key_figure``, ``cards``,
    ``changed``) and shows (``chart``, ``table``, ``caveats``, ``notice``, ``received_or_not``,
    ``quoted``, ``others``); ``close`` ends its page, ``preview`` shows it.

    Parameters
    ----------
    id : str
        As its file in ``notebooks/findings/`` is called.
    year : str
        The financial year asked for.
    area : str
        Name or GSS code of a London borough.
    edition : {"public", "partnership"}
    demonstration : bool
        Whether illustrative sources may be shown.

    Raises
    ------
    InputError
        If any of these is not known.

    Examples
    --------
    >>> finding = Finding("ward_drug_offences", year, area, edition, demonstration)
    """

    @verb("Finding.")
    @one_look()
    def __init__(
        self,
        id: str,
        year: str,
        area: str,
        edition: str = "public",
        demonstration: bool = False,
    ) -> None:
        self._brief = brief = Brief(id, year, area, edition, demonstration)
        self._record = record = FindingRecord(brief)
        self._judge, self._years, self._drawings = record.judge, Years(record), Drawings(record)
        # Each of these is a verb of one of its parts.
        tables, drawings = record.tables, self._drawings
        # Caveats that stand beside figures, which the method section need not say again.
        self._beside: set[str] = set()
        self.parameter, self.of_area, self.may_open = brief.parameter, brief.of_area, brief.may_open
        self.publish, self.measure = tables.publish, tables.measure
        self.as_of, self.period = tables.as_of, tables.period
        self.chart, self.table, self.notice = drawings.chart, drawings.table, drawings.notice
        self.key_figure, self.others, self.load = record.key_figure, record.others, record.load
        shell = None if record.in_a_run else get_ipython()
        if shell is not None:
            # Imported here: what only a notebook that somebody types in needs.
            from cdpb.report.at_desk import prepare

            prepare(shell)

    @property
    def area(self) -> str:
        """The GSS code of the area asked for."""
        return self._brief.area

    @property
    def place(self) -> Area:
        """The area asked for: its code and its name."""
        return self._brief.place

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in KINDS:
            raise NoSuchName(f'finding.chart("{name}", shown, title) draws that.')
        if name == "export":
            raise NoSuchName('finding.chart(...).export("png") writes a figure as a picture.')
        verbs = [each for each in dir(self) if each[0] != "_"]
        raise NoSuchName(f"finding has no {name!r}.", closest(name, verbs))

    def __repr__(self) -> str:
        return f"<Finding {self._brief.made_for}>"

    @verb("finding.")
    def verdict(self, headline: str, **evidence: tuple[Any, ...]) -> Block:
        """The finding in one sentence, and what the data say of the partnership's statement.

        Parameters
        ----------
        headline : str
            Computed, from the finding's own file.
        **evidence : tuple
            For each part of the statement, the measure and its comparator. A page that looks at
            other findings tests no statement of its own.

        Examples
        --------
        >>> finding.verdict(words.headline(here, england), women_below_england=(here, england))
        """
        self._judge.statement(**evidence)
        self._judge.refuse_lacking(evidence)
        answer, statement = self._years.verdict(), self._brief.statement
        if self._brief.declaration.after:
            self._record.headline = sentence(headline)
            return headline_block(doubted(self._record.headline), tested=False)
        self._record.headline = headline
        return headline_block(
            doubted(headline),
            answer,
            statement=statement.text if statement else "",
            statement_source=statement.document if statement else "",
            why_no_verdict="" if answer else self._no_statement(),
        )

    @verb("finding.")
    def claims(self, **evidence: tuple[Any, ...]) -> Block:
        """What the partnership said later, each claim tested as the statement is.

        Parameters
        ----------
        **evidence : tuple
            For each part of a claim, the measure and its comparator.

        Examples
        --------
        >>> finding.claims(orders_rose=(moved,))
        """
        self._judge.claims(**evidence)
        if for_its_record():
            return Block("claims", "", "")
        made = self._years.record_over_them()["claims"]
        if made:
            return claims_block(made)
        text = f"No later claim of {self._theirs} is on file for this finding."
        return self.notice("not_available", text)

    @property
    def _theirs(self) -> str:
        """``Tower Hamlets' partnership``."""
        return f"{possessive(str(self.place))} partnership"

    def _no_statement(self) -> str:
        text = f"{self._theirs} has no statement on file, so there is no verdict."
        self._record.notices.append(text)
        return text

    @verb("finding.")
    def cards(self) -> Block:
        """The key figures so far, as cards.

        Examples
        --------
        >>> finding.cards()
        """
        return key_figures_block([figure.to_dict() for figure in self._record.key_figures])

    @verb("finding.")
    def changed(self, *sentences: str, others: Others | None = None, alike: str = "") -> Block:
        """What changed since last year, in sentences and in value, interval, verdict and method.

        Last year is computed again from today's data by the cells of this notebook as it was
        saved, so that a change of method never shows as a change in the world.

        Parameters
        ----------
        *sentences : str
            Computed, from the finding's own file.
        others : Others, optional
            The assessment's other findings: what changed in it as a whole.
        alike : str, optional
            What the months that compare show, where a break of a series lies between the years.

        Examples
        --------
        >>> finding.changed(words.shares_changed(by_year))
        """
        self._record.alike = alike
        if others is not None:
            return self._changed_in_all(others)
        if for_its_record():
            return Block("changed", "", "")
        record = self._years.record_over_them()
        self._years.shown_beside = record["before"]["year"]
        computed = [each for each in sentences if each]
        self._record.changes = [sentence(each) for each in what_changed(record, computed)]
        shown = [doubted(each) if each in map(sentence, computed) else each
                 for each in self._record.changes]  # fmt: skip
        return changed_block(record, shown)

    def _changed_in_all(self, others: Others) -> Block:
        compared = [each for each in others.records if each.get("before")]
        self._years.shown_beside = compared[0]["before"]["year"] if compared else ""
        self._record.changes = [sentence(each) for each in changes(compared)]
        return changes_block(self._record.changes)

    @verb("finding.")
    def caveats(self, *sentences: str) -> Block:
        """What to bear in mind, computed.

        Parameters
        ----------
        *sentences : str
            From the finding's own file; empty ones are left out.

        Examples
        --------
        >>> finding.caveats(words.rounding_sentence(rounding, name))
        """
        text = doubted(" ".join(sentence(each) for each in sentences if each))
        return notice_block("caution", text) if text else Block("notice", "", "")

    @verb("finding.")
    @one_look()
    def received_or_not(self, source_id: str) -> Block:
        """The catalogue's sentence where a return was not received; its caveat where it was.

        Of one that was received in part, which months are lacking.

        Of a source that is for partners alone the public edition says what is withheld, the
        same whether anything was received or not.

        Parameters
        ----------
        source_id : str
            Its id in ``data/sources.yml``.

        Examples
        --------
        >>> finding.received_or_not("probation_orders")
        """
        source = source_in(source_id, self.area)
        if not self._brief.build.permits(source.access):
            return self.notice("withheld", source.withheld)
        if not (self.may_open(source_id) and self.load.years_held(source_id, self.area)):
            why = why_nothing(source_id, self.place, self._brief.build)
            return self.notice("not_received" if why == source.not_received else "incomplete", why)
        parts = self.load.periods_lacking(source_id, self.area)
        newest = self._record.tables.periods.get(source_id) or ""
        later = {year: each for year, each in parts.items() if newest < year <= self._brief.year}
        self._beside.update(source.caveats)
        return notice_block("caution", " ".join([*source.caveats, incomplete(source_id, later)]))

    @verb("finding.")
    def quoted(self, *ids: str) -> Block:
        """The figures of ``data/quoted_figures.csv`` that belong here, as the documents' word.

        Parameters
        ----------
        *ids : str
            Of figures of that file.

        Examples
        --------
        >>> finding.quoted("Q32")
        """
        found = self.load.quotes(*ids)
        if found:
            return quoted_block(found)
        text = f"No figures quoted in documents of {self._theirs} are on file for this."
        return self.notice("not_available", text, "quoted")

    @verb("finding.")
    @one_look()
    def close(self, quoted: Sequence[str] = ()) -> None:
        """What every page ends with, and the finding saved: the last cell of a notebook.

        What it means, quoted figures, the partnership's actions, what is held since, method, the
        analyst's commentary, and which files and steps the figures come from.

        Parameters
        ----------
        quoted : sequence of str
            Ids of ``data/quoted_figures.csv``, as for `quoted`.

        Examples
        --------
        >>> finding.close(quoted=["Q32"])
        """
        # Of an area without a file the pages of the whole assessment say so, once.
        own_file = self._brief.area_file is not None
        blocks = [self.quoted(*quoted)] if quoted and own_file else []
        blocks += [self._actions()] if self._brief.declaration.actions and own_file else []
        if for_its_record():
            give_record(self._record.to_dict())
            return
        blocks += self._drawings.since_then()
        display(*self._so_what(), *blocks, self._method(), *self._commentary())
        record = self._years.to_dict()
        self._record.save(record)
        self._years.leave()
        draft = "" if self._record.in_a_run else paths.from_root(self._record.folder())
        display(self._provenance(record["trace"]), record_block(record, draft))

    def preview(self) -> "Preview | None":
        """The page as a reader gets it, in a frame, and where it was written among the drafts.

        By the notebook as it was last saved, with this finding's parameters. In a run, which makes
        the page itself, nothing.

        Examples
        --------
        >>> finding.preview()
        """
        if self._record.in_a_run or for_its_record():
            return None
        # Imported here: only who looks at a page waits for what renders it.
        from cdpb.report.preview import preview_page

        brief = self._brief
        asked = {name: getattr(brief, name) for name in ("year", "area", "edition")}
        given = {**brief.parameters, **asked, "demonstration": brief.demonstration}
        file = self._record.folder() / f"{brief.declaration.slug}.html"
        return preview_page(brief.declaration.notebook, given, file)

    # The rest of the page -------------------------------------------------------------

    def _actions(self) -> Block:
        """What the partnership has planned, from the area's delivery plan."""
        own_file, named = self._brief.area_file, set(self._brief.declaration.actions)
        linked = [
            row for row in self.of_area("actions") if named & codes_of(row["linked_findings"])
        ]
        if not (linked and own_file):
            text = f"No actions of {self._theirs} are on file for this finding."
            return self.notice("not_available", text, "actions")
        meant = [*self.of_area("next_steps"), *self.of_area("involvement")]
        entries = [each for each in meant if named & set(each.findings)]
        return actions_block(linked, own_file.plan, entries)

    def _method(self) -> Block:
        """Definitions, methods and caveats, from the catalogue and the declarations."""
        return method_block(
            method_of(
                self._brief.declaration,
                self._record.sources_used(),
                [each for each in self._record.caveats() if each not in self._beside],
                self._record.exceptions,
                self.area,
            )
        )

    def _commentary(self) -> list[Block]:
        """The analyst's signed text, flagged when the verdict it was written for has changed.

        None where there is none; the partnership edition says so.
        """
        own_file = self._brief.area_file
        written = own_file.commentary.get(self._brief.id) if own_file else None
        if written is None:
            text = "No commentary has been written for this finding."
            missing = notice_block("not_available", text, section="commentary")
            return [missing] * (self._brief.edition == "partnership")
        reason = self._why_stale(written.verdict)
        signed = (written.text, written.signed, written.date)
        return [commentary_block(*signed, stale_reason=reason)]

    def _so_what(self) -> list[Block]:
        """What it means to the partnership, in its area file's words; none where none are."""
        own_file = self._brief.area_file
        written = own_file.so_what.get(self._brief.id) if own_file else None
        if written is None:
            return []
        reason = self._why_stale(written.verdict)
        return [so_what_block(written, self._record.key_figures, reason)]

    def _why_stale(self, written_for: str) -> str:
        """That a text was written for another verdict than this one; empty where it was not."""
        now = (self._years.verdict() or {}).get("label", "")
        return (
            f"The verdict was then “{written_for}”; here it is “{now}”."
            if written_for != now
            else ""
        )

    def _provenance(self, trace: Mapping[str, Any]) -> Block:
        """Which files, received when, and which parameters."""
        rows = [
            (catalogue.source(id).title, receipt)
            for id in self._record.sources_used()
            for receipt in catalogue.shown_receipts(id, self.area)
        ]
        brief = self._brief
        given = {"year": brief.year, "area": f"{self.place} ({self.area})", **brief.parameters}
        origins = origins_table(trace, self._record.tables.published)
        return provenance_block(rows, given, edition=brief.edition, origins=origins)
