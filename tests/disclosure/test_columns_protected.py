"""A policy belongs to a column, and what stands beside it says nothing of how many there were."""

import re

import pandas as pd
import pytest

from cdpb import catalogue
from cdpb.declarations import declarations
from cdpb.disclosure.masked import MASKED
from cdpb.errors import InputError
from cdpb.findings.brief import Brief
from cdpb.findings.record import FindingRecord
from cdpb.policies import policy
from cdpb.report.method import rule_note
from findings.parents_in_treatment import parents_estimated, parents_unmet
from tests.support.project import count_from, draw_project, lines_of

BARNET = "E09000003"
# Words that would say how large a count was, where nobody may know even that it was small.
BY_SIZE = re.compile(
    r"\b(?:small\w*|few|fewer|tiny|handful|less than|at most|(?:under|below) (?!18\b)\w+)\b|"
    r"\b(?:[0-9]|one|two|three|four|five|six) to (?:[0-9]|two|three|four|five|six)\b",
    re.IGNORECASE,
)


def protected():
    """The sources that aren't public, by id."""
    return {name: each for name, each in catalogue.sources().items() if each.access != "public"}


def parents(treated) -> pd.DataFrame:
    years, substances = ["2022/23", "2023/24"], ["alcohol", "opiates"]
    keys = [(BARNET, year, substance) for year in years for substance in substances]
    table = pd.DataFrame(keys, columns=["area_code", "year", "substance"])
    table = table.assign(parents_in_need=608, lower=447, upper=856)
    table["in_treatment"] = pd.array(treated, dtype="Int64")
    table.attrs = {"source": "parents_need"}
    return table


def test_parents_in_treatment_are_people_whatever_stands_beside_them(monkeypatch, project):
    """Two and three parents stood in the public edition, under the policy of their estimate."""
    monkeypatch.setenv("CDPB_HOME", str(project))
    count_from(monkeypatch, "parents_need", lambda: parents([96, 2, 3, 95]))
    finding = FindingRecord(Brief("parents_in_treatment", "2023/24", BARNET, demonstration=True))
    finding.tables.as_of("parents_need")
    estimated = parents_estimated(parents([96, 2, 3, 95])).assign(area_name="Barnet")

    treated = finding.tables.publish(estimated, "in_treatment")
    need = finding.tables.publish(parents_unmet(treated.to_frame(gaps=True)), "need")

    assert treated.values_of("in_treatment") == (96, MASKED, MASKED, 95)
    assert set(treated.values_of("in_need")) == {608}
    assert [row["percent"] is None for row in need.rows()] == [False, True, True, False]
    hidden = finding.tables.measure("need", "alcohol", year="2023/24", substance="alcohol")
    assert hidden.note.startswith("hidden")


def test_every_count_of_people_that_is_not_public_is_protected():
    """In estimates too: only a column that is declared an estimate, with limits, is left open."""
    tables = [table for finding in declarations().findings for table in finding.tables]
    for each in protected().values():
        assert policy(each.policy).protects, each.id
        counted = [table for table in tables if table.source == each.id and table.count]
        assert counted, each.id
        assert all(policy(each.policy_of(table.count)).protects for table in counted), each.id
        if each.policies:
            assert {policy(name).of for name in each.policies.values()} == {"estimates"}
            assert {"lower", "upper"} <= set(each.policies)


@pytest.mark.parametrize(
    "policies",
    [
        "    policy: open",
        "    policy: estimate",
        "    policy: under_five_hide\n    policies: {women: open}",
        "    policy: under_five_hide\n    policies: {women: publisher_rounded}",
        "    policy: nobody_wrote_it",
    ],
)
def test_a_return_that_nothing_protects_is_refused(tmp_path, monkeypatch, policies):
    """Before a file of it is opened."""
    drawn = draw_project(tmp_path, monkeypatch)
    text = (drawn.data / "sources.yml").read_text(encoding="utf-8")
    start = text.index("  custody_tests:")
    own = text[start:].replace("    policy: under_five_hide", policies, 1)
    drawn.write("sources.yml", text[:start] + own)

    with pytest.raises(InputError, match="custody_tests: its counts aren't public") as error:
        catalogue.sources()

    assert len(lines_of(error)) <= 8


def test_what_is_printed_of_a_source_says_nothing_of_how_many_there_were():
    """Level hide promises that nobody knows even the band; a caveat said that months were of it."""
    hides = [each for each in protected().values() if policy(each.policy).level == "hide"]
    assert len(hides) > 10
    for each in hides:
        printed = [*each.caveats, each.notes, each.definition, each.not_received, each.withheld]
        printed += [entry.label for entry in each.series_breaks]
        found = [BY_SIZE.search(text) for text in printed]
        assert not any(found), (each.id, [match and match[0] for match in found])


def test_the_sentence_beneath_hidden_counts_gives_the_rule_and_no_count():
    """The same for each source of a policy, whatever its counts are."""
    for name in {each.policy for each in protected().values()}:
        assert "nobody can tell which counts are below 5" in rule_note(policy(name))
