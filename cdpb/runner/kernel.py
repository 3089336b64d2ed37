"""A kernel of the running Python, which talks through a private folder where it can."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from traitlets.config import Config

from cdpb.runner.workspaces import SOCKETS

KERNEL_NAME = "python3"


class OwnKernelManager(AsyncKernelManager):
    """Starts ``python3`` from this environment alone.

    Kernels installed elsewhere under the same name are not looked at: a finding is computed by
    the packages that ``requirements.lock`` pins, or not at all.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]), **options)


@contextmanager
def private_kernel() -> Iterator[dict[str, Any]]:
    """Options for papermill: a kernel whose connection nobody else can read.

    On Linux and macOS messages pass through sockets in a folder of mode 0700, one a kernel, so no
    port is open on the machine and two kernels can't meet. Windows has no such sockets: there it
    is TCP on localhost, with the key in a file of the user's own.
    """
    # Where the run keeps its sockets, so that they go with it whatever ends the worker.
    place = os.environ.get(SOCKETS)
    with TemporaryDirectory(prefix="cdpb-", dir=place, ignore_cleanup_errors=True) as folder:
        settings = {"connection_file": str(Path(folder) / "kernel.json")}
        if sys.platform != "win32":
            settings |= {"transport": "ipc", "ip": str(Path(folder) / "socket")}
        yield {
            "kernel_name": KERNEL_NAME,
            "kernel_manager_class": OwnKernelManager,
            "config": Config({"OwnKernelManager": settings}),
        }
