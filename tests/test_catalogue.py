"""Sources and receipts as typed objects, and what is refused in them."""

import datetime as dt

import pytest

from cdpb import catalogue
from cdpb.errors import InputError
from tests.support.project import draw_project, lines_of

SOURCE = """
sources:
  counts:
    title: Counts
    publisher: A publisher
    landing_page: https://example.org
    licence: Open Government Licence v3.0
    attribution: A publisher.
    frequency: yearly
    geography: boroughs
    access: public
    status: official
    policy: open
    folder: data
    periods: years
    not_mixed_with: []
    definition: Things counted.
    caveats: []
"""


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    made = draw_project(tmp_path, monkeypatch)
    made.write("sources.yml", SOURCE)
    return made


def test_a_source_is_declared_once_and_found_by_its_id(drawn):
    """Every page names publisher, licence and attribution from here."""
    found = catalogue.source("counts")

    assert (found.id, found.title, found.access) == ("counts", "Counts", "public")
    assert list(catalogue.sources()) == ["counts"]


def test_an_unknown_source_is_refused_with_the_closest(drawn):
    """A misspelt id in a notebook."""
    with pytest.raises(InputError, match="declares no source 'count'") as error:
        catalogue.source("count")

    assert any("Did you mean counts?" in line for line in lines_of(error))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("    access: public", "    access: open", "access"),
        ("    status: official", "    status: real", "status"),
        ("    title: Counts", "    titel: Counts", "titel"),
        ("not_mixed_with: []", "not_mixed_with: [other]", "names no source: other"),
        ("sources:", "source:", "under the key 'sources'"),
        ("    title: Counts", "    title: [", "not readable as YAML"),
    ],
)
def test_a_declaration_with_a_mistake_is_refused(drawn, old, new, found):
    """A source with a misspelt access would be open to the public."""
    drawn.write("sources.yml", SOURCE.replace(old, new))

    with pytest.raises(InputError) as error:
        catalogue.sources()

    lines = lines_of(error)
    assert "data/sources.yml" in lines[0]
    assert found in "\n".join(lines)


def test_receipts_are_listed_oldest_first(drawn):
    """The last one is the one in use."""
    drawn.receive("counts", "2024-01-31", "a\n")
    drawn.receive("counts", "2023-01-31", "a\n", provisional=True)

    held = catalogue.receipts("counts")

    assert [r.received for r in held] == [dt.date(2023, 1, 31), dt.date(2024, 1, 31)]
    assert [r.provisional for r in held] == [True, False]


def test_a_source_of_which_nothing_came_has_no_receipts(drawn):
    """Not received is an ordinary state."""
    assert catalogue.receipts("counts") == []


@pytest.mark.parametrize(
    ("precision", "text"),
    [("day", "31 January 2024"), ("month", "January 2024"), ("year", "2024")],
)
def test_a_date_says_no_more_than_is_known(drawn, precision, text):
    """Of files collected later only the month or the year of publication is known."""
    drawn.receive("counts", "2024-01-31", "a\n", received_precision=precision)

    assert catalogue.receipts("counts")[0].received_text == text


def test_a_receipt_in_another_folder_is_refused(drawn):
    """A folder that was copied must not give its old date to new figures."""
    path = drawn.receive("counts", "2024-01-31", "a\n")
    path.parent.rename(path.parent.with_name("2024-02-29"))

    with pytest.raises(InputError, match="stands in the wrong folder") as error:
        catalogue.receipts("counts")

    assert any("2024-02-29" in line for line in lines_of(error))


def test_a_receipt_may_not_point_outside_its_folder(drawn):
    """Files are named, not addressed."""
    drawn.receive("counts", "2024-01-31", "a\n")
    receipt = drawn.data / "counts" / "2024-01-31" / "receipt.yml"
    text = receipt.read_text(encoding="utf-8").replace("file.csv", "../../sources.yml")
    receipt.write_text(text, encoding="utf-8", newline="\n")

    with pytest.raises(InputError, match="not as declared"):
        catalogue.receipts("counts")


@pytest.mark.parametrize("change", ["same length", "longer"])
def test_changed_bytes_do_not_pass(drawn, change):
    """A spreadsheet that saves a file again changes it without a word."""
    path = drawn.receive("counts", "2024-01-31", "a,b\n")
    path.write_bytes(b"a,c\n" if change == "same length" else b"a,b\n\n")

    with pytest.raises(InputError, match="has changed since it was received") as error:
        catalogue.check_receipt(catalogue.receipts("counts")[0])

    assert any("a receipt of its own" in line for line in lines_of(error))


def test_the_newest_receipt_counts_official_sources_alone(drawn):
    """A made-up file of tomorrow must not let an assessment of tomorrow pass."""
    extra = SOURCE.replace("sources:", "").replace("counts:", "made_up:")
    drawn.write("sources.yml", SOURCE + extra.replace("official", "illustrative"))
    drawn.receive("counts", "2024-01-31", "a\n")
    drawn.receive("made_up", "2030-01-31", "a\n", folder="data/illustrative")

    assert catalogue.newest_received() == dt.date(2024, 1, 31)


def test_every_file_behind_a_figure_is_listed(drawn):
    """Whoever decides what to run again must hash them all."""
    drawn.receive("counts", "2024-01-31", "a\n")
    drawn.write("column_maps/counts.csv", "ours\n")

    names = {path.relative_to(drawn.data).as_posix() for path in catalogue.files_behind("counts")}

    assert "counts/2024-01-31/file.csv" in names
    assert "counts/2024-01-31/receipt.yml" in names
    assert "column_maps/counts.csv" in names
    assert "value_maps/ndtms_words.csv" in names
