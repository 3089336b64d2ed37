"""Returns with several counts a row, as one count a row in which nobody stands twice."""

import csv
from collections import Counter

import pytest

from cdpb.loaders import by_kind


@pytest.fixture(autouse=True)
def demonstration(building):
    building("public", True)


def received(request, source: str) -> list[dict[str, str]]:
    folder = request.config.rootpath / "data" / "illustrative" / source
    path = max(folder.glob("*/*.csv"))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_need_and_treatment_part_everyone_who_starts(request):
    """The gate adds up rows: whoever is treated must not be counted among those in need again."""
    table = by_kind.people_by_mental_health_need()
    for row in received(request, "mental_health_need"):
        group = row["Client group"].lower()
        of = table[(table["year"] == row["Period"]) & (table["group"] == group)]
        assert of["persons"].sum() == int(row["New presentations"])
        need = of.loc[of["need"] == "yes", "persons"].sum()
        assert need == int(row["Mental health treatment need identified"])
        treated = of.loc[of["treated"] == "yes", "persons"].sum()
        assert treated == int(row["Receiving mental health treatment"])


def test_the_overlap_keeps_each_person_in_one_row(request):
    table = by_kind.people_by_disadvantage()
    sums: Counter = Counter()
    for row in received(request, "disadvantage_overlap"):
        sums[row["Period"]] += int(row["New presentations"])
    assert table.groupby("year")["persons"].sum().to_dict() == dict(sums)
    assert not table.duplicated(
        ["area_code", "year", "homeless", "mental_health", "criminal_justice"]
    ).any()


def test_schools_not_worked_with_are_what_is_left_of_all(request):
    table = by_kind.schools_by_reach()
    schools = table[table["measure"] == "schools"]
    total: Counter = Counter()
    for row in received(request, "schools"):
        total[row["Financial year"]] += int(row["Schools in the borough"])
    assert schools.groupby("year")["counted"].sum().to_dict() == dict(total)


def test_outside_a_demonstration_they_have_columns_and_no_rows(building):
    """Made-up figures must not reach a page that does not say so."""
    building("public", False)
    for load in (
        by_kind.people_by_mental_health_need,
        by_kind.people_by_disadvantage,
        by_kind.schools_by_reach,
    ):
        assert load().empty
