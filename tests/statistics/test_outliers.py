"""Areas that stand out are found by two kinds of limits, and published funnels are met."""

import numpy as np
import pandas as pd
import pytest

from cdpb.errors import InputError
from cdpb.statistics import crude_rate, funnel, funnel_limits, proportion, rate_of
from cdpb.statistics.measure import Measure
from tests.support.shared import shared
from tests.support.tables import table

# The published verdicts, and ours.
SIGNIFICANCE = {
    "High (0.001)": "higher (99.8%)",
    "High (0.025)": "higher (95%)",
    "Not significant": "within",
    "Low (0.025)": "lower (95%)",
    "Low (0.001)": "lower (99.8%)",
    "Not applicable for events less than 10 for dsrs": "not compared",
}
WARDS = """
    ward_code offences residents
    W1               9     10000
    W2              38     10000
    W3              41     10000
    W4              40     10000
    W5              43     10000
    W6             101     10000
"""


def rates(text=WARDS, per=1_000):
    """Wards with their rates, of a source."""
    wards = table(text)
    wards.attrs = {"source": "mps_ward_crime", "period": "2023/24"}
    return crude_rate(wards, per=per)


def centre(value, unit="per 1,000 residents", like=None):
    """What areas are compared with."""
    about = like.attrs if like is not None else {}
    return Measure(value, None, None, None, None, unit, "London", "", about.get("source", "s"), "")


def published(name):
    """One of Public Health England's funnels."""
    path = shared("golden", "funnels", f"testdata_funnel_{name}.csv")
    return pd.read_csv(path, encoding="utf-8-sig")


def counted(events, people, value, per=100_000):
    """Verdicts by plain limits on counts of a published funnel."""
    given = pd.DataFrame({"offences": events, "residents": people})
    given.attrs = {"source": "golden"}
    made = crude_rate(given, per=per)
    unit = made.attrs["unit"]
    return funnel(made, Measure(value, *[None] * 4, unit, "All", "", "golden", ""))["plain_limits"]


def test_plain_limits_cry_wolf_and_widened_ones_do_not():
    """Where all areas differ, plain limits point at four of six and widened ones at none."""
    differing = WARDS.replace("38", "20").replace("41", "33").replace("40", "52")
    wards = rates(differing.replace("43", "65").replace("   9", "  12"))
    found = funnel(wards, rate_of(wards, "All wards"))
    assert list(found["plain_limits"]) == [
        *["lower (99.8%)", "lower (99.8%)", "lower (95%)", "within", "higher (95%)"],
        "higher (99.8%)",
    ]
    assert set(found["widened_limits"]) <= {"within"}
    assert (found["phi"] > 1).all()


def test_widened_limits_still_find_what_stands_far_out():
    """Four alike, one low and one high: milder than plain limits, not silent."""
    wards = rates()
    found = funnel(wards, rate_of(wards, "All wards")).set_index("ward_code")
    assert list(found.index[found["widened_limits"] != "within"]) == ["W1", "W6"]
    assert found.loc["W6", "plain_limits"] == "higher (99.8%)"
    assert found.loc["W6", "widened_limits"] == "higher (95%)"


def test_without_overdispersion_nothing_is_widened():
    """Limits are widened for what is there, not by habit."""
    wards = rates(WARDS.replace("101", "52").replace("  9", " 33"))
    found = funnel(wards, rate_of(wards, "All wards"))
    assert (found["tau_squared"] == 0).all()
    assert list(found["plain_limits"]) == list(found["widened_limits"])


def test_phi_is_the_mean_of_the_squares_drawn_in():
    """By hand: z of square roots, outermost tenths drawn in, squared, averaged."""
    wards = rates()
    london = rate_of(wards, "All wards")
    expected = wards["offences"].sum() / len(wards)
    z = 2 * (np.sqrt(wards["offences"]) - np.sqrt(expected))
    by_hand = (z.clip(z.quantile(0.1), z.quantile(0.9)) ** 2).mean()
    found = funnel(wards, london).iloc[0]
    assert found["phi"] == pytest.approx(by_hand)
    # Areas of one size: tau squared is what phi leaves over, in units of the common variance.
    assert found["tau_squared"] == pytest.approx((6 * by_hand - 5) / 5 / (4 * expected))


def test_a_widened_verdict_is_never_the_stronger_one():
    """An approximation may not find what exact limits don't."""
    order = ["lower (99.8%)", "lower (95%)", "within", "higher (95%)", "higher (99.8%)"]
    generator = np.random.default_rng(7)
    wards = pd.DataFrame(
        {
            "offences": generator.poisson(6, 3_000),
            "residents": generator.integers(500, 3_000, 3_000),
        }
    )
    wards.attrs = {"source": "mps_ward_crime"}
    made = crude_rate(wards)
    found = funnel(made, rate_of(made, "All"))
    plain, widened = (
        found[name].map(order.index) - 2 for name in ("plain_limits", "widened_limits")
    )
    assert (widened.abs() <= plain.abs()).all()
    assert (widened * plain >= 0).all()


def test_a_count_of_nought_and_a_missing_one_have_their_places():
    """Nought can be low; not known is not compared."""
    wards = rates(WARDS.replace("  9", "  0").replace("101", "[c]"))
    found = funnel(wards, centre(4.0, like=wards)).set_index("ward_code")
    assert found.loc["W1", "plain_limits"] == "lower (99.8%)"
    assert found.loc["W6", "plain_limits"] == found.loc["W6", "widened_limits"] == "not compared"


def test_only_like_is_put_into_a_funnel():
    """A centre from another file would make every area an outlier."""
    with pytest.raises(InputError, match="the source differs"):
        funnel(rates(), centre(4.0))


def test_a_funnel_of_anything_but_rates_and_shares_is_refused():
    """Limits of people in pounds have no meaning."""
    with pytest.raises(InputError, match="'people' is neither"):
        funnel_limits(centre(4.0, "people"), pd.Series([100]))


def test_limits_narrow_with_size_and_widen_with_tau():
    """That is why it is called a funnel."""
    for unit, value in (("per 1,000 residents", 4.0), ("%", 30.0)):
        sizes = pd.Series([500, 5_000, 50_000])
        plain = funnel_limits(centre(value, unit), sizes, 0.998)
        wide = funnel_limits(centre(value, unit), sizes, 0.998, tau_squared=0.02)
        assert (plain["upper"] - plain["lower"]).is_monotonic_decreasing
        assert (wide["upper"] > plain["upper"]).all()
        assert (wide["lower"] <= plain["lower"]).all()


def test_the_published_verdicts_on_ratios_are_met():
    """300 observed and expected counts, from single figures up."""
    given = published("ratio_inputs")
    assert list(counted(given["obs"], given["expected"], 1.0, per=1)) == list(
        given["significance"].map(SIGNIFICANCE)
    )


def test_the_published_verdicts_on_shares_are_met():
    """303 trusts around their common share; some counts are not whole there."""
    given = published("prop_inputs").dropna(subset=["numerator"])
    given.attrs = {"source": "golden"}
    made = proportion(given, "numerator", "denominator")
    share = 100 * given["numerator"].sum() / given["denominator"].sum()
    found = funnel(made, centre(share, "%", made))
    assert list(found["plain_limits"]) == list(given["significance"].map(SIGNIFICANCE))


@pytest.mark.parametrize("per", [100, 100_000])
@pytest.mark.parametrize("nought", ["with_0", "without_0"])
def test_the_published_verdicts_on_crude_rates_are_met(per, nought):
    """With and without the area that had no event: the centre moves."""
    given = published("rate_dsr_inputs")
    given = given[given["count"].gt(0) | (nought == "with_0")]
    rate = per * given["count"].sum() / given["pop"].sum()
    expected = given[f"crude_per_{per}_{nought}"].map(SIGNIFICANCE)
    assert list(counted(given["count"], given["pop"], rate, per)) == list(expected)


@pytest.mark.parametrize("nought", ["with_0", "without_0"])
def test_the_published_verdicts_on_standardised_rates_are_met(nought):
    """By the people among whom the events would have made the standardised rate."""
    given = published("rate_dsr_inputs")
    given = given[given["count"].gt(0) | (nought == "with_0")]
    people = 100_000 * given["count"] / given["rate_dsr"]
    rate = 100_000 * given["count"].sum() / people.sum()
    expected = given[f"dsr_per_100000_{nought}"].map(SIGNIFICANCE)
    assert list(counted(given["count"], people, rate)) == list(expected)


@pytest.mark.parametrize(("deviations", "confidence"), [("2s", 0.95), ("3s", 0.998)])
@pytest.mark.parametrize("side", ["lower", "upper"])
def test_the_published_lines_of_a_funnel_of_rates_are_met(deviations, confidence, side):
    """100 points of each line; their sizes were found by halving, to seven digits or so."""
    given = published("rate_outputs")
    three_years = 3 * given[f"{side}_{deviations}_population_1_year"]
    rate = centre(given["baseline"].iloc[0], "per 100,000 residents")
    found = funnel_limits(rate, three_years, confidence)[side]
    np.testing.assert_allclose(found, given[f"{side}_{deviations}_limit"], rtol=1e-5)


@pytest.mark.parametrize(("deviations", "confidence"), [("2s0025", 0.95), ("3s0001", 0.998)])
def test_the_published_lines_of_a_funnel_of_shares_are_met(deviations, confidence):
    """100 points of each line, printed to six decimals."""
    given = published("prop_outputs")
    share = centre(given["Baseline"].iloc[0], "%")
    found = funnel_limits(share, given["Population"], confidence)
    np.testing.assert_allclose(found["lower"], given[f"Lower{deviations}limit"], atol=1e-6)
    np.testing.assert_allclose(found["upper"], given[f"Upper{deviations}limit"], atol=1e-6)
