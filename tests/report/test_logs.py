"""The logs of assumptions and of data: each entry is of something, and each source has one."""

import pytest

from cdpb import catalogue
from cdpb.declarations import declarations
from cdpb.errors import InputError
from cdpb.report import method
from cdpb.report.index import METHODS, common_pages
from cdpb.report.method import LOGS, logged, method_of

ASSUMED, KNOWN = LOGS
FINDINGS = {each.id: each for each in declarations().findings}


@pytest.mark.parametrize("kind", LOGS)
def test_every_entry_names_sources_and_findings_that_there_are(kind):
    entries = logged(kind)
    assert len(entries) >= 9
    assert len({each.id for each in entries}) == len(entries)
    for each in entries:
        assert set(each.sources) <= set(catalogue.sources()), each.id
        assert set(each.findings) <= set(FINDINGS), each.id


def test_every_source_of_a_finding_has_an_entry_in_the_log_of_data():
    known = {name for each in logged(KNOWN) for name in each.sources}
    used = {name for each in FINDINGS.values() for name in each.sources}
    assert used - known == set()


def test_an_entry_of_a_finding_speaks_of_a_source_that_it_uses():
    for each in (*logged(ASSUMED), *logged(KNOWN)):
        for name in each.findings:
            assert set(each.sources) & set(FINDINGS[name].sources), (each.id, name)


def test_what_is_assumed_for_a_finding_stands_in_its_method_with_quality_and_impact():
    told = method_of(FINDINGS["women_in_treatment"], ["ndtms_adults"], [])
    own = [each for each in logged(ASSUMED) if "women_in_treatment" in each.findings]
    assert len(own) == 1
    assert told[ASSUMED] == [own[0].told]
    assert told[ASSUMED][0].endswith("Quality: high; impact: low.")


def record(*sources):
    return {
        "id": "women_in_treatment", "slug": "women", "title": "Women", "year": "2023/24",
        "area": {"code": "E09000003", "name": "Barnet"}, "edition": "public",
        "headline": "", "statement": "", "verdict": None, "tables": [],
        "notices": [], "key_figures": [], "figures": [],
        "sources": [
            {"id": each, "title": catalogue.source(each).title, "access": "public",
             "publisher": "", "landing_page": "", "licence": "", "attribution": "",
             "receipts": [], "period": None, "status": "official"}
            for each in sources
        ],
    }  # fmt: skip


def test_the_page_of_methods_tells_the_rest_of_the_sources_that_are_used_and_of_no_other():
    page = common_pages([record("mps_borough_crime")])[METHODS]
    grow = next(each for each in logged(KNOWN) if each.id == "months_grow_later")
    ndtms = next(each for each in logged(KNOWN) if each.id == "ndtms_complete")
    women = next(each for each in logged(ASSUMED) if "women_in_treatment" in each.findings)
    assert grow.what in page
    assert catalogue.source("mps_borough_crime").title in page
    assert ndtms.what not in page
    assert women.what not in page


def test_an_entry_with_an_unknown_level_is_refused(tmp_path, monkeypatch):
    text = "- {id: a, what: A., why: B., quality: fine, impact: low, sources: []}\n"
    (tmp_path / "assumptions.yml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(method.paths, "data_folder", lambda: tmp_path)
    with pytest.raises(InputError, match=r"assumptions\.yml.*entry 1"):
        logged(ASSUMED)
