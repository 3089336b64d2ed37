"""A kernel that was forked, as Jupyter knows kernels: a provisioner."""

import os
import select
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from cdpb.runner.fork_server import forked


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
