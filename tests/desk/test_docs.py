"""Every command that a page of docs/ or the README names is one that cdpb knows, with its options.

Those of a block are typed, too: tests/docs does what each page says.
"""

import re

import pytest

from cdpb.cli import main
from tests.support.made_docs import DOCS

MADE = "commands.md"
PAGES = ["../README.md", *sorted(path.name for path in DOCS.glob("*.md") if path.name != MADE)]


def commands(text: str) -> list[str]:
    """Each command of a block or a sentence, as a reader copies it; not one that is mistyped."""
    blocks = "\n".join(re.findall(r"^```\w*\n(.*?)^```$", text, flags=re.S | re.M))
    named = re.findall(r"`cdpb ([a-z][^`]*)`", re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M))
    return [*re.findall(r"^cdpb (.+?)(?: +#.*)?$", blocks, flags=re.M), *named]


def test_the_pages_show_commands():
    shown = [each for name in PAGES for each in commands((DOCS / name).read_text(encoding="utf-8"))]
    assert len(shown) > 15


@pytest.mark.parametrize("name", PAGES)
def test_each_command_of_a_page_is_known_with_its_options(name, capsys):
    for command in commands((DOCS / name).read_text(encoding="utf-8")):
        words = re.sub(r'"[^"]*"', "X", command).split()
        assert main([*words, "--help"]) == 0, command
        known = capsys.readouterr().out
        missing = [word for word in words if word.startswith("--") and word not in known]
        assert missing == [], command


@pytest.mark.parametrize("name", PAGES)
def test_each_file_that_a_page_names_in_docs_is_there(name):
    text = (DOCS / name).read_text(encoding="utf-8")
    named = re.findall(r"`(?:docs/)?(\w+\.md)`", text)
    assert [each for each in named if not (DOCS / each).is_file() and each != "methods.md"] == []
