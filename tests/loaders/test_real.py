"""Whole files as their publishers serve them, against the compiled ones and against hand counts.

The files stay outside the project; without them these tests are skipped, with a reason.
"""

import csv
import shutil
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from cdpb import loaders as load
from cdpb.errors import InputError
from cdpb.loaders import mps, receiving
from tests.support.project import draw_project, lines_of
from tests.support.shared import shared

DATA = Path(__file__).resolve().parents[2] / "data"
BARNET, COLINDALE_NORTH = "E09000003", "E05013632"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Two tables hold the same rows, in whatever order."""
    columns = sorted(set(one.columns) & set(other.columns))
    keys = [name for name in columns if str(one[name].dtype) not in ("int64", "Int64")]

    def tidy(table: pd.DataFrame) -> pd.DataFrame:
        return table[columns].sort_values(keys, ignore_index=True)

    assert_frame_equal(tidy(one), tidy(other))


@pytest.mark.parametrize(
    ("name", "received"),
    [("ward_2021-12_2023-11.csv", "2023-12-31"), ("ward_2023-04_2025-03.csv", "2025-04-30")],
)
def test_the_publishers_ward_file_gives_what_the_compiled_one_gives(name, received):
    """A year that is added later comes in the publisher's layout."""
    compiled = DATA / "mps_ward_crime" / received / "ward_drug_offences.csv"

    same(
        load.read_file("mps_ward_crime", shared("real", "mps_ward", name)),
        load.read_file("mps_ward_crime", compiled),
    )


@pytest.mark.parametrize(
    ("name", "received"),
    [
        ("borough_2010-04_2023-11.csv", "2023-12-31"),
        ("borough_2023-12_2025-11.csv", "2025-12-31"),
    ],
)
def test_the_publishers_borough_file_gives_what_the_compiled_one_gives(name, received):
    """Also over thirteen years of months, and with two places that are no boroughs."""
    compiled = DATA / "mps_borough_crime" / received / "borough_drug_offences.csv"
    path = shared("real", "mps_borough", name)

    same(load.read_file("mps_borough_crime", path), load.read_file("mps_borough_crime", compiled))


def test_a_year_arrives_as_the_publishers_file_and_a_receipt(tmp_path, monkeypatch):
    """As it is served, it takes the compiled file's place and gives its figures."""
    served = shared("real", "mps_ward", "ward_2023-04_2025-03.csv").read_bytes()
    drawn = draw_project(tmp_path, monkeypatch)
    shutil.rmtree(drawn.data)
    shutil.copytree(DATA, drawn.data)
    shutil.rmtree(drawn.data / "mps_ward_crime" / "2026-04-30")
    before = load.ward_drug_offences()
    drawn.receive("mps_ward_crime", "2026-01-31", served, name="Ward 24 months.csv")

    after = load.ward_drug_offences()

    same(after, before)
    newest = load.receipt_of_month("mps_ward_crime").iloc[-1]
    assert (str(newest["received"]), newest["file"]) == ("2026-01-31", "Ward 24 months.csv")


def test_the_older_borough_header_is_read_too():
    """Its months are those of the newer file; its figures differ by revisions alone."""
    older = shared("real", "mps_borough", "borough_2021-12_2023-11_older_header.csv")
    table = load.read_file("mps_borough_crime", older)
    newer = load.borough_drug_offences()
    newer = newer[newer["month"].isin(table["month"].unique())]

    assert len(table) == len(newer) == 32 * 24 * 2
    ratio = (
        table.groupby("area_name")["offences"].sum() / newer.groupby("area_name")["offences"].sum()
    )
    assert ratio.between(0.9, 1.1).all()


def test_the_file_of_old_wards_is_refused():
    """It has the same header as the files of today's wards, and 21 wards of Barnet."""
    path = shared("real", "mps_ward", "ward_2020-09_2022-08_old_wards.csv")

    with pytest.raises(InputError, match="London wards in use until May 2022") as error:
        load.read_file("mps_ward_crime", path)

    lines_of(error)


def test_both_treatment_exports_give_what_the_compiled_table_gives():
    """Names of areas, groups and measures differ in all three."""
    compiled = load.read_file(
        "ndtms_adults", DATA / "ndtms_adults" / "2023-01-31" / "adults_in_treatment.csv"
    ).reset_index(drop=True)
    names = ("viewit_local_authority.csv", "viewit_england.csv")
    exports = [load.read_file("ndtms_adults", shared("real", "ndtms", name)) for name in names]

    assert compiled["measure"].nunique() == 46
    same(pd.concat(exports, ignore_index=True), compiled)


def test_the_census_files_give_what_the_compiled_ones_give():
    """Wards from the London Datastore; ages of boroughs and of England from table TS007A."""
    wards = shared("real", "population", "census2021_wards_london.csv")
    folder = DATA / "census_2021_wards" / "2022-11-30"
    same(
        load.read_file("census_2021_wards", wards),
        load.read_file("census_2021_wards", folder / "ward_residents.csv"),
    )

    files = [shared("real", "population", f"census2021-ts007a-{x}.csv") for x in ("ltla", "ctry")]
    ages = pd.concat([load.read_file("census_2021_age", path) for path in files])
    folder = DATA / "census_2021_age" / "2022-11-30"
    same(ages, load.read_file("census_2021_age", folder / "residents_by_age.csv"))


def test_the_alcohol_estimates_give_what_the_compiled_ones_give():
    """Nothing but London's boroughs and England, intervals from 2015/16."""
    path = shared("real", "prevalence", "alcohol_dependent_adults_england.csv")
    compiled = DATA / "alcohol_dependence" / "2019-12-31" / "alcohol_dependence.csv"

    same(load.read_file("alcohol_dependence", path), load.read_file("alcohol_dependence", compiled))


@pytest.mark.parametrize(
    ("source", "name", "count"),
    [
        ("ward_outlines", "london_wards_2022.geojson", 704),
        ("borough_outlines", "uk_local_authorities_2024_bsc.geojson", 33),
    ],
)
def test_the_publishers_outlines_are_read(source, name, count):
    """London is kept of the whole country, and each outline lies where ours does."""
    outlines = load.read_file(source, shared("real", "boundaries", name))
    ours = load.ward_outlines() if source == "ward_outlines" else load.borough_outlines()
    key = "ward_code" if source == "ward_outlines" else "borough_code"
    inside = outlines.set_index(key).geometry.representative_point()
    there = ours.set_index(key).geometry.reindex(inside.index)

    assert len(outlines) == count
    assert there.contains(inside).mean() > 0.95


def test_the_counts_agree_with_a_count_by_hand():
    """Barnet's wards, Colindale North and London, from the raw files with the csv module alone."""
    barnet = {
        row["ward_code"]: row["borough_code"]
        for row in rows_of(shared("figures", "census2021_ward_residents_london.csv"))
    }
    newest: dict[str, dict[str, Counter]] = {}
    for name in ("2023-12", "2025-04", "2026-04"):
        months: dict[str, Counter] = {}
        for row in rows_of(shared("figures", f"ward_drug_offences_published_{name}.csv")):
            kinds = {kind: int(row[kind]) for kind in ("possession", "trafficking")}
            tally = months.setdefault(row["month"], Counter())
            tally["london"] += sum(kinds.values())
            if barnet[row["ward_code"]] == BARNET:
                tally.update(kinds)
            if row["ward_code"] == COLINDALE_NORTH:
                tally["north"] += sum(kinds.values())
        newest.update(months)

    for start in range(2022, 2026):
        year = f"{start}/{start - 1999}"
        by_hand = sum(
            (newest[str(m)] for m in pd.period_range(f"{start}-04", periods=12, freq="M")),
            Counter(),
        )
        table = load.ward_drug_offences(BARNET, year=year)
        kinds = table.groupby("offence")["offences"].sum()
        north = table.loc[table["ward_code"] == COLINDALE_NORTH, "offences"].sum()
        assert dict(kinds) == {k: by_hand[k] for k in ("possession", "trafficking")}
        assert north == by_hand["north"]
        assert load.ward_drug_offences(year=year)["offences"].sum() == by_hand["london"]


@pytest.mark.parametrize(
    ("year", "possession", "trafficking", "north", "london_rate"),
    [
        ("2022/23", 618, 343, 87, 4.658),
        ("2023/24", 523, 529, 101, 4.146),
        ("2024/25", 463, 827, 47, 4.726),
        ("2025/26", 666, 1344, 59, 5.831),
    ],
)
def test_the_headline_counts_are_those_published(year, possession, trafficking, north, london_rate):
    """961, 1,052, 1,290 and 2,010 offences in Barnet's wards, as counted when compiled."""
    table = load.ward_drug_offences(BARNET, year=year)
    kinds = table.groupby("offence")["offences"].sum()
    london = load.ward_drug_offences(year=year)["offences"].sum()

    assert (kinds["possession"], kinds["trafficking"]) == (possession, trafficking)
    assert table.loc[table["ward_code"] == COLINDALE_NORTH, "offences"].sum() == north
    assert round(1000 * london / load.ward_residents()["residents"].sum(), 3) == london_rate


@pytest.mark.parametrize(
    ("year", "possession", "trafficking"),
    [
        ("2021/22", 900, 203),
        ("2022/23", 624, 347),
        ("2023/24", 521, 538),
        ("2024/25", 511, 852),
        ("2025/26", 711, 1360),
    ],
)
def test_the_borough_counts_are_those_published(year, possession, trafficking):
    """The borough file counts a little more than its wards, and is revised on its own."""
    kinds = load.borough_drug_offences(BARNET, year=year).groupby("offence")["offences"].sum()

    assert (kinds["possession"], kinds["trafficking"]) == (possession, trafficking)


def test_adults_in_treatment_are_those_published():
    """Barnet is rounded by the publisher, England is not."""
    table = load.adults_in_treatment(year="2021/22")
    chosen = table[(table["measure"] == "in_treatment") & (table["substance_group"] == "total")]
    people = chosen.set_index(["area_code", "sex"])["people"]

    assert [people[BARNET, sex] for sex in ("all", "women", "men")] == [1465, 455, 1010]
    england = [people["E92000001", sex] for sex in ("all", "women", "men")]
    assert england == [289215, 94135, 195080]


@pytest.mark.parametrize(
    ("first", "last", "percent"), [("2021-12", "2023-11", 1.6), ("2023-12", "2026-03", 3.7)]
)
def test_the_share_without_a_ward_holds_over_matching_months(first, last, percent):
    """Each share is named with its period; over other pairs of files there is none."""
    both = load.ward_and_borough_offences(BARNET)
    months = both["month"].astype(str)
    period = both[(first <= months) & (months <= last)]
    share = 1 - period["in_wards"].sum() / period["in_borough"].sum()

    assert round(100 * share, 1) == percent
    assert (period["month"].min(), period["month"].max()) == (pd.Period(first), pd.Period(last))
    assert period["vintage_group"].nunique() == 1


def test_all_of_london_is_read_once(monkeypatch):
    """A notebook asks several times, and each reading of 680 wards takes a second."""
    read: list[str] = []

    def reading(table):
        read.append(table.path.name)
        return read_wards(table)

    read_wards = mps.read_ward_offences
    receiving._received.cache_clear()
    monkeypatch.setattr(receiving, "_kept", lambda _: None)
    monkeypatch.setattr(mps, "read_ward_offences", reading)
    load.ward_drug_offences()
    first = len(read)
    load.ward_drug_offences(BARNET, year="2023/24")
    receiving._received.cache_clear()

    assert first > 0
    assert len(read) == first


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (
            "children_assessment_factors",
            "c3_factors_identified_at_end_of_assessment_2018_to_2025.csv",
        ),
        ("children_population", "ons_mid-year_population_estimates_0_17_2012_to_2024.csv"),
    ],
)
def test_the_departments_own_file_gives_what_the_compiled_one_gives(source, name):
    """Whole as it is downloaded: authorities, regions and the country in columns of their own."""
    (compiled,) = (DATA / source).glob("*/*.csv")

    same(
        load.read_file(source, shared("real", "dfe", name)),
        load.read_file(source, compiled),
    )


def test_a_region_s_row_is_not_taken_for_an_authority_s(tmp_path):
    """London's row has no authority, and Barnet's names its region and country too."""
    header = (
        "time_period,time_identifier,geographic_level,country_code,country_name,region_code,"
        "region_name,old_la_code,new_la_code,la_name,age_group,population_estimate"
    )
    rows = [
        "2024,Reporting year,National,E92000001,England,,,,,,all,30",
        "2024,Reporting year,Regional,E92000001,England,E12000007,London,,,,all,20",
        "2024,Reporting year,Regional,E92000001,England,E12000001,North East,,,,all,5",
        f"2024,Reporting year,Local authority,E92000001,England,E13000002,Outer London,302,"
        f"{BARNET},Barnet,all,10",
    ]
    path = tmp_path / "population.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")

    found = load.read_file("children_population", path).set_index("area_code")["value"]

    assert found.to_dict() == {"E92000001": 30, "E12000007": 20, BARNET: 10}
