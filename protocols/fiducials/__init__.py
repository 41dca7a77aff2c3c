"""Finds a sample again that was taken out and put back: two or three points, and a registration of their pictures."""

from operando.protocols.fiducials.bench_look import BenchLook
from operando.protocols.fiducials.find import (
    Comparison,
    Fiducial,
    FiducialLimits,
    Look,
    NotThisSample,
    Search,
    find_again,
    find_region,
    measuring_region,
    searching,
    searching_region,
)
from operando.protocols.fiducials.rigid import Pair, Placement, placement_of
from operando.protocols.fiducials.sight import Sight, Turned, compare
from operando.protocols.fiducials.store import fiducials_as_bytes, load_fiducials, load_regions, save_fiducials

__all__ = [
    "BenchLook",
    "Comparison",
    "Fiducial",
    "FiducialLimits",
    "Look",
    "NotThisSample",
    "Pair",
    "Placement",
    "Search",
    "Sight",
    "Turned",
    "compare",
    "fiducials_as_bytes",
    "find_again",
    "find_region",
    "load_fiducials",
    "load_regions",
    "measuring_region",
    "placement_of",
    "save_fiducials",
    "searching",
    "searching_region",
]
