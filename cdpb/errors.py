"""The ways a run can end badly, each with the exit code a shell sees."""

import errno
import os
import unicodedata
from typing import Any

from cdpb.marks import unmarked

LONGEST_MESSAGE = 8
# What a disk, a mount or a right can refuse, and no line of ours is to blame for.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EBUSY)
_TOO_MANY = (errno.EMFILE, errno.ENFILE)


class CdpbError(Exception):
    """Something a person can act on: a headline, then up to seven indented lines.

    Parameters
    ----------
    headline : str
        Which file, source or option, and what is wrong with it.
    *lines : str
        What was wanted, what was found, the way out, what state things are in.
        Lines beyond the eighth are folded into one that counts them.
    """

    exit_code = 1

    def __init__(self, headline: str, *lines: str) -> None:
        body = [line for text in lines for line in str(text).splitlines() if line.strip()]
        if len(body) >= LONGEST_MESSAGE:
            left = len(body) - (LONGEST_MESSAGE - 2)
            body = [*body[: LONGEST_MESSAGE - 2], f"... and {left} more lines"]
        # A headline stays one line, so that a name holding a line break can't forge a message.
        whole = [" ".join(str(headline).split()), *("  " + line.strip() for line in body)]
        self.lines = [visible(unmarked(line)) for line in whole]
        super().__init__("\n".join(self.lines))


class FindingFailed(CdpbError):
    """A notebook stopped before its last cell."""


class InputError(CdpbError, ValueError):
    """Invalid input: a file, a parameter or a declaration that failed validation."""

    exit_code = 2


class FileError(InputError):
    """Something wrong with the file that is being read, which the headline calls "This file".

    `cdpb.file_contents.in_file` puts the file's name there.
    """


class GateRefused(CdpbError):
    """A number that must not be published was about to be."""

    exit_code = 3


def visible(text: str) -> str:
    """Text whose order and colour on a screen nothing in it can change: such signs become ``?``.

    They are control characters, the format characters that turn the direction of writing, and
    halves of a character that no file can hold.
    """
    return "".join("?" if is_invisible(sign) else sign for sign in text)


def is_invisible(sign: str) -> bool:
    """Whether a sign is a control or format character, a line break, or half of a character."""
    return unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


INTERRUPTED = 130


def ended(error: BaseException | None) -> dict[str, Any]:
    """The ``exit_code`` of a command that ended so, and the lines of its ``message``.

    Of an error that nobody foresaw the class alone is told, for its text may quote data.
    """
    known = error if isinstance(error, CdpbError) else refused_by_system(error)
    if known:
        return {"exit_code": known.exit_code, "message": [each.strip() for each in known.lines]}
    if isinstance(error, KeyboardInterrupt):
        return {"exit_code": INTERRUPTED, "message": ["Interrupted."]}
    return {"exit_code": int(error is not None), "message": [type(error).__name__] * bool(error)}


def refused_by_system(error: BaseException | None) -> InputError | None:
    """What to say where the system refused a file; None for an error of any other kind."""
    if not isinstance(error, OSError):
        return None
    return refusal(error.errno, _as_typed(os.fsdecode(error.filename or "")))


def refusal(number: int | None, name: str = "") -> InputError | None:
    """The same, from the number of the error and the name of the file."""
    what = f"{name or 'A file'} can't be opened or written"
    if number in _FULL:
        why, ways = "the disk is full", ["Free some space there and run again."]
    elif number in _TOO_MANY:
        why, ways = "too many files are open", ["Close other programs, or run with --workers 1."]
    elif number in _REFUSED:
        why = os.strerror(number or 0)
        ways = ["Close it where it is open, see that the disk is not read-only and that you may"]
        ways += ["write there, and run again."]
    else:
        return None
    return InputError(f"{what}: {why}.", *ways, "Earlier assessments stand as they were.")


def _as_typed(path: str) -> str:
    """A path from the working folder where it lies in it."""
    here = os.getcwd() + os.sep
    return path.removeprefix(here).replace(os.sep, "/") if path.startswith(here) else path
