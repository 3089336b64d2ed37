"""Another world is whole received files: read by the same loaders, and other in every byte."""

import datetime as dt
import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from cdpb import build, catalogue
from cdpb.adding import Wanted, add
from cdpb.catalogue import returns
from cdpb.errors import InputError
from cdpb.loaders import base_counts
from cdpb.runner.gates.received_files import room_of_rows, write_received
from tests.support.project import CHECKOUT
from tests.support.sampled import sampled
from tests.support.two_years import RECEIVED, YEARS, sent, whole_project

NOT_COUNTED = {"area_code", "ward_code", "year", "month", "quarter"}
COUNT_OF = {"parents_need": "in_treatment"}
# Rows of totals, a note that counts the rows, Windows' line ends and letters, a hidden count.
ODD = {
    "police_referrals": "Referrals by the police\r\n"
    "Month of referral,Borough,Referral route,Referrals\r\n"
    + "".join(
        f"01/0{month}/2023,Barnet,{route},{count}\r\n"
        for month in (4, 5)
        for route, count in (
            ("Custody – voluntary", "4"),
            ("Neighbourhood team – voluntary", '"1,203"' if month == 4 else "*"),
            ("Total", "1207" if month == 4 else "9"),
        )
    )
    + "6 rows\r\n",
    # A column a kind, and a row of totals over both months.
    "required_assessments": "Month,Borough,Required assessments booked,"
    "Required assessments attended\n2023-04,Barnet,12,5\n2023-05,Barnet,4,1\nTotal,,16,6\n",
    # Hidden by the sender, between two counts that are known.
    "mental_health_need": "Period,Area code,Area,Client group,New presentations,"
    "Mental health treatment need identified,Receiving mental health treatment\n"
    "2022/23,E09000003,Barnet,Adults,80,*,9\n2022/23,E09000003,Barnet,Young people,12,7,6\n"
    "2023/24,E09000003,Barnet,Adults,75,31,*\n2023/24,E09000003,Barnet,Young people,11,<5,3\n",
    "naloxone": "Quarter,Borough,Heroin users in the service,"
    "Trained and holding naloxone,Per cent\n"
    "2023/24 Q1,Barnet,*,18,*\n2023/24 Q2,Barnet,31,*,*\n2023/24 Q3,Barnet,30,12,40\n"
    "2023/24 Q4,Barnet,30,14,47\n",
    "schools": "Financial year,Borough,Setting,"
    "Schools worked with,Schools in the borough,Referrals\n"
    "2022/23,Barnet,Universal education,*,131,13\n2022/23,Barnet,Alternative education,5,9,*\n"
    "2023/24,Barnet,Universal education,22,131,26\n2023/24,Barnet,Alternative education,6,*,20\n",
    # Fractions of 1, and a percentage that was left blank.
    "continuity_of_care": "Period,Area code,Local authority,Released with a treatment need,"
    "Picked up within 3 weeks,Continuity of care (%)\n"
    "2022/23,E09000003,Barnet,58,21,0.36\n2023/24,E09000003,Barnet,63,29,\n",
}


@pytest.fixture
def home(tmp_path, monkeypatch, building) -> Path:
    """A copy of the project's data, in which a partnership's demonstration is being built."""
    building("partnership", True)
    shutil.copytree(CHECKOUT / "data", tmp_path / "data")
    monkeypatch.setenv("CDPB_HOME", str(tmp_path))
    return tmp_path


def world_in(home: Path) -> Path:
    world = home / ".cdpb" / "worlds" / "run" / "1"
    world.mkdir(parents=True)
    return world


def received(home: Path, source: str, text: str, day: str = "2025-05-31") -> None:
    folder = home / "data" / source / day
    folder.mkdir(parents=True)
    content = text.encode("cp1252")
    (folder / "sent.csv").write_bytes(content)
    told = {"name": "sent.csv", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    receipt = {"source": source, "received": dt.date.fromisoformat(day), "files": [told]}
    (folder / "receipt.yml").write_text(yaml.safe_dump(receipt), encoding="utf-8")


def moved(source: str, seed: int = 1):
    """Its table with every count moved as far as it may, one way or the other."""
    base = base_counts(source)
    own = [name for name in base if name not in NOT_COUNTED and base[name].dtype.kind in "iu"]
    count = COUNT_OF.get(source) or own[-1]
    room = room_of_rows(source, base, count)
    up = np.random.default_rng(seed).random(len(base)) < 0.5
    by = room["up"].where(up, -room["down"].clip(upper=2))
    return base.assign(**{count: (base[count] + by).astype(base[count].dtype)})


def files_of(source: str) -> list[tuple]:
    return [
        (each.received, file.name, file.size, path.read_bytes(), path.read_bytes().count(b"\n"))
        for each in catalogue.receipts(source)
        for file, path in zip(each.files, each.paths, strict=True)
    ]


@pytest.mark.parametrize("source", returns())
def test_each_return_is_written_as_its_loader_reads_it(home, source):
    """Name, day, size, bytes and number of rows are others; month and order are not."""
    base, before, world = moved(source), files_of(source), world_in(home)

    write_received(source, base, world)

    with build.looking_at(world):
        assert base_counts(source).equals(base)
        after = files_of(source)
    assert not base_counts(source).equals(base)
    for was, now in zip(before, after, strict=True):
        assert all(one != other for one, other in zip(was, now, strict=True))
        assert (was[0].year, was[0].month) == (now[0].year, now[0].month)


@pytest.mark.parametrize("source", ODD)
@pytest.mark.parametrize("seed", sampled(range(3), 1))
def test_a_return_of_any_form_is_written_as_its_loader_reads_it(home, source, seed):
    """With totals, percentages or notes; what the sender hides stays hidden."""
    received(home, source, ODD[source])
    base, world = moved(source, seed), world_in(home)
    assert not base_counts(source).equals(base)

    write_received(source, base, world)

    with build.looking_at(world):
        assert base_counts(source).equals(base)


def test_a_month_without_a_row_gets_one_where_a_world_has_a_case(home):
    """A return that lists what happened has no row for what did not."""
    header = "Month of referral,Borough,Referral route,Referrals\n"
    text = f"{header}01/04/2023,Barnet,Operation Woodson,4\n"
    received(home, "police_referrals", text)
    base = base_counts("police_referrals")
    told = base.assign(referrals=base["referrals"] + 2)

    write_received("police_referrals", told, world := world_in(home))

    with build.looking_at(world):
        assert base_counts("police_referrals").equals(told)


def test_files_that_are_read_otherwise_stop_the_gate(home):
    """A count above its whole: no comparison with such a world would tell anything."""
    base = base_counts("required_assessments")
    attended = base["stage"] == "attended"
    wrong = base.assign(assessments=base["assessments"].mask(attended, 900))

    with pytest.raises(InputError, match="required_assessments: no other files"):
        write_received("required_assessments", wrong, world_in(home))


def test_nobody_but_a_gate_can_look_at_another_world(home, monkeypatch):
    """Set by hand, in JupyterLab or at a command, it is refused; a run unsets it."""
    world = world_in(home)
    monkeypatch.setenv(build.WORLD, str(world))
    monkeypatch.setenv(build.SAVE_TO, str(home / "outputs"))
    with pytest.raises(InputError, match="no gate"):
        build.this_world()

    monkeypatch.setenv(build.SAVE_TO, str(world / "referrals"))
    assert build.this_world() == world
    with build.as_received():
        assert build.this_world() is None

    monkeypatch.setenv(build.WORLD, str(home / "data"))
    with pytest.raises(InputError, match="no gate"):
        build.this_world()
    with pytest.raises(InputError, match="no gate"), build.looking_at(home / "data"):
        pass


def others_are_written(folder: Path, source: str, seed: int, monkeypatch) -> None:
    """Two years of a return in which a small borough's sender hid some counts, moved."""
    whole_project(folder, monkeypatch)
    for year in YEARS:
        path = sent(folder / "sent", source, year, seed=seed, usual=4 + seed % 12)
        add(Wanted([path], source, received=RECEIVED[year], accept="so few"))
    base, world = moved(source, seed), world_in(folder)

    write_received(source, base, world)

    with build.looking_at(world):
        assert base_counts(source).equals(base)


@pytest.mark.parametrize("source", ["mental_health_need", "schools", "police_referrals"])
def test_a_world_of_what_a_small_borough_sends_can_be_written(
    tmp_path, source, building, monkeypatch
):
    """Else nothing can be released: once a count hidden between two others stood in the way."""
    building("partnership", True)
    others_are_written(tmp_path / "project", source, 2, monkeypatch)


@pytest.mark.proof
@pytest.mark.parametrize("source", returns())
@pytest.mark.parametrize("seed", range(3, 23))
def test_twenty_worlds_of_every_return_can_be_written(
    tmp_path, source, seed, building, monkeypatch
):
    """Whatever the sender hides."""
    building("partnership", True)
    others_are_written(tmp_path / "project", source, seed, monkeypatch)
