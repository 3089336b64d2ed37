"""What was meant to be considered is not printed as decided, nor what was intended as done."""

import csv
import re

import pytest
from markupsafe import escape

from cdpb import areas
from cdpb.areas import area_file
from cdpb.errors import InputError
from cdpb.findings.area_files import checked_area_file
from cdpb.findings.documents import Others
from findings.delivery_plan import by_objective
from tests.support.built import BARNET
from tests.support.shared import shared

# How the plan's own verb begins an action; whatever is left is something to do.
BEGINNINGS = {
    "may wish to consider": ("May wish to consider",),
    "consider": ("Consider",),
    "explore": ("Explore", "Examine", "Investigate", "Identify"),
    "review": ("Review", "Support a review", "Audit", "Public Health to review"),
}
INTENDED = re.compile(r"\b(intended to|decided in \d{4} to|planned to)\b")


@pytest.mark.parametrize("action", area_file(BARNET).actions, ids=lambda each: each["action_no"])
def test_an_action_keeps_the_strength_of_its_verb(action):
    """A board that undertook to consider an offer has not undertaken to make it."""
    weaker = tuple(start for starts in BEGINNINGS.values() for start in starts)
    wanted = BEGINNINGS.get(action["strength"])
    said = action["action"]
    assert said.startswith(wanted) if wanted else not said.startswith(weaker)


def test_no_action_is_stronger_or_weaker_than_in_the_plan():
    """As it was read from the plan itself."""
    with shared("domain", "actions.csv").open(encoding="utf-8", newline="") as file:
        read = {row["action_no"]: (row["action"], row["strength"]) for row in csv.DictReader(file)}
    ours = {each["action_no"]: (each["action"], each["strength"])
            for each in area_file(BARNET).actions}  # fmt: skip
    assert ours == read


@pytest.mark.parametrize("step", area_file(BARNET).next_steps, ids=lambda each: each.text[:40])
def test_a_next_step_reads_as_an_intention_of_its_year(step):
    """Whether it was carried out is not known here; in the present tense it reads as done."""
    assert re.search(r"\bin 20\d\d\b", step.text, re.IGNORECASE)
    assert INTENDED.search(step.text)


def test_a_next_step_without_its_year_stops_a_run(monkeypatch):
    """“Partners review deaths together” was printed of what had been intended."""
    own = area_file(BARNET)
    deed = own.next_steps[0].model_copy(update={"text": "Partners review deaths together."})
    wrong = own.model_copy(update={"next_steps": [deed, *own.next_steps[1:]]})
    monkeypatch.setattr(areas, "area_file", lambda code: wrong)
    with pytest.raises(InputError, match="Partners review deaths"):
        checked_area_file(BARNET)


def test_the_page_has_each_action_in_the_words_of_the_plan():
    """Whatever the table does to it, the verb stays where it was."""
    html = "".join(each.html for each in by_objective(area_file(BARNET).actions, Others((), ())))
    for action in area_file(BARNET).actions:
        assert f"<td>{escape(action['action'])}</td>" in html
