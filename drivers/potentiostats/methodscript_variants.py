"""The MethodSCRIPT instruments that we know, as data: one driver, a table of what differs (sheet 1.2 and 1.4)."""

from dataclasses import dataclass

from operando.drivers.potentiostats.emstat_limits import EMSTAT4_HR as EMSTAT4_HR_CAPABILITIES
from operando.drivers.potentiostats.methodscript_modes import EMSTAT4_MODES, PICO_MODES, FrontEndModes
from operando.drivers.roles import PotentiostatCapabilities

__all__ = ["EMSTAT4_HR", "EMSTAT4_LR", "EMSTAT_PICO", "NEXUS", "MethodScriptVariant"]

SHORTEST_INTERVAL_S = EMSTAT4_HR_CAPABILITIES.shortest_interval_s
SLOWEST_Hz = 10e-6


@dataclass(frozen=True, slots=True)
class MethodScriptVariant:
    """One model.

    Args:
        firmware_code: the first six letters of its firmware, by which it is known.
        capabilities: what it can do.
        modes: how it is set up for a step.
        stores_files: whether a step can be logged on board without an extra memory card.
    """

    firmware_code: str
    capabilities: PotentiostatCapabilities
    modes: FrontEndModes = EMSTAT4_MODES
    stores_files: bool = True


def _capabilities(
    voltage_V: tuple[float, float],
    current_A: float,
    highest_Hz: float,
    amplitude_V: float,
    *,
    slowest_Hz: float = SLOWEST_Hz,
    galvanostatic: bool = True,
) -> PotentiostatCapabilities:
    return PotentiostatCapabilities(
        voltage_range_V=voltage_V,
        current_range_A=(-current_A, current_A),
        galvanostatic=galvanostatic,
        impedance_frequency_Hz=(slowest_Hz, highest_Hz),
        impedance_amplitude_V=(1e-3, amplitude_V),
        shortest_interval_s=SHORTEST_INTERVAL_S,
        ends_steps_by_itself=True,
    )


EMSTAT4_HR = MethodScriptVariant("es4_hr", EMSTAT4_HR_CAPABILITIES)
EMSTAT4_LR = MethodScriptVariant("es4_lr", _capabilities((-3.0, 3.0), 30e-3, 200e3, 0.9))
NEXUS = MethodScriptVariant("nexus1", _capabilities((-10.0, 10.0), 1.0, 1e6, 0.3))
# The sheet gives no amplitude and no lowest frequency for the Pico; these are set low enough to be safe.
EMSTAT_PICO = MethodScriptVariant(
    "espico",
    _capabilities((-1.7, 2.0), 3e-3, 200e3, 0.25, slowest_Hz=0.016, galvanostatic=False),
    modes=PICO_MODES,
    stores_files=False,
)
