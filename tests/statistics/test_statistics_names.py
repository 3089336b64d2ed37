"""What ``cdpb.statistics`` offers, each imported when it is asked for."""

import ast
from pathlib import Path

import pytest

from cdpb import statistics


def test_every_statistic_is_where_it_is_said_to_be():
    assert len(statistics.__all__) > 40
    for name in statistics.__all__:
        assert getattr(statistics, name).__name__ == name


def test_an_editor_is_told_of_the_same_names():
    """They are imported for it alone, or a notebook would load all of them."""
    text = Path(statistics.__file__).read_text(encoding="utf-8")
    (block,) = (node for node in ast.parse(text).body if isinstance(node, ast.If))
    told = [(each.module, alias.name) for each in block.body for alias in each.names]
    modules = [(getattr(statistics, name).__module__, name) for name in statistics.__all__]
    assert sorted(told) == sorted(modules)


def test_a_slip_is_an_error_as_in_any_module():
    with pytest.raises(AttributeError, match="has no attribute 'crude_rat'"):
        statistics.crude_rat  # noqa: B018
    assert "crude_rate" in dir(statistics)
