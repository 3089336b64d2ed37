"""What the data say of what the partnership said, part by part."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cdpb import catalogue
from cdpb.areas import UNTESTED
from cdpb.disclosure.published import PublishedTable
from cdpb.errors import InputError, closest
from cdpb.findings.area_files import FOCUS
from cdpb.findings.brief import Brief
from cdpb.findings.obstacles import refused_across
from cdpb.findings.tables import Tables
from cdpb.periods import FinancialYear
from cdpb.statistics.measure import HIDDEN, Measure
from cdpb.statistics.part_tests import PartResult, check_part, not_checked
from cdpb.statistics.verdicts import Verdict, verdict

OTHER_WARD = "the statement is of another ward than the one asked for"


class Judge:
    """Tests the partnership's statement and its later claims against what was published.

    Evidence is what its ``tables`` published, and nothing else: ``evidence`` has what each part was
    tested with, ``answer`` the verdict on the statement, ``claim_answers`` those on the claims.
    """

    def __init__(self, brief: Brief, tables: Tables) -> None:
        self.brief, self.tables = brief, tables
        self.answer: Verdict | None = None
        self.claim_answers: list[Verdict] = []
        self.evidence: dict[str, tuple[Any, ...]] = {}

    def statement(self, **evidence: tuple[Any, ...]) -> Verdict | None:
        """Test the partnership's statement part by part; None without a statement.

        A part without evidence (a measure or a published table, and its comparator) stays
        unchecked. Evidence that the statement has no part for, as another area's may, is passed
        over.

        Raises InputError if a test isn't among those that the finding's file lists.
        """
        self._refuse_unlisted(evidence)
        if self.brief.statement is None:
            return None
        self.answer = self._judged(self.brief.statement, evidence)
        return self.answer

    def claims(self, **evidence: tuple[Any, ...]) -> list[Verdict]:
        """Test the later claims that stand beside the statement, each by itself, as `statement`."""
        self._refuse_unlisted(evidence)
        self.claim_answers = [
            self._too_soon(claim) or self._judged(claim, evidence) for claim in self.brief.claims
        ]
        return self.claim_answers

    def _judged(self, made: Any, evidence: dict[str, tuple[Any, ...]]) -> Verdict:
        self.tables.refuse_strange(*(each for given in evidence.values() for each in given))
        self._refuse_later(*(each for given in evidence.values() for each in given))
        evidence = {part.id: evidence[part.id] for part in made.parts if part.id in evidence}
        self.evidence |= evidence
        parts = [self._part(part, *evidence.get(part.id, ())) for part in made.parts]
        dating = self.brief.declaration.dated_by or self.brief.declaration.sources
        limits = {id: catalogue.source(id).oldest_usable_years for id in dating}
        return verdict(parts, self.brief.year, limits)

    def _refuse_unlisted(self, evidence: Mapping[str, Any]) -> None:
        declared = self.brief.declaration
        strangers = sorted(set(evidence) - set(declared.tests))
        if strangers:
            raise InputError(
                f"{declared.notebook}: there is no test {strangers[0]!r}.",
                closest(strangers[0], declared.tests, f"{declared.file} lists"),
                f"Else add it to {declared.file} under tests, with what it sets against what.",
            )
        for test, given in evidence.items():
            given = given if isinstance(given, tuple) else (given,)
            self.tables.refuse_strange(*given)
            strange = [each for each in given if not isinstance(each, PublishedTable | Measure)]
            if strange or len(given) > 2 or evidence[test] is not given:
                raise InputError(
                    f"{declared.notebook}: test {test!r} can't be made of what it was given.",
                    f"Wanted: {test}=(a measure or a published table, its comparator).",
                    f"Found: {', '.join(type(each).__name__ for each in given) or 'nothing'}.",
                )

    def refuse_lacking(self, evidence: Mapping[str, Any]) -> None:
        """Refuse a verdict without the evidence that the finding's sources, all open, may give."""
        declared, brief = self.brief.declaration, self.brief
        lacking = [
            part.id for part in (brief.statement.parts if brief.statement else ())
            if part.test not in UNTESTED and part.id in declared.tests and not evidence.get(part.id)
        ]  # fmt: skip
        if lacking and all(map(brief.may_open, declared.sources)):
            raise InputError(
                f"{declared.notebook}: there is no evidence for {lacking[0]!r}.",
                f"{declared.file} says what it takes: {declared.tests[lacking[0]]}",
                f"Wanted: finding.verdict(headline, {lacking[0]}=(measure, comparator)).",
                *([f"Nor is there for: {', '.join(lacking[1:])}."] if lacking[1:] else []),
            )

    def _refuse_another_ward(self, part: Any, evidence: tuple[Any, ...]) -> None:
        """Refuse a claim about the focus ward that is tested on the figure of another."""
        taken = self.tables.taken_from(evidence[0]) if evidence else None
        found = dict(taken.where).get("ward_code") if taken else None
        own = self.brief.parameters.get(FOCUS) or self.brief.of_area_file(FOCUS)
        if part.id.startswith(FOCUS) and found and own and found != own:
            raise InputError(
                f"{self.brief.declaration.notebook}: {part.id!r} is a claim about one ward, {own}.",
                f"Its evidence, {evidence[0].label}, is of {found}.",
                f"Take the measure with ward_code={own!r}.",
            )

    def _refuse_later(self, *given: Any) -> None:
        """What is held after the year assessed says nothing of it."""
        declared = self.brief.declaration
        for each in given:
            taken = self.tables.taken_from(each) if isinstance(each, Measure) else None
            table = taken.table if taken else getattr(each, "id", "")
            if table in declared.since_then:
                raise InputError(
                    f"{declared.notebook}: table {table} can't be evidence for {self.brief.year}.",
                    f"{declared.file} lists it under since_then: its figures are of later years.",
                    "Take the evidence from a table of the year assessed.",
                )

    def _too_soon(self, claim: Any) -> Verdict | None:
        """A claim is of its own time: figures of a year that ended before it test nothing."""
        if FinancialYear.parse(self.brief.year).start + 1 >= int(claim.made):
            return None
        reason = f"the claim was made in {claim.made}, of a time after {self.brief.year}"
        parts = [
            not_checked(reason, id=part.id, claim=part.claim, comparator=part.comparator)
            for part in claim.parts
        ]
        return verdict(parts, self.brief.year)

    def _part(self, part: Any, *evidence: Any) -> PartResult:
        own = self.brief.of_area_file(FOCUS)
        if part.id.startswith(FOCUS) and self.brief.parameters.get(FOCUS, own) != own:
            return not_checked(OTHER_WARD, id=part.id, claim=part.claim, comparator=part.comparator)
        self._refuse_another_ward(part, evidence)
        tested, *others = [self._plain(each) for each in evidence] or [None]
        absent = [
            each for each in (tested, *others) if isinstance(each, Measure) and not each.known
        ]
        result = check_part(part, None if absent or tested is None else tested, *others)
        taken = self.tables.taken_from(result.measure) if result.measure else None
        if taken:
            result = refused_across(result, self.tables.published[taken.table], taken)
        if HIDDEN not in {each.note for each in absent}:
            return result
        # What was received and is hidden is not what was never received.
        missing = part.when_missing or result.reason
        return replace(result, reason=result.reason.replace(missing, HIDDEN))

    def _plain(self, tested: Any) -> Any:
        if not isinstance(tested, PublishedTable):
            return tested
        table = tested.to_frame(gaps=True)
        table.attrs = self.tables.about[tested.id]
        return table if len(table) else None
