"""A page says of which year a figure is, and whether newer ones are held or published."""

import re

import pytest

from cdpb import catalogue
from cdpb.findings.brief import Brief
from cdpb.findings.compare_records import plain_period
from cdpb.findings.record import FindingRecord
from cdpb.statistics.measure import Measure
from findings import (
    criminal_justice_pathways,
    multiple_disadvantage,
    parents_in_treatment,
    ward_drug_offences,
)
from tests.findings.test_criminal_justice_pathways import orders
from tests.findings.test_multiple_disadvantage import HOUSING
from tests.support.drawn import published

NEVER_SAID = re.compile(r"latest (?:figures? )?(?:published|available)|Latest published")


def measure(period: str, source: str, value: float = 46.0, of: int = 100) -> Measure:
    return Measure(value, 34.0, 58.0, 46, of, "%", "Barnet", period, source, "")


def women(year="2023/24") -> FindingRecord:
    shown = FindingRecord(Brief("women_in_treatment", year, "Barnet"))
    shown.tables.as_of("ndtms_adults")
    return shown


def test_nothing_calls_what_is_held_the_latest_published(project):
    """The publisher had two newer years out when its figures here were called the latest."""
    folders = {"cdpb": "*.py", "notebooks": "*.ipynb", "data": "*.yml"}
    files = [path for folder, name in folders.items() for path in (project / folder).rglob(name)]
    found = [each.name for each in files if NEVER_SAID.search(each.read_text(encoding="utf-8-sig"))]
    assert len(files) > 100
    assert found == []


def test_what_is_published_since_stands_beside_what_is_held():
    """On the card, and among the caveats; a sentence keeps the short form."""
    shown = women()
    assert shown.tables.period("ndtms_adults") == "2021/22, the latest held"
    figure = shown.key_figure("share", "Women", measure("2021/22", "ndtms_adults"))
    assert figure.measure.period == "2021/22, the latest held (2023/24 is published)"
    assert plain_period(figure.to_dict()) == "2021/22"
    (told,) = [each for each in shown.caveats() if "nothing newer" in each]
    assert told.endswith("Published since and not yet downloaded here: 2022/23 and 2023/24.")


def test_a_year_that_is_held_is_not_called_published_since():
    """The list need not be mended on the day a file comes in."""
    assert women().tables.not_held("ndtms_adults") == ["2022/23", "2023/24"]
    received = [name for name in catalogue.sources() if catalogue.source(name).published_since]
    dated = ["alcohol_need_and_treatment", "alcohol_licensing"]
    assert received == ["ndtms_adults", "alcohol_dependence", *dated]
    assert "Published since" not in " ".join(women("2021/22").caveats())


def test_figures_set_beside_an_older_source_are_not_called_the_latest_held():
    """The board was told that reach had not moved, when it had moved by three fifths."""
    unmet = FindingRecord(Brief("unmet_treatment_need", "2023/24", "Barnet"))
    unmet.tables.as_of("ndtms_adults", "alcohol_dependence")
    both = "2017/18, the latest year that both sources hold"
    assert unmet.tables.period("ndtms_adults") == both
    assert unmet.tables.period("alcohol_dependence", "ndtms_adults") == both
    assert unmet.tables.period("alcohol_dependence") == "2017/18, the latest held"
    assert plain_period({"period": both}) == "2017/18"
    (told,) = [each for each in unmet.caveats() if each.startswith("Adults in structured")]
    assert "figures to 2021/22 are held" in told


TWO_YEARS = "2020/21", "2023/24"


def of_wards(first: str, second: str) -> str:
    wards = published("""
        ward_code  ward_name  offences  residents  rate_per_1000  lower  upper  rank  comparison
        E1         Ash        101       12750      7.92           6.45   9.62   1     higher
    """)
    bursts = published(
        "ward_code ward_name offence offences in_burst first_month last_month rank rank_without"
    )
    borough = measure(first, "mps_borough_crime")
    asked = (borough, borough, wards, borough, bursts, "E1", first, second)
    return ward_drug_offences.headline(*asked)


def of_disadvantage(first: str, second: str) -> str:
    overlap = [measure(second, "disadvantage_overlap", value) for value in (46.0, 30.0)]
    return multiple_disadvantage.headline(HOUSING, *overlap, "Barnet", first, second)


def of_parents(first: str, second: str) -> str:
    need, share = measure(first, "parents_need"), measure(second, "ndtms_adults")
    return parents_in_treatment.headline(share, [need], "Barnet", second)


def of_justice(first: str, second: str) -> str:
    route, after_prison = measure(first, "ndtms_adults"), measure(second, "continuity_of_care")
    return criminal_justice_pathways.headline(route, orders(), "Barnet", first, after_prison)


@pytest.mark.parametrize("headline", [of_wards, of_disadvantage, of_parents, of_justice])
def test_each_half_of_a_headline_is_dated_by_its_own_source(headline):
    """Of two files one comes first every spring: its year is not the other's."""
    first, second = TWO_YEARS
    begun, *rest = re.split(r"; |\. ", headline(first, second))
    assert first in begun
    assert second not in begun
    assert any(f"in {second}" in each.casefold() for each in rest)
    assert not any(first in each for each in rest)


def test_events_stand_on_charts_of_what_they_are_about():
    """A line where a rise begins suggests a cause, and no police operation moves treatment."""
    crime = ("ward_drug_offences", "possession_and_trafficking")
    treatment = ("adults_in_treatment", "young_people_in_treatment", "women_in_treatment")
    labels = {
        each: [event.label for event in Brief(each, "2023/24", "Barnet").events]
        for each in (*crime, *treatment)
    }
    assert all(labels[each] == ["Clear, Hold, Build", "Operation Woodson"] for each in crime)
    assert not any(labels[each] for each in treatment)
