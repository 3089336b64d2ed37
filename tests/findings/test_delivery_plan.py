"""The delivery plan: each action with its owners, findings and what is missing."""

from cdpb.areas import area_file
from cdpb.findings.documents import Others
from findings.delivery_plan import NOT_SET, plan_headline, plan_table, priority_title, progress
from tests.findings.test_summary import finding
from tests.support.built import BARNET
from tests.support.drawn import published

NOBODY = Others((), ())


def actions():
    return area_file(BARNET).actions


def shown(text: str):
    return published(f"action_no objective linked_to target_date\n{text}")


def test_all_57_actions_have_a_row_with_owners():
    """Under their three priorities, in the plan's order."""
    table = plan_table(actions(), NOBODY)
    assert table["action_no"].to_list() == list(range(1, 58))
    assert table["priority_no"].value_counts().to_dict() == {"1": 8, "2": 29, "3": 20}
    assert (table["owners"] != "not named").all()


def test_that_no_target_date_is_set_is_said():
    assert (plan_table(actions(), NOBODY)["target_date"] == NOT_SET).all()


def test_an_action_stands_with_today_s_verdict_of_its_finding():
    """A verdict is never the plan's; it is of this assessment."""
    women = finding(outcome="partly supported", title="Women")
    table = plan_table(actions(), Others((women,), ())).set_index("action_no")
    assert table.loc[9, "linked_to"] == "Women: partly supported"
    assert table.loc[1, "linked_to"] == "not run yet"
    assert table.loc[4, "linked_to"] == "no finding"


def test_metrics_are_named_and_blanks_of_the_plan_are_called_so():
    table = plan_table(actions(), NOBODY).set_index("action_no")
    assert table.loc[7, "measured_by"] == "Neighbourhood crime; L01"
    assert table.loc[52, "measured_by"] == "left blank in the plan"
    assert table.loc[14, "measured_by"] == "none named"


def test_the_headline_counts_what_is_missing():
    table = shown("1 1A no_finding not_set\n2 1A Women:_supported not_set")
    assert plan_headline([table], "Barnet") == (
        "Barnet's delivery plan has 2 actions; none has a target date, and 1 answers to a finding "
        "of this assessment"
    )
    assert "No delivery plan" in plan_headline([], "Camden")


def test_a_date_that_is_set_is_counted():
    table = shown("1 1A no_finding 2026-03\n2 1A no_finding not_set")
    assert "1 with a target date" in priority_title(table, actions(), "1")


def test_progress_is_what_the_findings_say_has_changed():
    """With the actions that answer to each; nothing is claimed of their effect."""
    html = progress(Others((finding(title="Women"),), ()), actions()).html
    assert "It rose." in html
    assert "9 and 11" in html
