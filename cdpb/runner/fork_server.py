"""Kernels forked from one process that has loaded what notebooks import. Linux alone forks.

Most of what a notebook costs is to start its kernel and to import the same libraries. Elsewhere,
and where there are few, each kernel starts by itself; what they compute is the same.
"""

import gc
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from cdpb import paths
from cdpb.errors import CdpbError
from cdpb.marks import ASKED_FOR

ADDRESS = "CDPB_FORK_SERVER"
# With fewer kernels it would take longer to load everything than it saves.
FORK_FROM = 4
# In this order; matplotlib_inline must not be among what they import, or figures vanish.
LOADED = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "cdpb.report.finding",
    "cdpb.findings.suppression_cache",
    "cdpb.disclosure.protect",
)
_LONGEST = 1 << 18
# Seconds. It answers as soon as it has loaded everything; after that a kernel starts by itself.
_LONGEST_WAIT = 60


@contextmanager
def fork_server(
    kernels: int,
    log: Path,
    environment: Mapping[str, str],
    socket_folder: str | None,
    sources: Sequence[str] = (),
) -> Iterator[int | None]:
    """The process that so many kernels are forked from, while they are needed: its id, if any.

    For few kernels there is no such process, nor beside another. Its address stands in the
    environment as ``CDPB_FORK_SERVER``; its socket lies in ``socket_folder``, which is private.
    It has read what was received of the ``sources``, if every edition may open them.
    """
    if kernels < FORK_FROM or ADDRESS in os.environ or not _forks_here():
        yield None
        return
    with TemporaryDirectory(prefix="cdpb-", dir=socket_folder) as folder:
        address = str(Path(folder) / "fork_server")
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
            listening.bind(address)
            listening.listen()
            process = _started(listening, log, environment, sources)
        try:
            with paths.environment_with({ADDRESS: address}):
                yield process.pid
        finally:
            # It ends when its input does: so whatever ends this process, it is not left behind.
            process.communicate()


def _forks_here() -> bool:
    """On Linux, where a process can be watched that is another one's child (since 5.3)."""
    if sys.platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


def _started(
    listening: socket.socket, log: Path, environment: Mapping[str, str], sources: Sequence[str]
) -> subprocess.Popen[bytes]:
    with log.open("ab") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "cdpb.runner.fork_server", str(listening.fileno()), *sources],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**os.environ, **environment},
            pass_fds=[listening.fileno()],
            start_new_session=True,
        )


def forked(
    command: list[str], environment: dict[str, str], folder: str
) -> tuple[int, socket.socket]:
    """A kernel that was forked for this command: its process id, and the line to hold.

    The kernel is ended when the line is closed, so also when whoever holds it has ended. An
    `OSError` says that there is nobody to ask, or that no process could be made.
    """
    inherited = {name: value for name, value in environment.items() if name != ADDRESS}
    asked = {"command": command, "environment": inherited, "folder": folder}
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        line.settimeout(_LONGEST_WAIT)
        line.connect(os.environ[ADDRESS])
        line.send(json.dumps(asked).encode())
        return int(line.recv(64)), line
    except ValueError:
        line.close()
        raise OSError("no kernel was forked") from None
    except OSError:
        line.close()
        raise


class ForkedProvisioner(LocalProvisioner):
    """Asks for a kernel to be forked; starts it as Jupyter does where that can't be."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel of a command, with the environment named."""
        try:
            kernel = _Forked(*forked(cmd, kwargs["env"], str(kwargs.get("cwd") or Path.cwd())))
        except OSError:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = kernel  # type: ignore[assignment]  # it answers as one does
        self.pid = self.pgid = kernel.pid
        return self.connection_info


class _Forked:
    """What of ``subprocess.Popen`` a provisioner asks for; this process is another one's child."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, line: socket.socket) -> None:
        self.pid, self._line = pid, line
        try:
            self._watched = os.pidfd_open(pid)
        except OSError:
            line.close()
            raise

    def poll(self) -> int | None:
        ready, _, _ = select.select([self._watched], [], [], 0)
        # How it ended only its parent could know.
        return 1 if ready else None

    def wait(self, timeout: float | None = None) -> int:
        if not select.select([self._watched], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        os.close(self._watched)
        self._line.close()
        return 1

    def send_signal(self, number: int) -> None:
        signal.pidfd_send_signal(self._watched, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def _serve(listening: socket.socket) -> None:
    """Fork whatever is asked for, until the run that started this ends."""
    lines: dict[socket.socket, int] = {}
    while True:
        ready, _, _ = select.select([listening, sys.stdin, *lines], [], [])
        if sys.stdin in ready:
            break
        for closed in [line for line in lines if line in ready]:
            _end(closed, lines.pop(closed))
        if listening in ready:
            line, _ = listening.accept()
            _fork(line, [listening, *lines], lines)
    for line, kernel in lines.items():
        _end(line, kernel)


def _fork(
    line: socket.socket, others: Sequence[socket.socket], lines: dict[socket.socket, int]
) -> None:
    message = line.recv(_LONGEST)
    if not message:
        line.close()
        return
    kernel = os.fork()
    if kernel == 0:
        for each in (line, *others):
            each.close()
        _become(json.loads(message))
    lines[line] = kernel
    with suppress(OSError):
        line.send(str(kernel).encode())


def _end(line: socket.socket, kernel: int) -> None:
    """Until it is waited for here, its number can't be another process's."""
    os.kill(kernel, signal.SIGKILL)
    os.waitpid(kernel, 0)
    line.close()


def _become(asked: dict[str, Any]) -> NoReturn:
    """Be the kernel that ``python -m ipykernel_launcher`` would have started."""
    from ipykernel import kernelapp

    try:
        os.setsid()
        with Path(os.devnull).open("r+b", buffering=0) as nowhere:
            for stream in range(3):
                os.dup2(nowhere.fileno(), stream)
        os.chdir(asked["folder"])
        os.environ.clear()
        # A kernel ends itself when its parent has ended, and this one's parent is not who asked.
        parent = str(os.getppid())
        os.environ.update(asked["environment"], JPY_PARENT_PID=parent)
        watched = f"--IPKernelApp.parent_handle={parent}"
        sys.argv = [kernelapp.__file__, *asked["command"][3:], watched]
        random.seed()
        sys.modules["numpy"].random.seed()
        kernelapp.launch_new_instance()
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(0)


def _asked_for_later() -> Iterator[str]:
    """What a notebook's imports leave until it is asked for: else each kernel would load it."""
    from cdpb import loaders
    from cdpb.report import charts

    yield from ("cdpb.sentences", "cdpb.statistics.framework", "cdpb.statistics.treatment")
    yield from (f"cdpb.loaders.{name}" for name in loaders.MODULES.values())
    yield from charts.MODULES.values()


def _read_beforehand(sources: Sequence[str]) -> None:
    """Read what is declared and, of these sources, what every edition may open.

    Each kernel would read it for itself. It is known by its content, so what has changed since is
    read again; and what can't be read is told by the first notebook that needs it.
    """
    from cdpb import declarations, loaders
    from cdpb.loaders.registry import LOADERS

    with suppress(CdpbError):
        declarations.declarations()
        for each in sources:
            if each in LOADERS and loaders.access.may_open(each):
                LOADERS[each].received()


if __name__ == "__main__":
    if Path(sys.path[0]) == Path.cwd():
        del sys.path[0]
    with paths.environment_with({ASKED_FOR: "yes"}):  # as in the kernels of a run
        for name in (*LOADED, *_asked_for_later()):
            import_module(name)
        _read_beforehand(sys.argv[2:])
    gc.freeze()  # kernels then share this memory, where a collection would make each copy it
    _serve(socket.socket(fileno=int(sys.argv[1])))
