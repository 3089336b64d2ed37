"""What a page of the documentation tells its reader to type, and what it shows of the answer."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAMS = ("cdpb", "cp", "make", "python", "conda", "pip", "py", ".venv\\Scripts\\activate", "$")
# Made from the code: it shows how a command is called, and none that a reader would type.
MADE = ("commands.md", "reference.md", "sources.md")
PAGES = [
    "README.md",
    *sorted(f"docs/{each.name}" for each in (CHECKOUT / "docs").glob("*.md")
            if each.name not in MADE),
]  # fmt: skip
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of a page.

    Attributes
    ----------
    before : str
        The prose between it and the block above.
    """

    language: str
    text: str
    before: str

    @property
    def commands(self) -> list[str]:
        """Its commands, if each of its lines is one; of a dialogue, the first line."""
        lines = self.text.splitlines()
        if self.language or not lines or not all(_is_typed(each) for each in lines):
            return [lines[0].removeprefix("$ ")] if self.is_dialogue else []
        return lines

    @property
    def is_dialogue(self) -> bool:
        """Whether it shows a command with ``$``, and below it what that says."""
        return not self.language and self.text.startswith("$ ")

    @property
    def shown(self) -> str:
        """What it says that a command printed; nothing where it shows none."""
        if self.is_dialogue:
            return self.text.partition("\n")[2]
        return "" if self.language or self.commands else self.text

    @property
    def file(self) -> str:
        """The file whose content it shows: the last one that the prose above it names."""
        named = re.findall(r"`([\w/]+\.csv)`", self.before)
        return named[-1] if self.language == "csv" and named else ""


def _is_typed(line: str) -> bool:
    return line.split(" ")[0] in PROGRAMS


def blocks(page: str) -> Iterator[Block]:
    """The blocks of a page, in its order."""
    text, end = (CHECKOUT / page).read_text(encoding="utf-8"), 0
    for found in BLOCK.finditer(text):
        yield Block(found[1], found[2], text[end : found.start()])
        end = found.end()


def words(command: str) -> list[str]:
    """A command as a shell hands it on, without the remark behind it."""
    return shlex.split(command, comments=True)
