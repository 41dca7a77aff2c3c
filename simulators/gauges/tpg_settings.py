"""What a simulated TPG is like, and how it was set on its front panel."""

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["TpgSettings", "TpgUnits"]


class TpgUnits(IntEnum):
    """Numbers of the units."""

    MBAR = 0
    TORR = 1
    PASCAL = 2
    MICRON = 3
    HECTOPASCAL = 4


@dataclass(slots=True)
class TpgSettings:
    """The controller; change it at any time.

    Args:
        third_generation: a TPG 36x, which knows AYT, hPa and micron; otherwise a 26x.
        units: as set on the front panel.
        serial: serial number.
        firmware: in the form of each generation.
        delay_s: from a request to its answer.
        just_switched_on: talks by itself each second until it hears something.
    """

    third_generation: bool = True
    units: TpgUnits = TpgUnits.HECTOPASCAL
    serial: str = "44990000"
    firmware: str = "010400"
    delay_s: float = 10e-3
    just_switched_on: bool = False
