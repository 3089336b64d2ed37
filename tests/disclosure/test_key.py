"""The key that draws what to hide: private, made once, and missed aloud."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from cdpb import key as keys
from cdpb.errors import InputError
from cdpb.key import DEMONSTRATION, key_file, key_for, make_key, project_key
from cdpb.ledger import append
from tests.runner.test_release import passed, release
from tests.support.commands import cdpb, toy, wrong_input
from tests.support.project import lines_of
from tests.support.returned import HERE, SOURCE, assessed_project, left_as_it_was

__all__ = ["toy"]
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows knows no mode")


@pytest.fixture
def own(toy, monkeypatch):
    """A project with a key of its own to be."""
    monkeypatch.delenv("CDPB_KEY_FILE")
    return toy


# Where it comes from ---------------------------------------------------------------------


@POSIX
def test_a_key_is_made_when_it_is_first_needed_for_the_user_alone(own):
    first = project_key()
    assert project_key() == first
    assert key_file() == own / ".cdpb" / "key"
    assert key_file().stat().st_mode & 0o077 == 0


def test_no_two_projects_have_one_key(own, tmp_path):
    """Whoever has this software would have it."""
    assert make_key(tmp_path / "one").secret != make_key(tmp_path / "two").secret


def test_two_who_need_one_at_once_get_the_same(own):
    """Workers start together; two keys in one assessment would hide two patterns."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: project_key(), range(16)))
    assert len(set(found)) == 1


def test_on_windows_the_users_own_access_list_is_set(tmp_path, monkeypatch):
    """There a mode means nothing, and a folder's rights are inherited."""
    asked = []
    monkeypatch.setattr(keys.os, "name", "nt")
    monkeypatch.setattr(keys.subprocess, "run", lambda words, **_: asked.append(words))
    keys._for_the_user_alone(tmp_path / "key")
    assert asked[0][:3] == ["icacls", str(tmp_path / "key"), "/inheritance:r"]


def test_made_up_figures_need_no_secret(own):
    """A demonstration is the same everywhere, and hides nobody."""
    assert key_for(["toy_counts"]).id != DEMONSTRATION.id
    shutil.rmtree(own / ".cdpb", ignore_errors=True)
    assert key_for([]) == DEMONSTRATION
    assert not key_file().exists()


def test_a_shared_key_is_named_by_its_file(own, tmp_path, monkeypatch):
    """Two analysts of one council choose alike."""
    shared = tmp_path / "shared"
    made = make_key(shared)
    monkeypatch.setenv("CDPB_KEY_FILE", str(shared))
    assert project_key() == made
    assert not (own / ".cdpb" / "key").exists()


# What never happens to it ----------------------------------------------------------------


def test_cleaning_up_leaves_the_key(own, capsys):
    """With another one the next pattern could be subtracted from the last."""
    first = project_key()
    code, _, _ = cdpb(capsys, "clean")
    assert code == 0
    assert project_key() == first


def test_make_clean_leaves_it_too(own):
    rule = (keys.Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    (line,) = [each.strip() for each in rule.splitlines() if ".cdpb" in each and "find" in each]
    first = project_key()
    (own / ".cdpb" / "draft").mkdir()
    subprocess.run(["sh", "-c", line], cwd=own, check=True)
    assert os.listdir(own / ".cdpb") == ["key"]
    assert project_key() == first


def test_a_key_is_not_replaced(own, capsys):
    project_key()
    before = key_file().read_bytes()
    code, _, err = cdpb(capsys, "key", "--new")
    assert code == 2
    assert wrong_input(err)
    assert "never replaced" in err
    assert key_file().read_bytes() == before


# When it isn't there ---------------------------------------------------------------------


def test_a_key_that_something_was_released_with_is_missed(own, capsys):
    """Another made in silence would draw another pattern of the same counts."""
    append("E09000003/2023-24_public", {"key": "abcdefgh", "tables": [], "released": "2026-01-01"})
    code, _, err = cdpb(capsys, "key")
    assert code == 2
    assert wrong_input(err)
    assert "abcdefgh" in err
    assert not key_file().exists()


def test_its_way_out_leads_out_and_says_which_releases_had_another(own, capsys):
    append("E09000003/2023-24_public", {"key": "abcdefgh", "tables": [], "released": "2026-01-01"})
    assert cdpb(capsys, "key", "--new")[0] == 0
    code, out, _ = cdpb(capsys, "key")
    assert code == 0
    assert project_key().id in out
    assert "abcdefgh" in out


def test_a_file_that_is_named_and_missing_is_not_made(own, monkeypatch, tmp_path):
    """A slip in a path would otherwise make a second key beside the real one."""
    monkeypatch.setenv("CDPB_KEY_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="no such file"):
        project_key()
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("content", [b"", b"id: 1\n", b"\xff\xfe", b"id: abcdefgh\nsecret: xyz\n"])
def test_what_is_no_key_is_refused(own, content):
    key_file().parent.mkdir(exist_ok=True)
    key_file().write_bytes(content)
    with pytest.raises(InputError) as error:
        project_key()
    assert "not a key" in lines_of(error)[0]
    assert len(lines_of(error)) <= 8


# What it does for an assessment ----------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project that has received a return, and its assessment, made with a key of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CDPB_KEY_FILE")
        folder = assessed_project(tmp_path_factory.mktemp("key") / "project")
    return folder


@pytest.fixture
def assessed(made, monkeypatch):
    monkeypatch.setenv("CDPB_HOME", str(made))
    monkeypatch.delenv("CDPB_KEY_FILE")
    monkeypatch.chdir(made)
    return made


def test_the_secret_stands_in_no_file_but_its_own(assessed):
    """Neither outputs nor logs nor what is kept aside."""
    secret = project_key().secret
    told = [secret.hex().encode(), secret]
    found = [
        path
        for path in assessed.rglob("*")
        if path.is_file() and any(each in path.read_bytes() for each in told)
    ]
    assert found == [assessed / ".cdpb" / "key"]


def test_the_manifest_names_the_key_by_its_random_name(assessed):
    told = (assessed / HERE / "manifest.json").read_text(encoding="utf-8")
    assert f'"key": "{project_key().id}"' in told


@pytest.mark.parametrize(("other", "says"), [(True, "The key here is"), (False, "no key here")])
def test_a_draft_under_another_key_is_named(assessed, capsys, monkeypatch, tmp_path, other, says):
    """It would differ from what is made here for the key alone."""
    mine = project_key().id
    monkeypatch.setenv("CDPB_KEY_FILE", str(tmp_path / "other"))
    if other:
        make_key(tmp_path / "other")
    code, _, err = cdpb(capsys, "gate", HERE)
    assert code == 2
    assert wrong_input(err)
    assert f"made with key {mine}" in err
    assert says in err


def test_a_release_enters_which_key_it_was_made_with(assessed, monkeypatch):
    from cdpb.runner import release as releasing

    monkeypatch.setattr(releasing, "_refuse_a_draft", lambda written: None)
    with left_as_it_was(assessed):
        release(assessed / HERE, check=passed)
        assert keys.keys_released() == [project_key().id]


def test_a_run_of_another_process_draws_alike(assessed):
    """Gates, workers and a second terminal all find the same key."""
    code = f"from cdpb.key import key_for; print(key_for([{SOURCE!r}]).id)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == project_key().id
