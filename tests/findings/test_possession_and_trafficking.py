# ruff: noqa: E501 (tables typed the way they look are wide)
"""What is said of possession and trafficking is what their tables show."""

import pandas as pd

from cdpb.disclosure.declared import Column
from cdpb.disclosure.published import PublishedTable
from cdpb.sentences import across_break, changed_sentence, moved_against
from cdpb.statistics.measure import Measure
from findings import possession_and_trafficking as words

TEXTS = {"place", "year", "offence", "previous_year", "period", "previous_period", "measure"}


def shown(text: str) -> PublishedTable:
    """A table typed the way it looks; ``_`` is a space."""
    names, *rows = [line.split() for line in text.strip().splitlines()]
    return PublishedTable(
        id="drawn",
        title="Drawn",
        source_ids=("mps_borough_crime",),
        dimensions=(names[0],),
        totals=(),
        described=tuple((name, _column(name)) for name in names),
        values=tuple(tuple(map(_value, row, names)) for row in rows),
        period="2023/24",
    )


def _column(name: str) -> Column:
    kind = "name" if name in TEXTS else "key" if name == "month" else "rate"
    return Column(label=name, kind=kind)


def _value(word: str, name: str):
    if name == "month":
        return pd.Period(word, freq="M")
    return word.replace("_", " ") if name in TEXTS else float(word)


def ratio(value, lower, upper, label, first=521, second=538) -> Measure:
    about = ("times", label, "2023/24", "mps_borough_crime", "")
    return Measure(value, lower, upper, first, second, *about)


CHANGE = shown("""
    offence            previous_year  offences_before  offences  change  elsewhere_change  relative_lower  relative_upper
    all_drug_offences  2022/23        971              1059       9.1    -11.8             1.08            1.42
    possession         2022/23        624              521      -16.5    -21.6             0.87            1.31
    trafficking        2022/23        347              538       55.0     25.9             0.99            1.53
""")


def test_the_headline_says_how_many_of_one_kind_there_are_for_each_of_the_other():
    headline = words.headline(
        ratio(0.97, 0.86, 1.09, "Barnet"), ratio(2.4, 2.34, 2.45, "Rest of London"), "2023/24"
    )

    assert headline == (
        "In 2023/24, Barnet recorded 521 possession and 538 trafficking offences: about one "
        "possession offence for every trafficking offence. In the rest of London it was about two "
        "possession offences for every trafficking offence."
    )


def test_where_there_is_more_trafficking_it_is_counted_for_each_possession_offence():
    headline = words.headline(
        ratio(0.52, 0.48, 0.57, "Barnet", 711, 1360),
        ratio(1.63, 1.6, 1.66, "Rest of London"),
        "2025/26",
    )

    assert "about two trafficking offences for every possession offence" in headline


def test_the_same_proportion_elsewhere_is_not_said_again():
    camden = ratio(1.72, 1.55, 1.91, "Camden", 1028, 597)
    headline = words.headline(camden, ratio(1.57, 1.54, 1.6, "Rest of London"), "2025/26")

    assert headline == (
        "In 2025/26, Camden recorded 1,028 possession and 597 trafficking offences: about two "
        "possession offences for every trafficking offence, as in the rest of London."
    )


def test_without_a_year_held_the_headline_says_so():
    nothing = ratio(None, None, None, "Barnet", None, None)

    assert words.headline(nothing, nothing, "2009/10") == (
        "No year of recorded drug offences is held for 2009/10 or earlier."
    )


def test_a_change_within_its_limits_is_not_clearly_more_or_less():
    """Only a change wholly above or below that of the rest of London is more or less."""
    assert words.against_elsewhere_title(CHANGE, "Barnet") == (
        "Since 2022/23 Barnet's trafficking rose from 347 to 538 (+55%), not clearly more than in "
        "the rest of London (+26%); possession \N{MINUS SIGN}17% (rest of London \N{MINUS SIGN}22%)"
    )


def test_a_rise_against_a_fall_is_unlike_elsewhere():
    """More than elsewhere would say that elsewhere it rose too."""
    change = shown("""
        offence      previous_year  offences_before  offences  change  elsewhere_change  relative_lower  relative_upper
        possession   2022/23        100              200       100     -20               2.0             3.0
        trafficking  2022/23        200              100       -50     -10               0.4             0.7
    """)

    told = words.against_elsewhere_title(change, "Barnet")

    possession = next(iter(change.where(offence="possession").rows()))
    assert moved_against(possession).startswith("rose from 100 to 200 (+100%), unlike in the rest")
    assert "trafficking fell from 200 to 100 (\N{MINUS SIGN}50%), more than in the rest" in told


def test_what_changed_begins_with_all_offences():
    assert changed_sentence(CHANGE, "Barnet").startswith(
        "Since 2022/23 Barnet's drug offences rose from 971 to 1,059 (+9%), unlike in the rest of "
        "London (\N{MINUS SIGN}12%): possession fell"
    )


def test_a_change_across_the_break_stands_beside_that_of_london():
    """London's police changed their system together."""
    assert across_break(CHANGE, "Barnet").endswith(
        "(+26%). The break is all of London's, so that comparison survives it."
    )
    earlier = shown("""
        offence            previous_year  offences_before  offences  change  elsewhere_change  relative_lower  relative_upper
        all_drug_offences  2021/22        1103             971      -12.0    -7.8              0.84            1.09
    """)
    assert across_break(earlier, "Barnet") == ""


def test_months_are_summed_into_the_years_they_lie_in():
    months = shown("""
        month    offence      offences
        2022-04  possession   50
        2023-03  possession   50
        2023-04  possession   80
        2022-04  trafficking  30
        2023-04  trafficking  40
    """)

    assert words.offences_by_month_title(months) == (
        "From 2022/23 to 2023/24, possession fell from 100 to 80 and trafficking rose from 30 to 40"
    )


def test_windows_are_named_in_full():
    windows = shown("""
        offence            previous_period         period                  offences_before  offences  change  elsewhere_change  relative_lower  relative_upper
        all_drug_offences  July_2022_to_June_2023  July_2023_to_June_2024  1011             1020       1      -12               1.00            1.32
        possession         July_2022_to_June_2023  July_2023_to_June_2024  595              482      -19      -20               0.83            1.23
        trafficking        July_2022_to_June_2023  July_2023_to_June_2024  416              538       29       11               0.93            1.45
    """)

    assert words.windows_title(windows, "Barnet") == (
        "Barnet's drug offences against the same months a year before: in July 2023 to June 2024 "
        "they rose from 1,011 to 1,020 (+1%), not clearly different from the rest of London (\N{MINUS SIGN}12%)"
    )
    told = words.window_sentence(windows, "Barnet")
    assert told.startswith(
        "In July 2023 to June 2024, against July 2022 to June 2023, Barnet's drug offences rose "
        "from 1,011 to 1,020 (+1%)"
    )
    assert told.endswith("may be one of recording.")


def test_months_that_end_before_a_break_are_not_parted_by_it():
    """January 2024 was over when the recording system changed in February."""
    windows = shown("""
        offence            previous_period            period                      offences_before  offences  change  elsewhere_change  relative_lower  relative_upper
        all_drug_offences  July_2022_to_January_2023  July_2023_to_January_2024  544              620       14      -12               1.07            1.55
        possession         July_2022_to_January_2023  July_2023_to_January_2024  350              300      -14      -20               0.83            1.38
        trafficking        July_2022_to_January_2023  July_2023_to_January_2024  194              320       65      20                1.08            1.73
    """)

    assert "breaks" not in words.window_sentence(windows, "Barnet")


def test_ends_of_the_ratio_are_given_for_each_place():
    ratios = shown("""
        place   year     ratio
        Barnet  2022/23  1.8
        Barnet  2023/24  0.97
        Rest    2023/24  2.4
    """)

    assert words.ratios_title(ratios, "Barnet") == (
        "Possession offences for every trafficking offence: "
        "Barnet 1.80 in 2022/23 and 0.97 in 2023/24; Rest 2.40 in 2023/24"
    )


def test_outcomes_may_be_more_than_offences():
    """An outcome is dated by its own month, so 120 for each 100 is no mistake."""
    outcomes = shown("""
        year     offence      outcomes_per_100
        2022/23  possession   80
        2023/24  possession   120.4
        2023/24  trafficking  40
    """)

    assert words.outcomes_title(outcomes) == (
        "Positive outcomes recorded in 2023/24: 120 for each 100 offences of possession "
        "and 40 for each 100 offences of trafficking"
    )
