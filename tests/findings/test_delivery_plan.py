"""The delivery plan: each action with its owners, findings and what is missing."""

import csv
import re

import pytest

from cdpb import areas
from cdpb.areas import Organisation, area_file
from cdpb.errors import InputError
from cdpb.findings.area_files import checked_area_file
from cdpb.findings.documents import Others
from cdpb.paths import data_folder
from findings.delivery_plan import NOT_SET, by_objective, by_owner, plan_headline, plan_table
from tests.findings.test_summary import finding
from tests.support.built import BARNET
from tests.support.drawn import published
from tests.support.project import lines_of

NOBODY = Others((), ())


def actions():
    return area_file(BARNET).actions


def shown(text: str):
    return published(f"action_no objective linked_to target_date status\n{text}")


def pages(actions, others=NOBODY) -> str:
    return "".join(each.html for each in by_objective(actions, others))


def test_all_57_actions_have_a_row_with_owners():
    """Under their three priorities, in the plan's order."""
    table = plan_table(actions(), NOBODY)
    assert table["action_no"].to_list() == list(range(1, 58))
    assert table["priority"].value_counts().to_list() == [29, 20, 8]
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
    table = shown("1 1A no_finding not_set not_set\n2 1A Women:_supported not_set not_set")
    assert plan_headline(table, "Barnet") == (
        "Barnet's delivery plan has 2 actions: none has a target date on file and none has a "
        "status; 1 are linked to a finding of this assessment"
    )
    assert "No delivery plan" in plan_headline(shown(""), "Camden")


def test_a_date_and_a_status_that_are_set_are_counted():
    table = shown("1 1A no_finding 2026-03 done\n2 1A no_finding not_set done")
    said = plan_headline(table, "Barnet")
    assert "1 has a target date on file" in said
    assert "2 have a status" in said


def test_what_is_set_for_no_action_has_no_column():
    """“Not set” stood on the page 57 times."""
    assert NOT_SET not in pages(actions())
    one = [{**actions()[0], "target_completion_date": "2026-03", "status": "under way"}]
    html = pages([*one, *actions()[1:]])
    assert "2026-03" in html
    assert "under way" in html
    assert html.count("Target date</th>") == 3


def test_every_objective_stands_once_over_its_actions_and_every_action_once():
    """As the file has them, counted without the library."""
    with (data_folder() / "areas" / f"{BARNET}_actions.csv").open(encoding="utf-8") as file:
        held = list(csv.DictReader(file))
    html = pages(actions())
    assert html.count('scope="rowgroup"') == len({row["objective_code"] for row in held}) == 17
    assert [*map(int, re.findall(r'id="action-(\d+)"', html))] == [*range(1, 58)]


def test_the_figures_beside_an_action_are_a_link_and_a_verdict():
    """Not the finding's text, which stands on its own page."""
    women = finding(title="Women", slug="women", outcome="unclear", headline="A long sentence.")
    html = pages(actions(), Others((women,), ()))
    assert html.count('<a href="women.html">Women</a>: unclear') == 2
    assert "A long sentence." not in html


def test_an_owner_is_one_under_all_names_that_the_plan_gives_it():
    """“LBB Public Health” and “Public Health” are one office; counted by hand in the file."""
    known = area_file(BARNET).organisations
    html = owners(known)
    rows = dict(re.findall(r'scope="row">([^<]+)</th><td>(\d+)<', html))
    named = [{each.strip() for each in row["responsible_partners"].split(";")}
             for row in actions()]  # fmt: skip
    either = sum(bool(names & {"Public Health", "LBB Public Health"}) for names in named)
    assert rows["London Borough of Barnet, Public Health"] == str(either)
    assert rows["Change Grow Live (CGL)"] == str(sum("CGL" in names for names in named))
    assert owners([]).count("Public Health</th>") == 2
    assert "LBB</th>" in owners([Organisation(name="LBB")])


def owners(known) -> str:
    return "".join(each.html for each in by_owner(actions(), known))


def test_without_a_plan_nobody_is_named():
    assert by_owner([], []) == []


@pytest.mark.parametrize(
    ("slip", "found"),
    [
        ({"action": "Offer a workplace service", "strength": "consider"}, "reads as 'do'"),
        ({"action": "Consider an offer", "strength": "do"}, "reads as 'consider'"),
        ({"strength": "wish"}, "strength is one of"),
        ({"status": "nearly"}, "status is empty or one of"),
        ({"linked_findings": "F99"}, "no finding 'F99'"),
    ],
)
def test_an_action_that_is_stronger_than_its_plan_stops_a_run(monkeypatch, slip, found):
    """Nine of them had been rewritten from “consider” to “do”, and nobody was told."""
    own = area_file(BARNET)
    wrong = own.model_copy(update={"actions": [{**own.actions[0], **slip}, *own.actions[1:]]})
    monkeypatch.setattr(areas, "area_file", lambda code: wrong)
    with pytest.raises(InputError, match="1 entry can't be used") as error:
        checked_area_file(BARNET)
    assert "actions, 1: " in lines_of(error)[1]
    assert found in lines_of(error)[1]
