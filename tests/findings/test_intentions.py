"""What was meant to be considered is not printed as decided, nor what was intended as done."""

import csv
import re

import pytest

from cdpb.areas import area_file
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
