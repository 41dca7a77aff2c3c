"""Short protocols for runs in tests."""

__all__ = ["CURRENT_A", "CYCLING_ONLY", "HEAD", "IMAGING", "IMAGING_ONLY", "SHORT"]

CURRENT_A = 120e-6
"""C/10 of the cell of `HEAD`."""

HEAD = """\
operando: 1
title: a test
sample: {name: test-cell, nominal_capacity: 1.2 mAh, area: 0.785 cm^2}
safety: {voltage: [2.8 V, 4.35 V], current: [-240 uA, 240 uA], host_tolerates: 10 s}
record: {every: 1 s}
"""

IMAGING = """\
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
  cathode: {stage: {x: 1.200 mm, y: -0.980 mm}, width: 20 um}
captures:
  overview:
    {regions: [anode], detectors: [SE, BSE], pixels: [64, 48], dwell: 10 us, beam: {voltage: 5 kV, current: 100 pA}}
  chemistry:
    regions: [cathode]
    eds: {point: 2 s, map: [2, 2], live_time_per_point: 500 ms}
    beam: {voltage: 10 kV, current: 500 pA}
"""

SHORT = (
    HEAD
    + """\
cycling:
  - {name: settle, step: Rest for 2 minutes}
  - {name: charge, step: Charge at C/10 for 10 minutes}
  - {capture: chemistry, cell: rest, at_most: 10 min}
  - {name: discharge, step: Discharge at C/10 for 5 minutes}
"""
    + IMAGING
    + """\
when:
  - {every: 2 min, during: [charge, discharge], capture: overview}
  - {just_before_end_of: charge, capture: overview}
  - {after_end_of: discharge, capture: overview}
"""
)

CYCLING_ONLY = (
    HEAD
    + """\
cycling:
  - {name: charge, step: Charge at C/10 until 3.65 V}
  - {name: hold, step: Hold at 3.65 V until C/50}
  - {name: relax, rest: {until: 1 mV/h, at_most: 2 h}}
  - {impedance: {bias: ocv, from: 100 kHz, to: 10 Hz, points_per_decade: 5, amplitude: 10 mV rms}}
"""
)

IMAGING_ONLY = HEAD + "imaging_only: 22 min\n" + IMAGING + "when: [{every: 5 min, capture: overview}]\n"
