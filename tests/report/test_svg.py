"""Drawings that are small, the same each time, and safe inside a page."""

import io
import re
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from cdpb.report import svg
from cdpb.report.charts.canvas import STYLE
from tests.support.drawn import box, parts_of, references, words


def drawn(draw, prefix="f1", **options) -> str:
    """What `draw` does to bare axes, cleaned."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(2, 1), dpi=72)
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set_axis_off()
        draw(ax)
        out = io.StringIO()
        figure.savefig(out, format="svg", facecolor="none")
    return svg.cleaned_svg(out.getvalue(), prefix, 680, **options)


def dots(ax):
    ax.plot([0, 1], [0, 1], "o")


def ends(outline: str) -> tuple[float, float]:
    """How high a mark of two arcs stands, and how far down its first arc ends."""
    # To x and y; then two radii, a turn, two flags, and the step across and down.
    numbers = [float(each) for each in re.findall(r"-?\d*\.?\d+", outline)]
    return numbers[1], numbers[1] + numbers[8]


@pytest.mark.parametrize(("mark", "arcs"), [("o", 2), (".", 2), ("D", 0), ("s", 0), ("^", 0)])
def test_a_round_mark_is_two_arcs_about_its_middle(mark, arcs):
    """Eight curves a circle were a kilobyte and a half of the longest page."""
    written = drawn(lambda ax: ax.plot([0, 1], [0, 1], mark, markersize=7))
    (outline,) = re.findall(r'<defs><path id="[^"]+" d="([^"]+)"', written)

    assert outline.count("a") == arcs
    assert "c" not in outline
    if arcs:
        radius = 3.5 if mark == "o" else 1.75
        assert ends(outline) == (radius, -radius)


def test_nothing_but_the_drawing_is_left():
    """A date or a version in a picture changes a page on which nothing changed."""
    text = drawn(dots)
    for left_over in ("metadata", "<!--", "Matplotlib", "DOCTYPE", "DejaVu", "<style", "2024-"):
        assert left_over not in text
    assert references(text) == []


def test_a_drawing_fills_the_width_it_is_given():
    """A width in pixels would scroll sideways on a phone."""
    root = ElementTree.fromstring(drawn(dots))
    assert root.get("viewBox") == "0 0 144 72"
    assert root.get("width") is None
    assert root.get("height") is None
    assert root.get("role") == "img"


def test_two_drawings_can_stand_in_one_page():
    """A marker of the second figure would otherwise be drawn with the first one's."""

    def ids(text):
        return {e.get("id") for e in ElementTree.fromstring(text).iter() if e.get("id")}

    first, second = ids(drawn(dots, "figure-1-w")), ids(drawn(dots, "figure-1-n"))
    assert first
    assert not first & second


def test_every_reference_finds_its_definition():
    """A mark without its outline is not drawn at all."""

    def draw(ax):
        dots(ax)
        ax.bar([0.5], [1], hatch="////", facecolor="none", edgecolor="#BFBFBF")

    root = ElementTree.fromstring(drawn(draw))
    ids = {element.get("id") for element in root.iter()}
    used = {element.get("href", "")[1:] for element in root.iter() if element.get("href")}
    filled = {e.get("fill")[5:-1] for e in root.iter() if "url" in e.get("fill", "")}
    assert used
    assert filled
    assert used | filled <= ids


def test_the_same_picture_gives_the_same_bytes():
    """A page is compared with the last one byte by byte."""
    assert drawn(dots) == drawn(dots)


@pytest.mark.parametrize("name", ['<script>alert("1")</script>', "A & B's $x^2$", "Ward]]>", "é"])
def test_text_from_a_file_stays_text(name):
    """A ward's name comes from a file, and a file can say anything."""
    text = drawn(lambda ax: ax.text(0, 0, name))
    assert words(text) == [name]
    assert "<script" not in text


def test_a_banner_stands_above_the_picture_and_not_on_it():
    """A picture is cut out of its page and sent on: its mark must go with it."""
    text = drawn(dots, banner="DEMONSTRATION")
    assert words(text) == ["DEMONSTRATION"]
    assert box(text) == [0, -24, 144, 96]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, ".5"), (-0.54, "-.5"), (3.0, "3"), (10.0, "10"), (-0.01, "0"), (100.26, "100.3")],
)
def test_a_coordinate_keeps_the_digits_that_are_seen(value, text):
    """Six decimals on each of a thousand numbers are most of a file."""
    assert svg.coordinate(value) == text


def test_a_path_is_written_in_steps_from_where_it_stands():
    """Differences are shorter than places."""
    assert svg.path("M 10.04 20 \nL 15 20 \nL 15 30.26 \nL 16 31 \nz") == "M10 20h5v10.3l1 .7z"


@given(st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900)), min_size=1, max_size=30))
def test_rounding_does_not_add_up_along_a_path(points):
    """The last of a thousand steps must still end where it should."""
    described = "M " + " L ".join(f"{x:.6f} {y:.6f}" for x, y in points)
    x, y = parts_of(svg.path(described))[-1][-1]
    assert abs(x - points[-1][0]) < 0.06
    assert abs(y - points[-1][1]) < 0.06
