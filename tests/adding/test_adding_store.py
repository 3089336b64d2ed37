"""What was received is never written over, and files come in together or not at all."""

import os

import pytest
from filelock import FileLock

from cdpb import loaders as load
from cdpb import paths
from cdpb.adding import NotAdded, finish_interrupted, store
from cdpb.catalogue import check_receipt, receipts
from cdpb.errors import InputError
from tests.adding.test_adding import problems
from tests.support.adding import Arrivals, boroughs, stopped_at, wards
from tests.support.commands import cdpb
from tests.support.project import draw_project, lines_of
from tests.support.toys import seen

HEADER = "ReportingPeriod,Area,sex,age_group,drug_group,intreatment_allintx,newpresentation_newtx,"
LOCAL = HEADER + "exits_died_allintx\n2021/22,Barnet,Total,Total,Total,100,50,5\n"
ENGLAND = (
    "ReportingPeriod_Data,Area_Data,DrugGroup_Data,Gender_Data,AgeGroup_Data,"
    "Num_InTreatment_AllInTx\n2021/22,England,Total,Total,Total,289215\n"
)


@pytest.fixture
def arrivals(tmp_path, monkeypatch):
    return Arrivals(tmp_path / "downloads", draw_project(tmp_path, monkeypatch))


def both(arrivals):
    return (
        arrivals.wards(wards("2024-04", 24)),
        arrivals.boroughs(boroughs("2024-04", 24)),
    )


def test_a_second_file_of_the_same_day_joins_the_receipt(arrivals):
    """Local authorities and England are two exports of one table."""
    arrivals.project.narrow_treatment_exports()
    arrivals.add(arrivals.file(LOCAL, "local.csv"))

    arrivals.add(arrivals.file(ENGLAND, "england.csv"))

    (receipt,) = receipts("ndtms_adults")
    check_receipt(receipt)
    assert [each.name for each in receipt.files] == ["local.csv", "england.csv"]
    assert set(load.adults_in_treatment()["area_code"]) == {"E09000003", "E92000001"}


def test_two_files_of_one_day_may_come_in_one_command(arrivals):
    """In whatever order."""
    arrivals.project.narrow_treatment_exports()

    arrivals.add(arrivals.file(ENGLAND, "england.csv"), arrivals.file(LOCAL, "local.csv"))

    assert len(receipts("ndtms_adults")[0].files) == 2


def test_a_second_file_of_the_same_months_and_day_is_refused(arrivals):
    """Which of the two is the newer one can't be told from a day."""
    arrivals.add(arrivals.wards(wards("2024-04", 24), name="morning.csv"))
    before = arrivals.holds()

    with pytest.raises(NotAdded) as error:
        arrivals.add(arrivals.wards(wards("2024-04", 24), "V3", "evening.csv"))

    assert "two files of one receipt carry 2024-04" in problems(error)
    assert arrivals.holds() == before


def test_nothing_received_is_overwritten(arrivals):
    """A file of the same name and day, with other bytes, is another file."""
    arrivals.add(arrivals.wards(wards("2024-04", 24)))
    before = arrivals.holds()

    with pytest.raises(NotAdded) as error:
        arrivals.add(arrivals.wards(wards("2024-04", 24), "V3"))

    assert "wards.csv would overwrite a file that was received" in problems(error)
    assert arrivals.holds() == before


def test_a_file_that_is_said_to_be_otherwise_does_not_join(arrivals):
    """One receipt is provisional or it isn't."""
    arrivals.project.narrow_treatment_exports()
    arrivals.add(arrivals.file(LOCAL, "local.csv"))

    with pytest.raises(NotAdded) as error:
        arrivals.add(arrivals.file(ENGLAND, "england.csv"), provisional=True)

    assert "can't join the receipt of the same day" in problems(error)


def test_ward_and_borough_files_that_come_together_match(arrivals):
    """Offences without a ward are the difference of the two, of one publication alone."""
    added = arrivals.add(*both(arrivals))

    assert added.terms.vintage_group == "20-june-2026"
    assert load.ward_and_borough_offences()["month"].nunique() == 24


def test_files_that_end_with_different_months_are_of_two_publications(arrivals):
    """They stand, and are not subtracted from each other."""
    later = arrivals.boroughs(boroughs("2024-05", 24))
    text = arrivals.said(arrivals.wards(wards("2024-04", 24)), later)

    assert "vintage group: none." in text
    assert load.ward_and_borough_offences().empty


def test_a_publication_may_be_named(arrivals):
    """Where its two files came on two days."""
    ward, borough = both(arrivals)
    arrivals.add(ward, received="2026-06-01", vintage_group="june-2026")

    arrivals.add(borough, received="2026-06-03", vintage_group="june-2026")

    assert load.ward_and_borough_offences()["month"].nunique() == 24


def test_a_refused_rename_leaves_everything_as_it_was(arrivals, monkeypatch):
    """The second of two folders can't be moved in, so the first goes out again."""
    before = arrivals.holds()
    rename, calls = os.replace, []

    def stubborn(old, new):
        calls.append(new)
        if len(calls) == 2:
            raise PermissionError(13, "Permission denied")
        rename(old, new)

    monkeypatch.setattr(store.os, "replace", stubborn)
    with pytest.raises(InputError, match="could not be written") as error:
        arrivals.add(*both(arrivals))

    lines_of(error)
    assert arrivals.holds() == before
    assert finish_interrupted() == []


@pytest.mark.parametrize("at", [1, 2])
def test_what_was_interrupted_is_completed_by_the_next_command(arrivals, monkeypatch, at):
    """A machine that stops between two renames leaves a ward file without its borough file."""
    with stopped_at(monkeypatch, at):
        arrivals.add(*both(arrivals))

    assert len(finish_interrupted()) == 3 - at

    assert load.years_held("mps_ward_crime") == ["2024/25", "2025/26"]
    assert load.years_held("mps_borough_crime") == ["2024/25", "2025/26"]
    assert not (paths.private_folder("adding") / "now").exists()


def test_an_interrupt_between_two_files_lets_both_in(arrivals, monkeypatch):
    """Somebody presses Ctrl-C at the one moment at which it would matter."""
    rename, calls = os.replace, []

    def pressed(old, new):
        calls.append(new)
        if len(calls) == 2:
            raise KeyboardInterrupt
        rename(old, new)

    monkeypatch.setattr(store.os, "replace", pressed)
    with pytest.raises(KeyboardInterrupt):
        arrivals.add(*both(arrivals))

    assert len(receipts("mps_ward_crime")) == len(receipts("mps_borough_crime")) == 1


def test_what_was_not_yet_whole_is_thrown_away(arrivals):
    """Without a journal nothing was checked to its end."""
    half = paths.private_folder("adding", "now") / "project" / "data" / "mps_ward_crime"
    half.mkdir(parents=True)
    before = arrivals.holds()

    assert finish_interrupted() == []

    assert arrivals.holds() == before
    assert not half.exists()


def test_two_commands_do_not_add_at_once(arrivals):
    """The second is told to wait."""
    before = seen(arrivals.project.data)
    with (
        FileLock(paths.private_folder("adding") / "lock"),
        pytest.raises(InputError, match="Another command is adding files") as error,
    ):
        arrivals.add(*both(arrivals))

    lines_of(error)
    assert arrivals.holds() == before


def test_a_correction_that_no_longer_applies_is_found_before_anything_is_stored(arrivals):
    """The publisher mended the figure; every run after the addition would stop."""
    arrivals.add(arrivals.wards(wards("2024-04", 12), name="held.csv"), received="2025-04-30")
    figure = int(wards("2024-04", 1)["offences"].iloc[0])
    arrivals.project.write(
        "corrections.yml",
        "corrections:\n- source: mps_ward_crime\n  column: offences\n"
        "  rows: {ward_code: E05013632, month: 2024-04, offence: possession}\n"
        f"  expect: {figure}\n  becomes: 1\n  why: misprint\n"
        "  agreed_by: the board\n  agreed: 2025-05-01\n",
    )
    mended = wards("2024-04", 24)
    mended.loc[0, "offences"] += 1
    before = arrivals.holds()

    with pytest.raises(NotAdded) as error:
        arrivals.add(arrivals.wards(mended))

    assert "a correction of mps_ward_crime no longer applies" in problems(error)
    assert arrivals.holds() == before


def test_the_command_says_what_it_did(arrivals, capsys):
    """Exit 0 and the place of each file."""
    code, out, err = cdpb(capsys, "add", str(both(arrivals)[0]), "--received", "2026-06-20")

    assert (code, err) == (0, "")
    assert "stored    data/mps_ward_crime/2026-06-20/wards.csv" in out


def test_the_command_ends_with_two_where_something_is_wrong(arrivals, capsys):
    """What is wrong on standard error, and nothing on the other."""
    path = arrivals.file("colour\nred\n")

    code, out, err = cdpb(capsys, "add", str(path))

    assert (code, out) == (2, "")
    assert "its header is of no source that is known" in err
    assert err.rstrip().endswith("Nothing was changed.")
    assert "Traceback" not in err
