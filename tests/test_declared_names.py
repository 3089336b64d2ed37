"""What a finding is called names files of an assessment, and none outside of it."""

import pytest
import yaml

from cdpb.declarations import declarations
from cdpb.errors import InputError
from tests.support.project import lines_of
from tests.support.toys import toy_project


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("slug", "../first"),
        ("slug", "a/b"),
        ("slug", "a\\b"),
        ("slug", ".hidden"),
        ("slug", ""),
        ("id", "../first"),
        ("id", "a b"),
        ("notebook", "../first.ipynb"),
        ("notebook", "first.py"),
    ],
)
def test_a_name_that_leads_out_of_the_assessment_is_refused(tmp_path, monkeypatch, key, value):
    """A slug with two dots left a page outside the assessment's folder."""
    root = toy_project(tmp_path / "toy", monkeypatch)
    path = root / "notebooks" / "findings" / "first.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content[key] = value
    path.write_text(yaml.safe_dump(content), encoding="utf-8")

    with pytest.raises(InputError, match=key) as error:
        declarations()

    assert "notebooks/findings/first.yml" in lines_of(error)[0]


def test_a_percentage_of_people_says_what_it_is_of():
    """A column that doesn't would have a decimal whatever its people bear."""
    columns = declarations().columns
    percentages = {name: each for name, each in columns.items() if each.kind == "percent"}
    changes = {name for name in percentages if "change" in name or name == "percent_a_year"}
    of_people = {name for name, each in percentages.items() if each.denominator or each.of}

    assert of_people == percentages.keys() - changes
    assert len(of_people) > 10
    for name in of_people:
        wholes = [columns[each].kind for each in percentages[name].denominator]
        assert set(wholes) <= {"number", "count"}, name
