"""`cdpb pdf`: a tagged PDF of the summary, or of all pages as one document."""

import datetime as dt
import re
import zlib
from pathlib import Path

import pytest

from cdpb.desk.leaving import (
    one_document,
    refuse_untagged,
    settled_pdf,
    unpacked_streams,
)
from cdpb.errors import InputError
from cdpb.report import browser
from cdpb.report.html_tree import read_document
from tests.desk.test_pdf_texts import pdf
from tests.support.browser import chromium
from tests.support.commands import cdpb, wrong_input
from tests.support.returned import HERE

TAGS = b"/StructTreeRoot /MarkInfo /Lang (en-GB)"
ONE = (
    '<html><head><title>One</title><style>@page{@bottom-left{content:"One";font:8pt Arial}}'
    '#key{fill:url(#key)}</style></head><body class="cdpb front">'
    '<h2 id="key">Key</h2><p aria-labelledby="key">#12436D</p><a href="#key">a</a>'
    '<a href="two.html">b</a><a href="two.html#key">c</a><a href="three.html">d</a>'
    '<a href="data:text/csv,1" download="x.csv">e</a><a href="https://example.org/#key">f</a>'
    "<script>1</script></body></html>"
)
TWO = ONE.replace("One", "Two")


def test_pages_become_one_whose_links_lead_within_it():
    """To a page that is in it; to the web; to no file that its reader doesn't have."""
    whole = one_document({"one.html": ONE, "two.html": TWO})

    tree = read_document(whole).root
    ids = [each.get("id") for each in tree.elements if each.get("id")]
    assert sorted(ids) == ["key--one", "key--two", "page--one", "page--two"]
    links = [each.get("href") for each in tree.all("a")][:6]
    assert links == [
        "#key--one", "#page--two", "#key--two", "", "", "https://example.org/#key",
    ]  # fmt: skip
    assert 'aria-labelledby="key--one">#12436D' in whole
    assert "#key--one{fill:url(#key--one)}" in whole
    assert "<script" not in whole


def test_every_sheet_is_named_by_the_document():
    whole = one_document({"one.html": ONE, "two.html": TWO})

    assert "<title>One</title>" in whole
    assert re.findall(r'content:"(\w+)"', whole) == ["One"]


def test_summary_is_printed_tagged_titled_and_the_same_each_time(newest, tmp_path, capsys):
    chromium()
    first, second = (tmp_path / f"{n}.pdf" for n in "ab")
    for each in (first, second):
        assert cdpb(capsys, "pdf", str(newest), "--to", str(each))[0] == 0

    content = first.read_bytes()
    assert content == second.read_bytes()
    assert content.startswith(b"%PDF-")
    for each in (b"/StructTreeRoot", b"/Marked true", b"/Lang (en-GB)", b"D:20260331000000"):
        assert each in content, each
    assert b"The assessment in one page, Barnet, 2025/26" in content
    assert b"HeadlessChrome" not in content
    assert not any(b"file:" in layer for layer in (content, *unpacked_streams(content)))


@pytest.mark.proof
def test_whole_assessment_is_one_document_with_links_within(newest, tmp_path, capsys):
    chromium()
    assert cdpb(capsys, "pdf", str(newest), "--whole", "--to", str(tmp_path / "a.pdf"))[0] == 0
    content = (tmp_path / "a.pdf").read_bytes()

    assert content.count(b"/Type /Page\n") > 40
    assert b"(ward-drug-offences)" in content or b"page--ward-drug-offences" in content


def test_a_pdf_is_dated_by_its_year_and_names_no_system():
    made = b"/Creator (Mozilla \\(X11; Linux\\))\n/CreationDate (D:20261129220000+00'00')"

    settled = settled_pdf(made, dt.date(2024, 3, 31))

    assert len(settled) == len(made)
    assert b"/CreationDate (D:20240331000000+00'00')" in settled
    assert re.search(rb"/Creator \(cdpb *\)", settled)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF /MarkInfo /Lang", "it lacks /StructTreeRoot"),
        (TAGS + b" /URI (file:///home/x/index.html)", "names a file of this machine"),
        (
            TAGS + b" stream\n" + zlib.compress(b"/URI (file:///C:/x)") + b"endstream",
            "names a file of this machine",
        ),
    ],
)
def test_what_can_not_be_sent_on_is_refused(content, says):
    refuse_untagged(TAGS)
    with pytest.raises(InputError, match=says):
        refuse_untagged(content)


def test_without_a_browser_the_way_out_is_said(project, capsys, monkeypatch):
    monkeypatch.setattr(browser, "NAMES", ("no-such-browser",))
    monkeypatch.setattr(browser, "_elsewhere", lambda: iter(()))

    code, _, said = cdpb(capsys, "pdf", HERE, "--whole", "--to", "a.pdf")

    assert code == 2
    assert wrong_input(said)
    assert "no-such-browser" in said
    assert "Install Chromium, Chrome or Edge" in said


def test_a_pdf_that_says_more_than_the_pages_is_not_written(project, capsys, monkeypatch):
    """Whatever a browser, or one of its extensions, has put there."""
    monkeypatch.setattr("cdpb.desk.leaving.printed", lambda html: pdf(["4711 died"]))

    code, _, said = cdpb(capsys, "pdf", HERE, "--whole", "--to", "a.pdf")

    assert code != 0
    assert "its text says what no page does" in said
    assert "4711" not in said
    assert not Path("a.pdf").exists()


def test_edge_is_found_where_windows_keeps_it(tmp_path, monkeypatch):
    edge = tmp_path / browser.ON_WINDOWS[0]
    edge.parent.mkdir(parents=True, exist_ok=True)
    edge.write_bytes(b"")
    monkeypatch.setattr(browser, "NAMES", ())
    monkeypatch.setenv("PROGRAMFILES(X86)", str(tmp_path))

    assert browser.found_browser() == str(edge)


def test_without_a_summary_the_way_out_is_said(project, capsys):
    code, _, said = cdpb(capsys, "pdf", HERE, "--to", "a.pdf")

    assert code == 2
    assert wrong_input(said)
    assert "--whole" in said
