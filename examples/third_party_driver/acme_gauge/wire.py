"""What the ACME G1 says, as values. A reply is one line: `status;pressure in hPa;checksum`."""

from operando.drivers.errors import FramingError
from operando.drivers.roles import Quality

__all__ = ["QUALITIES", "checked"]

QUALITIES = {
    "0": Quality.OK,
    "1": Quality.UNDER,
    "2": Quality.OVER,
    "3": Quality.FAULT,
    "4": Quality.OFF,
}
"""Status digits of the manual; anything else is a fault."""


def checked(line: bytes) -> list[str]:
    """The fields of a reply, once its checksum is found right: two hexadecimal digits, the sum of all bytes before.

    Raises:
        FramingError: if this is no reply, or was changed on its way.
    """
    body, _, told = line.rpartition(b";")
    if f"{sum(body) % 256:02X}".encode("ascii") != told:
        raise FramingError(f"a line with a wrong checksum: {line[:40]!r}")
    return body.decode("ascii", "replace").split(";")
