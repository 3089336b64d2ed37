"""Every way out that a loader's message names leads out: the error made, the advice taken, read."""

import ast
import csv
import io
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from cdpb import loaders as load
from cdpb.cli import main
from cdpb.errors import InputError
from cdpb.loaders.coverage import read_file
from cdpb.loaders.files import clear
from tests.support.project import CHECKOUT, Project, draw_project, lines_of
from tests.support.vintages import INDICATORS

ORDERS = "Month,Borough,Requirement,Commencements\n"
ALCOHOL = "area_code,area_name,year,dependent_adults,lower,upper\n"
TREATED = "area_code,year,sex,substance_group,in_treatment,new_presentations\n"
WARDS = "MajorText,MinorText,WardName,WardCode,LookUp_BoroughName,202304\n"
POLICED = (
    "Theft,Other,Colindale North,E05013632,Barnet,1\n"
    "Theft,Other,Colindale South,E05013633,Barnet,1\n"
    "Theft,Other,Edgwarebury,E05013635,Barnet,1\nTheft,Other,Bloomsbury,E05013653,Camden,1\n"
)
DRUGS = "Drug Offences,Drug Trafficking,Colindale North,E05013632,Barnet,{}\n"
BOROUGHS = "MajorText,MinorText,BoroughName,202304\n" + "".join(
    f"Drug Offences,Drug Trafficking,{name},5\n" for name in ("Barnet", "Camden")
)
INDICATOR = (
    "91743,Deaths,E92000001,England,E09000003,Barnet,x,Persons,All,,,2019 - 21,"
    "{},1,2,,,3,9,,,,,,,\n"
)

Advice = Callable[[Project, list[str]], None]


@pytest.fixture
def drawn(tmp_path, monkeypatch, building):
    """A drawn project in which a partnership's demonstration is being built."""
    clear()
    building("partnership", True)
    project = draw_project(tmp_path, monkeypatch)
    project.narrow_treatment_exports()
    return project


def advised(lines: list[str], begins: str) -> str:
    """The line of a message that is to be copied."""
    return next(line.strip() for line in lines if line.strip().startswith(begins))


def append(name: str, begins: str, **filled: str) -> Advice:
    """Append the line that the message gives to the list that it names."""

    def follow(project: Project, lines: list[str]) -> None:
        assert any(f"data/{name}" in line for line in lines)
        line = advised(lines, begins)
        for blank, word in filled.items():
            assert blank.replace("_", " ") in line
            line = line.replace(blank.replace("_", " "), word)
        path = project.data / name
        path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")

    return follow


def typed(begins: str) -> Advice:
    """Type the command that the message gives."""

    def follow(_project: Project, lines: list[str]) -> None:
        command, *arguments = shlex.split(advised(lines, begins))
        assert (command, main(arguments)) == ("cdpb", 0)

    return follow


def correct(cell: object, number: float) -> Advice:
    """Write the correction that the message describes."""

    def follow(project: Project, lines: list[str]) -> None:
        assert any("data/corrections.yml" in line for line in lines)
        told = yaml.safe_load("{" + advised(lines, "rows: {").rstrip(".") + "}")
        assert set(told) == {"rows", "column", "expect", "becomes"}
        entry = {
            **told, "expect": cell, "becomes": number, "agreed": "2024-01-31",
            "why": "a slip, the publisher says", "agreed_by": "the publisher's data desk",
        }  # fmt: skip
        # The source is that of the file.
        project.write("corrections.yml", yaml.safe_dump({"corrections": [entry | SOURCE_OF]}))

    return follow


SOURCE_OF: dict[str, str] = {}


def also_called(project: Project, lines: list[str]) -> None:
    """Add the spelling to the borough's line."""
    assert any("also_called" in line for line in lines)
    path = project.data / "areas" / "boroughs.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Metropolitan Police,\n", "Metropolitan Police,Barnett\n", 1))


def without_a_column(project: Project, lines: list[str]) -> None:
    """A copy of the nearest layout, under a new name, without the column."""
    assert any("a copy of assumed under a new name, without it" in line for line in lines)
    path = project.data / "column_maps" / "opiate_crack_local.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    copies = [[*row, "" if row[0] == "ages" else row[1]] for row in rows]
    copies[0][-1] = "without ages"
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(copies)
    path.write_text(text.getvalue(), encoding="utf-8")


# The function that words the message: source, file, what the message says, what to do.
WALKED: dict[str, list[tuple[str, str, str, Advice]]] = {
    "headers.unknown_header": [
        (
            "probation_orders",
            "Month,Borough,Requirement,Commencement total\n2023-04,Barnet,ATR,3\n",
            "its header is of no layout",
            typed("cdpb map"),
        ),
        (
            "probation_orders",
            "Month,Borough,Requirement,Commencements,Remarks\n2023-04,Barnet,ATR,3,none\n",
            "its header is of no layout",
            typed("cdpb map"),
        ),
        (
            "probation_orders",
            "Month,Borough,Requirement,$Commencements\n2023-04,Barnet,ATR,3\n",
            "its header is of no layout",
            append("column_maps/probation_orders.csv", "starts,"),
        ),
    ],
    "value_maps.translate": [
        (
            "probation_orders",
            ORDERS + '2023-04,Barnet,"Alcohol, treatment",3\n',
            "order holds a word not met before",
            append("value_maps/return_words.csv", "probation_orders,", OUR_WORD="ATR"),
        ),
        (
            "probation_orders",
            ORDERS + "2023-04,Barnet,ATR,3\n2023-04,Barnet,MHTR,3\n",
            "order holds a word not met before",
            append("value_maps/return_words.csv", "probation_orders,", OUR_WORD="(not used)"),
        ),
        (
            "ndtms_adults",
            TREATED + "E09000003,2021/22,all,Everyone,1465,5\n",
            "a word not met before",
            append("value_maps/ndtms_words.csv", "substance_group,", OUR_WORD="total"),
        ),
    ],
    "value_maps.unknown_mark": [
        (
            "probation_orders",
            ORDERS + "2023-04,Barnet,ATR,few\n",
            "a count is not a whole number",
            append("value_maps/return_words.csv", "probation_orders,(count)", the_mark="few"),
        ),
        (
            "probation_orders",
            ORDERS + "2023-04,Barnet,ATR,about 3\n",
            "a count is not a whole number",
            correct("about 3", 3),
        ),
    ],
    "counts.counts_in": [
        (
            "ndtms_adults",
            TREATED + "E09000003,2021/22,all,total,-5,5\n",
            "not a whole",
            correct(-5, 5),
        ),
        (
            "alcohol_dependence",
            ALCOHOL + "E09000003,Barnet,2018/19,3.5,,\n",
            "whole",
            correct(3.5, 4),
        ),
        ("mps_ward_crime", WARDS + POLICED + DRUGS.format("-1"), "whole number", correct(-1, 0)),
        (
            "census_2021_wards",
            "ward_code,ward_name,borough_code,residents\n"
            "E05013632,Colindale North,E09000003,n.k.\n",
            "whole number",
            correct("n.k.", 12000),
        ),
    ],
    "indicators._numbers": [
        (
            "fingertips",
            INDICATORS.format(parent="Column not used", more="") + INDICATOR.format('"1,5"'),
            "value is not a number",
            correct("1,5", 1.5),
        )
    ],
    "places._unknown_name": [
        (
            "probation_orders",
            ORDERS + "2023-04,Barnett,ATR,3\n",
            "not known: 'Barnett'",
            also_called,
        ),
        (
            "probation_orders",
            ORDERS + '2023-04,Barnet,ATR,3\n2023-04,"Troy, City of",ATR,3\n',
            "not known: 'Troy, City of'",
            append("value_maps/elsewhere.csv", '"Troy'),
        ),
    ],
    "value_maps.are_drugs": [
        (
            "mps_ward_crime",
            WARDS + POLICED.replace("Theft", "Piracy") + DRUGS.format("2"),
            "a group of offences not met before: 'Piracy'",
            append("value_maps/mps_drug_offences.csv", "Piracy,"),
        )
    ],
    "value_maps.offences_of": [
        (
            "mps_ward_crime",
            WARDS + POLICED + DRUGS.format("2").replace("Drug Trafficking", "Supply"),
            "worded in a way not met before",
            append("value_maps/mps_drug_offences.csv", "drug offences,", OUR_WORD="trafficking"),
        )
    ],
    "mps._borough_codes": [
        (
            "mps_borough_crime",
            BOROUGHS + "Drug Offences,Drug Trafficking,City Airport,1\n",
            "a borough that is not known: 'City Airport'",
            append("value_maps/mps_not_boroughs.csv", "City Airport"),
        ),
        ("mps_borough_crime", BOROUGHS.replace("Barnet", "Barnett"), "'Barnett'", also_called),
    ],
    "headers._way_out": [
        (
            "opiate_crack_local",
            "Area code,Local authority,Year,Series,Opiate and/or crack users,Lower 95% limit,"
            "Upper 95% limit\nE09000003,Barnet,2019/20,x,1849,1627,2163\n",
            "its header is of no layout",
            without_a_column,
        )
    ],
}
CASES = [(function, *case) for function, cases in WALKED.items() for case in cases]


@pytest.mark.parametrize(
    ("function", "source", "text", "says", "follow"),
    CASES,
    ids=[f"{function} {at}" for at, (function, *_) in enumerate(CASES)],
)
def test_the_way_out_leads_out(drawn, function, source, text, says, follow):
    """A message that sends its reader in a circle is worse than none."""
    path = drawn.write("f.csv", text)
    with pytest.raises(InputError, match=re.escape(says)) as error:
        read_file(source, path)

    SOURCE_OF.update(source=source)
    follow(drawn, lines_of(error))

    assert len(read_file(source, path)) > 0


# Walked by a test of their own, below or beside what they are about.
ELSEWHERE = {
    "checks.with_lacking_columns": "tests/loaders/test_understood.py",
    "corrections._stale": "tests/loaders/test_corrections.py",
    "receiving._refuse_to_come": "below",
    "receiving._refuse_other_periods": "below",
    "receiving._read_receipt": "below",
    "treatment._refuse_unrounded": "below",
}
# What a message says when it names something of the project that its reader is to change.
_NAMES_A_LIST = re.compile(
    r"words_path|map_path|also_called|corrections\.yml|how_to_correct|receipt\.yml|--received"
    r"|exact_areas|receipt of its own|data/\{FILE\}"
)


def test_every_message_that_names_a_list_is_walked():
    """A new message needs a walk."""
    found = set()
    for path in sorted((CHECKOUT / "cdpb" / "loaders").glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and _advises(function):
                found.add(f"{path.stem}.{function.name}")

    assert found - set(WALKED) - set(ELSEWHERE) == set(KNOWN_OTHERS)


# These name a list and leave nothing to change in it for this file, or make a part of a message.
KNOWN_OTHERS = {
    "places.in_areas",
    "receiving._refuse_without_receipt",
}


def _advises(function: ast.FunctionDef) -> bool:
    text = ast.unparse(function)
    makes = "Error(" in text or function.name == "_way_out"
    body = text.partition("Error(")[2] or text
    return makes and bool(_NAMES_A_LIST.search(body))


def receipt_of(path: Path) -> Path:
    return path.parent / "receipt.yml"


def test_a_file_that_came_later_is_read_under_the_later_day(drawn):
    """The message says to give the day."""
    text = ORDERS + "2024-10,Barnet,ATR,3\n"
    early = drawn.receive("probation_orders", "2024-09-30", text)
    with pytest.raises(InputError, match="still to come"):
        load.returned("probation_orders")

    early.unlink()
    receipt_of(early).unlink()
    early.parent.rmdir()
    drawn.receive("probation_orders", "2024-11-30", text)

    assert len(load.returned("probation_orders")) == 2


def test_a_receipt_that_tells_other_periods_is_corrected(drawn):
    """The message says which file to change."""
    path = drawn.receive(
        "probation_orders",
        "2024-09-30",
        ORDERS + "2024-04,Barnet,ATR,3\n",
        periods={"first": "2024-04", "last": "2024-05"},
    )
    with pytest.raises(InputError, match=r"Correct the periods in receipt\.yml"):
        load.returned("probation_orders")

    told = receipt_of(path).read_text(encoding="utf-8")
    receipt_of(path).write_text(told.replace("2024-05", "2024-04"), encoding="utf-8")

    assert len(load.returned("probation_orders")) == 2


def test_two_files_of_one_month_are_given_a_receipt_each(drawn):
    """The newer one counts."""
    text = ORDERS + "2024-04,Barnet,ATR,3\n"
    drawn.receive("probation_orders", "2024-09-30", text)
    second = drawn.receive("probation_orders", "2024-09-30", text.replace(",3", ",4"), "g.csv")
    with pytest.raises(InputError, match="Give the newer one a receipt of its own"):
        load.returned("probation_orders")

    second.unlink()
    drawn.receive("probation_orders", "2024-09-30", text)
    drawn.receive("probation_orders", "2024-10-31", text.replace(",3", ",4"))

    assert load.returned("probation_orders")["starts"].max() == 4


def test_an_area_whose_figures_are_exact_is_named_as_such(drawn):
    """England's are; a council that publishes its own may be."""
    drawn.receive("ndtms_adults", "2023-01-31", TREATED + "E09000003,2021/22,all,total,1463,0\n")
    with pytest.raises(InputError, match="under rounding, exact_areas"):
        load.adults_in_treatment()

    path = drawn.data / "sources.yml"
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    told["sources"]["ndtms_adults"]["rounding"]["exact_areas"].append("E09000003")
    path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")

    assert set(load.adults_in_treatment()["people"]) == {1463, 0}
