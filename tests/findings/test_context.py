"""What open publications say beside a finding's own figures, once their files are added."""

import shutil
from pathlib import Path

import pytest

from cdpb import areas, catalogue
from cdpb import loaders as load
from cdpb.adding import Wanted, add
from cdpb.errors import InputError
from cdpb.findings.context import published_figures
from cdpb.findings.documents import Others
from cdpb.report.finding import Finding
from cdpb.report.needs import missing_in
from cdpb.statistics.framework import indicator_histories, latest_metrics
from findings import outcomes_framework as words
from tests.support.project import CHECKOUT
from tests.support.shared import shared

BARNET, CAMDEN, LONDON, ENGLAND = "E09000003", "E09000007", "E12000007", "E92000001"
CRIME = (
    "Financial Year,Financial Quarter,Police Force,CSP Name,Offence Description,Offence Group,"
    "Offence Subgroup,Offence Code,Offence Count"
)
DRUGS = {"Possession of drugs": ("92D", "92E"), "Trafficking of drugs": ("92A",)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A copy of the project."""
    root = tmp_path_factory.mktemp("copy")
    for name in ("data", "notebooks"):
        shutil.copytree(CHECKOUT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.fixture
def copied(folder, monkeypatch) -> Path:
    """The copy, taken for the project until the test ends."""
    monkeypatch.setenv("CDPB_HOME", str(folder))
    return folder


def rows_of(finding_id: str, year: str, area: str = BARNET) -> dict[str, dict[str, str]]:
    """The table of a finding, one dict per figure."""
    finding = Finding(finding_id, year, area)
    table = published_figures(finding_id, finding.place, year, finding.load)
    return {row["published_figure"]: row for row in table.to_dict("records")}


def csp_rows(places: dict[str, list[str]], count: int = 3) -> list[str]:
    """A row per place, quarter and offence code of drugs, and one of burglary."""
    return [
        f"2025/26,{quarter},{force},{place},Any,{group},{kind},{code},{count}"
        for force, names in places.items()
        for place in names
        for quarter in (1, 2, 3, 4)
        for group, kind, code in [
            *(("Drug offences", kind, code) for kind, codes in DRUGS.items() for code in codes),
            ("Theft offences", "Shoplifting", "46"),
        ]
    ]


def csp_file(folder: Path) -> Path:
    """All boroughs, one place that no borough was found for, and two forces outside London."""
    london = [*areas.boroughs()["area_name"], "Unassigned Metropolitan Police"]
    places = {
        "Metropolitan Police": london,
        '"London, City of"': ["City of London"],
        "Kent": ["Medway"],
        "Gwent": ["Newport"],
    }
    path = folder / "csp.csv"
    path.write_text("\n".join([CRIME, *csp_rows(places)]) + "\n")
    return path


def test_the_home_offices_open_data_give_england_by_kind_of_offence(copied, tmp_path):
    """By hand: 12 trafficking and 24 possession offences a place and year; 35 places of England."""
    record = {"id": "possession_and_trafficking"}
    assert "recorded_crime_csp" in missing_in(record)

    add(Wanted([csp_file(tmp_path)]))

    found = load.published("recorded_crime_csp", wide=True)
    sums = found.groupby("area_code")[["possession", "trafficking"]].sum()
    assert sums.loc[BARNET].to_list() == [24, 12]
    assert sums.loc[ENGLAND].to_list() == [35 * 24, 35 * 12]
    assert "recorded_crime_csp" not in missing_in(record)
    row = rows_of("possession_and_trafficking", "2025/26")["Trafficking offences"]
    assert (row["counted_of"], row["metric_period"]) == ("12 in all", "2025/26")
    assert row["metric_value"] == pytest.approx(12 / 389.343)
    assert row["london_value"] == pytest.approx(32 * 12 / 8_791.145, rel=1e-5)


def test_an_offence_of_drugs_not_met_before_stops(copied, tmp_path):
    path = csp_file(tmp_path)
    path.write_text(path.read_text().replace("Trafficking of drugs", "Supply of drugs"))
    with pytest.raises(InputError, match="a kind not met before: 'Supply of drugs'"):
        load.read_file("recorded_crime_csp", path)


DECLARED = {
    "suspensions": (
        "schools_and_prevention",
        "year,area_code,area_name,suspensions,suspensions_drugs_alcohol,permanent,"
        "permanent_drugs_alcohol,mark\n"
        f"2023/24,{BARNET},Barnet,2000,100,40,,permanent_drugs_alcohol:c\n"
        f"2023/24,{LONDON},London,60000,2400,1500,150,\n",
        ("Suspensions for drugs or alcohol, of all suspensions", "100 of 2,000", 5.0, 4.0),
    ),
    "drug_poisoning_deaths": (
        "deaths_and_harm_reduction",
        "year,area_code,area_name,drug_poisoning_deaths,drug_misuse_deaths,mark\n"
        f"2024,{BARNET},Barnet,12,8,\n2024,{LONDON},London,600,400,\n",
        (
            "Deaths related to drug poisoning, in or out of treatment",
            "12 in all",
            12 / 3.89343,
            600 / 87.91145,
        ),
    ),
}


@pytest.mark.parametrize("source_id", DECLARED)
def test_a_file_that_is_added_ends_the_need_and_stands_on_its_page(copied, tmp_path, source_id):
    finding_id, content, (called, counted, value, in_london) = DECLARED[source_id]
    path = tmp_path / "new.csv"
    path.write_text(content)
    assert source_id in missing_in({"id": finding_id})
    assert called not in rows_of(finding_id, "2025/26")

    added = add(Wanted([path]))

    assert added.files[0].source.id == source_id
    assert source_id not in missing_in({"id": finding_id})
    row = rows_of(finding_id, "2025/26")[called]
    assert row["counted_of"] == counted
    assert row["metric_value"] == pytest.approx(value)
    assert row["london_value"] == pytest.approx(in_london, rel=1e-5)
    assert not [name for name in rows_of(finding_id, "2025/26") if name.startswith("Permanent")]


def test_estimates_of_opiate_and_crack_use_by_authority_are_taken_as_they_are_laid_out(
    copied, tmp_path
):
    path = tmp_path / "ocu.csv"
    header = "Area code,Local authority,Year,Series,Opiate and/or crack users,Age"
    path.write_text(
        f"{header},Lower 95% limit,Upper 95% limit\n"
        f"{BARNET},Barnet,2022/23,DHSC 2022/23,1400,15-64,1100,1800\n"
    )
    known = {row["series"] for row in load.opiate_crack_use().to_dict("records")}
    series = sorted(known)[-1]
    path.write_text(path.read_text().replace("DHSC 2022/23", series))

    add(Wanted([path]))

    assert catalogue.receipts("opiate_crack_local")
    own = load.opiate_crack_use().query("area_code == @BARNET").iloc[0]
    assert (own["users"], own["lower"], own["upper"]) == (1_400, 1_100, 1_800)


EXPORT = (
    "Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Sex,Age,"
    "Category Type,Category,Time period,Value,Lower CI 95.0 limit,Upper CI 95.0 limit,"
    "Lower CI 99.8 limit,Upper CI 99.8 limit,Count,Denominator,Value note,Recent Trend,"
    "Compared to England value or percentiles,{parent},Time period Sortable,New data,"
    "Compared to goal"
)


def exported(code: str, name: str, value: float, lower: float, upper: float) -> str:
    about = f"92432,Deaths from drug misuse,E92000001,England,{code},{name},Any,Persons,All ages"
    return f"{about},,,2022 - 24,{value},{lower},{upper},,,39,,,,Lower,Lower,20220000,,"


@pytest.mark.parametrize("last", ["", ",Time period range"])
def test_an_indicator_with_its_interval_becomes_a_metric_s_figure(copied, tmp_path, last):
    """Exports have 26 or 27 columns, one of them named after the area's parent."""
    path = tmp_path / f"deaths{len(last)}.csv"
    header = EXPORT.format(parent="Compared to London value or percentiles") + last
    rows = [exported(BARNET, "Barnet", 3.34, 2.4, 4.6), exported(ENGLAND, "England", 5.8, 5.7, 5.9)]
    path.write_text("\n".join([header, *(row + "," * bool(last) for row in rows)]) + "\n")
    shutil.rmtree(copied / "data" / "fingertips", ignore_errors=True)

    add(Wanted([path]))

    histories = indicator_histories(load.fingertips(), words.indicators(BARNET))
    held = latest_metrics(histories, BARNET, "2025/26", [LONDON, ENGLAND])
    place = Finding("outcomes_framework", "2025/26", BARNET).place
    table = words.framework_table(held, place, "2025/26", Others((), ())).set_index("metric_id")
    deaths = table.loc["N05"]
    assert deaths["latest"] == "3.3 per 100,000 residents"
    assert (deaths["interval"], deaths["england"]) == ("2.4 to 4.6", "5.8 (Barnet lower)")
    assert "fingertips" not in missing_in({"id": "deaths_and_harm_reduction"})


def test_adults_in_treatment_of_a_later_year_are_simply_taken(copied, tmp_path):
    """The publisher's own layout and rows of 2021/22 under the next year's name."""
    lines = (
        shared("real", "ndtms", "viewit_local_authority.csv").read_text("utf-8-sig").splitlines()
    )
    own = [line for line in lines if line.startswith("2021/22,Barnet,")]
    path = tmp_path / "later.csv"
    path.write_text("\n".join([lines[0], *own]).replace("2021/22,Barnet", "2022/23,Barnet") + "\n")

    add(Wanted([path]))

    adults = load.adults_in_treatment(BARNET).query(
        "sex == 'all' and substance_group == 'total' and measure == 'in_treatment'"
    )
    by_year = adults.set_index("year")["people"]
    assert by_year["2022/23"] == by_year["2021/22"] == 1_465


def test_what_is_held_stands_on_its_page_as_its_publisher_has_it():
    """Counted in the compiled tables: Barnet, London and England, each in its latest year."""
    licensing = rows_of("licensing_and_alcohol_harm", "2025/26")
    refused = licensing["Applications for premises licences that were refused, of those decided"]
    assert (refused["latest"], refused["counted_of"]) == ("9.9%", "7 of 71")
    assert refused["interval"] == "4.9% to 19.0%"
    assert refused["london"] == "3.8% (Barnet higher)"
    assert refused["england"] == "2.3%, with Wales (Barnet higher)"
    assert refused["metric_period"] == "2021/22"
    young = licensing["Hospital admissions for conditions that only alcohol causes, under 18"]
    assert (young["metric_value"], young["london_value"], young["interval"]) == (23.51, 13.58, "")
    (asleep,) = rows_of("multiple_disadvantage", "2025/26").values()
    assert (asleep["latest"], asleep["interval"]) == ("17 people", "")
    assert asleep["trend_line"].endswith("2017 21; 2024 15; 2025 17")
    (excluded,) = rows_of("schools_and_prevention", "2025/26").values()
    assert (excluded["counted_of"], excluded["metric_period"]) == ("61 in all", "2016/17")


def test_a_page_of_an_earlier_year_shows_nothing_later():
    (asleep,) = rows_of("multiple_disadvantage", "2022/23").values()
    assert (asleep["latest"], asleep["metric_period"]) == ("21 people", "2017")


def test_an_authority_that_did_not_answer_has_no_figure():
    """Camden's licensing of 2021/22 is not available: what it has is of an earlier year."""
    licensing = rows_of("licensing_and_alcohol_harm", "2025/26", CAMDEN)
    periods = {row["metric_period"] for row in licensing.values()}
    assert "2021/22" not in periods
    assert "2016/17" in periods
