"""Which SharkSEM server answers, and whether this driver can work with it."""

from operando.drivers.errors import ConfigMismatch
from operando.drivers.microscopes.sharksem_connection import ControlConnection, ask
from operando.drivers.roles import Identity

__all__ = ["IMAGE_ROTATION", "Version", "identify_server", "protocol_version"]

Version = tuple[int, ...]
"""Of the SharkSEM protocol: 1.x G2, 2.x G3, 3.x G4."""

OLDEST: Version = (2, 0, 22)
"""First with `StgGetLimits`. A server is silent about commands that it does not know."""
MODEL: Version = (3, 2, 20)
IMAGE_ROTATION: Version = (3, 2, 1)


def protocol_version(connection: ControlConnection) -> Version:
    """Ask for the protocol version, before any command that an old server may not know.

    Raises:
        ConfigMismatch: if it is too old for this driver, or no version.
    """
    text = connection.ask("TcpGetVersion").text()
    parts = text.strip().split(".")
    if len(parts) < 3 or not all(part.isdecimal() for part in parts):
        raise ConfigMismatch(
            f"{text!r} is no version of the SharkSEM protocol",
            where=connection.where,
            remedy="Check that the address is the control port of a SharkSEM server (8300).",
        )
    version = tuple(int(part) for part in parts)
    if version < OLDEST:
        raise ConfigMismatch(
            f"the server speaks SharkSEM {text}, this driver needs {'.'.join(map(str, OLDEST))} or newer",
            where=connection.where,
            remedy="Ask TESCAN for an update of the microscope's software.",
        )
    return version


def identify_server(connection: ControlConnection, address: str) -> Identity:
    """Who answers. Changes nothing."""
    version = protocol_version(connection)
    requests = [ask("TcpGetSWVersion"), ask("TcpGetDevice")]
    if version >= MODEL:
        requests.append(ask("TcpGetModel"))
    software, serial, *model = (body.text() for body in connection.exchange(requests))
    spoken = ".".join(map(str, version))
    return Identity("TESCAN", model[0] if model else "SEM", serial, f"{software}, SharkSEM {spoken}", address)
