"""The accessibility statement: a committed record of the last test, never today's date."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from cdpb import paths
from cdpb.yaml_files import read_yaml, typed


class AccessibilityRecord(BaseModel):
    """``data/accessibility.yml``: changed by whoever tests the pages, when they do.

    Attributes
    ----------
    standard : str
        What was tested against.
    tested : date
        When.
    checks : list of str
        What was done.
    result : str
        What came of it.
    known_problems : list of str
        What is not right, or could not be tested.
    report_problems : str
        What a reader who can't use a page should do.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    standard: str
    tested: date
    checks: list[str]
    result: str
    known_problems: list[str]
    report_problems: str

    @property
    def tested_text(self) -> str:
        """``22 November 2026``."""
        return f"{self.tested.day} {self.tested:%B %Y}"


def accessibility_record() -> AccessibilityRecord:
    """Read ``data/accessibility.yml``.

    Raises
    ------
    InputError
        If it is missing or incomplete: a page without its statement is not published.
    """
    path = paths.data_folder() / "accessibility.yml"
    return typed(AccessibilityRecord, read_yaml(path), path)
