"""A page that is made of the others' records is made after them, from today's."""

import json

import pytest
import yaml

from cdpb.runner.keys import Inputs
from cdpb.runner.plan import plan
from tests.runner.test_plan import barnet
from tests.support.commands import HERE, cdpb
from tests.support.toys import write_notebook

GATHER = """import json, os
from pathlib import Path
found = sorted(Path(os.environ["CDPB_SAVE_TO"]).glob("findings/*.json"))
toys = [json.loads(path.read_text(encoding="utf-8"))["id"] for path in found]
assert toys == EXPECTED, toys"""


@pytest.fixture
def whole(toy):
    """The toy project with a third page, first in order, that is made of the other two."""
    more = {"slug": "whole", "title": "Whole", "notebook": "whole.ipynb", "after": "all"}
    text = yaml.safe_dump({**more, "order": 0, "sources": ["toy_counts"]})
    (toy / "notebooks" / "findings" / "whole.yml").write_text(text, encoding="utf-8")
    write_notebook(toy, "whole", ['EXPECTED = ["first", "second"]', GATHER])
    return toy


@pytest.mark.slow
def test_the_page_of_the_whole_finds_the_other_records_and_stands_first(whole, capsys):
    """It runs last, whatever its place in the index."""
    code, out, err = cdpb(capsys, "run")

    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()[1:4]] == ["first", "second", "whole"]
    manifest = json.loads((whole / "outputs" / HERE / "manifest.json").read_text(encoding="utf-8"))
    assert [each["id"] for each in manifest["findings"]] == ["whole", "first", "second"]


@pytest.mark.slow
def test_made_alone_it_finds_the_records_of_those_that_stand(whole, capsys):
    """And when one of the others says something else, it is made again."""
    cdpb(capsys, "run")
    code, out, err = cdpb(capsys, "run", "--finding", "whole")
    assert (code, err) == (0, "")
    assert "first    unchanged" in out

    write_notebook(whole, "first", ["toys = 14"])
    path = whole / "notebooks" / "first.ipynb"
    path.write_text(path.read_text("utf-8").replace("Twelve toys", "Fourteen toys"), "utf-8")
    code, out, err = cdpb(capsys, "run", "--finding", "first")

    assert (code, err) == (0, "")
    assert "changed: the record of first" in out.split("whole")[1]


def test_its_key_holds_the_keys_of_the_others(whole):
    """Else an old summary would stand beside new findings."""

    def key() -> str:
        jobs = plan(barnet(whole), [], "run", Inputs()).jobs
        return next(job.key for job in jobs if job.finding == "whole")

    before = key()
    assert key() == before
    write_notebook(whole, "second", ["toys = 15"])
    assert key() != before
