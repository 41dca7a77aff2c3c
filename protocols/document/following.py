"""What drift is followed on, and how far following may go."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from operando.drivers.documents import StrictModel
from operando.drivers.units import PositiveLength
from operando.protocols.following import Anchor, Box, FollowingLimits

__all__ = ["AnchorEntry", "AnchorText", "BoxEntry", "FollowingEntry", "anchor_of"]

Share = Annotated[float, Field(ge=0, le=1)]


class BoxEntry(StrictModel):
    """A part of the picture that does not move on its own: shares of its width and height from the top left."""

    left: Share
    top: Share
    right: Share
    bottom: Share

    @model_validator(mode="after")
    def _not_empty(self) -> "BoxEntry":
        if self.left >= self.right or self.top >= self.bottom:
            raise ValueError("the box is empty: 'left' must be less than 'right' and 'top' less than 'bottom'")
        return self


AnchorText = Literal["electrolyte", "NMC"]
"""Grains that stay where they are; lithium moves."""


def _written_as(value: object) -> str:
    return "<box>" if isinstance(value, dict | BoxEntry) else "<material>"


AnchorEntry = Annotated[
    Annotated[AnchorText, Tag("<material>")] | Annotated[BoxEntry, Tag("<box>")], Discriminator(_written_as)
]


class FollowingEntry(StrictModel):
    """How far drift is followed. Beyond `image_shift_at_most` the stage takes over, beyond `at_most` nobody."""

    image_shift_at_most: PositiveLength = 10e-6
    at_most: PositiveLength = 50e-6
    minimum_confidence: Share = 0.3

    def resolved(self) -> FollowingLimits:
        """The limits of the program."""
        return FollowingLimits(
            minimum_confidence=self.minimum_confidence,
            image_shift_at_most_m=self.image_shift_at_most,
            correction_at_most_m=self.at_most,
        )


def anchor_of(entry: AnchorText | BoxEntry | None) -> Anchor | None:
    """The anchor of the program."""
    return Box(entry.left, entry.top, entry.right, entry.bottom) if isinstance(entry, BoxEntry) else entry
