"""Furnishes the laboratory: the world of the settings, and every simulated instrument, made when it is first used."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from operando.simulators.engine import Engine
from operando.simulators.inventory import Inventory
from operando.simulators.laboratory import Laboratory, WorldSettings
from operando.simulators.world.beside_the_beam import BesideTheBeam
from operando.simulators.world.simulated_world import SimulatedWorld

if TYPE_CHECKING:
    from operando.simulators.potentiostats.biologic import BioLogicDevice

__all__ = ["furnish"]


def furnish(settings: WorldSettings) -> Laboratory:
    """A laboratory with one world and the instruments that a bench file can name (`sim://NAME`)."""
    world = SimulatedWorld(settings)
    instruments = {name: partial(make, world, name) for name, make in INSTRUMENTS.items()}
    libraries = {"biologic": partial(_biologic, world), "biologic-300": partial(_biologic, world, newer=True)}
    return Laboratory(Inventory(instruments), world.truth, world, Inventory(libraries))


def _emstat(world: SimulatedWorld, name: str) -> Engine:
    from operando.simulators.potentiostats import EMSTAT4_LR, EMSTAT_PICO, NEXUS, EmStat4, EmStat4Settings

    models = {"emstat4-lr": EMSTAT4_LR, "nexus": NEXUS, "emstat-pico": EMSTAT_PICO}
    return EmStat4(world, models.get(name, EmStat4Settings()))


def _control_emstat(world: SimulatedWorld, name: str) -> Engine:
    from operando.simulators.potentiostats import EmStat4, EmStat4Settings

    return EmStat4(BesideTheBeam(world), EmStat4Settings(serial_number="ES4HR20B0009"))


def _keithley(world: SimulatedWorld, name: str) -> Engine:
    from operando.simulators.potentiostats.keithley import (
        KEITHLEY_2450,
        KEITHLEY_2460,
        KEITHLEY_2461,
        Keithley2400,
        Keithley2450,
    )

    if name == "keithley-2400":
        return Keithley2400(world)
    models = {"keithley-2450": KEITHLEY_2450, "keithley-2460": KEITHLEY_2460, "keithley-2461": KEITHLEY_2461}
    return Keithley2450(world, models[name])


def _vendor_program(world: SimulatedWorld, name: str) -> Engine:
    from operando.simulators.potentiostats.vendor_program import EcLab, PsTrace

    return EcLab(world) if name == "ec-lab" else PsTrace(world)


def _biologic(world: SimulatedWorld, *, newer: bool = False) -> "BioLogicDevice":
    from operando.simulators.potentiostats.biologic import BioLogicDevice

    return BioLogicDevice(world, newer=newer)


def _tescan(world: SimulatedWorld, name: str) -> Engine:
    from operando.simulators.microscopes import TescanMicroscope

    return TescanMicroscope(world)


def _zem(world: SimulatedWorld, name: str) -> Engine:
    from operando.simulators.microscopes.zem import ZemMicroscope

    return ZemMicroscope(world)


def _amptek(world: SimulatedWorld, name: str) -> Engine:
    from operando.simulators.spectrometers import AmptekDP5

    return AmptekDP5(world)


def _gauge(world: SimulatedWorld, name: str) -> Engine:
    from operando.simulators import gauges

    makers: dict[str, Callable[[SimulatedWorld], Engine]] = {
        "box": gauges.Keller33X,
        "sensors": gauges.SensorLine,
        "tpg": gauges.tpg_at_chamber_and_box,
        "telegrams": gauges.telegram_gauges,
        "mks": gauges.mks_at_chamber,
    }
    return makers[name](world)


INSTRUMENTS: Mapping[str, Callable[[SimulatedWorld, str], Engine]] = {
    **dict.fromkeys(("potentiostat", "emstat4-lr", "nexus", "emstat-pico"), _emstat),
    "control-potentiostat": _control_emstat,
    **dict.fromkeys(("keithley-2400", "keithley-2450", "keithley-2460", "keithley-2461"), _keithley),
    **dict.fromkeys(("ec-lab", "pstrace"), _vendor_program),
    "sem": _tescan,
    "zem": _zem,
    "eds": _amptek,
    **dict.fromkeys(("box", "sensors", "tpg", "telegrams", "mks"), _gauge),
}
