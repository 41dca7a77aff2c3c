"""Furnishes the laboratory: the world of the settings, and the instruments that the simulated bench names."""

from operando.simulators.laboratory import Laboratory, WorldSettings
from operando.simulators.world.simulated_world import SimulatedWorld

__all__ = ["furnish"]


def furnish(settings: WorldSettings) -> Laboratory:
    """A laboratory with one world and the instruments of `bench.yaml`, by their names in it."""
    from operando.simulators.gauges import (
        Keller33X,
        SensorLine,
        mks_at_chamber,
        telegram_gauges,
        tpg_at_chamber_and_box,
    )
    from operando.simulators.microscopes import TescanMicroscope
    from operando.simulators.microscopes.zem import ZemMicroscope
    from operando.simulators.potentiostats import EMSTAT4_LR, EMSTAT_PICO, NEXUS, EmStat4
    from operando.simulators.potentiostats.biologic import BioLogicDevice
    from operando.simulators.potentiostats.keithley import KEITHLEY_2461, Keithley2400, Keithley2450
    from operando.simulators.potentiostats.vendor_program import EcLab, PsTrace
    from operando.simulators.spectrometers import AmptekDP5

    world = SimulatedWorld(settings)
    return Laboratory(
        {
            "potentiostat": EmStat4(world),
            "emstat4-lr": EmStat4(world, EMSTAT4_LR),
            "nexus": EmStat4(world, NEXUS),
            "emstat-pico": EmStat4(world, EMSTAT_PICO),
            "keithley-2400": Keithley2400(world),
            "keithley-2450": Keithley2450(world),
            "keithley-2461": Keithley2450(world, KEITHLEY_2461),
            "ec-lab": EcLab(world),
            "pstrace": PsTrace(world),
            "sem": TescanMicroscope(world),
            "zem": ZemMicroscope(world),
            "eds": AmptekDP5(world),
            "box": Keller33X(world),
            "sensors": SensorLine(world),
            "tpg": tpg_at_chamber_and_box(world),
            "telegrams": telegram_gauges(world),
            "mks": mks_at_chamber(world),
        },
        world.truth,
        world,
        {"biologic": BioLogicDevice(world), "biologic-300": BioLogicDevice(world, newer=True)},
    )
