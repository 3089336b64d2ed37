"""Which files of a finding the gate of other worlds compares."""

from types import SimpleNamespace

from cdpb.runner.gates.interference import files_of


def of(rows: int, folder) -> list[str]:
    table = {"file": "tables/a/t.csv", "rows": rows}
    record = {"id": "a", "slug": "a-page", "tables": [table], "key_figures": [], "tested": True}
    job = SimpleNamespace(finding="a", page="a-page.html", workspace=folder)
    return files_of(job, SimpleNamespace(record=record))


def test_a_finding_that_holds_nothing_has_no_page_to_compare(tmp_path):
    """An assessment leaves it out, so one of another world must not be missed there."""
    assert of(0, tmp_path) == ["findings/a.json", "tables/a/t.csv"]
    assert of(1, tmp_path)[0] == "a-page.html"


def test_a_table_that_only_the_other_world_has_is_compared(tmp_path):
    (tmp_path / "tables" / "a").mkdir(parents=True)
    (tmp_path / "tables" / "a" / "more.csv").write_text("n", encoding="utf-8")
    assert "tables/a/more.csv" in of(1, tmp_path)
