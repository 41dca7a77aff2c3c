"""A scripted SharkSEM server for tests of the driver: answers from a table, notes what it was told, breaks on demand.

It knows no microscope: a getter answers what stands in `values`, a setter changes what its getter answers.
"""

import struct
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from operando.drivers.bench.file import BenchFile, RecordEntry, StageEntry
from operando.drivers.bench.gate import Gate
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.clock import VirtualClock
from operando.drivers.errors import TransportClosed, TransportTimeout
from operando.drivers.links import Address, Link, LinkContext, LinkRegistry, PendingLink
from operando.drivers.microscopes.tescan import open_tescan

__all__ = ["SETTERS", "ScriptedLinks", "ScriptedSem", "Value", "chunk", "message", "open_scripted", "reply_body"]

Value = int | float | str
DATA_PORT = 8301
SETTERS = {  # and the question whose answer each changes
    "HVSetVoltage": "HVGetVoltage",
    "SetBeamCurrent": "GetBeamCurrent",
    "SetWD": "GetWD",
    "SetViewField": "GetViewField",
    "SetImageShift": "GetImageShift",
    "SetImageRot": "GetImageRot",
    "ScSetBlanker": "ScGetBlanker",
    "ScSetExternal": "ScGetExternal",
    "GUISetScanning": "GUIGetScanning",
    "DtSetGainBlack": "DtGetGainBlack",
}


def message(command: str, body: bytes = b"", identifier: int = 0) -> bytes:
    """A message as the server sends it."""
    return struct.pack("<16sIIHHI", command.encode(), len(body), identifier, 0, 0, 0) + body


def reply_body(*values: Value) -> bytes:
    """A body as TESCAN's server writes it: floats in fixed buffers of 24 bytes, strings in 64 or more."""
    parts: list[bytes] = []
    for value in values:
        if isinstance(value, int):
            parts.append(struct.pack("<i", value))
            continue
        text = value.encode() if isinstance(value, str) else f"{value:.10g}".encode()
        size = 24 if isinstance(value, float) else max(64, (len(text) + 4) // 4 * 4)
        parts.append(struct.pack("<I", size) + text.ljust(size, b"\0"))
    return b"".join(parts)


def chunk(frame_id: int, channel: int, index: int, bits: int, pixels: bytes) -> bytes:
    """One ScData message."""
    padding = bytes(-len(pixels) % 4)
    return message("ScData", struct.pack("<IiIiI", frame_id, channel, index, bits, len(pixels)) + pixels + padding)


def open_scripted(
    sem: "ScriptedSem",
    options: Mapping[str, JsonValue] | None = None,
    stage: StageEntry | None = None,
    *,
    accepted: bool = True,
) -> Roles:
    """Open the driver on a scripted server; forget what was told until then."""
    bench = BenchFile(
        operando_bench=1,
        name="test",
        instruments={},
        stage=stage or StageEntry(),
        record=RecordEntry(institution="test", operator="test"),
    )
    address = Address.parse("tcp://sem:8300")
    roles = open_tescan(
        DriverContext("sem", address, options or {}, bench, ScriptedLinks(sem), sem.clock, Gate("sem", accepted))
    )
    sem.told.clear()
    return roles


def arguments(body: bytes) -> tuple[Value, ...]:
    """Arguments of a request: four bytes are an integer, unless they are the length of a text that follows."""
    found: list[Value] = []
    while body:
        number = int.from_bytes(body[:4], "little", signed=True)
        text = body[4 : 4 + number].partition(b"\0")
        if number > 0 and len(body) >= 4 + number and text[1] and text[0] and not text[0].strip(b"0123456789.+-e"):
            found.append(float(text[0]))
            body = body[4 + number :]
        else:
            found.append(number)
            body = body[4:]
    return tuple(found)


class ScriptedSem:
    """The table, and what happened."""

    def __init__(self, clock: VirtualClock, version: str = "3.2.20") -> None:
        self.clock = clock
        self.told: list[tuple[Value, ...]] = []
        self.silent: set[str] = set()
        self.held: list[bytes] = []
        self.hold: set[str] = set()
        self.unplugged = False
        self.links: list[ScriptedLink] = []
        self.given_up: list[int] = []
        self.values: dict[str, Sequence[Value]] = {
            "TcpGetVersion": [version],
            "TcpGetSWVersion": ["Version 1.2.3.1, build 6173"],
            "TcpGetDevice": ["42"],
            "TcpGetModel": ["MIRA"],
            "TcpRegDataPort": [0],
            "StgGetLimits": [-65.0, 65.0, -65.0, 65.0, 3.0, 103.0, -360.0, 360.0, 0.0, 0.0],
            "StgGetPosition": [0.0, 13.5, 90.0, 0.0, 0.0],
            "StgIsCalibrated": [1],
            "StgIsBusy": [0],
            "DtEnumDetectors": ["det.0.name=SE\ndet.0.detector=1\ndet.1.name=BSE\ndet.1.detector=8\n"],
            "EnumCenterings": ["cen.0.name=Objective\ncen.3.name=Stigmator centering\n"],
            "GetCentering": [0.0, 0.0],
            "HVGetVoltage": [5000.0],
            "HVGetBeam": [1],
            "GetBeamCurrent": [100.0],
            "GetWD": [10.0],
            "GetViewField": [0.12],
            "GetImageShift": [0.0, 0.0],
            "GetImageRot": [0.0],
            "IsBusy": [0],
            "ScGetBlanker": [2],
            "ScGetExternal": [0],
            "ScScanXY": [0],
            "GUIGetScanning": [0],
            "DtGetSelected": [0],
            "DtGetGainBlack": [48.5, 92.5],
            "GetIAbsorbed": [12.5],
            "VacGetStatus": [0],
            "VacGetPressure": [0.04],
        }

    def names(self) -> list[str]:
        """The commands in the order in which they came."""
        return [str(entry[0]) for entry in self.told]

    def orders(self) -> list[tuple[Value, ...]]:
        """The commands that are no questions."""
        return [entry for entry in self.told if str(entry[0]) not in self.values]

    def cut(self) -> None:
        """The server restarts: every open link is dead, new ones can be opened."""
        for link in self.links:
            link.dead = True

    def send_pixels(self, data: bytes) -> None:
        """Let bytes arrive on the data connection."""
        self.data_links()[-1].inbox.append(data)

    def data_links(self) -> list["ScriptedLink"]:
        """Every data connection that was opened, in order."""
        return [link for link in self.links if link.address.port == DATA_PORT]

    def take(self, command: str, body: bytes, identifier: int) -> list[bytes]:
        """Handle one request; the replies that go out now."""
        values = arguments(body)
        self.told.append((command, *values))
        if command == "SetCentering":
            self.values["GetCentering"] = values[1:]
        if command in SETTERS:
            count = len(self.values[SETTERS[command]])
            self.values[SETTERS[command]] = values[-count:] if command != "HVSetVoltage" else values[:1]
        if command in self.silent or command not in self.values:
            return []
        reply = message(command, reply_body(*self.values[command]), identifier)
        if command in self.hold:
            self.held.append(reply)
            return []
        released, self.held = self.held, []
        return [*released, reply]


class ScriptedLink:
    """One wire to the scripted server."""

    simulated = True

    def __init__(self, sem: ScriptedSem, address: Address, local_port: int) -> None:
        self.address = address
        self.local_port = local_port
        self.dead = sem.unplugged
        self.inbox: list[bytes] = []
        self._sem = sem
        self._pending = b""
        if self.dead:
            raise TransportClosed("unplugged", where=str(address))

    def write(self, data: bytes) -> None:
        self._check()
        self._pending += data
        while len(self._pending) >= 32:
            name, size, identifier = struct.unpack_from("<16sII", self._pending)
            body = self._pending[32 : 32 + size]
            self._pending = self._pending[32 + size :]
            self.inbox += self._sem.take(name.partition(b"\0")[0].decode(), body, identifier)

    def read(self, timeout_s: float) -> bytes:
        if self.inbox:
            return self.inbox.pop(0)
        self._check()
        if timeout_s <= 0:
            return b""
        self._sem.clock.sleep_until(self._sem.clock.now() + timeout_s)
        raise TransportTimeout("silence", where=str(self.address))

    def close(self) -> None:
        self.dead = True

    def _check(self) -> None:
        if self.dead or self._sem.unplugged:
            raise TransportClosed("dead", where=str(self.address))


class _Pending:
    def __init__(self, sem: ScriptedSem, address: Address, local_port: int) -> None:
        self._sem = sem
        self._address = address
        self.local_port = local_port

    def connect(self) -> Link:
        link = ScriptedLink(self._sem, self._address, self.local_port)
        self._sem.links.append(link)
        return link

    def close(self) -> None:
        self._sem.given_up.append(self.local_port)


class ScriptedLinks(LinkRegistry):
    """Opens every address as a wire to one scripted server."""

    def __init__(self, sem: ScriptedSem) -> None:
        super().__init__(LinkContext(sem.clock))
        self._sem = sem

    def open(self, address: Address) -> Link:
        return self.prepare(address).connect()

    def prepare(self, address: Address) -> PendingLink:
        return _Pending(self._sem, address, 40000 + len(self._sem.links))
