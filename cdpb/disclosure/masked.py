"""The one value that stands where a count may not."""

from typing import Any, NoReturn

from cdpb.errors import GateRefused

MARKER = "[c]"


class Masked:
    """Stands for a hidden number, knows nothing of it, and refuses to be used as one.

    There is one of it, ``MASKED``; ``str()`` gives its marker, and ``value is MASKED`` asks
    for it. Everything a number can do raises `GateRefused`, so that a sum, a sort or an axis
    limit can't be made of what is hidden without anybody noticing.
    """

    __slots__ = ()

    def __new__(cls) -> "Masked":
        """Give the one there is."""
        return _ONLY if _ONLY is not None else super().__new__(cls)

    def __reduce__(self) -> str:
        return "MASKED"

    def __str__(self) -> str:
        return MARKER

    def __repr__(self) -> str:
        return MARKER

    def __format__(self, specification: str) -> str:
        if specification:
            _refuse()
        return MARKER

    # numpy then leaves `array + MASKED` to us instead of looking inside.
    __array_ufunc__ = None


def _refuse(*_given: Any, **_named: Any) -> NoReturn:
    raise GateRefused(
        "A masked cell [c] can't be calculated with, compared, sorted, formatted or drawn.",
        "Ask `value is MASKED` first, or use the table's own total(), sorted_by() and markers().",
    )


_REFUSED = """
    abs add and bool ceil complex divmod eq float floor floordiv ge gt index int invert
    iadd iand ifloordiv ilshift imatmul imod imul invert ior ipow irshift isub iter itruediv ixor
    le len lshift lt matmul mod mul ne neg or pos pow radd rand rdivmod rfloordiv rlshift rmatmul
    rmod rmul ror round rpow rrshift rshift rsub rtruediv rxor sub truediv trunc xor
    array array_interface array_struct bytes contains getitem hash iter reversed
"""
for _name in _REFUSED.split():
    setattr(Masked, f"__{_name}__", property(_refuse) if "array_" in _name else _refuse)

_ONLY: Masked | None = None
MASKED = _ONLY = Masked()
