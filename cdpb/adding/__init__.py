"""Received files: recognised, checked against those in use, and stored with their receipts."""

from cdpb.adding.add import Wanted, add, withdraw
from cdpb.adding.incoming import NotAdded
from cdpb.adding.store import finish_interrupted
from cdpb.adding.summary import Added

__all__ = ["Added", "NotAdded", "Wanted", "add", "finish_interrupted", "withdraw"]
