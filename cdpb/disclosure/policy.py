"""A policy: the rule by which the counts of a source are protected."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cdpb.errors import InputError

ROUNDED_TO = 5
NHS_THRESHOLD = 8


class Policy(BaseModel):
    """The rule by which one source's counts leave.

    Attributes
    ----------
    of : {"counts", "estimates"}
        What its figures are. No person stands behind an estimate.
    threshold : int or None
        Counts from 1 to one below it are hidden; None hides nothing.
    zeros : {"shown", "hidden"}
        Where zeros are shown, a reader knows that a hidden count is at least 1.
    rounding : {"none", "nearest_5", "nhs", "publisher_5"}
        ``nearest_5`` is done at the gate; so is ``nhs``, which hides 1 to 7 first;
        ``publisher_5`` was done before we got the figures.
    totals : {"rounded", "recomputed"}
        Of counts rounded at the gate: each total by itself, or as the sum of its rounded parts.
    level : {"band", "hide"} or None
        ``band``: what can be worked out of a hidden count holds all of 1 to
        ``threshold - 1``. ``hide``: it reaches the threshold too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    why: str
    of: Literal["counts", "estimates"] = "counts"
    threshold: int | None = Field(default=None, ge=2)
    zeros: Literal["shown", "hidden"] = "shown"
    rounding: Literal["none", "nearest_5", "nhs", "publisher_5"] = "none"
    totals: Literal["rounded", "recomputed"] = "rounded"
    level: Literal["band", "hide"] | None = None
    # One marker for primary and secondary cells: two would say which is which.
    marker: Literal["[c]"] = "[c]"

    @model_validator(mode="after")
    def _threshold_and_level_go_together(self) -> "Policy":
        if (self.threshold is None) != (self.level is None):
            raise ValueError("threshold and level go together: give both, or neither")
        if self.threshold is None and self.zeros == "hidden":
            raise ValueError("zeros can only be hidden by a policy with a threshold")
        if self.threshold is not None and self.rounding == "publisher_5":
            raise ValueError("counts that the publisher rounded can't be hidden by a threshold")
        return self

    @model_validator(mode="after")
    def _rounding_comes_after_hiding(self) -> "Policy":
        """Four wards of 7 are shown as 5 each and 30 in all, which no other counts are."""
        if self.rounds and self.threshold is None:
            raise ValueError("rounding alone is undone by adding up: give a threshold too")
        if self.rounding == "nhs" and self.threshold != NHS_THRESHOLD:
            raise ValueError(f"the NHS rule hides 1 to 7: its threshold is {NHS_THRESHOLD}")
        if self.totals == "recomputed" and not self.rounds:
            raise ValueError("totals are recomputed only where counts are rounded at the gate")
        return self

    @property
    def protects(self) -> bool:
        """Whether any count of the source may have to be hidden."""
        return self.threshold is not None

    @property
    def rounds(self) -> bool:
        """Whether counts are rounded at the gate."""
        return self.rounding in ("nearest_5", "nhs")

    @property
    def smallest_hidden(self) -> int:
        """1 where zeros are shown, 0 where they are hidden too."""
        return 0 if self.zeros == "hidden" else 1

    @property
    def must_reach(self) -> int:
        """The value that a reader must still think possible for every hidden count."""
        if self.threshold is None:
            raise InputError(f"Policy {self.name} hides nothing, so it has no level.")
        return self.threshold if self.level == "hide" else self.threshold - 1

    def hides(self, count: int) -> bool:
        """Whether a count is hidden like a small one.

        Where not even that it is small may be known, the threshold itself is hidden too: if it
        were hidden only for the sake of others, a reader could often rule it out.
        """
        return self.threshold is not None and self.smallest_hidden <= count <= self.must_reach

    def is_primary(self, count: int) -> bool:
        """Whether a count is hidden for its own smallness."""
        return self.threshold is not None and self.smallest_hidden <= count < self.threshold
