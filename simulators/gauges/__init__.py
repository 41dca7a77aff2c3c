"""Simulated gauges: pressure, vacuum, force and temperature."""

from operando.simulators.gauges.keller import Keller33X
from operando.simulators.gauges.keller_settings import KellerSettings
from operando.simulators.gauges.mks import Mks900
from operando.simulators.gauges.rtu_line import RtuLine
from operando.simulators.gauges.sensor_line import SensorLine
from operando.simulators.gauges.telegram_line import TelegramLine
from operando.simulators.gauges.tpg import Tpg
from operando.simulators.gauges.vacuum_corner import mks_at_chamber, telegram_gauges, tpg_at_chamber_and_box

__all__ = [
    "Keller33X",
    "KellerSettings",
    "Mks900",
    "RtuLine",
    "SensorLine",
    "TelegramLine",
    "Tpg",
    "mks_at_chamber",
    "telegram_gauges",
    "tpg_at_chamber_and_box",
]
