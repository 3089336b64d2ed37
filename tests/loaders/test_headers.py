"""Headers and files as text: what is recognised, and what a stranger is told."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdpb import loaders as load
from cdpb.errors import InputError
from cdpb.file_contents import in_file
from cdpb.loaders.files import clear, log, read_text_table
from cdpb.loaders.headers import is_month, plain, rename_columns, vintages
from tests.support.project import draw_project, lines_of

read_boroughs = partial(load.read_file, "mps_borough_crime")
read_ward_offences = partial(load.read_file, "mps_ward_crime")
V3 = ["MajorText", "MinorText", "BoroughName", "202304"]


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    clear()
    return draw_project(tmp_path, monkeypatch)


def header_of(drawn, names: list[str], source: str = "mps_borough_crime"):
    cells = ",".join(f'"{name}"' for name in names)
    path = drawn.write("file.csv", f"{cells}\n{','.join('1' for _ in names)}\n")
    with in_file(path):
        return rename_columns(read_text_table(path, source), source)


def test_case_and_spaces_in_a_header_mean_nothing(drawn):
    """Publishers change them without notice."""
    rows, layout = header_of(
        drawn, [" majortext", "MINORTEXT ", "Borough  Name", "202304"][:2] + V3[2:]
    )

    assert list(rows.columns) == ["group", "subgroup", "place", "202304"]
    assert layout == "V1/V3/historical"


def test_a_renamed_column_is_named_with_the_command_that_enters_it(drawn):
    """The way out is a command, and the message has it."""
    with pytest.raises(InputError) as error:
        header_of(drawn, ["MajorText", "MinorText", "Borough_Name", "202304"])

    message = "\n".join(lines_of(error))
    assert "data/file.csv: its header is of no layout" in message
    assert "Missing: 'BoroughName'" in message
    assert "Unexpected: 'Borough_Name'" in message
    assert "data/column_maps/mps_borough_crime.csv" in message
    assert 'cdpb map mps_borough_crime "Borough_Name" "place" --layout "V1"' in message


@pytest.mark.parametrize("written", ["The $borough", 'The "borough", now', "`Borough`!"])
def test_a_name_that_no_command_line_takes_is_a_line_to_add(drawn, written):
    """It can be copied into the column map as it stands, and old files are read as before."""
    text = (
        f"MajorText,MinorText,{_cell(written)},202304\n"
        "DRUG OFFENCES,POSSESSION OF DRUGS,Barnet,3\nDRUG OFFENCES,POSSESSION OF DRUGS,Camden,4\n"
    )
    path = drawn.write("file.csv", text)
    with pytest.raises(InputError) as error:
        read_boroughs(path)
    column_map = drawn.data / "column_maps" / "mps_borough_crime.csv"
    assert "add to data/column_maps/mps_borough_crime.csv the line" in lines_of(error)[4]
    with column_map.open("a", encoding="utf-8", newline="") as file:
        file.write(lines_of(error)[5].strip() + "\n")

    assert read_boroughs(path)["offences"].sum() == 7
    older = drawn.write("older.csv", text.replace(_cell(written), "BoroughName"))
    assert read_boroughs(older)["offences"].sum() == 7


def test_both_names_of_one_column_in_one_file_are_refused(drawn):
    """One of the two is not what the column map takes it for."""
    column_map = drawn.data / "column_maps" / "mps_borough_crime.csv"
    with column_map.open("a", encoding="utf-8", newline="") as file:
        file.write("place,,,,Borough_Name,,,\n")

    with pytest.raises(InputError) as error:
        header_of(drawn, ["MajorText", "MinorText", "BoroughName", "Borough_Name", "202304"])

    assert any("Unexpected: 'Borough_Name'" in line for line in lines_of(error))


def test_two_renamed_columns_have_a_command_each(drawn):
    """Each is the closest in writing, and none is named twice."""
    with pytest.raises(InputError) as error:
        header_of(drawn, ["MajorText", "Minor text", "Borough_Name", "202304"])

    lines = [line.strip() for line in lines_of(error)]
    assert lines[4].endswith(
        "enter it in data/column_maps/mps_borough_crime.csv, 2 commands, first:"
    )
    assert lines[5:7] == [
        'cdpb map mps_borough_crime "Minor text" "subgroup" --layout "V1"',
        'cdpb map mps_borough_crime "Borough_Name" "place" --layout "V1"',
    ]


def _cell(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if set(name) & set(',"') else name


def test_a_layout_of_its_own_needs_one_column_in_the_map_and_no_code(drawn):
    """Where much has changed, a new column says so more plainly than many lines."""
    path = drawn.data / "column_maps" / "mps_borough_crime.csv"
    old = path.read_text(encoding="utf-8").splitlines()
    new = ["V5", "MajorText", "MinorText", "Borough_Name", "", "YYYYMM", "", "", ""]
    added = [f"{line},{name}" for line, name in zip(old, new, strict=True)]
    path.write_text("\n".join(added) + "\n", encoding="utf-8", newline="\n")
    text = (
        "MajorText,MinorText,Borough_Name,202304\n"
        "DRUG OFFENCES,POSSESSION OF DRUGS,Barnet,3\nDRUG OFFENCES,POSSESSION OF DRUGS,Camden,4\n"
    )

    table = read_boroughs(drawn.write("file.csv", text))

    assert table["offences"].sum() == 7


def test_a_month_written_otherwise_is_unexpected(drawn):
    """A month that is overlooked is a year that is a month short."""
    with pytest.raises(InputError) as error:
        header_of(drawn, [*V3, "Apr-24"])

    assert any("Unexpected: 'Apr-24'" in line for line in lines_of(error))


def test_there_is_no_thirteenth_month(drawn):
    """A mistyped month is not dropped in silence."""
    with pytest.raises(InputError) as error:
        header_of(drawn, [*V3, "202313"])

    assert any("'202313'" in line for line in lines_of(error))


def test_a_file_without_months_says_so(drawn):
    """A header alone is no file."""
    with pytest.raises(InputError) as error:
        header_of(drawn, V3[:3])

    lines = lines_of(error)
    assert any("Missing: 'YYYYMM'" in line for line in lines)
    assert any("Take the whole file" in line for line in lines)


def test_a_file_of_another_source_is_called_that(drawn):
    """The likeliest mistake is the wrong file in the right folder."""
    names = ["Area_Code_GSS", "Local_Authority", "Year", "PHE_Centre"]
    limits = ["Alcohol_dependent", "Alcohol_lower_CI", "Alcohol_upper_CI"]
    with pytest.raises(InputError) as error:
        header_of(drawn, names + limits)

    assert any("the header of alcohol_dependence" in line for line in lines_of(error))


def test_a_column_that_is_too_much_may_be_left_out_by_the_map(drawn):
    """An extra column can change what a row is about, so it is never skipped unasked."""
    with pytest.raises(InputError) as error:
        header_of(drawn, [*V3, "Refresh Date"])

    assert any("(not used)" in line for line in lines_of(error))


def test_an_empty_column_without_a_name_is_no_column(drawn):
    """Spreadsheets leave them behind."""
    path = drawn.write("file.csv", "MajorText,MinorText,BoroughName,202304,\na,b,c,1,\n")

    rows, _ = rename_columns(read_text_table(path, "mps_borough_crime"), "mps_borough_crime")

    assert list(rows.columns) == ["group", "subgroup", "place", "202304"]


def test_a_source_without_a_column_map_is_told(drawn):
    """A new source begins with one."""
    with pytest.raises(InputError, match=r"data/column_maps/unheard_of\.csv is missing"):
        vintages("unheard_of")


TEXT = "month,ward_code,possession,trafficking\n2023-04,E05013632,3,1\n2023-04,E05013653,2,0\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.replace("\n", "\r\n").encode("utf-8"),
        TEXT.replace("\n", "\r\n\r\n").encode("utf-8-sig"),
        TEXT.rstrip("\n").encode("utf-8"),
        (TEXT + ",,,\n").encode("utf-8"),
    ],
)
def test_encodings_and_line_ends_change_nothing(drawn, content):
    """Files come from Windows and from Linux, with and without a byte order mark."""
    assert read_ward_offences(drawn.write("file.csv", content))["offences"].sum() == 6


def test_windows_text_is_read_and_said(drawn):
    """Hand-made returns come in cp1252; a pound sign or a dash gives them away."""
    content = "MajorText,MinorText,BoroughName,202304\nDrugs – all,x,y,1\n".encode("cp1252")

    table = read_text_table(drawn.write("file.csv", content), "mps_borough_crime")

    assert table.rows.iloc[0, 0] == "Drugs – all"
    assert "file in Windows cp1252, not UTF-8" in list(log()["why"])


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "It is empty."),
        (b"  \n \n", "It is empty."),
        (b"PK\x03\x04rest", "a spreadsheet or a zip file"),
        ("a,b\n1,2\n".encode("utf-16"), "text saved as UTF-16"),
        (b"a,b\n1,\x00\n", "binary data"),
        (b"a,b\n\x81\x8d,\xff\n", "neither UTF-8 nor Windows cp1252"),
        (b"a,b\n1,2\n1,2,3\n", "Row 2 below the header: wanted 2 cells, found 3"),
        (b'a,b\n1,"2\n1,2\n', "unexpected end of data"),
        (b"a,b\n1,2\n1\n", "Row 2 below the header: wanted 2 cells, found 1"),
    ],
)
def test_what_is_no_table_is_told_apart(drawn, content, why):
    """Each of these has been sent as a CSV."""
    path = drawn.write("file.csv", content)

    with pytest.raises(InputError, match=r"data/file\.csv can't be read as a table") as error:
        read_text_table(path, "mps_ward_crime")

    assert any(why in line for line in lines_of(error))


def test_a_missing_file_is_named(drawn):
    """By its path inside the project."""
    with pytest.raises(InputError, match=r"data/none\.csv is missing") as error:
        read_text_table(drawn.data / "none.csv", "mps_ward_crime")

    lines_of(error)


def test_a_hostile_header_stays_inside_its_message(drawn):
    """A header holding line breaks must not write a message of its own."""
    with pytest.raises(InputError) as error:
        header_of(drawn, [*V3, "x\nNothing is wrong.\x1b[2J" + "y" * 500])

    assert all(len(line) < 140 and "\x1b" not in line for line in lines_of(error))


@given(st.text(max_size=12))
def test_only_six_digits_are_a_month(text):
    """Whatever stands in a header, a month is a year of our time and a month of twelve."""
    if is_month(text):
        digits = plain(text)
        assert 1900 <= int(digits[:4]) <= 2099
        assert 1 <= int(digits[4:]) <= 12


@given(st.integers(1900, 2099), st.integers(1, 12), st.sampled_from(["", " ", "\ufeff"]))
def test_every_month_is_recognised(year, month, around):
    """Also with a stray space or byte order mark around it."""
    assert is_month(f"{around}{year}{month:02d}{around}")


@given(st.permutations(["MajorText", "MinorText", "BoroughName", "202304", "202305"]), st.data())
def test_a_layout_is_recognised_in_any_order_and_case(names, data):
    """Nothing depends on where a column stands."""
    spelt = [data.draw(st.sampled_from([n, n.upper(), n.lower(), f" {n} "])) for n in names]
    known = next(v for v in vintages("mps_borough_crime") if v.name == "V3")
    header = [plain(name) for name in spelt]

    assert not known.missing(header)
    assert not known.unexpected(header)
