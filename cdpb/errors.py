"""The ways a run can end badly, each with the exit code a shell sees; and slips, told at once."""

import errno
import inspect
import os
import traceback
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

from cdpb.marks import unmarked

KEYWORD_ONLY = inspect.Parameter.KEYWORD_ONLY
Given = ParamSpec("Given")
Out = TypeVar("Out")

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

    def __reduce__(self) -> tuple[type["CdpbError"], tuple[str, ...]]:
        """Of its lines, so that one raised in a worker reads the same where it is told."""
        return type(self), tuple(self.lines)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of it: the analyst's own line and the message, not our code."""
        own = [each for each in traceback.walk_tb(self.__traceback__) if is_own(each[0])]
        frames = traceback.StackSummary.extract(iter(own[-1:]))
        lines = [f"Line {each.lineno}: {each.line}" for each in frames if each.line]
        return [*lines, f"{type(self).__name__}: {self}"]


def is_own(frame: Any) -> bool:
    """Whether a frame is of a cell of a notebook."""
    return bool(frame.f_globals.get("__name__") == "__main__")


class FindingFailed(CdpbError):
    """A notebook stopped before its last cell."""


class InputError(CdpbError, ValueError):
    """Invalid input: a file, a parameter or a declaration that failed validation."""

    exit_code = 2


class NoSuchName(InputError, AttributeError):
    """Something was asked for by a name that it doesn't have."""


class NoSuchKey(InputError, KeyError):
    """Something was looked up by a key that it doesn't have."""

    __str__ = Exception.__str__


class FileError(InputError):
    """Something wrong with the file that is being read, which the headline calls "This file".

    `cdpb.file_contents.in_file` puts the file's name there.
    """


class GateRefused(CdpbError):
    """A number that must not be published was about to be."""

    exit_code = 3


# Slips -----------------------------------------------------------------------------

# What a verb's annotation asks for, in words; other annotations are not looked at.
KINDS = {
    "str": "a text",
    "bool": "True or False",
    "Sequence[str]": 'a list of texts, like ["Q01"]',
    "DataFrame": "a table (pandas.DataFrame) from a loader or a verb of statistics",
    "GeoDataFrame": "outlines, as load.ward_outlines(area) gives them",
    "PublishedTable": "what finding.publish returns",
    "Measure": 'a measure, as finding.measure("places", "London", place="London") gives it',
    "Others": "what finding.others() gives",
}
# These say themselves what they want, and know names that are near.
OWN_WORDS = {"year", "area"}


def verb(of: str) -> Callable[[Callable[Given, Out]], Callable[Given, Out]]:
    """A verb that refuses what its signature doesn't ask for before it does anything.

    Parameters
    ----------
    of : str
        What it is called on: ``finding.``, ``load.``, or nothing.
    """

    def _verb(method: Callable[Given, Out]) -> Callable[Given, Out]:
        signature = inspect.signature(method)
        name = f"{of}{method.__name__}".removesuffix(".__init__")

        @wraps(method)
        def _checked(*args: Given.args, **named: Given.kwargs) -> Out:
            as_asked(name, signature, args, named)
            return method(*args, **named)

        return _checked

    return _verb


def as_asked(
    name: str, signature: inspect.Signature, args: Iterable[Any], named: Mapping[str, Any]
) -> inspect.BoundArguments:
    """What a verb was given, under the names of its parameters; refused where it isn't as asked."""
    asked = signature.parameters
    try:
        given = signature.bind(*args, **named)
    except TypeError as error:
        _refuse_call(name, asked, named, str(error))
    for each, value in given.arguments.items():
        several = asked[each].kind is inspect.Parameter.VAR_POSITIONAL
        for one in value if several else [value]:
            if not (several and one is None):
                refuse_another_kind(f"{name}: {each}", each, asked[each].annotation, one)
    return given


def refuse_another_kind(what: str, name: str, annotation: Any, value: Any) -> None:
    """Refuse what is not of the kind that an annotation asks for.

    Parameters
    ----------
    what, name : str
        The parameter, as the message calls it and as it is called.
    annotation : type or str
        Its annotation; one that names no kind of `KINDS` asks for nothing.
    """
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    kinds = [each.rpartition(".")[2] for each in text.split(" | ")]
    if (
        name in OWN_WORDS
        or not {*kinds} <= {*KINDS, "None"}
        or any(_is_of_kind(value, each) for each in kinds)
    ):
        return
    if "PublishedTable" in kinds:
        raise unpublished(value)
    wanted = " or ".join(KINDS[each] for each in kinds if each in KINDS)
    raise InputError(f"{what} is of type {type(value).__name__}.", f"Wanted: {wanted}.")


def _is_of_kind(value: object, kind: str) -> bool:
    """Whether a value is of a kind, told by the names of its classes: the ground floor has none."""
    if kind == "Sequence[str]":
        return not isinstance(value, str) and isinstance(value, Iterable)
    return kind in {each.__name__ for each in type(value).__mro__} or (
        kind == "None" and value is None
    )


def _refuse_call(
    name: str, asked: Mapping[str, Any], named: Iterable[str], problem: str
) -> NoReturn:
    takes = [each for each in asked if each != "self"]
    strange = next((each for each in named if each not in takes), "")
    if strange and "unexpected" in problem:
        raise InputError(f"{name} has no {strange!r}.", closest(strange, takes)) from None
    by_name = [each for each in takes if asked[each].kind is KEYWORD_ONLY]
    raise InputError(
        f"{name}: {problem}.",
        f"It takes, in this order: {', '.join(each for each in takes if each not in by_name)}.",
        *[f"By name: {each}=..." for each in by_name],
    ) from None


def unpublished(given: object) -> "GateRefused":
    """What is said to whoever draws or says what hasn't passed the gate: its type alone."""
    return GateRefused(
        "Only a published table can be drawn, shown or put into words.",
        f"Found: {type(given).__name__}.",
        "Pass it through finding.publish, and use what that returns.",
    )


def closest(name: object, known: Iterable[object], beginning: str = "It has") -> str:
    """``Did you mean rank?``, or two that are less near; where none is, those that there are."""
    from difflib import get_close_matches

    names = [str(each) for each in known]
    lower = {each.casefold(): each for each in names}
    near = [lower[each] for each in get_close_matches(str(name).casefold(), lower, n=2)]
    if near:
        return f"Did you mean {meant(name, names) or ' or '.join(near)}?"
    return f"{beginning}: {', '.join(names) or 'none'}."


def meant(name: object, known: Iterable[object]) -> str:
    """The name that a text seems to misspell; none where it may well be another of its kind.

    Names of other letters are near when few of them differ. Codes, years and numbers of the same
    letters are different things, unless only their punctuation differs: ``2023-24``.
    """
    from difflib import get_close_matches

    plain = {_only(str.isalnum, each): str(each) for each in known}
    own = _only(str.isalnum, name)
    near = [own] if own in plain else get_close_matches(own, plain, n=1, cutoff=0.8)
    is_spelling = [_only(str.isalpha, each) for each in near] != [_only(str.isalpha, own)]
    return plain[near[0]] if near and (near == [own] or is_spelling) else ""


def _only(signs: Callable[[str], bool], text: object) -> str:
    return "".join(filter(signs, str(text).casefold()))


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
