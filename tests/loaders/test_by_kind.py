"""Returns with several counts a row, as one count a row in which nobody stands twice."""

import csv
from collections import Counter

import pytest

from cdpb import loaders as load


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
    table = load.returned("mental_health_need")
    for row in received(request, "mental_health_need"):
        group = row["Client group"].lower()
        of = table[(table["year"] == row["Period"]) & (table["group"] == group)]
        assert of["persons"].sum() == int(row["New presentations"])
        need = of.loc[of["need"] == "yes", "persons"].sum()
        assert need == int(row["Mental health treatment need identified"])
        treated = of.loc[of["treated"] == "yes", "persons"].sum()
        assert treated == int(row["Receiving mental health treatment"])


def test_the_overlap_keeps_each_person_in_one_row(request):
    table = load.returned("disadvantage_overlap")
    sums: Counter = Counter()
    for row in received(request, "disadvantage_overlap"):
        sums[row["Period"]] += int(row["New presentations"])
    assert table.groupby("year")["persons"].sum().to_dict() == dict(sums)
    assert not table.duplicated(
        ["area_code", "year", "homeless", "mental_health", "criminal_justice"]
    ).any()


def test_schools_not_worked_with_are_what_is_left_of_all(request):
    table = load.returned("schools")
    schools = table[table["measure"] == "schools"]
    total: Counter = Counter()
    for row in received(request, "schools"):
        total[row["Financial year"]] += int(row["Schools in the borough"])
    assert schools.groupby("year")["counted"].sum().to_dict() == dict(total)


def test_outside_a_demonstration_they_have_columns_and_no_rows(building):
    """Made-up figures must not reach a page that does not say so."""
    building("public", False)
    for source in ("mental_health_need", "disadvantage_overlap", "schools"):
        assert load.returned(source).empty
