"""All that our errors say, to be read when it changes: ``python -m tests.support.messages``."""

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LIST = PROJECT / "tests" / "frozen" / "messages.txt"
# What is raised with the lines of a message.
ERRORS = {
    "InputError", "FileError", "CdpbError", "GateRefused", "FindingFailed", "RunFailed",
    "NotPlaced", "NotAdded", "NotWithdrawn",
}  # fmt: skip
GAP = "\N{HORIZONTAL ELLIPSIS}"


def messages() -> str:
    """Every message of the library, its lines beneath each other, in the order of their words."""
    files = sorted((PROJECT / "cdpb").rglob("*.py"))
    found = {message for path in files for message in _messages(path.read_text(encoding="utf-8"))}
    return "\n".join(sorted(found))


def _messages(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in ERRORS:
            lines = [text for each in node.args if (text := _text(each).strip())]
            if lines:
                yield "\n".join([lines[0], *(f"  {line}" for line in lines[1:])]) + "\n"


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")


def _text(node: ast.expr) -> str:
    """A text as it is written, with a gap for each figure or name that is put in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(each) for each in node.values)
    if isinstance(node, ast.IfExp):
        return " | ".join(filter(None, (_text(node.body), _text(node.orelse))))
    return GAP


if __name__ == "__main__":
    LIST.write_text(messages(), encoding="utf-8", newline="\n")
