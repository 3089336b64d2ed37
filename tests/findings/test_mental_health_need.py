"""What is said of mental health need is what its tables show, and nothing that is hidden."""

from cdpb.statistics.measure import Measure
from findings import mental_health_need as words
from tests.support.declared import declared

RETURN = "mental_health_need"
NEED = """
    year     group   need  persons  in_all  percent_in_need
    2022/23  adults  yes   {first}  742     71.0
    2023/24  adults  yes   549      758     72.4
"""


def share(value, lower=None, upper=None, people=758, period="2023/24") -> Measure:
    return Measure(value, lower, upper, None, people, "%", "Barnet", period, RETURN, "")


def test_the_headline_gives_need_and_need_without_treatment():
    said = words.headline(
        share(72.4, 69.1, 75.5), share(20.0, 16.9, 23.6, 549), "Barnet", "2023/24"
    )
    assert said == (
        "In 2023/24, 72% (69% to 76%) of adults starting treatment in Barnet had a mental health "
        "need, and 20% (17% to 24%) of them were not treated for it."
    )


def test_what_is_not_held_is_told_from_what_is_hidden():
    """A reader must know whether to ask for a return or to accept that it protects people."""
    absent, hidden = share(None, period=""), share(None)

    assert words.headline(absent, absent, "Camden", "2023/24") == (
        "Figures of mental health need among people starting treatment in Camden are not held."
    )
    assert words.headline(hidden, hidden, "Barnet", "2023/24").endswith(
        "is not shown, to protect people."
    )
    part = words.headline(share(72.4, 69.1, 75.5), hidden, "Barnet", "2023/24")
    assert part.endswith(
        "how many of them were not treated for it is not shown, to protect people."
    )


def test_a_group_that_is_hidden_is_named_without_a_number():
    assert words.untreated_title(share(20.0, 16.9, 23.6), share(None)) == (
        "Not treated, of those in need: adults 20% (17% to 24%) and young people not shown"
    )
    assert words.need_title(share(72.4, 69.1, 75.5), share(43.1, 31.2, 55.9, 58)) == (
        "With a mental health need, of those starting treatment: adults 72% (69% to 76%) and "
        "young people 43% (31% to 56%)"
    )


def test_change_is_told_between_years_that_are_both_shown():
    assert words.need_changed(declared(NEED.format(first=527), RETURN)) == (
        "From 2022/23 to 2023/24 adults with a mental health need went from 527 of 742 starting "
        "treatment to 549 of 758."
    )
    one = declared(
        "year  group  need  persons  in_all  percent_in_need\n 2023/24 adults yes 9 12 75", RETURN
    )
    assert words.need_changed(one) == ""


def test_published_figures_are_said_to_be_silent_on_mental_health():
    starting = declared("year  started\n 2020/21  710\n 2021/22  650")
    assert words.starting_sentence(starting, "Barnet") == (
        "650 adults started treatment in Barnet in 2021/22, rounded to the nearest 5; how many of "
        "them need help with their mental health is not published."
    )
