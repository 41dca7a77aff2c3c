"""Finds a sample again that was taken out and put back: two or three points, and a registration of their pictures."""

from operando.protocols.fiducials.bench_look import BenchLook
from operando.protocols.fiducials.find import (
    Fiducial,
    FiducialLimits,
    Look,
    NotThisSample,
    find_again,
    find_region,
)
from operando.protocols.fiducials.rigid import Pair, Placement, placement_of
from operando.protocols.fiducials.sight import Sight, Turned, compare
from operando.protocols.fiducials.store import load_fiducials, save_fiducials

__all__ = [
    "BenchLook",
    "Fiducial",
    "FiducialLimits",
    "Look",
    "NotThisSample",
    "Pair",
    "Placement",
    "Sight",
    "Turned",
    "compare",
    "find_again",
    "find_region",
    "load_fiducials",
    "placement_of",
    "save_fiducials",
]
