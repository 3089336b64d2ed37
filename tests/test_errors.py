import pickle

from cdpb.errors import GateRefused, InputError


def test_a_message_never_passes_eight_lines():
    """A reader stops reading; what is left out is counted, not lost in silence."""
    message = str(InputError("mps_ward.csv can't be used.", *[f"line {n}" for n in range(20)]))
    lines = message.splitlines()
    assert len(lines) == 8
    assert lines[-1].strip() == "... and 14 more lines"


def test_eight_lines_are_shown_whole():
    message = str(InputError("headline", *[f"line {n}" for n in range(7)]))
    assert message.splitlines()[-1].strip() == "line 6"


def test_a_name_with_a_line_break_cannot_forge_a_message():
    message = str(InputError("file 'a\nAll is well.csv' is missing."))
    assert len(message.splitlines()) == 1


def test_exit_codes_are_those_of_the_guide():
    assert (InputError("x").exit_code, GateRefused("x").exit_code) == (2, 3)


def test_a_message_reads_the_same_where_another_process_raised_it():
    """A page, or its gates, may be made in a worker; what it says is told by the command."""
    told = InputError("mps_ward.csv can't be used.", "Wanted: 24 wards.", "Found: 23.")
    again = pickle.loads(pickle.dumps(told))
    assert type(again) is InputError
    assert again.lines == told.lines == str(told).splitlines()
