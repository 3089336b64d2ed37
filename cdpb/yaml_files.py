"""YAML files read as typed objects: the one reader of the project.

Declarations are inputs, so a file that could be read in two ways is refused: a key that stands
twice, of which YAML would drop the first in silence, and what only programs write.
"""

import pickle
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from cdpb.errors import FileError, InputError, closest, is_invisible
from cdpb.file_contents import bytes_of, in_file, relative

Model = TypeVar("Model", bound=BaseModel)
# Of characters that nobody sees, those that text is laid out with.
ALLOWED = set("\t\n\r")
_MOST_SHOWN = 4
_DEEPEST = 20
_MOST_NODES = 100_000
_MERGE = "tag:yaml.org,2002:merge"
_ONLY_PLAIN = "Wanted: plain mappings, lists, words and numbers."
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def refuse_invisible(text: str) -> None:
    """Refuse signs that nobody sees and that turn or hide what stands beside them on a page.

    They are control and format characters, such as those that turn the direction of writing;
    tabs and line breaks are none of them.

    Raises FileError, which names the line and the character, and nothing of the text.
    """
    signs = {sign for sign in set(text) - ALLOWED if is_invisible(sign)}
    if signs:
        at = min(text.index(sign) for sign in signs)
        raise FileError(
            f"This file, line {text.count(chr(10), 0, at) + 1}: an invisible character.",
            f"Found: U+{ord(text[at]):04X} ({unicodedata.name(text[at], 'a control character')}).",
            "Delete it there: type the text again, or paste it without its formatting.",
        )


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; each caller has a copy of its own.

    Raises InputError if the file is absent, isn't UTF-8 or isn't YAML; if a key stands twice in it;
    or if it has tags, is nested more than twenty deep or grows too large by aliases. Names the
    line.
    """
    with in_file(path):
        return pickle.loads(_read(bytes_of(path)))


@lru_cache(maxsize=512)
def _read(content: bytes) -> bytes:
    """The content, pickled: a copy is made far sooner than it is parsed again."""
    loader = None
    try:
        text = content.decode("utf-8-sig")
        _refuse_depth_and_tags(text)
        refuse_invisible(text)
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return pickle.dumps(None)
        _refuse_repeated_keys(node, loader)
        _refuse_invisible_in(node)
        return pickle.dumps(loader.construct_document(node))
    except UnicodeDecodeError:
        raise FileError(
            "This file is not UTF-8 text.", "Save it again with the encoding UTF-8."
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "its structure is broken"
        raise _unreadable(mark, problem) from None
    except (ValueError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        # A date like 2023-02-30: YAML takes it for a date, and Python finds that there is none.
        mark = loader.reached if loader else None
        raise _unreadable(mark, f"its value can't be: {str(error)[:60]}") from None


def yaml_text(content: Any) -> str:
    """Content as YAML, its keys in the order given."""
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=96)


class _Loader(_SafeLoader):
    """PyYAML's safe loader, which remembers where it is."""

    reached: Any = None

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        self.reached = node.start_mark
        return super().construct_object(node, deep)


def _refuse_depth_and_tags(text: str) -> None:
    """Before anything is built of it, which goes as deep as the file is nested."""
    depth = 0
    for event in yaml.parse(text, Loader=_SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _unreadable(event.start_mark, "it is nested too deep", _ONLY_PLAIN)
        if tag := getattr(event, "tag", None):
            found = f"it has the tag {tag[:40]!r}"
            raise _unreadable(event.start_mark, found, _ONLY_PLAIN)


def _nodes(node: yaml.Node, depth: int = 0) -> Iterator[tuple[yaml.Node, int]]:
    """Every node with its depth, those behind an alias again wherever it stands."""
    yield node, depth
    within = node.value if isinstance(node, yaml.CollectionNode) else []
    for entry in within:
        for below in entry if isinstance(entry, tuple) else (entry,):
            yield from _nodes(below, depth + 1)


def _refuse_invisible_in(top: yaml.Node) -> None:
    """YAML may write such a character as visible ones, which it then reads as that character."""
    for node, _ in _nodes(top):
        if not isinstance(node, yaml.ScalarNode) or node.value.isprintable():
            continue
        if any(is_invisible(sign) for sign in set(node.value) - ALLOWED):
            raise _unreadable(node.start_mark, "it holds an invisible character")


def _refuse_repeated_keys(top: yaml.Node, loader: Any) -> None:
    """And aliases by which a small file grows beyond any memory, or contains itself."""
    for number, (node, depth) in enumerate(_nodes(top)):
        if depth > _DEEPEST or number > _MOST_NODES:
            raise _unreadable(node.start_mark, "its aliases make it too large", _ONLY_PLAIN)
        if isinstance(node, yaml.MappingNode):
            _refuse_repeated_key(node, loader)


def _refuse_repeated_key(node: yaml.MappingNode, loader: Any) -> None:
    first: dict[Any, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise _unreadable(key.start_mark, "a key is no plain word", _ONLY_PLAIN)
        name = key.value if key.tag == _MERGE else loader.construct_object(key)
        if name in first:
            raise FileError(
                f"This file: the key {str(name)[:60]!r} stands twice.",
                f"Found: on line {first[name]}, and in the same block again on line {line}.",
                "Put what both say under one of them, and delete the other.",
            )
        first[name] = line


def _unreadable(mark: Any, problem: str, *more: str) -> FileError:
    where = f"line {mark.line + 1}: " if mark else ""
    return FileError("This file is not readable as YAML.", f"{where}{problem}", *more)


def typed(model: type[Model], content: Any, path: Path, entry: str = "") -> Model:
    """Content of a YAML file as an object of a model.

    Raises InputError if a key is unknown or missing, or a value is of the wrong kind. Names the
    file and keys.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in each['loc']) or 'the whole'}: {_said(each, model)}"
            for each in error.errors()[:_MOST_SHOWN]
        ]
        title = f"{relative(path)}, {entry}" if entry else relative(path)
        raise InputError(f"{title}: not as declared.", *problems) from None


def _said(problem: Any, model: type[BaseModel]) -> str:
    """What is wrong with a key or its value; of a key of the whole, what may have been meant."""
    if problem["type"] == "missing":
        return "wanted, and not there."
    if problem["type"] != "extra_forbidden":
        return str(problem["msg"])
    near = closest(problem["loc"][0], model.model_fields) if len(problem["loc"]) == 1 else ""
    return f"no key of that name. {near}".rstrip()
