"""What keeps a file from being added."""

from dataclasses import dataclass

from cdpb.errors import CdpbError, InputError


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes
    ----------
    source_id : str
        The source whose receipt it would be in; empty where the file wasn't read.
    acceptable : bool
        Whether a person may know better, and say so with a reason: a month may really be low. A
        file that can't be read, or is held already, is not made right by a reason.
    """

    error: InputError
    acceptable: bool = False
    source_id: str = ""


class NotAdded(CdpbError):
    """Some file can't be added, so none was; all that is wrong, not the first thing alone."""

    exit_code = 2

    def __init__(self, problems: list[Problem], files: int) -> None:
        self.problems = problems
        things = "1 thing is" if len(problems) == 1 else f"{len(problems)} things are"
        what = "The file was not" if files == 1 else f"None of the {files} files was"
        lines = ["Nothing was changed."]
        if any(each.acceptable for each in problems):
            left = "it" if all(each.acceptable for each in problems) else "what can be"
            lines.insert(0, f"Where the figures are right all the same, accept {left} with a")
            lines.insert(1, 'reason, which the receipt keeps: --accept "REASON".')
        super().__init__(f"{what} added: {things} wrong.", *lines)


class NotWithdrawn(CdpbError):
    """A receipt that the project can't do without."""

    exit_code = 2

    def __init__(self, problems: list[Problem], folder: str) -> None:
        first = problems[0].error.lines
        super().__init__(
            f"{folder} can't be withdrawn: without it no run would get through.",
            *first[:4],
            "Add what takes its place first, then withdraw it. Nothing was changed.",
        )
