"""The tables that findings declare, as an assessment shows them: its area, and the years held."""

from cdpb import loaders
from cdpb.declarations import declarations
from cdpb.disclosure.declared import TableDeclaration
from cdpb.errors import GateRefused

NONE_HELD = "none held"


def tables_of(source_id: str, area: str, year: str) -> dict[str, TableDeclaration]:
    """Every table that a finding declares of a source, by ``finding/table``, as it is shown."""
    return {
        f"{finding.id}/{table.id}": as_shown(table, area, year)
        for finding in declarations().findings
        for table in finding.tables
        if table.source == source_id and table.count
    }


def as_shown(declared: TableDeclaration, area: str, year: str) -> TableDeclaration:
    """A declaration for the latest year that its source (and others it names) hold."""
    held = [set(years_readable(each)) for each in (declared.source, *declared.as_of)]
    latest = max((each for each in set.intersection(*held) if each <= year), default=None)
    return filled_declaration(declared, area, year, latest)


def filled_declaration(
    declared: TableDeclaration, area: str, year: str, latest: str | None
) -> TableDeclaration:
    """A declaration with the area, the years held up to the one asked for, and the one shown.

    ``{year}`` is the one year, ``{years}`` every year held that is not after the one asked for.
    """
    years = [each for each in years_readable(declared.source) if each <= year]
    put = {"{area}": area, "{year}": latest or NONE_HELD, "{years}": years}
    chosen = {
        name: put.get(value, value) if isinstance(value, str) else value
        for name, value in declared.filter.items()
    }
    return declared.model_copy(update={"filter": chosen})


def check_as_shown(used: TableDeclaration, wanted: TableDeclaration) -> None:
    """Refuse a table for another year than the one it is protected for.

    Parameters
    ----------
    used, wanted : TableDeclaration
        As the notebook shows it; as it was protected.

    Raises
    ------
    GateRefused
        If the notebook shows another: what is hidden would depend on which notebook asks.
    """
    if used.filter != wanted.filter:
        raise GateRefused(
            f"Table {used.id} is shown for another year than it is protected for.",
            f"Wanted: the latest year that {used.source} holds.",
            "If the notebook asks as_of() for several sources, name the others in `as_of` of the",
            "table in the finding's file. Nothing was published.",
        )


def years_readable(source_id: str) -> list[str]:
    """The years that a source holds; none where this edition may not open it."""
    return loaders.years_held(source_id) if loaders.access.may_open(source_id) else []
