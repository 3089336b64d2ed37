"""Published tables: what is hidden is nowhere in them, and nothing can be made of it."""

import copy
import json
import math
import pickle

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from cdpb.disclosure.declared import Column, TableDeclaration
from cdpb.disclosure.gate import publish
from cdpb.disclosure.masked import MASKED, Pattern
from cdpb.errors import GateRefused, InputError
from cdpb.policies import policy
from tests.support.tables import table

HIDDEN = [False, True, True, False, False]

COLUMNS = {
    "ward_code": Column(label="Ward code", kind="key"),
    "ward_name": Column(label="Ward", kind="name"),
    "people": Column(label="People", kind="count"),
    "residents": Column(label="Residents", kind="number", public=True),
    "rate_per_1000": Column(label="Rate", kind="rate", decimals=1),
    "rank": Column(label="Rank", kind="rank"),
    "unstable": Column(label="Fewer than 10", kind="flag"),
}
WARDS = TableDeclaration(
    id="wards",
    title="People by ward",
    source="returns",
    dimensions=["ward_code"],
    count="people",
    derived=["ward_name", "residents", "rate_per_1000", "rank", "unstable"],
    totals=["ward_code"],
)
# 3 is small; 7 goes with it, or the total would give it away.
TRUE = table("""
    ward_code people ward_name  residents rate_per_1000 rank unstable
    W1            61 Ash_Hill       12000        5.0833    2    False
    W2             3 =Beech          9000        0.3333    4     True
    W3             7 Cedar          14000        0.5000    3     True
    W4         70777 Damson         10000     7077.7123    1    False
    total      70848 -              45000     1574.4000    -    False
""")
BASE = TRUE.loc[:3, ["ward_code", "people"]]
PATTERN = Pattern("returns", "under_five_hide", {"wards": frozenset({("W2",), ("W3",)})})


def published(**options):
    given = {"policy": policy("under_five_hide"), "pattern": PATTERN, "base": BASE}
    return publish(TRUE, WARDS, columns=COLUMNS, period="2023/24", **{**given, **options})


def test_a_masked_cell_takes_its_rate_rank_and_flag_with_it():
    """A rate and a public number of residents give the count back."""
    shown = published().markers().set_index("ward_code")
    assert list(shown.loc["W2"]) == ["[c]", "=Beech", "9,000", "[c]", "[c]", "[c]"]
    assert list(shown.loc["W1"]) == ["61", "Ash Hill", "12,000", "5.1", "2", ""]


def test_ranks_are_counted_among_shown_rows_alone():
    """A gap in the ranks would say between which wards a hidden one lies."""
    ranks = {row["ward_code"]: row["rank"] for row in published().rows()}
    assert ranks == {"W1": 2, "W2": MASKED, "W3": MASKED, "W4": 1, "total": None}


def test_no_hidden_value_is_left_in_pickle_repr_csv_json_or_attributes():
    """A cache, a traceback or a spreadsheet would carry it out."""
    marked = TRUE.astype(object)
    marked.loc[[1], "people"], marked.loc[[2], "people"] = 3, 70770
    marked.loc[3, "people"], marked.loc[[1, 2], "residents"] = 14, [7001, 13999]
    marked["rate_per_1000"] = 1_000 * marked["people"] / marked["residents"]
    rates = [str(rate)[:8] for rate in marked.loc[[1, 2], "rate_per_1000"]]
    base = marked.loc[:3, ["ward_code", "people"]]
    shown = publish(
        marked, WARDS, columns=COLUMNS, policy=policy("under_five_hide"), pattern=PATTERN, base=base
    )
    everything = [
        repr(shown),
        repr(list(shown.rows())),
        str([getattr(shown, name) for name in dir(shown) if not name.startswith("__")]),
        shown.to_csv_text(),
        json.dumps(shown.to_dict()),
        shown.to_frame().to_csv(),
        repr(shown.to_frame().attrs),
        shown.markers().to_csv(),
        pickle.dumps(shown, protocol=0).decode("latin-1"),
        repr(shown.sorted_by("people").to_dict()),
    ]
    for hidden in ("70770", *rates):
        assert not any(hidden in text for text in everything)


def test_a_pickled_table_comes_back_with_the_same_mask():
    back = pickle.loads(pickle.dumps(published()))
    assert back.to_dict() == published().to_dict()
    assert list(back.rows())[1]["people"] is MASKED
    assert copy.deepcopy(MASKED) is MASKED


def test_a_published_table_cannot_be_changed():
    shown = published()
    with pytest.raises(AttributeError):
        shown.values = ()
    with pytest.raises((AttributeError, TypeError)):
        shown.note = "the hidden count is ..."
    frame = shown.to_frame()
    frame.loc[0, "people"] = 0
    assert next(shown.rows())["people"] == 61


USES = {
    "plus": lambda x: x + 1,
    "from the right": lambda x: 1 + x,
    "sum": lambda x: sum([1, x]),
    "minus": lambda x: -x,
    "divide": lambda x: x / 2,
    "less": lambda x: x < 5,
    "equal": lambda x: x == 3,
    "in a list": lambda x: x in [1, 2],
    "sorted": lambda x: sorted([x, x]),
    "max": lambda x: max(1, x),
    "truth": lambda x: bool(x),
    "float": lambda x: float(x),
    "int": lambda x: int(x),
    "round": lambda x: round(x, 1),
    "floor": lambda x: math.floor(x),
    "square root": lambda x: math.sqrt(x),
    "format": lambda x: f"{x:.1f}",
    "old format": lambda x: "%d" % x,  # noqa: UP031
    "index": lambda x: [1, 2][x],
    "hash": lambda x: {x: 1},
    "length": lambda x: len(x),
    "array": lambda x: np.asarray([1.0, 2.0]) + x,
    "to array": lambda x: np.asarray(x),
    "array of them": lambda x: np.array([1.0, x]),
    "plotting": lambda x: np.array([x], dtype=float),
    "iterate": lambda x: list(x),
    "series": lambda x: pd.Series([1, 2]) + x,
    "series sum": lambda x: pd.Series([1, x], dtype=object).sum(),
    "json": lambda x: json.dumps(x),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_masked_cell_refuses_to_be_used_as_a_number(use):
    """A sum or an axis limit made of it would be wrong, or would give it away."""
    with pytest.raises((GateRefused, TypeError)):
        use(MASKED)


def test_a_masked_cell_says_its_marker():
    assert (str(MASKED), f"{MASKED}", repr(MASKED)) == ("[c]", "[c]", "[c]")


def test_sorting_puts_masked_rows_last_in_key_order():
    """Their place in an order of true values would narrow them."""
    for descending in (True, False):
        order = [row["ward_code"] for row in published().sorted_by("people", descending).rows()]
        assert order[-2:] == ["W2", "W3"]
    assert order[0] == "W1"


def test_rows_leave_in_key_order_whatever_order_they_came_in():
    shuffled = TRUE.sort_values("people", ascending=False)
    shown = publish(
        shuffled, WARDS, columns=COLUMNS, policy=policy("under_five_hide"), pattern=PATTERN,
        base=BASE,
    )  # fmt: skip
    assert shown.values_of("ward_code") == ("W1", "W2", "W3", "W4", "total")


def test_a_total_is_the_published_one_or_masked_and_never_a_partial_sum():
    """A sum of what is left is a false total, printed as true."""
    assert published().total("people") == 70848
    wards_alone = published().where(unstable=False).where(ward_code="W1")
    assert wards_alone.total("people") == 61
    without = WARDS.model_copy(update={"totals": []})
    shown = publish(
        TRUE.loc[:3], without, columns=COLUMNS, policy=policy("under_five_hide"),
        pattern=Pattern("returns", "x", {"wards": frozenset({("W2",)})}), base=BASE,
    )  # fmt: skip
    assert shown.total("people") is MASKED
    with pytest.raises(InputError, match="doesn't add up"):
        shown.total("residents")


LIMITS = table("""
    ward_code people   lower   upper residents rate_per_1000 rate_lower
    W1          1105  1040.8  1172.1    292717        3.7750     3.5555
""")


def test_limits_of_a_count_are_whole_and_those_of_a_rate_have_its_decimals():
    """Whoever reads 1,040.8 to 1,172.1 people asks which eight tenths."""
    limit = Column(label="Limit", kind="interval")
    declared = TableDeclaration(
        id="years", title="People", source="returns", dimensions=["ward_code"], count="people",
        derived=["lower", "upper", "residents", "rate_per_1000", "rate_lower"],
    )  # fmt: skip
    columns = {**COLUMNS, **dict.fromkeys(["lower", "upper", "rate_lower"], limit)}
    shown = publish(LIMITS, declared, policy=policy("open"), columns=columns)
    texts = ["1,105", "1,041", "1,172", "292,717", "3.8", "3.6"]
    assert list(shown.markers().loc[0])[1:] == texts
    assert "1040.8,1172.1" in shown.to_csv_text(), "a download keeps full precision"


PERCENT = Column(
    label="Per cent", kind="percent", decimals=1, unit="%", denominator=["started", "adults"]
)
SHARES = TableDeclaration(
    id="shares", title="Women", source="returns", dimensions=["group"], count="people",
    derived=["adults", "percent", "lower", "upper"],
)  # fmt: skip
OF_GROUPS = {
    **COLUMNS,
    "group": Column(label="Group", kind="name"),
    "adults": Column(label="Adults", kind="number", decimals=0),
    "percent": PERCENT,
    **dict.fromkeys(["lower", "upper"], Column(label="Limit", kind="interval")),
}


def shares_of(adults):
    """Women among two groups; the limits are those of Wilson, to four decimals."""
    rows = table(f"""
        group   people  adults    percent    lower    upper
        here       140  {adults}  23.1405  19.9553  26.6616
        there    38736  140558    27.5587  27.3258  27.7929
    """)
    return publish(rows, SHARES, columns=OF_GROUPS, policy=policy("open"))


@pytest.mark.parametrize(
    ("adults", "texts"),
    [
        (999, [["23", "20", "27"], ["28", "27", "28"]]),
        (1000, [["23.1", "20.0", "26.7"], ["27.6", "27.3", "27.8"]]),
    ],
)
def test_percentages_of_fewer_than_1000_people_make_a_column_whole(adults, texts):
    """One person of 999 is more than the first decimal; and a column has one form."""
    shown = shares_of(adults)
    assert shown.markers()[["percent", "lower", "upper"]].to_numpy().tolist() == texts
    assert "23.1405,19.9553,26.6616" in shown.to_csv_text(), "a download keeps full precision"


TESTS = TableDeclaration(
    id="tests", title="Tests", source="returns", dimensions=["year", "result"], count="people",
    derived=["share"], totals=["result"],
)  # fmt: skip
OF_TESTS = {
    **COLUMNS,
    **dict.fromkeys(["year", "result"], Column(label="Name", kind="name")),
    "share": Column(label="Share", kind="percent", decimals=1, unit="%", of=["result"]),
}


@pytest.mark.parametrize(("negative", "shown"), [(599, "40"), (600, "40.0")])
def test_a_share_of_a_dimension_is_of_the_sum_over_it(negative, shown):
    """400 and 599 tests are 999, and 400 and 600 are 1,000; a row of totals is not added again."""
    rows = table(f"""
        year     result    people            share
        2023/24  positive  400               40.0400
        2023/24  negative  {negative}        59.9600
        2023/24  total     {400 + negative}  100.0
    """)
    published = publish(rows, TESTS, columns=OF_TESTS, policy=policy("open"))
    assert published.markers()["share"].iloc[0] == shown


def test_a_hidden_percentage_has_no_say_in_its_columns_form():
    """Else the form would say that the hidden one is of fewer than 1,000."""
    rows = table("""
        year     result    people  share
        2022/23  positive       4   0.80
        2022/23  negative     496  99.20
        2022/23  total        500 100.00
        2023/24  positive     400  36.36
        2023/24  negative     700  63.64
        2023/24  total       1100 100.00
    """)
    hidden = {("2022/23", result) for result in ("positive", "negative", "total")}
    shown = publish(
        rows, TESTS, columns=OF_TESTS, policy=policy("under_five_hide"),
        pattern=Pattern("returns", "under_five_hide", {"tests": frozenset(hidden)}),
        base=rows[rows["result"] != "total"][["year", "result", "people"]],
    )  # fmt: skip
    texts = shown.markers().groupby("year")["share"].agg(sorted)
    assert list(texts) == [["[c]", "[c]", "[c]"], ["100.0", "36.4", "63.6"]]


def test_looking_for_a_value_never_finds_a_masked_row():
    assert len(published().where(people=3)) == 0
    with pytest.raises(GateRefused):
        published().where(people=MASKED)


ADDED = {
    "a sum": lambda frame: frame["people"].sum(),
    "a sum by a column": lambda frame: frame.groupby("unstable")["people"].sum(),
    "a sum of groups": lambda frame: frame.groupby("unstable").agg({"people": "sum"}),
    "a mean": lambda frame: frame["people"].mean(),
    "a running sum": lambda frame: frame["people"].cumsum(),
    "numpy, past what is missing": lambda frame: np.nansum(frame["people"]),
    "what is missing as nothing": lambda frame: frame["people"].fillna(0).sum(),
    "an order": lambda frame: frame.sort_values("people"),
    "a choice": lambda frame: frame[frame["people"] > 1],
    "a number": lambda frame: pd.to_numeric(frame["people"], errors="coerce"),
    "bars": lambda frame: plt.bar(frame["ward_code"], frame["people"]),
}


@pytest.mark.parametrize("added", ADDED.values(), ids=ADDED)
def test_a_frame_counts_no_hidden_cell_as_nothing(added):
    """Pandas leaves out what is missing: a hidden year would be 0, and its bar not be there."""
    frame = published().to_frame()
    assert frame["people"].map(lambda value: value is MASKED).tolist() == HIDDEN
    with pytest.raises(GateRefused, match=r"to_frame\(gaps=True\)"):
        added(frame)


def test_a_sum_of_numbers_leaves_a_column_with_a_hidden_cell_out():
    """Pandas asks the type alone, so such a column is no column of numbers."""
    sums = published().to_frame().sum(numeric_only=True)
    assert "people" not in sums
    assert sums["residents"] == published().to_frame(gaps=True)["residents"].sum()


def test_an_analyst_who_asks_for_gaps_gets_masked_cells_missing():
    frame = published().to_frame(gaps=True)
    assert frame["people"].isna().tolist() == HIDDEN
    assert str(frame["people"].dtype) == "Int64"
    assert published().masked["people"].tolist() == HIDDEN


def test_a_csv_runs_nothing_and_keeps_full_precision():
    r"""A spreadsheet runs what begins with an equals sign, and Windows keeps its line ends."""
    lines = published().to_csv_text().split("\n")
    assert lines[0] == "ward_code,people,ward_name,residents,rate_per_1000,rank,unstable"
    assert lines[1] == "W1,61,Ash Hill,12000,5.0833,2,"
    assert lines[2] == "W2,[c],'=Beech,9000,[c],[c],[c]"
    assert lines[5] == "total,70848,[z],45000,1574.4,[z],"
    assert lines[6] == ""


def test_every_row_of_a_demonstration_says_so():
    """A row copied into another sheet must still say that it is not real."""
    lines = published(demonstration=True).to_csv_text().splitlines()
    assert lines[0].endswith(",demonstration")
    assert all(line.endswith(",DEMONSTRATION") for line in lines[1:])
    assert "DEMONSTRATION" in repr(published(demonstration=True))


def test_public_counts_pass_as_they_are():
    open_to_all = publish(TRUE, WARDS, columns=COLUMNS, policy=policy("open"))
    assert not open_to_all.masked.any(axis=None)
    assert open_to_all.sorted_by("rank").values_of("ward_code")[0] == "W4"


def test_an_unknown_column_is_named_with_those_there_are():
    with pytest.raises(InputError, match="ward_code, people"):
        published().values_of("offences")
