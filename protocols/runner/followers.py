"""Who looks at each frame as it arrives, to follow what drifts."""

from typing import Protocol

from operando.drivers.roles import Image
from operando.protocols.plan.fields import FieldVisit

__all__ = ["Followers", "FrameFollower", "NobodyFollows"]


class FrameFollower(Protocol):
    """Sees the frames of each field, in the order in which they are taken, and may correct where the beam looks."""

    async def frame(self, visit: FieldVisit, images: tuple[Image, ...]) -> None:
        """One frame of a field, by all its detectors. The next frame waits until this returns."""
        ...


class NobodyFollows:
    """Follows nothing."""

    async def frame(self, visit: FieldVisit, images: tuple[Image, ...]) -> None:
        pass


class Followers:
    """Several, one after the other."""

    def __init__(self, *followers: FrameFollower) -> None:
        self._followers = followers

    async def frame(self, visit: FieldVisit, images: tuple[Image, ...]) -> None:
        for follower in self._followers:
            await follower.frame(visit, images)
