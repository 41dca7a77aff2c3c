"""Modbus RTU with one device over any stream link: pymodbus makes and reads the frames, all else is checked here.

RTU has no transaction numbers. After anything went wrong the line is kept silent, and the echo of a fresh token
(function 8) proves that no late reply to an older request is still under way.
"""

from functools import cache
from typing import TYPE_CHECKING

from operando.drivers.clock import Clock
from operando.drivers.errors import FramingError, ProtocolError, StaleReply, TransportTimeout
from operando.drivers.links import Link

if TYPE_CHECKING:
    from pymodbus.framer import FramerRTU
    from pymodbus.pdu import ModbusPDU

__all__ = ["ModbusRtu"]

SILENCE_S = 0.1
"""A device answers within 100 ms or not at all (Keller series 30, T1)."""

ECHO, REFUSED = 8, 0x80
SHORTEST_FRAME, REFUSAL_LENGTH, READ_OVERHEAD = 5, 5, 5

REFUSALS = {1: "illegal function", 2: "illegal address", 3: "illegal value or length", 4: "device failure"}


@cache
def _framer() -> "FramerRTU":
    """Made when first needed: pymodbus takes long to import."""
    from pymodbus.framer import FramerRTU
    from pymodbus.pdu import DecodePDU

    return FramerRTU(DecodePDU(False))


class ModbusRtu:
    """Reads registers of one device.

    Args:
        link: a stream.
        clock: bounds everything.
        unit: address of the device, 1 to 247.
        timeout_s: for a whole reply.
        local_echo: whether the converter gives back our own bytes first.
    """

    def __init__(self, link: Link, clock: Clock, unit: int, timeout_s: float, *, local_echo: bool) -> None:
        self._link = link
        self._clock = clock
        self._unit = unit
        self._timeout_s = timeout_s
        self._local_echo = local_echo
        self._in_doubt = False
        self._token = 0

    def read_registers(self, address: int, count: int) -> list[int]:
        """Registers of 16 bits.

        Raises:
            TransportTimeout: if no whole reply came in time.
            FramingError: if something came that is no frame.
            StaleReply: if the reply belongs to another question.
            ProtocolError: if the device refuses.
        """
        from pymodbus.pdu.register_message import ReadHoldingRegistersRequest

        if self._in_doubt:
            self._synchronise()
        reply = self._exchange(ReadHoldingRegistersRequest(address=address, count=count, dev_id=self._unit))
        if reply.isError():
            self._in_doubt = False
            raise self._refusal(reply.exception_code)
        if len(reply.registers) != count:
            raise self._stale(f"{len(reply.registers)} registers came instead of {count}")
        self._in_doubt = False
        return list(reply.registers)

    def _exchange(self, request: "ModbusPDU") -> "ModbusPDU":
        """The reply to a request, of the same function; in doubt until the caller has found it right."""
        begun, deadline = self._send(_framer().buildFrame(request))
        reply = self._frame(begun, deadline)
        if reply.function_code & ~REFUSED != request.function_code:
            raise self._stale(f"an answer to function {reply.function_code} came instead of {request.function_code}")
        return reply

    def _send(self, frame: bytes) -> tuple[bytes, float]:
        """Send a frame: what has come of the reply with our own echo, and when the whole of it must be there."""
        self._in_doubt = True
        self._discard()
        self._link.write(frame)
        deadline = self._clock.now() + self._timeout_s
        if not self._local_echo:
            return b"", deadline
        collected = self._collect(b"", len(frame), deadline)
        if not collected.startswith(frame):
            raise self._garbage(collected, "our own bytes did not come back as they were sent")
        return collected[len(frame) :], deadline

    def _frame(self, collected: bytes, deadline: float) -> "ModbusPDU":
        collected = self._collect(collected, SHORTEST_FRAME, deadline)
        if collected[0] != self._unit:
            raise self._garbage(collected, f"this is no frame of device {self._unit}")
        length = _frame_length(collected)
        collected = self._collect(collected, length, deadline)
        pdu = self._decoded(collected[:length])
        if pdu is None:
            raise self._garbage(collected, "the checksum is wrong, or the function is unknown")
        return pdu

    def _decoded(self, frame: bytes) -> "ModbusPDU | None":
        from pymodbus.exceptions import ModbusIOException

        try:
            return _framer().handleFrame(frame, self._unit, 0)[1]
        except ModbusIOException:  # the checksum is right, but pymodbus knows no such function
            return None

    def _collect(self, collected: bytes, length: int, deadline: float) -> bytes:
        while len(collected) < length:
            remaining = deadline - self._clock.now()
            try:
                more = self._link.read(remaining) if remaining > 0 else b""
            except TransportTimeout:
                more = b""
            if not more:
                raise TransportTimeout(
                    f"{len(collected)} of {length} bytes came within {self._timeout_s:g} s",
                    where=str(self._link.address),
                    remedy="Check supply, wires (A is Keller's B), baud rate, address and local_echo.",
                )
            collected += more
        return collected

    def _synchronise(self) -> None:
        """Keep silent until nothing more comes, then wait for the echo of a token that was never used before."""
        from pymodbus.pdu.diag_message import ReturnQueryDataRequest

        self._keep_silent()
        self._token = (self._token + 1) % 0x10000
        token = self._token.to_bytes(2, "big")
        frame = _framer().buildFrame(ReturnQueryDataRequest(message=token, dev_id=self._unit))
        collected, deadline = self._send(frame)
        while frame not in collected and not self._echo_refused(collected):
            collected = self._collect(collected, len(collected) + 1, deadline)
        self._in_doubt = False

    def _echo_refused(self, collected: bytes) -> bool:
        """A device without echo refuses it, and that is an answer to no other question."""
        at = collected.find(bytes([self._unit, ECHO | REFUSED]))
        return at >= 0 and self._decoded(collected[at : at + REFUSAL_LENGTH]) is not None

    def _keep_silent(self) -> None:
        quiet_until = self._clock.now() + SILENCE_S
        latest = self._clock.now() + self._timeout_s + SILENCE_S
        while (remaining := min(quiet_until, latest) - self._clock.now()) > 0:
            try:
                if self._link.read(remaining):
                    quiet_until = self._clock.now() + SILENCE_S
            except TransportTimeout:
                return

    def _discard(self) -> None:
        while self._link.read(0.0):
            pass

    def _refusal(self, code: int) -> ProtocolError:
        return ProtocolError(
            f"the device refused: {REFUSALS.get(code, 'unknown reason')} (exception {code})",
            where=str(self._link.address),
            remedy="Check that it is the model and firmware that the driver is for.",
        )

    def _garbage(self, data: bytes, what: str) -> FramingError:
        return FramingError(
            f"{what}: {data[:32].hex(' ')}",
            where=str(self._link.address),
            remedy="Check baud rate, parity and termination; the next exchange starts afresh.",
        )

    def _stale(self, what: str) -> StaleReply:
        return StaleReply(what, where=str(self._link.address), remedy="The next exchange starts afresh.")


def _frame_length(start: bytes) -> int:
    """Length of the frame that begins so."""
    return REFUSAL_LENGTH if start[1] & REFUSED else READ_OVERHEAD + start[2]
