"""The ways a run can end badly, each with the exit code a shell sees."""

LONGEST_MESSAGE = 8


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
        self.lines = [" ".join(str(headline).split()), *("  " + line.strip() for line in body)]
        super().__init__("\n".join(self.lines))


class FindingFailed(CdpbError):
    """A notebook stopped before its last cell."""

    exit_code = 1


class InputError(CdpbError, ValueError):
    """A file, a parameter or a declaration that can't be vouched for."""

    exit_code = 2


class GateRefused(CdpbError):
    """A number that may not leave was about to."""

    exit_code = 3
