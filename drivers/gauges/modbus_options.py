"""What a bench file says about a Modbus sensor: which register map, and what is wired to it."""

from typing import Annotated, Literal

from pydantic import Field

from operando.drivers.documents import StrictModel
from operando.drivers.roles import Measured
from operando.drivers.units import Area, Pressure

__all__ = ["ModbusOptions", "Use"]


class Use(StrictModel):
    """What one quantity of the map is on this bench.

    Args:
        place: where it is measured: `box`, `chamber`, `stack`, or `cell` for the holder of the cell.
        measures: of an input for 4 to 20 mA, what the transmitter in front of it measures.
        span: of such an input, the values at 4 and at 20 mA (`[0 N, 1 kN]`).
        counts: what one count is worth (`0.1 N`), where that depends on how the device was set up.
        area: of the stack, on which a force acts; it is then told as stack pressure, too.
        ambient: pressure of the room, for a transmitter that measures what is above it.
    """

    place: str | None = None
    measures: Measured | None = None
    span: tuple[str, str] | None = None
    counts: str | None = None
    area: Annotated[Area, Field(gt=0)] | None = None
    ambient: Annotated[Pressure, Field(gt=0)] | None = None


class ModbusOptions(StrictModel):
    """Options of a Modbus sensor in the bench file.

    Args:
        map: the name of a register map that comes with operando, or the path of one.
        unit: the device's address on the line.
        framing: RTU, also through a serial server that passes bytes on; or Modbus TCP.
        local_echo: the converter gives back our own bytes.
        timeout_s: for a whole reply.
        place: of all quantities that do not say theirs.
        quantities: those of the map that are used, each with what it is; all of them if none is named.
    """

    map: str
    unit: int = Field(default=1, ge=1, le=247)
    framing: Literal["rtu", "tcp"] = "rtu"
    local_echo: bool = False
    timeout_s: float = Field(default=0.3, gt=0.1, le=5.0)
    place: str | None = None
    quantities: dict[str, Use] = Field(default_factory=dict)
