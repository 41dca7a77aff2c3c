"""The vacuum gauges of the simulated laboratory: which heads look where, and which gas there is."""

from operando.simulators.gauges.mks import Mks900
from operando.simulators.gauges.telegram_line import TelegramGauge, TelegramLine
from operando.simulators.gauges.tpg import Tpg
from operando.simulators.gauges.vacuum_head import HeadKind, VacuumHead
from operando.simulators.world.world import World

__all__ = ["mks_at_chamber", "telegram_gauges", "tpg_at_chamber_and_box"]

ARGON = 1.0
"""Share of argon in the box; what of it comes into the chamber, the chamber knows."""


def tpg_at_chamber_and_box(world: World) -> Tpg:
    """A TPG 362 with a full range gauge at the chamber and a diaphragm at the box."""
    return Tpg(
        world,
        [
            _at_chamber(world, "tpg chamber"),
            VacuumHead(HeadKind.DIAPHRAGM, world.box.pressure_Pa, "tpg box", ARGON, noise=1e-3),
        ],
    )


def telegram_gauges(world: World) -> TelegramLine:
    """Two gauges on a line: 1, an MPT 100 at the chamber, and 2, a PPT 100 in the argon of the box."""
    return TelegramLine(
        world,
        [
            TelegramGauge(1, _at_chamber(world, "mpt"), name="A5"),
            TelegramGauge(2, VacuumHead(HeadKind.PIRANI, world.box.pressure_Pa, "ppt", ARGON), name="A3"),
        ],
    )


def mks_at_chamber(world: World) -> Mks900:
    """A 974B at the chamber."""
    return Mks900(world, _at_chamber(world, "mks"))


def _at_chamber(world: World, noise_name: str) -> VacuumHead:
    chamber = world.chamber
    return VacuumHead(HeadKind.FULL_RANGE, chamber.pressure_Pa, noise_name, chamber.argon_share)
