"""Policies: one rule a source, written down once."""

import pytest
import yaml

from cdpb.disclosure.policy import Policy
from cdpb.errors import InputError
from cdpb.policies import policies, policy, read_policies

FIVE = {"name": "x", "title": "x", "why": "x", "threshold": 5, "level": "hide"}


def test_every_policy_of_the_project_can_be_read():
    assert set(policies()) == {
        "open",
        "publisher_rounded",
        "under_five_band",
        "under_five_hide",
        "nhs_one_to_seven",
        "estimate",
    }


def test_public_figures_hide_nothing():
    """Police and census counts are published already: hiding one would protect nobody."""
    for name in ("open", "publisher_rounded", "estimate"):
        assert not policy(name).protects
        assert not policy(name).is_primary(1)


def test_counts_of_one_to_four_are_hidden_and_zero_is_shown():
    hidden = [count for count in range(8) if policy("under_five_hide").is_primary(count)]
    assert hidden == [1, 2, 3, 4]


def test_zeros_are_hidden_where_the_policy_says_so():
    with_zeros = Policy(**FIVE, zeros="hidden")
    assert [count for count in range(8) if with_zeros.is_primary(count)] == [0, 1, 2, 3, 4]


def test_hide_means_that_the_threshold_itself_must_stay_possible():
    """At `band` a reader may know that a hidden count is below five; at `hide` not even that."""
    assert policy("under_five_band").must_reach == 4
    assert policy("under_five_hide").must_reach == 5


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"level": None}, "go together"),
        ({"threshold": None, "level": None, "zeros": "hidden"}, "zeros"),
        ({"rounding": "publisher_5"}, "rounded"),
        ({"threshold": 1}, "greater than or equal to 2"),
        ({"marker": "*"}, "c"),
        ({"treshold": 5}, "treshold"),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(tmp_path, change, says):
    """A misspelt key would leave a source unprotected without a word."""
    path = tmp_path / "policies.yml"
    rule = {key: value for key, value in {**FIVE, **change}.items() if key != "name"}
    path.write_text(yaml.safe_dump({"mine": rule}), encoding="utf-8")
    with pytest.raises(InputError, match=says) as caught:
        read_policies(path)
    assert "policies.yml, policy mine" in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 8


def test_a_misspelt_policy_is_answered_with_the_closest():
    with pytest.raises(InputError, match="under_five_hide"):
        policy("under_5_hide")


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "a: [1\n", "a: 5\n"])
def test_a_file_that_holds_no_policies_is_refused(tmp_path, text):
    path = tmp_path / "policies.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        read_policies(path)


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"policies\.yml"):
        read_policies(tmp_path / "policies.yml")
