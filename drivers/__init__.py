"""What an instrument is, and how each real one is reached.

`open_bench` opens the instruments of a bench file by role; see `Bench`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from operando.drivers.bench import Bench, open_bench
    from operando.drivers.clock import Clock, RealClock, VirtualClock
    from operando.drivers.errors import InstrumentError, OperandoError
    from operando.drivers.roles import (
        AutofocusRange,
        BeamConditions,
        Blanking,
        DetectorSettings,
        EdsSettings,
        FrameRequest,
        Galvanostatic,
        Guard,
        HighVoltage,
        Image,
        Impedance,
        OpenCircuit,
        Potentiostatic,
        Quality,
        Reading,
        Recording,
        SafeState,
        Safety,
        Spectrum,
        StagePosition,
        Step,
    )
    from operando.drivers.waiting import wait_for

__all__ = [
    "AutofocusRange",
    "BeamConditions",
    "Bench",
    "Blanking",
    "Clock",
    "DetectorSettings",
    "EdsSettings",
    "FrameRequest",
    "Galvanostatic",
    "Guard",
    "HighVoltage",
    "Image",
    "Impedance",
    "InstrumentError",
    "OpenCircuit",
    "OperandoError",
    "Potentiostatic",
    "Quality",
    "Reading",
    "RealClock",
    "Recording",
    "SafeState",
    "Safety",
    "Spectrum",
    "StagePosition",
    "Step",
    "VirtualClock",
    "open_bench",
    "wait_for",
]

_FROM = {
    "operando.drivers.bench": (
        "Bench",
        "open_bench",
    ),
    "operando.drivers.clock": (
        "Clock",
        "RealClock",
        "VirtualClock",
    ),
    "operando.drivers.errors": (
        "InstrumentError",
        "OperandoError",
    ),
    "operando.drivers.roles": (
        "AutofocusRange",
        "BeamConditions",
        "Blanking",
        "DetectorSettings",
        "EdsSettings",
        "FrameRequest",
        "Galvanostatic",
        "Guard",
        "HighVoltage",
        "Image",
        "Impedance",
        "OpenCircuit",
        "Potentiostatic",
        "Quality",
        "Reading",
        "Recording",
        "SafeState",
        "Safety",
        "Spectrum",
        "StagePosition",
        "Step",
    ),
    "operando.drivers.waiting": ("wait_for",),
}
_MODULES = {name: module for module, names in _FROM.items() for name in names}


def __getattr__(name: str) -> object:
    """Import what is asked for: whoever reads a record needs no bench, and no units."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value
