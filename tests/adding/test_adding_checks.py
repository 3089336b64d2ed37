"""A file is held against what is held, and stops with all that is wrong."""

import pandas as pd
import pytest

from cdpb import catalogue
from cdpb import loaders as load
from cdpb.adding import NotAdded
from cdpb.catalogue import receipts
from tests.adding.test_adding import problems
from tests.support.adding import WARDS, Arrivals, boroughs, wards
from tests.support.project import draw_project

MADE_UP = "data/illustrative"
TREATMENT_ORDERS = "Month,Borough,Requirement,Commencements\n"


@pytest.fixture
def arrivals(tmp_path, monkeypatch):
    """A project that holds two years of wards, received in April 2025."""
    drawn = Arrivals(tmp_path / "downloads", draw_project(tmp_path, monkeypatch))
    drawn.add(drawn.wards(wards("2023-04", 24), "V3", "held.csv"), received="2025-04-30")
    return drawn


def refused(arrivals, *files, **more) -> str:
    """All that is said to be wrong, and that nothing was changed by it."""
    before = arrivals.holds()
    with pytest.raises(NotAdded) as error:
        arrivals.add(*files, **more)
    assert error.value.exit_code == 2
    assert str(error.value).splitlines()[-1].strip() == "Nothing was changed."
    assert arrivals.holds() == before
    return problems(error)


def test_a_file_is_received_once(arrivals):
    """By its bytes: a download is easily repeated under another name."""
    again = arrivals.wards(wards("2023-04", 24), "V3", "wards (1).csv")

    said = refused(arrivals, again)

    assert "wards (1).csv was received before, byte for byte" in said
    assert "data/mps_ward_crime/2025-04-30/held.csv" in said


def test_the_same_file_named_twice_is_refused(arrivals):
    """Also under two names."""
    one = arrivals.wards(wards("2024-04", 24), name="one.csv")
    two = arrivals.wards(wards("2024-04", 24), name="two.csv")

    assert "two.csv is named twice" in refused(arrivals, one, two)


def test_an_older_publication_may_not_stand_over_a_newer_one(arrivals):
    """The newest receipt wins, so an old file received today would undo its revisions."""
    said = refused(arrivals, arrivals.wards(wards("2022-04", 24)))

    assert "wards.csv is older than what is held" in said
    assert "It ends with 2024-03; the receipt of 2025-04-30 reaches 2025-03." in said


def test_an_older_publication_takes_its_place_by_its_date(arrivals):
    """It gives the months that nothing newer carries, and no other."""
    older = wards("2022-04", 24)
    older["offences"] += 1

    said = arrivals.said(arrivals.wards(older), received="2024-04-30")

    assert "for 12 of 24 months; newer receipts carry the others" in said
    assert load.ward_drug_offences(year="2023/24")["offences"].sum() == (
        wards("2023-04", 12)["offences"].sum()
    )
    assert load.ward_drug_offences(year="2022/23")["offences"].sum() == (
        older.iloc[:]["offences"][older["month"] < "2023-04"].sum()
    )


def test_a_month_that_is_half_empty_stops(arrivals):
    """A file drawn in the middle of a month looks like a fall in crime."""
    table = wards("2024-04", 24)
    table.loc[table["month"] == "2026-03", "offences"] //= 3

    said = refused(arrivals, arrivals.wards(table))

    assert "a month looks half empty" in said
    assert "In 2026-03 the total is under half" in said


def test_a_first_month_that_is_nearly_empty_is_left_out_and_said(arrivals):
    """A file of 25 months can begin with the last days of one."""
    table = wards("2024-03", 25)
    table.loc[table["month"] == "2024-03", "offences"] //= 30

    said = arrivals.said(arrivals.wards(table))

    assert "the first month, 2024-03, is nearly empty" in said
    assert "2024-04 to 2026-03" in said
    assert (load.receipt_of_month("mps_ward_crime")["month"] == "2024-03").any()


def test_small_counts_are_not_called_half_empty(arrivals):
    """Of few events a month may have a third of its neighbours' by chance."""
    _receive_orders(arrivals, "2025-04-30", [7, 9, 2, 8, 6])

    assert len(load.returned("probation_orders")) == 2 * 5


def test_a_gap_between_months_stops(arrivals):
    """A year with a month missing is no year."""
    table = wards("2024-04", 24)

    said = refused(arrivals, arrivals.wards(table[table["month"] != "2025-08"]))

    assert "wards.csv has a gap" in said
    assert "lacks 2025-08" in said


@pytest.mark.parametrize(
    ("spoil", "first"),
    [
        (lambda t: t.assign(offences=t["offences"] * 2), "2024-04"),
        (lambda t: t.assign(offence=t["offence"].map(_SWAPPED)), "2024-04 possession"),
        (lambda t: _named(t.replace({"ward_code": _MIXED})), "2024-04 E09000003"),
    ],
    ids=["twice", "kinds swapped", "wards swapped"],
)
def test_figures_unlike_those_of_the_last_receipt_stop(arrivals, spoil, first):
    """Each of these passes every check of a single file."""
    held = wards("2023-04", 24)
    apart = held["ward_code"].map({"E05013632": 10, "E05013653": 0.5}).fillna(1)
    arrivals.project.receive(
        "mps_ward_crime",
        "2025-05-31",
        arrivals.wards(_times(held, apart)).read_bytes(),
        periods={"first": "2023-04", "last": "2025-03"},
    )
    table = wards("2024-04", 24)
    apart = table["ward_code"].map({"E05013632": 10, "E05013653": 0.5}).fillna(1)

    said = refused(arrivals, arrivals.wards(spoil(_times(table, apart))))

    assert "totals are not like those of the last receipt" in said
    assert f"First: {first}" in said


_SWAPPED = {"possession": "trafficking", "trafficking": "possession"}
_MIXED = {"E05013632": "E05013653", "E05013653": "E05013632"}


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """With the names of its codes, so that nothing in the file contradicts itself."""
    named = table["ward_code"].map(WARDS)
    return table.assign(ward_name=named.str[0], place=named.str[1])


def _times(table: pd.DataFrame, factor: pd.Series) -> pd.DataFrame:
    return table.assign(offences=(table["offences"] * factor).astype(int))


def test_revisions_are_counted_where_the_source_is_public(arrivals):
    """A reader of the change log wants to know by how much."""
    table = wards("2024-04", 24)
    table.loc[[0, 1], "offences"] += [3, -1]

    said = arrivals.said(arrivals.wards(table))

    assert "2 of 96 figures differ from the last receipt, by +2 in total" in said


def test_an_accepted_file_says_why_in_its_receipt(arrivals):
    """A person may know better; that they did is kept beside the file."""
    table = wards("2024-04", 24)
    table.loc[table["month"] == "2026-03", "offences"] //= 3

    arrivals.add(arrivals.wards(table), accept="The publisher confirms March 2026.")

    note = receipts("mps_ward_crime")[-1].note
    assert "a month looks half empty" in note
    assert "The publisher confirms March 2026." in note


def test_a_reason_for_nothing_is_not_kept(arrivals):
    """A receipt that says so would have everybody look for what was wrong."""
    arrivals.add(arrivals.wards(wards("2024-04", 24)), accept="Just in case.")

    assert receipts("mps_ward_crime")[-1].note == ""


def test_a_new_year_of_another_size_stops(arrivals):
    """A file that overlaps nothing can still be in another unit."""
    table = wards("2025-04", 12).assign(offences=lambda t: t["offences"] * 3)

    assert "are of another size than those held" in refused(arrivals, arrivals.wards(table))


def test_a_new_year_that_overlaps_nothing_is_added(arrivals):
    """Most yearly tables come so."""
    said = arrivals.said(arrivals.wards(wards("2025-04", 12)))

    assert "2025/26 for ward_drug_offences; still to come: mps_borough_crime" in said
    assert "lacking" not in said


def test_months_that_nothing_carries_are_said(arrivals):
    """The year between stays incomplete until somebody finds the file."""
    said = arrivals.said(arrivals.wards(wards("2025-07", 12)))

    assert "2025-04 to 2025-06: no receipt carries 3 of these months" in said


def test_a_reason_does_not_help_a_file_that_can_not_be_read(arrivals):
    """Two rows about the same thing stay two."""
    text = arrivals.wards(wards("2024-04", 24)).read_text(encoding="utf-8").splitlines()
    doubled = arrivals.file("\n".join([*text, text[1]]) + "\n")

    said = refused(arrivals, doubled, accept="I know.")

    assert "two rows are about the same thing" in said


def test_all_that_is_wrong_with_all_files_is_said_at_once(arrivals):
    """Nobody wants to find the third fault after mending the second."""
    half = wards("2024-04", 24)
    half.loc[half["month"] == "2026-03", "offences"] //= 3
    half = half[half["month"] != "2025-08"]
    stranger = arrivals.file("colour,weight\n1,2\n")
    good = arrivals.boroughs(boroughs("2024-04", 24))

    said = refused(arrivals, arrivals.wards(half), stranger, good)

    assert "wards.csv has a gap" in said
    assert "wards.csv: a month looks half empty" in said
    assert "new.csv: its header is of no source" in said


def test_figures_of_partners_are_compared_and_not_told(arrivals):
    """Two versions side by side are a way to work out what either hides."""
    _receive_orders(arrivals, "2025-04-30", [7, 9, 6])

    said = arrivals.said(_orders(arrivals, "2024-04", [7, 8, 6, 9]))

    assert "some figures differ from the last receipt" in said
    assert "in total" not in said


def test_a_made_up_file_does_not_come_in_as_a_received_one(arrivals):
    """Its figures would then be shown as if somebody had sent them."""
    file = _orders(arrivals, "2024-04", [7, 8, 6, 9])
    project = arrivals.project
    project.receive("probation_orders", "2025-04-30", file.read_bytes(), folder=MADE_UP)

    said = refused(arrivals, file)

    assert "orders.csv is a made-up file, byte for byte" in said
    assert "Wanted: the file that Probation Service, London sent" in said


def test_a_received_file_takes_the_place_of_made_up_ones(arrivals):
    """Nothing is edited or deleted by hand, and nothing of the two is compared."""
    made_up = _orders(arrivals, "2022-04", [70, 80, 60, 90]).read_bytes()
    arrivals.project.receive("probation_orders", "2025-04-30", made_up, folder=MADE_UP)

    said = arrivals.said(_orders(arrivals, "2024-04", [7, 8, 6, 9]), received="2025-04-30")

    assert "made up   1 receipt for demonstrations is not used any more" in said
    assert "last receipt" not in said
    assert catalogue.source("probation_orders").status == "official"
    assert [str(each.received) for each in catalogue.receipts("probation_orders")] == ["2025-04-30"]
    assert load.returned("probation_orders")["starts"].sum() == 30


def test_figures_of_two_methods_are_not_held_against_each_other(arrivals):
    """An estimate by a new method is not a revision of the old one."""
    header = "area_code,area_name,year,series,users,lower,upper,ages,rate_per_1000,source_address,"
    held = f"{header}note\nE92000001,England,2016/17,first,300000,,,15-64,,,\n"
    arrivals.add(arrivals.file(held, "held.csv"), received="2020-01-31")
    new = f"{header}note\nE92000001,England,2016/17,second,500000,,,15-64,,,\n"

    said = arrivals.said(arrivals.file(new))

    assert "differ" not in said
    assert list(load.opiate_crack_use()["series"]) == ["first", "second"]


def test_figures_that_would_be_lost_stop(arrivals):
    """A newer file replaces whole years; what it leaves out would be gone from the pages."""
    arrivals.project.narrow_treatment_exports()
    header = "ReportingPeriod,Area,sex,age_group,drug_group,{}exits_died_allintx"
    held = header.format("intreatment_allintx,newpresentation_newtx,")
    held += "\n2021/22,Barnet,Total,Total,Total,100,50,5\n"
    arrivals.add(arrivals.file(held, "held.csv"), received="2023-01-31")
    poorer = held.replace("100,50,5", "100,NULL,5")

    said = refused(arrivals, arrivals.file(poorer))

    assert "ndtms_adults: figures that are held would no longer be in use" in said
    assert "E09000003 2021/22" in said


def _orders(arrivals, first: str, starts: list[int]):
    months = pd.period_range(first, periods=len(starts), freq="M")
    kind = "Alcohol Treatment Requirement"
    rows = [f"{month},Barnet,{kind},{n}" for month, n in zip(months, starts, strict=True)]
    return arrivals.file(TREATMENT_ORDERS + "\n".join(rows) + "\n", "orders.csv")


def _receive_orders(arrivals, received: str, starts: list[int]) -> None:
    arrivals.add(_orders(arrivals, "2024-04", starts), received=received)


def test_a_figure_out_of_scale_stops_a_first_receipt(arrivals):
    """1,476,000 among 1,4xx: nothing is held yet that it could be held against."""
    header = "Month,Area code,Area,Adults in treatment (last 12 months)\n"
    rows = [f"2024-{month:02d},E09000003,Barnet,{1470 + month}\n" for month in (4, 5, 6)]
    path = arrivals.file(header + "".join(rows).replace("1475", "1475000"), "adults.csv")

    said = refused(arrivals, path)

    assert "figures are out of scale with those beside them" in said
    assert "First: E09000003 2024-05" in said
    assert "1475" not in said
    assert arrivals.add(path, accept="the provider has grown").accepted
