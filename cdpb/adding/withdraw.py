"""Taking a receipt out of use: its files and the reason stay, and no figure is read from them."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from cdpb import paths
from cdpb.adding import store
from cdpb.adding.incoming import NotWithdrawn
from cdpb.adding.receipt import NAME, withdrawn_text
from cdpb.adding.whole import new_refusals
from cdpb.catalogue import receipts, source, sources, withdrawn_folder
from cdpb.errors import InputError, visible
from cdpb.file_contents import relative
from cdpb.sources import ILLUSTRATIVE, Receipt


@dataclass(frozen=True)
class Withdrawal:
    """What was taken out of use, and what is left.

    Attributes
    ----------
    now : Path
        Where it lies, from the project root.
    report : list of str
        What is said of it.
    """

    receipt: Receipt
    now: Path
    report: list[str]


def withdraw(named: Path, reason: str, today: dt.date | None = None) -> Withdrawal:
    """Take a receipt out of use; its folder moves to ``data/withdrawn``.

    Parameters
    ----------
    named : Path
        Its folder, from here or from the project root.
    reason : str
        Why; it stays in the receipt.

    Raises
    ------
    InputError
        If no receipt in use lies there, or no reason is given.
    NotWithdrawn
        If the project could not be read without it. Nothing was changed.
    """
    receipt = _receipt_at(named)
    told = visible(" ".join(reason.split()))
    if not told:
        raise InputError(
            "A receipt is not withdrawn without a reason.",
            'The reason stays in the receipt: --reason "REASON".',
            "Nothing was changed.",
        )
    with store.workshop() as workshop:
        workshop.copy_project()
        folder, now = Path(relative(receipt.folder)), _free_place(receipt)
        day = today or dt.date.today()
        workshop.take_out(folder, now, withdrawn_text(receipt.folder / NAME, day, told))
        with store.standing_in(workshop.project):
            report = list(_said(receipt, now, told))
        problems = new_refusals({receipt.source}, workshop.project)
        if problems:
            raise NotWithdrawn(problems, folder.as_posix())
        workshop.move_in([now], out=[folder])
    return Withdrawal(receipt, now, report)


def _receipt_at(named: Path) -> Receipt:
    """The receipt in use that a path names: its folder, or a file in it."""
    root = paths.project_root()
    for path in (named, root / named):
        folder = path if path.is_dir() else path.parent
        for each in sources():
            found = [r for r in receipts(each) if r.folder.resolve() == folder.resolve()]
            if found and source(each).status != ILLUSTRATIVE:
                return found[0]
    raise InputError(
        f"{named} holds no receipt that is in use.",
        *_those_of(named),
        "Wanted: data/<source>/<day received>, as `cdpb add` said where it stored a file.",
        "Nothing was changed.",
    )


def _those_of(named: Path) -> list[str]:
    """The receipts of the source that a wrong path names."""
    known = [part for part in named.parts if part in sources()]
    held = [relative(each.folder) for each in receipts(known[-1])] if known else []
    return [f"{known[-1]} has: {', '.join(held) or 'none'}."] if known else []


def _free_place(receipt: Receipt) -> Path:
    """A folder of its own, also where a receipt of the same day was withdrawn before."""
    folder = withdrawn_folder(receipt.source)
    names = [receipt.folder.name, *(f"{receipt.folder.name}_{n}" for n in range(2, 1000))]
    free = next(folder / name for name in names if not (folder / name).exists())
    return Path(relative(free))


def _said(receipt: Receipt, now: Path, reason: str) -> list[str]:
    made_up = source(receipt.source).status == ILLUSTRATIVE
    left = [] if made_up else receipts(receipt.source)
    lines = [
        f"{receipt.source}, received {receipt.received_text}: withdrawn",
        f"  reason    {reason}",
        f"  files     {', '.join(each.name for each in receipt.files)}",
        f"  kept in   {now.as_posix()}, and used nowhere",
    ]
    if left:
        days = ", ".join(each.received_text for each in left)
        lines.append(f"  in use    receipts of {days}")
    elif made_up:
        lines.append("  in use    nothing received; demonstrations show made-up figures again")
    else:
        lines.append("  in use    nothing: pages say that the source has not been received")
    lines += [
        "  released  stands in the ledger as it was published",
        "The same files can be added again. Assessments are as they were until the next cdpb run.",
    ]
    return lines
