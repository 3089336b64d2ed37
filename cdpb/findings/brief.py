"""What a finding was asked for, and what belongs to the partnership that asked."""

from dataclasses import dataclass, field
from typing import Any

from cdpb import areas
from cdpb.areas import AreaFile, Claim, Event
from cdpb.build import Build
from cdpb.declarations import FindingDeclaration, declarations
from cdpb.errors import InputError
from cdpb.exemptions import Exemption
from cdpb.findings.area_files import FOCUS, checked_area_file, own_ward
from cdpb.loaders import access
from cdpb.numbers import list_text
from cdpb.periods import FinancialYear


@dataclass
class Brief:
    """A finding's parameters, its declaration, and its area's file.

    Parameters
    ----------
    id : str
        As its file in ``notebooks/findings/`` declares it.
    year : str
        The financial year asked for.
    area : str
        Name or GSS code of a London borough; kept as the code.
    edition : {"public", "partnership"}
    demonstration : bool
        Whether illustrative sources may be shown.
    parameters : dict
        Whatever else the notebook was asked, such as the focus ward.

    Attributes
    ----------
    build : Build
        What it may open and show, whatever other findings are alive beside it.
    declaration : FindingDeclaration
    place : Area
    area_file : AreaFile or None
    register : tuple of Exemption
        The area's signed exceptions.

    Raises
    ------
    InputError
        If any of these is not known.
    """

    id: str
    year: str
    area: str
    edition: str = "public"
    demonstration: bool = False
    parameters: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.year = str(FinancialYear.parse(self.year))
        self.build = Build(self.edition, self.demonstration)
        self.declaration: FindingDeclaration = declarations().finding(self.id)
        self.place = areas.find_area(self.area)
        self.area = self.place.code
        self.area_file: AreaFile | None = checked_area_file(self.area)
        self.register: tuple[Exemption, ...] = (
            tuple(self.area_file.exceptions) if self.area_file else ()
        )

    @property
    def made_for(self) -> str:
        """Which finding of which assessment what it publishes belongs to."""
        edition = f"{self.edition} demonstration" if self.demonstration else self.edition
        return f"{self.id} of {self.area}, {self.year}, {edition}"

    @property
    def statement(self) -> Any:
        """The partnership's own statement, or None where it has made none."""
        return self.area_file.statements.get(self.id) if self.area_file else None

    @property
    def claims(self) -> list[Claim]:
        """What the partnership said later, beside its statement; empty where nothing."""
        return self.area_file.claims.get(self.id, []) if self.area_file else []

    @property
    def events(self) -> list[Event]:
        """The area's events that concern this finding: its own where it has any, else the rest."""
        declared = self.area_file.events if self.area_file else []
        own = [each for each in declared if self.id in each.findings]
        return own or [each for each in declared if not each.findings]

    def of_area(self, name: str) -> list[Any]:
        """A list of the area file (``actions``, ``next_steps``, ``involvement``), or empty.

        Of ``events`` those that concern this finding.
        """
        if name == "events":
            return self.events
        return list(getattr(self.area_file, name)) if self.area_file else []

    def parameter(self, name: str, given: Any = None, *allowed: Any) -> Any:
        """A parameter as given, else as the area file sets it; a ward by its code or its name.

        Parameters
        ----------
        name : str
        given : optional
            What the notebook was asked.
        *allowed
            The values that it may have; any where none are named.

        Raises
        ------
        InputError
            If it is none of those allowed, or a focus ward is none of the area's.

        Examples
        --------
        >>> finding.parameter("comparator", comparator, "London wards", "Rest of London")
        """
        value = given if given is not None else self.of_area_file(name)
        if allowed and value not in allowed:
            raise InputError(
                f"{self.declaration.notebook}: {name} can't be {value!r}.",
                f"Wanted: {list_text([repr(each) for each in allowed])}.",
            )
        if name == FOCUS and value is not None:
            value = own_ward(self.area, value)
        self.parameters[name] = value
        return value

    def of_area_file(self, name: str) -> Any:
        """A parameter as the area file sets it, or None."""
        named = self.area_file.parameters.get(self.id, {}) if self.area_file else {}
        return named.get(name)

    def may_open(self, source_id: str) -> bool:
        """Whether this edition may open a source; it says nothing of what was received."""
        return access.may_open(source_id, self.build)
