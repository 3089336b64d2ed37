"""No character that nobody sees gets in, or out on a page.

One that turns the direction of writing makes 12 read as 21; one of no width parts a name from
itself, so that it is looked up in vain.
"""

import pytest

from cdpb.errors import InputError
from cdpb.loaders.files import read_text_table
from cdpb.report.checks import check_page
from cdpb.yaml_files import read_yaml, refuse_invisible

TURNS, WIDTHLESS, BELL = "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{ZERO WIDTH SPACE}", "\x07"
SIGNS = [TURNS, WIDTHLESS, BELL, "\N{SOFT HYPHEN}", "\N{LINE SEPARATOR}"]


def refused(read, path) -> str:
    with pytest.raises(InputError, match=r"invisible character|not readable as YAML") as error:
        read(path)
    message = str(error.value)
    assert path.name in message
    assert not set(message) & set(SIGNS)
    return message


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_a_received_file_with_one_is_refused_with_its_line(tmp_path, sign):
    path = tmp_path / "sent.csv"
    path.write_text(f"Month,Borough,Tests\n2023-04,Bar{sign}net,12\n", encoding="utf-8", newline="")
    told = refused(lambda each: read_text_table(each, "custody_tests"), path)
    assert "line 2" in told
    assert f"U+{ord(sign):04X}" in told


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
@pytest.mark.parametrize("written", ["as it is", "escaped"])
def test_a_declaration_or_an_area_file_with_one_is_refused(tmp_path, sign, written):
    """YAML writes such a character in visible ones too."""
    path = tmp_path / "E09000003.yml"
    told = sign if written == "as it is" else f"\\u{ord(sign):04x}"
    path.write_text(f'name: Barnet\ntext: "rose {told}12"\n', encoding="utf-8", newline="")
    refused(read_yaml, path)


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_no_page_is_written_with_one(sign):
    """Whatever way it came: an outline's name, a notebook's own words."""
    # HTML has no way to write a bell as &#7;: a browser drops it.
    for told in (sign, *([f"&#{ord(sign)};"] if sign != BELL else [])):
        assert "line 2: an invisible character" in check_page(f"<html>\n<p>1{told}2</p></html>")


def test_what_text_is_laid_out_with_is_let_in(tmp_path):
    """Tabs, line breaks, a mark at the beginning, and the letters of other alphabets."""
    refuse_invisible("a\tb\r\nč–é\N{NO-BREAK SPACE}Ω\n")
    path = tmp_path / "sent.csv"
    path.write_bytes("Month,Borough\r\n2023-04,Barnet\r\n".encode("utf-8-sig"))
    assert len(read_text_table(path, "custody_tests").rows) == 1
