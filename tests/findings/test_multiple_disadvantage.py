"""What is said of multiple disadvantage is what its tables show, and nothing that is hidden."""

import pytest

from cdpb.statistics.measure import Measure
from findings import multiple_disadvantage as words
from tests.support.declared import declared

HOUSING = declared("""
    housing                adults  started  percent  lower  upper  lowest_percent  highest_percent
    urgent_housing_problem  45     650      6.92     5.2    9.1    6.6             7.25
    other_housing_problem   90     650      13.85    11.4   16.7   13.5            14.2
""")
GROUPS = declared("""
    substance_group  adults  started  percent
    alcohol_only     10      235      4.26
    opiate           25      150      16.67
    total            45      650      6.92
""")
YEARS = declared("""
    year     housing                 adults  started  percent
    2020/21  urgent_housing_problem  40      710      5.63
    2020/21  other_housing_problem   80      710      11.27
    2021/22  urgent_housing_problem  45      650      6.92
    2021/22  other_housing_problem   90      650      13.85
""")
EMPLOYMENT = declared("""
    employment                  adults  started  percent
    unemployed_or_inactive      285     650      43.85
    long-term_sick_or_disabled  110     650      16.92
""")
THREE = """
    homeless  mental_health  criminal_justice  persons
    yes       yes            total             {both}
    yes       total          yes               43
    total     yes            yes               111
"""
TOTALS = ("homeless", "mental_health", "criminal_justice")
RETURN = "disadvantage_overlap"


def share(value, lower=None, upper=None, people=181, period="2023/24") -> Measure:
    return Measure(value, lower, upper, None, people, "%", "adults", period, RETURN, "")


def headline(housed, others) -> str:
    return words.headline(HOUSING, housed, others, "Barnet", "2021/22", "2023/24")


def test_the_headline_gives_published_housing_need_and_the_return_s_overlap():
    assert headline(share(85.1, 79.2, 89.5), share(68.46, 64.6, 72.1, 577)) == (
        "In 2021/22, 7% (5% to 9%) of adults starting treatment in Barnet had an urgent housing "
        "problem and a further 14% a less urgent one; in 2023/24, 85% (79% to 90%) of those with a "
        "housing problem also had a mental health need, a larger share than the 68% of others."
    )


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("", "figures of how far disadvantages meet in one person are not held."),
        ("2023/24", "in 2023/24 is not shown, to protect people."),
    ],
)
def test_what_was_not_received_is_told_from_what_is_hidden(period, said):
    """A hidden figure must not read as if nobody had it, nor the other way round."""
    assert headline(share(None, period=period), share(None, period=period)).endswith(said)


def test_titles_count_housing_problems_and_work():
    assert words.housing_title(HOUSING, "Barnet") == (
        "Of 650 adults starting treatment in Barnet, 45 had an urgent housing problem and a "
        "further 90 a less urgent one"
    )
    assert words.employment_title(EMPLOYMENT, "Barnet") == (
        "Of adults starting treatment in Barnet, 44% were unemployed or inactive and 17% were "
        "long-term sick or disabled"
    )
    assert words.urgent_by_group_title(GROUPS) == (
        "Urgent housing problem: from 4% (alcohol only) to 17% (opiates) of adults starting "
        "treatment"
    )
    assert words.housing_over_years_title(YEARS).startswith(
        "Share of adults starting treatment: urgent housing problem 6% in 2020/21 and 7% in 2021/22"
    )


def test_a_change_is_told_with_its_counts():
    assert words.housing_changed(YEARS) == (
        "From 2020/21 to 2021/22 adults starting treatment with an urgent housing problem rose "
        "from 40 to 45, from 6% to 7% of those who started."
    )


def test_pairs_of_disadvantages_are_counted_where_they_may_be_shown():
    """A hidden pair is left out of the title; the others stay."""
    shown = declared(THREE.format(both=154), RETURN, TOTALS)
    hidden = declared(THREE.format(both="[c]"), RETURN, TOTALS)

    assert words.overlap_title(shown) == (
        "Adults starting treatment who had both: housing problem and mental health need 154; "
        "housing problem and criminal justice contact 43; mental health need and criminal "
        "justice contact 111"
    )
    assert words.overlap_title(hidden) == (
        "Adults starting treatment who had both: housing problem and criminal justice contact "
        "43; mental health need and criminal justice contact 111"
    )


def test_a_hidden_share_has_a_title_without_numbers():
    needs = declared("homeless  persons\n yes  [c]", RETURN)
    assert words.needs_title(needs, share(None), share(68.5, 64.6, 72.1)) == (
        "Mental health need, by housing problem"
    )
