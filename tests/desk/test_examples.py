"""The example of each verb is right: what it calls is there, and what it shows comes out."""

import ast
import doctest
import inspect
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from cdpb import statistics
from cdpb.disclosure.published import PublishedTable
from cdpb.report.finding import Finding
from cdpb.statistics import Measure
from tests.desk.test_surface import verbs
from tests.support.tables import table

FINDING = Finding("women_in_treatment", "2023/24", "E09000003")
OFFERED = {name: getattr(statistics, name) for name in dir(statistics)}
STATISTICS = {f"stats.{name}": each for name, each in OFFERED.items() if inspect.isroutine(each)}
EVERY = {**verbs(), **STATISTICS}
# What an example calls by name, beside the verb itself, and where that is looked up.
REAL = {"finding": FINDING, "load": FINDING.load, "shown": PublishedTable, "stats": statistics}


def examples(verb: object) -> list[doctest.Example]:
    return doctest.DocTestParser().get_examples(inspect.getdoc(verb) or "")


def calls(verb: object) -> list[ast.Call]:
    """Every call that its examples make."""
    trees = [ast.parse(each.source) for each in examples(verb)]
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("name", EVERY)
def test_the_example_calls_the_verb_as_it_is(name):
    """One that an analyst copies and that is refused is worse than none."""
    verb, own = EVERY[name], name.rpartition(".")[2]
    named = [c for c in calls(verb) if ast.unparse(c.func).rpartition(".")[2] == own]
    assert named, "no example calls it"
    signature = inspect.signature(verb)
    first = [None] if "self" in signature.parameters else []
    for call in named:
        given = {each.arg: None for each in call.keywords if each.arg}
        signature.bind(*first, *call.args, **given)


@pytest.mark.parametrize("name", EVERY)
def test_whatever_else_it_names_is_there(name):
    for call in calls(EVERY[name]):
        for node in ast.walk(call):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in REAL:
                assert hasattr(REAL[ast.unparse(node.value)], node.attr), ast.unparse(node)


WARDS = table("""
    ward_code  ward_name  year     offences  residents
    E05000001  Ash        2023/24        90      10000
    E05000002  Beech      2023/24        40      10000
    E05000003  Cedar      2023/24        20      10000
""")
OFFENCES = table("""
    ward_code  offence      offences
    E05000001  possession         60
    E05000001  trafficking        30
""")
WARDS.attrs["source"] = OFFENCES.attrs["source"] = "mps_ward_crime"
ABOUT = ("per 1,000 residents", "2023/24", "mps_ward_crime", "")


def measure(label: str, value: float, lower: float | None = None, upper: float | None = None):
    unit, *rest = ABOUT
    return Measure(value, lower, upper, None, None, unit, label, *rest)


AT_HAND = {
    **OFFERED,
    "pd": pd,
    "wards": WARDS,
    "offences": OFFENCES,
    "barnet": measure("Barnet", 2.7, 2.5, 2.9),
    "london": replace(measure("London wards", 4.0), numerator=4_000, denominator=1_000_000),
    "part": SimpleNamespace(
        id="borough_below_london", claim="Barnet's rate is lower", test="below", reason="one file",
        comparator="London", threshold="", threshold_value=None, margin=None, when_missing="",
    ),
}  # fmt: skip
SHOWING = [name for name, each in STATISTICS.items() if any(e.want for e in examples(each))]


@pytest.mark.parametrize("name", SHOWING)
def test_what_an_example_shows_comes_out(name):
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    told = doctest.DocTest(examples(EVERY[name]), dict(AT_HAND), name, None, None, None)
    assert runner.run(told).failed == 0


def test_most_verbs_that_had_no_example_show_what_comes_out():
    assert len(SHOWING) >= 15
