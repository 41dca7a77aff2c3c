"""Options of a BioLogic potentiostat in the bench file."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from operando.drivers.documents import StrictModel
from operando.drivers.potentiostats.biologic.loading import DEFAULT_PACKAGE

__all__ = ["BioLogicOptions"]


class BioLogicOptions(StrictModel):
    """What the bench file may say.

    Args:
        channel: as it is numbered on the instrument, from 1.
        package: the folder of the OEM package, with the library and the `.ecc` files.
        load_firmware: whether a start may put the library's kernel in place of EC-Lab's firmware. It takes seconds, and
            EC-Lab must load its own again before it can use the channel.
        phase: the unit in which the library gives the phase of an impedance. Radians, by all that we know; a
            resistor and a capacitor as a dummy cell tell.
    """

    channel: int = Field(default=1, ge=1, le=16)
    package: Path = DEFAULT_PACKAGE
    load_firmware: bool = False
    phase: Literal["radians", "degrees"] = "radians"
