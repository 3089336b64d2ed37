"""Which of our modules a piece of code can load: read from its text, without loading anything."""

import ast
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Set
from functools import cache, cached_property
from pathlib import Path

import cdpb
from cdpb import paths
from cdpb.durable_files import json_of, write_whole
from cdpb.report.charts import MODULES as DRAWINGS

PACKAGE, FINDINGS, LOADERS = "cdpb", "findings", "cdpb.loaders"
BY_NAME = ("import_module", "__import__", "exec", "eval", "get_ipython")


class Modules:
    """Our modules and the findings' own, each with its hash and what it imports.

    What a file imports is kept in ``.cdpb`` by its hash: to parse all takes half a second.
    """

    def __init__(self) -> None:
        self._files = dict(_own_modules())
        self.hashes = {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
            for name, path in self._files.items()
        }
        self._below, self._next = cache(self._reached_from), cache(self._imported_by)
        self._of_code = cache(lambda code: self._ours(self._named_in(code)))

    def loaded_by(self, code: str) -> dict[str, str]:
        """Name and hash of every module that some code can load, whatever way it takes.

        Of code that can't be read, or that imports by a name which it computes, all are.
        """
        found = set[str]().union(*map(self._below, self._of_code(code)))
        return {name: self.hashes[name] for name in sorted(found)}

    def _reached_from(self, name: str) -> Set[str]:
        """A module, and every one that it or those it imports can load."""
        todo, found = {name}, set[str]()
        while todo:
            each = todo.pop()
            found.add(each)
            todo |= self._next(each) - found
        return found

    def _imported_by(self, name: str) -> Set[str]:
        # Which of the loaders reads a source stands in its declaration.
        named = {each for each in self.hashes if name == LOADERS and is_in(each, LOADERS)}
        return named | self._ours(self._imports[self.hashes[name]])

    def _named_in(self, code: str) -> Iterable[str]:
        """What a finding's own code imports, and the drawings that it names."""
        try:
            nodes = list(_running(ast.parse(code)))
        except SyntaxError:
            return self.hashes
        if any(isinstance(node, ast.Name) and node.id in BY_NAME for node in nodes):
            return self.hashes
        named = {node.value for node in nodes if isinstance(node, ast.Constant)}
        return {*_imported(nodes), *(DRAWINGS[kind] for kind in DRAWINGS if kind in named)}

    def _ours(self, names: Iterable[str]) -> set[str]:
        """Of names as an import gives them the modules of ours, with the packages they are in."""
        above = (each for name in names for each in _with_packages(name))
        return {each for each in above if each in self.hashes}

    @cached_property
    def _imports(self) -> dict[str, list[str]]:
        kept = paths.private_folder() / "imports.json"
        known = json_of(kept)
        found = {
            digest: known[digest] if digest in known else self._read_imports(name)
            for name, digest in self.hashes.items()
        }
        if found != known:
            write_whole(kept, json.dumps(found), kept.with_suffix(f".{os.getpid()}"))
        return found

    def _read_imports(self, name: str) -> list[str]:
        code = self._files[name].read_text(encoding="utf-8")
        if is_in(name, FINDINGS):
            return sorted(self._named_in(code))
        return sorted(_imported(_running(ast.parse(code))))


def is_in(name: str, package: str) -> bool:
    """Whether a module is in a package, or is that package."""
    return name == package or name.startswith(f"{package}.")


def _imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names in imports, wherever they stand: a module's, or that of something in one."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{each.name}" for each in node.names)


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that only a type checker reads, in no order."""
    waiting = [tree]
    while waiting:
        for node in ast.iter_child_nodes(waiting.pop()):
            if not (isinstance(node, ast.If) and _is_for_types(node.test)):
                yield node
                waiting.append(node)


def _is_for_types(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _with_packages(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]


def _own_modules() -> Iterator[tuple[str, Path]]:
    library = Path(cdpb.__file__).parent
    for package, folder in ((PACKAGE, library), (FINDINGS, paths.findings_folder())):
        for path in sorted(folder.rglob("*.py")):
            inside = path.relative_to(folder).with_suffix("").parts
            yield ".".join([package, *(each for each in inside if each != "__init__")]), path
