"""What an instrument is, and how each real one is reached.

`open_bench` opens the instruments of a bench file by role; see `Bench`.
"""

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
