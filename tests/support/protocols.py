"""A small complete protocol, and ways to change one line of it."""

from operando.protocols.document import parse_protocol
from operando.protocols.program import Program

__all__ = ["PROTOCOL", "changed", "line_of", "program"]

PROTOCOL = """\
operando: 1
title: two regions
sample: {name: cell, nominal_capacity: 1.2 mAh, area: 0.785 cm^2}
safety:
  voltage: [2.8 V, 4.3 V]
  current: [-240 uA, 240 uA]
record: {every: 1 s, or_voltage_change: 1 mV}
cycling:
  - Rest for 1 hour
  - {capture: chemistry, cell: rest, at_most: 45 min}
  - repeat: 2
    steps:
      - {name: charge, step: Charge at C/10 until 4.2 V}
      - {name: hold, step: Hold at 4.2 V until C/50}
      - {name: relax, rest: {until: 1 mV/h, at_most: 2 h}}
      - {impedance: {bias: ocv, from: 200 kHz, to: 1 Hz, amplitude: 10 mV rms}}
      - {ask: "go on?", answers: [yes, no], otherwise: yes}
      - {name: discharge, step: Discharge at C/10 until 3.0 V}
regions:
  anode: {stage: {x: 1.2 mm, y: -0.35 mm}, width: 120 um}
  cathode: {stage: {x: 1.2 mm, y: -0.98 mm}, width: 20 um, tiles: [3, 1]}
captures:
  overview: {regions: [anode], detectors: [SE, BSE], dwell: 5 us, beam: {voltage: 5 kV, current: 100 pA}}
  chemistry: {regions: cathode, eds: {point: 5 s}, beam: {voltage: 10 kV, current: 500 pA}}
when:
  - {every: 15 min, during: [charge, discharge], capture: overview}
  - {just_before_end_of: charge, capture: overview}
  - {voltage: {falls: 20 mV, over: 5 s}, during: charge, settled: 60 s, capture: overview}
dose: {anode: 8 C/m^2 per cycle, spot: 0.1 mAh/cm^2}
interlocks: [chamber vacuum]
"""


def changed(old: str, new: str) -> str:
    """The protocol with one place changed, which must be there exactly once."""
    assert PROTOCOL.count(old) == 1, f"{old!r} is there {PROTOCOL.count(old)} times"
    return PROTOCOL.replace(old, new)


def line_of(text: str, part: str) -> int:
    """The line (from 1) on which a part stands first."""
    return text[: text.index(part)].count("\n") + 1


def program(old: str = "interlocks", new: str = "interlocks") -> Program:
    """The program of the protocol, with one place changed."""
    return parse_protocol(changed(old, new))
