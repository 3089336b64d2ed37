"""Tests dealt to workers, each of which begins with long ones: none is left with them at the end.

With ``--dist=worksteal`` each worker has an equal share of the list, in its order, and takes from
the others' ends when it has done its own.
"""

from collections.abc import Iterable
from itertools import chain, groupby

import pytest

Files = list[list[pytest.Item]]


def dealt(items: Iterable[pytest.Item], workers: int) -> list[pytest.Item]:
    """The same tests: in each share slow files first, and after those the quick ones.

    What needs the assessments is one worker's share, so that no other waits until they are made.
    """
    files = [list(each) for _, each in groupby(items, lambda item: item.path)]
    waiting = [each for each in files if any("assessments" in _needed(item) for item in each)]
    slow = [each for each in files if each not in waiting and any(map(_is_slow, each))]
    quick = _joined([each for each in files if each not in waiting and each not in slow])
    shares = [waiting, *(slow[at :: workers - 1] for at in range(workers - 1))]
    size = -(-sum(map(len, files)) // workers)
    for share in shares:
        missing = max(0, size - len(_joined(share)))
        share.append(quick[:missing])
        del quick[:missing]
    return [*_joined([_joined(share) for share in shares]), *quick]


def _joined(files: Files) -> list[pytest.Item]:
    return list(chain.from_iterable(files))


def _needed(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


def _is_slow(item: pytest.Item) -> bool:
    return "slow" in item.keywords
