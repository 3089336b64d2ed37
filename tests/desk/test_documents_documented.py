"""What docs/publishing.md says of documents is typed here as it stands there."""

import re
import shlex
from pathlib import Path

import pytest

from cdpb.cli import cli, main
from tests.support.browser import chromium
from tests.support.project import CHECKOUT
from tests.support.returned import HERE

TEXT = (CHECKOUT / "docs" / "publishing.md").read_text(encoding="utf-8")
SECTION = TEXT.partition("## Downloads and documents")[2].partition("\n## ")[0]
# Before them the gates are held, which takes minutes: tests/docs does it.
COMMANDS = re.findall(r"^cdpb ((?:pack|pdf|slides) .+)$", SECTION, re.MULTILINE)
PACKING = [each for each in COMMANDS if each.startswith("pack")]


def test_each_command_is_one_with_these_options():
    assert len(COMMANDS) == 4
    for each in COMMANDS:
        name, *words = shlex.split(each)
        command = cli.get_command(None, name)
        assert command.make_context(name, words).params["output"] == Path(HERE)


@pytest.mark.parametrize("typed", PACKING)
def test_packing_works_as_documented(typed, passed, project):
    assert main(shlex.split(typed)) == 0
    (made,) = project.glob("*.zip")
    assert made.name == "E09000003-2023-24-public.zip"
    made.unlink()


@pytest.mark.proof
@pytest.mark.parametrize("typed", [each for each in COMMANDS if each not in PACKING])
def test_documents_are_made_as_documented(typed, newest, tmp_path, monkeypatch):
    """Of an assessment that has a summary, in a folder of its own."""
    chromium()
    monkeypatch.setenv("CDPB_HOME", str(CHECKOUT))
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(typed.replace(HERE, str(newest)))) == 0
    (made,) = tmp_path.iterdir()
    assert made.suffix in (".pdf", ".pptx")
