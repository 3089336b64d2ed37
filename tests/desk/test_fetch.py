"""``cdpb fetch``: from the publisher's server to a receipt, by the checks of ``cdpb add``."""

import hashlib
import shutil

import pytest
import yaml
from pydantic import ValidationError

from cdpb import loaders as load
from cdpb.catalogue import receipts, source
from cdpb.desk import downloading
from cdpb.desk.downloading import Limits
from cdpb.errors import InputError
from cdpb.sources import Source
from tests.support import served
from tests.support.adding import boroughs, wards
from tests.support.commands import cdpb, wrong_input
from tests.support.project import draw_project
from tests.support.toys import seen
from tests.support.vintages import borough_file, ward_file

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes certificates")
WARDS = ward_file(wards("2024-04", 24), "V4").encode()
BOROUGHS = borough_file(boroughs("2024-04", 24), "V4").encode()


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return served.certificate(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def publisher(keys, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(downloading, "LIMITS", Limits(5, 5, 60, 500_000, 2, 0.01))
    with served.serving(*keys) as server:
        server.bundle = str(keys[0])
        yield server


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    return draw_project(tmp_path, monkeypatch)


def declare(project, **addresses: str) -> None:
    """Let sources declare where their newest files are."""
    path = project.data / "sources.yml"
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name, address in addresses.items():
        told["sources"][name]["download"] = [address]
    path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")


@pytest.fixture
def declared(drawn, publisher):
    """The ward and the borough file at an address each; the addresses."""
    addresses = {
        "mps_ward_crime": publisher.at("/wards.csv", served.file(WARDS)),
        "mps_borough_crime": publisher.at("/boroughs.csv", served.file(BOROUGHS)),
    }
    declare(drawn, **addresses)
    return addresses


def test_the_receipt_names_the_address_and_the_hash(drawn, publisher, declared, capsys):
    code, out, err = cdpb(capsys, "fetch", *declared, "--ca-bundle", publisher.bundle)

    assert (code, err) == (0, "")
    assert "holds     2024-04 to 2026-03, 4 wards, 24 months" in out
    (file,) = receipts("mps_ward_crime")[0].files
    assert (file.name, file.address) == ("wards.csv", declared["mps_ward_crime"])
    assert file.sha256 == hashlib.sha256(WARDS).hexdigest()
    table = load.ward_drug_offences(year="2025/26")
    assert table["offences"].sum() == wards("2025-04", 12)["offences"].sum()
    # They came together, so that the offences without a ward can be told.
    groups = {receipts(name)[0].vintage_group for name in declared}
    assert (len(groups), None in groups) == (1, False)


def test_one_that_fails_keeps_the_others_out(drawn, publisher, declared, capsys):
    """All of them or none."""
    publisher.at("/boroughs.csv", served.status(404))
    before = seen(drawn.data)

    code, out, err = cdpb(capsys, "fetch", *declared, "--ca-bundle", publisher.bundle)

    assert (code, out) == (2, "")
    assert wrong_input(err)
    assert "mps_borough_crime was not downloaded: its address answers 404" in err
    assert source("mps_borough_crime").landing_page in err
    assert seen(drawn.data) == before
    assert list((drawn.root / ".cdpb" / "downloads").iterdir()) == []


def test_what_add_would_refuse_is_refused_and_a_reason_lets_it_in(
    drawn, publisher, declared, capsys
):
    """A month that was drawn before it was over."""
    halved = wards("2024-04", 24)
    last = halved["month"] == halved["month"].max()
    halved.loc[last, "offences"] //= 4
    publisher.at("/wards.csv", served.file(ward_file(halved, "V4").encode()))
    before = seen(drawn.data)
    asked = ("fetch", "mps_ward_crime", "--ca-bundle", publisher.bundle)

    code, _, err = cdpb(capsys, *asked)

    assert (code, "a month looks half empty" in err) == (2, True)
    assert seen(drawn.data) == before
    assert cdpb(capsys, *asked, "--accept", "a quiet month")[0] == 0
    assert "a quiet month" in receipts("mps_ward_crime")[0].note


def test_a_file_that_is_held_already_is_nothing_new(drawn, publisher, declared, capsys):
    """Whoever asks each week need not know when the publisher comes."""
    drawn.receive("mps_ward_crime", "2026-06-20", WARDS)
    before = seen(drawn.data)

    code, out, err = cdpb(capsys, "fetch", "mps_ward_crime", "--ca-bundle", publisher.bundle)

    assert (code, err) == (0, "")
    assert out == "mps_ward_crime: nothing new; its file is that of 20 June 2026\n"
    assert seen(drawn.data) == before


def test_files_can_be_looked_at_first(drawn, publisher, declared, capsys, tmp_path):
    before, folder = seen(drawn.data), tmp_path / "new"
    asked = ("fetch", *declared, "--ca-bundle", publisher.bundle, "--into", str(folder))

    code, out, _ = cdpb(capsys, *asked)

    assert (code, out.splitlines()[-1]) == (0, "Not added. To add them: cdpb add FILE")
    assert seen(folder) == {"wards.csv": WARDS, "boroughs.csv": BOROUGHS}
    assert seen(drawn.data) == before
    code, _, err = cdpb(capsys, *asked)
    assert (code, "is there already" in err) == (2, True)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("suspensions", "by hand from https://explore-education-statistics.service.gov.uk"),
        ("probation_orders", "Probation Service, London sends it"),
        ("mps_word_crime", "Did you mean mps_ward_crime?"),
    ],
)
def test_what_has_no_address_is_had_in_another_way(drawn, capsys, name, said):
    """Nothing is asked of any server, of the others that were named either."""
    code, out, err = cdpb(capsys, "fetch", "fingertips", name)

    assert (code, out) == (2, "")
    assert said in err
    assert wrong_input(err)


@pytest.mark.parametrize("address", ["http://example.org/f.csv", "file:///etc/passwd", "f.csv"])
def test_no_address_but_of_https_can_be_declared(address):
    declared = source("mps_ward_crime").model_dump(by_alias=True)

    with pytest.raises(ValidationError, match="download"):
        Source.model_validate({**declared, "download": [address]})


def test_no_address_of_a_partners_return_can_be_declared(drawn):
    """What is not public is sent, and not left somewhere to be taken."""
    declare(drawn, probation_orders="https://example.org/f.csv")

    with pytest.raises(InputError, match="of open sources alone"):
        source("probation_orders")
