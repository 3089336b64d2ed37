"""``cdpb new finding``: what a new finding, and a new source of it, begin with."""

from cdpb.scaffold.finding import new_finding

__all__ = ["new_finding"]
