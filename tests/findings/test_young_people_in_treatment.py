"""What is said of young people in treatment is what the months show, and no more."""

from dataclasses import replace

import pandas as pd

from cdpb.disclosure.declared import Column
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable
from findings import young_people_in_treatment as words


def months(*people, first="2023-03", methodology="new") -> PublishedTable:
    """A year apart each, by one methodology unless said otherwise."""
    start = pd.Period(first, freq="M")
    kinds = {"month": "key", "people": "count", "methodology": "text"}
    return PublishedTable(
        id="months",
        title="Months",
        source_ids=("young_people_monthly",),
        dimensions=("month",),
        totals=(),
        described=tuple((name, Column(label=name, kind=kind)) for name, kind in kinds.items()),
        values=tuple(
            (start + 12 * i, count, methodology if i == 0 else "new")
            for i, count in enumerate(people)
        ),
    )


def test_the_headline_has_the_latest_year_and_the_one_before():
    """Two windows of largely the same people: described, with no limits and nothing "shown"."""
    assert words.headline(months(68, 95), "Barnet") == (
        "In the twelve months to March 2024, 95 young people were in treatment in Barnet, "
        "compared with 68 a year before."
    )
    previous = words.headline(months(83, 95, methodology="previous"), "Barnet")
    assert previous.endswith("; the year before is not held by the same method.")


def test_without_the_return_the_headline_says_that_it_was_not_received():
    assert words.headline(months(), "Camden") == (
        "How many young people are in treatment in Camden can't be said: "
        "no whole year of the monthly figures has been received."
    )


def test_a_withheld_month_is_said_in_words():
    """Not even that it is small: the policy hides that too."""
    headline = words.headline(months(68, MASKED), "Barnet")

    assert headline == (
        "In the twelve months to March 2024, the number of young people in treatment in Barnet "
        "is withheld to protect people."
    )


def test_a_year_before_by_another_methodology_is_no_comparison():
    told = words.young_people_changed(months(83, 95, methodology="previous"))

    assert told == "The year before is not held by the same methodology, so no change is shown."
    assert words.young_people_changed(months(68, 95)) == (
        "Young people in treatment in the twelve months to March 2024: 95; a year before, 68."
    )


def test_the_title_runs_from_the_first_month_to_the_last():
    assert words.young_people_title(months(68, 95)).endswith(
        "68 in the twelve months to March 2023 and 95 in those to March 2024"
    )
    assert words.young_people_title(months()) == ""


def test_the_title_does_not_span_two_methodologies():
    """83 by the previous method and 95 by the new are no rise."""
    before, after = months(83, methodology="previous"), months(70, 95, first="2023-04")
    both = replace(after, values=(*before.values, *after.values))
    assert words.young_people_title(both).endswith(
        "70 in the twelve months to April 2023 and 95 in those to April 2024"
    )


def test_fewer_than_five_years_to_march_are_no_trend():
    """The reader is told why there is none."""
    assert words.years_to_march(months(68, 95)) == (
        "No five-year trend is calculated: we hold only 2 of 5 years to March by one method."
    )
    assert words.years_to_march(months(60, 61, 62, 63, 64, first="2020-03")) == ""
    assert words.years_to_march(months()) == ""
