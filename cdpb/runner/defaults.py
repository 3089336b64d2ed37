"""``data/defaults.yml``: what a command uses where it names nothing else."""

import os
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cdpb import paths
from cdpb.yaml_files import read_yaml, typed

Edition = Literal["public", "partnership"]
EDITIONS: tuple[Edition, ...] = ("public", "partnership")
MOST_WORKERS = 4


class Defaults(BaseModel):
    """The file's content.

    Attributes
    ----------
    cell_timeout, notebook_timeout : int
        Seconds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: list[str] = Field(min_length=1)
    area: list[str] = Field(min_length=1)
    edition: list[Edition] = Field(min_length=1)
    workers: int | Literal["auto"] = "auto"
    cell_timeout: int = Field(default=300, gt=0)
    notebook_timeout: int = Field(default=900, gt=0)

    def worker_count(self, asked: int | None = None) -> int:
        """Notebooks to execute at once."""
        if asked:
            return asked
        if isinstance(self.workers, int):
            return max(1, self.workers)
        return max(1, min(MOST_WORKERS, os.cpu_count() or 1))


def defaults() -> Defaults:
    """Read ``data/defaults.yml``.

    Raises
    ------
    InputError
        If it is missing, isn't YAML, or holds a key or value that has no meaning here.
    """
    path = paths.data_folder() / "defaults.yml"
    return typed(Defaults, read_yaml(path), path)
