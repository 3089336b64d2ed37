"""The browser of this machine that prints pages: Chromium, Chrome or Edge, without a window."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from cdpb.errors import InputError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
         "microsoft-edge", "msedge")  # fmt: skip
ON_WINDOWS = (r"Microsoft\Edge\Application\msedge.exe", r"Google\Chrome\Application\chrome.exe")
WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
ON_A_MAC = ("Google Chrome", "Microsoft Edge", "Chromium")
# No name is looked up, nothing is fetched, nothing of the user's own profile is read.
SWITCHES = (
    "--headless", "--disable-gpu", "--disable-extensions", "--disable-background-networking",
    "--disable-sync", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
TO_PDF = ("--no-pdf-header-footer", "--generate-pdf-document-outline")
MOST_SECONDS = 300


def found_browser() -> str:
    """The command of the first browser found.

    Raises
    ------
    InputError
        If there is none.
    """
    on_path = (shutil.which(name) for name in NAMES)
    found = next((each for each in (*on_path, *_elsewhere()) if each), None)
    if not found:
        raise InputError(
            "No browser was found to print pages with.",
            f"Looked for on the PATH: {', '.join(NAMES)};",
            "and for Edge and Chrome where Windows and macOS keep them.",
            "Install Chromium, Chrome or Edge, or open the page in any browser and print it to a",
            "file from there. Nothing was written.",
        )
    return found


def _elsewhere() -> Iterator[str]:
    folders = [os.environ[name] for name in WINDOWS_FOLDERS if os.environ.get(name)]
    places = [Path(folder) / name for folder in folders for name in ON_WINDOWS]
    places += [Path(f"/Applications/{name}.app/Contents/MacOS/{name}") for name in ON_A_MAC]
    yield from (str(place) for place in places if place.is_file())


def printed(html: str) -> bytes:
    """A page as a tagged PDF with an outline, as the browser prints it.

    Raises
    ------
    InputError
        If there is no browser, or it printed nothing.
    """
    return _asked(html, "page.pdf", lambda made: [*TO_PDF, f"--print-to-pdf={made}"])


def drawn(html: str, width: int, height: int, scale: float) -> bytes:
    """A page as a PNG of so many CSS pixels, each ``scale`` dots wide.

    Raises
    ------
    InputError
        If there is no browser, or it drew nothing.
    """
    sized = [f"--window-size={width},{height}", f"--force-device-scale-factor={scale}"]
    sized += ["--hide-scrollbars"]
    return _asked(html, "page.png", lambda made: [*sized, f"--screenshot={made}"])


def _asked(html: str, name: str, switches: Callable[[Path], list[str]]) -> bytes:
    browser = found_browser()
    with TemporaryDirectory(prefix="cdpb-", ignore_cleanup_errors=True) as folder:
        page, made = Path(folder) / "page.html", Path(folder) / name
        page.write_text(html, encoding="utf-8", newline="\n")
        command = [browser, *SWITCHES, *_in_a_container(), f"--user-data-dir={folder}/profile"]
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                [*command, *switches(made), page.as_uri()],
                capture_output=True, timeout=MOST_SECONDS, check=False,
            )  # fmt: skip
        if made.is_file():
            return made.read_bytes()
    raise InputError(
        f"{Path(browser).name} made nothing of the page within {MOST_SECONDS} seconds.",
        "Close other windows of it, or see that it starts by itself. Nothing was written.",
    )


def _in_a_container() -> list[str]:
    """The superuser of a container can't have the browser's sandbox."""
    root = sys.platform != "win32" and os.geteuid() == 0
    return ["--no-sandbox"] * root
