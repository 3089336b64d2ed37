"""How the counts of this project's sources are protected: ``data/policies.yml``."""

from pathlib import Path

from cdpb.disclosure.policy import Policy
from cdpb.errors import InputError, closest
from cdpb.file_contents import asked_once
from cdpb.paths import data_folder
from cdpb.yaml_files import read_yaml, typed

POLICIES_FILE = "policies.yml"


def read_policies(path: Path) -> dict[str, Policy]:
    """Every policy of a file, by name.

    Raises InputError if the file is absent, is not YAML, or a policy in it contradicts itself.
    """
    written = read_yaml(path)
    if not isinstance(written, dict) or not written:
        raise InputError(f"{path.name} holds no policies.", "Wanted: a mapping, name to rule.")
    named = {
        str(name): {**rule, "name": str(name)} if isinstance(rule, dict) else rule
        for name, rule in written.items()
    }
    return {name: typed(Policy, rule, path, f"policy {name}") for name, rule in named.items()}


@asked_once
def policies() -> dict[str, Policy]:
    """Every policy of this project, by name."""
    return read_policies(data_folder() / POLICIES_FILE)


def policy(name: str) -> Policy:
    """The policy of that name.

    Raises InputError if there is none. Names the closest.
    """
    known = policies()
    if name in known:
        return known[name]
    raise InputError(f"data/{POLICIES_FILE} has no policy {name!r}.", closest(name, known))
