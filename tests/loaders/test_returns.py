"""Partners' returns: a gap is not a zero, a hidden count is not a zero, and nothing is guessed."""

import pandas as pd
import pytest

from cdpb import loaders as load
from cdpb.errors import InputError
from cdpb.loaders.files import clear, log
from tests.support.project import draw_project, lines_of

ORDERS = "Month,Borough,Requirement,Commencements\n"
REFERRALS = "Month of referral,Borough,Referral route,Referrals\n"
ADULTS = "Month,Area code,Area,Adults in treatment (last 12 months)\n"
PRISON = (
    "Period,Area code,Local authority,Released with a treatment need,Picked up within 3 weeks\n"
)
ADMISSIONS = "Financial year,Ward code,Ward,Borough code,Alcohol-specific admissions\n"
BARNET = "E09000003"


@pytest.fixture
def drawn(tmp_path, monkeypatch, building):
    """A drawn project in which a partnership's demonstration is being built."""
    clear()
    building("partnership", True)
    return draw_project(tmp_path, monkeypatch)


def whys() -> set[str]:
    return set(log()["why"])


# What happened, and what was not told ---------------------------------------------------


def test_an_order_without_a_row_in_a_month_that_is_covered_is_none(drawn):
    """A list of starts lists what happened; protection needs the zeros too."""
    drawn.receive("probation_orders", "2024-09-30", ORDERS + "Apr-23,Barnet,ATR,3\n")

    table = load.returned("probation_orders", BARNET)

    assert dict(zip(table["order"], table["starts"], strict=True)) == {"ATR": 3, "DRR": 0}
    assert "no row in a period that is covered: 0" in whys()


def test_a_month_without_any_row_is_a_gap(drawn):
    """Nobody says that nothing happened; so the year is not held whole, and no 0 is made."""
    rows = "".join(f"{m},Barnet,ATR,3\n" for m in ("Apr-23", "Jun-23"))
    drawn.receive("probation_orders", "2024-09-30", ORDERS + rows)

    assert sorted(set(load.returned("probation_orders")["month"].astype(str))) == [
        "2023-04",
        "2023-06",
    ]
    assert load.years_held("probation_orders") == []


HIDES = ["*", "c", "[c]", "<5", "1-4", "1 to 4", "Suppressed", "fewer than 5"]


@pytest.mark.parametrize("hidden", [*HIDES, "", "-"])
def test_a_count_that_the_sender_hides_is_missing(drawn, hidden):
    """Under five is not 0, and neither is a cell that was left empty."""
    rows = f"Apr-23,Barnet,ATR,{hidden}\nApr-23,Barnet,DRR,0\n"
    drawn.receive("probation_orders", "2024-09-30", ORDERS + rows)

    table = load.returned("probation_orders").set_index("order")["starts"]

    assert pd.isna(table["ATR"])
    assert table["DRR"] == 0
    assert log()["what"].eq("missing").sum() == 1


def test_the_months_to_come_of_a_form_are_no_months(drawn):
    """A form for the whole year is sent with its last rows empty; nothing is hidden in them."""
    rows = "Apr-23,Barnet,ATR,7\nMay-23,Barnet,ATR,\nMay-23,Barnet,DRR,\n"
    drawn.receive("probation_orders", "2024-09-30", ORDERS + rows)

    assert set(load.returned("probation_orders")["month"].astype(str)) == {"2023-04"}
    assert "periods without any count: gaps" in whys()


def test_a_sender_that_leaves_small_counts_empty_is_one_line(drawn):
    """What an empty cell means is the sender's rule, so it is declared for the sender."""
    words = (drawn.data / "value_maps" / "return_words.csv").read_text(encoding="utf-8")
    drawn.write("value_maps/return_words.csv", words + "probation_orders,(count),,(hidden)\n")
    drawn.receive("probation_orders", "2024-09-30", ORDERS + "Apr-23,Barnet,ATR,\n")

    table = load.returned("probation_orders").set_index("order")["starts"]

    assert pd.isna(table["ATR"])


def test_a_mark_that_was_not_met_before_is_one_line(drawn):
    """The message names it, and never reads the mark as a figure."""
    drawn.receive("probation_orders", "2024-09-30", ORDERS + "Apr-23,Barnet,ATR,small\n")

    with pytest.raises(InputError) as error:
        load.returned("probation_orders")

    line = "probation_orders,(count),the mark,(hidden)"
    assert any("Column 'starts', row 1" in each for each in lines_of(error))
    assert any(line in each for each in lines_of(error))
    words = (drawn.data / "value_maps" / "return_words.csv").read_text(encoding="utf-8")
    drawn.write("value_maps/return_words.csv", words + line.replace("the mark", "small") + "\n")
    assert load.returned("probation_orders")["starts"].isna().sum() == 1


@pytest.mark.parametrize("wrong", ["about 3", "2.5", "-1", "1,2,4"])
def test_text_in_a_number_is_refused_with_its_place(drawn, wrong):
    """And the message doesn't show it: it may be a small count with a remark."""
    drawn.receive("probation_orders", "2024-09-30", ORDERS + f'Apr-23,Barnet,ATR,"{wrong}"\n')

    with pytest.raises(InputError, match="a count is not a whole number") as error:
        load.returned("probation_orders")

    assert any("Column 'starts', row 1 below the header" in line for line in lines_of(error))
    assert wrong not in str(error.value)


def test_a_row_that_stands_twice_is_refused(drawn):
    """Either could be the true one, and adding them up would be a guess."""
    twice = "Apr-23,Barnet,ATR,3\n01/04/2023,Barnet,Alcohol Treatment Requirement,4\n"
    drawn.receive("probation_orders", "2024-09-30", ORDERS + twice)

    with pytest.raises(InputError, match="two rows are about the same thing"):
        load.returned("probation_orders")


def test_a_new_word_stops_with_the_line_to_add(drawn):
    """A renamed requirement is a line of data, not code."""
    drawn.receive("probation_orders", "2024-09-30", ORDERS + "Apr-23,Barnet,MHTR,3\n")

    with pytest.raises(InputError, match="order holds a word not met before: 'MHTR'") as error:
        load.returned("probation_orders")

    assert any("probation_orders,order,MHTR,OUR WORD" in line for line in lines_of(error))


def test_a_word_that_is_mapped_to_nothing_is_left_out(drawn):
    """The partnership may not want every requirement."""
    words = (drawn.data / "value_maps" / "return_words.csv").read_text(encoding="utf-8")
    drawn.write("value_maps/return_words.csv", words + "probation_orders,order,MHTR,(not used)\n")
    rows = "Apr-23,Barnet,MHTR,3\nApr-23,Barnet,ATR,2\n"
    drawn.receive("probation_orders", "2024-09-30", ORDERS + rows)

    assert load.returned("probation_orders")["starts"].sum() == 2
    assert "kinds that are not used" in whys()


def test_other_authorities_are_left_out(drawn):
    """Probation sends its whole region; a file with none of ours is the wrong file."""
    rows = "Apr-23,Barnet,ATR,3\nApr-23,Luton,ATR,9\n"
    drawn.receive("probation_orders", "2024-09-30", ORDERS + rows)

    assert set(load.returned("probation_orders")["area_code"]) == {BARNET}
    assert "areas that are not assessed" in whys()

    drawn.receive("probation_orders", "2024-09-30", ORDERS + "Apr-23,Luton,ATR,9\n")
    with pytest.raises(InputError, match="holds no London borough"):
        load.returned("probation_orders")


# Spreadsheets ---------------------------------------------------------------------------


def test_a_windows_file_with_a_dash_is_read(drawn):
    """Hand-made returns come in the encoding and line ends of Windows."""
    text = REFERRALS + "01/05/2024,Barnet,Neighbourhood team – voluntary,2\n"
    drawn.receive("police_referrals", "2024-09-30", text.replace("\n", "\r\n").encode("cp1252"))

    assert load.returned("police_referrals")["referrals"].sum() == 2
    assert "file in Windows cp1252, not UTF-8" in whys()


@pytest.mark.parametrize(
    "written",
    ["2024-05", "202405", "2024-05-01", "01/05/2024", "01.05.24", "May-24", "May 2024", "MAY-24"],
)
def test_months_come_in_many_spellings(drawn, written):
    """All of them the same May."""
    drawn.receive("probation_orders", "2024-09-30", ORDERS + f"{written},Barnet,ATR,3\n")

    assert set(load.returned("probation_orders")["month"].astype(str)) == {"2024-05"}


@pytest.mark.parametrize("written", ["05/01/2024", "2024-13", "May", "24-May", "2024-05-17"])
def test_a_month_that_could_be_another_is_refused(drawn, written):
    """05/01/2024 is January to some and May to others."""
    drawn.receive("probation_orders", "2024-09-30", ORDERS + f"{written},Barnet,ATR,3\n")

    with pytest.raises(InputError, match="is no month that can be read"):
        load.returned("probation_orders")


def test_a_column_a_kind_is_read_as_a_row_a_kind(drawn):
    """Booked and attended stand side by side in the return, and never add up."""
    text = "Month,Borough,Required assessments booked,Required assessments attended\n"
    drawn.receive("required_assessments", "2024-09-30", text + "2024-02,Barnet,12,*\n")

    table = load.returned("required_assessments").set_index("stage")["assessments"]

    assert table["booked"] == 12
    assert pd.isna(table["attended"])


def test_a_part_above_its_whole_is_refused(drawn):
    """Two columns in each other's place look like figures."""
    drawn.receive("continuity_of_care", "2025-06-30", PRISON + "2023/24,E09000003,Barnet,20,63\n")

    with pytest.raises(InputError, match="picked_up exceeds released") as error:
        load.returned("continuity_of_care")

    assert not any("63" in line for line in lines_of(error))


def test_quarters_make_a_year_when_all_four_are_there(drawn):
    """Three quarters are no year."""
    header = "Quarter,Borough,Heroin users in the service,Trained and holding naloxone\n"
    rows = [f"Q{n} 2023/24,Barnet,300,200\n" for n in (1, 2, 3, 4)]
    drawn.receive("naloxone", "2024-05-31", header + "".join(rows[:3]))
    assert load.years_held("naloxone") == []

    drawn.receive("naloxone", "2024-05-31", header + "".join(rows))
    assert load.years_held("naloxone") == ["2023/24"]
    assert load.returned("naloxone")["quarter"].iloc[0] == "2023/24 Q1"


# July, receipts, wards --------------------------------------------------------------------


def adults(*skipped: int, july: str = "") -> str:
    months = pd.period_range("2023-04", "2024-03", freq="M")
    rows = [f"{m},{BARNET},Barnet,1465\n" for m in months if m.month not in skipped]
    return ADULTS + "".join(rows) + (f"2023-07,{BARNET},Barnet,{july}\n" if july else "")


def test_a_year_is_whole_without_july(drawn):
    """There is no collection in July: eleven months are all that there can be."""
    drawn.receive("adults_monthly", "2024-09-30", adults(7))

    assert load.years_held("adults_monthly") == ["2023/24"]
    assert len(load.returned("adults_monthly")) == 11

    drawn.receive("adults_monthly", "2024-09-30", adults(6, 7))
    assert load.years_held("adults_monthly") == []


@pytest.mark.parametrize("nothing", ["0", "*", "-"])
def test_a_july_that_holds_nothing_is_left_out(drawn, nothing):
    """Drawn as 0 it would look like everybody had left."""
    drawn.receive("adults_monthly", "2024-09-30", adults(7, july=nothing))

    assert 7 not in set(load.returned("adults_monthly")["month"].dt.month)
    assert "a month without a collection: a gap, not 0" in whys()


def test_a_july_with_a_figure_is_refused(drawn):
    """Somebody filled it, and filled in what?"""
    drawn.receive("adults_monthly", "2024-09-30", adults(7, july="1460"))

    with pytest.raises(InputError, match="has a figure for 2023-07"):
        load.returned("adults_monthly")


def test_the_newer_receipt_gives_the_whole_month(drawn):
    """A start that was struck off must not stay behind from the older receipt."""
    older = "Apr-23,Barnet,ATR,3\nApr-23,Barnet,DRR,2\nMay-23,Barnet,ATR,1\n"
    drawn.receive("probation_orders", "2024-09-30", ORDERS + older)
    drawn.receive("probation_orders", "2025-04-30", ORDERS + "May-23,Barnet,DRR,4\n")

    table = load.returned("probation_orders").pivot(index="month", columns="order", values="starts")

    assert table.loc["2023-04"].tolist() == [3, 2]
    assert table.loc["2023-05"].tolist() == [0, 4]


def test_a_return_by_ward_takes_names_from_the_boundary_set(drawn):
    """A name that is written otherwise in one file would be another ward to a reader."""
    drawn.receive("alcohol_admissions_ward", "2025-06-30", ADMISSIONS + admissions(3))

    table = load.returned("alcohol_admissions_ward", BARNET)

    assert list(table["ward_name"]) == ["Colindale North", "Colindale South", "Edgwarebury"]
    assert load.returned("alcohol_admissions_ward", "E09000007").empty


def test_a_borough_of_which_a_ward_is_left_out_is_refused(drawn):
    """It has not 0 admissions; and beside the borough's total it would be given away."""
    drawn.receive("alcohol_admissions_ward", "2025-06-30", ADMISSIONS + admissions(2))

    with pytest.raises(InputError, match="lacks wards of a borough") as error:
        load.returned("alcohol_admissions_ward")

    assert any("E09000003, 2023/24" in line for line in lines_of(error))


def admissions(wards: int) -> str:
    named = {
        "E05013632": "Colindale Nth.",
        "E05013633": "Colindale Sth",
        "E05013635": "Edgwarebury",
    }
    codes = list(named)[:wards]
    return "".join(f"2023/24,{code},{named[code]},{BARNET},21\n" for code in codes)


def test_former_wards_are_refused(drawn):
    """Where a name is the same, the area is not."""
    row = "2023/24,E05000046,Colindale,E09000003,21\n"
    drawn.receive("alcohol_admissions_ward", "2025-06-30", ADMISSIONS + row)

    with pytest.raises(InputError, match="London wards in use until May 2022"):
        load.returned("alcohol_admissions_ward")


# Who may see it -----------------------------------------------------------------------------


def test_a_public_edition_may_not_even_ask_for_a_restricted_source(drawn, building):
    """Refused before a file is opened, whether or not anything was received."""
    drawn.receive("continuity_of_care", "2025-06-30", PRISON).write_bytes(b"changed")
    building("public", True)

    for asked in (
        lambda: load.returned("continuity_of_care"),
        lambda: load.years_held("continuity_of_care"),
    ):
        with pytest.raises(InputError, match="may not be used in a public edition"):
            asked()


@pytest.mark.parametrize("edition", ["public", "partnership"])
def test_outside_a_demonstration_made_up_figures_are_an_empty_table(drawn, edition, building):
    """Its columns stand, so that a page can say what was not received."""
    made_up = drawn.receive("probation_orders", "2024-09-30", ORDERS, folder="data/illustrative")
    made_up.write_bytes(b"changed")
    building(edition, False)

    table = load.returned("probation_orders", BARNET)

    assert table.empty
    assert list(table.columns) == ["area_code", "month", "order", "starts"]
    assert table.attrs["source"] == "probation_orders"
    assert load.years_held("probation_orders") == []


def test_nothing_received_is_an_empty_table_too(drawn):
    """Also in a demonstration, where the made-up file may have been taken away."""
    assert load.returned("probation_orders").empty
    assert load.returned("young_people_monthly")["month"].dtype == pd.PeriodDtype("M")
    assert load.years_held("naloxone") == []
