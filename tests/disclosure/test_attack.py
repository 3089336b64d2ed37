"""The attack: what a reader who adds and subtracts can work out."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from cdpb.disclosure.attack import Interval, PublishedShare, attack, unknowns_of
from cdpb.disclosure.cells import cells_of
from cdpb.disclosure.declared import TableDeclaration
from cdpb.errors import InputError
from tests.support.tables import table


def declared(*dimensions, totals=None, name="people", **more):
    return TableDeclaration(
        id=name, title="People", source="returns", dimensions=list(dimensions), count="people",
        totals=list(dimensions if totals is None else totals), **more,
    )  # fmt: skip


def intervals(tables, base, hidden, hidden_at_least=0):
    """Attack the hidden keys of each table; answers by table and key."""
    system = cells_of(tables, base)
    marks = system.marked({name: frozenset(keys) for name, keys in hidden.items()})
    found = attack(system, marks, hidden_at_least=hidden_at_least)
    return {
        (name, key): found[system.cells[name][key]] for name, keys in hidden.items() for key in keys
    }


BASE = table("""
    ward sex   people
    A    women      3
    A    men       20
    B    women     12
    B    men       40
""")


def test_a_lone_hidden_cell_is_found_by_subtraction():
    found = intervals({"t": declared("ward", "sex")}, BASE, {"t": [("A", "women")]})
    assert found["t", ("A", "women")] == Interval(3, 3)


def test_four_hidden_corners_leave_an_interval():
    """The women of A can be 0 to 15: whatever leaves A's men goes to B's."""
    corners = [("A", "women"), ("A", "men"), ("B", "women"), ("B", "men")]
    found = intervals({"t": declared("ward", "sex")}, BASE, {"t": corners})
    assert found["t", ("A", "women")] == Interval(0, 15)


def test_a_reader_who_sees_zeros_knows_that_hidden_counts_are_at_least_one():
    """Said aloud, because a weaker reader finds a pattern safe that isn't."""
    corners = [("A", "women"), ("A", "men"), ("B", "women"), ("B", "men")]
    tables = {"t": declared("ward", "sex")}
    assert intervals(tables, BASE, {"t": corners}, 1)["t", ("A", "women")] == Interval(1, 14)


def test_without_a_total_nothing_limits_a_hidden_cell():
    tables = {"t": declared("ward", "sex", totals=[])}
    found = intervals(tables, BASE, {"t": [("A", "women")]})
    assert found["t", ("A", "women")] == Interval(0, None)


def test_another_table_of_the_source_gives_a_hidden_cell_away():
    """Each table is safe alone; side by side they are one sum."""
    tables = {"both": declared("ward", "sex", totals=[]), "women": declared("ward", totals=[])}
    hidden = {"both": [("A", "women")]}
    assert intervals(tables, BASE, hidden)["both", ("A", "women")] == Interval(3, 3)
    del tables["women"]
    assert intervals(tables, BASE, hidden)["both", ("A", "women")].greatest is None


def test_a_filtered_table_is_subtracted_too():
    """All wards less the wards of one borough leaves the others."""
    base = BASE.assign(borough=["X", "X", "Y", "Y"])
    tables = {
        "all": declared("sex", totals=[]),
        "x": declared("sex", totals=[], filter={"borough": "X"}),
        "y": declared("sex", totals=[], filter={"borough": "Y"}),
    }
    found = intervals(tables, base, {"x": [("women",)]})
    assert found["x", ("women",)] == Interval(3, 3)


def test_cells_that_no_table_shows_are_not_taken_as_known():
    """A total of wards leaves the split by sex open."""
    tables = {"wards": declared("ward", totals=[]), "sexes": declared("sex", totals=[])}
    found = intervals(tables, BASE, {"wards": [("A",), ("B",)]})
    assert found["wards", ("A",)] == Interval(0, 75)


def test_a_percentage_beside_its_denominator_is_the_hidden_count():
    """Of 23 people 13.0% are three and nobody else."""
    corners = [("A", "women"), ("A", "men"), ("B", "women"), ("B", "men")]
    system = cells_of({"t": declared("ward", "sex")}, BASE)
    hidden = system.marked({"t": frozenset(corners)})
    women, both = (system.cells["t"]["A", sex] for sex in ("women", "total"))
    for percent, decimals, interval in [(13.0, 1, Interval(3, 3)), (10.0, -1, Interval(2, 3))]:
        shares = [PublishedShare(women, both, percent, decimals)]
        found = attack(system, hidden, hidden_at_least=1, cells=[women], ratios=shares)
        assert found[women] == interval


def test_a_percentage_of_a_hidden_denominator_ties_the_two():
    """Half of them, whoever they are: neither is known, but one gives the other."""
    base = table("""
        ward people
        A         2
        B         4
        C        30
    """)
    system = cells_of({"t": declared("ward", totals=[])}, base)
    a, b = (system.cells["t"][ward,] for ward in "AB")
    hidden = system.marked({"t": frozenset([("A",), ("B",)])})
    assert attack(system, hidden, hidden_at_least=1)[b] == Interval(1, None)
    share = PublishedShare(a, b, percent=50.0)
    assert attack(system, hidden, hidden_at_least=1, ratios=[share])[b] == Interval(2, None)


def enumerated(base, hidden, shown_sums, least):
    """Every possible world of a small table, one by one."""
    counts = base["people"].to_numpy()
    ranges = [range(least, 13) if at in hidden else [counts[at]] for at in range(len(counts))]
    for world in product(*ranges):
        if all(sum(world[at] for at in cells) == total for cells, total in shown_sums):
            yield world


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("least", [0, 1])
def test_enumerating_every_world_of_a_small_table_agrees_with_the_attack(seed, least):
    """An interval that is too wide by one would call a leaking table safe."""
    random = np.random.default_rng(seed)
    rows, columns = 2 + seed % 2, 3
    keys = [(f"w{row}", f"g{column}") for row in range(rows) for column in range(columns)]
    counts = random.integers(1, 4, size=len(keys))
    base = pd.DataFrame(keys, columns=["ward", "group"]).assign(people=counts)
    # Four cells of two rows and two columns, so that some are tied in a ring.
    hidden = set(random.choice(len(keys), size=2, replace=False).tolist()) | {0, 4}
    lines = [[at for at, key in enumerate(keys) if label in key] for label in ["w0", "w1", "w2"]]
    lines += [[at for at, key in enumerate(keys) if label in key] for label in ["g0", "g1", "g2"]]
    sums = [(line, counts[line].sum()) for line in lines if line]
    worlds = np.array(list(enumerated(base, hidden, sums, least)))
    found = intervals(
        {"t": declared("ward", "group")}, base, {"t": [keys[at] for at in hidden]}, least
    )
    for at in hidden:
        least_and_greatest = Interval(worlds[:, at].min(), worlds[:, at].max())
        assert found["t", keys[at]] == least_and_greatest


def test_fractions_are_not_taken_for_counts():
    """In three dimensions the linear program may end in halves; the interval never does."""
    keys = list(product("012", "012", "012"))
    random = np.random.default_rng(4)
    base = pd.DataFrame(keys, columns=["a", "b", "c"]).assign(people=random.integers(0, 3, 27))
    system = cells_of({"t": declared("a", "b", "c")}, base)
    hidden = np.array([len(units) == 1 for units in system.units])
    for unknowns in unknowns_of(system, hidden, hidden_at_least=0):
        for cell in unknowns.cells:
            aim = np.where(unknowns.cells == cell, -1.0, 0.0)
            assert unknowns.extreme(int(cell), 1) == -unknowns.extreme_by_integers(aim)


def test_the_same_cell_in_two_tables_is_one_cell():
    """Hidden in one and shown in the other, it would not be hidden."""
    tables = {"a": declared("ward"), "b": declared("ward")}
    system = cells_of(tables, BASE)
    assert system.cells["a"] == system.cells["b"]


def test_every_sum_of_the_system_holds_for_the_true_counts():
    base = BASE.assign(borough=["X", "X", "Y", "Y"])
    tables = {"t": declared("ward", "sex"), "b": declared("borough", "sex")}
    system = cells_of(tables, base)
    assert not (system.relations @ system.counts).any()


def test_a_total_over_one_label_is_that_label():
    one = BASE[BASE["ward"] == "A"]
    system = cells_of({"t": declared("ward")}, one)
    assert system.cells["t"][("A",)] == system.cells["t"][("total",)]


BROKEN = {
    "no such column": (declared("district"), BASE, "district"),
    "no such filter": (declared("ward", filter={"area": "X"}), BASE, "area"),
    "a window without an end": (declared("ward", window="rolling_12"), BASE, "window"),
    "totals of something else": (declared("ward", totals=["sex"]), BASE, "totals of sex"),
    "totals in the base": (declared("ward"), BASE.replace({"ward": {"B": "total"}}), "totals of"),
    "a negative count": (declared("ward"), BASE.assign(people=[1, -1, 2, 3]), "not all counts"),
    "half a person": (declared("ward"), BASE.assign(people=[1, 0.5, 2, 3]), "not all counts"),
}


@pytest.mark.parametrize(("told", "base", "says"), BROKEN.values(), ids=BROKEN)
def test_a_declaration_that_does_not_fit_is_refused(told, base, says):
    """A table protected as something else than it is, is not protected."""
    with pytest.raises(InputError, match=says) as caught:
        cells_of({"people": told}, base)
    assert len(str(caught.value).splitlines()) <= 8


def test_a_year_that_is_not_held_gives_a_table_without_cells():
    """A page of another year shows none of it, and the other tables all the same."""
    tables = {"none": declared("ward", filter={"sex": "other"}), "all": declared("ward")}
    system = cells_of(tables, BASE)
    assert not system.cells["none"]
    assert len(system.cells["all"]) == 3
    assert len(cells_of({"none": tables["none"]}, BASE)) == 0
    assert not intervals({"none": tables["none"]}, BASE, {})


def test_tables_that_count_different_things_are_not_one_system():
    people = declared("ward")
    other = people.model_copy(update={"id": "x", "count": "visits"})
    with pytest.raises(InputError, match="different columns"):
        cells_of({"people": people, "x": other}, BASE.assign(visits=1))


def test_a_table_of_months_is_filtered_by_financial_year():
    months = pd.period_range("2023-03", periods=3, freq="M")
    base = pd.DataFrame({"ward": "A", "month": months, "people": [7, 8, 9]})
    system = cells_of({"t": declared("ward", filter={"year": "2023/24"}, totals=[])}, base)
    assert system.counts[system.cells["t"][("A",)]] == 17
