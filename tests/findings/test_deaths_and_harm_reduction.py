"""What is said of deaths claims no trend that rounding, chance or two sources could make."""

from cdpb.findings.documents import Quote, quoted_ratio
from cdpb.statistics.measure import Measure
from findings import deaths_and_harm_reduction as words
from tests.support.declared import declared

SHARE = Measure(1.37, 0.89, 2.1, 20, 1465, "%", "Barnet", "2021/22", "ndtms_adults", "")
SHARES = """
    year     deaths  adults  percent  lower  upper  lowest_percent  highest_percent
    2009/10  5       1105    0.45     0.19   1.05   0.27            0.63
    2021/22  20      1465    1.37     0.89   2.10   1.23            1.50
"""


def ratio(value, lower, upper) -> Measure:
    return Measure(
        value, lower, upper, None, None, "times", "Barnet", "2021/22", "ndtms_adults", ""
    )


def quote(value, period, source) -> Quote:
    about = ("E09000003", "Annual update", "Deaths")
    return Quote("Q0", *about, period, value, "deaths", source, "public", "no", "")


def said(change: Measure) -> str:
    return words.headline(SHARE, change, "2009/10", "Barnet", "2021/22")


def test_what_rounding_could_make_is_no_rise():
    told = said(ratio(3.02, 0.77, 28.96))
    assert "1.4% (0.9% to 2.1%) of adults in treatment in Barnet died" in told
    assert "neither a rise nor a fall since 2009/10 is shown" in told
    assert "0.8 to 29.0 times" in told


def test_a_rise_that_is_shown_is_called_one():
    assert "a rise since 2009/10 is shown, to 3.0 times (1.5 to 6.0)" in said(ratio(3, 1.5, 6))
    assert "a fall since 2009/10 is shown" in said(ratio(0.3, 0.1, 0.8))


def test_without_a_first_year_only_the_share_is_told():
    assert said(ratio(None, None, None)).endswith("in Barnet died.")


def two(later: Quote, earlier: Quote):
    row = quoted_ratio([later, earlier])
    names = " ".join(row.columns)
    values = "\n".join(" ".join(map(str, each)) for each in row.itertuples(index=False))
    return declared(f"{names}\n{values}", "quoted_figures")


def test_two_sources_give_a_ratio_and_no_trend():
    """12 against 19, as the documents quote them: no fall is shown."""
    pair = two(quote("12", "2023/24", "the provider"), quote("19", "2022/23", "NDTMS"))
    told = words.two_sources_sentence(pair)
    assert "0.63 (0.28 to 1.37), which includes no change" in told
    assert "no trend is claimed" in told


def test_a_count_that_may_not_be_shown_makes_no_ratio():
    """From a ratio and the other count, the small one could be worked out."""
    small = quote("fewer than 5", "2022/24", "the treatment provider")
    assert quoted_ratio([small, quote("19", "2022/23", "NDTMS")]).empty
    assert quoted_ratio([]).empty


def test_rounding_is_told_beside_the_count():
    told = words.deaths_rounding(declared(SHARES, "ndtms_adults"))
    assert "20 deaths in 2021/22 are rounded to the nearest 5" in told
    assert "1.2% to 1.5%" in told


def test_a_hidden_count_is_not_put_into_words():
    hidden = declared("year deaths\n2023/24 [c]", "provider_deaths")
    shown = declared("year deaths\n2023/24 12", "provider_deaths")
    assert "not shown for 2023/24, to protect people" in words.provider_title(hidden)
    assert words.provider_title(shown).endswith("12 in 2023/24")
