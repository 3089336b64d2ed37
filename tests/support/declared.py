"""Published tables typed the way they look, their columns as ``columns.yml`` describes them."""

from cdpb.declarations import declarations
from cdpb.disclosure.masked import MASKED
from cdpb.disclosure.published import PublishedTable

NUMBERS = {
    "count": int,
    "rank": int,
    "number": float,
    "rate": float,
    "percent": float,
    "interval": float,
}


def declared(text: str, source: str = "ndtms_adults", totals: tuple[str, ...] = ()):
    """A published table from columns parted by spaces: ``_`` is a space, ``-`` missing."""
    names, *rows = [line.split() for line in text.strip().splitlines()]
    columns = declarations().columns
    return PublishedTable(
        id="declared",
        title="Declared",
        source_ids=(source,),
        dimensions=tuple(name for name in names if columns[name].kind in ("key", "name")),
        totals=totals,
        described=tuple((name, columns[name]) for name in names),
        values=tuple(
            tuple(_value(word, columns[name].kind) for word, name in zip(row, names, strict=True))
            for row in rows
        ),
        period="2023/24",
    )


def _value(word: str, kind: str):
    if word in ("[c]", "-"):
        return MASKED if word == "[c]" else None
    return NUMBERS.get(kind, lambda text: text.replace("_", " "))(word)
