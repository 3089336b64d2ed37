"""The question that charts, maps, words, tables and downloads ask before anything else."""

from cdpb.disclosure.published import PublishedTable
from cdpb.errors import GateRefused


def only_published(*shown: object) -> None:
    """Refuse whatever hasn't passed the gate.

    Raises
    ------
    GateRefused
        Names the type of what was given, and nothing that it holds.
    """
    for each in shown:
        if not isinstance(each, PublishedTable):
            raise GateRefused(
                "Only a published table can be drawn, shown or put into words.",
                f"Found: {type(each).__name__}.",
                "Pass it through finding.publish, and use what that returns.",
            )
