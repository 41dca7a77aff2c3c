"""What goes wrong on wires, as rules in one place for every simulator and for the proxy."""

from operando.simulators.faults.conversation import FaultyConversation
from operando.simulators.faults.effects import (
    Answer,
    Close,
    CutAfter,
    Delay,
    Drop,
    Duplicate,
    Echo,
    Effect,
    FlipBit,
    GarbageAfter,
    GarbageBefore,
    Noise,
    Outcome,
    Overtake,
    Overwrite,
    Rewrite,
    Split,
    Stuck,
    Unplug,
)
from operando.simulators.faults.path import FaultyPath
from operando.simulators.faults.rule import Direction, FaultRule
from operando.simulators.faults.wire import WireFaults

__all__ = [
    "Answer",
    "Close",
    "CutAfter",
    "Delay",
    "Direction",
    "Drop",
    "Duplicate",
    "Echo",
    "Effect",
    "FaultRule",
    "FaultyConversation",
    "FaultyPath",
    "FlipBit",
    "GarbageAfter",
    "GarbageBefore",
    "Noise",
    "Outcome",
    "Overtake",
    "Overwrite",
    "Rewrite",
    "Split",
    "Stuck",
    "Unplug",
    "WireFaults",
]
