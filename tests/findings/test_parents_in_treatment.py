"""What is said of parents is what their tables show, with need apart from treatment."""

from cdpb.statistics.measure import Measure
from findings import parents_in_treatment as words
from tests.support.declared import declared

SHARES = """
    year     who               children                                 adults_so  adults  percent
    2020/21  all_in_treatment  parents_living_with_children             210        1285    16.34
    2021/22  all_in_treatment  parents_living_with_children             260        1465    17.74
    2020/21  all_in_treatment  parents_not_living_with_their_children   265        1285    20.62
    2021/22  all_in_treatment  parents_not_living_with_their_children   225        1465    15.36
"""


def share(value) -> Measure:
    limits = (15.9, 19.8) if value else (None, None)
    return Measure(value, *limits, None, 1465, "%", "Barnet", "2021/22", "ndtms_adults", "")


def unmet(value, label="alcohol") -> Measure:
    limits = (77.4, 88.2) if value else (None, None)
    return Measure(value, *limits, None, 608, "%", label, "2023/24", "parents_need", "")


def test_without_an_estimate_the_headline_says_who_is_in_treatment_and_what_was_not_received():
    said = words.headline(share(17.7), [unmet(None)], "Barnet", "2021/22")
    assert said == (
        "In 2021/22, 17.7% (15.9% to 19.8%) of adults in treatment in Barnet were parents living "
        "with children; no estimate of how many parents in Barnet need treatment has been received."
    )


def test_with_an_estimate_the_headline_is_about_need():
    said = words.headline(share(17.7), [unmet(83.4)], "Barnet", "2021/22")
    assert said.startswith("In 2023/24, the share of parents in Barnet estimated to be dependent")
    assert "83% (77% to 88%) for alcohol; in 2021/22, 17.7%" in said


def test_an_area_without_figures_is_told_so():
    said = words.headline(share(None), [unmet(None)], "Camden", "2023/24")
    assert said.startswith("No figures of parents in treatment in Camden are held")


def test_the_title_runs_from_the_first_year_to_the_last():
    assert words.parents_title(declared(SHARES, "ndtms_adults"), "Barnet") == (
        "Of adults in treatment in Barnet: parents living with children 16.3% in 2020/21 and 17.7% "
        "in 2021/22; parents not living with their children 20.6% in 2020/21 and 15.4% in 2021/22"
    )


def test_a_change_names_the_people_and_the_rounding():
    said = words.parents_changed(declared(SHARES, "ndtms_adults"))
    assert "rose from 210 to 260" in said
    assert said.endswith("counts are rounded to the nearest 5.")


def test_one_year_alone_has_changed_from_nothing():
    shown = declared(SHARES, "ndtms_adults").where(year="2021/22")
    assert words.parents_changed(shown) == ""


def test_a_missing_year_between_two_counts_of_children_is_said():
    """From 305 to 580 in two years reads as one step, where the year between is not held."""
    counts = "year children_living\n {} 305\n 2021/22 580"
    assert words.children_sentence(declared(counts.format("2019/20"))) == (
        "580 children were recorded as living with adults in treatment in 2021/22, rounded to the "
        "nearest 5; 305 in 2019/20, and we hold no figure for the time between."
    )
    assert words.children_sentence(declared(counts.format("2020/21"))).endswith("305 in 2020/21.")
