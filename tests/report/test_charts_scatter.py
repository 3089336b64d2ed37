"""A scatter sets two measures of the same wards side by side, and claims no line through them."""

from itertools import combinations

import pytest

from cdpb.errors import InputError
from cdpb.report.charts.scatter import Scatter
from tests.support.drawn import box, labels, published, references, words

WARDS = """
    ward_code ward_name percent rate_per_1000
    W1        Ash_Hill     12.0           5.1
    W2        Beech         [c]           2.0
    W3        Cedar         1.0           0.4
    W4        Damson       31.0          16.1
    W5        Alder         9.0           4.2
"""
BY = {"x": "percent", "value": "rate_per_1000"}
sizes = pytest.mark.parametrize("size", ["wide", "narrow"])


def draw(text=WARDS, demonstration=False, **options):
    """These wards, share across and rate up."""
    return Scatter(**{**BY, "focus": "W5", **options}).draw(published(text, demonstration))


@sizes
def test_no_label_leaves_the_picture_or_covers_another(size):
    """Type that is cut off or written over can't be read."""
    text = getattr(draw(), size)
    _, _, width, height = box(text)
    found = labels(text)
    for label in found:
        assert -1 <= label.left <= label.right <= width + 1, label
        assert 0 <= label.top <= label.bottom <= height, label
    assert not any(first.covers(second) for first, second in combinations(found, 2))
    assert references(text) == []


def test_the_outermost_and_the_focus_are_named():
    """Whoever reads the picture alone must know which wards make the pattern."""
    assert {"Damson", "Alder", "Cedar"} <= set(words(draw().wide))


def test_a_ward_without_both_values_is_nowhere_in_the_picture():
    """A place on one axis would narrow down what is hidden."""
    assert "Beech" not in words(draw().wide)
    assert draw(WARDS.replace("[c]", "-")) == draw()


def test_nothing_to_set_side_by_side_is_not_drawn():
    """Axes around nothing look like a finding of nought."""
    hidden = WARDS.replace("12.0", "[c]").replace("31.0", "[c]").replace(" 9.0", " [c]")
    assert draw(hidden.replace(" 1.0", " [c]")) is None
    assert draw(WARDS.strip().splitlines()[0]) is None


def test_a_demonstration_says_so_in_the_picture():
    """Pictures travel without their page."""
    assert "DEMONSTRATION" in words(draw(demonstration=True).narrow)


def test_a_column_that_is_not_there_is_named():
    """The analyst who renamed a column needs to know which."""
    with pytest.raises(InputError, match="has no column 'speed'"):
        draw(x="speed")


def test_alt_text_gives_both_values_of_the_ends():
    """What is left out is counted, and not named."""
    told = Scatter(**BY, x_unit="Share, %", unit="per 1,000").describe(published(WARDS))
    assert told == (
        "4 wards, each by share, % and rate per 1,000: Damson 31.0% and 16.1; Cedar 1.0% and 0.4. "
        "Left out for want of a figure: 1."
    )
