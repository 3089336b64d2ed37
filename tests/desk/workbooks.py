"""A small assessment to make workbooks of, written by hand."""

import csv
from pathlib import Path

AREA = {"code": "E09000003", "name": "Barnet"}


def finding(slug: str = "wards", **more) -> dict:
    """A record with one table of four rows, of a public source."""
    table = {
        "id": "orders", "title": "Orders by ward", "file": f"tables/{slug}/orders.csv", "rows": 4,
        "period": "2023/24", "source": ["crime"], "columns": ["ward_name", "offences"],
    }  # fmt: skip
    source = {
        "id": "crime", "title": "Recorded offences", "publisher": "The police", "period": "2023/24",
        "licence": "Open Government Licence v3.0", "landing_page": "https://police.example/",
        "attribution": "Police, 2024.", "receipts": [{"received": "May 2024", "files": []}],
    }  # fmt: skip
    return {
        "id": slug, "slug": slug, "title": "Offences by ward", "area": AREA, "year": "2023/24",
        "edition": "public", "demonstration": False, "headline": "Offences fell.",
        "tables": [table], "sources": [source], "caveats": ["Not all is recorded."], **more,
    }  # fmt: skip


CELLS = [
    ["ward_name", "offences"],
    ["Abbey", "12"],
    ["Brent  Cross", "0.25"],
    ["'=cmd|'/c calc'!A1", "[c]"],
    ["Church <End> & Co", ""],
]


def written(folder: Path, record: dict, cells: list[list[str]] = CELLS) -> Path:
    """A folder with the one table of a record."""
    place = folder / record["tables"][0]["file"]
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(cells)
    return folder
