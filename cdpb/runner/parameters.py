"""Parameters of a notebook, checked by name, type and value before a kernel starts.

Papermill lets a misspelt parameter pass: it injects a name that no cell reads.
"""

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from cdpb import catalogue, paths
from cdpb.areas import AreaFile
from cdpb.build import PARTNERSHIP, PARTNERSHIP_ONLY
from cdpb.csv_files import list_rows
from cdpb.declarations import FindingDeclaration
from cdpb.errors import InputError

ALWAYS = ("year", "area", "edition", "demonstration")
TAG = "parameters"
_CODE = re.compile(r"([A-Z])(\d{2})\d{6}")
_PLAIN: dict[str, Any] = {each.__name__: each for each in (str, int, float, bool, list, dict)}
_NAMES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "NoneType": "nothing",
}


@dataclass(frozen=True)
class Parameter:
    """One name of a parameters cell: its default there, and the type that a value must have."""

    name: str
    default: Any
    kind: Any

    def wanted_for(self, value: Any) -> str:
        """What is wanted in place of a wrong value, by type and kind of code; else nothing."""
        try:
            TypeAdapter(self.kind).validate_python(value, strict=True)
        except ValidationError:
            return f"{_called(self.kind)}. Found: {_called(type(value))}"
        kind = _CODE.fullmatch(self.default) if isinstance(self.default, str) else None
        given = _CODE.fullmatch(value) if isinstance(value, str) else None
        if not kind or value == "" or (given and given.groups() == kind.groups()):
            return ""
        return f"a code like {self.default}"


def declared_parameters(path: Path) -> dict[str, Parameter]:
    """The names that a notebook's parameters cell assigns, each to a plain value.

    Refused where there is no such cell, or where it holds more.
    """
    cell = _parameters_cell(path)
    try:
        statements = ast.parse(cell).body
        found = [_parameter(statement) for statement in statements if not _is_text(statement)]
    except (SyntaxError, ValueError):
        raise InputError(
            f"notebooks/{path.name}: its parameters cell holds more than parameters.",
            'Wanted: lines like year = "2023/24", each a plain value.',
            "Move what is computed into the next cell.",
        ) from None
    return {parameter.name: parameter for parameter in found}


def check_parameters(path: Path, given: Mapping[str, Any]) -> None:
    """Refuse what a notebook would be given that it does not declare, naming the closest."""
    declared = declared_parameters(path)
    for name in ALWAYS:
        if name not in declared:
            raise InputError(
                f"notebooks/{path.name}: its parameters cell does not set {name!r}.",
                f"Wanted: {', '.join(ALWAYS)}. Found: {', '.join(declared) or 'none'}.",
                "Nothing was run.",
            )
    for name, value in given.items():
        _check_one(path, declared, name, value)


def _check_one(path: Path, declared: Mapping[str, Parameter], name: str, value: Any) -> None:
    if name not in declared:
        near = get_close_matches(name, declared, n=1)
        raise InputError(
            f"notebooks/{path.name} has no parameter {name!r}.",
            *([f"Did you mean {near[0]!r}?"] if near else []),
            f"It has: {', '.join(declared)}.",
            "Area parameters stand in data/areas/, under parameters. Nothing was run.",
        )
    wanted = declared[name].wanted_for(value)
    if wanted:
        raise InputError(
            f"notebooks/{path.name}: parameter {name!r} can't be {value!r}.",
            f"Wanted: {wanted}.",
            "Nothing was run.",
        )


def notebook_text(path: Path) -> str:
    """The bytes of a notebook as text."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(
            f"notebooks/{path.name} is missing.",
            "A file in notebooks/findings/ names it. Restore it, or name another there.",
            "Nothing was run.",
        ) from None
    except UnicodeDecodeError:
        raise not_a_notebook(path) from None


def not_a_notebook(path: Path) -> InputError:
    """What to say of a file that can't be read as a notebook."""
    return InputError(
        f"notebooks/{path.name} can't be read as a notebook.",
        "Open it in JupyterLab to see what is wrong, or restore it.",
        "Nothing was run.",
    )


def _parameters_cell(path: Path) -> str:
    # Read as plain JSON: importing nbformat takes longer than all of planning.
    text = notebook_text(path)
    try:
        cells = json.loads(text)["cells"]
        tagged = [cell for cell in cells if TAG in cell["metadata"].get("tags", [])]
        sources = ["".join(cell["source"]) for cell in tagged if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise not_a_notebook(path) from None
    if sources:
        return sources[0]
    raise InputError(
        f"notebooks/{path.name} has no cell tagged {TAG!r}.",
        f"Wanted: one, near its top, that sets {', '.join(ALWAYS)}.",
        "In JupyterLab: Property Inspector (the cogs), Common Tools, Cell Tags.",
        "Nothing was run.",
    )


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _parameter(statement: ast.stmt) -> Parameter:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.expr() as to):
            return Parameter(name, ast.literal_eval(to), _kind(annotation))
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            default = ast.literal_eval(value)
            return Parameter(name, default, str | None if default is None else type(default))
    raise ValueError("not a plain assignment")


def _kind(node: ast.expr) -> Any:
    """The type that an annotation names: ``str | None``, ``list[str]``, ``Literal["a", "b"]``."""
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return Union[_kind(left), _kind(right)]  # noqa: UP007  # types known only here
        case ast.Constant(value=None):
            return NoneType
        case ast.Name(id=name) if name in _PLAIN:
            return _PLAIN[name]
        case ast.Subscript(value=ast.Name(id=name), slice=inner):
            listed = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            if name == "Literal":
                return Literal[tuple(ast.literal_eval(each) for each in listed)]
            if name in ("list", "dict"):
                return _PLAIN[name][tuple(map(_kind, listed))]
    raise ValueError("not an annotation that can be checked")


def _called(kind: Any) -> str:
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return " or ".join(map(_called, inside))
    if origin is Literal:
        return ", ".join(map(repr, inside))
    name = (origin or kind).__name__
    return _NAMES.get(name, f"a {name}")


def make_no_difference(
    finding: FindingDeclaration, local: AreaFile | None, code: str, *, hides: bool
) -> list[str]:
    """Which parameters of its build a finding's record hangs on in no way.

    Whoever it is for, unless something is hidden in it, or a source, a quoted figure or an
    exception is for partners alone. And a demonstration, unless a source is illustrative.

    Parameters
    ----------
    code : str
        Of its notebook's cells; a figure is quoted there by its id.
    hides : bool
        Whether counts of any of its sources may be hidden.
    """
    sources = [catalogue.source(each) for each in finding.sources]
    for_partners = [each.access in PARTNERSHIP_ONLY for each in sources]
    for_partners += [each.edition == PARTNERSHIP for each in (local.exceptions if local else ())]
    for_partners += [quoted in code for quoted in _quoted_for_partners()]
    found = [] if hides or any(for_partners) else ["edition"]
    illustrative = any(each.status == "illustrative" for each in sources)
    return found if illustrative else [*found, "demonstration"]


def _quoted_for_partners() -> list[str]:
    path = paths.data_folder() / "quoted_figures.csv"
    rows = list_rows(path, "quote_id", "access") if path.is_file() else []
    return [row["quote_id"] for row in rows if row["access"] in PARTNERSHIP_ONLY]
