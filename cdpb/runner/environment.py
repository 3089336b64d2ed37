"""What kernels are told of the machine they run on."""

import os
from pathlib import Path

import cdpb
from cdpb import paths


def environment() -> dict[str, str]:
    """What every kernel is told, so that machine and user leave no trace in a page."""
    package = str(Path(cdpb.__file__).parents[1])
    search = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "CDPB_HOME": str(paths.project_root()),
        "IPYTHONDIR": str(paths.private_folder("ipython")),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": str(paths.private_folder("matplotlib")),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(search),
        "PYTHONUTF8": "1",
        "TZ": "UTC",
        # Set by a gate alone; named here because importing the loaders takes a second.
        "CDPB_WORLD": "",
    }
