"""Adults in treatment, from both exports of ViewIt and from the compiled table."""

from functools import partial

import pytest

from cdpb import loaders as load
from cdpb.errors import InputError
from cdpb.loaders.files import clear, log
from tests.support.project import draw_project, lines_of

read_adults = partial(load.read_file, "ndtms_adults")
COMPILED = "area_code,year,sex,substance_group,in_treatment,new_presentations\n"


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    clear()
    made = draw_project(tmp_path, monkeypatch)
    made.narrow_treatment_exports()
    return made


def local(*rows: str) -> str:
    header = "ReportingPeriod,Area,sex,age_group,drug_group,intreatment_allintx"
    return "\n".join([f"{header},newpresentation_newtx,exits_died_allintx", *rows]) + "\n"


def england(*rows: str) -> str:
    header = "ReportingPeriod_Data,Area_Data,DrugGroup_Data,Gender_Data,AgeGroup_Data"
    return "\n".join([f"{header},Num_InTreatment_AllInTx", *rows]) + "\n"


def people(table, **equals: str) -> int:
    for name, value in equals.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return int(table["people"].iloc[0])


def test_the_local_export_is_read_by_name(drawn):
    """ViewIt names the area and gives no code."""
    text = local("2020/21,Barnet,F,Total,Opiate,150,55,0", "2020/21,Barnet,M,Total,Opiate,400,90,5")

    table = read_adults(drawn.write("f.csv", text))

    assert people(table, sex="women", measure="in_treatment") == 150
    assert people(table, sex="men", measure="exit_died_all") == 5
    assert set(table["area_code"]) == {"E09000003"}


def test_total_in_any_case_is_all(drawn):
    """In 2021/22 the export shouts TOTAL; the year must not vanish for it."""
    text = local(
        "2020/21,Barnet,Total,Total,Total,1400,500,10",
        "2021/22,Barnet,TOTAL,TOTAL,Total,1465,505,10",
    )

    table = read_adults(drawn.write("f.csv", text))

    assert people(table, year="2021/22", measure="in_treatment", sex="all") == 1465
    assert people(table, year="2020/21", measure="in_treatment", sex="all") == 1400


def test_englands_groups_are_the_same_in_lower_and_upper_case(drawn):
    """England's export names the groups otherwise than the local one, and changes case."""
    text = england(
        "2020/21,England,alcohol & non-opiates,F,Total,10",
        "2021/22,England,ALCOHOL & NON-OPIATES,F,TOTAL,11",
        "2020/21,England,non-opiates only,M,Total,12",
        "2021/22,England,OPIATES,TOTAL,TOTAL,13",
    )

    table = read_adults(drawn.write("f.csv", text))

    assert people(table, year="2021/22", substance_group="non-opiate & alcohol") == 11
    assert people(table, year="2020/21", substance_group="non-opiate & alcohol") == 10
    assert people(table, substance_group="opiate", sex="all") == 13


def test_single_ages_are_left_out(drawn):
    """Added to the total of all ages they would count everyone twice."""
    text = local("2020/21,Barnet,F,Total,Opiate,150,55,0", "2020/21,Barnet,F,18-29,Opiate,20,5,0")

    table = read_adults(drawn.write("f.csv", text))

    assert people(table, measure="in_treatment") == 150
    assert "single age bands" in list(log()["why"])


def test_what_was_not_published_has_no_row(drawn):
    """NULL is neither 0 nor a number; a missing row can't be added up by mistake."""
    text = local("2020/21,Barnet,F,Total,Opiate,150,NULL,*")

    table = read_adults(drawn.write("f.csv", text))

    assert list(table["measure"]) == ["in_treatment"]
    kept = log().set_index("why")["rows"]
    assert kept["counts that were not published"] == 1
    assert kept["counts that the publisher hides"] == 1


def test_rounding_travels_with_the_value(drawn):
    """A printed 0 means 0 to 2 and a 5 means 3 to 7, never none and never five."""
    text = COMPILED + (
        "E09000003,2021/22,all,total,1465,0\nE09000003,2021/22,women,total,455,5\n"
        "E92000001,2021/22,all,total,289215,\n"
    )
    drawn.receive("ndtms_adults", "2023-01-31", text)

    table = load.adults_in_treatment().set_index(["area_code", "sex", "measure"])

    def bounds(*key: str) -> tuple[int, int, bool]:
        row = table.loc[key]
        return row["lowest"], row["highest"], row["publisher_rounded"]

    assert bounds("E09000003", "all", "new_presentations") == (0, 2, True)
    assert bounds("E09000003", "women", "new_presentations") == (3, 7, True)
    assert bounds("E09000003", "all", "in_treatment") == (1463, 1467, True)
    assert bounds("E92000001", "all", "in_treatment") == (289215, 289215, False)


def test_a_local_figure_that_is_not_rounded_is_refused(drawn):
    """It may be of a restricted table, and would show single people."""
    drawn.receive("ndtms_adults", "2023-01-31", COMPILED + "E09000003,2021/22,all,total,1463,0\n")

    with pytest.raises(InputError, match="is not rounded to 5") as error:
        load.adults_in_treatment()

    message = "\n".join(lines_of(error))
    assert "E09000003, 2021/22" in message
    assert "1463" not in message


def test_one_area_and_one_year(drawn):
    """An area that no figures are held for has no rows, and is no error."""
    drawn.receive("ndtms_adults", "2023-01-31", COMPILED + "E09000003,2021/22,all,total,1465,5\n")

    assert len(load.adults_in_treatment("E09000003", year="2021/22")) == 2
    assert load.adults_in_treatment("E09000007", year="2021/22").empty
    assert load.adults_in_treatment("E09000003", year="2020/21").empty


def test_a_later_export_replaces_an_area_and_year_whole(drawn):
    """A revised year must not be a mixture of two exports."""
    drawn.receive(
        "ndtms_adults",
        "2023-01-31",
        COMPILED + "E09000003,2021/22,all,total,1465,5\nE92000001,2021/22,all,total,9,\n",
    )
    drawn.receive(
        "ndtms_adults", "2024-01-31", local("2021/22,Barnet,Total,Total,Total,1470,NULL,0")
    )

    table = load.adults_in_treatment("E09000003")

    assert people(table, measure="in_treatment") == 1470
    assert "new_presentations" not in set(table["measure"])
    assert len(load.adults_in_treatment("E92000001")) == 1


def test_a_word_not_met_before_is_named_with_the_line_to_add(drawn):
    """A group that is renamed must not fall out of the table."""
    with pytest.raises(InputError, match="a word not met before: 'Ketamine'") as error:
        read_adults(drawn.write("f.csv", local("2020/21,Barnet,F,Total,Ketamine,150,5,0")))

    message = "\n".join(lines_of(error))
    assert "data/value_maps/ndtms_words.csv" in message
    assert "substance_group,Ketamine,OUR WORD" in message


@pytest.mark.parametrize("year", ["2020/22", "20-21", "July 2020", "2010.5"])
def test_a_period_that_is_no_year_is_refused(drawn, year):
    """Months of people must never be taken for, or added to, a year."""
    with pytest.raises(InputError, match="is no year that can be read") as error:
        read_adults(drawn.write("f.csv", local(f"{year},Barnet,F,Total,Opiate,150,5,0")))

    lines_of(error)


def test_a_file_of_other_authorities_is_refused(drawn):
    """It has the right header and none of our areas."""
    with pytest.raises(InputError, match="no London borough and not England") as error:
        read_adults(drawn.write("f.csv", local("2020/21,Leeds,F,Total,Opiate,150,5,0")))

    lines_of(error)


def test_a_row_that_stands_twice_is_refused(drawn):
    """Total and TOTAL in one year would otherwise double everyone."""
    row = "2020/21,Barnet,Total,Total,Total,1400,500,10"

    with pytest.raises(InputError, match="two rows are about the same thing") as error:
        read_adults(drawn.write("f.csv", local(row, row.replace("Total,Total", "TOTAL,TOTAL"))))

    lines_of(error)
