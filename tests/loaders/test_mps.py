"""Drug offences by ward and borough: each layout, and each trap that a police file has sprung."""

import shutil
from functools import partial

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdpb import loaders as load
from cdpb.errors import InputError
from cdpb.loaders.files import clear, log
from tests.support.project import draw_project, lines_of

read_boroughs = partial(load.read_file, "mps_borough_crime")
read_ward_offences = partial(load.read_file, "mps_ward_crime")
WARD_HEADER = "MajorText,MinorText,WardName,WardCode,LookUp_BoroughName"
NAMED = [
    ("E05013632", "Colindale North", "Barnet"),
    ("E05013633", "Colindale South", "Barnet"),
    ("E05013635", "Edgwarebury", "Barnet"),
    ("E05013653", "Bloomsbury", "Camden"),
]
COMPILED_WARDS = """\
month,ward_code,possession,trafficking
2023-04,E05013632,3,1
2023-04,E05013653,2,0
2023-05,E05013632,4,0
"""


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    clear()
    return draw_project(tmp_path, monkeypatch)


def wards(*rows: str, header: str = f"{WARD_HEADER},202304,202305") -> str:
    """A publisher's ward file in which every ward has an offence that is not about drugs."""
    theft = [
        f"Theft,Other Theft,{name},{code},{borough}" + ",1" * header.count(",20")
        for code, name, borough in NAMED
    ]
    return "\n".join([header, *theft, *rows]) + "\n"


def count(table: pd.DataFrame, **equals: str) -> int:
    for name, value in equals.items():
        table = table[table[name].astype(str) == value]
    return int(table["offences"].sum())


def why(what: str) -> list[str]:
    kept = log()
    return list(kept.loc[kept["what"] == what, "why"])


def test_a_ward_month_without_a_row_has_no_offence(drawn):
    """The source leaves zeros out; a missing ward would vanish from ranks and rates."""
    drawn.receive("mps_ward_crime", "2023-06-30", COMPILED_WARDS)

    offences = load.ward_drug_offences()

    assert len(offences) == 4 * 2 * 2
    assert count(offences, ward_code="E05013635") == 0
    assert count(offences, ward_code="E05013632") == 8
    assert why("filled") == ["no row in the file: no offence, 0"]
    assert list(offences.columns) == [
        "ward_code",
        "ward_name",
        "borough_code",
        "month",
        "offence",
        "offences",
    ]
    assert offences.attrs["source"] == "mps_ward_crime"


LAYOUTS = {
    "V2": (f"{WARD_HEADER},202304,202305", "Drug Offences,Possession of Drugs"),
    "V3": (f"{WARD_HEADER},202304,202305", "DRUG OFFENCES,POSSESSION OF DRUGS"),
    "V4": (
        "Group,SubGroup,WardName,WardCode,LookUp_BoroughName,202304,202305",
        "DRUG OFFENCES,POSSESSION OF DRUGS",
    ),
    "V2, untidy": (
        "\ufeff majortext ,MINORTEXT,Ward  Name,WardCode,LookUp_BoroughName,202304,202305".replace(
            "Ward  Name", "WardName"
        ),
        "Drug Offences,Possession of  Drugs",
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_ward_layout_gives_the_same_table(drawn, layout):
    """A new header must not change last year's figures."""
    header, words = LAYOUTS[layout]
    text = wards(f"{words},Colindale North,E05013632,Barnet,3,4", header=header)

    table = read_ward_offences(drawn.write("file.csv", text))

    assert count(table, ward_code="E05013632", offence="possession", month="2023-04") == 3
    assert count(table) == 7


def test_ward_columns_may_stand_in_another_order(drawn):
    """The historical files put the ward first."""
    rows = ["WardName,WardCode,MajorText,MinorText,LookUp_BoroughName,202304"] + [
        f"{name},{code},Drug Offences,Drug Trafficking,{borough},2" for code, name, borough in NAMED
    ]

    table = read_ward_offences(drawn.write("file.csv", "\n".join(rows)))

    assert count(table, offence="trafficking") == 8


BOROUGH_LAYOUTS = {
    "V0": ("Borough,Major Category,Minor Category", "{b},Drugs,Possession Of Drugs"),
    "V1": ("MajorText,MinorText,BoroughName", "Drug Offences,Possession of  Drugs,{b}"),
    "V2": ("MajorText,MinorText,LookUp_BoroughName", "Drug Offences,Possession of Drugs,{b}"),
    "V3": ("MajorText,MinorText,BoroughName", "DRUG OFFENCES,POSSESSION OF DRUGS,{b}"),
    "V4": ("Group,SubGroup,BOCU", '"DRUG OFFENCES","POSSESSION OF DRUGS","{b}"'),
}


@pytest.mark.parametrize("layout", BOROUGH_LAYOUTS)
def test_every_borough_layout_gives_the_same_table(drawn, layout):
    """Files of 2018 and of 2026 stand side by side in one trend."""
    header, row = BOROUGH_LAYOUTS[layout]
    text = "\n".join(
        [f"{header},202304", row.format(b="Barnet") + ",5", row.format(b="Camden") + ",7"]
    )

    table = read_boroughs(drawn.write("file.csv", text))

    assert count(table, area_code="E09000003", offence="possession") == 5
    assert count(table, area_code="E09000007") == 7
    assert count(table, offence="trafficking") == 0


def test_other_drug_offences_are_left_out_and_said(drawn):
    """Files to 2018 have a third kind; neither possession nor trafficking may swallow it."""
    text = (
        "Borough,Major Category,Minor Category,201804\n"
        "Barnet,Drugs,Other Drugs,9\nBarnet,Drugs,Drug Trafficking,1\n"
        "Camden,Drugs,Drug Trafficking,1\n"
    )

    table = read_boroughs(drawn.write("file.csv", text))

    assert count(table, area_code="E09000003") == 1
    assert "neither possession nor trafficking" in why("dropped")


def test_airports_and_unknown_places_belong_to_no_borough(drawn):
    """Counted in London's total they would raise the comparator."""
    text = (
        "month,area_code,area_name,possession,trafficking\n"
        "2023-04,E09000003,Barnet,5,1\n2023-04,E09000007,Camden,5,1\n"
        "2023-04,,Unknown,50,10\n2023-04,,London Heathrow and London City Airports,50,10\n"
    )
    drawn.receive("mps_borough_crime", "2023-06-30", text)

    table = load.borough_drug_offences()

    assert count(table) == 12
    assert set(table["area_name"]) == {"Barnet", "Camden"}
    assert "areas that are not assessed" in why("dropped")


def test_a_borough_that_nobody_knows_stops_the_load(drawn):
    """A new spelling left out silently would be a borough without offences."""
    path = drawn.write(
        "b.csv", "Group,SubGroup,BOCU,202304\nDRUG OFFENCES,POSSESSION OF DRUGS,Barnett,1\n"
    )

    with pytest.raises(InputError) as error:
        read_boroughs(path)

    message = "\n".join(lines_of(error))
    assert "data/b.csv" in message
    assert "'Barnett'" in message
    assert "data/value_maps/mps_not_boroughs.csv" in message


def test_a_borough_that_is_absent_stops_the_load(drawn):
    """Half a file must not become a London with half its offences."""
    path = drawn.write(
        "b.csv", "Group,SubGroup,BOCU,202304\nDRUG OFFENCES,POSSESSION OF DRUGS,Barnet,1\n"
    )

    with pytest.raises(InputError, match="lacks 1 of the 2 boroughs") as error:
        read_boroughs(path)

    assert any("Camden" in line for line in lines_of(error))


def test_a_borough_that_lacks_a_month_stops_the_load(drawn):
    """Wards have quiet months; a borough without a row has lost it."""
    text = (
        "month,area_code,area_name,possession,trafficking\n"
        "2023-04,E09000003,Barnet,5,1\n2023-04,E09000007,Camden,5,1\n2023-05,E09000003,Barnet,5,1\n"
    )

    with pytest.raises(InputError, match="lacks months of 1 of the 2 boroughs") as error:
        read_boroughs(drawn.write("b.csv", text))

    assert any("Camden" in line for line in lines_of(error))


def test_a_ward_under_two_names_is_added_up(drawn):
    """Heathrow Villages stands once under Hillingdon and once under Aviation Security."""
    text = wards(
        "Drug Offences,Drug Trafficking,Colindale North,E05013632,Barnet,2,1",
        "Drug Offences,Drug Trafficking,Colindale North,E05013632,Aviation Security (SO18),3,1",
    )

    table = read_ward_offences(drawn.write("file.csv", text))

    assert count(table, ward_code="E05013632", month="2023-04") == 5
    assert "added to the same ward under another place's name" in why("replaced")


def test_names_with_a_comma_or_an_ampersand_change_nothing(drawn):
    """Names vary between files, so wards are joined on their code alone."""
    text = wards('Drug Offences,Drug Trafficking,"Colindale & Hyde, North",E05013632,Barnet,1,1')

    table = read_ward_offences(drawn.write("file.csv", text))

    assert count(table, ward_name="Colindale North") == 2


def test_a_hostile_ward_name_does_no_harm(drawn):
    """Names come from outside; they are escaped where they are shown, not here."""
    name = "<script>alert(1)</script>"
    census = (
        "ward_code,ward_name,borough_code,borough_name,residents\n"
        f"E05013632,{name},E09000003,Barnet,100\n"
    )
    drawn.receive("census_2021_wards", "2022-11-30", census)

    table = read_ward_offences(
        drawn.write("file.csv", COMPILED_WARDS.splitlines()[0] + "\n2023-04,E05013632,1,1\n")
    )

    assert set(table["ward_name"]) == {name}


def test_old_wards_are_refused_with_a_name(drawn):
    """One Colindale of before 2022 is two today; its figures fit neither."""
    text = COMPILED_WARDS + "2023-05,E05000049,4,0\n"

    with pytest.raises(InputError) as error:
        read_ward_offences(drawn.write("file.csv", text))

    message = "\n".join(lines_of(error))
    assert "data/file.csv holds codes of London wards in use until May 2022" in message
    assert "E05000049" in message
    assert "Nothing was loaded" in message


def test_wards_of_no_known_set_are_refused(drawn):
    """They may be of a later boundary set, whose residents are not held."""
    with pytest.raises(InputError, match="not wards of May 2022") as error:
        read_ward_offences(drawn.write("file.csv", COMPILED_WARDS + "2023-05,E05099999,4,0\n"))

    assert any("E05099999" in line for line in lines_of(error))


def test_a_ward_that_the_file_does_not_know_is_not_filled(drawn):
    """A cut-down file would turn a whole borough into zeros."""
    rows = [line for line in wards().splitlines() if "E05013653" not in line]
    rows.append("Drug Offences,Drug Trafficking,Colindale North,E05013632,Barnet,1,1")

    with pytest.raises(InputError, match="no row for 1 of the 4 wards") as error:
        read_ward_offences(drawn.write("file.csv", "\n".join(rows)))

    assert any("'Bloomsbury' (E05013653)" in line for line in lines_of(error))


MONTHS = ["202304", "202305", "202306", "202307", "202308"]


@pytest.mark.parametrize(("thin", "outcome"), [(0, "left out"), (2, "refused"), (4, "refused")])
def test_a_nearly_empty_month_never_counts(drawn, thin, outcome):
    """A 25-month file can begin with a few days of a month; that is no fall in offences."""
    counts = ["2" if place == thin else "50" for place in range(5)]
    header = ",".join([WARD_HEADER, *MONTHS])
    row = ",".join(["Drug Offences,Drug Trafficking,Colindale North,E05013632,Barnet", *counts])
    path = drawn.write("file.csv", wards(row, header=header))

    if outcome == "refused":
        with pytest.raises(InputError, match="is nearly empty") as error:
            read_ward_offences(path)
        assert any("Nothing was loaded" in line for line in lines_of(error))
    else:
        table = read_ward_offences(path)
        assert str(table["month"].min()) == "2023-05"
        assert "the first month, 2023-04, is nearly empty" in why("dropped")


def test_a_fifth_of_the_months_beside_it_is_enough(drawn):
    """The rule is under a fifth, not at it: a quiet month is a real one."""
    header = ",".join([WARD_HEADER, *MONTHS])
    row = "Drug Offences,Drug Trafficking,Colindale North,E05013632,Barnet,50,50,10,50,50"

    table = read_ward_offences(drawn.write("file.csv", wards(row, header=header)))

    assert table["month"].nunique() == 5


def test_the_newest_receipt_wins_a_month_that_two_carry(drawn):
    """Publications revise each other by a few offences."""
    header = "month,ward_code,possession,trafficking\n"
    both = "{m},E05013632,{n},0\n{m},E05013653,1,0\n"
    older = header + both.format(m="2023-04", n=3) + both.format(m="2023-05", n=3)
    newer = header + both.format(m="2023-05", n=5) + both.format(m="2023-06", n=5)
    drawn.receive("mps_ward_crime", "2023-06-30", older)
    drawn.receive("mps_ward_crime", "2023-07-31", newer)

    offences = load.ward_drug_offences()

    assert [count(offences, month=m) for m in ("2023-04", "2023-05", "2023-06")] == [4, 6, 6]
    given_by = load.receipt_of_month("mps_ward_crime")
    assert [str(day) for day in given_by["received"]] == ["2023-06-30", "2023-07-31", "2023-07-31"]
    assert "a newer receipt carries the same period" in why("replaced")


def test_a_new_file_of_the_publisher_just_works(drawn):
    """A year arrives as a file and its receipt, without code."""
    drawn.receive("mps_ward_crime", "2023-06-30", COMPILED_WARDS)
    header = f"{WARD_HEADER},202306"
    row = "DRUG OFFENCES,TRAFFICKING OF DRUGS,Colindale North,E05013632,Barnet,9"
    drawn.receive("mps_ward_crime", "2026-06-30", wards(row, header=header))

    offences = load.ward_drug_offences()

    assert count(offences, month="2023-06") == 9
    assert count(offences, month="2023-04") == 6


def test_a_year_that_is_not_wholly_held_gives_no_rows(drawn):
    """Eleven months under a year's name would be a fall of a twelfth."""
    drawn.receive("mps_ward_crime", "2023-06-30", COMPILED_WARDS)

    part = load.ward_drug_offences(year="2023/24")

    assert part.empty
    assert list(part.columns) == list(load.ward_drug_offences().columns)
    assert str(part["month"].dtype) == "period[M]"


def test_one_area_is_a_part_of_all(drawn):
    """A borough's rows are the same whoever asks for them."""
    drawn.receive("mps_ward_crime", "2023-06-30", COMPILED_WARDS)

    camden = load.ward_drug_offences("E09000007")

    assert set(camden["ward_code"]) == {"E05013653"}
    assert count(camden) == 2


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("several", "the text 'several'"),
        ("", "nothing"),
        ("-4", "a negative number"),
        ("2.5", "a fraction"),
        ("<5", "text with digits in it"),
        ("1e3", "text with digits in it"),
    ],
)
def test_a_count_that_is_none_is_refused_with_its_place(drawn, cell, found):
    """The message says where, and keeps what may be a small count to itself."""
    path = drawn.write(
        "file.csv",
        f"month,ward_code,possession,trafficking\n2023-04,E05013632,1,1\n2023-04,E05013653,{cell},1\n",
    )

    with pytest.raises(InputError) as error:
        read_ward_offences(path)

    message = "\n".join(lines_of(error))
    assert "data/file.csv: a count is not a whole number" in message
    assert "Column 'possession', row 2 below the header" in message
    assert f"Found: {found}." in message


def test_text_in_a_row_that_is_not_read_does_no_harm(drawn):
    """Only drug offences are used."""
    rows = wards("Drug Offences,Drug Trafficking,Colindale North,E05013632,Barnet,2,3").replace(
        ",1,1", ",x,1"
    )

    assert count(read_ward_offences(drawn.write("file.csv", rows))) == 5


def test_two_rows_about_the_same_thing_are_refused(drawn):
    """Added up they would double a ward; either alone may be the wrong one."""
    row = "Drug Offences,Drug Trafficking,Colindale North,E05013632,Barnet,2,0"

    with pytest.raises(InputError, match="two rows are about the same thing") as error:
        read_ward_offences(drawn.write("file.csv", wards(row, row)))

    assert any("E05013632" in line for line in lines_of(error))


def test_a_month_that_stands_twice_is_refused(drawn):
    """Which of the two columns counts can't be told."""
    with pytest.raises(InputError, match="a column stands in the header twice") as error:
        read_ward_offences(drawn.write("file.csv", wards(header=f"{WARD_HEADER},202304,202304")))

    assert any("'202304'" in line for line in lines_of(error))


def test_months_in_any_order_give_the_same_table(drawn):
    """Nothing depends on how the publisher sorts its columns."""
    row = "Drug Offences,Drug Trafficking,Colindale North,E05013632,Barnet,"
    forward = read_ward_offences(drawn.write("a.csv", wards(row + "2,3")))
    backward = read_ward_offences(
        drawn.write("b.csv", wards(row + "3,2", header=f"{WARD_HEADER},202305,202304"))
    )

    pd.testing.assert_frame_equal(forward, backward)


def test_new_wording_is_named_with_the_line_to_add(drawn):
    """Renamed offences must not vanish from the count."""
    with pytest.raises(InputError, match="worded in a way not met before") as error:
        read_ward_offences(
            drawn.write(
                "f.csv", wards("Drug Offences,Supply of Drugs,Colindale North,E05013632,Barnet,1,1")
            )
        )

    message = "\n".join(lines_of(error))
    assert "data/value_maps/mps_drug_offences.csv" in message
    assert "'supply of drugs' in the group 'drug offences'" in message


def test_a_file_without_drug_offences_is_refused(drawn):
    """A renamed group would otherwise be a London without drug offences."""
    with pytest.raises(InputError, match="holds no drug offences") as error:
        read_ward_offences(drawn.write("f.csv", wards()))

    lines_of(error)


def test_a_receipt_that_promises_other_months_is_refused(drawn):
    """A file put under the wrong receipt would pass as another vintage."""
    drawn.receive(
        "mps_ward_crime",
        "2023-06-30",
        COMPILED_WARDS,
        periods={"first": "2023-04", "last": "2023-06"},
    )

    with pytest.raises(InputError, match="holds 2023-04 to 2023-05") as error:
        load.ward_drug_offences()

    assert any("2023-04 to 2023-06" in line for line in lines_of(error))


def test_two_files_of_one_receipt_may_not_share_a_month(drawn):
    """Neither of them is the newer one."""
    drawn.receive("mps_ward_crime", "2023-06-30", COMPILED_WARDS, name="a.csv")
    drawn.receive("mps_ward_crime", "2023-06-30", COMPILED_WARDS, name="b.csv")

    with pytest.raises(InputError, match="two files of one receipt carry 2023-04") as error:
        load.ward_drug_offences()

    lines_of(error)


def test_changed_bytes_are_refused(drawn):
    """A number is never changed in a received file."""
    path = drawn.receive("mps_ward_crime", "2023-06-30", COMPILED_WARDS)
    path.write_text(COMPILED_WARDS.replace("3,1", "4,1"), encoding="utf-8", newline="\n")

    with pytest.raises(InputError, match="has changed since it was received") as error:
        load.ward_drug_offences()

    assert "data/mps_ward_crime/2023-06-30/file.csv" in lines_of(error)[0]


def test_a_file_that_is_gone_is_named(drawn):
    """The receipt remembers what was there."""
    drawn.receive("mps_ward_crime", "2023-06-30", COMPILED_WARDS).unlink()

    with pytest.raises(
        InputError, match=r"data/mps_ward_crime/2023-06-30/file\.csv is missing"
    ) as e:
        load.ward_drug_offences()

    lines_of(e)


def test_nothing_received_is_an_ordinary_state(drawn):
    """The page then says so; an invented figure or a crash would both be worse."""
    for table in (load.borough_drug_offences(), load.ward_drug_offences(year="2023/24")):
        assert table.empty
        assert str(table["offences"].dtype) == "int64"
        assert str(table["month"].dtype) == "period[M]"


def test_a_file_without_a_receipt_is_not_overlooked(drawn):
    """Dropped into its folder it would otherwise be read by nobody."""
    drawn.receive("mps_ward_crime", "2023-06-30", COMPILED_WARDS)
    drawn.write("mps_ward_crime/2024-06-30/new.csv", COMPILED_WARDS)

    with pytest.raises(InputError, match="data/mps_ward_crime/2024-06-30 has no receipt") as error:
        load.ward_drug_offences()

    lines_of(error)


def test_a_ward_file_needs_the_list_of_wards(drawn):
    """Without it nobody knows which wards had no offence."""
    shutil.rmtree(drawn.data / "census_2021_wards")

    with pytest.raises(InputError, match="census_2021_wards: nothing has been received") as error:
        read_ward_offences(drawn.write("file.csv", COMPILED_WARDS))

    assert any("data/census_2021_wards/" in line for line in lines_of(error))


def test_figures_are_read_again_when_a_file_changes(drawn):
    """A long-lived notebook must not show figures of before a new receipt."""
    drawn.receive("mps_ward_crime", "2023-06-30", COMPILED_WARDS)
    before = count(load.ward_drug_offences())
    drawn.receive("mps_ward_crime", "2023-06-30", COMPILED_WARDS.replace("3,1", "4,1"))

    assert count(load.ward_drug_offences()) == before + 1


def test_what_is_handed_out_is_the_callers_own(drawn):
    """A cell that changes its table must not change the next one's."""
    drawn.receive("mps_ward_crime", "2023-06-30", COMPILED_WARDS)
    mine = load.ward_drug_offences()
    mine["offences"] = 0

    assert count(load.ward_drug_offences()) == 10


counts = st.lists(st.integers(0, 10**6), min_size=2, max_size=2)


@settings(max_examples=25, deadline=None)
@given(north=counts, bloomsbury=counts)
def test_nothing_is_lost_between_the_file_and_the_table(tmp_path_factory, north, bloomsbury):
    """Whatever the counts, each arrives in its ward and month."""
    with pytest.MonkeyPatch.context() as patch:
        drawn = draw_project(tmp_path_factory.mktemp("p"), patch)
        of = "Drug Offences,Drug Trafficking"
        rows = [
            f"{of},Colindale North,E05013632,Barnet,{north[0]},{north[1]}",
            f"{of},Bloomsbury,E05013653,Camden,{bloomsbury[0]},{bloomsbury[1]}",
        ]
        path = drawn.write("file.csv", wards(*rows))
        totals = [north[0] + bloomsbury[0], north[1] + bloomsbury[1]]
        if min(totals) * 5 < max(totals) and totals[1] < totals[0]:
            with pytest.raises(InputError, match="nearly empty"):
                read_ward_offences(path)
            return
        table = read_ward_offences(path)
        assert count(table, month="2023-05", ward_code="E05013632") == north[1]
        assert count(table, month="2023-05") == totals[1]
