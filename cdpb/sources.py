"""What a source is, as ``data/sources.yml`` declares it, and a receipt of its files."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from cdpb.partner_returns import Indicators, Return
from cdpb.periods import months_named

Access = Literal["public", "internal", "internal_only", "restricted"]
Status = Literal["official", "illustrative"]
# Made-up receipts lie under data/illustrative, so that none can be taken for one that came.
ILLUSTRATIVE: Status = "illustrative"
# Nothing is read from here: a receipt is in use because of where it lies.
WITHDRAWN = "withdrawn"
# What a policy may say that its figures are, in place of counts.
ESTIMATES = "estimates"


FinancialYearText = Annotated[str, Field(pattern=r"^\d{4}/\d{2}$")]
DownloadAddress = Annotated[str, Field(pattern=r"^https://[^\s/]+/\S+$")]


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SeriesBreak(_Declared):
    """A month or year from which figures are no longer like those before."""

    month: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}$")
    year: str | None = None
    label: str


class Rounding(_Declared):
    """How the publisher rounds counts, and the areas whose counts it leaves exact."""

    to: int
    exact_areas: list[str] = []


class FormerCodes(_Declared):
    """A run of GSS codes that is no longer in use."""

    first: str
    last: str
    what: str


class LabelPartOf(_Declared):
    """Two labels of a column, of which the first counts some of those whom the second counts."""

    column: str
    part: str
    whole: str


class Population(_Declared):
    """Whom some rows of a source count, in words that its other sources use too.

    Attributes
    ----------
    whom : str
        Rows of two sources with the same words count the same people, of one area and year.
    among : str
        The words for those of whom these are some.
    where : dict
        Column to value, or values: which rows; all of them where empty.
    month : int or None
        Of figures of the twelve months to each month: the month whose figure is the year's.
    """

    whom: str
    among: str = ""
    where: dict[str, str | list[str]] = {}
    month: int | None = Field(default=None, ge=1, le=12)


class MadeUp(_Declared):
    """What pages say of a source of which there are made-up figures alone."""

    licence: str = ""
    attribution: str = ""
    caveat: str = ""


class Source(_Declared):
    """One publisher's dataset.

    Attributes
    ----------
    status : str
        ``illustrative``: made-up figures stand in demonstrations for want of received ones. From
        its first receipt on, such a source is ``official`` and its made-up figures aren't used.
    access : str
        ``public``; ``internal`` (partners' returns: public after protection); ``internal_only`` and
        ``restricted`` (the partnership edition alone, and nothing drawn from them elsewhere).
    download : list of str
        Where its newest files are, if the publisher keeps them at addresses that do not change.
    policy : str
        How its counts are protected: a name in ``data/policies.yml``.
    policies : mapping of str to str
        Columns with a policy of their own: estimates beside counts of people, for one.
    parts : list of LabelPartOf
        Labels of which one counts some of those whom another counts: what is left over is a count
        too, though no table prints it.
    population : list of Population
        Whom it counts, where another source counts the same people, or some of them.
    returned : Return, optional
        What it is like, where it is a partner's return: the key ``return``.
    indicators : Indicators, optional
        What it is like, where it is a publication of figures by area and period.
    not_mixed_with : list of str
        Sources whose figures may not stand on the other side of a comparison.
    oldest_usable_years : int or None
        Data older than this can't support a verdict.
    published_since : list of str
        The years that are known to be published and that have not been received here.
    serves : list of str
        The findings that would use a publication of which nothing has been received here.
    periods : str
        What a receipt covers: ``months``, ``quarters``, ``years`` or ``none``.
    no_collection_in : list of int
        Calendar months in which nothing is collected: a gap in every year.
    boundary_set : str or None
        The source whose list of wards this one's rows are filled to.
    would_know : str
        What the board would know with what of it is missing.
    made_up : str
        What a page says once of the figures that stand in for received ones.
    withheld, not_received : str
        The sentence that stands where its figures may not, or can't, be shown.
    """

    id: str
    title: str
    publisher: str
    landing_page: str
    licence: str
    attribution: str
    frequency: str
    geography: str
    access: Access
    status: Status
    download: list[DownloadAddress] = []
    policy: str
    policies: dict[str, str] = {}
    folder: Literal["data", "shapes"]
    file: str = ""
    periods: Literal["months", "quarters", "years", "none"]
    no_collection_in: list[int] = []
    not_mixed_with: list[str]
    definition: str
    would_know: str = ""
    caveats: list[str]
    made_up: str = ""
    notes: str = ""
    withheld: str = ""
    not_received: str = ""
    oldest_usable_years: int | None = None
    published_since: list[FinancialYearText] = []
    serves: list[str] = []
    series_breaks: list[SeriesBreak] = []
    rounding: Rounding | None = None
    boundary_set: str | None = None
    former_codes: list[FormerCodes] = []
    parts: list[LabelPartOf] = []
    population: list[Population] = []
    returned: Return | None = Field(default=None, alias="return")
    indicators: Indicators | None = None

    def policy_of(self, column: str) -> str:
        """The policy that protects one of its columns of counts."""
        return self.policies.get(column, self.policy)

    @property
    def population_words(self) -> frozenset[str]:
        """Whom it counts, and among whom, in the words that other sources use too."""
        named = {name for each in self.population for name in (each.whom, each.among)}
        return frozenset(named - {""})


class ReceiptFile(_Declared):
    """One file of a receipt, as it was on the day.

    Attributes
    ----------
    address : str
        Where it was downloaded from, if ``cdpb fetch`` did.
    area : str
        The GSS code of the only area whose pages are made from it; of a file for all, empty.
    """

    name: str = Field(pattern=r"^[^/\\]+$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int
    layout: str = ""
    covers: str = ""
    address: str = ""
    area: str = Field(default="", pattern=r"^(E\d{8})?$")


class Periods(_Declared):
    """The first and last month or year that a receipt covers."""

    first: str
    last: str


class Receipt(_Declared):
    """The files of one source received on one day.

    Attributes
    ----------
    received_precision : str
        What is known of the date: the ``day``, or only the ``month`` or ``year``, of which
        ``received`` is then the last day.
    vintage_group : str or None
        Receipts of two sources with the same word here came from one state of the publisher's
        records, so that their figures may be subtracted from each other.
    """

    source: str
    received: dt.date
    received_precision: Literal["day", "month", "year"] = "day"
    files: list[ReceiptFile] = Field(min_length=1)
    periods: Periods | None = None
    provisional: bool = False
    vintage_group: str | None = None
    note: str = ""
    folder: Path = Field(exclude=True)

    @property
    def received_text(self) -> str:
        """The date as far as it is known: ``5 May 2025``, ``April 2025`` or ``2019``."""
        if self.received_precision == "day":
            return f"{self.received.day} {self.received:%B %Y}"
        return f"{self.received:%B %Y}" if self.received_precision == "month" else str(self.year)

    @property
    def month_text(self) -> str:
        """The month it was received in, or the year where no more is known."""
        return str(self.year) if self.received_precision == "year" else f"{self.received:%B %Y}"

    @property
    def year(self) -> int:
        """The calendar year it was received in."""
        return self.received.year

    @property
    def covers_text(self) -> str:
        """``April 2023 to March 2024``; empty where a receipt has no periods."""
        if self.periods is None:
            return ""
        named = " to ".join(dict.fromkeys([self.periods.first, self.periods.last]))
        return months_named(named)

    def names_for(self, area: str) -> list[str]:
        """The names of its files, without those of other areas than this one alone."""
        return [file.name for file in self.files if not area or file.area in ("", area)]

    @property
    def paths(self) -> list[Path]:
        """Where its files lie."""
        return [self.folder / file.name for file in self.files]


class Withdrawn(Receipt):
    """A receipt that was taken out of use, and why."""

    withdrawn: dt.date
    reason: str = Field(min_length=1)
