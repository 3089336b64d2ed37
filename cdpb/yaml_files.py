"""YAML files read as typed objects."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from cdpb import paths
from cdpb.errors import InputError

Model = TypeVar("Model", bound=BaseModel)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST_SHOWN = 4


def relative(path: Path) -> str:
    """A path as a message shows it: from the project root, with forward slashes."""
    try:
        return path.resolve().relative_to(paths.project_root()).as_posix()
    except ValueError:
        return path.name


def bytes_of(path: Path) -> bytes:
    """What a file holds.

    Raises
    ------
    InputError
        If it is missing, or can't be opened.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(
            f"{relative(path)} is missing.", "Put the file there.", "Nothing was loaded."
        ) from None
    except OSError:
        raise InputError(
            f"{relative(path)} can't be opened.",
            "Close it where it is open in another program, and look whether you may read it.",
            "Nothing was loaded.",
        ) from None


def read_yaml(path: Path) -> Any:
    """What a YAML file holds.

    Raises
    ------
    InputError
        If the file is absent, isn't UTF-8, or isn't YAML; names the line.
    """
    try:
        return yaml.load(bytes_of(path).decode("utf-8-sig"), Loader=_Loader)
    except UnicodeDecodeError:
        raise InputError(
            f"{relative(path)} is not UTF-8 text.", "Save it again with the encoding UTF-8."
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise InputError(
            f"{relative(path)} is not readable as YAML.",
            f"{where}{getattr(error, 'problem', None) or 'its structure is broken'}",
        ) from None


def typed(model: type[Model], content: Any, path: Path, entry: str = "") -> Model:
    """Content of a YAML file as an object of a model.

    Raises
    ------
    InputError
        If a key is unknown or missing, or a value is of the wrong kind. Names the file and keys.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in each['loc']) or 'the whole'}: {each['msg']}"
            for each in error.errors()[:_MOST_SHOWN]
        ]
        title = f"{relative(path)}, {entry}" if entry else relative(path)
        raise InputError(f"{title}: not as declared.", *problems) from None
