"""Keller 33X/35X/36X (class.group 5.20 and 5.21): absolute pressure and sensor temperature over Modbus RTU.

The register map `keller-33x` with the options that a Keller needs: `unit` (1), the device's address on the line;
`local_echo` (false), for converters that give back our own bytes; `timeout_s` (0.3); `place` (box), what it measures.
"""

from pydantic import Field

from operando.drivers.bench.options import read_options
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.documents import StrictModel
from operando.drivers.gauges.modbus_options import ModbusOptions
from operando.drivers.gauges.modbus_sensor import open_with_options

__all__ = ["KellerOptions", "open_keller_33x"]


class KellerOptions(StrictModel):
    """Options of a Keller gauge in the bench file."""

    unit: int = Field(default=1, ge=1, le=247)
    local_echo: bool = False
    timeout_s: float = Field(default=0.3, gt=0.1, le=5.0)
    place: str = "box"


def open_keller_33x(context: DriverContext) -> Roles:
    """Connect and identify; changes nothing.

    Raises:
        ConfigMismatch: if another device answers, it does not measure absolute pressure, or an option is not known.
        InstrumentError: if nothing answers.
    """
    options = read_options(context, KellerOptions)
    return open_with_options(context, ModbusOptions(map="keller-33x", **options.model_dump()))
