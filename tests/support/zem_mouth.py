"""A ZEM behind datagrams that may be lost, repeated or late, and its picture server, for tests of the driver."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import JsonValue

from operando.drivers.bench.file import BenchFile, RecordEntry
from operando.drivers.bench.gate import Gate
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.clock import VirtualClock
from operando.drivers.errors import TransportClosed
from operando.drivers.links import Address, Link, LinkContext, LinkRegistry
from operando.drivers.microscopes.zem.zem import open_zem
from support.timed_link import Answers, TimedLink

__all__ = ["ZemMouth", "framed"]

Spoil = Callable[[str, bytes], Answers]


def framed(text: str) -> bytes:
    """A message from its text up to the last comma, with the checksum worked out by long division."""
    register = 0xFFFF
    data = text.encode("ascii")
    for bit in (byte >> place & 1 for byte in data for place in range(8)):
        register = register >> 1 ^ (0xA001 if (register ^ bit) & 1 else 0)
    return data + register.to_bytes(2, "little").hex().upper().encode() + b"%"


@dataclass
class ZemMouth(LinkRegistry):
    """Says to each command what a test puts in; counts orders.

    Args:
        said: values by command; an order that is not there is acknowledged.
        picture: bytes that the picture server sends to whoever connects.
        cut_after: of these connections, how many bytes come before each breaks; None: all of it.
        spoil: makes something else of the reply to a command.
    """

    picture: bytes = b""
    cut_after: list[int | None] = field(default_factory=list)
    spoil: Spoil | None = None

    def __post_init__(self) -> None:
        self.clock = VirtualClock()
        super().__init__(LinkContext(self.clock))
        self.said = {
            "GetModel": "ZEM20",
            "GetHV": "5000.0000,26.8173",
            "GetHvStatus": "1",
            "GetWD": "10.000000",
            "GetMag": "1000",
            "GetScanInfo": "127.000000,0.000000",
            "GetStagePos": "1200.000000,-650.000000",
            "GetStgStatus": "1",
            "GetSEGain": "50",
            "CheckAutoFocus": "0",
            "StatusCheck": "Idle",
            "GetSamVac": "3.300E-02",
        }
        self.heard: list[bytes] = []

    def open(self, address: Address) -> Link:
        if address.place == "pictures":
            return _PictureLink(self, self.cut_after.pop(0) if self.cut_after else None)
        return TimedLink(self._respond, self.clock)

    def roles(self, options: dict[str, JsonValue] | None = None, *, accepted: bool = True) -> Roles:
        """The opened microscope."""
        record = RecordEntry(institution="test", operator="test")
        bench = BenchFile(operando_bench=1, name="test", instruments={}, record=record)
        address = Address.parse("udp://10.0.0.9:61557")
        merged: dict[str, JsonValue] = {"image": "tcp://pictures:1", **(options or {})}
        roles = open_zem(DriverContext("zem", address, merged, bench, self, self.clock, Gate("zem", accepted)))
        self.heard.clear()
        return roles

    def orders(self, command: str) -> list[bytes]:
        """The requests of one command that were heard."""
        return [request for request in self.heard if request.startswith(f"${command}:".encode())]

    def _respond(self, request: bytes) -> Answers:
        self.heard.append(request)
        command = request[1:].decode().partition(":")[0]
        if command == "Snap" and "Snap" not in self.said:
            return []
        reply = framed(f"${command}:{self.said.get(command, 'Acknowledge,Error Code:0')},")
        return [(4e-3, reply)] if self.spoil is None else self.spoil(command, reply)


class _PictureLink:
    """Gives the picture in pieces and ends."""

    simulated = True

    def __init__(self, mouth: ZemMouth, cut_after: int | None) -> None:
        self.address = Address.parse("tcp://pictures:1")
        self._rest = mouth.picture if cut_after is None else mouth.picture[:cut_after]

    def write(self, data: bytes) -> None:
        raise AssertionError("nothing is said to the picture server")

    def read(self, timeout_s: float) -> bytes:
        piece, self._rest = self._rest[:10_000], self._rest[10_000:]
        if not piece:
            raise TransportClosed("end of stream", where="pictures")
        return piece

    def close(self) -> None:
        """Nothing to let go of."""
