"""The same people in several tables, years and sources are protected and attacked as one."""

from dataclasses import replace
from shutil import copytree

import pandas as pd
import pytest

from cdpb import catalogue
from cdpb.disclosure.attack import attack
from cdpb.disclosure.cells import cells_of
from cdpb.disclosure.declared import TableDeclaration
from cdpb.disclosure.protect import protect
from cdpb.disclosure.units import Bounds, Rows, Ties
from cdpb.errors import InputError
from cdpb.findings.populations import protected_with, together
from cdpb.loaders.files import clear, log
from cdpb.policies import policy
from tests.support.people import (
    AREA,
    OVERLAP,
    findings_of,
    people_project,
    published,
    shown_in,
    with_cells,
)
from tests.support.project import draw_project, lines_of

HIDDEN, OPEN = "[c]", "can be worked out more closely than its policy allows"
WHO = ("yes", "no", "total")


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """The project, and its assessment of 2023/24, every table of it through the gate."""
    root = tmp_path_factory.mktemp("people")
    with pytest.MonkeyPatch.context() as patch:
        people_project(root / "project", patch)
        yield root / "project", published(root / "saved", patch)


@pytest.fixture
def made(standing, tmp_path, monkeypatch):
    """A copy of the assessment, for a test to change."""
    project, written = standing
    monkeypatch.setenv("CDPB_HOME", str(project))
    copy = copytree(written.folder, tmp_path / "saved")
    return replace(written, folder=copy, assessment=replace(written.assessment, under=copy))


def by_need(written, table: str, year: str) -> dict[str, str]:
    return {who: shown_in(written, table)[year, who] for who in WHO}


def other_choice(written, table: str, year: str, true: dict[str, int]) -> dict:
    """As safe for itself: of the two counts beside the small one, the other is hidden."""
    shown = by_need(written, table, year)
    assert [shown[who] for who in ("yes", "total")].count(HIDDEN) == 1
    return {
        (year, who): str(true[who]) if shown[who] == HIDDEN else HIDDEN for who in ("yes", "total")
    }


def test_what_was_published_passes(made):
    """Nothing is planted: the attack over all four sources finds nothing."""
    assert findings_of(made) == []


def test_two_returns_of_the_same_people_hide_the_same(made):
    """One hid yes and no, the other no and the total: exact by subtraction."""
    assert by_need(made, "need", "2023/24")["no"] == HIDDEN
    assert by_need(made, "need", "2023/24") == by_need(made, "overlap", "2023/24")


def test_a_return_that_shows_what_another_hides_is_found(made):
    """Each of the two is safe alone: no percentage gives it away, their sums do."""
    true = {"yes": 57, "no": 3, "total": 60}
    with_cells(made, "overlap", other_choice(made, "overlap", "2023/24", true))
    (found,) = findings_of(made)
    assert OPEN in found
    assert "disadvantage_overlap, mental_health_need" in found


def test_an_assessment_that_shows_what_last_years_hides_is_found(made):
    """Last year's was built beside it, is not released, and nobody reads it: it is found again."""
    true = {"yes": 47, "no": 3, "total": 50}
    with_cells(made, "need", other_choice(made, "need", "2022/23", true))
    (found,) = findings_of(made)
    assert OPEN in found


@pytest.mark.parametrize("edition", ["public", "partnership"])
def test_two_years_built_beside_each_other_hide_alike(tmp_path, monkeypatch, edition):
    """Whoever has both pages may subtract one from the other."""
    people_project(tmp_path / "project", monkeypatch)
    years = ("2022/23", "2023/24")
    first, second = (published(tmp_path / year[:4], monkeypatch, year, edition) for year in years)
    assert by_need(first, "need", "2022/23") == by_need(second, "need", "2022/23")
    assert findings_of(first) == findings_of(second) == []


def test_what_is_left_of_a_whole_is_protected_with_its_part(made):
    """60 were booked and 58 attended: both shown, they tell of 2 who did not come."""
    assert sorted(shown_in(made, "assessments").values()).count(HIDDEN) == 1


def test_a_part_shown_beside_its_whole_is_found(made):
    with_cells(made, "assessments", {("2023/24", "booked"): "60", ("2023/24", "attended"): "58"})
    (found,) = findings_of(made)
    assert "cells of required_assessments" in found
    assert OPEN in found


def test_people_counted_beside_an_estimate_are_found(made):
    """No policy of an estimate lets a count of three parents pass."""
    with_cells(made, "parents", {("2023/24", "opiates"): "3"})
    (found,) = findings_of(made)
    assert "cells of parents_need" in found


def test_returns_that_contradict_each_other_are_not_tied(tmp_path, monkeypatch):
    """A reader can't use a sum that isn't true, and nothing is hidden or refused for it."""
    clear()
    people_project(
        tmp_path / "project", monkeypatch, disadvantage_overlap=OVERLAP.replace(",37", ",39")
    )
    written = published(tmp_path / "saved", monkeypatch)

    assert findings_of(written) == []
    ties = together("mental_health_need").ties(AREA, "2023/24")
    assert not [tie for tie in ties.among if not tie.rest]
    kept = log()
    told = kept[kept["what"] == "left out"]
    assert set(told["source"]) == {"disadvantage_overlap"}
    assert all("nothing ties the two" in why for why in told["why"])
    assert not any(count in " ".join(told["why"]) for count in ("60", "62", "57", "59"))


def test_a_count_that_the_sender_hides_is_tied_to_nothing(tmp_path, monkeypatch):
    people_project(
        tmp_path / "project", monkeypatch, disadvantage_overlap=OVERLAP.replace(",20", ",*")
    )
    ties = together("mental_health_need").ties(AREA, "2023/24")
    assert not ties.among


def test_who_shares_a_population_is_declared_and_nobody_else_is_protected_with_them(
    project, monkeypatch, building
):
    monkeypatch.setenv("CDPB_HOME", str(project))
    building("public", True)
    assert protected_with("mental_health_need") == (
        "adults_monthly", "disadvantage_overlap", "mental_health_need", "young_people_monthly",
    )  # fmt: skip
    assert protected_with("police_referrals") == ("police_referrals",)


@pytest.mark.parametrize(("beside", "tied"), [(-2, True), (0, True), (2, True), (3, False)])
def test_what_ndtms_rounded_bounds_what_a_return_counts(
    project, monkeypatch, building, beside, tied
):
    """A printed 1,465 is 1,463 to 1,467; a return that says otherwise is not bound by it."""
    monkeypatch.setenv("CDPB_HOME", str(project))
    building("public", True)
    of = together("adults_monthly")
    public = of.public["ndtms_adults"].query(
        "area_code == @AREA and year == '2021/22' and sex == 'all' "
        "and substance_group == 'total' and measure == 'in_treatment'"
    )
    monthly = of.bases["adults_monthly"].copy()
    march = (monthly["area_code"] == AREA) & (monthly["month"].astype(str) == "2022-03")
    monthly.loc[march, "people"] = int(public["people"].iloc[0]) + beside

    within = replace(of, bases={"adults_monthly": monthly}).ties(AREA, "2023/24").within

    assert [(each.least, each.greatest) for each in within] == [
        (int(public["lowest"].iloc[0]), int(public["highest"].iloc[0]))
    ] * tied


def test_a_rounded_zero_leaves_nothing_to_hide_and_a_rounded_five_hides_what_it_can():
    """Of a return's count of 2 a reader of a printed 0 knows that it is 1 or 2, whatever is done.

    A printed 5 beside a total that is shown narrows the count that the total leaves.
    """
    base = pd.DataFrame({"kind": ["a", "b", "c"], "people": [2, 30, 40]})
    declared = TableDeclaration(
        id="kinds", title="Kinds", source="one", dimensions=["kind"], count="people",
        totals=["kind"],
    )  # fmt: skip
    rule = policy("under_five_hide")

    def bound(least: int, greatest: int, places: set[int]):
        within = (Bounds(Rows("one", frozenset(places)), least, greatest),)
        system = cells_of({"kinds": declared}, base, ties=Ties(within=within))
        pattern = protect({"kinds": declared}, base, rule, ties=Ties(within=within))
        hidden = system.marked({"kinds": pattern.of("kinds")})
        found = attack(system, hidden, hidden_at_least=1)
        return pattern.of("kinds"), found[system.cells["kinds"][("a",)]]

    hidden, interval = bound(0, 2, {0})
    assert ("a",) in hidden
    assert (interval.least, interval.greatest) == (1, 2)
    # With 28 to 32 of b, and the total less c, a would be 1 to 4: c or the total is hidden too.
    hidden, interval = bound(28, 32, {1})
    assert interval.holds(1, 5)
    assert hidden > {("a",)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("policy: under_five_hide", "policy: under_five_band"),
        ("access: internal", "access: restricted"),
    ],
)
def test_people_of_two_policies_or_of_two_accesses_are_refused(tmp_path, monkeypatch, old, new):
    """Protected as one they would be shown by the laxer rule, or hidden by what nobody may see."""
    drawn = draw_project(tmp_path, monkeypatch)
    text = (drawn.data / "sources.yml").read_text(encoding="utf-8")
    start = text.index("  disadvantage_overlap:")
    drawn.write("sources.yml", text[:start] + text[start:].replace(old, new, 1))

    with pytest.raises(InputError, match="disadvantage_overlap both count adults") as error:
        catalogue.sources()

    lines_of(error)


def test_a_year_that_only_one_return_holds_is_protected_by_itself(tmp_path, monkeypatch):
    people_project(
        tmp_path / "project",
        monkeypatch,
        disadvantage_overlap=OVERLAP.replace("2023/24", "2022/23"),
    )
    assert findings_of(published(tmp_path / "saved", monkeypatch)) == []
