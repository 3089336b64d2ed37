"""How the counts of this project's sources are protected: ``data/policies.yml``."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cdpb.disclosure.policy import Policy
from cdpb.errors import InputError
from cdpb.file_contents import asked_once
from cdpb.paths import data_folder
from cdpb.yaml_files import read_yaml

POLICIES_FILE = "policies.yml"


def read_policies(path: Path) -> dict[str, Policy]:
    """Every policy of a file, by name.

    Raises
    ------
    InputError
        If the file is absent, is not YAML, or a policy in it contradicts itself.
    """
    if not path.is_file():
        raise InputError(
            f"{path.name}: there is no such file in data/.",
            "Every source names a policy of that file. Nothing was published.",
        )
    written = read_yaml(path)
    if not isinstance(written, dict) or not written:
        raise InputError(f"{path.name} holds no policies.", "Wanted: a mapping, name to rule.")
    return {str(name): _read_policy(str(name), rule, path.name) for name, rule in written.items()}


def _read_policy(name: str, rule: Any, file: str) -> Policy:
    if not isinstance(rule, dict):
        raise InputError(f"{file}: policy {name} is not a mapping.", "See the others in the file.")
    try:
        return Policy(**{**rule, "name": name})
    except ValidationError as error:
        wrong = [
            f"{'.'.join(map(str, item['loc'])) or 'the whole'}: {item['msg']}"
            for item in error.errors()
        ]
        raise InputError(f"{file}: policy {name} can't be used.", *wrong) from None


@asked_once
def policies() -> dict[str, Policy]:
    """Every policy of this project, by name."""
    return read_policies(data_folder() / POLICIES_FILE)


def policy(name: str) -> Policy:
    """The policy of that name.

    Raises
    ------
    InputError
        If there is none. Names the closest.
    """
    known = policies()
    if name in known:
        return known[name]
    close = get_close_matches(name, known, n=3)
    raise InputError(
        f"data/{POLICIES_FILE} has no policy {name!r}.",
        f"Did you mean: {', '.join(close)}?" if close else f"It has: {', '.join(known)}.",
    )
