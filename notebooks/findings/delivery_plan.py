"""The delivery plan: what was to be done, by whom, and what the findings say today."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from cdpb.areas import Organisation
from cdpb.disclosure.published import PublishedTable, only_published
from cdpb.findings.documents import NO_VERDICT, Others
from cdpb.numbers import count_text
from cdpb.report.blocks import texts_block
from cdpb.report.markup import Block, finding_link
from cdpb.report.tables import ShownRow
from cdpb.say import possessive
from cdpb.steps import first_step

Action = Mapping[str, str]
COLUMNS = ["action_no", "priority", "objective", "action", "owners", "linked_to", "measured_by",
           "status", "target_date"]  # fmt: skip
NOT_SET, NO_FINDING, NOT_RUN = "not set", "no finding", "not run yet"
# What a plan may leave empty for all of its actions: then it is said once and has no column.
OPTIONAL = {"status": "Status", "target_completion_date": "Target date"}


def plan_table(actions: Sequence[Action], others: Others) -> pd.DataFrame:
    """Every action, one row each, with what the findings that it answers to say today."""
    table = pd.DataFrame([_row(each, others) for each in actions], columns=COLUMNS)
    table.attrs = {"source": "delivery_plan", "sources": ["this_assessment"]} | first_step(COLUMNS)
    return table


def _row(action: Action, others: Others) -> list[Any]:
    linked = "; ".join(f"{each['title']}: {_verdict(each)}" for each in others.linked(action))
    return [
        int(action["action_no"]),
        action["priority"],
        _objective(action),
        action["action"],
        "; ".join(_owners(action)) or "not named",
        linked or _no_finding(action),
        _metrics(action),
        action.get("status") or NOT_SET,
        action["target_completion_date"] or NOT_SET,
    ]


def _no_finding(action: Action) -> str:
    return NOT_RUN if action["linked_findings"] else NO_FINDING


def _objective(action: Action) -> str:
    return f"{action['objective_code']} {action['objective']}"


def _owners(action: Action) -> list[str]:
    return [name.strip() for name in action["responsible_partners"].split(";") if name.strip()]


def _metrics(action: Action) -> str:
    """National measures by name, local metrics by their ids in the outcomes framework."""
    local = action["local_metric_ids"]
    named = [action["national_measures"], "" if local.startswith("(") else local]
    return "; ".join(filter(None, named)) or ("left blank in the plan" if local else "none named")


def _verdict(record: Mapping[str, Any]) -> str:
    return (record.get("verdict") or {}).get("label") or NO_VERDICT


def plan_headline(shown: PublishedTable, name: str) -> str:
    """How many actions there are, what is not set for them, and how many have figures beside."""
    only_published(shown)
    rows = list(shown.rows())
    if not rows:
        return f"No delivery plan of {possessive(name)} partnership is on file"
    tested = sum(row["linked_to"] not in (NO_FINDING, NOT_RUN) for row in rows)
    dated = _having(rows, "target_date", "a target date on file")
    with_status = _having(rows, "status", "a status")
    return (
        f"{possessive(name)} delivery plan has {count_text(len(rows))} actions: {dated} and "
        f"{with_status}; {count_text(tested)} are linked to a finding of this assessment"
    )


def _having(rows: Sequence[Any], column: str, what: str) -> str:
    having = sum(row[column] != NOT_SET for row in rows)
    return f"{count_text(having) if having else 'none'} {'have' if having > 1 else 'has'} {what}"


def by_objective(actions: Sequence[Action], others: Others) -> list[Block]:
    """A table for each priority, its actions under their objectives as the plan words them."""
    priorities = dict.fromkeys((each["priority_no"], each["priority"]) for each in actions)
    set_for_some = [name for name in OPTIONAL if any(each.get(name) for each in actions)]
    optional = [OPTIONAL[name] for name in set_for_some]
    headings = ["No.", "Action", "Owners", "What the figures say", *optional]
    return [
        texts_block(f"Priority {count_text(int(no))}: {name}", headings, [
            _shown(each, others, set_for_some) for each in actions if each["priority_no"] == no
        ], f"priority-{no}")
        for no, name in priorities
    ]  # fmt: skip


def _shown(action: Action, others: Others, optional: Sequence[str]) -> ShownRow:
    linked = [Markup("<span>{}: {}</span>").format(finding_link(each), _verdict(each))
              for each in others.linked(action)]  # fmt: skip
    beside = Markup("<br>").join(linked) or _no_finding(action)
    cells = [count_text(int(action["action_no"])), action["action"], "; ".join(_owners(action))]
    more = [action.get(name) or NOT_SET for name in optional]
    return ShownRow([*cells, beside, *more], f"action-{action['action_no']}", False,
                    _objective(action))  # fmt: skip


def by_owner(actions: Sequence[Action], known: Sequence[Organisation]) -> list[Block]:
    """Each office or organisation with the actions that name it, in the order of how many do."""
    names = {other: each.name for each in known for other in each.also}
    own: dict[str, dict[str, Markup]] = {}
    for action in actions:
        no = action["action_no"]
        link = Markup('<a href="#action-{}">{}</a>').format(no, count_text(int(no)))
        for name in _owners(action):
            own.setdefault(names.get(name, name), {})[no] = link
    order = sorted(own.items(), key=lambda each: (-len(each[1]), each[0]))
    rows = [ShownRow([name, count_text(len(of)), Markup(", ").join(of.values())])
            for name, of in order]  # fmt: skip
    headings = ["Office or organisation", "Actions", "Which"]
    return [texts_block("Who is named for which actions", headings, rows, "owners")] * bool(rows)
