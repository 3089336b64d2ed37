"""Each notebook's record taken apart: whatever it leads with or judges by leads back."""

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from cdpb import catalogue
from cdpb.declarations import declarations
from cdpb.findings.trace import IN_THE_NOTEBOOK
from tests.support.inprocess import record_of, table_of

FINDINGS = [(each.id, False) for each in declarations().findings]
# Where returns are shown, some numbers are computed from the rows of a protected table.
WITH_RETURNS = (
    "criminal_justice_pathways",
    "young_people_in_treatment",
    "adults_in_treatment",
    "deaths_and_harm_reduction",
)
FINDINGS += [(each, True) for each in WITH_RETURNS]
# What a notebook may itself put beside the figures: which place or year a row is of.
NAMES = {"area_name", "area_code", "year"}


@pytest.fixture(params=FINDINGS, ids=lambda each: each[0] + "-with-returns" * each[1])
def told(request, built) -> tuple[dict, Path]:
    finding, demonstration = request.param
    folder = built(finding, demonstration=demonstration)
    return record_of(finding, folder), folder


def cell(record: dict, row: dict, folder: Path) -> float | None:
    """The number in the published table that a row of the trace names; None where it is hidden."""
    table = pd.read_csv(table_of(record["id"], row["table"], folder), dtype="str")
    for column, value in row["where"].items():
        table = table[table[column] == value]
    assert len(table) == 1, row
    value = pd.to_numeric(table[row["column"]], errors="coerce").iloc[0]
    return None if math.isnan(value) else float(value)


def leads_back(record: dict, number: dict, rows: list[dict], folder: Path) -> bool:
    """Whether a number is the cell of one of the rows, or computed from a table of its source."""
    cells = [cell(record, row, folder) for row in rows if row["column"]]
    if any(at == pytest.approx(number["value"]) for at in cells):
        return True
    sources = {each["id"]: each["source"] for each in record["tables"]}
    return any(number["source"] in sources[row["table"]] for row in rows if not row["column"])


def answers(record: dict) -> list[dict]:
    """The parts of the statement and of each later claim, as judged."""
    verdicts = [record["verdict"], *(each["verdict"] for each in record["claims"])]
    return [part for each in verdicts if each for part in each["parts"]]


def test_each_key_figure_and_what_it_stands_beside_is_a_published_cell(told):
    """Its value is in the download, in the row and column that are named."""
    record, folder = told
    for figure in record["key_figures"]:
        rows = [r for r in record["trace"]["key_figures"] if r["key_figure"] == figure["id"]]
        known = [m for m in (figure, *figure["comparators"]) if m["value"] is not None]
        for each in known:
            assert leads_back(record, each, rows, folder), figure["id"]


def test_each_number_that_a_statement_or_claim_is_tested_with_is_one_too(told):
    """A verdict on a number that nobody can look up would have to be believed."""
    record, folder = told
    for part in answers(record):
        rows = [row for row in record["trace"]["parts"] if row["part"] == part["id"]]
        for side in ("measure", "comparator_measure"):
            if part[side] and part[side]["value"] is not None:
                assert leads_back(record, part[side], rows, folder), part["id"]
        if part["areas"]:
            assert any(not row["column"] for row in rows), part["id"]


def test_every_cell_leads_on_to_source_receipt_rows_and_function(told):
    """Through its table: what is received has a receipt, what is our own file has none."""
    record, _ = told
    tables = {each["table"]: each for each in record["trace"]["tables"]}
    assert set(tables) == {each["id"] for each in record["tables"]}
    for row in (*record["trace"]["key_figures"], *record["trace"]["parts"]):
        table = tables[row["table"]]
        assert table["functions"], row["table"]
        assert table["filter"] or table["made_of"] or table["period"], row["table"]
        for source in table["sources"]:
            assert source["receipts"] or not catalogue.receipts(source["id"]), source["id"]
        if row["column"]:
            assert table["columns"][row["column"]]["function"] != IN_THE_NOTEBOOK, row


def test_no_figure_of_a_table_is_made_where_nobody_can_read_how(told):
    """Each column of figures has a function of the library, named in the record."""
    record, _ = told
    for table in record["trace"]["tables"]:
        assert table["functions"], f"{record['id']}/{table['table']}"
        made_of = set().union(*_columns_of(record, table["made_of"]))
        alone = {
            name for name, about in table["columns"].items() if about["function"] == IN_THE_NOTEBOOK
        }
        assert alone <= NAMES | made_of, f"{record['id']}/{table['table']}"


def _columns_of(record: dict, tables: list[str]) -> list[set[str]]:
    return [set(each["columns"]) for each in record["tables"] if each["id"] in tables]


def test_the_record_is_plain_text_that_another_program_can_read(told):
    record, _ = told
    assert json.loads(json.dumps(record["trace"])) == record["trace"]
