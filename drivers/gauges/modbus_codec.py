"""Modbus frames: pymodbus makes and reads them; what it does not check is checked by whoever asked."""

from functools import cache
from typing import TYPE_CHECKING

from operando.drivers.errors import ProtocolError, StaleReply

if TYPE_CHECKING:
    from pymodbus.framer import FramerBase
    from pymodbus.pdu import ModbusPDU

__all__ = ["HOLDING", "INPUT", "REFUSED", "decoded", "echo_frame", "framer", "read_request", "registers_of"]

HOLDING, INPUT = 3, 4
"""Functions that read registers."""
REFUSED = 0x80

REFUSALS = {1: "illegal function", 2: "illegal address", 3: "illegal value or length", 4: "device failure", 6: "busy"}


@cache
def framer(kind: str) -> "FramerBase":
    """The framer of `rtu` or `tcp`, made when first needed: pymodbus takes long to import."""
    from pymodbus.framer import FramerRTU, FramerSocket
    from pymodbus.pdu import DecodePDU

    return (FramerRTU if kind == "rtu" else FramerSocket)(DecodePDU(False))


def read_request(unit: int, function: int, address: int, count: int) -> "ModbusPDU":
    """A request for registers of 16 bits."""
    from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadInputRegistersRequest

    request = ReadInputRegistersRequest if function == INPUT else ReadHoldingRegistersRequest
    return request(address=address, count=count, dev_id=unit)


def echo_frame(unit: int, token: int) -> bytes:
    """A request of RTU that a device sends back as it is."""
    from pymodbus.pdu.diag_message import ReturnQueryDataRequest

    frame: bytes = framer("rtu").buildFrame(ReturnQueryDataRequest(message=token.to_bytes(2, "big"), dev_id=unit))
    return frame


def decoded(kind: str, frame: bytes, unit: int, transaction: int = 0) -> "ModbusPDU | None":
    """A whole frame as a message; None if its checksum is wrong, or nobody knows its function."""
    from pymodbus.exceptions import ModbusIOException

    try:
        return framer(kind).handleFrame(frame, unit, transaction)[1]
    except ModbusIOException:
        return None


def registers_of(reply: "ModbusPDU", count: int, where: str) -> list[int]:
    """The registers of a reply to a request for so many.

    Raises:
        ProtocolError: if the device refuses.
        StaleReply: if there are not so many.
    """
    if reply.isError():
        raise ProtocolError(
            f"the device refused: {REFUSALS.get(reply.exception_code, 'unknown reason')} "
            f"(exception {reply.exception_code})",
            where=where,
            remedy="Check that it is the model and firmware that the driver, or the register map, is for.",
        )
    if len(reply.registers) != count:
        raise StaleReply(
            f"{len(reply.registers)} registers came instead of {count}",
            where=where,
            remedy="The next exchange starts afresh.",
        )
    return list(reply.registers)
