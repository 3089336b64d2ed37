"""The gate: treatment-shaped counts go in, and only what may leave comes out."""

import json
import pickle

import numpy as np
import pandas as pd
import pytest

from cdpb.disclosure.attack import PublishedShare, attack
from cdpb.disclosure.cells import cells_of
from cdpb.disclosure.counted import counted
from cdpb.disclosure.declared import Column, TableDeclaration
from cdpb.disclosure.gate import publish
from cdpb.disclosure.masked import MASKED, Pattern
from cdpb.disclosure.policy import Policy
from cdpb.disclosure.protect import protect
from cdpb.errors import GateRefused, InputError
from cdpb.policies import policy
from tests.support.tables import table

HIDE = policy("under_five_hide")
COLUMNS = {
    "substance_group": Column(label="Substance", kind="name"),
    "sex": Column(label="Sex", kind="name"),
    "ward_code": Column(label="Ward code", kind="key"),
    "people": Column(label="In treatment", kind="count"),
    "residents": Column(label="Residents", kind="count", public=True),
    "rate_per_1000": Column(label="Rate", kind="rate", decimals=1),
    "lower": Column(label="Lower", kind="interval"),
    "upper": Column(label="Upper", kind="interval"),
    "comparison": Column(label="Compared", kind="text"),
    "rank": Column(label="Rank", kind="rank"),
    "percent": Column(label="Of both sexes", kind="percent", of=["sex"]),
    "share": Column(label="Share", kind="percent"),
    "waiting": Column(label="Waiting", kind="count"),
}
# Made up: adults in treatment of one partnership, by substance group and sex.
BASE = table("""
    year    substance_group sex    people
    2023/24 opiate          women      61
    2023/24 opiate          men       187
    2023/24 crack           women       3
    2023/24 crack           men        17
    2023/24 alcohol         women      92
    2023/24 alcohol         men       118
    2023/24 cannabis        women       8
    2023/24 cannabis        men        39
    2023/24 solvents        women       0
    2023/24 solvents        men         6
    2022/23 opiate          women       2
    2022/23 opiate          men         4
""")
GROUPS = TableDeclaration(
    id="groups", title="In treatment by substance and sex", source="returns",
    dimensions=["substance_group", "sex"], filter={"year": "2023/24"}, count="people",
    derived=["residents", "rate_per_1000", "lower", "upper", "comparison", "percent"],
    totals=["substance_group", "sex"],
)  # fmt: skip


def frame_of(declared, base=BASE, residents=50_000):
    """What a notebook would hand in: counts with everything derived from them."""
    counts = counted(declared, base)
    frame = pd.DataFrame(list(counts), columns=declared.dimensions)
    frame[declared.count] = list(counts.values())
    rate = frame[declared.count] / residents * 1_000
    derived = {
        "residents": residents, "rate_per_1000": rate, "lower": rate * 0.8, "upper": rate * 1.2,
        "comparison": np.where(rate > 1, "higher", "similar"),
        "rank": rate.rank(method="min", ascending=False).astype(int),
        "share": rate, "waiting": frame[declared.count], "ward_name": "Ward",
    }  # fmt: skip
    for name in declared.derived:
        if name == "percent":
            both = [counts[(group, "total")] for group in frame["substance_group"]]
            frame[name] = 100 * frame[declared.count] / both
        else:
            frame[name] = derived[name]
    return frame


def let_out(declared=GROUPS, frame=None, base=BASE, rule=HIDE, **more):
    pattern = None if base is None else protect([declared], base, rule)
    given = {"pattern": pattern, "base": base, **more}
    frame = frame_of(declared, BASE if base is None else base) if frame is None else frame
    return publish(frame, declared, policy=rule, columns=COLUMNS, **given)


def changed(declared=GROUPS, **fields):
    return declared.model_copy(update=fields)


def cells(shown, column):
    return {tuple(str(row[name]) for name in shown.dimensions): row[column] for row in shown.rows()}


def test_small_counts_go_and_take_what_would_give_them_away():
    """Three women; beside them the fewest others that keep them from being worked out."""
    people = cells(let_out(), "people")
    hidden = {key for key, value in people.items() if value is MASKED}
    assert hidden == {
        ("crack", "women"), ("crack", "men"), ("cannabis", "women"), ("cannabis", "men")
    }  # fmt: skip
    assert people["solvents", "women"] == 0
    assert people["total", "total"] == 531


def test_all_that_is_derived_of_a_masked_count_is_masked_with_it():
    """A rate, a limit, a percentage or a word of a hidden count is a piece of it."""
    shown = let_out()
    for row in shown.rows():
        hidden = row["people"] is MASKED
        assert row["residents"] == 50_000
        for name in set(GROUPS.derived) - {"residents"}:
            assert (row[name] is MASKED) == hidden


def test_totals_are_the_published_ones():
    shown = let_out()
    assert shown.total("people") == 531
    assert shown.where(sex="women").total("people") == 164
    assert shown.where(sex="women", substance_group="crack").total("people") is MASKED


def test_nothing_hidden_can_be_worked_out_of_the_published_table():
    """The attack is made on what the published table itself shows."""
    shown, system = let_out(), cells_of({"groups": GROUPS}, BASE)
    hidden = np.zeros(len(system), dtype=bool)
    for key, value in cells(shown, "people").items():
        cell = system.cells["groups"][key]
        hidden[cell] = value is MASKED
        assert value is MASKED or value == system.counts[cell]
    interval = attack(system, hidden, hidden_at_least=1)[system.cells["groups"]["crack", "women"]]
    assert interval.holds(1, 5)


def test_no_true_value_is_left_anywhere_in_what_leaves():
    """Hidden counts, rates and limits are searched for in every form a table can leave in."""
    base = BASE.assign(people=(BASE["people"] * 1_000_003).replace({3_000_009: 3}))
    declared = changed(derived=["residents", "rate_per_1000", "lower", "upper"])
    shown = let_out(declared, base=base)
    true = frame_of(declared, base).set_index(declared.dimensions)
    masked = [key for key, value in cells(shown, "people").items() if value is MASKED]
    assert len(masked) == 4
    forms = [
        pickle.dumps(shown, protocol=0).decode("latin-1"), repr(shown), shown.to_csv_text(),
        json.dumps(shown.to_dict()), shown.markers().to_csv(), shown.to_frame().to_json(),
        str({name: getattr(shown, name) for name in dir(shown) if not name.startswith("__")}),
        str([list(row.items()) for row in shown.rows()]),
    ]  # fmt: skip
    for key in masked:
        for value in true.loc[key]:
            if len(str(value)) > 5:
                assert not any(str(value) in form for form in forms)


def test_two_worlds_that_differ_only_where_hidden_leave_alike():
    """Nothing of what is hidden may move a byte: not an order, not a rank, not a digit."""
    other = BASE.copy()
    moved = {("crack", "women"): 1, ("crack", "men"): -1}
    moved |= {("cannabis", "women"): -1, ("cannabis", "men"): 1}
    for (group, sex), by in moved.items():
        here = (other["substance_group"] == group) & (other["sex"] == sex) & (other.index < 10)
        other.loc[here, "people"] += by
    pattern = protect([GROUPS], BASE, HIDE)
    ordered = [
        let_out(base=base, pattern=pattern, frame=frame_of(GROUPS, base).sort_values("people"))
        for base in (BASE, other)
    ]
    assert ordered[0].to_csv_text() == ordered[1].to_csv_text()
    assert pickle.dumps(ordered[0]) == pickle.dumps(ordered[1])


def test_a_percentage_goes_when_its_denominator_is_hidden():
    """Shown beside its numerator it would be the denominator."""
    pattern = Pattern("returns", HIDE.name, {"groups": protect([GROUPS], BASE, HIDE).of("groups")
                      | {("alcohol", "total"), ("total", "total")}})  # fmt: skip
    shown = let_out(pattern=pattern)
    assert cells(shown, "people")["alcohol", "women"] == 92
    assert cells(shown, "percent")["alcohol", "women"] is MASKED


def test_what_anybody_knows_stays():
    """Residents of a ward are public; hiding them would only puzzle."""
    declared = changed(derived=["residents", "rate_per_1000"])
    shown = let_out(declared)
    assert not shown.masked["residents"].any()
    assert shown.masked["rate_per_1000"].sum() == 4


def test_ranks_close_over_masked_rows():
    by_group = changed(dimensions=["substance_group"], totals=[], derived=["rank"])
    base = BASE.assign(people=[9, 9, 1, 2, 40, 50, 8, 8, 0, 0, 1, 1])
    ranks = cells(let_out(by_group, base=base), "rank")
    assert ranks == {
        ("alcohol",): 1, ("opiate",): 2, ("cannabis",): 3, ("solvents",): 4, ("crack",): MASKED
    }  # fmt: skip


REFUSED = {
    "an undeclared column": (
        {"frame": frame_of(GROUPS).assign(postcode="N1")}, GateRefused, "postcode"
    ),
    "a column left out": (
        {"frame": frame_of(GROUPS).drop(columns="lower")}, InputError, "lower"
    ),
    "a column twice": (
        {"frame": pd.concat([frame_of(GROUPS), frame_of(GROUPS)[["people"]]], axis=1)},
        InputError, "two columns",
    ),
    "a row twice": (
        {"frame": pd.concat([frame_of(GROUPS)] * 2)}, InputError, "one row"
    ),
    "a row left out for its count": (
        {"frame": frame_of(GROUPS).query("people != 3")}, GateRefused, "rows"
    ),
    "a count that is not the declared one": (
        {"frame": frame_of(GROUPS).replace({"people": {61: 62}})}, GateRefused, "people"
    ),
    "half a person": (
        {"frame": frame_of(GROUPS).astype({"people": float}).replace({"people": {61.0: 61.5}})},
        InputError, "not all counts",
    ),
    "no base table": ({"base": None}, GateRefused, "base table"),
    "no pattern": ({"pattern": None}, GateRefused, "what\n  to hide"),
    "another table's pattern": (
        {"pattern": Pattern("returns", "x", {"other": frozenset()})}, GateRefused, "together"
    ),
    "a pattern of other figures": (
        {"pattern": Pattern("returns", "x", {"groups": frozenset()})}, GateRefused, "other data"
    ),
    "a percentage of something unsaid": (
        {"declared": changed(derived=["share"])}, GateRefused, "share"
    ),
    "a percentage of a total that is not shown": (
        {"declared": changed(derived=["percent"], totals=["substance_group"]),
         "frame": frame_of(changed(derived=[], totals=["substance_group"])).assign(percent=1.0)},
        GateRefused, "total not in the table",
    ),
    "another count beside it": (
        {"declared": changed(derived=["waiting"])}, GateRefused, "waiting"
    ),
    "a rank over two dimensions": (
        {"declared": changed(derived=["rank"])}, GateRefused, "ranks"
    ),
    "a list in a cell": (
        {"frame": frame_of(GROUPS).assign(comparison=[[1]] * 18)}, InputError, "comparison"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "error", "says"), REFUSED.values(), ids=REFUSED)
def test_what_the_gate_refuses(given, error, says):
    """Each message names table and column, the way out, and never a count."""
    with pytest.raises(error, match=says) as caught:
        let_out(**given)
    message = str(caught.value)
    assert "groups" in message
    assert len(message.splitlines()) <= 8
    assert not any(count in message.split() for count in ("3", "17", "61", "62", "531"))


def test_an_undeclared_table_of_a_protected_source_is_a_draft():
    """An analyst may look on; it is protected by itself and marked, and can't be released."""
    shown = let_out(pattern=None, draft=True)
    assert shown.draft
    assert "draft" in repr(shown)
    assert shown.masked["people"].sum() == 4


def test_public_sources_need_no_pattern_and_keep_the_notebooks_order():
    """Police and census counts are published already."""
    frame = frame_of(GROUPS).sort_values("people", ascending=False)
    shown = publish(frame, GROUPS, policy=policy("open"), columns=COLUMNS, base=BASE)
    assert not shown.masked.any(axis=None)
    assert list(shown.values_of("people")) == frame["people"].tolist()


def test_estimates_need_not_be_whole():
    declared = TableDeclaration(
        id="need", title="In need", source="estimates", dimensions=["sex"], count="people"
    )
    frame = table("""
        sex    people
        women   812.5
        men    1900
    """)
    shown = publish(frame, declared, policy=policy("estimate"), columns=COLUMNS)
    assert shown.values_of("people") == (812.5, 1900)


def test_a_number_leaves_with_eight_significant_digits():
    """What follows them differs between processors, and so would every download."""
    declared = TableDeclaration(
        id="need", title="In need", source="estimates", dimensions=["sex"], count="people"
    )
    frame = table("""
        sex    people
        women     812
    """).assign(people=812 + 1 / 3)
    shown = publish(frame, declared, policy=policy("estimate"), columns=COLUMNS)
    assert shown.values_of("people") == (812.33333,)


def test_a_missing_count_of_a_public_source_is_missing_not_zero():
    """Not published is not nought."""
    declared = changed(derived=[])
    frame = frame_of(declared).astype({"people": "Int64"})
    frame.loc[0, "people"] = pd.NA
    shown = publish(frame, declared, policy=policy("publisher_rounded"), columns=COLUMNS)
    assert shown.markers().loc[0, "people"] == "[x]"
    assert shown.to_csv_text().splitlines()[1] == "opiate,women,[x]"


ROUNDED = Policy(
    name="rounded", title="", why="", threshold=5, level="band", rounding="nearest_5"
)  # fmt: skip


def test_rounding_is_done_at_the_gate():
    declared = changed(derived=[])
    people = cells(let_out(declared, rule=ROUNDED), "people")
    assert people["opiate", "women"] == 60
    assert people["solvents", "men"] == 5
    assert people["crack", "women"] is MASKED


def test_rates_of_exact_counts_do_not_leave_beside_rounded_ones():
    """A rate at full precision undoes the rounding."""
    with pytest.raises(GateRefused, match="rate_per_1000"):
        let_out(changed(derived=["rate_per_1000"]), rule=ROUNDED)


def test_a_pattern_says_what_is_hidden_and_nothing_of_why():
    pattern = protect([GROUPS], BASE, HIDE)
    written = json.dumps(pattern.to_dict())
    assert Pattern.from_dict(json.loads(written)) == pattern
    assert Pattern.from_dict(json.loads(written)).digest == pattern.digest
    assert "primary" not in written


def test_a_table_without_counts_passes_as_it_is():
    declared = TableDeclaration(
        id="sites", title="Sites", source="special_sites", dimensions=["ward_code"],
        derived=["comparison"],
    )  # fmt: skip
    frame = pd.DataFrame({"ward_code": ["W1"], "comparison": ["hospital"]})
    shown = publish(frame, declared, policy=HIDE, columns=COLUMNS)
    assert shown.values_of("comparison") == ("hospital",)


# Shares and rates ----------------------------------------------------------------------


def test_a_table_of_shares_alone_is_refused():
    """Whoever knows how many there were in all reads the hidden count out of its share."""
    declared = TableDeclaration(
        id="groups", title="Shares", source="returns", dimensions=["sex"], derived=["percent"]
    )
    frame = pd.DataFrame({"sex": ["women", "men"], "percent": [13.0, 87.0]})
    with pytest.raises(GateRefused, match="no count"):
        publish(frame, declared, policy=HIDE, columns=COLUMNS)


def test_a_table_computed_from_published_tables_alone_passes():
    """What they hide can't be in it."""
    declared = TableDeclaration(
        id="change", title="Change", source="returns", dimensions=["sex"], derived=["percent"],
        made_of=["groups"],
    )  # fmt: skip
    frame = pd.DataFrame({"sex": ["women", "men"], "percent": [13.0, None]})
    shown = publish(frame, declared, policy=HIDE, columns=COLUMNS)
    assert shown.values_of("percent") == (13.0, None)


def test_a_share_of_the_others_is_refused():
    """100 less the share is masked in another row than the count it gives away."""
    frame = frame_of(GROUPS)
    frame["percent"] = 100 - frame["percent"]
    with pytest.raises(GateRefused, match="percent is not made of the count in its row"):
        let_out(frame=frame)


def test_an_index_is_refused():
    """Against the hidden three women each shown count would tell that they are three."""
    declared = changed(derived=["rate_per_1000"])
    frame = frame_of(declared, residents=3)
    with pytest.raises(GateRefused, match="people over a public column"):
        let_out(declared, frame)


def test_a_rate_of_another_count_is_refused():
    """A rate of crack users in the row of all users would be shown, and they are hidden."""
    declared = changed(
        dimensions=["substance_group"], totals=[], derived=["residents", "rate_per_1000"]
    )
    frame = frame_of(declared)
    assert let_out(declared, frame)
    frame["rate_per_1000"] = frame["rate_per_1000"].to_numpy()[::-1]
    with pytest.raises(GateRefused, match="rate_per_1000 is not made of the count in its row"):
        let_out(declared, frame)


def test_no_share_of_a_table_gives_a_hidden_count_away():
    """The attack with every percentage that is shown finds no more than without."""
    shown, system = let_out(), cells_of({"groups": GROUPS}, BASE)
    places = system.cells["groups"]
    hidden = system.marked({"groups": protect([GROUPS], BASE, HIDE).of("groups")})
    shares = [
        PublishedShare(places[key], places[key[0], "total"], percent, decimals=3)
        for key, percent in cells(shown, "percent").items()
        if percent is not MASKED and percent is not None
    ]
    assert shares
    found = attack(system, hidden, hidden_at_least=1, ratios=shares)
    assert found == attack(system, hidden, hidden_at_least=1)
