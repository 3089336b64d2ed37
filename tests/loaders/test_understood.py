"""Nothing is dropped before it is understood: every row says where, when and of what kind."""

import json
from functools import partial

import pandas as pd
import pytest

from cdpb import loaders as load
from cdpb.catalogue import returns
from cdpb.errors import InputError
from cdpb.loaders.boundaries import read_outlines
from cdpb.loaders.coverage import read_file
from cdpb.loaders.files import clear, log
from cdpb.loaders.registry import return_loader
from cdpb.partner_returns import Return
from tests.support.project import draw_project, lines_of

read_boroughs = partial(load.read_file, "mps_borough_crime")
read_dashboard = partial(load.read_file, "mps_dashboard")
read_ward_offences = partial(load.read_file, "mps_ward_crime")
REFERRALS = "Month of referral,Borough,Referral route,Referrals\n"
ORDERS = "Month,Borough,Requirement,Commencements\n"
ADULTS = "Month,Area code,Area,Adults in treatment (last 12 months)\n"
PRISON = (
    "Period,Area code,Local authority,Released with a treatment need,Picked up within 3 weeks,"
    "Continuity of care (%)\n"
)
NALOXONE = "Quarter,Borough,Heroin users in the service,Trained and holding naloxone\n"
ASSESSED = "Month,Borough,Required assessments booked,Required assessments attended\n"
ALCOHOL = "area_code,area_name,year,dependent_adults,lower,upper\n"
ADMISSIONS = "Financial year,Ward code,Ward,Borough code,Alcohol-specific admissions\n"
WARDS = "Group,SubGroup,WardName,WardCode,LookUp_BoroughName,202404,202405\n"
BARNET = "E09000003"


@pytest.fixture
def drawn(tmp_path, monkeypatch, building):
    """A drawn project in which a partnership's demonstration is being built."""
    clear()
    building("partnership", True)
    return draw_project(tmp_path, monkeypatch)


def refusal(drawn, source: str, text: str | bytes) -> list[str]:
    """The lines of the message with which a file is refused."""
    with pytest.raises(InputError) as error:
        read_file(source, drawn.write("f.csv", text))
    return lines_of(error)


# Where ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "names"),
    [
        (",Barnet,Custody - voluntary,14", "month"),
        ("2023-04,,Custody - voluntary,14", "area"),
        ("2023-04,Barnet,,14", "route"),
    ],
)
def test_labels_that_are_written_once_stop_the_load(drawn, row, names):
    """Of a pivot table pasted as CSV, every row but the first of a group would be lost."""
    text = REFERRALS + "2023-04,Barnet,Neighbourhood team - voluntary,5\n" + row + "\n"

    lines = refusal(drawn, "police_referrals", text)

    assert f"row 2 below the header names no {names}" in lines[0]
    assert any("Repeat All Item Labels" in line for line in lines)


def test_a_row_without_label_and_count_is_no_row(drawn):
    """Sheets have spacers, and nothing is counted in them."""
    text = ORDERS + "2023-04,Barnet,ATR,5\n2023-05,,,\n"

    assert read_file("probation_orders", drawn.write("f.csv", text))["starts"].tolist() == [5, 0]
    assert "rows without label and count" in set(log()["why"])


@pytest.mark.parametrize(
    "name", ["LB Barnet", "London Borough of Barnet", "barnet council", "Barnet London Borough"]
)
def test_a_borough_is_known_by_its_style(drawn, name):
    """Two teams fill one return, and one writes the borough's name in full."""
    text = ORDERS + f"2024-04,{name},ATR,6\n2024-04,Barnet,DRR,7\n"

    assert read_file("probation_orders", drawn.write("f.csv", text))["starts"].sum() == 13


def test_a_code_in_lower_case_is_the_same_code(drawn):
    """It left no row, and a message about nan to nan."""
    text = ALCOHOL + "e09000003,Barnet,2018/19,3110,2300,4300\n"

    read = read_file("alcohol_dependence", drawn.write("f.csv", text))

    assert list(read["area_code"]) == [BARNET]


@pytest.mark.parametrize("wrong", ["E0900003", "E09000303", "-1", "Barnet"])
def test_a_code_that_is_none_stops_the_load(drawn, wrong):
    """A misspelt code is not another area."""
    text = ALCOHOL + f"{wrong},Barnet,2018/19,1,,\nE92000001,England,2018/19,9,,\n"

    assert "an area code that is not known" in refusal(drawn, "alcohol_dependence", text)[0]


def test_other_authorities_are_known_by_code_or_name(drawn):
    """Only what is known to be elsewhere is left out."""
    text = ORDERS + "2024-04,Barnet,ATR,6\n2024-04,Luton,ATR,7\n2024-04,Cheshire East,ATR,7\n"
    assert read_file("probation_orders", drawn.write("f.csv", text))["starts"].sum() == 6

    text = ALCOHOL + f"{BARNET},Barnet,2018/19,3,,\nE06000015,Derby,2018/19,9,,\n"
    assert len(read_file("alcohol_dependence", drawn.write("f.csv", text))) == 1


OF_TWO_AREAS = {
    "opiate_crack_local": (
        "Area code,Local authority,Year,Series,Opiate and/or crack users,Lower 95% limit,"
        "Upper 95% limit,Age\nE09000003,Camden,2022/23,x,4764,4552,5064,15-64\n"
    ),
    "young_people_monthly": (
        "Month,Area code,Area,Young people in treatment (last 12 months),Methodology\n"
        "2025-04,E09000003,Camden,170,New\n"
    ),
    "adults_monthly": ADULTS + "2025-04,E09000003,Camden,170\n",
    "continuity_of_care": PRISON + "2023/24,E09000003,Derby,63,29,46.0\n",
    "alcohol_dependence": ALCOHOL + "E06000015,Barnet,2018/19,3110,,\n",
    "mps_borough_crime": (
        "area_code,area_name,month,possession,trafficking\nE09000003,Camden,2023-04,1,2\n"
        "E09000007,Barnet,2023-04,1,2\n"
    ),
}


@pytest.mark.parametrize("source", OF_TWO_AREAS)
def test_a_code_and_a_name_of_different_areas_stop_the_load(drawn, source):
    """Somebody sorted some columns of a sheet, and not the column of codes."""
    assert "are of different areas" in refusal(drawn, source, OF_TWO_AREAS[source])[0]


@pytest.mark.parametrize(
    "row",
    [
        "2024/25,E05013632,Edgwarebury,E09000003,44",
        "2024/25,E05013632,Golders Green,E09000003,44",
        "2024/25,E05013632,Colindale North,E09000007,44",
    ],
)
def test_a_ward_code_and_another_wards_name_stop_the_load(drawn, row):
    """Codes were looked up by a name, or sorted apart."""
    assert (
        "are of different wards" in refusal(drawn, "alcohol_admissions_ward", ADMISSIONS + row)[0]
    )


def test_the_police_files_name_their_wards_too(drawn):
    """Ward, code and borough stand side by side in each layout."""
    row = "DRUG OFFENCES,TRAFFICKING OF DRUGS,{},E05013632,{},2,3\n"
    for name, borough in (("Edgwarebury", "Barnet"), ("Colindale North", "Camden")):
        text = WARDS + row.format(name, borough)
        assert "are of different wards" in refusal(drawn, "mps_ward_crime", text)[0]
    text = WARDS + row.format("Colindale North", "Barnett")
    assert (
        "names a borough that is not known: 'Barnett'" in refusal(drawn, "mps_ward_crime", text)[0]
    )


def test_a_group_of_offences_that_was_not_met_stops_the_load(drawn):
    """Misspelt drug offences would be left out as other offences, and filled with 0."""
    row = "DRUG OFENCES,TRAFFICKING OF DRUGS,Colindale North,E05013632,Barnet,2,3\n"

    lines = refusal(drawn, "mps_ward_crime", WARDS + row)

    assert "a group of offences not met before: 'DRUG OFENCES'" in lines[0]
    assert "  DRUG OFENCES,,(not used)" in lines


# Numbers that stand twice -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "fits"),
    [("46.0", True), ("46%", True), ("0.46", True), ("64.0", False), ("4.6", False)],
)
def test_a_percentage_is_that_of_its_counts(drawn, percent, fits):
    """63, 2 and 46.0: one of the three is wrong."""
    text = PRISON + f"2023/24,E09000003,Barnet,63,29,{percent}\n"
    if fits:
        assert len(read_file("continuity_of_care", drawn.write("f.csv", text))) == 1
    else:
        lines = refusal(drawn, "continuity_of_care", text)
        assert "a percentage is not that of its counts" in lines[0]
        assert not any("29" in line or "63" in line for line in lines)


TOTALLED = "2024-04,Barnet,ATR,6\n2024-04,Barnet,DRR,7\n2024-05,Barnet,ATR,1\n"


@pytest.mark.parametrize(
    "total", ["Total,,,14", ",Total,,14", "2024-04,Total,,13", "Total,Barnet,ATR,7"]
)
def test_a_row_of_totals_that_agrees_is_left_out(drawn, total):
    """It is neither an area nor a month."""
    read = read_file("probation_orders", drawn.write("f.csv", ORDERS + TOTALLED + total + "\n"))

    assert read["starts"].sum() == 14
    assert "totals, which agree with their rows" in set(log()["why"])


@pytest.mark.parametrize("total", ["Total,,,15", "2024-05,Total,,14"])
def test_a_row_of_totals_that_disagrees_stops_the_load(drawn, total):
    """A row was lost between the two."""
    lines = refusal(drawn, "probation_orders", ORDERS + TOTALLED + total + "\n")

    assert "row 4 below the header is a row of totals" in lines[0]


def test_a_total_of_the_wards_is_called_so(drawn):
    """It is no ward of May 2022, and none that is misspelt either."""
    rows = "".join(
        f"DRUG OFFENCES,TRAFFICKING OF DRUGS,{name},{code},{borough},2,3\n"
        for code, name, borough in (
            ("E05013632", "Colindale North", "Barnet"),
            ("E05013653", "Bloomsbury", "Camden"),
        )
    )
    read = read_ward_offences(drawn.write("f.csv", WARDS + rows + "Total,,,,,4,6\n"))
    assert read["offences"].sum() == 10

    lines = refusal(drawn, "mps_ward_crime", WARDS + rows + "Total,,,,,4,7\n")
    assert "row 3 below the header is a row of totals" in lines[0]


@pytest.mark.parametrize(
    "note", ["3 rows", "Rows: 3", "(3 rows affected)", '"Number of records: 3",,,']
)
def test_a_note_that_counts_the_rows_must_agree(drawn, note):
    """It is how a file that was cut short gives itself away."""
    text = ORDERS + TOTALLED + "\n" + note + "\n"
    assert read_file("probation_orders", drawn.write("f.csv", text))["starts"].sum() == 14

    lines = refusal(drawn, "probation_orders", text.replace("3 ", "9 ").replace(": 3", ": 9"))
    assert any("counts other than as many rows as there are" in line for line in lines)


def test_more_attended_than_booked_stop_the_load(drawn):
    """600 of 9: the columns are in each other's place, or digits too many."""
    text = ASSESSED + "2024-04,Barnet,9,6\n2024-05,Barnet,9,600\n"
    lines = refusal(drawn, "required_assessments", text)
    assert "more attended than booked" in lines[0]
    assert not any("600" in line for line in lines)

    # Some come in the month after they were booked.
    text = ASSESSED + "2024-04,Barnet,9,6\n2024-05,Barnet,4,6\n"
    assert (
        len(return_loader(returns()["required_assessments"]).read(drawn.write("f.csv", text))) == 4
    )


# Years and months ---------------------------------------------------------------------------

SPELT = ["2018/19", "2018-19", "2018/2019", "FY18/19", "2018 to 2019"]


@pytest.mark.parametrize("year", SPELT)
def test_a_year_is_read_as_the_year_it_is(drawn, year):
    """It was stored under a label that no run takes, and stopped every later one."""
    drawn.receive("alcohol_dependence", "2019-12-31", ALCOHOL + f"{BARNET},Barnet,{year},3,2,4\n")

    assert load.years_held("alcohol_dependence") == ["2018/19"]


@pytest.mark.parametrize("year", ["2010.5", "Mars", "18/19", "2018/20", "", "year 2018"])
def test_a_year_that_is_none_is_refused_on_reading(drawn, year):
    """By the function that adding a file and a run both call."""
    lines = refusal(drawn, "alcohol_dependence", ALCOHOL + f"{BARNET},Barnet,{year},3110,,\n")

    assert any("below the header" in line for line in lines)


def test_an_estimate_outside_its_own_interval_is_refused_on_reading(drawn):
    """A run would refuse it, so adding must."""
    lines = refusal(
        drawn, "alcohol_dependence", ALCOHOL + f"{BARNET},Barnet,2018/19,2300,3110,4300\n"
    )

    assert "lower exceeds dependent_adults" in lines[0]


@pytest.mark.parametrize(
    "written", ["30/04/2025", "1/4/2025", "2025-04-30", "30 April 2025", "01-Apr-25"]
)
def test_a_month_may_be_written_by_its_first_or_last_day(drawn, written):
    """Systems report at the end of a month."""
    text = ADULTS + f"{written},{BARNET},Barnet,1470\n"

    assert list(read_file("adults_monthly", drawn.write("f.csv", text))["month"].astype(str)) == [
        "2025-04"
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("probation_orders", ORDERS + "2024-03,Barnet,ATR,3\n2027-03,Barnet,ATR,3\n"),
        ("alcohol_dependence", ALCOHOL + f"{BARNET},Barnet,2098/99,3110,,\n"),
        ("naloxone", NALOXONE + "2024/25 Q4,Barnet,300,200\n"),
    ],
)
def test_a_period_after_the_day_of_receipt_is_refused(drawn, source, text):
    """Nobody can have counted it; and the true file would later be refused as older."""
    drawn.receive(source, "2024-09-30", text)

    with pytest.raises(InputError, match="which was still to come") as error:
        load.alcohol_dependence() if source == "alcohol_dependence" else load.returned(source)

    assert any("--received" in line for line in lines_of(error))


# Files cut short ------------------------------------------------------------------------------

YEAR = [str(month) for month in pd.period_range("2023-04", periods=12, freq="M")]


def orders(*kinds: str, months: list[str] = YEAR) -> str:
    return ORDERS + "".join(f"{m},Barnet,{kind},3\n" for m in months for kind in kinds)


def test_a_year_without_a_row_of_a_kind_is_no_year_of_zeros(drawn):
    """The file was cut short; eleven months without a row can be zeros."""
    assert "has no row of" in refusal(drawn, "probation_orders", orders("ATR"))[0]

    once = orders("ATR") + "2023-07,Barnet,DRR,1\n"
    assert read_file("probation_orders", drawn.write("f.csv", once))["starts"].sum() == 37


def test_a_kind_has_no_zeros_to_miss_before_it_began(drawn):
    """Operation Woodson began in May 2024; a positive nitazene strip may never come."""
    routes = ("Neighbourhood team - voluntary", "Custody - voluntary")
    text = REFERRALS + "".join(f"{m},Barnet,{route},3\n" for m in YEAR for route in routes)
    assert read_file("police_referrals", drawn.write("f.csv", text))["referrals"].sum() == 72

    strips = "Month,Borough,Nitazene strips,Number\n" + "".join(
        f"{m},Barnet,Issued,3\n" for m in YEAR
    )
    assert read_file("nitazene_strips", drawn.write("f.csv", strips))["strips"].sum() == 36


def police(*kinds_of: tuple[str, str, list[str]]) -> str:
    months = ",".join(month.replace("-", "") for month in YEAR)
    rows = [
        f"DRUG OFFENCES,{kind},{borough},{','.join(['5'] * 12)}\n"
        for kind, _, boroughs in kinds_of
        for borough in boroughs
    ]
    return f"MajorText,MinorText,BoroughName,{months}\n" + "".join(rows)


def test_a_borough_without_a_row_of_an_offence_in_a_year_was_cut_off(drawn):
    """London's rate would fall, and three wards instead of one would lie above it."""
    both = ["Barnet", "Camden"]
    whole = police(("POSSESSION OF DRUGS", "", both), ("TRAFFICKING OF DRUGS", "", both))
    assert read_boroughs(drawn.write("f.csv", whole))["offences"].sum() == 240

    cut = police(("POSSESSION OF DRUGS", "", both), ("TRAFFICKING OF DRUGS", "", both[:1]))
    lines = refusal(drawn, "mps_borough_crime", cut)
    assert "has no row of trafficking over a whole year" in lines[0]


# Columns and forms ----------------------------------------------------------------------------


def test_a_column_that_older_files_lack_is_missing_in_them(drawn):
    """A counted column that is new must not break every older receipt, nor be 0 in them."""
    wider = Return(source_id="court_referrals", period="month", counts=("referrals", "attended"))
    path = drawn.write("f.csv", "Month,Borough,Referrals for assessment\n2024-04,Barnet,3\n")
    with pytest.raises(InputError, match="has no column 'attended'") as error:
        return_loader(wider).read(path)

    line = next(each.strip() for each in lines_of(error) if each.strip().startswith("attended"))
    maps = drawn.data / "column_maps" / "court_referrals.csv"
    line = line.replace("THE PUBLISHER'S NAME", "Attended")
    maps.write_text(maps.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    assert return_loader(wider).read(path)["attended"].isna().all()

    newer = "Month,Borough,Referrals for assessment,Attended\n2024-05,Barnet,3,2\n"
    assert list(return_loader(wider).read(drawn.write("g.csv", newer))["attended"]) == [2]


def test_filling_with_0_leaves_out_a_column_that_the_layout_lacks(drawn):
    """What was not counted is not 0."""
    wider = Return(
        source_id="probation_orders", period="month", counts=("starts", "ends"),
        kinds={"order": ("ATR", "DRR")}, fills=True,
    )  # fmt: skip
    maps = drawn.data / "column_maps" / "probation_orders.csv"
    maps.write_text(maps.read_text(encoding="utf-8") + "ends?,Ended\n", encoding="utf-8")

    read = return_loader(wider).read(drawn.write("f.csv", ORDERS + "2024-04,Barnet,ATR,3\n"))

    assert list(read["starts"]) == [3, 0]
    assert read["ends"].isna().all()


def test_a_form_that_nobody_filled_in_is_called_so(drawn):
    """It was an IndexError."""
    text = ADULTS + f"2024-04,{BARNET},Barnet,\n2024-05,{BARNET},Barnet,\n"

    assert "holds no count" in refusal(drawn, "adults_monthly", text)[0]


def test_outlines_that_are_nested_too_deep_are_no_outlines(drawn):
    """They were a RecursionError."""
    deep = json.dumps({"type": "FeatureCollection", "features": []})
    deep = deep.replace("[]", "[" * 100_000 + "]" * 100_000)

    with pytest.raises(InputError, match="holds no outlines"):
        read_outlines(drawn.write("f.geojson", deep))


def test_the_dashboard_holds_months_against_their_year(drawn):
    """The two stand in every row, and could be sorted apart."""
    header = (
        "Month_Year,Area Type,Borough_SNT,Area Name,Area Code,offence group,Offence Subgroup,"
        "Measure,Financial Year,Count,Refresh Date\n"
    )
    row = "2023-04-01,Borough,Barnet,Barnet,E09000003,DRUG OFFENCES,POSSESSION OF DRUGS,{},{},7,x\n"
    good = header + row.format("Offences", "fy23-24") + row.format("Positive Outcomes", "fy23-24")
    assert read_dashboard(drawn.write("f.csv", good))["count"].sum() == 14

    lines = refusal(drawn, "mps_dashboard", good.replace("fy23-24", "fy22-23"))
    assert "a month and a financial year contradict each other" in lines[0]
