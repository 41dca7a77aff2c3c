"""The functions of Modbus that a KELLER 33X with firmware 5.20-12.28 knows."""

import struct
from collections.abc import Callable

from operando.simulators.gauges.keller_refusal import Reason, Refused
from operando.simulators.gauges.keller_registers import read_registers
from operando.simulators.gauges.keller_transmitter import Transmitter
from operando.simulators.gauges.modbus_rtu import Function

__all__ = ["answer_modbus"]

MOST_REGISTERS = 4
ADDRESS_REGISTER = 0x020D
SET_ZERO, RESET_ZERO = 0xFF00, 0xFF02
COEFFICIENTS = range(0x0300, 0x0400)


def answer_modbus(transmitter: Transmitter, payload: bytes, now: float) -> tuple[bytes, float]:
    """What follows address and function in the reply, and its delay.

    Raises:
        Refused: with the exception code.
    """
    settings = transmitter.settings
    known: dict[int, tuple[Callable[[Transmitter, bytes, float], bytes], float]] = {
        Function.READ_HOLDING: (_read, settings.read_delay_s),
        Function.WRITE_ONE: (_write_one, settings.write_delay_s),
        Function.ECHO: (_echo, settings.read_delay_s),
        Function.WRITE_MANY: (_write_many, 2 * settings.write_delay_s),
    }
    if payload[1] not in known:
        raise Refused(Reason.ILLEGAL_FUNCTION)
    function, delay_s = known[payload[1]]
    return function(transmitter, payload[2:], now), delay_s


def _read(transmitter: Transmitter, body: bytes, now: float) -> bytes:
    start, count = struct.unpack(">HH", body)
    if not 1 <= count <= MOST_REGISTERS:
        raise Refused(Reason.ILLEGAL_VALUE)
    data = read_registers(start, count, transmitter, transmitter.measure(now))
    if data is None:
        raise Refused(Reason.ILLEGAL_ADDRESS)
    return bytes((len(data),)) + data


def _write_one(transmitter: Transmitter, body: bytes, now: float) -> bytes:
    register, value = struct.unpack(">HH", body)
    if register == ADDRESS_REGISTER:
        transmitter.change_address(value)
        return body
    defined = read_registers(register, 1, transmitter, transmitter.measure(now)) is not None
    writable_otherwise = register in COEFFICIENTS or not defined
    raise Refused(Reason.ILLEGAL_ADDRESS if writable_otherwise else Reason.DEVICE_FAILURE)


def _echo(transmitter: Transmitter, body: bytes, now: float) -> bytes:
    if body[:2] != b"\x00\x00":
        raise Refused(Reason.ILLEGAL_VALUE)
    return body


def _write_many(transmitter: Transmitter, body: bytes, now: float) -> bytes:
    register, count, size = struct.unpack(">HHB", body[:5])
    if (count, size) != (2, 4):
        raise Refused(Reason.ILLEGAL_VALUE)
    (value,) = struct.unpack(">f", body[5:])
    if register == SET_ZERO:
        transmitter.set_zero(value, now)
    elif register == RESET_ZERO:
        transmitter.reset_zero()
    elif register in COEFFICIENTS and register % 2 == 0:
        transmitter.write_coefficient((register - COEFFICIENTS.start) // 2, value)
    else:
        raise Refused(Reason.ILLEGAL_ADDRESS)
    return body[:4]
