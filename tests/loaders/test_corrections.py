"""A published number is changed by a line of data, with a reason and an expiry."""

import pytest

from cdpb import loaders as load
from cdpb.errors import InputError
from cdpb.loaders.files import clear, log
from tests.support.project import draw_project, lines_of

HEADER = "month,ward_code,possession,trafficking\n"
CORRECTION = """
corrections:
  - source: mps_ward_crime
    rows: {ward_code: E05013632, month: 2023-04, offence: possession}
    column: offences
    expect: 30
    becomes: 3
    why: a digit too much, confirmed by the publisher
    agreed_by: the analyst and the board's secretary
    agreed: 2023-07-01
"""


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    clear()
    made = draw_project(tmp_path, monkeypatch)
    made.receive(
        "mps_ward_crime", "2023-06-30", HEADER + "2023-04,E05013632,30,1\n2023-04,E05013653,2,0\n"
    )
    return made


def offences() -> list[int]:
    table = load.ward_drug_offences("E09000003")
    return list(table.loc[table["ward_code"] == "E05013632", "offences"])


def test_a_correction_changes_its_row_and_no_other(drawn):
    """The received file keeps its bytes, and the reason is kept with the change."""
    before = load.ward_drug_offences()["offences"].sum()
    drawn.write("corrections.yml", CORRECTION)

    assert offences() == [3, 1]
    assert load.ward_drug_offences()["offences"].sum() == before - 27
    assert "a digit too much, confirmed by the publisher" in list(log()["why"])


def test_a_correction_expires_when_the_publisher_mends_the_figure(drawn):
    """Applied again to the mended figure it would be the error."""
    drawn.write("corrections.yml", CORRECTION)
    mended = HEADER + "2023-04,E05013632,3,1\n2023-04,E05013653,2,0\n"
    drawn.receive("mps_ward_crime", "2023-08-31", mended)

    with pytest.raises(
        InputError, match="a correction of mps_ward_crime no longer applies"
    ) as error:
        load.ward_drug_offences()

    message = "\n".join(lines_of(error))
    assert "ward_code E05013632, month 2023-04, offence possession" in message
    assert "delete the correction" in message
    assert "30" not in message.replace("2023", "")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("E05013632", "E05013639", "No row is like that"),
        ("offence: possession", "offense: possession", "no column 'offense'"),
    ],
)
def test_a_correction_that_meets_nothing_is_refused(drawn, old, new, found):
    """A misspelt correction must not pass as one that was applied."""
    drawn.write("corrections.yml", CORRECTION.replace(old, new))

    with pytest.raises(InputError, match="no longer applies") as error:
        load.ward_drug_offences()

    assert any(found in line for line in lines_of(error))


def test_a_correction_needs_a_reason_and_a_name(drawn):
    """Otherwise nobody can say later why the figure differs from the published one."""
    without = "\n".join(line for line in CORRECTION.splitlines() if "agreed_by" not in line)
    drawn.write("corrections.yml", without)

    with pytest.raises(InputError, match=r"data/corrections\.yml: not as declared") as error:
        load.ward_drug_offences()

    assert any("agreed_by" in line for line in lines_of(error))


def test_a_correction_of_another_source_changes_nothing(drawn):
    """Each source has its own."""
    drawn.write("corrections.yml", CORRECTION.replace("mps_ward_crime", "mps_borough_crime"))

    assert offences() == [30, 1]
