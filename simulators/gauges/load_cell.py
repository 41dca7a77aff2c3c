"""A simulated load cell in the holder with a transmitter of the PT Global PT113 kind (manual p. 38)."""

from dataclasses import dataclass

from operando.simulators.gauges.holder import Holder, stack_force_N
from operando.simulators.gauges.register_device import Memory, RegisterDevice, words
from operando.simulators.world.world import World

__all__ = ["LoadCellSettings", "load_cell"]

DATA_GOOD = 0x0002
OVER_RANGE, UNDER_RANGE = 2, 3


@dataclass(slots=True)
class LoadCellSettings:
    """The transmitter and its faults; change them at any time.

    Args:
        unit: address on the line.
        area_m2: of the stack.
        counts_per_N: how it was set up.
        range_N: beyond it the status says so.
        noise_N: standard deviation of one reading.
        tare_N: subtracted from what is shown.
        error: code in bits 13 to 15 of the status (1 converter, 4 system, 6 supply, 7 no instrument).
        stuck_N: shows this for ever.
    """

    unit: int
    area_m2: float
    counts_per_N: float = 100.0
    range_N: tuple[float, float] = (-5.0, 1000.0)
    noise_N: float = 0.02
    tare_N: float = 0.0
    error: int = 0
    stuck_N: float | None = None


def load_cell(world: World, holder: Holder, settings: LoadCellSettings) -> RegisterDevice:
    """The transmitter on the line."""
    noise = world.noise("load cell")

    def registers(now: float) -> Memory:
        world.advance(now)
        force_N = stack_force_N(holder, settings.area_m2, now) + float(noise.standard_normal()) * settings.noise_N
        shown_N = settings.stuck_N if settings.stuck_N is not None else force_N - settings.tare_N
        low_N, high_N = settings.range_N
        error = settings.error or (OVER_RANGE if force_N > high_N else UNDER_RANGE if force_N < low_N else 0)
        status = error << 13 | (0 if error else DATA_GOOD)
        shown = words("i", round(shown_N * settings.counts_per_N))
        gross = words("i", round(force_N * settings.counts_per_N))
        told = [*shown, status, *words("i", round(settings.tare_N * settings.counts_per_N)), *gross, status]
        return dict(enumerate(told))

    return RegisterDevice(settings.unit, holding=registers, inputs=lambda now: {})
