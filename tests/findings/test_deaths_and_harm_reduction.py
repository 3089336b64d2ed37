"""What is said of deaths claims no trend that rounding, chance or two sources could make."""

from cdpb.findings.documents import Quote, quoted_ratio
from cdpb.statistics.measure import Measure
from findings import deaths_and_harm_reduction as words
from tests.support.declared import declared

SHARE = Measure(1.37, 0.89, 2.1, 20, 1465, "%", "Barnet", "2021/22", "ndtms_adults", "")
CHANGE = {
    "year": "2021/22", "previous_year": "2009/10", "years": 13,
    "before": 5, "before_lowest": 3, "before_highest": 7,
    "after": 20, "after_lowest": 18, "after_highest": 22,
    "percent_a_year": 6.0, "percent_lower": -0.8, "percent_upper": 13.3,
    "widest_lower": -6.6, "widest_upper": 21.1,
}  # fmt: skip


def changed(**other: float):
    """The change as published, with other numbers in some of its columns."""
    row = {**CHANGE, **other}
    return declared(f"{' '.join(row)}\n{' '.join(map(str, row.values()))}", "ndtms_adults")


def quote(value, period, source) -> Quote:
    about = ("E09000003", "Annual update", "Deaths")
    return Quote("Q0", *about, period, value, "deaths", source, "public", "no", "")


def said(**other: float) -> str:
    return words.headline(changed(**other), SHARE, "Barnet", "2021/22")


def test_what_chance_and_rounding_could_make_is_no_rise():
    """The two counts are said, and of the size of the change that it can't be given."""
    told = said()
    assert told.startswith(
        "In 2021/22, 20 adults in treatment in Barnet died, against 5 in 2009/10"
    )
    assert (
        "over all 13 years the count points up, but is too small to tell a change from chance"
        in told
    )
    assert "times" not in told


def test_a_change_that_holds_for_all_counts_is_called_one():
    assert "deaths rose by 6.0% a year (2.0% to 10.0%)" in said(
        percent_lower=2, percent_upper=10, widest_lower=0.1
    )
    fall = {"percent_a_year": -6, "percent_lower": -9, "percent_upper": -3, "widest_upper": -0.5}
    assert "deaths fell by" in said(**fall)


def test_what_stands_before_rounding_is_said_beside_the_count():
    told = words.deaths_then_and_now(changed())
    assert told == "Before rounding, 18 to 22 in 2021/22 and 3 to 7 in 2009/10."
    both = words.change_a_year(changed())
    assert "6.0% a year (−0.8% to 13.3%)" in both
    assert "these limits reach −6.6% to 21.1%" in both


def test_without_five_years_only_the_share_is_told():
    none = changed().where(year="2009/10")
    assert words.headline(none, SHARE, "Barnet", "2021/22").endswith("in Barnet died.")


def two(later: Quote, earlier: Quote):
    row = quoted_ratio([later, earlier])
    names = " ".join(row.columns)
    values = "\n".join(" ".join(map(str, each)) for each in row.itertuples(index=False))
    return declared(f"{names}\n{values}", "quoted_figures")


def test_two_sources_give_a_ratio_and_no_trend():
    """12 against 19, as the documents quote them: no fall is shown."""
    pair = two(quote("12", "2023/24", "the provider"), quote("19", "2022/23", "NDTMS"))
    told = words.two_sources_sentence(pair)
    assert "\N{MINUS SIGN}37% (\N{MINUS SIGN}72% to +37%), so no change is shown" in told
    assert "no trend is claimed" in told


def test_a_count_that_may_not_be_shown_makes_no_ratio():
    """From a ratio and the other count, the small one could be worked out."""
    small = quote("fewer than 5", "2022/24", "the treatment provider")
    assert quoted_ratio([small, quote("19", "2022/23", "NDTMS")]).empty
    assert quoted_ratio([]).empty


def test_england_is_quoted_with_its_own_year():
    england = [quote("1.4%, 4,166 of 290,635", "2022/23", "OHID")]
    assert "is quoted below, for 2022/23, and is not compared" in words.in_england(england)
    assert words.in_england([]) == ""


def test_a_hidden_count_is_not_put_into_words():
    hidden = declared("year deaths\n2023/24 [c]", "provider_deaths")
    shown = declared("year deaths\n2023/24 12", "provider_deaths")
    assert "not shown for 2023/24, to protect people" in words.provider_title(hidden)
    assert words.provider_title(shown).endswith("12 in 2023/24")
