"""What is watched of the beam itself, when it is a suspect."""

from dataclasses import dataclass

__all__ = ["BeamWatch"]


@dataclass(frozen=True, slots=True)
class BeamWatch:
    """What a run measures and keeps of the beam.

    Args:
        absorbed_current: measured with each picture, and while the beam is blanked.
        signal_locked: gain and black level are set again before each capture, as they were at the first picture.
    """

    absorbed_current: bool = False
    signal_locked: bool = False
