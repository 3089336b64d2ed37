"""Every abbreviation that a page uses is in the glossary."""

import re
from pathlib import Path

import pytest

from cdpb.report.html_tree import read_document
from cdpb.report.page import terms
from tests.support.built import BARNET

# Words that stand in capitals on a page and are no abbreviations.
MARKS = {"DEMONSTRATION", "OFFICIAL-SENSITIVE"}
# Nobody looks these up.
EVERYDAY = {"GOV.UK", "GPs", "GP", "KB", "CSV", "HM", "UK", "OK"}
_CODE = re.compile(r"\b[A-Z]\d[\w-]*|\bTS\d+\w*")
_CAPITALS = re.compile(r"\b[A-Z]{2,}s?\b")


def unexplained(text: str) -> set[str]:
    """The abbreviations of a text that the glossary lacks."""
    known = {each.term for each in terms()} | MARKS | EVERYDAY
    for each in sorted(known, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(each)}\b", " ", text)
    return set(_CAPITALS.findall(_CODE.sub(" ", text)))


def words_of(page: str) -> str:
    """What a reader sees, without folded code and the names of files."""
    page = re.sub(r"<(pre|code|style|script|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return read_document(page).root.text


def test_an_abbreviation_without_an_entry_is_found():
    assert unexplained("The XYZ met CGL and GPs at Colindale, E05013632.") == {"XYZ"}


def test_no_everyday_word_is_explained():
    """A glossary that explains KB hides what it has on funnels."""
    known = {each.term for each in terms()}
    assert not known & EVERYDAY
    assert {"recorded offences", "funnel", "confidence interval"} <= known


def test_each_abbreviation_has_its_full_name_or_a_meaning_that_says_what_it_is():
    """A term is listed once."""
    names = [each.term for each in terms()]
    assert len(names) == len(set(names))
    assert all(each.meaning.endswith(".") for each in terms())


def test_the_delivery_plan_and_the_metrics_use_no_abbreviation_unexplained(project):
    """Partners read them from other professions."""
    for name in ("E09000003_actions.csv", "E09000003.yml"):
        text = (project / "data" / "areas" / name).read_text(encoding="utf-8")
        assert unexplained(text) == set(), name


@pytest.mark.slow
def test_no_page_uses_an_abbreviation_that_the_glossary_lacks(assessments: Path):
    for path in sorted(assessments.glob(f"*/{BARNET}/public/*.html")):
        text = words_of(path.read_text(encoding="utf-8"))
        assert unexplained(text) == set(), path.name
