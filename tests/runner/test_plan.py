"""All that can be refused is refused before a kernel starts."""

from pathlib import Path

import pytest
import yaml

from cdpb.errors import InputError
from cdpb.runner import keys
from cdpb.runner.job import Assessment
from cdpb.runner.plan import Request, assessments, defaults, plan

ALWAYS = {"year": "2023/24", "area": "E09000003", "edition": "public", "demonstration": False}


def asked(toy: Path, **changes) -> Request:
    usual = {
        "years": ["2023/24"],
        "areas": ["Barnet"],
        "editions": [("public", False)],
        "under": toy / "outputs",
    }
    return Request(**(usual | changes))


def barnet(toy: Path, **changes) -> Assessment:
    (assessment,) = assessments(asked(toy, **changes))
    return assessment


def test_years_areas_and_editions_multiply(toy):
    """One command can make all that a board meeting needs."""
    wanted = asked(
        toy,
        years=["2022/23", "2023/24"],
        areas=["Barnet", "E09000007"],
        editions=[("public", False), ("partnership", True)],
    )

    made = [each.folder.as_posix() for each in assessments(wanted)]

    assert len(made) == 8
    assert made[0] == "2022-23/E09000003/public"
    assert made[-1] == "demonstration/2023-24/E09000007/partnership"


def test_what_is_named_twice_is_made_once(toy):
    """`--area Barnet --area E09000003` is one borough."""
    assert len(assessments(asked(toy, areas=["Barnet", "E09000003", "barnet"]))) == 1


@pytest.mark.parametrize(
    ("year", "said"),
    [
        ("2023/25", "Did you mean 2023/24?"),
        ("2023-24", "is not a financial year"),
        ("2031/32", "begins after the newest data, received in May 2025"),
        ("2026/27", "The newest year that can be asked for is 2025/26"),
    ],
)
def test_a_year_that_cannot_be_is_refused(toy, year, said):
    """An empty assessment under a year to come would be taken for good news."""
    with pytest.raises(InputError, match=said.replace("?", r"\?")):
        assessments(asked(toy, years=[year]))


def test_the_year_that_has_begun_by_the_newest_receipt_can_be_asked_for(toy):
    """Its sources lag, and the page says so."""
    assert barnet(toy, years=["2025/26"]).year == "2025/26"


def test_london_is_a_comparator_and_has_no_assessment(toy):
    """No partnership answers for it."""
    with pytest.raises(InputError, match="no assessment of its own"):
        assessments(asked(toy, areas=["London"]))


def test_a_misspelt_finding_is_met_with_the_closest(toy):
    """`--finding frist` should cost no more than reading a line."""
    with pytest.raises(InputError, match="Did you mean first"):
        plan(barnet(toy), ["frist"], "run", keys.Inputs())


def test_a_job_knows_all_that_its_notebook_is_given(toy):
    """The four that every notebook has, and the area's own."""
    area_file = {
        "code": "E09000003",
        "name": "Barnet",
        "partnership": "Barnet",
        "parameters": {"second": {"focus_ward": "E05013651"}},
    }
    path = toy / "data" / "areas" / "E09000003.yml"
    path.write_text(yaml.safe_dump(area_file), encoding="utf-8")

    first, second = plan(barnet(toy), [], "run", keys.Inputs()).jobs

    assert first.parameters == ALWAYS
    assert second.parameters == ALWAYS | {"focus_ward": "E05013651"}


def test_a_received_file_that_has_changed_stops_the_run_before_it_starts(toy):
    """A figure edited in place would carry its publisher's name."""
    (toy / "data" / "toy_counts" / "2025-05-01" / "toys.csv").write_text("toys\n13\n")

    with pytest.raises(InputError, match=r"toys\.csv has changed since it was received"):
        plan(barnet(toy), [], "run", keys.Inputs())


# Defaults -------------------------------------------------------------------------


def test_a_default_nobody_knows_is_refused(toy):
    """A misspelt key would silently do nothing."""
    with (toy / "data" / "defaults.yml").open("a", encoding="utf-8") as file:
        file.write("wrokers: 4\n")

    with pytest.raises(InputError, match="wrokers"):
        defaults()


def test_workers_follow_the_command_then_the_file_then_the_machine(toy, monkeypatch):
    """Two processors and 64 notebooks at once end in memory running out."""
    monkeypatch.setattr("os.cpu_count", lambda: 64)

    assert defaults().worker_count(7) == 7
    assert defaults().worker_count() == 1
    path = toy / "data" / "defaults.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("workers: 1", "workers: auto"), "utf-8"
    )
    assert defaults().worker_count() == 4
    # Both processors work while a kernel that has just begun is waited for.
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert defaults().worker_count() == 3
