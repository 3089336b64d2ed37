"""Need, routes, disadvantage and schools: their tables against counts made with csv alone.

Each number is found a second time from the files in ``data/``, so that a mistake in a loader
can't agree with itself.
"""

from math import comb

import pytest

from cdpb import catalogue
from tests.support.inprocess import record_of, table_of
from tests.support.recounted import rows, wilson

BARNET, CAMDEN = "E09000003", "E09000007"
FINDINGS = (
    "mental_health_need",
    "alcohol_identification",
    "multiple_disadvantage",
    "schools_and_prevention",
)
FEWEST_SHOWN = 5


def demonstration(built, finding: str, table: str) -> list[dict[str, str]]:
    shown = built(finding, edition="partnership", demonstration=True)
    return rows(table_of(finding, table, shown))


def verdict(built, finding: str, **asked) -> dict:
    return record_of(finding, built(finding, **asked))["verdict"]


@pytest.fixture(scope="module")
def adults(request) -> dict[tuple[str, str], dict[str, str]]:
    """The row of each year and substance group of Barnet's export, both sexes together."""
    path = next((request.config.rootpath / "data" / "ndtms_adults").rglob("*.csv"))
    return {
        (row["year"], row["substance_group"]): row
        for row in rows(path)
        if row["area_code"] == BARNET and row["sex"] == "all"
    }


ROUTES = {
    "self, family or friends": "referral_self_family_friends_new",
    "health services and social care": "referral_health_services_social_care_new",
    "criminal justice": "referral_criminal_justice_new",
    "another substance misuse service": "referral_substance_misuse_service_new",
    "other": "referral_other_new",
    "not known": "referral_missing_new",
}


def test_routes_into_alcohol_treatment_are_what_a_count_by_hand_gives(built, adults):
    """2021/22: health services and social care 85 of 235, with bounds of rounding."""
    export = adults["2021/22", "alcohol only"]
    started = int(export["new_presentations"])
    table = rows(table_of("alcohol_identification", "routes", built("alcohol_identification")))
    assert {row["route"] for row in table} == set(ROUTES)
    for row in table:
        count = int(export[ROUTES[row["route"]]])
        assert (int(row["referred"]), float(row["started"])) == (count, started)
        assert [float(row["lower"]), float(row["upper"])] == pytest.approx(wilson(count, started))
        bounds = [100 * max(count - 2, 0) / (started + 2), 100 * (count + 2) / (started - 2)]
        found = [float(row[name]) for name in ("lowest_percent", "highest_percent")]
        assert found == pytest.approx(bounds)


def test_routes_over_the_years_and_by_substance_are_those_of_the_export(built, adults):
    folder = built("alcohol_identification")
    years, groups = (
        rows(table_of("alcohol_identification", name, folder)) for name in ("years", "groups")
    )
    assert {row["year"] for row in years} == {year for year, _ in adults}
    assert len(groups) > 1
    for row in years:
        export = adults[row["year"], "alcohol only"]
        assert int(row["referred"]) == int(export[ROUTES[row["route"]]])
    for row in groups:
        export = adults["2021/22", row["substance_group"]]
        health = ROUTES["health services and social care"]
        assert int(row["referred"]) == int(export[health])


def exact_p(part: int, other: int) -> float:
    """Twice the smaller tail of a fair coin thrown once for each of both."""
    both = part + other
    fewer = sum(comb(both, at) for at in range(min(part, other) + 1))
    return min(1, 2 * fewer / 2**both)


def test_two_routes_are_parts_of_the_same_people_under_every_rounding(built, adults):
    """85 and 110 of 235: p = 0.085; 83 to 87 and 108 to 112 give 0.045 to 0.15."""
    folder = built("alcohol_identification")
    export = adults["2021/22", "alcohol only"]
    health, themselves = (
        int(export[ROUTES[name]])
        for name in ("health services and social care", "self, family or friends")
    )
    assert (health, themselves, round(exact_p(health, themselves), 3)) == (85, 110, 0.085)
    (row,) = rows(table_of("alcohol_identification", "against", folder))
    tried = [exact_p(health + a, themselves + b) for a in range(-2, 3) for b in range(-2, 3)]
    assert float(row["part_ratio"]) == pytest.approx(85 / 110)
    assert float(row["p_lowest"]) == pytest.approx(min(tried)) == pytest.approx(0.045, abs=5e-4)
    assert float(row["p_highest"]) == pytest.approx(max(tried)) == pytest.approx(0.152, abs=5e-4)
    # Some counts that rounding allows show a difference and others none, so none is shown.
    assert min(tried) < 0.05 < max(tried)
    assert float(row["ratio_lower"]) < 1 < float(row["ratio_upper"])
    headline = record_of("alcohol_identification", folder)["headline"]
    assert "a difference that may be chance or rounding" in headline


def test_no_figure_tests_what_partners_need_to_do_with_gps(built):
    """A recommendation: who refers stands beside it, and is no verdict."""
    found = verdict(built, "alcohol_identification")
    assert found["label"] == "not checked: no figure tests this"
    assert found["as_of"] == ""
    context, *others = found["parts"]
    assert {part["outcome"] for part in found["parts"]} == {"not checked"}
    assert context["measure"]["value"] == pytest.approx(85 / 110)
    assert "for context, adults referred by health services for each who" in context["reason"]
    assert context["reason"].endswith("the data allow anything from 45% fewer to 8% more")
    assert {part["measure"] for part in others} == {None}


HOUSING = {
    "urgent housing problem": "housing_urgentproblem_new",
    "other housing problem": "housing_housingproblem_new",
    "no housing problem": "housing_noproblem_new",
    "other": "housing_other_new",
    "not stated": "housing_notstatedormissing_new",
}


def test_housing_at_the_start_is_what_a_count_by_hand_gives(built, adults):
    """2021/22: 45 of 650 in urgent need, 90 with another problem."""
    export = adults["2021/22", "total"]
    table = rows(table_of("multiple_disadvantage", "housing", built("multiple_disadvantage")))
    found = {row["housing"]: int(row["adults"]) for row in table}
    assert found == {name: int(export[column]) for name, column in HOUSING.items()}
    assert (found["urgent housing problem"], found["other housing problem"]) == (45, 90)
    work = rows(table_of("multiple_disadvantage", "employment", built("multiple_disadvantage")))
    found = {row["employment"]: int(row["adults"]) for row in work}
    assert found["unemployed or inactive"] == int(export["employment_unemployedinactive_new"])
    assert found["long-term sick or disabled"] == int(export["employment_longtermsickdisabled_new"])


def overlap_by_hand(request, year: str) -> dict[tuple[str, str, str], int]:
    """Every combination and every total over any of the three, from the return itself."""
    path = max((request.config.rootpath / "data").glob("**/disadvantage_overlap/*/*.csv"))
    names = ("Housing problem", "Mental health need", "Criminal justice contact")
    counts: dict[tuple[str, str, str], int] = {}
    for row in rows(path):
        if row["Period"] != year:
            continue
        values = [{"Y": "yes", "N": "no"}[row[name]] for name in names]
        for mask in range(8):
            key = tuple("total" if mask >> at & 1 else value for at, value in enumerate(values))
            counts[key] = counts.get(key, 0) + int(row["New presentations"])  # type: ignore
    return counts


def test_what_the_overlap_shows_is_right_and_what_is_small_is_hidden(built, request):
    """Twenty-seven cells: each shown as counted, none of 1 to 4 shown, and not one hidden alone."""
    counts = overlap_by_hand(request, "2023/24")
    table = demonstration(built, "multiple_disadvantage", "overlap")
    hidden = 0
    assert len(table) == 27
    for row in table:
        key = (row["homeless"], row["mental_health"], row["criminal_justice"])
        if row["persons"] == "[c]":
            hidden += 1
            assert {row["percent_of_all"], row["lower"], row["upper"]} == {"[c]"}
        else:
            assert int(row["persons"]) == counts[key]
            assert counts[key] == 0 or counts[key] >= FEWEST_SHOWN
    assert hidden > 1


def test_need_among_people_with_a_housing_problem_is_what_a_count_by_hand_gives(built, request):
    """Illustrative: 154 of 181 against 395 of 577."""
    counts = overlap_by_hand(request, "2023/24")
    for row in demonstration(built, "multiple_disadvantage", "needs"):
        key = (row["homeless"], row["mental_health"], "total")
        whole = counts[row["homeless"], "total", "total"]
        assert int(row["persons"]) == counts[key]
        assert float(row["percent_with_need"]) == pytest.approx(100 * counts[key] / whole)


def test_mental_health_need_is_what_a_count_by_hand_gives(built, request):
    path = max((request.config.rootpath / "data").glob("**/mental_health_need/*/*.csv"))
    export = {(row["Period"], row["Client group"].lower()): row for row in rows(path)}
    need = demonstration(built, "mental_health_need", "need")
    assert {row["year"] for row in need} == {"2022/23", "2023/24"}
    for row in need:
        of = export[row["year"], row["group"]]
        everyone, in_need = (
            int(of[name])
            for name in ("New presentations", "Mental health treatment need identified")
        )
        wanted = {"yes": in_need, "no": everyone - in_need, "total": everyone}[row["need"]]
        assert row["persons"] == "[c]" or int(row["persons"]) == wanted
    adult = next(
        row
        for row in need
        if (row["group"], row["need"], row["year"]) == ("adults", "yes", "2023/24")
    )
    assert [float(adult["lower"]), float(adult["upper"])] == pytest.approx(wilson(549, 758))


def test_a_group_with_few_untreated_people_has_them_hidden(built):
    """Four young people in need and not treated in 2022/23: none of that may be worked out."""
    table = demonstration(built, "mental_health_need", "treated")
    young = [row for row in table if (row["group"], row["year"]) == ("young people", "2022/23")]
    assert next(row for row in young if row["treated"] == "no")["persons"] == "[c]"
    assert sum(row["persons"] == "[c]" for row in young) > 1


def test_schools_and_referrals_are_what_a_count_by_hand_gives(built, request):
    path = max((request.config.rootpath / "data").glob("**/schools/*/*.csv"))
    export = [row for row in rows(path) if row["Financial year"] == "2023/24"]
    reached, every, sent = (
        sum(int(row[name]) for row in export)
        for name in ("Schools worked with", "Schools in the borough", "Referrals")
    )
    table = demonstration(built, "schools_and_prevention", "schools")
    row = next(
        row
        for row in table
        if (row["year"], row["setting"], row["reached"]) == ("2023/24", "total", "yes")
    )
    assert int(row["counted"]) == reached
    assert float(row["percent_reached"]) == pytest.approx(100 * reached / every)
    referrals = demonstration(built, "schools_and_prevention", "referrals")
    shown = next(row for row in referrals if (row["year"], row["setting"]) == ("2023/24", "total"))
    assert int(shown["counted"]) == sent


@pytest.mark.parametrize(
    ("finding", "sender"),
    [
        ("mental_health_need", "NDTMS"),
        ("multiple_disadvantage", "Change Grow Live, the adult treatment provider"),
        ("schools_and_prevention", "Change Grow Live, the young people's service"),
    ],
)
def test_without_its_return_a_statement_cannot_be_checked_and_the_sender_is_named(
    built, finding, sender
):
    """A reader learns whom to ask, and no made-up figure stands in for the return."""
    found = verdict(built, finding)
    assert found["outcome"] == "not checked"
    assert sender in found["reason"]
    notices = record_of(finding, built(finding))["notices"]
    assert any(sender in notice and "not been received" in notice for notice in notices)


def test_in_a_demonstration_the_returns_are_context_where_they_test_no_claim(built):
    """How many schools are worked with is not how well they teach; nor is a need many, or more."""
    made_up = {"edition": "partnership", "demonstration": True}
    found = {finding: verdict(built, finding, **made_up) for finding in FINDINGS}
    for finding, told in found.items():
        assert told["label"] == "not checked: no figure tests this"
        assert told["parts"][0]["measure"]["value"] is not None, finding
        assert "; for context, " in told["parts"][0]["reason"]


@pytest.mark.parametrize("finding", FINDINGS)
@pytest.mark.parametrize(
    "asked", [{"area": CAMDEN}, {"year": "2009/10"}], ids=["Camden", "2009/10"]
)
def test_other_areas_and_first_years_are_described_without_a_crash(built, finding, asked):
    """A partnership that wrote no statement gets no verdict; one year held has no year before."""
    record = record_of(finding, built(finding, **asked))
    assert record["headline"]
    assert (record["verdict"] is None) == (record["area"]["code"] == CAMDEN)


@pytest.mark.parametrize("finding", FINDINGS)
def test_no_made_up_figure_stands_outside_a_demonstration(built, finding):
    """Tables of returns are empty there, in both editions' public form."""
    folder = built(finding)
    for told in record_of(finding, folder)["tables"]:
        if any(catalogue.source(each).access != "public" for each in told["source"]):
            assert told["rows"] == 0


def test_a_missing_key_figure_says_which_return_it_waits_for(built):
    """An empty card without a reason would read like a fault of the page."""
    kept = record_of("schools_and_prevention", built("schools_and_prevention"))["key_figures"]
    assert all(each["value"] is None for each in kept)
    assert all("has not been received from Change Grow Live" in each["note"] for each in kept)
