"""Publications of indicators: the figures received, marks kept apart from zeros, and slips."""

import csv
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from cdpb import loaders as load
from cdpb.catalogue import publications, receipts
from cdpb.errors import InputError
from tests.support.project import draw_project

BARNET, CAMDEN, HACKNEY = "E09000003", "E09000007", "E09000012"
CITY, LONDON, ENGLAND = "E09000001", "E12000007", "E92000001"
MET, BOTH_COUNTRIES = "E23000001", "K04000001"
PLACES = (BARNET, LONDON, ENGLAND)
# Usual residents of Census 2021; London's without the City.
RESIDENTS = {BARNET: 389_343, LONDON: 8_791_145, MET: 8_791_145, ENGLAND: 56_490_048}
# Columns of a file that hold no figure.
ABOUT = {
    *("area_code", "area_name", "area_type", "basis", "mark", "month", "period", "precision"),
    *("quarter", "receipt", "source", "year", "year_ending", "year_to", "indicator_id"),
    *("indicator", "possession", "trafficking"),
    *(f"impact_area_{what}" for what in ("applications", "granted", "refused")),
}


def figures(source_id: str, period: str) -> pd.Series:
    """The figures of one period, by area and indicator."""
    table = load.published(source_id)
    when = next(name for name in ("month", "quarter", "year") if name in table)
    rows = table[table[when] == period]
    return rows.set_index(["area_code", "indicator"])["value"]


def of_year(source_id: str, year: str) -> pd.DataFrame:
    """The sums of a financial year's months or quarters, by area and indicator."""
    table = load.published(source_id)
    when = "month" if "month" in table else "quarter"
    if when == "month":
        first = pd.Period(f"{year[:4]}-04")
        rows = table[table["month"].between(first, first + 11)]
    else:
        rows = table[table["quarter"].str.startswith(year)]
    return rows.pivot_table(index="area_code", columns="indicator", values="value", aggfunc="sum")


def boroughs(source_id: str, period: str, indicator: str) -> pd.Series:
    """The 32 boroughs' figures of one period, the lowest first."""
    own = figures(source_id, period).xs(indicator, level="indicator")
    return own[own.index.str.startswith("E09") & (own.index != CITY)].sort_values()


def test_alcohol_treatment_and_need_are_those_published():
    """12.8% of Barnet's need was met in 2018/19, fourth lowest of 33, and 17.6% of England's."""
    found = figures("alcohol_need_and_treatment", "2018/19")
    barnet = found[BARNET]
    assert (barnet["in_treatment"], round(barnet["estimated_need"])) == (389, 3_043)
    assert round(barnet["met_need_percent"], 1) == 12.8
    assert round(found[ENGLAND, "met_need_percent"], 1) == 17.6
    met = found.xs("met_need_percent", level="indicator").drop(ENGLAND).sort_values()
    assert (len(met), list(met.index).index(BARNET) + 1) == (33, 4)
    london = found.drop(ENGLAND, level="area_code").groupby("indicator").sum()
    assert round(100 * london["in_treatment"] / london["estimated_need"], 1) == 17.7


def test_met_need_follows_from_the_two_counts_beside_it():
    table = load.published("alcohol_need_and_treatment")
    wide = table.pivot(index=["area_code", "year"], columns="indicator", values="value")
    share = 100 * wide["in_treatment"] / wide["estimated_need"]
    assert share.to_numpy() == pytest.approx(wide["met_need_percent"].to_numpy())


def test_the_need_is_that_of_the_dependence_tables():
    """The same series in two files: only one of them may be shown."""
    other = load.alcohol_dependence(BARNET)
    other["year"] = [year if "/" in year else _financial(year) for year in other["year"]]
    need = load.published("alcohol_need_and_treatment", BARNET).query(
        "indicator == 'estimated_need'"
    )
    both = need.merge(other, on="year")
    assert len(both) == 8
    assert list(both["value"]) == list(both["dependent_adults"])


def _financial(year: str) -> str:
    """The older estimates are dated 2010, say, and stand for 2010/11 in the newer file."""
    return f"{year}/{int(year) % 100 + 1}"


@pytest.mark.parametrize(
    ("indicator", "period", "barnet", "england", "rank"),
    [("Admission", "2023/24", 422.6, 611.7, 6), ("Deaths", "2022 - 24", 3.34, 5.80, 9)],
)
def test_the_values_of_fingertips_are_those_published(indicator, period, barnet, england, rank):
    """Their place among the 32 boroughs, lowest first."""
    (indicator,) = (
        each for each in publications()["fingertips_values"].names if each.startswith(indicator)
    )
    found = figures("fingertips_values", period)
    assert (found[BARNET, indicator], found[ENGLAND, indicator]) == (barnet, england)
    assert list(boroughs("fingertips_values", period, indicator).index).index(BARNET) + 1 == rank


@pytest.mark.parametrize(
    ("need", "percent"),
    [
        ("drug_dependency", (0.79, 2.77, 5.97)),
        ("mental_health", (7.49, 17.52, 27.62)),
        ("three_or_more", (3.21, 10.16, 18.16)),
    ],
)
def test_support_needs_of_homeless_households_are_those_published(need, percent):
    """Of all households owed a duty in 2024/25; 27 of Barnet's 3,432 depended on drugs."""
    year = of_year("homelessness_support_needs", "2024/25")
    owed = year["households_no_need"] + year["households_need_unknown"]
    owed += year["households_one_or_more"]
    assert (year.loc[BARNET, "drug_dependency"], owed[BARNET]) == (27, 3_432)
    shares = [round(100 * year.loc[code, need] / owed[code], 2) for code in PLACES]
    assert tuple(shares) == percent


@pytest.mark.parametrize(
    ("factor", "percent", "rates"),
    [
        ("drug_misuse_parent", (11.4, 7.6, 14.1), (29.8, 33.9, 59.6)),
        ("drug_misuse_child", (7.2, 4.1, 4.8), (18.9, 18.5, 20.2)),
    ],
)
def test_factors_of_childrens_assessments_are_those_published(factor, percent, rates):
    """Of episodes in the year to March 2025, and per 10,000 children of mid-2024."""
    found, children = (
        figures("children_assessment_factors", "2024/25"),
        figures("children_population", "2024"),
    )
    shares = [100 * found[code, factor] / found[code, "episodes"] for code in PLACES]
    per_child = [10_000 * found[code, factor] / children[code, "children_0_17"] for code in PLACES]
    assert tuple(round(share, 1) for share in shares) == percent
    assert tuple(round(rate, 1) for rate in per_child) == rates


def test_londons_children_are_those_of_its_authorities():
    for year in range(2012, 2025):
        own = figures("children_population", str(year)).droplevel("indicator")
        assert own.drop([LONDON, ENGLAND]).sum() == own[LONDON]
    assert [own[code] for code in PLACES] == [93_851, 1_916_086, 12_183_016]


def test_decisions_on_licences_are_those_published():
    """7 of 71 were refused in Barnet in 2021/22, 152 of 3,998 in London, 297 of 12,800 in all."""
    found = figures("alcohol_licensing", "2021/22")
    refused, granted = (found.xs(f"new_{what}", level=1) for what in ("refused", "granted"))
    decided = refused + granted
    assert (refused[BARNET], decided[BARNET]) == (7, 71)
    assert (refused[BOTH_COUNTRIES], decided[BOTH_COUNTRIES]) == (297, 12_800)
    authorities = decided.drop(BOTH_COUNTRIES).dropna()
    assert (refused[authorities.index].sum(), authorities.sum()) == (152, 3_998)
    assert CAMDEN not in authorities
    years = ("2013/14", "2015/16", "2016/17")
    before = [figures("alcohol_licensing", year)[BARNET] for year in years]
    assert [(of["new_refused"], of["new_refused"] + of["new_granted"]) for of in before] == [
        (8, 54), (0, 33), (3, 47),
    ]  # fmt: skip


def test_admissions_of_the_young_are_those_published():
    """Barnet's rate is third highest of 32 in the newest three years."""
    newest, oldest = "2021/22 - 23/24", "2013/14 - 15/16"
    for period, rates in ((newest, (23.51, 13.58, 22.56)), (oldest, (23.11, 22.71, 37.56))):
        found = figures("alcohol_admissions_under_18", period)
        assert tuple(found[code, "rate_per_100000"] for code in PLACES) == rates
    ranked = boroughs("alcohol_admissions_under_18", newest, "rate_per_100000")
    assert list(ranked.index)[-3] == BARNET


NEIGHBOURHOOD = (
    *("residential_burglary", "robbery_personal", "theft_from_person"),
    *("theft_from_vehicle", "theft_of_vehicle", "vehicle_interference"),
    "aggravated_vehicle_taking",
)


@pytest.mark.parametrize(
    ("year", "barnet", "london"),
    [("2023/24", 20.00, 28.00), ("2024/25", 19.99, 29.37), ("2025/26", 18.50, 25.03)],
)
def test_neighbourhood_crime_is_that_published(year, barnet, london):
    """Per 1,000 residents; two of the columns are parts of the first and not added to it.

    London is its 32 boroughs. With offences of no borough it is 28.83, 29.50 and 25.03.
    """
    offences = of_year("neighbourhood_crime", year)[list(NEIGHBOURHOOD)].sum(axis=1)
    assert round(1000 * offences[BARNET] / RESIDENTS[BARNET], 2) == barnet
    assert round(1000 * offences.sum() / RESIDENTS[LONDON], 2) == london
    assert len(offences) == 32


@pytest.mark.parametrize(
    ("columns", "rates"),
    [
        (("drug_offences",), (4.49, 5.72, 3.61)),
        (
            ("residential_burglary", "robbery", "vehicle_offences", "theft_from_person"),
            (18.70, 29.50, 12.14),
        ),
    ],
)
def test_recorded_crime_by_area_is_that_published(columns, rates):
    """Barnet, the Metropolitan Police and England, per 1,000 residents."""
    found = figures("recorded_crime", "2024-07 - 2025-06")
    assert found[ENGLAND, "drug_offences"] == 203_705
    assert (
        tuple(
            round(1000 * sum(found[code, name] for name in columns) / RESIDENTS[code], 2)
            for code in (BARNET, MET, ENGLAND)
        )
        == rates
    )


@pytest.mark.parametrize(
    ("year", "people"),
    [("2017", (21, 1_137, 4_751)), ("2024", (15, 1_318, 4_667)), ("2025", (17, 1_277, 4_793))],
)
def test_people_sleeping_rough_are_those_published(year, people):
    found = figures("rough_sleeping", year).droplevel("indicator")
    assert tuple(found[code] for code in PLACES) == people
    assert found.drop([LONDON, ENGLAND]).sum() == found[LONDON]


def test_exclusions_are_those_published():
    """Fixed-period ones of 2016/17; a small number is withheld of permanent ones, not 0."""
    found = figures("exclusions", "2016/17")
    assert [found[code, "fixed_period"] for code in PLACES] == [61, 1_010, 9_075]
    table = load.published("exclusions")
    assert (table["mark"] == "x").sum() == 157
    assert (table["value"] == 0).sum() > 50


def test_a_mark_is_no_zero():
    """What is withheld, suppressed or not returned is missing, beside zeros that are zeros."""
    licensing = load.published("alcohol_licensing", BARNET)
    of_2018 = licensing[licensing["year"] == "2017/18"]
    assert set(of_2018["mark"]) == {"x"}
    assert of_2018["value"].isna().all()
    hackney = load.published("children_assessment_factors", HACKNEY).set_index("year")
    assert set(hackney.loc[["2020/21", "2021/22"], "mark"]) == {"x"}
    needs = load.published("homelessness_support_needs")
    marked = needs[needs["mark"] != ""].drop_duplicates(["area_code", "quarter"])
    assert Counter(marked["mark"]) == {"..": 61, "-": 58}
    assert set(needs.loc[needs["area_code"] == BARNET, "mark"]) == {""}


def test_a_wide_table_has_a_column_per_indicator_and_none_for_a_mark():
    """One row per area and year, as shares are computed from; a mark leaves a gap."""
    wide = load.published("alcohol_licensing", BARNET, wide=True).set_index("year")
    assert (wide.loc["2021/22", "new_refused"], wide.loc["2021/22", "new_granted"]) == (7, 64)
    assert wide.loc["2017/18"].drop(["area_code", "area_name"]).isna().all()
    assert wide.attrs["source"] == "alcohol_licensing"


@pytest.mark.parametrize("source_id", publications())
def test_every_figure_is_the_cell_of_its_file(source_id):
    """Counted again with nothing but the csv module: as many of them, and the same sum of each."""
    wanted: Counter = Counter()
    cells: Counter = Counter()
    for receipt in receipts(source_id):
        for row in _rows(receipt.paths[0]):
            for name, cell in row.items():
                if name not in ABOUT and cell and _is_read(row, source_id):
                    key = row.get("indicator") or name
                    wanted[key] += float(cell)
                    cells[key] += 1
    table = load.published(source_id)
    shown = table[table["value"].notna()].groupby("indicator")["value"]
    assert shown.count().to_dict() == cells
    assert shown.sum().to_dict() == pytest.approx(wanted)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _is_read(row: dict[str, str], source_id: str) -> bool:
    """Boroughs, the City, London, England and what is declared; no other force, no half of it."""
    areas = {CITY, LONDON, ENGLAND, *publications()[source_id].areas}
    return row["area_code"].startswith("E09") or row["area_code"] in areas


NEEDS = "households_no_need,households_need_unknown,households_one_or_more,three_or_more"
NEEDS += ",mental_health,drug_dependency,alcohol_dependency,offending,repeat_homelessness"
HEADER = f"quarter,area_code,area_name,{NEEDS},rough_sleeping\n"


def read(tmp_path: Path, text: str, source_id: str = "homelessness_support_needs") -> pd.DataFrame:
    path = tmp_path / "needs.csv"
    path.write_text(text, encoding="utf-8", newline="\n")
    return load.read_file(source_id, path)


def test_a_mark_may_stand_in_the_cell_as_its_publisher_writes_it(tmp_path):
    """The quarter is named by its last month there."""
    found = read(tmp_path, f"{HEADER}2024-06,{BARNET},Barnet,5,0,3,-,..,2,0,0,0,0\n")
    assert set(found["quarter"]) == {"2024/25 Q1"}
    shown = found.set_index("indicator")
    assert list(shown.loc[["three_or_more", "mental_health", "drug_dependency"], "mark"]) == [
        *("-", ".."),
        "",
    ]
    assert shown["value"].isna().sum() == 2
    assert shown.loc["offending", "value"] == 0


def test_a_mark_that_is_not_declared_stops(tmp_path):
    with pytest.raises(InputError, match="'x' stands in the place of a figure") as refused:
        read(tmp_path, f"{HEADER[:-1]},mark\n2024-06,{BARNET},Barnet,5,0,3,,1,2,0,0,0,0,x\n")
    assert "Known marks: .., -." in str(refused.value)


def test_a_cell_that_is_no_number_stops(tmp_path):
    with pytest.raises(InputError, match="not a whole number"):
        read(tmp_path, f"{HEADER}2024-06,{BARNET},Barnet,5,0,3,1,1,about 2,0,0,0,0\n")


def test_a_month_that_ends_no_quarter_stops(tmp_path):
    with pytest.raises(InputError, match="'2024-05' is no quarter"):
        read(tmp_path, f"{HEADER}2024-05,{BARNET},Barnet,5,0,3,1,1,2,0,0,0,0\n")


def test_the_city_police_is_not_taken_for_the_city(tmp_path):
    """Their names are the same; a borough's code beside another's name stays a contradiction."""
    header = (
        "year_to,area_code,area_name,area_type,basis,drug_offences,robbery,residential_burglary,"
        "vehicle_offences,theft_from_person,bicycle_theft,shoplifting,total\n"
    )
    row = "police force,published,1,2,3,4,5,6,7,80\n"
    found = read(tmp_path, f"{header}2025-06,E23000034,City of London,{row}", "recorded_crime")
    assert set(found["area_code"]) == {"E23000034"}
    with pytest.raises(InputError, match="a code and a name are of different areas"):
        read(tmp_path, f"{header}2025-06,{BARNET},Camden,{row}", "recorded_crime")


def test_what_was_not_received_has_no_rows(tmp_path, monkeypatch):
    draw_project(tmp_path, monkeypatch)
    with pytest.raises(InputError, match="no publication of indicators"):
        load.published("mps_ward_crime")
