"""Charts show what is published, in its order, and nothing that is hidden."""

import re
from itertools import combinations
from types import SimpleNamespace

import pytest

from cdpb.errors import InputError
from cdpb.report.charts.dots import Dots
from cdpb.report.charts.months import Months
from cdpb.report.charts.multiples import Panels
from cdpb.report.charts.need import Need
from cdpb.report.charts.ranked import Ranked
from cdpb.report.charts.series import Series
from tests.support.drawn import box, labels, london, parts_of, places, published, references, words

WARDS = """
    ward_code ward_name  offences rate_per_1000 lower upper rank unstable
    W1        Ash_Hill         61           5.1   3.9   6.5    2       no
    W2        Beech           [c]           [c]   [c]   [c]  [c]      [c]
    W3        Cedar             8           0.9   0.4   1.7    3      yes
    W4        Damson           99           9.1   7.4  11.1    1       no
    W5        Alder           [c]           [c]   [c]   [c]  [c]      [c]
"""
MONTHS = """
    month   offence     offences
    2023-04 possession        12
    2023-05 possession       [c]
    2023-07 possession        14
    2023-04 trafficking        2
    2023-05 trafficking        0
    2023-07 trafficking        5
"""
SHARES = """
    area_name year    percent lower upper
    Barnet    2019/20    26.4  24.2  28.7
    England   2019/20    31.0  30.8  31.2
    Barnet    2020/21     [c]   [c]   [c]
    England   2020/21    32.4  32.2  32.6
    Barnet    2021/22    31.1  28.7  33.5
    England   2021/22    32.5  32.4  32.7
"""
GROUPS = """
    substance_group area_name percent lower upper
    opiate          Barnet       23.1  20.0  26.7
    opiate          England      27.6  27.3  27.8
    alcohol_only    Barnet        [c]   [c]   [c]
    alcohol_only    England      41.7  41.4  42.1
"""
NEED = """
    area_name percent lower upper
    Barnet       86.4  81.4  90.3
    England      82.4  77.1  86.0
    Elsewhere     [c]   [c]   [c]
"""
YEARS = """
    ward_name year    offence     offences
    Ash_Hill  2022/23 possession        75
    Ash_Hill  2022/23 trafficking       12
    Ash_Hill  2023/24 possession       [c]
    Ash_Hill  2023/24 trafficking       22
    Beech     2022/23 possession        58
    Beech     2022/23 trafficking       28
    Beech     2023/24 possession        50
    Beech     2023/24 trafficking       32
"""
EVENTS = [
    SimpleNamespace(date="2023-05-09", label="Clear, Hold, Build starts in the town centre"),
    SimpleNamespace(date="2023-07", label="Custody worker starts"),
]
DRAWN = {
    "ranked": (Ranked, WARDS, {"focus": "W3", "reference": london()}),
    "months": (Months, MONTHS, {"panel": None, "events": EVENTS}),
    "series": (Series, SHARES, {"axis": ""}),
    "dots": (Dots, GROUPS, {"axis": ""}),
    "need": (Need, NEED, {"axis": ""}),
    "multiples": (Panels, YEARS, {}),
}
each_chart = pytest.mark.parametrize("kind", DRAWN)


def draw(kind, text=None, demonstration=False, **options):
    """One of the charts, of its own table or another."""
    chart, own, given = DRAWN[kind]
    prefix = options.pop("prefix", "figure")
    return chart(**{**given, **options}).draw(published(text or own, demonstration), prefix)


@each_chart
def test_a_chart_stands_alone(kind):
    """A page opened from a disk has nothing to fetch from."""
    drawing = draw(kind)
    assert references(drawing.wide + drawing.narrow) == []
    assert "url(http" not in drawing.wide


@each_chart
def test_a_chart_is_the_same_bytes_twice(kind):
    """Only content may change a page."""
    assert draw(kind) == draw(kind)


@each_chart
def test_a_masked_value_is_marked_and_not_drawn_as_nought(kind):
    """A reader must tell a hidden number from none."""
    drawing = draw(kind)
    for text in (drawing.wide, drawing.narrow):
        assert any("[c]" in label for label in words(text))


@each_chart
def test_a_demonstration_says_so_in_the_picture(kind):
    """Pictures travel without their page."""
    drawing = draw(kind, demonstration=True)
    assert "DEMONSTRATION" in words(drawing.wide)
    assert "DEMONSTRATION" in words(drawing.narrow)
    assert "DEMONSTRATION" not in words(draw(kind).wide)


@each_chart
def test_a_table_without_a_published_value_is_not_drawn(kind):
    """Axes around nothing look like a finding of nought."""
    head, *rows = DRAWN[kind][1].strip().splitlines()
    numbers = {"offences", "rate_per_1000", "lower", "upper", "rank", "unstable", "percent"}
    hidden = [
        " ".join(
            "[c]" if name in numbers else word
            for name, word in zip(head.split(), row.split(), strict=True)
        )
        for row in rows
    ]
    assert draw(kind, "\n".join([head, *hidden])) is None
    assert draw(kind, head) is None


@each_chart
@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_no_label_leaves_the_picture_or_covers_another(kind, size):
    """Type that is cut off or written over can't be read."""
    text = getattr(draw(kind), size)
    _, _, width, height = box(text)
    found = labels(text)
    for label in found:
        assert -1 <= label.left <= label.right <= width + 1, label
        assert 0 <= label.top <= label.bottom <= height, label
    for first, second in combinations(found, 2):
        assert not first.covers(second), (first, second)


@each_chart
def test_type_on_a_phone_is_readable(kind):
    """A phone shows the narrow drawing pixel for pixel."""
    drawing = draw(kind)
    assert box(drawing.narrow)[2] == 288
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', drawing.narrow)]
    assert min(sizes) >= 11


@each_chart
def test_a_column_that_is_not_there_is_named(kind):
    """The analyst who renamed a column needs to know which."""
    with pytest.raises(InputError, match="has no column 'speed'"):
        draw(kind, value="speed")


@each_chart
def test_a_hostile_name_stays_a_name(kind):
    """Names come from files."""
    text = DRAWN[kind][1]
    for name in ("Ash_Hill", "England", "possession"):
        text = text.replace(name, '<b>&"$x$')
    drawing = draw(kind, text)
    assert "<b>" not in drawing.wide + drawing.narrow
    assert any('<b>&"$x$' in label for label in words(drawing.wide))


def test_wards_stand_by_rate_and_the_masked_last_by_name():
    """A place among the shown would tell what is hidden."""
    order = ["Damson", "Ash Hill", "Cedar", "Alder", "Beech"]
    downs = [y for _, y in places(draw("ranked").wide, *order)]
    assert downs == sorted(downs)


def test_the_comparator_is_named_on_its_line():
    """A line without a name is a line of something."""
    assert "London 4.1" in words(draw("ranked").wide)
    assert "London 4.1" in words(draw("ranked").narrow)


def test_without_a_comparator_there_is_no_line():
    """Some places have none held."""
    assert not any("London" in label for label in words(draw("ranked", reference=None).wide))


def test_an_open_dot_is_explained_where_there_is_one():
    """A rate on eight events is not like the others."""
    assert any(label.startswith("Open dot: fewer than 10") for label in words(draw("ranked").wide))
    stable = WARDS.replace("yes", "no")
    assert not any("Open dot" in label for label in words(draw("ranked", stable).wide))


def test_rows_of_totals_are_not_areas():
    """Barnet is not a ward of Barnet."""
    text = WARDS + "    total     -  168 3.3 2.8 3.8 - no\n"
    shown = published(text, totals=("ward_code",))
    assert Ranked().draw(shown).wide == Ranked().draw(published(WARDS)).wide


def test_a_month_without_a_row_is_a_gap_and_not_a_nought():
    """June was never published; May was withheld."""
    said = words(draw("months").wide)
    assert said.count("[x]") == 2
    assert said.count("[c]") == 1


def test_events_are_dated_and_those_of_other_years_left_out():
    """A date is shown as a date, and only where there is an axis for it."""
    event = SimpleNamespace
    drawing = draw(
        "months",
        events=[
            event(date="2023-05-09", label="Clear, Hold, Build starts"),
            event(date="2021-01-01", label="Long before"),
        ],
        breaks=[event(month="2023-07", label="New recording system")],
    )
    said = [label.replace("\N{NO-BREAK SPACE}", " ") for label in words(drawing.wide)]
    assert "Clear, Hold, Build starts, May 2023" in said
    assert "New recording system, July 2023" in said
    assert not any("Long before" in label for label in said)


def test_a_break_stands_in_its_year_and_no_line_crosses_it():
    """Two ways of counting are two series, however near their values lie."""
    later = SHARES.replace("[c]", "30.0")
    whole = draw("series", later)
    cut = draw("series", later, breaks=[SimpleNamespace(month="2020-11", year=None, label="New")])
    assert "New, November\N{NO-BREAK SPACE}2020" in words(cut.wide)
    assert not any("New" in label for label in words(whole.wide))
    assert _runs(whole.wide) == [3]
    assert _runs(cut.wide) == [2, 1]


def _runs(svg):
    """How many points each part of the first line joins."""
    lines = re.findall(r'<path [^>]*stroke="#12436d"[^>]*stroke-width="2.4" d="([^"]*)"', svg)
    return [len(part) for line in lines for part in parts_of(line)]


def test_a_break_with_the_first_year_parts_nothing():
    """What begins with the series is where the series begins."""
    given = {"breaks": [SimpleNamespace(month=None, year="2019/20", label="New estimates")]}
    assert draw("series", **given) == draw("series")


def test_quarters_have_names_and_no_dates():
    """2023/24 Q1 is no year, and a mark would have no place there."""
    quarters = SHARES.replace("/20 ", "/20Q1 ").replace("/21 ", "/21Q1 ").replace("/22 ", "/22Q1 ")
    given = {"breaks": [SimpleNamespace(month="2020-11", year=None, label="New")]}
    assert draw("series", quarters, **given) == draw("series", quarters)


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_small_shares_keep_their_axis_labels_whole(size):
    """0.5 once lost its nought at the left edge of the picture."""
    small = re.sub(r"\b\d\d\.(\d)", r"0.\1", SHARES)
    found = [label for label in labels(getattr(draw("series", small), size)) if label.left < 40]
    assert {"0.0", "0.2", "0.8"} <= {label.words for label in found}
    assert min(label.left for label in found) >= 0


def test_no_line_of_a_date_runs_through_the_words_of_another():
    """The label of February 2024 once lay over the line of July 2023."""
    months = [f"20{at // 12}-{at % 12 + 1:02}" for at in range(22 * 12 + 3, 24 * 12 + 3)]
    rows = "\n".join(f"{month} possession 9" for month in months)
    events = [
        SimpleNamespace(date="2023-07", label="Clear, Hold, Build"),
        SimpleNamespace(date="2024-02", label="Custody worker at Colindale police station"),
    ]
    drawing = draw("months", f"month offence offences\n{rows}", events=events)
    first, second = (
        next(label for label in labels(drawing.wide) if label.words.startswith(event.label[:5]))
        for event in events
    )
    assert second.left < first.right
    assert second.bottom <= first.top


def test_a_ratio_of_nought_keeps_its_number():
    """Nought has no place on a logarithmic axis, and must not vanish with its row."""
    text = """
        offence    rate_per_1000 lower upper
        possession           0.0   0.0   3.1
        trafficking          2.0   1.2   3.3
    """
    columns = {"value": "rate_per_1000", "category": "offence", "group": None}
    ratios = Dots(axis="", **columns, ratios=True, line=1, line_words="same")
    drawing = ratios.draw(published(text))
    assert "0.0 (0.0 to 3.1)" in words(drawing.wide)
    assert "same" in words(drawing.wide)


def test_a_broken_axis_says_where_it_starts():
    """A cut axis makes a small difference look large."""
    said = words(draw("series", from_zero=False).wide)
    assert any("axis starts at 24" in label for label in said)
    assert not any("axis starts" in label for label in words(draw("series").wide))


def test_names_at_line_ends_do_not_cover_each_other():
    """31.1% and 32.5% end within a few pixels."""
    (_, first), (_, second) = places(draw("series").wide, "31.1%", "England")
    assert abs(first - second) >= 12


def test_more_than_four_series_are_refused():
    """Nobody tells five lines apart."""
    rows = "\n".join(f"A{i} 2021/22 30 20 40" for i in range(5))
    with pytest.raises(InputError, match="5 series"):
        draw("series", "area_name year percent lower upper\n" + rows)


def test_two_figures_of_a_page_share_no_id():
    """The second would borrow the first one's marks."""
    first, second = draw("ranked", prefix="f1"), draw("ranked", prefix="f2")
    assert 'id="f1-w1"' in first.wide
    assert 'id="f1-n1"' in first.narrow
    assert "f1-" not in second.wide + second.narrow


def test_twenty_four_wards_fit_in_twenty_kilobytes():
    """A page may weigh 150, with all its figures."""
    rows = "\n".join(
        f"E0501{i:04} Finchley_Church_{i} {i} {i / 3} {i / 4} {i / 2} {25 - i} no"
        for i in range(1, 25)
    )
    drawing = draw("ranked", WARDS.strip().splitlines()[0] + "\n" + rows)
    assert len(drawing.wide) + len(drawing.narrow) < 20_000
