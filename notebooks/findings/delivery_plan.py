"""The delivery plan: what was to be done, by whom, and what the findings say today."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.findings.documents import NO_VERDICT, Others, answers_to, codes_of
from cdpb.numbers import count_text, list_text
from cdpb.report.markup import Block, finding_link
from cdpb.report.tables import plain_table
from cdpb.say import possessive
from cdpb.steps import first_step

NOT_SET = "not set"
SHOWN = ["action_no", "objective", "action", "owners", "linked_to", "measured_by", "target_date"]
COLUMNS = ["priority_no", *SHOWN]
PRIORITIES = {"1": "supply", "2": "treatment", "3": "demand"}


def plan_table(actions: Sequence[Mapping[str, str]], others: Others) -> pd.DataFrame:
    """Every action, one row each, with what the findings that it answers to say today."""
    table = pd.DataFrame([_row(each, others) for each in actions], columns=COLUMNS)
    table.attrs = {"source": "delivery_plan", "sources": ["this_assessment"]} | first_step(COLUMNS)
    return table


def _row(action: Mapping[str, str], others: Others) -> list[Any]:
    linked = [f"{each['title']}: {_verdict(each)}" for each in others.linked(action)]
    owners = [name.strip() for name in action["responsible_partners"].split(";") if name.strip()]
    return [
        action["priority_no"],
        int(action["action_no"]),
        f"{action['objective_code']} {action['objective']}",
        action["action"],
        "; ".join(owners) or "not named",
        # No finding answers to it, or it was not run.
        "; ".join(linked) or ("not run yet" if action["linked_findings"] else "no finding"),
        _metrics(action),
        action["target_completion_date"] or NOT_SET,
    ]


def _metrics(action: Mapping[str, str]) -> str:
    """National measures by name, local metrics by their ids in the outcomes framework."""
    local = action["local_metric_ids"]
    named = [action["national_measures"], "" if local.startswith("(") else local]
    return "; ".join(filter(None, named)) or ("left blank in the plan" if local else "none named")


def _verdict(record: Mapping[str, Any]) -> str:
    return (record.get("verdict") or {}).get("label") or NO_VERDICT


def plan_headline(shown: Sequence[PublishedTable], name: str) -> str:
    """How many actions there are, how many have a date, and how many answer to a finding."""
    only_published(*shown)
    rows = [row for table in shown for row in table.rows()]
    if not rows:
        return f"No delivery plan of {possessive(name)} partnership is on file"
    dated = sum(row["target_date"] != NOT_SET for row in rows)
    tested = sum(row["linked_to"] not in ("no finding", "not run yet") for row in rows)
    when = "none has a target date" if not dated else f"{count_text(dated)} have a target date"
    answer = "answers" if tested == 1 else "answer"
    return (
        f"{possessive(name)} delivery plan has {count_text(len(rows))} actions; {when}, and "
        f"{count_text(tested)} {answer} to a finding of this assessment"
    )


def priority_title(shown: PublishedTable, actions: Sequence[Mapping[str, str]], no: str) -> str:
    """The priority, its number of actions and objectives, and that none is dated."""
    only_published(shown)
    rows = list(shown.rows())
    name = next((each["priority"] for each in actions if each["priority_no"] == no), "")
    objectives = len({row["objective"] for row in rows})
    undated = sum(row["target_date"] == NOT_SET for row in rows)
    missing = "none" if undated == len(rows) else count_text(len(rows) - undated)
    under = f"{count_text(len(rows))} actions under {count_text(objectives)} objectives"
    return f"Priority {count_text(int(no))}, {name}: {under}, {missing} with a target date"


def progress(others: Others, actions: Sequence[Mapping[str, str]]) -> Block:
    """What the data tell of progress: for each finding, its verdict and what has changed."""
    rows = [_progress(each, actions) for each in others.records if answers_to(each["id"])]
    caption = "What the data tell of progress"
    headings = ["Finding", "Verdict", "Since the year before", "Actions"]
    table = plain_table(caption, headings, rows, id="progress")
    return Block("table", table.html, caption, style=table.style)


def _progress(
    record: Mapping[str, Any], actions: Sequence[Mapping[str, str]]
) -> list[str | Markup]:
    codes = answers_to(record["id"])
    linked = [a["action_no"] for a in actions if codes_of(a["linked_findings"]) & codes]
    changed = " ".join(record.get("changed") or ["Nothing is held to compare with."])
    named = list_text(count_text(int(no)) for no in linked) if linked else "none"
    return [finding_link(record), _verdict(record), changed, named]
