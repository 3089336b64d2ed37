"""What a notebook is given is checked by name, type and value before a kernel starts."""

from pathlib import Path

import pytest

from cdpb.errors import InputError
from cdpb.runner.parameters import check_parameters, declared_parameters
from tests.support.toys import write_notebook

ALWAYS = {"year": "2023/24", "area": "E09000003", "edition": "public", "demonstration": False}


def parameters_cell(folder: Path, text: str) -> Path:
    """A notebook whose parameters cell holds this."""
    write_notebook(folder, "drawn", [])
    path = folder / "notebooks" / "drawn.ipynb"
    content = path.read_text(encoding="utf-8")
    assert 'focus_ward = \\"E05013632\\"\\n' in content
    added = text.replace('"', '\\"').replace("\n", "\\n")
    changed = content.replace('focus_ward = \\"E05013632\\"\\n', added)
    path.write_text(changed, encoding="utf-8")
    return path


def test_a_misspelt_parameter_is_refused(toy):
    """Papermill injects a name that no cell reads, and ends with 0."""
    path = parameters_cell(toy, 'focus_ward = "E05013632"\n')

    with pytest.raises(InputError, match="Did you mean 'focus_ward'"):
        check_parameters(path, ALWAYS | {"focus_wrad": "E05013632"})


@pytest.mark.parametrize(
    ("line", "wrong", "said"),
    [
        ('ward = "E05013632"\n', "Colindale North", "a code like E05013632"),
        ('ward = "E05013632"\n', "E09000003", "a code like E05013632"),
        ("months = 12\n", "12", "Wanted: a whole number. Found: text."),
        ("months = 12\n", True, "Wanted: a whole number. Found: true or false."),
        ("share = 0.5\n", "half", "Wanted: a number. Found: text."),
        ('kind: Literal["alcohol", "opiates"] = "alcohol"\n', "cocaine", "'alcohol', 'opiates'"),
        ("ward: str | None = None\n", 7, "Wanted: text or nothing"),
    ],
)
def test_a_value_of_another_kind_is_refused(toy, line, wrong, said):
    """It would be found out in the middle of a notebook, or not at all."""
    path = parameters_cell(toy, line)
    name = line.split(":")[0].split(" =")[0]

    with pytest.raises(InputError) as caught:
        check_parameters(path, ALWAYS | {name: wrong})

    assert said in str(caught.value)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ('ward = "E05013632"\n', "E05013651"),
        ("ward: str | None = None\n", "E05013651"),
        ("ward: str | None = None\n", None),
        ("share = 0.5\n", 1),
        ('kind: Literal["alcohol", "opiates"] = "alcohol"\n', "opiates"),
        ('wards: list[str] = ["E05013632"]\n', []),
    ],
)
def test_a_value_of_its_kind_passes(toy, line, right):
    """Strict is not narrow."""
    path = parameters_cell(toy, line)
    name = line.split(":")[0].split(" =")[0]

    check_parameters(path, ALWAYS | {name: right})


@pytest.mark.parametrize("line", ["ward = first_ward()\n", "a, b = 1, 2\n", "if True:\n  a = 1\n"])
def test_a_parameters_cell_holds_parameters_alone(toy, line):
    """What is computed there would be computed before the values that it needs are given."""
    with pytest.raises(InputError, match="holds more than parameters"):
        declared_parameters(parameters_cell(toy, line))


def test_a_notebook_that_ignores_the_edition_is_refused(toy):
    """It would show everyone the same."""
    path = parameters_cell(toy, "")
    changed = path.read_text(encoding="utf-8").replace("edition = ", "edtion = ")
    path.write_text(changed, encoding="utf-8")

    with pytest.raises(InputError, match="does not set 'edition'"):
        check_parameters(path, ALWAYS)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is missing"),
        ("not json", "can't be read as a notebook"),
        ('{"cells": []}', "has no cell tagged 'parameters'"),
    ],
)
def test_a_notebook_that_is_none_is_named(tmp_path, content, said):
    """Which file, and what to do."""
    path = tmp_path / "01_first.ipynb"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    with pytest.raises(InputError, match=said) as caught:
        declared_parameters(path)

    assert "01_first.ipynb" in str(caught.value)
