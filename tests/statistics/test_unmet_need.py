"""People in need who are not in treatment."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdpb.errors import InputError
from cdpb.loaders import adults_in_treatment, alcohol_dependence
from cdpb.statistics.comparison import compare_measures
from cdpb.statistics.measure import Measure
from cdpb.statistics.need import unmet_need, with_unmet_need, years_apart
from findings.unmet_treatment_need import in_need
from tests.statistics.test_rates import sourced


def people(value, lower=None, upper=None, **more) -> Measure:
    """People in treatment, or estimated in need."""
    told = {
        "area_code": "E09000003",
        "ages": "18+",
        "definition": "alcohol dependence",
        "period": "2017/18",
        "source": "ndtms_adults",
        **more,
    }
    return Measure(
        value, lower, upper, value, None, unit="people", label="Barnet", method="count", **told
    )


TREATED = people(415)
IN_NEED = people(3046, 2237, 4284, source="alcohol_dependence")


def test_barnets_unmet_need_for_alcohol_treatment():
    """NDTMS and the dependence estimates for 2017/18: 86.4%, 81.4 to 90.3."""
    found = unmet_need(TREATED, IN_NEED)

    assert (found.text, found.limits_text) == ("86.4%", "81.4 to 90.3")
    assert (found.numerator, found.denominator) == (415, 3046)
    assert (found.source, found.denominator_source) == ("ndtms_adults", "alcohol_dependence")


def test_englands_unmet_need_by_the_same_definition():
    """103,471 of 586,780: 82.4%; and Barnet counting alcohol only, 91.3%."""
    england = unmet_need(people(103_471), people(586_780, 485_444, 742_305))

    assert england.text == "82.4%"
    assert unmet_need(people(265), IN_NEED).text == "91.3%"


def test_unmet_need_is_never_below_nothing():
    """An estimate below the count doesn't make people who don't exist."""
    found = unmet_need(people(2500), people(2400, 2000, 3000, source="alcohol_dependence"))

    assert (found.value, found.lower) == (0, 0)
    assert found.upper == pytest.approx(100 * (1 - 2500 / 3000))


def test_an_estimate_without_an_interval_gives_none():
    """Before 2015/16 the estimates were published without limits."""
    found = unmet_need(TREATED, people(3046, source="alcohol_dependence"))

    assert found.known
    assert not found.has_interval


def test_a_lower_limit_of_nobody_leaves_no_unmet_need_for_certain():
    """Dividing by it would crash."""
    found = unmet_need(TREATED, people(3046, 0, 4284))

    assert found.lower == 0


@pytest.mark.parametrize(
    ("field", "other"),
    [("ages", "15-64"), ("area_code", "E92000001"), ("definition", "opiate or crack use")],
)
def test_unlike_people_are_refused(field, other):
    """15 to 64 against adults, Barnet against England, one substance against another."""
    with pytest.raises(InputError, match=f"differ in {field}") as refused:
        unmet_need(TREATED, replace(IN_NEED, **{field: other}))

    assert other in str(refused.value)


def test_what_is_not_told_is_not_taken_as_agreement():
    """Two sides that both keep silent on ages may differ in them."""
    with pytest.raises(InputError, match="not given"):
        unmet_need(replace(TREATED, ages=""), replace(IN_NEED, ages=""))


def test_an_estimate_stands_where_no_numbers_in_treatment_are_held():
    """Hillingdon's was not available on the one page and 2,870 on the next."""
    estimates = alcohol_dependence("E09000017").dropna(subset=["lower"])
    nobody = adults_in_treatment("E09000017")
    latest = in_need(estimates).query("year == '2017/18'").iloc[0]
    assert (latest["in_need"], latest["in_need_lower"], latest["in_need_upper"]) == (
        2870, 2283, 3819,
    )  # fmt: skip
    assert nobody.empty


def test_series_of_estimates_are_not_mixed():
    """The series count differently: a step between them is no change."""
    treated = replace(TREATED, series="2019/20 series")

    with pytest.raises(InputError, match="differ in series"):
        unmet_need(treated, replace(IN_NEED, series="2016/17 series"))


def test_years_between_the_two_sides_are_named():
    """Treatment of one year against need of another says so."""
    found = unmet_need(replace(TREATED, period="2021/22"), IN_NEED)

    assert found.note == "in treatment 2021/22, estimate of need 2017/18: 4 years apart"
    assert unmet_need(replace(TREATED, period="2018/19"), IN_NEED).note.endswith("1 year apart")
    assert unmet_need(TREATED, IN_NEED).note == ""
    assert years_apart("2017/18", "2014") == 3
    with pytest.raises(InputError, match="No year"):
        years_apart("2017/18", "lately")


def test_what_was_counted_as_treatment_keeps_sensitivities_apart():
    """Alcohol only in Barnet is not compared with alcohol of both kinds in England."""
    barnet = unmet_need(replace(TREATED, note="alcohol only"), IN_NEED)
    england = unmet_need(replace(TREATED, note="alcohol only and with non-opiates"), IN_NEED)

    with pytest.raises(InputError, match="the definition differs"):
        compare_measures(barnet, england)


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
    """As for measures."""
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
    in_need = people(lowest + more, lowest, lowest + more + most, source="alcohol_dependence")

    found = unmet_need(people(treated), in_need)

    assert 0 <= found.lower <= found.value <= found.upper <= 100
