"""The real project, and assessments built from it."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import copytree

import pytest
from filelock import FileLock

from cdpb.build import Build
from cdpb.loaders import access, receiving
from cdpb.runner.execute import environment
from cdpb.runner.modules import Modules
from cdpb.runner.pool import kernels_forked, starting
from tests.support.built import FEW, YEARS, built, make
from tests.support.commands import standing, toy
from tests.support.dealt import dealt
from tests.support.returned import assessed_project

__all__ = ["standing", "toy"]

PROJECT = Path(__file__).resolve().parents[1]
# A fixed key, so that tests hide the same everywhere; a project's own is in no repository.
os.environ["CDPB_KEY_FILE"] = str(PROJECT / "tests" / "key_of_the_tests")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is collected stays until the end: nobody looks again whether it can be thrown away.

    Else one second in fifteen of all tests goes by in looking.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 10)
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of several workers each begins with slow tests."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        items[:] = dealt(items, workers)


@pytest.fixture(scope="session", autouse=True)
def _kernels_forked(request, tmp_path_factory):
    """Kernels of all tests of a process are forked from one; a test of how they start undoes it."""
    slow = sum("slow" in item.keywords for item in request.session.items)
    log = tmp_path_factory.mktemp("fork_server") / "log"
    if slow:
        starting(log)  # what workers are forked from is the checkout's, and no toy's
    with kernels_forked(slow, log, environment()):
        yield


@pytest.fixture(scope="session", autouse=True)
def _imports_are_read_once() -> Iterator[None]:
    """What a module imports hangs on its text alone: no new project has all of them read again."""
    known: dict[tuple[str, str], list[str]] = {}
    read = Modules._read_imports

    def once_a_text(modules: Modules, name: str) -> list[str]:
        text = name, modules.hashes[name]
        if text not in known:
            known[text] = read(modules, name)
        return known[text]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Modules, "_read_imports", once_a_text)
        yield


@pytest.fixture(autouse=True)
def _inside_the_project(monkeypatch):
    """Tests find the checkout from anywhere."""
    monkeypatch.setenv("CDPB_HOME", str(PROJECT))


@pytest.fixture(autouse=True)
def _what_is_read_is_kept_apart(monkeypatch, tmp_path_factory, worker_id):
    """A test may read by replaced functions: no run, and no later session, may find that."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "received"
    monkeypatch.setattr(receiving, "FOLDER", str(folder))


@pytest.fixture
def building():
    """Let loaders serve another build than the public one, until the test ends."""
    with ExitStack() as stack:
        yield lambda *asked: stack.enter_context(access.building(Build(*asked)))


@pytest.fixture
def project() -> Path:
    """The checkout itself."""
    return PROJECT


@pytest.fixture(scope="session")
def few(tmp_path_factory, worker_id) -> Path:
    """A folder of Barnet's public assessment of 2025/26 with few findings."""
    return once("few", lambda folder: make(folder, YEARS[-1:], FEW), tmp_path_factory, worker_id)


@pytest.fixture(scope="session")
def assessments(few, tmp_path_factory, worker_id) -> Path:
    """A folder of Barnet's public assessments: 2025/26, and one finding of three years before.

    After the few, so that what is kept as executed last is the whole's, for whoever copies it.
    """
    return once("assessments", built, tmp_path_factory, worker_id)


@pytest.fixture(scope="session")
def four_years(tmp_path_factory, worker_id) -> Path:
    """Barnet's public assessments of 2022/23 to 2025/26, whole: for the proofs."""
    return once("four_years", lambda folder: make(folder, YEARS), tmp_path_factory, worker_id)


@pytest.fixture(scope="module")
def assessed_once(tmp_path_factory, worker_id) -> Path:
    """A project that has received a return, and its assessment: a copy of one that is made once."""
    made = once("assessed", assessed_project, tmp_path_factory, worker_id)
    return Path(copytree(made, tmp_path_factory.mktemp("assessed") / "project"))


def once(name: str, build: Callable[[Path], object], factory, worker_id: str) -> Path:
    """A folder that is built once a session, by whichever process needs it first."""
    own = factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    folder, ready = shared / name, shared / f"{name}.ready"
    with FileLock(shared / f"{name}.lock"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDPB_HOME", str(PROJECT))
        if not ready.exists():
            build(folder)
            ready.touch()
    return folder
