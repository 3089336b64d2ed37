"""People in need who are not in treatment."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdpb.errors import InputError
from cdpb.loaders import adults_in_treatment, alcohol_dependence
from cdpb.statistics.treatment import with_unmet_need
from findings.unmet_treatment_need import in_need
from tests.statistics.test_rates import sourced

ROW = ["people", "in_need", "in_need_lower", "in_need_upper"]
BARNET = [415, 3046, 2237, 4284]


def unmet(*row):
    """The share that the counts and estimates of one area leave, with its limits."""
    table = pd.DataFrame([row], columns=ROW, dtype="Float64")
    table.attrs["source"] = "ndtms_adults"
    found = with_unmet_need(table)
    assert found.attrs["numerator"] == "people"
    return found[["percent", "lower", "upper"]].astype("float64").iloc[0]


def test_barnets_unmet_need_for_alcohol_treatment():
    """NDTMS and the dependence estimates for 2017/18: 86.4%, 81.4 to 90.3."""
    assert unmet(*BARNET).round(1).tolist() == [86.4, 81.4, 90.3]


def test_englands_unmet_need_by_the_same_definition():
    """103,471 of 586,780: 82.4%; and Barnet counting alcohol only, 91.3%."""
    assert unmet(103_471, 586_780, 485_444, 742_305)["percent"].round(1) == 82.4
    assert unmet(265, *BARNET[1:])["percent"].round(1) == 91.3


def test_unmet_need_is_never_below_nothing():
    """An estimate below the count doesn't make people who don't exist."""
    found = unmet(2500, 2400, 2000, 3000)

    assert found[["percent", "lower"]].tolist() == [0, 0]
    assert found["upper"] == pytest.approx(100 * (1 - 2500 / 3000))


def test_an_estimate_without_an_interval_gives_none():
    """Before 2015/16 the estimates were published without limits."""
    found = unmet(415, 3046, None, None)

    assert found.notna().tolist() == [True, False, False]


def test_a_lower_limit_of_nobody_leaves_no_unmet_need_for_certain():
    """Dividing by it would crash."""
    assert unmet(415, 3046, 0, 4284)["lower"] == 0


def test_an_estimate_stands_where_no_numbers_in_treatment_are_held():
    """Hillingdon's was not available on the one page and 2,870 on the next."""
    estimates = alcohol_dependence("E09000017").dropna(subset=["lower"])
    nobody = adults_in_treatment("E09000017")
    latest = in_need(estimates).query("year == '2017/18'").iloc[0]
    assert (latest["in_need"], latest["in_need_lower"], latest["in_need_upper"]) == (
        2870, 2283, 3819,
    )  # fmt: skip
    assert nobody.empty


def test_a_table_says_the_same_row_by_row():
    """For the table behind the chart."""
    drawn = sourced(
        """
        area_name  people  in_need  in_need_lower  in_need_upper
        Barnet        415     3046           2237           4284
        England    103471   586780              -              -
        """,
        "ndtms_adults",
    )

    found = with_unmet_need(drawn)

    assert found["percent"].round(1).tolist() == [86.4, 82.4]
    assert found.loc[0, ["lower", "upper"]].tolist() == pytest.approx([81.448, 90.313], abs=5e-4)
    assert found.loc[1, ["lower", "upper"]].isna().all()


def test_a_table_that_mixes_ages_is_refused():
    """15 to 64 in need, adults of any age in treatment: the share would be too high."""
    drawn = sourced("""
        ages  in_need_ages  people  in_need  in_need_lower  in_need_upper
        18+   18+              415     3046           2237           4284
        18+   15-64            415     3046           2237           4284
    """)

    assert with_unmet_need(drawn.iloc[:1])["percent"].round(1).tolist() == [86.4]
    with pytest.raises(InputError, match="differ in ages") as refused:
        with_unmet_need(drawn)
    assert "15-64" in str(refused.value)


def test_a_table_of_two_series_is_refused():
    """The series count differently: a step between them is no change."""
    drawn = sourced("""
        series  people  in_need  in_need_lower  in_need_upper
        a          415     3046           2237           4284
        b          415     3046           2237           4284
    """)

    with pytest.raises(InputError, match="Two series"):
        with_unmet_need(drawn)


@given(
    st.integers(0, 10_000), st.integers(1, 10_000), st.integers(0, 10_000), st.integers(0, 10_000)
)
def test_unmet_need_lies_between_its_limits_and_nothing_and_all(treated, lowest, more, most):
    """Whatever is estimated, around the estimate."""
    found = unmet(treated, lowest + more, lowest, lowest + more + most)

    assert 0 <= found["lower"] <= found["percent"] <= found["upper"] <= 100
