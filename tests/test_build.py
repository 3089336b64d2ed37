"""Findings of several editions in one kernel: each opens and shows what its own may."""

from itertools import permutations

import pandas as pd
import pytest

from cdpb import catalogue, loaders
from cdpb.build import Build
from cdpb.errors import InputError
from cdpb.loaders import access
from cdpb.report.finding import Finding
from cdpb.statistics import with_totals
from cdpb.statistics.pathways import by_year, with_shares

EDITIONS = ("public", "partnership")
ORDERS = list(permutations(EDITIONS))
RESTRICTED, MADE_UP = "continuity_of_care", "police_referrals"


def finding(edition: str = "public", demonstration: bool = True) -> Finding:
    return Finding("criminal_justice_pathways", "2023/24", "Barnet", edition, demonstration)


def released(found: Finding) -> pd.DataFrame:
    """The restricted table, as the notebook makes it."""
    found.as_of(RESTRICTED)
    care = found.load.releases_by_care(found.area).query("year <= '2023/24'")
    every = with_totals(care.drop(columns="area_code"), "picked_up", "total", "released")
    return with_shares(every, "picked_up", "released")


def referrals(found: Finding) -> pd.DataFrame:
    found.as_of(MADE_UP)
    sent, held = found.load.police_referrals(found.area), found.load.years_held(MADE_UP)
    return by_year(sent, "route", "referrals", held, found.year)


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
    assert found["public"].published == {}
    assert list(saves.rglob("*")) == []
    assert len(found["partnership"].publish(table, "continuity"))


@pytest.mark.parametrize("order", ORDERS, ids=", ".join)
def test_each_finding_loads_for_its_own_edition(order):
    """Which of them was made last decides nothing, nor which of them loaded last."""
    found = {edition: finding(edition) for edition in order}
    for _ in range(2):
        assert len(found["partnership"].load.releases_by_care())
        with pytest.raises(InputError, match="may not be used in a public edition"):
            found["public"].load.releases_by_care()
    assert [found[each].may_open(RESTRICTED) for each in EDITIONS] == [False, True]
    withheld = catalogue.source(RESTRICTED).withheld
    assert found["public"].received_or_not(RESTRICTED).text.endswith(withheld)


def test_a_closed_source_is_refused_before_a_file_is_opened(monkeypatch):
    """The refusal is the same whether anything was received or not."""
    monkeypatch.setattr(loaders.returns, "received_return", pytest.fail)
    with pytest.raises(InputError, match="No file was opened"):
        finding().load.continuity_of_care()


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
    finding("partnership").load.releases_by_care()
    with pytest.raises(InputError, match="may not be used in a public edition"):
        loaders.releases_by_care()
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
