"""Sentences say what their tables say, in numbers that a reader can find there."""

import re
from dataclasses import replace

import pytest

from cdpb.disclosure.masked import MASKED
from cdpb.errors import InputError
from cdpb.numbers import ordinal
from cdpb.say import moved, possessive, sentence
from cdpb.statistics.measure import Measure
from findings import unmet_treatment_need, women_in_treatment
from findings import ward_drug_offences as words
from tests.support.drawn import published

NEVER = "E05099999"


def rate(value, lower, upper, label, period="2023/24") -> Measure:
    unit = "per 1,000 residents"
    return Measure(value, lower, upper, None, None, unit, label, period, "mps_borough_crime", "")


def share(value, lower, upper, people, label) -> Measure:
    return Measure(value, lower, upper, None, people, "%", label, "2021/22", "ndtms_adults", "")


BARNET, LONDON = rate(2.72, 2.56, 2.89, "Barnet"), rate(4.17, 4.13, 4.21, "London")
NOTHING = rate(None, None, None, "Barnet")


# At their rate, 4.2 per 1,000, 53 offences are expected in Colindale North and 47 in Burnt Oak.
LONDON_WARDS = replace(LONDON, numerator=41_700, denominator=10_000_000)


def wards(first=101, second=50, comparison="similar"):
    return published(f"""
        ward_code  ward_name        offences residents rate_per_1000 lower upper rank comparison
        E1         Colindale_North  {first}  12750     7.92          6.45  9.62  1    higher
        E2         Burnt_Oak        {second} 11360     4.40          3.20  5.80  2    {comparison}
        E3         Underhill        10       10000     1.00          0.50  1.80  3    lower
    """)


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd"), (113, "113th")],
)
def test_a_place_in_an_order_is_spelt(number, text):
    assert ordinal(number) == text


def test_names_that_end_in_s_take_an_apostrophe_alone():
    assert (possessive("London"), possessive("London wards")) == ("London's", "London wards'")
    assert [possessive(each) for each in ("Tower Hamlets", "St Helens")] == [
        "Tower Hamlets'",
        "St Helens'",
    ]


def test_what_did_not_change_is_not_said_to_have_moved():
    assert moved(71, 75) == "rose from 71 to 75"
    assert moved(1_101, 47) == "fell from 1,101 to 47"
    assert moved(71, 71) == "stayed at 71"


def test_a_sentence_has_one_capital_and_one_stop():
    assert sentence("in 2023/24 it  rose") == "In 2023/24 it rose."
    assert sentence("It rose.") == "It rose."


HEADER = "ward_code ward_name offence offences in_burst first_month last_month rank rank_without"
NONE = published(HEADER)
BURST = published(f"{HEADER}\nE1 Colindale_North possession 79 47 2023-04 2023-07 1 3")


def told(shown=None, bursts=NONE, focus="E1", of_wards="2023/24") -> str:
    asked = (LONDON_WARDS, bursts, focus, "2023/24", of_wards)
    return words.headline(BARNET, LONDON, shown or wards(), *asked)


def test_the_headline_names_the_highest_ward_beside_londons():
    assert told() == (
        "In 2023/24, Barnet's rate of recorded drug offences was 2.7 per 1,000 residents, lower "
        "than London's 4.2. Of Barnet's 3 wards Colindale North had the highest rate in 2023/24 "
        "(7.9; London 4.2)."
    )
    assert told(focus="E3").endswith("4.2); Underhill ranked 3rd (1.0).")


def test_a_burst_is_named_where_its_ward_is_first():
    burst = ", with 47 of its 79 possession offences in April to July 2023."
    assert told(bursts=BURST).endswith(f"(7.9; London 4.2){burst}")
    assert words.bursts_sentence(BURST) == (
        "Most of a year's offences came in a few months, which may be one operation or address, in "
        "Colindale North (47 of its 79 possession offences in April to July 2023; 1st, without "
        "them 3rd). Nothing in the file says which it was."
    )
    assert words.bursts_sentence(NONE) == ""


@pytest.mark.parametrize(
    ("first", "last", "when"),
    [
        ("2023-05", "2023-05", "in May 2023"),
        ("2023-12", "2024-02", "December 2023 to February 2024"),
    ],
)
def test_the_months_of_a_burst_name_a_year_where_it_is_needed(first, last, when):
    row = {"in_burst": 5, "offences": 8, "offence": "possession"}
    assert words.burst_text(row | {"first_month": first, "last_month": last}).endswith(when)


def test_each_half_of_the_wards_headline_is_dated_by_its_own_file():
    """Every spring one of the two police files comes first, and no ward may take its year."""
    borough, of_wards = told(of_wards="2022/23, the latest held").split(". ")
    assert borough.startswith("In 2023/24, Barnet's rate")
    assert "had the highest rate in 2022/23, the latest held (7.9" in of_wards
    assert "2023/24" not in of_wards


def test_a_focus_ward_that_is_the_highest_is_not_named_twice():
    assert told(focus="E1").count("Colindale North") == 1


def test_with_nothing_held_the_headline_says_nothing_else():
    said = words.headline(NOTHING, LONDON, wards(), LONDON_WARDS, NONE, "E1", *["2009/10"] * 2)
    assert said == "No year of recorded drug offences is held for 2009/10 or earlier."


def test_a_focus_ward_that_is_not_in_the_table_is_not_spoken_of():
    """Another borough's focus ward, or a code of an old ward."""
    assert "ranked" not in told(focus=NEVER)
    assert words.ranked_title(wards(), NEVER, "Barnet").endswith("7.9 per 1,000 residents")


def test_a_ranked_title_names_the_focus_ward_only_where_it_is_not_the_highest():
    assert words.ranked_title(wards(), "E1", "Barnet").count("Colindale North") == 1
    assert words.ranked_title(wards(), "E3", "Barnet").endswith("Underhill ranked 3rd at 1.0")


def test_a_map_title_counts_each_side():
    assert words.map_title(wards(), LONDON) == (
        "3 wards compared one by one with London (4.2): 1 higher, 1 similar and 1 lower; "
        "all tested together, 0 are higher"
    )


def test_a_ward_of_tower_hamlets_has_a_rate_of_its_own():
    """Tower Hamlets's is no English."""
    assert "of Tower Hamlets' 3 wards" in words.ranked_title(wards(), "E1", "Tower Hamlets")


@pytest.mark.parametrize(
    ("limits", "told"), [("within", "is high, not exceptional"), ("higher (95%)", "is exceptional")]
)
def test_the_highest_ward_is_placed_among_londons_with_the_ranks_it_may_have(limits, told):
    """What stands out from Barnet need not stand out from London."""
    limits = limits.replace(" ", "_")
    funnel = published(f"""
        ward_code  ward_name        widened_limits  london_wards  london_rank  london_rank_best  london_rank_worst
        E1         Colindale_North  {limits}        679           59           32                123
    """)  # noqa: E501
    assert words.in_london_sentence(funnel, wards()) == (
        f"Among London's 679 wards Colindale North {told}: 59th (32nd to 123rd)."
    )


@pytest.mark.parametrize(
    ("offences", "dispersion", "told"),
    [
        (300, 9, "Ash lies above London's rate {}, it still does."),
        (80, 9, "Ash lies above London's rate {}, no ward lies above it."),
        (40, 1, "no ward lies above London's rate {}, no ward lies above it."),
    ],
)
def test_wards_that_stay_above_london_are_not_named_twice(offences, dispersion, told):
    """Of 10,000 residents 42 are expected; 80 are many by chance, not where they come in nines."""
    funnel = published(f"""
        ward_code  ward_name  offences    residents  dispersion
        E1         Ash        {offences}  10000      {dispersion}
        E2         Elm        30          10000      1
    """)
    widened = "if months differ by chance alone; allowing for offences that come in clusters, as"
    told = told.format(f"{widened} the months say they do")
    assert words.clustered_sentence(funnel, LONDON_WARDS) == f"Tested together, {told}"


def test_a_table_without_rows_has_no_title():
    """The page then says in its place that nothing is held."""
    empty = published("ward_code ward_name rate_per_1000 lower upper rank comparison")
    assert words.ranked_title(empty, "E1", "Barnet") == ""
    assert words.map_title(empty, LONDON) == ""


def test_the_larger_kind_of_offence_leads():
    split = published("""
        ward_code  ward_name  offence      offences
        E1         North      possession   40
        E1         North      trafficking  60
        E2         South      possession   10
        E2         South      trafficking  90
    """)
    assert words.offence_title(split, "Barnet") == (
        "In Barnet's wards trafficking made up 75% of drug offences: 150, against 50 of possession"
    )


LEADING = published("""
    year     rank  ward_code  ward_name
    2022/23  1     E1         North
    2022/23  2     E2         South
    2023/24  1     E1         North
    2024/25  1     E2         South
    2025/26  1     E1         North
""")


def test_who_was_first_is_told_in_turns():
    assert words.leading_title(LEADING) == (
        "The highest rate: North in 2022/23 and 2023/24, South in 2024/25 and North in 2025/26"
    )


def test_the_title_of_months_names_the_bursts_of_the_wards_that_it_shows():
    header = "ward_code ward_name month offences"
    assert words.months_title(published(f"{header}\nE1 Colindale_North 2023-04 12"), BURST) == (
        "Colindale North had 47 of its 79 possession offences in April to July 2023"
    )
    assert words.months_title(published(f"{header}\nE2 Burnt_Oak 2023-04 12"), BURST) == (
        "Burnt Oak, month by month: in none do a few months hold most of the year"
    )


def neighbours():
    return published("""
        ward_code  ward_name  year     offence     offences
        E1         North      2022/23  possession  101
        E1         North      2023/24  possession  47
        E2         South      2022/23  possession  82
        E2         South      2023/24  possession  127
    """)


def history(second="similar"):
    return published(f"""
        ward_code  ward_name  year     offences  comparison
        E1         North      2022/23  101       higher
        E1         North      2023/24  47        {second}
    """)


def test_a_changed_verdict_is_read_with_the_ward_next_door():
    said = words.focus_changed(history(), neighbours(), "E1", "E2")
    assert said == (
        "North's offences fell from 101 to 47 between 2022/23 and 2023/24; its rate was higher "
        "than London's in 2022/23 and was similar to it in 2023/24. Next door, South rose from 82 "
        "to 127; the two together fell from 183 to 174. A fall here and a rise next door may be a "
        "change of place or of recording."
    )


def test_no_neighbour_is_called_in_where_the_verdict_stands():
    said = words.focus_changed(history("higher"), neighbours(), "E1", "E2")
    assert said.endswith("in both years its rate was higher than London's.")


def test_no_cause_is_ever_claimed():
    """A change is seen; why it came about is not."""
    said = words.focus_changed(history(), neighbours(), "E1", "E2")
    assert not re.search(r"because|due to|result|significant|caused", said)


def test_a_masked_value_cannot_be_put_into_a_sentence():
    table = published("""
        ward_code  ward_name  rate_per_1000  lower  upper  rank  comparison
        E1         North      [c]            [c]    [c]    1     [c]
    """)
    assert table.values[0][2] is MASKED
    with pytest.raises((InputError, TypeError)):
        words.ranked_title(table, "E1", "Barnet")


def test_unmet_need_is_said_with_its_interval():
    here, england = (
        share(86.4, 81.4, 90.3, 3_046, "Barnet"),
        share(82.4, 78.7, 86.1, 586_780, "England"),
    )
    treated = published("year people\n2016/17 390\n2017/18 415\n2021/22 670")
    here, england = (replace(each, period="2017/18") for each in (here, england))
    about = (here, england, treated, "Barnet", "2017/18, the latest held")
    assert unmet_treatment_need.headline(*about) == (
        "In 2017/18, the latest held, an estimated 86.4% (81.4% to 90.3%) of adults in Barnet "
        "dependent on alcohol were not in treatment, similar to England's 82.4%. From then to "
        "2021/22 those in treatment rose from 415 to 670."
    )
    none_later = (here, england, treated.where(year="2017/18"), "Barnet", "2017/18")
    assert unmet_treatment_need.headline(*none_later).endswith("similar to England's 82.4%.")


def test_without_the_area_s_figures_england_s_are_not_put_in_their_place():
    nothing = share(None, None, None, None, "Camden")
    said = unmet_treatment_need.headline(
        nothing,
        share(82.4, 78.7, 86.1, 586_780, "England"),
        published("year people"),
        "Camden",
        "2017/18",
    )
    assert said.startswith("No numbers in treatment are held for Camden")
    assert "in England an estimated 82.4%" in said


def groups(opiates="below"):
    return published(f"""
        area_code  area_name  substance_group  adults  percent  tested_together
        B          Barnet     opiate           605     23.1     {opiates}
        B          Barnet     alcohol_only     440     38.6     no_difference_shown
        E          England    opiate           140558  27.6     -
    """)


def test_a_share_of_fewer_than_1000_people_has_no_decimals():
    here, england = (
        share(31.1, 28.7, 33.5, 1_465, "Barnet"),
        share(32.5, 32.4, 32.7, 289_215, "England"),
    )
    said = women_in_treatment.headline(here, england, groups(), "Barnet", "2021/22")
    assert "31.1% (28.7% to 33.5%)" in said
    assert (
        "; with all 2 substance groups tested together, the share is below England's among adults "
        "treated for opiates (23%). How many women need treatment is not known"
    ) in said


def test_where_no_group_is_lower_the_headline_says_so():
    here, england = (
        share(31.1, 28.7, 33.5, 1_465, "Barnet"),
        share(32.5, 32.4, 32.7, 289_215, "England"),
    )
    said = women_in_treatment.headline(
        here, england, groups("no_difference_shown"), "Barnet", "2021/22"
    )
    none = "none of the 2 substance groups is shown to be below England's."
    assert f"; tested together, {none}" in said


def test_every_number_of_a_title_stands_in_its_table(assessments):
    """The descriptions of all figures, against the tables of their finding."""
    import csv
    import json

    folder = assessments / "2025-26" / "E09000003" / "public"
    for path in sorted((folder / "findings").glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        rows = []
        for name in sorted((folder / "tables" / record["id"]).glob("*.csv")):
            rows += csv.DictReader(name.open(encoding="utf-8", newline=""))
        # A number is a cell of the finding's tables, or a count of their rows.
        for figure in record["figures"]:
            shown = _numbers_of(rows) | {str(count) for count in range(len(rows) + 1)}
            for number in re.findall(r"\d[\d,]*(?:\.\d+)?", _without_periods(figure["alt"])):
                assert number.replace(",", "") in shown, (figure["id"], number, figure["alt"])


def _without_periods(text: str) -> str:
    """Years, months, confidence levels and counts of things are not figures of the table."""
    text = re.sub(r"\b(?:95|99\.8)%", "", text.replace("\N{NO-BREAK SPACE}", " "))
    text = re.sub(
        r"\d{4}/\d{2}|(?:January|February|March|April|May|June|July|August|September"
        r"|October|November|December) \d{4}",
        "",
        text,
    )
    text = re.sub(
        r"London wards: [\d.]+|\b\d+ (?:of \d+ )?wards?\b|for \d+\b|similar to London: \d+"
        r"|lower than London: \d+|per [\d,]+|aged \d+",
        "",
        text,
        flags=re.I,
    )
    return text


def _numbers_of(rows: list[dict[str, str]]) -> set[str]:
    found = set()
    for row in rows:
        for cell in row.values():
            try:
                value = float(cell)
            except ValueError:
                continue
            found |= {f"{value:.{places}f}" for places in (0, 1, 2)}
    return found
