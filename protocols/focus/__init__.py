"""Focus by rule: how sharp a picture is, where sharpness has its maximum, and where that may be looked for."""

from operando.protocols.focus.curve import NoPeak, Peak, Point, find_peak
from operando.protocols.focus.rule import BESIDE, FocusRule, Lens
from operando.protocols.focus.sharpness import Sharpness, sharpness_of
from operando.protocols.focus.watch import BeamWatch

__all__ = [
    "BESIDE",
    "BeamWatch",
    "FocusRule",
    "Lens",
    "NoPeak",
    "Peak",
    "Point",
    "Sharpness",
    "find_peak",
    "sharpness_of",
]
