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


YEARS = shown("""
    area_name  year     people  lowest  highest  indexed
    Barnet     2020/21  1285    1283    1287     116
    Barnet     2021/22  1465    1463    1467     133
    England    2021/22  289215  289215  289215   93
""")
TRENDS = shown("""
    area_name  trend       slope  slope_lower  slope_upper
    Barnet     increasing  100    78           122
    England    not_calculated  -  -  -
""")
NOTHING = times(None, None, None)


def test_the_headline_has_the_number_the_year_before_and_the_trend():
    assert words.headline(YEARS, TRENDS, NOTHING, "Barnet", "2021/22") == (
        "In 2021/22, 1,465 adults were in treatment in Barnet, up from 1,285 in 2020/21; "
        "the trend over the last five years is upward."
    )


def test_young_people_stand_beside_where_both_returns_are_held():
    headline = words.headline(YEARS, TRENDS, times(0.71, 0.51, 0.97), "Barnet", "2021/22")

    assert headline.endswith(
        "in 2023/24 their change divided by that of young people was 0.71 (0.51 to 0.97)."
    )


def test_for_an_area_without_numbers_england_is_told():
    told = words.headline(YEARS, TRENDS, NOTHING, "Camden", "2021/22")

    assert told == (
        "No numbers in treatment are held for Camden; in England 289,215 adults were in "
        "treatment in 2021/22."
    )
    nobody = YEARS.where(area_name="Nowhere")
    assert "are held for 2008/09" in words.headline(nobody, TRENDS, NOTHING, "A", "2008/09")


def test_places_are_set_against_their_first_year():
    assert words.adults_years_title(YEARS, "Barnet") == (
        "Adults in treatment against the first year held: "
        "Barnet 133 in 2021/22 (2020/21 is 100); England has no other year (2021/22 is 100)"
    )


def test_places_with_one_first_year_say_it_once():
    both = shown("""
        area_name  year     people  indexed
        Barnet     2020/21  1100    100
        Barnet     2021/22  1465    133
        England    2020/21  310000  100
        England    2021/22  289215  93
    """)
    assert words.adults_years_title(both, "Barnet") == (
        "Adults in treatment, with 2020/21 as 100: Barnet 133 in 2021/22 and England 93 in 2021/22"
    )


def test_a_trend_is_given_with_its_slope_and_limits():
    assert words.adults_trends_title(TRENDS) == (
        "Recent trend in adults in treatment: Barnet: increasing, 100 people a year (78 to 122); "
        "England: not calculated"
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


def test_both_changes_are_told_together_or_not_at_all():
    adults, young = times(0.99, 0.9, 1.09), times(1.4, 1.01, 1.94)

    assert words.beside_sentence(adults, young) == (
        "In the twelve months to March at the end of 2023/24 adults in treatment were 0.99 times "
        "those of the year before, young people 1.40 times."
    )
    assert words.beside_sentence(adults, NOTHING) == ""
