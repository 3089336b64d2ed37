"""Findings of several editions in one kernel: each opens and shows what its own may."""

from contextlib import suppress
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from cdpb import catalogue, loaders
from cdpb.build import Build
from cdpb.errors import GateRefused, InputError
from cdpb.loaders import access, returns
from cdpb.report.finding import Finding
from cdpb.runner.gates.known_numbers import file_names
from cdpb.runner.job import Assessment
from cdpb.statistics import with_totals
from cdpb.statistics.measure import Measure
from cdpb.statistics.shares import with_shares
from cdpb.statistics.windows import by_year
from tests.support.project import lines_of

EDITIONS = ("public", "partnership")
ORDERS = list(permutations(EDITIONS))
RESTRICTED, MADE_UP = "continuity_of_care", "police_referrals"


def finding(edition: str = "public", demonstration: bool = True) -> Finding:
    return Finding("criminal_justice_pathways", "2023/24", "Barnet", edition, demonstration)


def released(found: Finding) -> pd.DataFrame:
    """The restricted table, as the notebook makes it."""
    found.as_of(RESTRICTED)
    care = found.load.returned("continuity_of_care", found.area).query("year <= '2023/24'")
    every = with_totals(care.drop(columns="area_code"), "picked_up", "total", "released")
    return with_shares(every, "picked_up", "released")


def referrals(found: Finding) -> pd.DataFrame:
    found.as_of(MADE_UP)
    sent, held = found.load.returned("police_referrals", found.area), found.load.years_held(MADE_UP)
    return by_year(sent, "route", "referrals", held, found._brief.year)


@pytest.fixture
def saves(tmp_path, monkeypatch):
    monkeypatch.setenv("CDPB_SAVE_TO", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("order", ORDERS, ids=", ".join)
def test_a_public_finding_refuses_what_a_partnerships_loaded(order, saves):
    """In JupyterLab two editions lie open side by side, and tables pass between them."""
    found = {edition: finding(edition) for edition in order}
    table = released(found["partnership"])

    with pytest.raises(InputError, match="continuity_of_care may not be used") as error:
        found["public"].publish(table, "continuity")

    assert "restricted" in str(error.value)
    assert found["public"]._record.tables.published == {}
    assert list(saves.rglob("*")) == []
    assert len(found["partnership"].publish(table, "continuity"))


@pytest.mark.parametrize("order", ORDERS, ids=", ".join)
def test_each_finding_loads_for_its_own_edition(order):
    """Which of them was made last decides nothing, nor which of them loaded last."""
    found = {edition: finding(edition) for edition in order}
    for _ in range(2):
        assert len(found["partnership"].load.returned("continuity_of_care"))
        with pytest.raises(InputError, match="may not be used in a public edition"):
            found["public"].load.returned("continuity_of_care")
    assert [found[each].may_open(RESTRICTED) for each in EDITIONS] == [False, True]
    withheld = catalogue.source(RESTRICTED).withheld
    assert found["public"].received_or_not(RESTRICTED).text.endswith(withheld)


def test_a_caveat_that_stands_beside_its_figures_is_not_said_again_under_method():
    found = Finding("licensing_and_alcohol_harm", "2024/25", "Barnet", demonstration=True)
    beside = found.received_or_not("licensed_premises").text
    method = found._method().text
    assert "A large supermarket and a small bar count as one each." in beside
    assert "supermarket" not in method
    assert "A person admitted twice counts twice." in method


def test_a_restricted_table_is_refused_under_the_name_of_a_source_that_is_open():
    """Shares alone have no count that could be counted again: only the table says what it is of."""
    board, public = finding("partnership"), finding()
    table = released(board)
    public.as_of(MADE_UP)
    with pytest.raises(InputError, match="continuity_of_care may not be used"):
        public.publish(table, "referrals")
    assert public._record.tables.published == {}


def used(whose: Finding, table, measure) -> dict:
    """Every way in which a finding shows a table or a measure, or judges by it."""
    part = next(iter(whose._brief.declaration.tests))
    return {
        "verdict": lambda: whose.verdict("", **{part: (measure,)}),
        "table as evidence": lambda: whose.verdict("", **{part: (table,)}),
        "comparator": lambda: whose.claims(**{part: (1.0, measure)}),
        "key figure": lambda: whose.key_figure("a", "A", measure),
        "beside a key figure": lambda: whose.key_figure("a", "A", NOTHING, measure),
        "table": lambda: whose.table(table, "A title"),
        "some of its rows": lambda: whose.table(table.where(year="2023/24"), "A title"),
        "chart": lambda: whose.chart("series", table, "A title", axis="%", group="route"),
        "line of a chart": lambda: whose.chart("ranked", table, "A title", reference=measure),
    }


NOTHING = Measure(None, None, None, None, None, "%", "", "", MADE_UP, "")
USES = list(used(finding(), None, None))
# What was published by another edition, for another year, and of figures that are made up.
OTHERS = {
    "edition": ("partnership", True, "2023/24"),
    "year": ("public", True, "2024/25"),
    "demonstration": ("public", True, "2023/24"),
}


def sent_and_routes(of: Finding) -> tuple:
    """A table and a measure of it, as a finding publishes them."""
    table = of.publish(with_shares(referrals(of), "route", "referrals"), "referrals")
    shown = {"year": of._record.tables.periods[MADE_UP], "route": "total"}
    return table, of.measure(
        "referrals", "Referrals", "referrals", limits=None, unit="people", **shown
    )


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("other", OTHERS)
def test_what_another_finding_published_is_neither_shown_nor_judged_by(other, use, saves):
    """Another edition may show what this one hides; another year's figures are not this one's."""
    edition, demonstration, year = OTHERS[other]
    theirs = Finding("criminal_justice_pathways", year, "Barnet", edition, demonstration)
    mine = finding(demonstration=other != "demonstration")

    with pytest.raises(GateRefused, match="may not be used by") as error:
        used(mine, *sent_and_routes(theirs))[use]()

    assert theirs._brief.made_for in str(error.value)
    assert len(lines_of(error)) <= 8
    assert (mine._record.figures, mine._record.key_figures, mine._judge.answer) == ([], [], None)


@pytest.mark.parametrize("use", USES)
def test_what_a_finding_published_itself_it_may_use(use):
    """Or the test above would pass for want of a page."""
    mine = finding()
    with suppress(InputError):
        used(mine, *sent_and_routes(mine))[use]()


def test_what_is_computed_from_a_closed_source_is_known_by_its_source():
    """A ratio of two measures is of no table, and is as restricted as they are."""
    closed = replace(NOTHING, value=12.0, source=RESTRICTED)
    with pytest.raises(GateRefused, match="continuity_of_care, which may not be shown here"):
        finding().key_figure("a", "A", closed)
    assert finding("partnership").key_figure("a", "A", closed).measure.known


def test_a_closed_source_is_refused_before_a_file_is_opened(monkeypatch):
    """The refusal is the same whether anything was received or not."""
    monkeypatch.setattr(returns, "received", pytest.fail)
    with pytest.raises(InputError, match="No file was opened"):
        finding().load.returned("continuity_of_care")


def test_made_up_figures_stay_in_the_demonstration_that_loaded_them():
    """A page of real figures beside it would show them unmarked."""
    made_up, real = finding(), finding(demonstration=False)
    table = referrals(made_up)
    assert len(table)

    with pytest.raises(InputError, match="illustrative figures, for demonstrations only"):
        real.publish(table, "referrals")

    assert len(made_up.publish(table, "referrals"))
    assert referrals(real).empty
    assert len(real.publish(referrals(real), "referrals")) == 0


def test_outside_a_finding_a_loader_serves_the_public():
    """Whatever was loaded before: a bare call must not be the way round."""
    finding("partnership").load.returned("continuity_of_care")
    with pytest.raises(InputError, match="may not be used in a public edition"):
        loaders.returned("continuity_of_care")
    assert access.current() == Build("public", False)


def test_a_loader_that_fails_leaves_no_edition_behind():
    with pytest.raises(InputError):
        finding("partnership").load.years_held("no_source")
    assert access.current() == Build()


def test_a_finding_offers_what_loads_by_name():
    """Completion in JupyterLab lists it; a slip is told at once."""
    load = finding().load
    assert {"ward_residents", "years_held"} <= set(dir(load))
    assert not {"access", "worlds", "base_counts"} & set(dir(load))
    assert load.ward_residents.__doc__ == loaders.ward_residents.__doc__
    with pytest.raises(InputError, match="no loader 'ward_resident'"):
        load.ward_resident  # noqa: B018


@pytest.mark.parametrize(
    ("build", "marks"),
    [
        (Build("public"), ""),
        (Build("public", demonstration=True), "demonstration-"),
        (Build("partnership"), "partnership-"),
        (Build("partnership", demonstration=True), "demonstration-partnership-"),
    ],
)
def test_a_download_s_name_says_of_which_build_it_is(build, marks):
    """Made-up figures lay in a reader's folder under the names of real ones."""
    made_for = Assessment(
        "E09000003", "Barnet", "2023/24", build.edition, build.demonstration, Path()
    )
    tables = [{"id": "by_sex", "file": "by_sex.csv", "rows": 0}]
    record = {"slug": "wards", "tables": tables, "key_figures": [], "figures": []}
    shown = SimpleNamespace(id="by_sex")
    named = finding(build.edition, build.demonstration)._drawings._download_name(shown)
    assert named == f"E09000003-2023-24-{marks}criminal-justice-pathways-by-sex"
    assert f"E09000003-2023-24-{marks}wards-by-sex.csv" in file_names(made_for, [record])
