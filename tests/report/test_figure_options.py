"""A figure's drawing and its description take one set of options."""

import pytest

from cdpb.errors import InputError
from cdpb.report.figures import KINDS, kind_of
from cdpb.report.finding import Finding
from tests.support.drawn import published


def test_every_kind_is_where_it_is_said_to_be():
    """They are named by text, and imported when one is drawn."""
    assert [name for name in KINDS if kind_of(name).name != name] == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_option_that_a_kind_does_not_know_is_refused(kind):
    """Dropped in silence, a slip would leave another drawing than was asked for."""
    finding = Finding("unmet_treatment_need", "2023/24", "Barnet")
    shown = published("year area_name percent lower upper\n2023/24 Barnet 44 39 49")
    needed = {"axis": "%", "outlines": None, "reference": None, "x": "percent", "value": "percent"}
    options = {name: needed[name] for name in kind_of(kind).__dataclass_fields__ if name in needed}
    with pytest.raises(InputError, match=f"kind '{kind}' has no option 'valeu'"):
        finding.chart(kind, shown, "More", **options, valeu="percent")


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
