"""A SharkSEM client for tests of the simulated server, written from the sheet alone."""

import struct
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from operando.simulators.darkroom import Darkroom
from operando.simulators.engine import Conversation, Engine
from operando.simulators.microscopes import TescanMicroscope, TescanSettings
from support.bare_world import BareWorld

__all__ = ["Picture", "Reply", "SharkSemClient", "fixed_float", "message", "place", "ready_to_scan", "short_float"]

HEADER = struct.Struct("<16sIIHH4s")


def message(name: str, body: bytes = b"", *, identity: int = 0, flags: int = 0) -> bytes:
    """A request."""
    return HEADER.pack(name.encode(), len(body), identity, flags, 0, bytes(4)) + body


def integer(value: int) -> bytes:
    """An int or unsigned argument."""
    return struct.pack("<I", value & 0xFFFFFFFF)


def short_float(text: str) -> bytes:
    """A float as TESCAN's own client sends it: text padded with NULs, the padded size as its length."""
    data = text.encode() + bytes(4 - len(text) % 4)
    return struct.pack("<I", len(data)) + data


def fixed_float(text: str) -> bytes:
    """A float as TESCAN's server sends it."""
    return struct.pack("<I", 24) + text.encode().ljust(24, b"\0")


def arguments(*values: int | float | str) -> bytes:
    """A body: ints, floats and strings."""
    return b"".join(_argument(value) for value in values)


def _argument(value: int | float | str) -> bytes:
    if isinstance(value, int):
        return integer(value)
    if isinstance(value, float):
        return short_float(repr(value))
    data = value.encode() + b"\0"
    return struct.pack("<I", len(data)) + data + bytes(-len(data) % 4)


@dataclass
class Reply:
    """A reply, and when it came."""

    name: str
    identity: int
    body: bytes
    at: float

    def integers(self) -> tuple[int, ...]:
        return struct.unpack(f"<{len(self.body) // 4}i", self.body)

    def texts(self) -> list[str]:
        texts, offset = [], 0
        while offset < len(self.body):
            (length,) = struct.unpack_from("<I", self.body, offset)
            texts.append(self.body[offset + 4 : offset + 4 + length].partition(b"\0")[0].decode())
            offset += 4 + length + -length % 4
        return texts

    def numbers(self) -> list[float]:
        return [float(text) for text in self.texts()]

    def map(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.texts()[0].splitlines())


@dataclass
class Picture:
    """One channel of a frame as it arrives."""

    pixels: list[int] = field(default_factory=list)
    repeats: int = 0
    gaps: int = 0


class SharkSemClient:
    """Talks to the engine and lets time pass only where it waits."""

    def __init__(self, engine: Engine, now: float = 0.0, port: int = 40156) -> None:
        self.now = now
        self.control = engine.connect("control", port, now)
        self.data: Conversation | None = None
        self._engine = engine
        self._port = port

    def send(self, name: str, *values: int | float | str, flags: int = 0, identity: int = 0) -> None:
        """Send a request and wait for nothing."""
        self.control.feed(message(name, arguments(*values), identity=identity, flags=flags), self.now)

    def wait_reply(self, patience_s: float = 200.0) -> Reply | None:
        """The next reply; None, and the time gone, if nothing comes."""
        deadline = self.now + patience_s
        while True:
            items = self.control.collect(self.now)
            assert len(items) <= 1, "more than one reply at once: this client asks one thing at a time"
            if items:
                return _reply(items[0], self.now)
            due = self.control.due()
            if due is None or due > deadline:
                self.now = deadline
                return None
            assert due > self.now, "the engine promised something for a time that is over"
            self.now = due

    def ask(self, name: str, *values: int | float | str, flags: int = 0) -> Reply:
        """Send a request and wait for its reply."""
        self.send(name, *values, flags=flags)
        reply = self.wait_reply()
        assert reply is not None, f"no reply to {name}"
        assert reply.name == name
        return reply

    def do(self, name: str, *values: int | float | str) -> None:
        """Send a command that has no answer and wait until it was executed."""
        self.ask(name, *values, flags=0x0001)

    def pass_time(self, seconds: float) -> None:
        """Let time pass; the instrument goes on by itself."""
        self.now += seconds
        assert self.control.collect(self.now) == []

    def open_data(self) -> Conversation:
        """Register and connect the data connection."""
        assert self.ask("TcpRegDataPort", self._port + 1).integers() == (0,)
        self.data = self._engine.connect("data", self._port + 1, self.now)
        return self.data

    def image_messages(self) -> list[bytes]:
        """What has come on the data connection."""
        assert self.data is not None
        return self.data.collect(self.now)

    def receive(self, frame_id: int, channels: tuple[int, ...], pixels: int) -> dict[int, Picture]:
        """Wait until every channel of a frame is complete, or nothing comes any more."""
        assert self.data is not None
        pictures = {channel: Picture() for channel in channels}
        while any(len(picture.pixels) < pixels for picture in pictures.values()):
            due = self.data.due()
            if due is None:
                break
            self.now = max(self.now, due)
            for item in self.data.collect(self.now):
                place(item, frame_id, pictures)
        return pictures


def place(item: bytes, frame_id: int, pictures: dict[int, Picture]) -> None:
    """Put an image message where it belongs, by the receiver's rules of the sheet (1.4)."""
    name, size, *_ = HEADER.unpack_from(item)
    assert name.rstrip(b"\0") == b"ScData"
    assert len(item) == HEADER.size + size
    frame, channel, index, bits, count = struct.unpack_from("<IiIiI", item, HEADER.size)
    if frame != frame_id:
        return
    picture = pictures[channel]
    pixels: NDArray[np.uint8] | NDArray[np.uint16]
    pixels = np.frombuffer(item, "<u2" if bits == 16 else "u1", count * 8 // bits, HEADER.size + 20)
    if index > len(picture.pixels):
        picture.gaps += 1
        return
    picture.repeats += index < len(picture.pixels)
    picture.pixels[index:] = pixels.tolist()


def ready_to_scan(
    settings: TescanSettings | None = None,
    bits: int = 16,
    detectors: tuple[int, ...] = (1, 8),
    darkroom: Darkroom | None = None,
) -> tuple[BareWorld, TescanMicroscope, SharkSemClient]:
    """A microscope in a bare world with the beam on, and a client whose channels look at these detectors."""
    world = BareWorld()
    microscope = TescanMicroscope(world, settings)
    microscope.darkroom = darkroom or microscope.darkroom
    client = SharkSemClient(microscope)
    client.do("HVBeamOn")
    client.pass_time(1.0)
    client.open_data()
    for channel, detector in enumerate(detectors):
        client.do("DtSelect", channel, detector)
        client.do("DtEnable", channel, 1, bits)
    return world, microscope, client


def _reply(item: bytes, now: float) -> Reply:
    name, size, identity, flags, _, reserved = HEADER.unpack_from(item)
    assert (flags, reserved) == (0, bytes(4))
    assert len(item) == HEADER.size + size
    return Reply(name.rstrip(b"\0").decode(), identity, item[HEADER.size :], now)
