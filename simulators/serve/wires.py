"""Which wires each simulated instrument has, and the doors on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from operando.simulators.serve.listener import bind_neighbours
from operando.simulators.serve.pseudo_terminal import PseudoTerminal, pseudo_terminals_exist
from operando.simulators.serve.tcp import TcpDoor
from operando.simulators.serve.traffic import ServedInstrument, Traffic
from operando.simulators.serve.udp import UdpDoor

__all__ = ["Door", "InstrumentDoors", "make_doors"]


class Door(Protocol):
    """Where clients of one wire come in."""

    address: str

    async def open(self) -> None:
        """Let clients in."""
        ...

    async def close(self) -> None:
        """Let nobody in any more."""
        ...


@dataclass(frozen=True, slots=True)
class _Wires:
    """The wires of one instrument.

    Args:
        tcp: endpoints of the engine, each on the port after the one before, by the word under which they are listed.
        udp: whether it speaks datagrams.
        serial: whether it has a serial port, where the platform has pseudo terminals.
    """

    tcp: Mapping[str, str]
    udp: bool = False
    serial: bool = False


WIRES = {
    "potentiostat": _Wires(tcp={"tcp": ""}, serial=True),
    "control-potentiostat": _Wires(tcp={"tcp": ""}, serial=True),
    "emstat4-lr": _Wires(tcp={"tcp": ""}, serial=True),
    "nexus": _Wires(tcp={"tcp": ""}, serial=True),
    "emstat-pico": _Wires(tcp={"tcp": ""}, serial=True),
    "ec-lab": _Wires(tcp={"tcp": ""}),
    "pstrace": _Wires(tcp={"tcp": ""}),
    "keithley-2400": _Wires(tcp={"tcp": ""}, serial=True),
    "keithley-2450": _Wires(tcp={"tcp": ""}),
    "keithley-2460": _Wires(tcp={"tcp": ""}),
    "keithley-2461": _Wires(tcp={"tcp": ""}),
    "sem": _Wires(tcp={"tcp": "control", "data": "data"}),
    "zem": _Wires(tcp={"image": "image"}, udp=True),
    "eds": _Wires(tcp={}, udp=True),
    "box": _Wires(tcp={"tcp": ""}, serial=True),
    "sensors": _Wires(tcp={"tcp": "", "gateway": "gateway"}, serial=True),
    "tpg": _Wires(tcp={"tcp": ""}, serial=True),
    "telegrams": _Wires(tcp={"tcp": ""}, serial=True),
    "mks": _Wires(tcp={"tcp": ""}, serial=True),
}
"""By the name of the instrument in the simulated laboratory."""


@dataclass(frozen=True, slots=True)
class InstrumentDoors:
    """All doors of one instrument."""

    instrument: ServedInstrument
    by_wire: Mapping[str, Door]
    by_endpoint: Mapping[str, Door]
    preferred: Door

    @property
    def addresses(self) -> dict[str, str]:
        """Addresses by the word for the wire: `tcp`, `pty`, `udp`, and `data` for the microscope's second one."""
        return {wire: door.address for wire, door in self.by_wire.items()}

    def address_of(self, endpoint: str) -> str:
        """The address at which a driver reaches an endpoint of the engine."""
        door = self.by_endpoint.get(endpoint, self.preferred) if endpoint else self.preferred
        return door.address_for_a_driver if isinstance(door, UdpDoor) else door.address


def make_doors(traffic: Traffic, instrument: ServedInstrument) -> InstrumentDoors:
    """Take ports for every wire of an instrument; a serial port is preferred where there is one."""
    wires = WIRES[instrument.name]
    bound = bind_neighbours(len(wires.tcp)) if wires.tcp else []
    by_wire: dict[str, Door] = {}
    by_endpoint: dict[str, Door] = {}
    for (wire, endpoint), opened in zip(wires.tcp.items(), bound, strict=True):
        by_wire[wire] = by_endpoint[endpoint] = TcpDoor(traffic, instrument, endpoint, opened)
    preferred = next(iter(by_wire.values()), None)
    if wires.udp:
        preferred = by_wire["udp"] = UdpDoor(traffic, instrument)
    if wires.serial and pseudo_terminals_exist():
        preferred = by_wire["pty"] = PseudoTerminal(traffic, instrument, "")
    assert preferred is not None, f"{instrument.name} has no wire"
    return InstrumentDoors(instrument, by_wire, by_endpoint, preferred)
