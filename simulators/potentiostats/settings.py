"""What a simulated EmStat4 HR is like: its identity, its limits, and how it behaves where the vendor is silent.

The other models are settings, too; see `models`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from operando.simulators.potentiostats.ranges import CURRENT_RANGES, POTENTIAL_RANGES, CurrentRange

__all__ = ["EmStat4Settings", "Mode"]


@dataclass(frozen=True, slots=True)
class Mode:
    """One mode of the potentiostat: what may be applied in it, and the ranges that current is measured with.

    `window_V` is how far the voltages of one setting may lie apart; an instrument without such a limit has no
    window to be set.
    """

    voltage_range_V: tuple[float, float]
    current_ranges: tuple[CurrentRange, ...] = CURRENT_RANGES
    window_V: float = math.inf


def _emstat4_hr_modes() -> Mapping[int, Mode]:
    return dict.fromkeys((2, 3, 4, 6), Mode((-6.0, 6.0)))


@dataclass(frozen=True, slots=True)
class EmStat4Settings:
    """Identity, limits and open points of the instrument.

    Identity (sheet 1.2): `firmware` and `release` are the two lines that answer `t`.

    Limits (sheet 1.4): `modes` are those of the potentiostat, by their number; without mode 6 there is no
    galvanostat. `ranged_types` are the variable types whose range can be set. Beyond the voltage range or at the
    current limit a measurement ends with the runtime error 0032, and the cell stays connected unless
    `critical_overload_opens_cell`.

    `storage_kB` is the size of the file system on board (PyPalmSens, page on internal storage); 0 for none.

    Open points, each of which a driver must survive (sheet 1.3 and 9):
        deaf_after_error_s: after an error reply the instrument ignores what is sent for this long.
        empty_line_after_runtime_error: whether the line with the error is followed by an empty one.
        loop_rhythm: `L` once before and `+` once after a loop, or `L` at each iteration and no `+`.
        first_point_at_zero: whether the first point of a measurement is taken at t = 0 or after one interval.
        galvanostatic_current_type, open_circuit_voltage_type: variable types of these outputs.
        voltage_metadata: whether a measured voltage carries status and range even when its status is good.
        abort_delay_s: how long the instrument takes to act on `Z`.
        xon_at_connect: whether a stray XON byte greets the client.
        clock_rate_error: of its crystal, as a fraction (50e-6 is 50 ppm).

    Assumed, not documented: `shortest_interval_s` of a measurement and `loop_iteration_s`, the time that one
    iteration of a plain loop takes when nothing in it waits.
    """

    firmware: str = "es4_hr1500#Mar 12 2026 14:28:01"
    release: str = "R*"
    serial_number: str = "ES4HR20B0008"
    language_version: str = "01.09.00"
    communication_capabilities: str = "000000000000000000000000000000000000002F0000003FFFFF98FF00000002"
    script_capabilities: str = "000000000000000000000000000003FFFFBFE8FFFFFFFFFFFFFFFFFFFBFFFFE"

    modes: Mapping[int, Mode] = field(default_factory=_emstat4_hr_modes)
    voltage_range_V: tuple[float, float] = (-6.0, 6.0)
    potential_ranges: tuple[tuple[int, float], ...] = POTENTIAL_RANGES
    ranged_types: tuple[str, ...] = ("ab", "ba", "da", "db")
    current_limit_A: float = 0.2
    impedance_frequency_Hz: tuple[float, float] = (1.0e-5, 200.0e3)
    impedance_amplitude_V: float = 0.9
    shortest_interval_s: float = 1.0e-3
    critical_overload_opens_cell: bool = False
    maximum_line_length: int = 256
    maximum_package_variables: int = 8
    maximum_array_elements: int = 100_000
    storage_kB: int = 522_752

    reply_latency_s: float = 1.0e-3
    loop_iteration_s: float = 1.0e-4
    deaf_after_error_s: float = 0.075
    empty_line_after_runtime_error: bool = True
    loop_rhythm: Literal["once", "each iteration"] = "once"
    first_point_at_zero: bool = False
    galvanostatic_current_type: str = "db"
    open_circuit_voltage_type: str = "ab"
    voltage_metadata: bool = False
    abort_delay_s: float = 0.0
    xon_at_connect: bool = False
    clock_rate_error: float = 0.0

    voltage_noise_V: float = 20.0e-6
    current_noise_of_range: float = 1.0e-4
    impedance_noise: float = 5.0e-4
