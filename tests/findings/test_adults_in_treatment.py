"""What is said of adults in treatment is what their tables show."""

from cdpb.disclosure.declared import Column
from cdpb.disclosure.published import PublishedTable
from cdpb.statistics.measure import Measure
from findings import adults_in_treatment as words

TEXTS = {"area_name", "year", "trend"}


def shown(text: str) -> PublishedTable:
    """A table typed the way it looks; ``_`` is a space, ``-`` missing."""
    names, *rows = [line.split() for line in text.strip().splitlines()]
    described = [
        (name, Column(label=name, kind="name" if name in TEXTS else "rate")) for name in names
    ]
    return PublishedTable(
        id="drawn",
        title="Drawn",
        source_ids=("ndtms_adults",),
        dimensions=("area_name", "year"),
        totals=(),
        described=tuple(described),
        values=tuple(tuple(map(_value, row, names)) for row in rows),
    )


def _value(word: str, name: str):
    if word == "-":
        return None
    return word.replace("_", " ") if name in TEXTS else float(word)


def times(value, lower, upper) -> Measure:
    about = ("times", "Adults to young people", "2023/24", "adults_monthly", "")
    return Measure(value, lower, upper, None, None, *about)


def heads(here, england) -> list[Measure]:
    about = ("per 1,000 residents", "2021/22", "ndtms_adults", "")
    return [
        Measure(value, None, None, None, None, about[0], name, *about[1:])
        for value, name in ((here, "Barnet"), (england, "England"))
    ]


YEARS = shown("""
    area_name  year     people  lowest  highest  indexed
    Barnet     2020/21  1285    1283    1287     116
    Barnet     2021/22  1465    1463    1467     133
    England    2021/22  289215  289215  289215   93
""")
TRENDS = shown("""
    area_name  trend       slope  slope_lower  slope_upper
    Barnet     increasing  100    11           190
    England    not_calculated  -  -  -
""")
NOTHING = times(None, None, None)
NOBODY = heads(None, None)


def test_the_headline_has_the_number_the_rate_england_the_year_before_and_the_trend():
    assert words.headline(YEARS, TRENDS, heads(5.0, 6.66), "Barnet", "2021/22") == (
        "In 2021/22, 1,465 adults were in treatment in Barnet (5.0 per 1,000 residents; England "
        "6.7), up from 1,285 in 2020/21; the trend over the last five years is upward."
    )
    assert "(" not in words.headline(YEARS, TRENDS, NOBODY, "Barnet", "2021/22")


def test_a_slope_whose_widened_limits_hold_0_is_no_trend_in_words():
    unsure = shown("""
        area_name  trend       slope  slope_lower  slope_upper
        Barnet     increasing  100    -11          211
    """)
    told = words.headline(YEARS, unsure, NOBODY, "Barnet", "2021/22")
    assert told.endswith("no trend is shown over the last five years.")
    assert "no trend shown, 100" in words.adults_trends_title(unsure)


def test_for_an_area_without_numbers_england_is_told():
    told = words.headline(YEARS, TRENDS, NOBODY, "Camden", "2021/22")

    assert told == (
        "No numbers in treatment are held for Camden; in England 289,215 adults were in "
        "treatment in 2021/22."
    )
    nobody = YEARS.where(area_name="Nowhere")
    assert "are held for 2008/09" in words.headline(nobody, TRENDS, NOBODY, "A", "2008/09")


def test_places_are_set_against_their_first_year_with_the_turn_between():
    both = shown("""
        area_name  year     people  indexed
        Barnet     2009/10  1105    100
        Barnet     2016/17  1025    93
        Barnet     2021/22  1465    133
        England    2009/10  311668  100
        England    2021/22  289215  93
    """)
    assert words.adults_years_title(both, "Barnet") == (
        "Adults in treatment, with the first year taken as 100: Barnet 100 in 2009/10, 93 in "
        "2016/17 and 133 in 2021/22; England 100 in 2009/10 and 93 in 2021/22"
    )


def test_a_trend_is_given_with_its_slope_and_limits():
    assert words.adults_trends_title(TRENDS) == (
        "Adults in treatment, recent trend: in Barnet increasing, 100 people a year (11 to 190); "
        "in England not calculated"
    )


def test_rounding_leaves_a_range_where_the_publisher_rounded():
    """1,465 printed is 1,463 to 1,467 counted."""
    assert words.adults_rounding(YEARS.where(area_name="Barnet")) == (
        "The publisher rounds to the nearest 5: 1,463 to 1,467 were counted."
    )
    assert words.adults_rounding(YEARS.where(area_name="England")) == ""


def test_what_changed_needs_two_years():
    assert words.adults_changed(YEARS.where(area_name="Barnet")) == (
        "From 2020/21 to 2021/22 adults in treatment rose from 1,285 to 1,465."
    )
    assert words.adults_changed(YEARS.where(area_name="England")) == ""
