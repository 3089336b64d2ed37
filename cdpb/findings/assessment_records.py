"""The other findings of an assessment, as their records tell of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cdpb.build import PUBLIC, Build
from cdpb.declarations import FindingDeclaration, declarations
from cdpb.steps import first_step

NO_VERDICT = "no statement to test"
VERDICTS = ["finding_id", "finding", "statement", "verdict", "on_data", "headline", "made"]
HISTORY = ["finding_id", "finding", "statement", "year", "verdict", "on_data", "dated_verdict"]


@dataclass(frozen=True)
class Others:
    """What the other findings say.

    Attributes
    ----------
    records : tuple of mapping
        As saved, in the order of their pages.
    absent : tuple of FindingDeclaration
        The findings that have not been run for this assessment.
    build : Build
        The edition that they are of.
    """

    records: tuple[Mapping[str, Any], ...]
    absent: tuple[FindingDeclaration, ...]
    build: Build = PUBLIC

    def find(self, finding_id: str) -> Mapping[str, Any] | None:
        """The record of one finding, or None."""
        return next((each for each in self.records if each["id"] == finding_id), None)

    def linked(self, action: Mapping[str, str]) -> list[Mapping[str, Any]]:
        """The records of the findings that an action answers to."""
        named = codes_of(action["linked_findings"])
        return [each for each in self.records if named & answers_to(each["id"])]

    def verdicts(self) -> pd.DataFrame:
        """One row a statement, later claims after it: what was said, and what the data say.

        Returns
        -------
        pandas.DataFrame
            ``finding_id`` (with the claim's id where it is one), ``finding`` (its title),
            ``statement``, ``verdict``, ``on_data`` (the period it rests on), ``headline`` and
            ``made``: the year in which the statement was.
        """
        rows = [row for record in self.records for row in _rows(record)]
        table = pd.DataFrame(rows, columns=VERDICTS)
        table.attrs = {"source": "this_assessment", **first_step(table.columns)}
        return table

    def history(self) -> pd.DataFrame:
        """One row a statement or later claim and year: what today's data say of it.

        Returns
        -------
        pandas.DataFrame
            ``finding_id``, ``finding`` and ``statement`` as in `verdicts`, ``year``, ``verdict``,
            ``on_data``, and ``dated_verdict``: the verdict, and that it was carried forward where
            nothing newer was held.
        """
        rows = [
            [*told[:3], each["year"], each["label"], each["as_of"], _dated(each)]
            for record in self.records
            for told, history in _histories(record)
            for each in history
        ]
        table = pd.DataFrame(rows, columns=HISTORY)
        table.attrs = {"source": "this_assessment", **first_step(table.columns)}
        return table


def _dated(verdict: Mapping[str, Any]) -> str:
    return ", ".join(filter(None, [verdict["label"], verdict["dating"]]))


def _histories(record: Mapping[str, Any]) -> list[tuple[list[str], list[Mapping[str, Any]]]]:
    """The rows of a record's statement and claims, each with its history."""
    histories = [record, *(record.get("claims") or [])]
    rows = zip(_rows(record), histories, strict=True)
    return [(row, each.get("history") or []) for row, each in rows]


def others(folder: Path, build: Build) -> Others:
    """Read the records that lie in an assessment's folder, or in a draft's.

    A page that is itself made of the others' records is not among them.
    """
    declared = [each for each in declarations().findings if not each.after]
    paths = {each.id: folder / "findings" / f"{each.id}.json" for each in declared}
    found = [
        json.loads(paths[each.id].read_text(encoding="utf-8"))
        for each in declared
        if paths[each.id].is_file()
    ]
    absent = [each for each in declared if not paths[each.id].is_file()]
    return Others(tuple(found), tuple(absent), build)


def answers_to(finding_id: str) -> set[str]:
    """The ids by which actions are linked to a finding."""
    return set(declarations().finding(finding_id).actions)


def codes_of(text: str) -> set[str]:
    """``"F01,F02"`` and ``"F01; F02"`` as a set."""
    return {part.strip() for part in text.replace(";", ",").split(",") if part.strip()}


def _rows(record: Mapping[str, Any]) -> list[list[str]]:
    title, headline = record["title"], record["headline"]
    said, made = record.get("statement"), record.get("statement_made")
    own = [record["id"], said, record.get("verdict"), headline, made]
    claims = [
        [f"{record['id']}/{each['id']}", each.get("text"), each.get("verdict"), "", each["made"]]
        for each in record.get("claims") or []
    ]
    return [
        [id, title, statement or "", *_judged(verdict), headline, made or ""]
        for id, statement, verdict, headline, made in (own, *claims)
    ]


def _judged(verdict: Mapping[str, Any] | None) -> tuple[str, str]:
    if not verdict or not verdict.get("outcome"):
        return NO_VERDICT, ""
    return verdict.get("label") or verdict["outcome"], verdict.get("as_of") or ""
