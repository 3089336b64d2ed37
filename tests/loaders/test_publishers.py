"""Publishers' own tables: titled sheets, workbooks, and files by level or one figure per row."""

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd
import pytest

from cdpb import areas
from cdpb import loaders as load
from cdpb.adding.incoming import recognise
from cdpb.errors import InputError
from tests.support.shared import shared

BARNET, CITY, LONDON, ENGLAND = "E09000003", "E09000001", "E12000007", "E92000001"
SERVED = {
    ("dfe", "c3_factors_identified_at_end_of_assessment_2018_to_2025.csv"): (
        "children_assessment_factors",
        1_960,
    ),
    ("dfe", "ons_mid-year_population_estimates_0_17_2012_to_2024.csv"): (
        "children_population",
        455,
    ),
    ("dfe", "exclusions_reasons_subset.csv"): ("exclusions", 760),
    ("dfe", "lait_bds_long_subset.csv"): ("alcohol_admissions_under_18", 315),
    ("ons", "sdg_indicator_3-5-1.csv"): ("alcohol_need_and_treatment", 918),
    ("ons", "pfa_tables_ye_june_2025_table_c2.csv"): ("recorded_crime", 280),
    ("mhclg", "hclic_A3_201806_subset.csv"): ("homelessness_support_needs", 350),
    ("mhclg", "DetailedLA_201906_revised.xlsx"): ("homelessness_support_needs", 350),
    ("mhclg", "hclic_A3_202106_subset.csv"): ("homelessness_support_needs", 350),
    ("mhclg", "hclic_A3_202309_subset.csv"): ("homelessness_support_needs", 350),
    ("mhclg", "Detailed_LA_202503.ods"): ("homelessness_support_needs", 350),
    ("mhclg", "hclic_A3_202512_subset.csv"): ("homelessness_support_needs", 350),
    ("mhclg", "Rough_sleeping_statistics_England_autumn_2017.xlsx"): ("rough_sleeping", 280),
    ("home_office", "alcohol_late_night_licensing_tables_2022.ods"): ("alcohol_licensing", 5_678),
}
# One mark of the compiled file is of all empty cells of its row: of hearings too, which were
# not collected after 2017/18 and have no figure and no mark in the workbook.
NOT_COLLECTED = ("2021/22", "to_committee_hearing")


@pytest.mark.parametrize(("where", "what"), SERVED.items(), ids=lambda each: "_".join(each[:1]))
def test_a_file_as_it_was_served_gives_what_the_compiled_one_gives(where, what):
    """Every figure and every mark of the areas and periods in it; the rate's two decimals apart."""
    path, (source_id, figures) = shared("real", *where), what
    assert recognise(path)[0] == source_id
    found, held = load.read_file(source_id, path), load.published(source_id)
    when = next(name for name in ("quarter", "year") if name in found)
    keys = ["area_code", when, "indicator"]
    held = held[held[when].isin(found[when])].set_index(keys).sort_index()
    uncollected = [each for each in held.index if each[1:] == NOT_COLLECTED]
    assert held.loc[uncollected, "value"].isna().all()
    held = held.drop(uncollected)
    served = found.set_index(keys).sort_index()
    assert len(held) == figures
    assert set(served.index) - set(held.index) <= {
        (CITY, *rest) for _, *rest in served.index if source_id == "recorded_crime"
    }
    served = served.loc[held.index]
    assert served["value"].to_numpy() == pytest.approx(held["value"], abs=0.005, nan_ok=True)
    assert list(served["mark"]) == list(held["mark"])


POLICE = {
    "borough_2010-04_2023-11.csv": "2010-04_2023-11",
    "borough_2023-12_2025-11.csv": "2023-12_2024-06",
}


@pytest.mark.parametrize(("name", "vintage"), POLICE.items())
def test_neighbourhood_crime_is_read_from_the_polices_own_file(name, vintage):
    """Every figure of the months that the compiled table takes from that file, and none more."""
    path = shared("real", "mps_borough", name)
    assert recognise(path)[0] == "mps_borough_crime"
    keys = ["area_code", "month", "indicator"]
    held = load.published("neighbourhood_crime").set_index(keys)["value"].sort_index()
    first, last = map(pd.Period, vintage.split("_"))
    months = held.index.get_level_values("month")
    held = held[(months >= first) & (months <= last)]
    found = load.read_file("neighbourhood_crime", path).set_index(keys)["value"].sort_index()
    months = found.index.get_level_values("month")
    assert found[(months >= first) & (months <= last)].equals(held)
    assert len(held) == {"2010-04_2023-11": 34_304, "2023-12_2024-06": 2_016}[vintage]


def test_an_older_vintage_puts_more_offences_into_boroughs():
    """The older header of the same months has no place called unknown for them: 3.9% more."""
    path = shared("real", "mps_borough", "borough_2021-12_2023-11_older_header.csv")
    keys = ["area_code", "month", "indicator"]
    found = load.read_file("neighbourhood_crime", path).set_index(keys)["value"]
    held = load.published("neighbourhood_crime").set_index(keys)["value"].loc[found.index]
    assert not {"burglary_of_a_home"} & set(found.index.get_level_values("indicator"))
    assert (found.sum(), held.sum()) == (471_489, 453_977)
    more = found.groupby("area_code").sum() / held.groupby("area_code").sum() - 1
    assert (more.min(), more.max()) == pytest.approx((0.011, 0.090), abs=0.001)


BOROUGH_ROWS = {"Domestic Burglary": 7, "Robbery of Personal Property": 2, "Theft from Person": 1}


def police_file(tmp_path: Path, kinds: dict[str, int], group: str = "Vehicle Offences") -> Path:
    """A file of two months of all boroughs: the same counts in each, one row per kind."""
    groups = {"Domestic Burglary": "Burglary", "Robbery of Personal Property": "Robbery",
              "Theft from Person": "Theft"}  # fmt: skip
    rows = [["MajorText", "MinorText", "LookUp_BoroughName", "202304", "202305"]]
    for kind, count in kinds.items():
        for name in [*areas.boroughs()["area_name"], "Unknown"]:
            rows.append([groups.get(kind, group), kind, name, str(count), str(count + 1)])
    path = tmp_path / "boroughs.csv"
    path.write_bytes(csv_of(rows))
    return path


def test_kinds_of_offences_are_added_to_all_that_they_are_part_of(tmp_path):
    """A burglary of a home is residential; one of a business is not counted at all."""
    kinds = BOROUGH_ROWS | {"Theft from a Motor Vehicle": 5, "Aggravated Vehicle Taking": 1}
    path = police_file(tmp_path, kinds)
    lines = path.read_text().splitlines()
    lines += ["BURGLARY,RES BURGLARY OF A HOME,Barnet,3,4", "Burglary,BURGLARY BUSINESS AND "
              "COMMUNITY,Barnet,9,9", "Drug Offences,Possession of Drugs,Barnet,9,9"]  # fmt: skip
    path.write_text("\n".join(lines))
    found = load.read_file("neighbourhood_crime", path)
    table = found.pivot_table(index=["area_code", "month"], columns="indicator", values="value")
    row = table.loc[(BARNET, pd.Period("2023-05"))]
    assert row["residential_burglary"] == 8 + 4
    assert row["theft_from_vehicle"] == 6
    assert table.loc[("E09000007", pd.Period("2023-05")), "residential_burglary"] == 8
    # Its parts are comparable from August 2023, and these months come before.
    assert "burglary_of_a_home" not in table
    assert len(found) == 32 * 2 * 5


def test_a_kind_of_offence_not_met_before_stops(tmp_path):
    path = police_file(tmp_path, BOROUGH_ROWS | {"Theft from a Parked Vehicle": 5})
    with pytest.raises(InputError, match="kind not met before: 'Theft from a Parked") as refused:
        load.read_file("neighbourhood_crime", path)
    assert "`kinds` of neighbourhood_crime in data/sources.yml" in str(refused.value)


def test_a_group_that_is_called_otherwise_now_stops(tmp_path):
    path = police_file(tmp_path, BOROUGH_ROWS | {"Aggravated Vehicle Taking": 5}, "Motor Offences")
    with pytest.raises(InputError, match="no row of the group 'Vehicle Offences'"):
        load.read_file("neighbourhood_crime", path)


def test_a_borough_that_the_police_file_lacks_is_not_one_without_offences(tmp_path):
    path = police_file(tmp_path, BOROUGH_ROWS | {"Aggravated Vehicle Taking": 5})
    lines = [line for line in path.read_text().splitlines() if ",Camden," not in line]
    path.write_text("\n".join(lines))
    with pytest.raises(InputError, match="lacks 1 of the 32 boroughs"):
        load.read_file("neighbourhood_crime", path)


def csv_of(rows: list[list[str]]) -> bytes:
    frame = pd.DataFrame(rows)
    return frame.to_csv(index=False, header=False, lineterminator="\n").encode()


def workbook_of(rows: list[list[str]], sheet: str) -> bytes:
    """The least that is a workbook: one sheet, its cells written where they stand."""
    lines = "".join(
        "<row>"
        + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row)
        + "</row>"
        for row in rows
    )
    office = "http://schemas.openxmlformats.org"
    main, own = f"{office}/spreadsheetml/2006/main", f"{office}/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{office}/package/2006/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{office}/package/2006/relationships">'
        f'<Relationship Id="book" Type="{own}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{own}"><sheets>'
        f'<sheet name="{sheet}" sheetId="1" r:id="one"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="'
        f'{office}/package/2006/relationships"><Relationship Id="one" Type="{own}/worksheet" '
        'Target="worksheets/one.xml"/></Relationships>',
        "xl/worksheets/one.xml": f'<worksheet xmlns="{main}"><sheetData>{lines}'
        "</sheetData></worksheet>",
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return content.getvalue()


TITLE = "Table A3 - Households owed a duty by support needs, England, April to June 2024"
NEEDS = [
    "History of mental health problems", "Drug dependency needs", "Alcohol dependency needs",
    "Offending history", "History of repeat homelessness", "History of rough sleeping",
]  # fmt: skip
SHEET = [
    [TITLE, *[""] * 11],
    ["", "", "", "", "Of which:", *[""] * 7],
    [
        *("", "", "Households with no support needs owed duty1,2"),
        *("Households with unknown support needs owed duty", "", "", *NEEDS),
    ],
    ["", "", "", "", "Total households with support needs", "3+", *[""] * 6],
    [LONDON, "London", "50", "10", "40", "9", "20", "7", "6", "5", "4", "3"],
    [""] * 12,
    [LONDON, "London", "50", "10", "40", "9", "20", "7", "6", "5", "4", "3"],
    [BARNET, "Barnet", "5", "1", "4", "1", "-", "..", "0", "0", "0", "0"],
    ["Notes:", *[""] * 11],
    ["1", "More than one need can be recorded", *[""] * 10],
]


@pytest.mark.parametrize("content", [csv_of(SHEET), workbook_of(SHEET, "A3")], ids=["csv", "xlsx"])
def test_a_titled_sheet_is_read_under_the_lowest_names_of_its_header(tmp_path, content):
    """Its period stands in its title, London stands in it twice, and a mark is no 0."""
    path = tmp_path / "needs.file"
    path.write_bytes(content)
    assert recognise(path) == ("homelessness_support_needs", "A3")
    found = load.read_file("homelessness_support_needs", path).set_index(["area_code", "indicator"])
    assert set(found["quarter"]) == {"2024/25 Q1"}
    assert found.loc[(LONDON, "households_one_or_more"), "value"] == 40
    assert found.loc[(BARNET, "alcohol_dependency"), "value"] == 0
    assert found.loc[(BARNET, "mental_health"), "mark"] == "-"
    assert found.loc[(BARNET, "drug_dependency"), "mark"] == ".."
    assert len(found) == 20


def test_a_title_that_names_no_period_stops(tmp_path):
    path = tmp_path / "needs.csv"
    path.write_bytes(csv_of([["Table A3", *SHEET[0][1:]], *SHEET[1:]]))
    with pytest.raises(InputError, match=r"Missing: '\(in title\)'"):
        load.read_file("homelessness_support_needs", path)


def test_a_workbook_without_the_sheet_says_which_ones_it_has(tmp_path):
    path = tmp_path / "needs.xlsx"
    path.write_bytes(workbook_of(SHEET, "Contents"))
    with pytest.raises(InputError, match="has no sheet 'A3'") as refused:
        load.read_file("homelessness_support_needs", path)
    assert "Found: Contents." in str(refused.value)
    with pytest.raises(InputError, match="a spreadsheet or a zip file"):
        recognise(path)


def test_a_workbook_that_is_cut_short_stops(tmp_path):
    path = tmp_path / "needs.xlsx"
    path.write_bytes(workbook_of(SHEET, "A3")[:400])
    with pytest.raises(InputError, match="can't be opened") as refused:
        load.read_file("homelessness_support_needs", path)
    assert "needs.xlsx" in str(refused.value)


def deaths(kind: str, *figures: str) -> list[list[str]]:
    """A sheet as the ONS lays it out: three lines of titles, names indented over three columns."""
    whole, london, barnet = figures
    return [
        [f"Deaths related to drug {kind} by local authority", *[""] * 6],
        ["Deaths registered in 2022 to 2024", *[""] * 6],
        [""] * 7,
        ["Area Codes", "Area Names", "", "", "2024", "2023", "2022"],
        [ENGLAND, "ENGLAND", "", "", *whole.split()],
        [""] * 7,
        [LONDON, "", "LONDON", "", *london.split()],
        [BARNET, "", "", "Barnet", *barnet.split()],
        ["E08000003", "", "", "Manchester", "70", "60", "50"],
        ["1 Figures are by year of registration", *[""] * 6],
    ]


def deaths_workbook(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    with pd.ExcelWriter(path) as book:
        for name, rows in sheets.items():
            pd.DataFrame(rows).to_excel(book, sheet_name=name, header=False, index=False)
    return path


def test_the_two_sheets_of_deaths_are_read_side_by_side_with_a_row_for_each_year(tmp_path):
    path = deaths_workbook(
        tmp_path / "2024localauthorities.xlsx",
        {
            "Contents": [["Contents"]],
            "Table 1": deaths("poisoning", "5000 4900 4700", "600 590 580", "12 11 9"),
            "Table 2": deaths("misuse", "3100 3000 2900", "400 390 380", "8 7 5"),
        },
    )

    assert recognise(path) == ("drug_poisoning_deaths", "workbook")
    found = load.read_file("drug_poisoning_deaths", path)

    values = found.set_index(["area_code", "year", "indicator"])["value"]
    assert len(values) == 3 * 3 * 2
    assert values[BARNET, "2024", "drug_poisoning_deaths"] == 12
    assert values[BARNET, "2022", "drug_misuse_deaths"] == 5
    assert values[LONDON, "2023", "drug_poisoning_deaths"] == 590
    assert values[ENGLAND, "2023", "drug_misuse_deaths"] == 3000


def test_a_workbook_of_deaths_without_the_second_sheet_stops(tmp_path):
    sheet = deaths("poisoning", "5000 4900 4700", "600 590 580", "12 11 9")
    path = deaths_workbook(tmp_path / "deaths.xlsx", {"Table 1": sheet})
    with pytest.raises(InputError, match="has no sheet 'Table 2'"):
        load.read_file("drug_poisoning_deaths", path)


OFFENCES = [
    "Drug offences", "Robbery", "Residential burglary", "Vehicle offences",
    "Theft from the person", "Bicycle theft", "Shoplifting",
]  # fmt: skip


def table_c2(tmp_path: Path, *rows: str) -> pd.DataFrame:
    """Recorded crime by area of the given rows: code and name of each level, and one figure."""
    known = Path(__file__).resolve().parents[2] / "data" / "column_maps" / "recorded_crime.csv"
    layout = pd.read_csv(known, dtype=str, keep_default_na=False)
    header = [name for name in layout["table C2"] if name and name != "(in title)"]
    at = {name: place for place, name in enumerate(header)}
    figures = [at[name] for name in header if name in OFFENCES or name.startswith("Total")]
    body = []
    for row in rows:
        cells_ = row.split("|")
        line = [*cells_[:6], *[""] * (len(header) - 6)]
        places = ["Police Force Area code", "Police Force Area name",
                  "Community Safety Partnership code", "Community Safety Partnership name",
                  "Local Authority code", "Local Authority name"]  # fmt: skip
        out = [""] * len(header)
        for name, cell in zip(places, line, strict=False):
            out[at[name]] = cell
        for place in figures:
            out[place] = cells_[6]
        body.append(out)
    title = ["Table C2: recorded crimes, year ending June 2025 [note 1]", *[""] * (len(header) - 1)]
    path = tmp_path / "c2.csv"
    path.write_bytes(csv_of([title, header, *body]))
    return load.read_file("recorded_crime", path).set_index(["area_code", "indicator"])


def test_england_is_the_sum_of_its_forces_and_not_of_their_parts(tmp_path):
    """By hand: 1,000 + 30 + 7 = 1,037; Wales is not in it, nor what no part was found for."""
    found = table_c2(
        tmp_path,
        'E23000001|Metropolitan Police|||||"1,000 "'.replace('"', ""),
        "E23000001|Metropolitan Police|E22000187|Barnet|E09000003|Barnet|90",
        "E23000001|Metropolitan Police||Unassigned Metropolitan police|||40",
        "E23000034|City of London|E22000180|City of London|E09000001|City of London|7",
        "E23000038|Wiltshire|||||30",
        "E23000038|Wiltshire|E22000361|Wiltshire|E06000054|Wiltshire|30",
        "W15000003|South Wales|||||500",
    )
    drugs = found.xs("drug_offences", level="indicator")["value"]
    assert drugs.to_dict() == {
        "E23000001": 1_000, BARNET: 90, CITY: 7, "E23000034": 7, ENGLAND: 1_037,
    }  # fmt: skip
    assert set(found["year"]) == {"2024-07 - 2025-06"}


def test_a_sum_of_which_a_part_is_withheld_is_not_given(tmp_path):
    found = table_c2(
        tmp_path,
        "E23000001|Metropolitan Police|||||1000",
        "E23000001|Metropolitan Police|E22000187|Barnet|E09000003|Barnet|90",
        "E23000038|Wiltshire|||||[x]",
    )
    assert ENGLAND not in found.index.get_level_values("area_code")
    assert found.loc[(BARNET, "drug_offences"), "value"] == 90


def test_two_rows_about_one_area_still_stop(tmp_path):
    """What is read once is a row that stands twice alike, in a sheet; another figure is not."""
    with pytest.raises(InputError, match="two rows are about the same thing"):
        table_c2(
            tmp_path,
            "E23000001|Metropolitan Police|||||1000",
            "E23000001|Metropolitan Police|||||1001",
        )
