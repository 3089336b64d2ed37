"""What is hidden is out of reach of a published table, and nothing can be drawn of it."""

import copy
import decimal
import gc
import pickle
import statistics
import types
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
import seaborn as sns
from matplotlib.figure import Figure

from cdpb.disclosure import gate
from cdpb.disclosure.gate import publish
from cdpb.disclosure.masked import MASKED
from cdpb.errors import CdpbError, GateRefused
from cdpb.policies import policy
from tests.disclosure.test_published import BASE, COLUMNS, PATTERN, TRUE, WARDS

# Hidden counts that stand nowhere else: 3 and 70,770, of 1,234,567 and 7,654,321 residents.
SMALL, BESIDE = 3, 70_770
CODE = (type, types.ModuleType, types.FunctionType, types.MethodType, types.BuiltinFunctionType)


class Noted(str):
    """A name that carries a note."""


def marked():
    """The table of the other tests with numbers that can be told from any other."""
    frame = TRUE.astype(object)
    frame.loc[2, "people"], frame.loc[4, "people"] = BESIDE, TRUE.loc[4, "people"] + BESIDE - 7
    name = Noted("Beech")
    name.note = "three people: 70770"
    frame.loc[1, "ward_name"] = name
    frame["rate_per_1000"] = 1_000 * frame["people"] / frame["residents"]
    frame.attrs = {"period": "2023/24", "true": frame["people"].copy()}
    return frame


def published():
    frame = marked()
    base = frame.loc[:3, ["ward_code", "people"]]
    return publish(
        frame, WARDS, columns=COLUMNS, policy=policy("under_five_hide"), pattern=PATTERN, base=base
    )


def within_reach(start):
    """All that can be got at from an object without going through code."""
    seen, waiting = {}, [start]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen and not isinstance(each, CODE):
            seen[id(each)] = each
            waiting += gc.get_referents(each)
    return list(seen.values())


def numbers_of(objects):
    return {each for each in objects if isinstance(each, int | float) and each is not True}


@pytest.mark.parametrize(
    "shown",
    [published(), next(published().where(ward_code="W2").rows()), published().sorted_by("people")],
    ids=["table", "row", "sorted"],
)
def test_no_hidden_value_is_within_reach_of_a_published_table(shown):
    """Whoever follows every reference from it, as a debugger or a pickle does, finds none."""
    reached = within_reach(shown)
    assert any(isinstance(each, str) and each == "Beech" for each in reached)
    assert not numbers_of(reached) & {BESIDE, 1_000 * BESIDE / 14_000, 1_000 * SMALL / 9_000}
    assert not any(isinstance(each, pd.DataFrame | pd.Series) for each in reached)
    assert not any("three people" in each for each in reached if isinstance(each, str))


def test_the_search_finds_what_is_left_behind():
    """A search that finds nothing anywhere would prove nothing."""
    assert BESIDE in numbers_of(within_reach({"cache": [marked()["people"].tolist()]}))


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_a_copy_of_a_published_table_holds_no_more_than_the_table(again):
    back = again(published())
    assert back.to_dict() == published().to_dict()
    assert BESIDE not in numbers_of(within_reach(back))
    assert all(value is MASKED for value in back.where(ward_code="W2").values_of("people"))


def test_a_frame_for_an_analyst_carries_a_source_and_nothing_else():
    frame = published().to_frame(gaps=True)
    assert frame.attrs == {"source": "returns"}
    # A nullable column keeps numbers under its mask: those have to be gone too.
    under = frame["people"].array._data.tolist()
    assert not {SMALL, BESIDE} & set(under)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda shown: sum(shown.values_of("people")),
        lambda shown: shown.where(people=MASKED),
        lambda shown: shown.values_of("nothing"),
        lambda shown: [row["people"] for row in shown.rows()][1] + 1,
    ],
)
def test_the_locals_of_a_traceback_hold_no_hidden_value(wrong):
    """A notebook that prints its locals after an error would print them."""
    shown = published()
    with pytest.raises(CdpbError) as stopped:
        wrong(shown)
    frames = [each.frame.raw for each in stopped.traceback if "cdpb" in str(each.path)]
    values = [value for frame in frames for value in frame.f_locals.values()]
    assert frames
    assert BESIDE not in numbers_of(each for value in values for each in within_reach(value))


def test_a_refusal_at_the_gate_leaves_no_true_counts_behind():
    """Of all the frames that counted and compared, none but the door is in the traceback."""
    with pytest.raises(GateRefused) as stopped:
        publish(
            marked(), WARDS, columns=COLUMNS, policy=policy("under_five_hide"), pattern=PATTERN,
            base=BASE,
        )  # fmt: skip
    ours = Path(gate.__file__).parent
    assert [each.name for each in stopped.traceback if ours in each.path.parents] == ["guarded"]
    assert stopped.value.__context__ is None


COLUMN = pd.Series([61, MASKED], dtype=object)
FRAME = pd.DataFrame({"ward": ["Ash", "Beech"], "people": COLUMN})
DRAWN = {
    "line": lambda ax: ax.plot([1, 2], [61, MASKED]),
    "line across": lambda ax: ax.plot([61, MASKED], [1, 2]),
    "points": lambda ax: ax.scatter([1, 2], [61, MASKED]),
    "colour of points": lambda ax: ax.scatter([1, 2], [1, 2], c=[61, MASKED]),
    "size of points": lambda ax: ax.scatter([1, 2], [1, 2], s=[61, MASKED]),
    "bars": lambda ax: ax.bar(["Ash", "Beech"], [61, MASKED]),
    "bars across": lambda ax: ax.barh(["Ash", "Beech"], [61, MASKED]),
    "error bars": lambda ax: ax.errorbar([1], [61], yerr=[MASKED]),
    "histogram": lambda ax: ax.hist([61, MASKED]),
    "limit of an axis": lambda ax: ax.set_ylim(0, MASKED),
    "line over all": lambda ax: ax.axhline(MASKED),
    "picture": lambda ax: ax.imshow([[61, MASKED]]),
    "seaborn bars": lambda ax: sns.barplot(FRAME, x="ward", y="people", ax=ax),
    "seaborn points": lambda ax: sns.scatterplot(FRAME, x="ward", y="people", ax=ax),
    "seaborn lines": lambda ax: sns.lineplot(FRAME, x="ward", y="people", ax=ax),
    "seaborn histogram": lambda ax: sns.histplot(FRAME, x="people", ax=ax),
    "seaborn colour": lambda ax: sns.scatterplot(FRAME, x="ward", y=[1, 2], hue="people", ax=ax),
}


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_a_masked_cell_can_not_be_drawn_and_says_why(draw):
    """An axis, a bar or a colour made of it would be false, or would show it."""
    with mpl.rc_context(), pytest.raises(GateRefused, match="can't be calculated with"):
        draw(Figure().subplots())


USES = {
    "a set": lambda: {MASKED},
    "a key": lambda: {MASKED: 1},
    "equality with itself": lambda: MASKED == MASKED,
    "difference": lambda: MASKED != 3,
    "with nothing": lambda: MASKED == None,  # noqa: E711
    "a width": lambda: f"{MASKED:>8}",
    "thousands": lambda: f"{MASKED:,}",
    "bytes": lambda: bytes(MASKED),
    "backwards": lambda: reversed(MASKED),
    "unpacking": lambda: [*MASKED],
    "any": lambda: any([0, MASKED]),
    "a filter": lambda: list(filter(None, [1, MASKED])),
    "sorting of rows": lambda: sorted([(1, MASKED), (1, 3)]),
    "a mean": lambda: statistics.mean([1, MASKED]),
    "a decimal": lambda: decimal.Decimal(MASKED),
    "a column's mean": lambda: COLUMN.mean(),
    "a running sum": lambda: COLUMN.cumsum(),
    "ranks": lambda: COLUMN.rank(),
    "a sorted column": lambda: COLUMN.sort_values(),
    "a comparison of a column": lambda: COLUMN == 3,
    "groups": lambda: FRAME.groupby("people").size(),
    "classes": lambda: pd.cut(COLUMN, 2),
    "numbers by force": lambda: pd.to_numeric(COLUMN, errors="coerce"),
    "a total less its parts": lambda: pd.Series([64]) - COLUMN,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_masked_cell_refuses_every_way_round(use):
    with pytest.raises((GateRefused, TypeError)):
        use()


def test_a_sum_of_masked_cells_is_masked_and_never_part_of_a_sum():
    """A frame of rows keeps the marker: pandas can't skip it as it skips what is missing."""
    rows = pd.DataFrame([dict(row) for row in published().rows()])
    with pytest.raises(GateRefused):
        rows["people"].sum()
