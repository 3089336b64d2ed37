"""A file from a publisher's server that is slow, breaks off, changes its mind, or isn't honest."""

import gzip
import shutil

import pytest

from cdpb.desk import downloading
from cdpb.desk.downloading import Limits, NotDownloaded, connection, download
from cdpb.errors import InputError
from tests.support import served

CONTENT = b"Month,Borough,Requirement,Commencements\n" + b"2024-04,Barnet,ATR,3\n" * 500
pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes certificates")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return served.certificate(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def publisher(keys):
    with served.serving(*keys) as server:
        yield server


@pytest.fixture
def get(tmp_path, keys, monkeypatch):
    """Download an address as ``cdpb fetch`` does, with little patience."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(downloading, "LIMITS", Limits(5, 5, 60, 50_000, 3, 0.01))
    (tmp_path / "kept").mkdir()

    def got(address, bundle=keys[0]):
        with connection(bundle) as session:
            return download(session, address, tmp_path / "kept", tmp_path / "whole", "source.csv")

    return got


def kept(tmp_path) -> list[str]:
    return sorted(path.suffix for path in (tmp_path / "kept").iterdir())


def test_a_file_comes_whole_and_under_its_own_name(publisher, get, tmp_path):
    path = get(publisher.at("/data/Orders%202024.csv", served.file(CONTENT)))

    assert (path.name, path.read_bytes()) == ("Orders 2024.csv", CONTENT)
    assert kept(tmp_path) == []


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_server_that_is_out_of_breath_is_asked_again(publisher, get, code):
    address = publisher.at("/f.csv", served.status(code), served.file(CONTENT))

    assert get(address).read_bytes() == CONTENT
    assert len(publisher.asked) == 2


@pytest.mark.parametrize(("code", "times"), [(404, 1), (403, 1), (500, 4)])
def test_an_answer_that_stays_wrong_is_told(publisher, get, code, times):
    """What isn't there is not asked for again."""
    with pytest.raises(NotDownloaded, match=f"its address answers {code}"):
        get(publisher.at("/f.csv", served.status(code)))

    assert len(publisher.asked) == times


def test_what_broke_off_is_gone_on_with(publisher, get):
    """The length that was announced tells."""
    address = publisher.at(
        "/f.csv", served.file(CONTENT, stops_at=4_000), served.file(CONTENT, stops_at=9_000),
        served.file(CONTENT),
    )  # fmt: skip

    assert get(address).read_bytes() == CONTENT
    assert [wanted for _, wanted in publisher.asked] == ["", "bytes=4000-", "bytes=9000-"]


def test_a_later_command_goes_on_where_an_earlier_one_stopped(publisher, get, tmp_path):
    address = publisher.at("/f.csv", served.file(CONTENT, stops_at=4_000))
    with pytest.raises(NotDownloaded, match="broke off or timed out, 3 times"):
        get(address)
    assert kept(tmp_path) == [".json", ".part"]
    publisher.asked.clear()
    publisher.at("/f.csv", served.file(CONTENT))

    assert get(address).read_bytes() == CONTENT
    assert publisher.asked == [("/f.csv", "bytes=4000-")]


def test_a_file_that_changed_in_between_is_taken_from_the_start(publisher, get):
    """Half of one version and half of another would be a table that nobody published."""
    newer = CONTENT.replace(b",3\n", b",4\n")
    address = publisher.at(
        "/f.csv", served.file(CONTENT, stops_at=4_000), served.file(newer, tag='"2"')
    )

    assert get(address).read_bytes() == newer


def test_a_server_that_heeds_no_version_is_found_out(publisher, get):
    """It sends the rest of another version as if it were the same."""
    newer = CONTENT.replace(b",3\n", b",4\n")

    def rest(request):
        begin = int(request.headers["Range"].removeprefix("bytes=").rstrip("-"))
        told = f"bytes {begin}-{len(newer) - 1}/{len(newer)}"
        length = str(len(newer) - begin)
        named = {"Content-Range": told, "Content-Length": length, "ETag": '"2"'}
        served.head(request, 206, named)
        request.wfile.write(newer[begin:])

    address = publisher.at(
        "/f.csv", served.file(CONTENT, stops_at=4_000), rest, served.file(newer, tag='"2"')
    )

    assert get(address).read_bytes() == newer


def test_without_a_mark_of_the_version_nothing_is_gone_on_with(publisher, get):
    """A weak ETag says of two files that they are about the same."""
    address = publisher.at(
        "/f.csv", served.file(CONTENT, tag='W/"1"', stops_at=4_000), served.file(CONTENT)
    )

    assert get(address).read_bytes() == CONTENT
    assert [wanted for _, wanted in publisher.asked] == ["", ""]


def test_a_packed_file_is_unpacked_on_the_way(publisher, get):
    """Its announced length is that of the packed bytes, so it is never gone on with."""
    packed = gzip.compress(CONTENT)
    address = publisher.at(
        "/f.csv", served.file(packed, stops_at=50, Content_Encoding="gzip"),
        served.file(packed, Content_Encoding="gzip"),
    )  # fmt: skip

    assert get(address).read_bytes() == CONTENT
    assert [wanted for _, wanted in publisher.asked] == ["", ""]


def test_a_file_in_pieces_that_ends_early_is_not_whole(publisher, get):
    """Sent piece by piece it has no length; its end is a piece of no bytes."""

    def stops(request):
        request.close_connection = True
        served.head(request, 200, {"Transfer-Encoding": "chunked"})
        request.wfile.write(b"400\r\n" + CONTENT[:1024] + b"\r\n")

    assert get(publisher.at("/f.csv", stops, served.file(CONTENT))).read_bytes() == CONTENT
    assert len(publisher.asked) == 2


def test_a_server_that_says_nothing_is_not_waited_for(publisher, get, monkeypatch):
    monkeypatch.setattr(downloading, "LIMITS", Limits(read=0.2, tries=2, wait=0.01))
    with pytest.raises(NotDownloaded, match="broke off or timed out"):
        get(publisher.at("/f.csv", served.slowly(CONTENT, 2)))


def test_a_server_that_is_not_there_is_told(get):
    with served.serving() as gone:
        address = f"https://127.0.0.1:{gone.port}/f.csv"

    with pytest.raises(NotDownloaded, match="no connection was made"):
        get(address)


def test_a_server_that_drips_is_not_waited_for_either(publisher, get, monkeypatch):
    """Each byte comes in time, and all of them would take hours."""
    monkeypatch.setattr(downloading, "LIMITS", Limits(whole=0.3))
    with pytest.raises(NotDownloaded, match=r"not come whole in 0\.3 seconds") as error:
        get(publisher.at("/f.csv", served.slowly(CONTENT, 0.02)))

    assert "goes on from there" in error.value.ways[0]


@pytest.mark.parametrize(
    "answer", [served.without_end, served.file(b"x" * 60_000)], ids=["endless", "announced"]
)
def test_what_is_too_large_is_given_up_and_not_kept(publisher, get, tmp_path, answer):
    with pytest.raises(NotDownloaded, match="larger than"):
        get(publisher.at("/f.csv", answer))

    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    "page",
    [
        b"<!DOCTYPE html><html><body>Log in</body></html>",
        b"\xef\xbb\xbf \n<HTML><head>",
        b'<?xml version="1.0"?>\n<!-- a proxy -->\n<!doctype html PUBLIC "x">',
    ],
)
def test_a_web_page_in_place_of_a_table_is_refused(publisher, get, tmp_path, page):
    with pytest.raises(NotDownloaded, match="a web page came in place"):
        get(publisher.at("/f.csv", served.file(page, Content_Type="text/csv")))

    assert kept(tmp_path) == []


def test_an_empty_file_is_none(publisher, get):
    with pytest.raises(NotDownloaded, match="empty"):
        get(publisher.at("/f.csv", served.file(b"")))


def test_a_redirect_is_followed_to_https_alone(publisher, get):
    publisher.at("/new.csv", served.file(CONTENT))
    assert get(publisher.at("/old", served.redirect("/new.csv"))).name == "source.csv"

    with served.serving() as plain:
        plain.at("/f.csv", served.file(CONTENT))
        leads = served.redirect(f"http://127.0.0.1:{plain.port}/f.csv")
        with pytest.raises(NotDownloaded, match="not https"):
            get(publisher.at("/f.csv", leads))
        assert plain.asked == []


def test_a_redirect_that_leads_round_in_a_circle_is_left(publisher, get):
    with pytest.raises(NotDownloaded, match="without an end"):
        get(publisher.at("/f.csv", served.redirect("/f.csv")))

    assert len(publisher.asked) == 6


def test_no_address_without_encryption_is_opened(get):
    with served.serving() as plain:
        with pytest.raises(NotDownloaded, match="not https"):
            get(f"http://127.0.0.1:{plain.port}/f.csv")
        assert plain.asked == []


def test_a_certificate_that_nobody_vouches_for_is_refused(publisher, get):
    """Neither the system nor the bundle knows it, and there is no way to look away."""
    with pytest.raises(NotDownloaded, match="certificate") as error:
        get(publisher.at("/f.csv", served.file(CONTENT)), bundle=None)

    assert "--ca-bundle" in error.value.ways[0]
    assert publisher.asked == []


def test_a_certificate_of_another_name_is_refused(publisher, get, tmp_path, monkeypatch):
    """Trusted, but made out for another server."""
    monkeypatch.setattr("socket.getaddrinfo", _all_lead_here(publisher.port))

    with pytest.raises(NotDownloaded, match="certificate"):
        get(f"https://elsewhere.example:{publisher.port}/f.csv")


def _all_lead_here(port):
    return lambda *_, **__: [(2, 1, 6, "", ("127.0.0.1", port))]


def test_a_bundle_that_is_none_is_told(get, tmp_path):
    (tmp_path / "notes.txt").write_text("no certificate", encoding="utf-8")
    for name in ("notes.txt", "missing.pem"):
        with pytest.raises(InputError, match="holds no certificates"):
            connection(tmp_path / name)


def test_a_proxy_is_used_and_the_publisher_still_checked(publisher, get, keys, monkeypatch):
    with served.serving() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        address = publisher.at("/f.csv", served.file(CONTENT))

        assert get(address).read_bytes() == CONTENT
        assert proxy.asked == [(f"127.0.0.1:{publisher.port}", "CONNECT")]
        with pytest.raises(NotDownloaded, match="certificate"):
            get(address, bundle=None)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ('attachment; filename="../../../etc/cron.csv"', "cron.csv"),
        ('attachment; filename="C:\\\\Windows\\\\con.csv"', "_con.csv"),
        ('attachment; filename=".bashrc"', "f.csv"),
        ('attachment; filename="run.exe"', "f.csv"),
        ("attachment; filename*=UTF-8''M%C3%A4rz%E2%80%AE.csv", "März_.csv"),
        ("attachment; filename*=nonsense''%FF%FE", "f.csv"),
        ('attachment; filename="' + "x" * 400 + '.csv"', "x" * 116 + ".csv"),
        ("attachment", "f.csv"),
    ],
)
def test_a_name_from_outside_is_made_harmless(publisher, get, tmp_path, told, name):
    path = get(publisher.at("/f.csv", served.file(CONTENT, Content_Disposition=told)))

    assert path == tmp_path / "whole" / name
    assert path.read_bytes() == CONTENT
