"""cdpb watch: a save makes the draft again, and the page that is served reloads itself."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import psutil
import pytest

from cdpb.runner.watch import HOST, VERSION, Drafts, serving
from tests.support.commands import HERE, cdpb, wrong_input
from tests.support.toys import seen, write_notebook

PAGE = f"/{HERE}/first.html"
# What is asked for as a browser would not: out of the folder, by whatever way.
OUT = [
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "//etc/hosts",
    "/drafts/../../secret.txt",
    f"/{HERE}/%2e%2e/%2e%2e/%2e%2e/%2e%2e/secret.txt",
    "/%00",
    "/linked.txt",
]


def asked(port: int, path: str, host: str = "") -> tuple[int, str]:
    """Status and content of an answer."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
        connection.request("GET", path, headers={"Host": host or f"{HOST}:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.fixture
def drafts(tmp_path) -> Iterator[Drafts]:
    """A folder that is served, with one assessment in it."""
    with serving(tmp_path / "drafts", 0) as served:
        assessment = served.folder / HERE
        assessment.mkdir(parents=True)
        (assessment / "manifest.json").write_text("{}", encoding="utf-8")
        (assessment / "first.html").write_text("<body><h1>First</h1></body>", encoding="utf-8")
        (assessment / "rows.csv").write_text("toys\n12\n", encoding="utf-8")
        served.message = ""
        yield served


def test_drafts_are_served_to_this_machine_and_to_no_website_that_calls_itself_so(drafts):
    """A partnership's draft holds restricted figures, and other sites run scripts here too."""
    assert drafts.socket.getsockname()[0] == "127.0.0.1"
    assert asked(drafts.server_port, PAGE)[0] == 200
    assert asked(drafts.server_port, PAGE, f"localhost:{drafts.server_port}")[0] == 200
    for name in ("rebound.example", f"rebound.example:{drafts.server_port}", HOST):
        status, content = asked(drafts.server_port, PAGE, name)
        assert status == 403
        assert "First" not in content


@pytest.mark.parametrize("path", OUT)
def test_nothing_outside_the_folder_is_served(drafts, path):
    """Neither by dots nor by a link that somebody put there."""
    secret = drafts.folder.parent / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    (drafts.folder / "linked.txt").symlink_to(secret)

    status, content = asked(drafts.server_port, path)

    assert status == 404
    assert "secret" not in content.replace("secret.txt", "")


def test_a_page_reloads_itself_by_a_script_that_no_file_holds(drafts):
    """It asks whether something else is served than what it was served with."""
    before = asked(drafts.server_port, VERSION)[1]
    page = asked(drafts.server_port, PAGE)[1]

    assert before in page
    assert "location.reload()" in page
    assert asked(drafts.server_port, f"/{HERE}/rows.csv") == (200, "toys\n12\n")
    assert not any(b"script" in content for content in seen(drafts.folder).values())
    assert asked(drafts.server_port, VERSION)[1] == before

    (drafts.folder / HERE / "manifest.json").write_text('{"files": []}', encoding="utf-8")

    assert asked(drafts.server_port, VERSION)[1] != before


def test_a_message_stands_in_place_of_every_page_and_goes_again(drafts):
    """Whichever page is open says what is wrong; where there is none, it says that."""
    drafts.message = "<body>Cell 2 raised KeyError</body>"

    assert "KeyError" in asked(drafts.server_port, PAGE)[1]
    assert "KeyError" in asked(drafts.server_port, "/")[1]

    drafts.message = ""

    assert "First" in asked(drafts.server_port, PAGE)[1]
    status, content = asked(drafts.server_port, "/none.html")
    assert status == 404
    assert "location.reload()" in content


def test_the_front_leads_to_the_one_assessment_or_names_all(drafts):
    status, _ = asked(drafts.server_port, "/")
    assert status == 302

    for name in ("public", ".public.new"):  # The second is being put together.
        other = drafts.folder / "2022-23" / "E09000003" / name
        other.mkdir(parents=True)
        (other / "manifest.json").write_text("{}", encoding="utf-8")
    status, content = asked(drafts.server_port, "/")

    assert status == 200
    assert content.count("/index.html</a>") == 2


def test_a_port_that_is_taken_is_named(toy, capsys):
    """Nothing is made before it is known where to show it."""
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = cdpb(capsys, "watch", "--port", str(port))

    assert (code, out) == (2, "")
    assert f"Port {port} can't be had" in err
    assert wrong_input(err)
    assert list((toy / ".cdpb" / "work").iterdir()) == []


def until(true: Callable[[], bool], within: float = 120.0) -> None:
    """Wait until something is true; a test that waits in vain fails."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.fixture
def watched(toy) -> Iterator[tuple[subprocess.Popen, int]]:
    """A toy project that is watched, and the port at which its draft is served."""
    command = [sys.executable, "-m", "cdpb", "watch", "--port", "0"]
    # Tests that were started in the background have Ctrl-C ignored: not so this.
    listening = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    with subprocess.Popen(
        command, cwd=toy, stdout=-1, stderr=-1, text=True, **listening
    ) as running:
        try:
            address = re.search(r"http://127\.0\.0\.1:(\d+)/", running.stdout.readline())
            yield running, int(address[1])
        finally:
            running.kill()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="sends a signal")
def test_a_save_is_seen_on_the_page_a_failure_in_its_place_and_ctrl_c_leaves_nothing(
    toy, standing, watched
):
    """An analyst writes, saves and looks; what stands in outputs is never touched."""
    running, port = watched
    until(lambda: "how many toys?" in asked(port, PAGE)[1])
    second = asked(port, f"/{HERE}/second.html")[1].partition("<script>setInterval")[0]

    write_notebook(toy, "first", ["raise KeyError(4711)"])
    until(lambda: "Cell 2 raised KeyError" in asked(port, PAGE)[1])

    write_notebook(toy, "first", ["toys = 12"])
    path = toy / "notebooks" / "first.ipynb"
    path.write_text(path.read_text("utf-8").replace("how many toys?", "how many balls?"), "utf-8")
    until(lambda: "how many balls?" in asked(port, PAGE)[1])
    assert asked(port, f"/{HERE}/second.html")[1].startswith(second)
    served = psutil.Process(running.pid).children(recursive=True)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)

    assert running.returncode == 0
    assert "saved: notebooks/first.ipynb" in out
    assert out.splitlines()[-1] == "Ended. Nothing is left of the draft."
    assert "second   unchanged" in err
    until(lambda: not any(each.is_running() for each in served))
    assert list((toy / ".cdpb" / "work").iterdir()) == []
    assert list((toy / ".cdpb" / "executed").rglob("*.ipynb")) == []
    assert seen(toy / "outputs") == standing
