"""A funnel shows both kinds of limits, names what stands out, and tells nothing hidden."""

from itertools import combinations

import pytest

from cdpb.errors import InputError
from cdpb.report.charts.funnel import Funnel
from cdpb.report.charts.labels import Spot, name_spots
from cdpb.sentences import funnel_sentence, funnel_title
from tests.support.drawn import box, labels, london, published, references, words

WARDS = """
    ward_code ward_name residents rate_per_1000 plain_limits   widened_limits phi  tau_squared
    W1        Ash_Hill      12000           5.1 higher_(95%)   within         14.3       0.062
    W2        Beech         10000           [c] [c]            [c]            14.3       0.062
    W3        Cedar         14000           0.4 lower_(99.8%)  lower_(95%)    14.3       0.062
    W4        Damson        16000          16.1 higher_(99.8%) higher_(95%)   14.3       0.062
    W5        Alder         18000           4.2 within         within         14.3       0.062
    W6        Elm           17000           1.2 lower_(99.8%)  within         14.3       0.062
    W7        Fir           15000           1.3 lower_(99.8%)  within         14.3       0.062
"""
sizes = pytest.mark.parametrize("size", ["wide", "narrow"])


def draw(text=WARDS, demonstration=False, **options):
    """The funnel of these wards around London's 4.1."""
    shown = published(text, demonstration)
    return Funnel(**{"reference": london(), "focus": "W5", **options}).draw(shown)


@sizes
def test_every_limit_and_the_centre_are_named(size):
    """A line without a name is a line of something."""
    said = words(getattr(draw(), size))
    for name in ("Plain 95%", "Plain 99.8%", "Widened 95%", "Widened 99.8%", "London", "4.1"):
        assert name in said


@sizes
def test_the_focus_and_what_lies_beyond_both_are_named(size):
    """Whoever reads the picture alone must know which ward the text is about."""
    said = words(getattr(draw(), size))
    assert {"Alder", "Damson", "Cedar"} <= set(said)
    assert "Elm" not in said


def test_each_verdict_has_a_shape_of_its_own():
    """Colour alone would be lost in print; a shape that is not there needs no key."""
    assert {"Within both", "Beyond plain limits only", "Beyond both limits"} <= set(
        words(draw().wide)
    )
    alike = WARDS.replace("lower_(95%) ", "within ").replace("higher_(95%)   14.3", "within 14.3")
    assert "Beyond both limits" not in words(draw(alike).wide)


@sizes
def test_no_label_leaves_the_picture_or_covers_another(size):
    """Type that is cut off or written over can't be read."""
    text = getattr(draw(), size)
    _, _, width, height = box(text)
    found = labels(text)
    for label in found:
        assert -1 <= label.left <= label.right <= width + 1, label
        assert 0 <= label.top <= label.bottom <= height, label
    for first, second in combinations(found, 2):
        assert not first.covers(second), (first, second)


def test_a_withheld_ward_is_named_beneath_and_has_no_place():
    """A mark anywhere would tell its rate or its size."""
    assert any(label == "[c] Beech" for label in words(draw().wide))
    without = "\n".join(line for line in WARDS.splitlines() if "Beech" not in line)
    assert draw(without).wide.count("marker-start") == draw().wide.count("marker-start")
    # The drawing is the same but for the line that names it: size and axis are not its.
    assert draw(WARDS.replace("10000", "90000")) == draw()


def test_nothing_is_drawn_without_a_value_or_a_centre():
    """Axes around nothing look like a finding."""
    assert draw(WARDS.strip().splitlines()[0]) is None
    assert draw(reference=london(None)) is None


def test_it_stands_alone_and_is_the_same_bytes_twice():
    """Only content may change a page, and a page fetches nothing."""
    assert draw() == draw()
    assert references(draw().wide + draw().narrow) == []


def test_a_demonstration_says_so_in_the_picture():
    """Pictures travel without their page."""
    assert "DEMONSTRATION" in words(draw(demonstration=True).narrow)


def test_a_column_that_is_not_there_is_named():
    """The analyst who renamed a column needs to know which."""
    with pytest.raises(InputError, match="has no column 'speed'"):
        draw(value="speed")


def test_names_find_the_free_side_or_stay_away():
    """A name over a point is worse than none."""
    room = Spot(0, 0, 100, 40)
    box_of = type("Box", (), {"x0": 0, "y0": 0, "x1": 100, "y1": 40})
    (free,) = name_spots([("Elm", False)], [(20, 20)], [], box_of, 12, 3)
    assert free.left > 20
    assert free.inside(box_of)
    assert name_spots([("Elm", False)], [(20, 20)], [room], box_of, 12, 3) == [None]
    assert name_spots([("Elm", False)], [(20, 20)], [], box_of, 12, 0) == [None]


def test_the_description_has_both_verdicts():
    """What the picture shows, in words, with the names and none of what is hidden."""
    assert Funnel(reference=london(), focus="W5").describe(published(WARDS)) == (
        "6 wards by size and rate per 1,000 residents, around London, 4.1. "
        "Plain limits: higher (99.8%) Damson; higher (95%) Ash Hill; within 1; "
        "lower (99.8%) Cedar, Elm and Fir. "
        "Widened limits: higher (95%) Damson; within 4; lower (95%) Cedar. "
        "Alder, 4.2: plain limits, within; widened limits, within. "
        "No figure is shown for 1 of 7 wards."
    )
    assert Funnel(reference=london()).describe(published(WARDS.strip().splitlines()[0])) == ""


def test_the_title_counts_what_lies_beyond_either():
    """Five cry wolf, two are left."""
    assert funnel_title(published(WARDS), "Barnet", "London") == (
        "5 of Barnet's 7 wards differ from London's rate by more than chance; allowing for how "
        "much wards usually differ, only Cedar and Damson do"
    )
    assert funnel_title(published(WARDS.strip().splitlines()[0]), "Barnet", "London") == ""


def test_both_verdicts_on_the_focus_are_said():
    """One alone would be half the truth."""
    told = funnel_sentence(published(WARDS), "W4", "London's wards")
    assert told.startswith(
        "London's wards differ from their common rate by more than chance; plain limits may call "
        "too many wards unusual"
    )
    assert told.endswith("By plain limits Damson is higher (99.8%), by widened ones higher (95%).")
    alike = funnel_sentence(published(WARDS), "W5", "London's wards")
    assert alike.endswith("Alder lies within both.")
    calm = WARDS.replace("0.062", "0.000")
    assert "no more than chance" in funnel_sentence(published(calm), None, "London's wards")
