"""The other MethodSCRIPT instruments, as settings: identity, modes, ranges and limits of the sheet (1.2 and 1.4).

Serial numbers and firmware dates are made up where the sheet has none.
"""

from operando.simulators.potentiostats.ranges import current_ranges
from operando.simulators.potentiostats.settings import EmStat4Settings, Mode

__all__ = ["EMSTAT4_LR", "EMSTAT_PICO", "NEXUS"]

LOW_SPEED, HIGH_SPEED, MAXIMUM_RANGE, GALVANOSTAT = 2, 3, 4, 6

_LR_RANGES = current_ranges((3, 1e-9), (6, 1e-8), (9, 1e-7), (12, 1e-6), (15, 1e-5), (18, 1e-4), (21, 1e-3), (24, 1e-2))
EMSTAT4_LR = EmStat4Settings(
    firmware="es4_lr1500#Mar 12 2026 14:28:01",
    serial_number="ES4LR20B0008",
    modes=dict.fromkeys((LOW_SPEED, HIGH_SPEED, MAXIMUM_RANGE, GALVANOSTAT), Mode((-3.0, 3.0), _LR_RANGES)),
    voltage_range_V=(-3.0, 3.0),
    current_limit_A=0.03,
)

_NEXUS_DECADES = (1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
_NEXUS_HELD_VOLTAGE = current_ranges(
    (16, 1e-10), *zip((0, 1, 2, 3, 4, 5, 8, 9, 10, 11), _NEXUS_DECADES, strict=True), full_scale=1.05
)
_NEXUS_HELD_CURRENT = current_ranges(
    *zip((32, 33, 34, 35, 36, 37, 40, 41, 42, 43), _NEXUS_DECADES, strict=True), full_scale=1.05
)
NEXUS = EmStat4Settings(
    firmware="nexus11100#Mar 12 2026 14:28:01",
    serial_number="NEX1A23B0042",
    modes={
        **dict.fromkeys((LOW_SPEED, HIGH_SPEED, MAXIMUM_RANGE), Mode((-10.0, 10.0), _NEXUS_HELD_VOLTAGE)),
        GALVANOSTAT: Mode((-10.0, 10.0), _NEXUS_HELD_CURRENT),
    },
    voltage_range_V=(-10.0, 10.0),
    current_limit_A=1.0,
    impedance_frequency_Hz=(1.0e-5, 1.0e6),
    impedance_amplitude_V=0.3,
    potential_ranges=((3, 1e-3), (2, 1e-2), (1, 0.1), (0, 1.0)),
)

_PICO_SLOW_LIMITS_A = (6e-8, 1.17e-6, 2.34e-6, 4.68e-6, 9.38e-6, 1.87e-5, 3.75e-5, 7.5e-5, 1.5e-4, 3e-4, 6e-4, 3e-3)
_PICO_FAST_A = (1e-7, 1e-6, 6e-6, 1.3e-5, 2.5e-5, 5e-5, 1e-4, 2e-4, 1e-3, 5e-3)
_PICO_SLOW = current_ranges(*enumerate(_PICO_SLOW_LIMITS_A), full_scale=1.0)
_PICO_FAST = current_ranges(*zip(range(128, 138), _PICO_FAST_A, strict=True), full_scale=1.0)
EMSTAT_PICO = EmStat4Settings(
    firmware="espico1301#Mar 12 2026 14:28:01",
    serial_number="ESPIC20C0117",
    modes={
        LOW_SPEED: Mode((-1.25, 2.0), _PICO_SLOW, window_V=2.2),
        HIGH_SPEED: Mode((-1.7, 2.0), _PICO_FAST, window_V=1.214),
        MAXIMUM_RANGE: Mode((-1.7, 2.0), _PICO_SLOW, window_V=2.6),
    },
    voltage_range_V=(-1.7, 2.0),
    ranged_types=("ba", "da"),
    current_limit_A=3e-3,
    impedance_frequency_Hz=(0.016, 200.0e3),
    impedance_amplitude_V=0.25,
    storage_kB=0,
    xon_at_connect=True,
)
