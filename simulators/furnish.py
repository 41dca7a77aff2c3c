"""Furnishes the laboratory: the world of the settings, and the instruments that the simulated bench names."""

from operando.simulators.laboratory import Laboratory, WorldSettings
from operando.simulators.world.simulated_world import SimulatedWorld

__all__ = ["furnish"]


def furnish(settings: WorldSettings) -> Laboratory:
    """A laboratory with one world and the instruments of `bench.yaml`, by their names in it."""
    from operando.simulators.gauges import Keller33X
    from operando.simulators.microscopes import TescanMicroscope
    from operando.simulators.potentiostats import EmStat4
    from operando.simulators.spectrometers import AmptekDP5

    world = SimulatedWorld(settings)
    return Laboratory(
        {
            "potentiostat": EmStat4(world),
            "sem": TescanMicroscope(world),
            "eds": AmptekDP5(world),
            "box": Keller33X(world),
        },
        world.truth,
        world,
    )
