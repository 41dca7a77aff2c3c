"""What a channel can do, from what device and channel say of themselves."""

from operando.drivers.potentiostats.biologic.ranges import LARGEST_CURRENT_A, LARGEST_VOLTAGE_V
from operando.drivers.potentiostats.biologic.structures import ChannelInfos
from operando.drivers.roles import HostKept, PotentiostatCapabilities

__all__ = ["MODELS", "capabilities_of", "is_newer_family", "model_of"]

MODELS = {
    5: "VMP3",
    6: "VSP",
    12: "VMP-300",
    13: "SP-50",
    14: "SP-150",
    16: "SP-300",
    20: "VSP-300",
    21: "SP-200",
    22: "MPG-2",
    27: "SP-240",
    28: "MPG-205",
    29: "MPG-210",
    30: "MPG-220",
    31: "MPG-240",
    33: "VMP-3e",
    34: "VSP-3e",
    35: "SP-50e",
    36: "SP-150e",
}
NEWER = frozenset({12, 16, 20, 21, 27})
"""Their techniques stand in files that end in `4.ecc`; their OCV has no counter electrode."""

SLOWEST_Hz, FASTEST_Hz = 10e-6, 200e3
"""The sheet tells no model's own range; beyond it the library itself refuses the technique."""
AMPLITUDE_V = (0.5e-3, 0.5)
SHORTEST_INTERVAL_S = 0.01
"""Ours: a buffer of a thousand words then lasts two seconds."""


def model_of(device_code: int) -> str:
    """The model by its code."""
    return MODELS.get(device_code, f"device of code {device_code}")


def is_newer_family(device_code: int) -> bool:
    """Whether a device belongs to the family of the VMP-300."""
    return device_code in NEWER


def capabilities_of(infos: ChannelInfos) -> PotentiostatCapabilities:
    """What a channel can do."""
    widest_V = LARGEST_VOLTAGE_V[-1]
    most_A = LARGEST_CURRENT_A[min(max(infos.MaxIRange, 0), len(LARGEST_CURRENT_A) - 1)]
    with_impedance = infos.Zboard != 0
    return PotentiostatCapabilities(
        voltage_range_V=(-widest_V, widest_V),
        current_range_A=(-most_A, most_A),
        galvanostatic=True,
        impedance_frequency_Hz=(SLOWEST_Hz, FASTEST_Hz) if with_impedance else None,
        impedance_amplitude_V=AMPLITUDE_V if with_impedance else None,
        shortest_interval_s=SHORTEST_INTERVAL_S,
        ends_steps_by_itself=True,
        host_keeps=frozenset({HostKept.CHARGE_OF_HOLD, HostKept.VOLTAGE_OF_REST}),
    )
