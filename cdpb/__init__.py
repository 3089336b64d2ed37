"""A reproducible needs assessment for Combating Drugs Partnership Boards."""

import sys

from cdpb import paths
from cdpb.errors import InputError


def _find_findings() -> None:
    """Let a notebook import its finding's own file, wherever in the project it is opened."""
    try:
        folder = str(paths.notebooks_folder())
    except InputError:
        return
    if folder not in sys.path:
        sys.path.append(folder)


_find_findings()
