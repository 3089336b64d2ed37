"""Each defect that a page can have, planted in a page that has none."""

import re

import pytest

from cdpb.report.checks import check_page
from cdpb.report.index import render_index
from tests.support.pages import ALT, page, record

WHOLE = page()
INDEX = render_index([record()])
DEMONSTRATION = page(demonstration=True)

PICTURE = f'role="img" aria-label="{ALT.replace("&", "&amp;")}"'


def swap(old, new, count=1):
    """A defect made by writing one thing for another."""

    def planted(html):
        assert old in html, f"the page no longer holds {old}"
        return html.replace(old, new, count)

    return planted


def in_a_cell(picture):
    """A table that is in no figure."""
    return (
        '<table><caption>Lines</caption><thead><tr><th scope="col">A</th><th scope="col">B</th>'
        f'</tr></thead><tbody><tr><th scope="row">1</th><td>{picture}</td></tr></tbody></table>'
    )


def drop(pattern):
    """A defect made by leaving something out."""

    def planted(html):
        assert re.search(pattern, html, flags=re.DOTALL), f"the page no longer holds {pattern}"
        return re.sub(pattern, "", html, count=1, flags=re.DOTALL)

    return planted


def described(text):
    return swap(PICTURE, f'role="img" aria-label="{text}"')


DEFECTS = {
    "another language": (swap('lang="en-GB"', 'lang="en"'), "language is not en-GB"),
    "no language": (swap(' lang="en-GB"', ""), "language is not en-GB"),
    "a title without its year": (swap(", 2023/24</title>", "</title>"), "title does not name"),
    "no title": (drop("<title>.*?</title>"), "title does not name"),
    "no first heading": (swap("<h1>", "<p>"), "first-level heading"),
    "two first headings": (swap("<h3>Figure 1", "<h1>Figure 1"), "first-level heading"),
    "a level skipped": (swap("<h3>Figure 1", "<h5>Figure 1"), "skips a level"),
    "a heading without words": (drop("Where are offences recorded\\?(?=</h1>)"), "empty heading"),
    "bold for a heading": (
        swap("<p>Wards by rate.</p>", "<p><strong>Wards by rate</strong></p>"),
        "bold text stands in for a heading",
    ),
    "an id given twice": (swap('id="map-table"', 'id="ranked-table"'), "ranked-table is given 2"),
    "a dead link": (swap('href="#main"', 'href="#mian"'), "#mian leads nowhere"),
    "a row that is gone": (swap('id="row-E05000001"', 'id="r"'), "#row-E05000001 leads nowhere"),
    "a label that names nothing": (swap('id="contents"', 'id="c"'), "names contents"),
    "a link that says nothing": (
        swap("<p>Wards by rate.</p>", '<p><a href="#main">here</a></p>'),
        "does not say where it goes",
    ),
    "a link without words": (
        swap("<p>Wards by rate.</p>", '<p><a href="#main"></a></p>'),
        "does not say where it goes",
    ),
    "a link without an address": (
        swap("<p>Wards by rate.</p>", "<p><a>Wards</a></p>"),
        "without an address",
    ),
    "a script fetched": (swap("</head>", '<script src="//x.org/a.js"></script></head>'), "fetches"),
    "a style sheet fetched": (swap("</head>", '<link href="a.css"></head>'), "fetches"),
    "a style sheet escaped": (swap("<style>", "<style>p::before{content:&#34;1&#34;}"), "escaped"),
    "a font fetched": (swap("<style>", "<style>@import url(f.css);"), "style sheet fetches"),
    "a background fetched": (swap("<h1>", '<h1 style="background:url(a.png)">'), "style fetches"),
    "a picture fetched": (
        swap("<p>Wards by rate.</p>", f'<img src="a.png" alt="{ALT}">'.replace("&", "&amp;")),
        "fetches src",
    ),
    "a page within the page": (swap("</main>", "<iframe></iframe></main>"), "does not belong"),
    "a reader sent elsewhere": (
        swap("</head>", '<meta http-equiv="refresh" content="0;url=x"></head>'),
        "sends its reader elsewhere",
    ),
    "a script of our own": (swap("</body>", "<script>1</script></body>"), "a script"),
    "a handler": (swap("<h1>", '<h1 onclick="x()">'), "runs a script"),
    "a link that runs a script": (swap('href="#main"', 'href="javascript:x()"'), "runs a script"),
    "no skip link": (drop('<a class="skip".*?</a>'), "does not skip to the main part"),
    "no main part": (swap("<main", "<div"), "main part"),
    "no accessibility statement": (
        swap('href="accessibility.html"', 'href="#main"'),
        "statement is missing",
    ),
    "a page that can't be enlarged": (
        swap("initial-scale=1", "initial-scale=1,user-scalable=no"),
        "enlarge",
    ),
    "the keyboard sent about": (swap('<a class="skip"', '<a tabindex="3"'), "tabindex"),
    "too large for an email": (swap("</main>", "x" * 160_000 + "</main>"), "larger than 150 KB"),
    "a comment": (swap("</main>", "<!-- note to self --></main>"), "a comment"),
    "a tag left open": (swap("</main>", "<div></main>"), "is not closed"),
    "a value not filled in": (swap("1,234</td>", "nan</td>"), "not filled in"),
    "a None for a text": (swap("1,234</td>", "None</td>"), "not filled in"),
    "folded without a summary": (drop("<summary>.*?</summary>"), "without a summary"),
    "a figure without a title": (drop("<h3>Figure 1.*?</h3>"), "ranked: the figure has no title"),
    "a figure without its table": (
        drop('<details class="fold"><summary>The table behind figure 1.*?</details>'),
        "ranked: the figure has no table",
    ),
    "a figure without its source": (drop('<p class="source">.*?</p>'), "does not name its source"),
    "a figure without its download": (drop('<p class="download">.*?</p>'), "can't be downloaded"),
    "an empty download": (drop("(?<=data:text/csv;charset=utf-8,)[^\"]+"), "can't be downloaded"),
    "a picture without a description": (swap(PICTURE, 'role="img"'), "without a description"),
    "a drawing nobody describes": (
        swap("<p>Wards by rate.</p>", "<svg><path/></svg>"),
        "a drawing without a description",
    ),
    "a description that is a file's name": (described("chart_final_v2.png"), "file's name"),
    "a description for the lazy": (described("Chart"), "says nothing"),
    "nbconvert's description": (
        described("No description has been provided for this image 1"),
        "says nothing",
    ),
    "a description without a number": (
        described("Wards in the order of their rates, the north before the east"),
        "without a number",
    ),
    "a picture in a cell that is no small line": (
        swap("<p>Wards by rate.</p>", in_a_cell(f"<div {PICTURE}></div>")),
        "a picture outside a figure",
    ),
    "a small line that nobody describes": (
        swap("<td>1,234</td>", '<td>1,234 <svg class="line" role="img"></svg></td>'),
        "without a description",
    ),
    "a picture outside a figure": (
        swap("<p>Wards by rate.</p>", f"<div {PICTURE}></div>"),
        "a picture outside a figure",
    ),
    "a map without links": (drop('<a href="#row-E05000001".*?</a>'), "reached from the keyboard"),
    "an area without a name": (swap(' aria-label="North &amp; South, 7.9"', ""), "has no name"),
    "no way past the map": (swap('class="skip-map"', 'class="small"'), "no way to skip the map"),
    "a key without words": (swap("Above London</li>", "</li>"), "is not explained"),
    "two classes of one look": (
        swap("Above London</li>", 'Above London</li><li><svg viewBox="0 0 2 2" '
             'aria-hidden="true"><path fill="#111" d="M0 0h2"/></svg>Lower than London</li>'),
        "look alike",
    ),
    "a table without a caption": (drop("<caption.*?</caption>"), "has no caption"),
    "headings without scope": (swap(' scope="col"', ""), "don't say what they head"),
    "a heading left empty": (swap(">Offences</th>", "></th>"), "an empty heading"),
    "a row cut short": (drop('<td>1,234</td>'), "rows differ in length"),
    "a group's heading that doesn't span its rows": (
        swap("<tbody>", '<tbody><tr><th scope="rowgroup" colspan="1">Wards</th></tr>'),
        "rows differ in length",
    ),
    "a row without a heading": (
        swap('<th scope="row">West</th>', "<td>West</td>"),
        "a row of the table has no heading",
    ),
    "a marker without a key": (drop('<p class="key">.*?</p>'), "[c] is not explained"),
    "a demonstration on a real page": (
        swap("</figcaption>", '<p class="mark">DEMONSTRATION</p></figcaption>'),
        "a demonstration on a page that is none",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("plant", "found"), DEFECTS.values(), ids=DEFECTS.keys())
def test_a_planted_defect_is_found(plant, found):
    """Accessibility tools found twelve of thirty-eight like these."""
    problems = check_page(plant(WHOLE))

    assert any(found in problem for problem in problems), problems


def test_a_whole_page_has_no_defect():
    """Else a real one would drown."""
    assert check_page(WHOLE) == []


def test_the_small_line_of_a_row_stands_in_its_cell():
    """Its row has what it is of; a chart in a cell would have neither source nor table."""
    line = in_a_cell(f'<svg class="line" {PICTURE}></svg>')
    assert check_page(swap("<p>Wards by rate.</p>", line)(WHOLE)) == []


def test_at_least_thirty_eight_defects_are_known():
    """As many as were measured with the tools that miss them."""
    assert len(DEFECTS) >= 38


def test_a_demonstration_without_its_mark_is_found():
    """The picture travels alone."""
    unmarked = drop('<p class="mark">.*?</p>')(DEMONSTRATION)

    assert any("not marked as a demonstration" in each for each in check_page(unmarked))


def test_a_second_script_on_the_index_is_found():
    """Its search is the only one."""
    assert check_page(INDEX) == []
    assert any(
        "a script" in each
        for each in check_page(INDEX.replace("</body>", "<script></script></body>"))
    )


def test_a_page_can_be_named_by_its_file(tmp_path):
    """As the command line does."""
    path = tmp_path / "page.html"
    path.write_text(WHOLE, encoding="utf-8", newline="\n")

    assert check_page(path) == []
