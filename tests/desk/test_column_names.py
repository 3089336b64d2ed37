"""``cdpb map``: a publisher's new name for a column, entered so that the file can be read."""

import shlex

import pytest

from cdpb.adding import NotAdded, Wanted, add
from cdpb.loaders.coverage import read_file
from tests.support.commands import cdpb, wrong_input
from tests.support.project import draw_project

ORDERS = "Month,Borough,Requirement,{}\n2023-04,Barnet,ATR,3\n2023-04,Barnet,DRR,1\n"
MAP = "column_maps/probation_orders.csv"


@pytest.fixture
def drawn(tmp_path, monkeypatch, building):
    building("partnership", True)
    return draw_project(tmp_path, monkeypatch)


def test_the_command_that_add_gives_lets_the_file_in(drawn, tmp_path, capsys):
    """From the refusal to the receipt, with nothing typed but what stood there."""
    new = tmp_path / "orders.csv"
    new.write_text(ORDERS.format("Commencement total"), encoding="utf-8")
    with pytest.raises(NotAdded) as error:
        add(Wanted([new]))
    told = str(error.value.problems[0].error).splitlines()
    typed = next(line.strip() for line in told if line.strip().startswith("cdpb map "))

    code, out, err = cdpb(capsys, *shlex.split(typed)[1:])

    assert (code, err) == (0, "")
    assert out.splitlines()[0] == (
        f"data/{MAP}: 'Commencement total' is read as starts in layout assumed"
    )
    assert add(Wanted([new])).files[0].table["starts"].sum() == 4


def test_files_with_the_old_name_are_read_as_before(drawn, capsys):
    before = (drawn.data / MAP).read_text(encoding="utf-8")

    cdpb(capsys, "map", "probation_orders", "Commencement, total", "starts")

    after = (drawn.data / MAP).read_text(encoding="utf-8")
    assert after == before + 'starts,"Commencement, total"\n'
    for name in ("Commencements", '"Commencement, total"'):
        path = drawn.write("f.csv", ORDERS.format(name))
        assert read_file("probation_orders", path)["starts"].sum() == 4


def test_every_layout_that_has_the_column_gets_the_name_unless_one_is_named(drawn, capsys):
    """A layout without the column would demand it of every file that it came in."""
    cdpb(capsys, "map", "mps_borough_crime", "Area", "place")
    cdpb(capsys, "map", "mps_borough_crime", "Area of London", "place", "--layout", "V4")

    *_, everywhere, once = (
        (drawn.data / "column_maps/mps_borough_crime.csv").read_text().split("\n")[:-1]
    )
    assert everywhere == "place,Area,Area,Area,Area,Area,Area,Area"
    assert once == "place,,,,,Area of London,,"


def test_a_column_that_files_may_lack_stays_one(drawn, capsys):
    cdpb(capsys, "map", "mps_borough_crime", "Area GSS", "area_code")

    lines = (drawn.data / "column_maps/mps_borough_crime.csv").read_text().splitlines()
    assert lines[-1] == "area_code?,,,,,,,Area GSS"


def test_a_column_can_be_left_out(drawn, capsys):
    path = drawn.write("f.csv", ORDERS.format("Commencements").replace("\n", ",x\n"))

    code, out, _ = cdpb(capsys, "map", "probation_orders", "x", "(not used)")

    assert (code, "left out" in out) == (0, True)
    assert len(read_file("probation_orders", path)) == 2


def test_a_map_that_a_spreadsheet_program_saved_is_written_as_one_that_all_can_read(drawn, capsys):
    """Windows cp1252 with semicolons can't hold every name."""
    text = (drawn.data / MAP).read_text(encoding="utf-8").replace(",", ";")
    drawn.write(MAP, (text + "(not used);Größe\n").encode("cp1252"))

    code, _, _ = cdpb(capsys, "map", "probation_orders", "Ładne", "starts")

    assert code == 0
    written = (drawn.data / MAP).read_bytes().decode("utf-8").splitlines()
    assert written[-2:] == ["(not used),Größe", "starts,Ładne"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("probation_order", "New", "starts"), "Did you mean probation_orders?"),
        (("probation_orders", "New", "start"), "Did you mean starts?"),
        (("probation_orders", "New", "xyz"), "It has: month, area, order, starts."),
        (("probation_orders", " REQUIREMENT ", "starts"), "name of another column: order"),
        (("probation_orders", "commencements", "starts"), "is read as starts already"),
        (("probation_orders", "New", "starts", "--layout", "assume"), "Did you mean assumed?"),
        (("mps_ward_crime", "New", "months"), "a column a month"),
        (("mps_ward_crime", "202604", "place"), "is a month"),
        (("mps_ward_crime", "New", "possession", "--layout", "V4"), "Layouts with it: compiled."),
        (("mps_ward_crime", "New\u202ename", "place"), "can't be seen"),
        (("this_assessment", "New", "place"), "this_assessment.csv is missing"),
    ],
)
def test_what_can_not_be_entered_is_refused_and_nothing_is_changed(drawn, capsys, arguments, said):
    before = {path.name: path.read_bytes() for path in (drawn.data / "column_maps").iterdir()}

    code, out, err = cdpb(capsys, "map", *arguments)

    assert (code, out) == (2, "")
    assert said in err
    assert wrong_input(err)
    after = {path.name: path.read_bytes() for path in (drawn.data / "column_maps").iterdir()}
    assert after == before
