"""The loaders as a notebook uses them: bound to the build of its finding."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from cdpb import loaders
from cdpb.build import Build
from cdpb.errors import InputError
from cdpb.loaders import access

Given = ParamSpec("Given")
Out = TypeVar("Out")
# What no notebook needs: the engine room, and files that have no receipt.
UNBOUND = {"access", "base_counts", "boundary_set", "log", "read_file", "receipt_of_month"}
NAMES = sorted(set(loaders.__all__) - UNBOUND)


class Loaders:
    """The verbs that bring figures in, each for one build: ``load.ward_residents()``.

    A finding hands them out as ``finding.load``. Whatever other findings are alive in the same
    process, they open what this one's edition may show and nothing else.
    """

    def __init__(self, build: Build) -> None:
        self._build = build

    def __dir__(self) -> list[str]:
        return NAMES

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in NAMES:
            raise InputError(f"There is no loader {name!r}.", f"There are: {', '.join(NAMES)}.")
        return _bound(getattr(loaders, name), self._build)

    def __repr__(self) -> str:
        return f"<Loaders for {self._build}>"


def _bound(load: Callable[Given, Out], build: Build) -> Callable[Given, Out]:
    @wraps(load)
    def _for_build(*args: Given.args, **named: Given.kwargs) -> Out:
        with access.building(build):
            return load(*args, **named)

    return _for_build


Self = TypeVar("Self")


def as_built(
    method: Callable[Concatenate[Self, Given], Out],
) -> Callable[Concatenate[Self, Given], Out]:
    """A method of a part of a finding, run for the build that was its ``brief`` names."""

    @wraps(method)
    def _for_build(self: Self, *args: Given.args, **named: Given.kwargs) -> Out:
        with access.building(self.brief.build):  # type: ignore[attr-defined]
            return method(self, *args, **named)

    return _for_build
