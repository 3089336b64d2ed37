"""A received file: recognised, checked against what is held, and stored with its receipt."""

from cdpb.adding.add import Wanted, add
from cdpb.adding.incoming import NotAdded
from cdpb.adding.store import finish_interrupted
from cdpb.adding.summary import Added
from cdpb.adding.withdraw import withdraw

__all__ = ["Added", "NotAdded", "Wanted", "add", "finish_interrupted", "withdraw"]
