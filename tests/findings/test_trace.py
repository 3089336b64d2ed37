"""Each number leads back to its source, receipt, rows and function."""

import json
from pathlib import Path

import pandas as pd
import pytest

from cdpb import loaders as load
from cdpb import statistics
from cdpb.findings.trace import IN_THE_NOTEBOOK, receipts_behind
from cdpb.report.markup import has_page
from cdpb.report.method import origins_table
from cdpb.statistics import crude_rate, total_by, with_residents
from cdpb.steps import MADE_BY, STEPS, next_step
from tests.support.built import BARNET
from tests.support.drawn import published

WARD = ["ward_code", "ward_name", "borough_code"]


def test_a_table_remembers_each_function_it_went_through():
    """In the order they were used, the loader first."""
    offences = load.ward_drug_offences(BARNET, year="2023/24")
    residents = load.ward_residents(BARNET)
    rates = crude_rate(with_residents(total_by(offences, WARD), residents, on="ward_code"))

    assert rates.attrs[STEPS] == [
        "ward_drug_offences",
        "total_by",
        "with_residents",
        "crude_rate",
    ]
    made_by = rates.attrs[MADE_BY]
    assert made_by["offences"] == "ward_drug_offences"
    assert made_by["residents"] == "with_residents"
    assert made_by["rate_per_1000"] == made_by["upper"] == "crude_rate"


def test_outside_the_library_nothing_is_noted():
    """A table of the analyst's own was made by nobody here."""
    assert next_step(["a"], {}) == {}


def test_only_the_receipts_that_gave_the_months_are_named():
    """Two receipts overlap; the newer one gave 2023/24, the older one 2022/23."""
    newer = receipts_behind("mps_ward_crime", {"2023/24"})
    older = receipts_behind("mps_ward_crime", {"2022/23"})
    assert [each["received"] for each in newer] == ["April 2025"]
    assert [each["received"] for each in older] == ["December 2023"]


def test_a_census_is_named_whatever_the_year():
    assert len(receipts_behind("census_2021_wards", {"2023/24"})) == 1


def test_what_may_not_be_opened_is_not_named():
    """Not even by the date it came."""
    assert receipts_behind("opiate_crack_local", {"2018/19"}) == []


def test_the_folded_list_has_a_row_a_table_and_one_a_key_figure():
    table = published("ward_code offences rate_per_1000\nE1 10 2.5")
    trace = {
        "tables": [
            {
                "table": table.id,
                "filter": {"year": "2023/24"},
                "period": "2023/24",
                "sources": [{"id": "mps", "receipts": [{"received": "April 2025"}]}],
                "functions": ["load", "crude_rate"],
            }
        ],
        "key_figures": [
            {
                "key_figure": "rate",
                "label": "Barnet",
                "table": table.id,
                "column": "rate_per_1000",
                "where": {"ward_code": "E1"},
            }
        ],
        "parts": [
            {
                "part": "higher",
                "label": label,
                "table": table.id,
                "column": "rate_per_1000",
                "where": {"ward_code": "E1"},
            }
            for label in ("Barnet", "Barnet", "Hendon")
        ],
    }

    rows = [list(row.cells) for row in origins_table(trace, {table.id: table}).rows]

    assert rows[0][1:] == ["year 2023/24", "mps", "load, crude_rate"]
    assert rows[1][:2] == ["Key figure, tested: Barnet", "ward code E1"]
    assert rows[1][3] == "Rate"
    assert [row[0] for row in rows[2:]] == ["Tested: Hendon"]


def records(assessments: Path) -> list[tuple[Path, dict]]:
    folder = assessments / "2025-26" / BARNET / "public"
    paths = sorted((folder / "findings").glob("*.json"))
    return [(folder, json.loads(path.read_text(encoding="utf-8"))) for path in paths]


@pytest.mark.slow
def test_every_column_of_every_table_has_a_source_and_a_maker(assessments):
    for _, record in records(assessments):
        traced = {each["table"]: each for each in record["trace"]["tables"]}
        for table in record["tables"]:
            told = traced[table["id"]]
            assert set(told["columns"]) == set(table["columns"])
            for column in told["columns"].values():
                assert column["source"]
                assert column["function"] == IN_THE_NOTEBOOK or column["function"].isidentifier()


@pytest.mark.slow
def test_a_key_figure_is_the_cell_that_its_trace_names(assessments):
    """Read from the download, as a reader who doubts it would."""
    for folder, record in records(assessments):
        values = {each["id"]: each["value"] for each in record["key_figures"]}
        first = {}
        for told in record["trace"]["key_figures"]:
            first.setdefault(told["key_figure"], told)
        for id, told in first.items():
            path = folder / "tables" / record["id"] / f"{told['table']}.csv"
            table = pd.read_csv(path, dtype="str")
            for column, value in told["where"].items():
                table = table[table[column] == value]
            if values[id] is not None and len(table):
                assert float(table[told["column"]].iloc[0]) == pytest.approx(values[id]), id


@pytest.mark.slow
def test_the_page_shows_it_on_demand(assessments):
    for folder, record in records(assessments):
        if not has_page(record):
            continue
        page = (folder / f"{record['slug']}.html").read_text(encoding="utf-8")
        assert ("Where each number comes from" in page) == bool(record["tables"])


def test_one_name_means_one_step():
    """Records name the verbs alone, so that they stay the same wherever a verb is kept."""
    assert not set(load.__all__) & set(vars(statistics))
