"""Every count of every protected source hidden at once: pages still run, and tell nothing."""

import csv

import pytest

from cdpb import catalogue, loaders
from cdpb.declarations import declarations
from cdpb.disclosure.counted import counted
from cdpb.disclosure.masked import Pattern
from cdpb.findings import declared_tables, suppression_cache
from cdpb.policies import policy
from cdpb.statistics.measure import HIDDEN
from tests.support.inprocess import record_of, run, table_of

DEMONSTRATION = {"year": "2023/24", "area": "E09000003", "demonstration": True}


def protected(declared):
    """The tables of a finding whose counts may have to be hidden."""
    rules = {table.id: policy(catalogue.source(table.source).policy) for table in declared.tables}
    return [table for table in declared.tables if table.count and rules[table.id].protects]


FINDINGS = [each.id for each in declarations().findings if protected(each)]


@pytest.fixture
def all_hidden(monkeypatch):
    """Zeros are shown by every policy; whatever else is counted is hidden."""

    def everything(source_id, *, area, year, **_):
        base = loaders.base_counts(source_id)
        hidden = {
            name: frozenset(key for key, count in counted(table, base).items() if count != 0)
            for name, table in declared_tables.tables_of(source_id, area, year).items()
        }
        return Pattern(source_id, "all", hidden)

    monkeypatch.setattr(suppression_cache, "pattern_of", everything)


def check(finding, folder):
    run(finding, folder, edition="partnership", **DEMONSTRATION)
    for table in protected(declarations().finding(finding)):
        with table_of(finding, table.id, folder).open(encoding="utf-8", newline="") as file:
            assert {row[table.count] for row in csv.DictReader(file)} <= {"[c]", "0", "[x]"}
    told = record_of(finding, folder)
    known = {figure["source"] for figure in told["key_figures"] if figure["value"] is not None}
    assert not [each for each in known if policy(catalogue.source(each).policy).protects]
    parts = (told["verdict"] or {"parts": []})["parts"]
    said = [told["headline"], *(part["reason"] for part in parts)]
    assert not [each for each in said if "not been received" in each]
    return told


def test_a_finding_runs_with_all_of_its_counts_hidden(all_hidden, tmp_path):
    """A real return may be that small, and its year must not fail for it."""
    told = check("mental_health_need", tmp_path)
    reasons = {part["id"]: part["reason"] for part in told["verdict"]["parts"]}
    hidden = "hidden, so that no small count can be worked out"
    assert reasons["adults_need"].endswith(f"; {hidden}")
    assert told["key_figures"][0]["note"] == hidden
    assert "not shown, to protect people" in told["headline"]


@pytest.mark.parametrize("finding", ["drinkcoach", "licensing_and_alcohol_harm"])
def test_what_is_hidden_is_said_to_be_hidden(all_hidden, finding, tmp_path):
    """The returns have come: to say that they haven't would be untrue."""
    told = check(finding, tmp_path)
    assert "hidden to protect small counts" in told["headline"]
    reasons = {part["id"]: part["reason"] for part in told["verdict"]["parts"]}
    if finding == "drinkcoach":
        assert all(reasons[id].endswith(HIDDEN) for id in ("january_higher", "campaign_higher"))
    assert not any("not been received" in reason for reason in reasons.values())


@pytest.mark.proof
@pytest.mark.parametrize("finding", FINDINGS)
def test_every_finding_runs_with_all_of_its_counts_hidden(all_hidden, finding, tmp_path):
    check(finding, tmp_path)
