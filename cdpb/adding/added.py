"""What came of adding files."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from cdpb.adding.incoming import Incoming
from cdpb.adding.pages import PageYear
from cdpb.adding.problem import Problem
from cdpb.adding.receipt import Terms


@dataclass(frozen=True)
class Added:
    """What was added, and what was held before and after.

    Attributes
    ----------
    folders : list of Path
        Where each file lies, in the order of the files.
    before, after : dict of str to pandas.DataFrame
        By source, every row in use.
    pages : list of PageYear
        Pages and years for which a source is complete now and was not before.
    accepted : list of Problem
        What spoke against them, and was accepted with a reason.
    report : list of str
        What is said of them; written before they are stored, so that nothing which was stored
        can fail for its own description.
    """

    files: list[Incoming]
    folders: list[Path]
    terms: Terms
    before: dict[str, pd.DataFrame]
    after: dict[str, pd.DataFrame] = field(default_factory=dict)
    pages: list[PageYear] = field(default_factory=list)
    accepted: list[Problem] = field(default_factory=list)
    report: list[str] = field(default_factory=list)
