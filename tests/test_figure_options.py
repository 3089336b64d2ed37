"""A figure's drawing and its description take one set of options."""

from inspect import signature

import pytest

from cdpb.errors import InputError
from cdpb.report import alt, charts, maps
from cdpb.report.figures import _refuse_unknown, _taken_by
from cdpb.report.finding import Finding
from tests.drawn import published

PAIRS = {
    "ranked": (charts.ranked, alt.alt_ranked),
    "map": (maps.ward_map, alt.alt_map),
    "funnel": (charts.draw_funnel, alt.alt_funnel),
    "scatter": (charts.scatter, alt.alt_scatter),
    "months": (charts.months, alt.alt_months),
    "panels": (charts.small_multiples, alt.alt_multiples),
    "series": (charts.series_with_intervals, alt.alt_series),
    "dots": (charts.dots_with_intervals, alt.alt_dots),
    "need": (charts.need_bar, alt.alt_dots),
}
NO_OPTION = {"shown", "prefix", "outlines"}


@pytest.mark.parametrize("kind", PAIRS)
def test_every_option_of_either_is_taken_with_the_other(kind):
    """``from_zero`` is the drawing's and ``things`` the description's: neither may stop a page."""
    pair = PAIRS[kind]
    options = {name: None for each in pair for name in signature(each).parameters}
    options = {name: value for name, value in options.items() if name not in NO_OPTION}

    _refuse_unknown(kind, options, *pair)

    for function in pair:
        taken = _taken_by(function, options)
        signature(function).bind_partial(**taken)
        assert set(taken) == set(signature(function).parameters) - NO_OPTION


@pytest.mark.parametrize("kind", PAIRS)
def test_an_option_that_neither_knows_is_refused(kind):
    """Dropped in silence, a slip would leave another drawing than was asked for."""
    with pytest.raises(InputError, match=f"kind '{kind}' has no option 'valeu'"):
        _refuse_unknown(kind, {"valeu": "percent"}, *PAIRS[kind])


def test_a_page_can_be_given_either_kind():
    """An axis that doesn't begin at zero ended in a TypeError from the description."""
    finding = Finding("unmet_treatment_need", "2023/24", "Barnet")
    shown = published(
        "year area_name percent lower upper\n2022/23 Barnet 40 35 45\n2023/24 Barnet 44 39 49"
    )
    block = finding.chart("series", shown, "More", axis="%", from_zero=False)
    assert "44" in block.text
    with pytest.raises(InputError, match="Did you mean from_zero"):
        finding.chart("series", shown, "More", axis="%", from_zer=False)


def test_a_slip_in_the_kind_or_in_what_it_takes_is_told_with_the_closest():
    """Two figures of one kind, drawn with other words, were two bugs to look for."""
    finding = Finding("unmet_treatment_need", "2023/24", "Barnet")
    shown = published("year area_name percent lower upper\n2023/24 Barnet 44 39 49")
    for kind, options, said in (
        ("serie", {"axis": "%"}, "Did you mean series"),
        ("series", {}, "needs 'axis'"),
        ("panels", {"focu": "E1"}, "Did you mean focus"),
        ("need", {"axis": "%", "events": True}, "has no option 'events'"),
    ):
        with pytest.raises(InputError, match=said):
            finding.chart(kind, shown, "More", **options)
