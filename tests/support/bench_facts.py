"""The capabilities of a bench, literally: EmStat4 HR, a TESCAN column and stage, an Amptek DP5."""

import math

from operando.drivers.roles import (
    ColumnCapabilities,
    EdsCapabilities,
    KeepOut,
    PotentiostatCapabilities,
    ScannerCapabilities,
    StageCapabilities,
    StagePosition,
)
from operando.protocols.plan import BenchFacts

__all__ = ["BENCH", "KEEP_OUT"]

KEEP_OUT = KeepOut(x_m=(5e-3, 6e-3), y_m=(-1e-3, 1e-3), z_m=(0.0, 0.02))

BENCH = BenchFacts(
    potentiostat=PotentiostatCapabilities(
        voltage_range_V=(-6.0, 6.0),
        current_range_A=(-0.2, 0.2),
        galvanostatic=True,
        impedance_frequency_Hz=(1e-5, 2e5),
        impedance_amplitude_V=(1e-3, 0.9),
        shortest_interval_s=0.02,
        ends_steps_by_itself=True,
    ),
    stage=StageCapabilities(
        lowest=StagePosition(-0.065, -0.065, 0.003, -2 * math.pi, -math.pi / 3),
        highest=StagePosition(0.065, 0.065, 0.103, 2 * math.pi, math.pi / 2),
        arrival_tolerance_m=2e-6,
        keep_out=(KEEP_OUT,),
    ),
    column=ColumnCapabilities((200.0, 3e4), (1e-12, 4e-7), (6e-3, 0.1), (1e-6, 0.05), unblank_s=1.0),
    scanner=ScannerCapabilities((2e-8, 1e-2), (16384, 16384), 2, start_latency_s=0.8),
    eds=EdsCapabilities((2048,), 0.1, overhead_s=0.09, maps_by_itself=False),
    detectors=("SE", "BSE"),
    stage_position=StagePosition(0.0, 0.0, 0.01),
    pressures=("chamber", "box"),
)
