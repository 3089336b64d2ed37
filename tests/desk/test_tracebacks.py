"""In a notebook a slip shows the analyst's own line and the message, and none of our code."""

import os
from pathlib import PurePath
from unittest.mock import Mock

import pytest
from IPython.core.interactiveshell import InteractiveShell
from papermill.exceptions import PapermillExecutionError

from cdpb.errors import InputError
from cdpb.report.at_desk import prepare
from cdpb.runner.execute import INPUT_ERRORS

SAID = """InputError: There is no kind of figure 'rankd'.
  Did you mean ranked?"""
IMPORTS = "from cdpb.report.figures import kind_of\n"


@pytest.fixture
def shown(monkeypatch):
    """What a notebook shows beneath a cell that fails."""
    shell, lines = InteractiveShell(), []
    monkeypatch.setattr(shell, "_showtraceback", lambda kind, error, told: lines.extend(told))

    def run(cell: str) -> str:
        lines.clear()
        shell.run_cell(IMPORTS + cell)
        return "\n".join(lines)

    run.shell = shell
    return run


def test_the_own_line_and_the_message_are_all_that_is_shown(shown):
    """Good words that come after sixty lines of a library's code are not read."""
    assert shown('kind = "rankd"\nkind_of(kind)') == f"Line 3: kind_of(kind)\n{SAID}"


def test_the_line_is_the_innermost_that_the_analyst_wrote(shown):
    cell = "def drawn(kind):\n    return kind_of(kind)\n\ndrawn('rankd')"
    assert shown(cell) == f"Line 3: return kind_of(kind)\n{SAID}"


def test_an_error_of_python_is_shown_as_python_shows_it(shown):
    """It is nobody's message, so where it arose is all that helps."""
    assert "ZeroDivisionError" in shown("1 / 0")
    assert "Traceback" in shown("1 / 0")


def test_an_error_of_python_in_words_that_a_cell_asked_for_is_told_as_briefly(shown):
    """And `%tb` still shows the whole way there, to whoever mends the words."""
    cell = "from cdpb import say\nsay.possessive(4)"
    prepare(shown.shell)
    brief = shown(cell).splitlines()
    assert brief[0] == "Line 3: say.possessive(4)"
    assert "AttributeError" in brief[1]
    assert brief[2].startswith("  In cdpb/say.py, line ")
    assert brief[3] == "  possessive takes, in this order: name."
    assert "Traceback" in shown("%tb")


def test_it_is_told_where_the_library_lies_on_another_drive(shown, monkeypatch):
    """Of two drives of Windows no path leads from one to the other: Python raises for asking."""
    monkeypatch.setattr(PurePath, "relative_to", Mock(side_effect=ValueError("on another drive")))
    monkeypatch.setattr(os.path, "relpath", Mock(side_effect=ValueError("on another drive")))
    prepare(shown.shell)

    brief = shown("from cdpb import say\nsay.possessive(4)").splitlines()

    assert brief[2].startswith("  In say.py, line ")


def test_papermill_says_what_it_said(shown):
    """It puts into its error what the notebook shows, and that ends with the message."""
    lines = shown("kind_of('rankd')").split("\n")
    error = PapermillExecutionError(3, 3, "kind_of('rankd')", "InputError", "", lines)
    assert str(error).rstrip().endswith(SAID)


def test_a_run_knows_each_error_of_input_by_its_name():
    """A kernel sends no class: only its name tells `cdpb run` that the message is for a person."""
    own = [InputError, *InputError.__subclasses__()]
    raised = {each.__name__ for each in own if each.__module__ == "cdpb.errors"}
    # That of a file is put into an InputError with the file's name.
    assert raised - {"FileError"} == set(INPUT_ERRORS)
