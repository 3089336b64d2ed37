"""A receipt can be taken out of use: reason and files stay, and the same bytes may return."""

import os
from pathlib import Path

import pytest

from cdpb import loaders as load
from cdpb.adding import NotAdded, finish_interrupted, store, withdraw
from cdpb.adding.add import NotWithdrawn
from cdpb.catalogue import receipts, source, withdrawn_receipts
from cdpb.errors import InputError
from tests.adding.test_adding import problems
from tests.support.adding import TODAY, Arrivals, boroughs, stopped_at, wards
from tests.support.commands import cdpb
from tests.support.project import draw_project, lines_of

WHERE = "data/mps_ward_crime/2026-06-20"
REASON = "The wrong file: a draft of the publisher's"


@pytest.fixture
def arrivals(tmp_path, monkeypatch):
    return Arrivals(tmp_path / "downloads", draw_project(tmp_path, monkeypatch))


@pytest.fixture
def stored(arrivals):
    """A ward file that was added, and its path in the download folder."""
    path = arrivals.wards(wards("2024-04", 24))
    arrivals.add(path)
    return path


def take_out(where: str = WHERE, reason: str = REASON):
    return withdraw(Path(where), reason, today=TODAY)


def test_what_is_withdrawn_is_read_no_more_and_says_why(arrivals, stored):
    """Deleting the folder by hand was the only way, and left no trace."""
    take_out()

    assert receipts("mps_ward_crime") == []
    assert load.years_held("mps_ward_crime") == []
    (receipt,) = withdrawn_receipts("mps_ward_crime")
    assert (receipt.withdrawn, receipt.reason) == (TODAY, REASON)
    assert receipt.paths[0].read_bytes() == stored.read_bytes()
    assert not (arrivals.project.root / WHERE).exists()


def test_the_same_bytes_can_be_added_again_on_the_same_day(arrivals, stored):
    """Under another name or the same; whoever adds them is told of the withdrawal."""
    take_out()

    text = arrivals.said(stored)

    assert load.years_held("mps_ward_crime") == ["2024/25", "2025/26"]
    assert f"before    withdrawn on {TODAY}: {REASON}" in text


def test_received_before_names_the_way_out_and_it_leads_out(arrivals, stored, capsys):
    """The same bytes under another name were refused for ever."""
    other = arrivals.file(stored.read_text(encoding="utf-8"), "another name.csv")
    other.write_bytes(stored.read_bytes())
    with pytest.raises(NotAdded) as error:
        arrivals.add(other)
    assert f'cdpb withdraw {WHERE} --reason "REASON"' in problems(error)

    code, out, err = cdpb(capsys, "withdraw", WHERE, "--reason", "REASON")

    assert (code, err) == (0, "")
    assert "in use    nothing: pages say that the source has not been received" in out
    arrivals.add(other)
    assert receipts("mps_ward_crime")[0].files[0].name == "another name.csv"


def test_a_second_receipt_of_one_day_is_kept_beside_the_first(arrivals, stored):
    """Both reasons stay."""
    take_out(reason="first")
    arrivals.add(stored)
    take_out(reason="second")

    assert [each.reason for each in withdrawn_receipts("mps_ward_crime")] == ["first", "second"]


def test_an_earlier_receipt_counts_again(arrivals):
    """And what is left in use is said."""
    arrivals.add(arrivals.wards(wards("2024-04", 12), name="old.csv"), received="2025-05-02")
    arrivals.add(arrivals.wards(wards("2024-04", 24)))

    report = "\n".join(take_out())

    assert load.years_held("mps_ward_crime") == ["2024/25"]
    assert "in use    receipts of 2 May 2025" in report


def test_a_partners_return_falls_back_on_made_up_figures_and_that_is_said(arrivals):
    """From its first receipt on a source is official; without any it is illustrative again."""
    text = "Month,Borough,Tests,Positive\n"
    assert source("custody_tests").status == "illustrative"
    place = arrivals.project.receive("custody_tests", "2025-04-01", text)
    assert source("custody_tests").status == "official"
    # As received it can't be read, so every command stops; withdrawing it is the way out.
    report = "\n".join(take_out(str(place.parent)))

    assert source("custody_tests").status == "illustrative"
    assert "demonstrations show made-up figures again" in report


def test_what_no_run_can_do_without_is_not_withdrawn(arrivals, stored):
    """The list of wards fills the rows that police files leave out."""
    before = arrivals.holds()

    with pytest.raises(NotWithdrawn, match="without it no run would get through") as error:
        take_out("data/census_2021_wards/2022-11-30")

    lines_of(error)
    assert arrivals.holds() == before


@pytest.mark.parametrize(
    ("where", "reason", "said"),
    [
        ("data/mps_ward_crime/2020-01-01", REASON, "mps_ward_crime has: data/mps_ward_crime/2026"),
        ("data/mps_ward_crime", REASON, "holds no receipt that is in use"),
        ("elsewhere", REASON, "Wanted: data/<source>/<day received>"),
        (WHERE, " \n", 'The reason stays in the receipt: --reason "REASON"'),
    ],
)
def test_what_cannot_be_withdrawn_is_told_with_what_can(arrivals, stored, where, reason, said):
    before = arrivals.holds()

    with pytest.raises(InputError) as error:
        take_out(where, reason)

    assert said in "\n".join(lines_of(error))
    assert arrivals.holds() == before


def test_a_reason_stays_one_line(arrivals, stored):
    """It stands in a receipt and on a console."""
    take_out(reason="a\nreason\x1b[31m\u202e")

    assert withdrawn_receipts("mps_ward_crime")[0].reason == "a reason?[31m?"


@pytest.mark.parametrize("at", [1, 2])
def test_an_interrupted_withdrawal_is_completed_by_the_next_command(
    arrivals, stored, monkeypatch, at
):
    """Between the two renames the receipt would stand twice."""
    with stopped_at(monkeypatch, at + 1):  # The first rename is within the copy.
        take_out()

    finish_interrupted()

    assert receipts("mps_ward_crime") == []
    assert len(withdrawn_receipts("mps_ward_crime")) == 1


def test_a_refused_rename_leaves_the_receipt_in_use(arrivals, stored, monkeypatch):
    """The disk says no to the second of two; the first goes back."""
    before, rename, calls = arrivals.holds(), os.replace, []

    def stubborn(old, new):
        calls.append(new)
        if len(calls) == 3:
            raise PermissionError(13, "Permission denied")
        rename(old, new)

    monkeypatch.setattr(store.os, "replace", stubborn)
    with pytest.raises(InputError, match="could not be written"):
        take_out()

    assert arrivals.holds() == before


# Complete for a page -----------------------------------------------------------------


def test_a_year_is_complete_for_a_page_only_when_all_its_files_are_in(arrivals):
    """The page of the wards needs the borough file too; either alone was called complete."""
    first = arrivals.said(arrivals.wards(wards("2024-04", 24)), received="2026-06-01")
    assert "complete now" not in first

    last = arrivals.said(arrivals.boroughs(boroughs("2024-04", 12)), received="2026-06-02")
    assert "complete now: 2024/25 for ward_drug_offences, possession_and_trafficking" in last
    assert "next: cdpb run --year 2024/25" in last
    assert "2025/26" not in last


def test_what_is_still_to_come_is_named(arrivals):
    """Each spring one of the two police files comes first."""
    arrivals.add(
        arrivals.wards(wards("2023-04", 12), name="w.csv"),
        arrivals.boroughs(boroughs("2023-04", 12), name="b.csv"),
        received="2024-06-01",
    )

    first = arrivals.said(arrivals.boroughs(boroughs("2024-04", 12)), received="2025-06-01")

    assert "complete now: 2024/25 for possession_and_trafficking" in first
    assert "not complete: 2024/25 for ward_drug_offences; still to come: mps_ward_crime" in first
    second = arrivals.said(arrivals.wards(wards("2024-04", 12)), received="2025-06-02")
    assert "complete now: 2024/25 for ward_drug_offences\n" in second


# Ways out ----------------------------------------------------------------------------


def test_a_file_of_the_same_name_and_day_comes_in_as_of_another_day(arrivals, stored):
    """The way out that the refusal names."""
    longer = arrivals.wards(wards("2024-04", 25))
    with pytest.raises(NotAdded) as error:
        arrivals.add(longer)
    assert "Give this one another name, or the day it came: --received" in problems(error)

    arrivals.add(longer, received="2026-06-19")

    assert len(receipts("mps_ward_crime")) == 2


def test_what_can_be_withdrawn_is_named_as_it_is_typed(arrivals, stored):
    """The receipts that a refusal lists are taken as they stand there."""
    with pytest.raises(InputError) as error:
        take_out("data/mps_ward_crime/2020-01-01")
    listed = next(line for line in lines_of(error) if "mps_ward_crime has:" in line)

    take_out(listed.split(": ")[1].rstrip("."))

    assert receipts("mps_ward_crime") == []
