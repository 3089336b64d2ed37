"""Links between the pages of an assessment arrive."""

import pytest

from cdpb.runner.gates.folder import dead_links


@pytest.fixture
def pages(tmp_path):
    """Two pages and a table, the first with the links that a test gives it."""

    def linked(*addresses: str) -> list[str]:
        links = "".join(f'<a href="{address}">there</a>' for address in addresses)
        (tmp_path / "index.html").write_text(f"<main>{links}</main>", encoding="utf-8")
        (tmp_path / "wards.html").write_text('<p id="map">Wards</p>', encoding="utf-8")
        (tmp_path / "tables").mkdir(exist_ok=True)
        (tmp_path / "tables" / "wards.csv").write_text("ward\n", encoding="utf-8")
        told = {path.name: path.read_text("utf-8") for path in tmp_path.glob("*.html")}
        return list(dead_links(tmp_path, told))

    return linked


@pytest.mark.parametrize(
    "address",
    ["wards.html", "wards.html#map", "tables/wards.csv", "#top", "https://www.ons.gov.uk/8"],
)
def test_a_link_to_what_is_there_arrives(pages, address):
    """Within the page its own checks look, and out of the folder nobody can."""
    assert pages(address) == []


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("ward.html", "the link to ward.html leads to no file"),
        ("tables/ward.csv", "the link to tables/ward.csv leads to no file"),
        ("wards.html#maps", "the link to wards.html#maps leads to no place of that page"),
    ],
)
def test_a_dead_link_is_found(pages, address, says):
    """A board member who clicks on nothing trusts nothing else on the page."""
    assert pages("wards.html", address) == [f"index.html: {says}"]
