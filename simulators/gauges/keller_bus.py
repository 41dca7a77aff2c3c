"""The functions of the KELLER bus that a KELLER 33X knows. Not built: F100, which 5.20 has beside F32."""

import math
import struct
from collections.abc import Callable

from operando.simulators.gauges.keller_refusal import Reason, Refused
from operando.simulators.gauges.keller_registers import (
    CLASS_GROUP_YEAR_WEEK,
    PRESSURE_ACTIVE,
    float_bytes,
    long_bytes,
)
from operando.simulators.gauges.keller_transmitter import Measurement, Transmitter

__all__ = ["answer_keller_bus"]

INITIALISE = 48
WRITES = {31, 33, 66, 95}
BUFFER_BYTES = 13
CFG_P, STAT, DEVICE_ADDRESS = 0, 12, 13
"""Configuration bytes of F32 and F33."""
PRESSURE, TEMPERATURE = 1, 4
CHANNELS = 6
SET_ZERO, RESET_ZERO = 0, 1
DONE = b"\x00"
PASCAL, HUNDREDTH = 1e5, 100.0


def answer_keller_bus(transmitter: Transmitter, payload: bytes, now: float) -> tuple[bytes, float]:
    """What follows address and function in the reply, and its delay.

    Raises:
        Refused: with the exception code; before F48 was called after power-up everything else is refused.
    """
    function, body = payload[1], payload[2:]
    if function == INITIALISE:
        called_before, transmitter.initialised = transmitter.initialised, True
        return CLASS_GROUP_YEAR_WEEK + bytes((BUFFER_BYTES, called_before)), transmitter.settings.read_delay_s
    if not transmitter.initialised:
        raise Refused(Reason.NOT_INITIALISED)
    if function not in FUNCTIONS:
        raise Refused(Reason.ILLEGAL_FUNCTION)
    delay_s = transmitter.settings.write_delay_s if function in WRITES else transmitter.settings.read_delay_s
    return FUNCTIONS[function](transmitter, body, now), delay_s


def _read_coefficient(transmitter: Transmitter, body: bytes, now: float) -> bytes:
    coefficients = transmitter.coefficients()
    if body[0] not in coefficients:
        raise Refused(Reason.ILLEGAL_ADDRESS)
    return float_bytes(coefficients[body[0]])


def _write_coefficient(transmitter: Transmitter, body: bytes, now: float) -> bytes:
    transmitter.write_coefficient(body[0], struct.unpack(">f", body[1:])[0])
    return DONE


def _read_configuration(transmitter: Transmitter, body: bytes, now: float) -> bytes:
    values = {
        CFG_P: PRESSURE_ACTIVE,
        STAT: transmitter.measure(now).status,
        DEVICE_ADDRESS: transmitter.unit,
    }
    if body[0] not in values:
        raise Refused(Reason.ILLEGAL_ADDRESS)
    return bytes((values[body[0]],))


def _write_configuration(transmitter: Transmitter, body: bytes, now: float) -> bytes:
    if body[0] in (CFG_P, STAT):
        raise Refused(Reason.DEVICE_FAILURE)
    if body[0] != DEVICE_ADDRESS:
        raise Refused(Reason.ILLEGAL_ADDRESS)
    transmitter.change_address(body[1])
    return DONE


def _address(transmitter: Transmitter, body: bytes, now: float) -> bytes:
    if body[0] != 0:  # zero only asks
        transmitter.change_address(body[0])
    return bytes((transmitter.unit,))


def _serial_number(transmitter: Transmitter, body: bytes, now: float) -> bytes:
    return struct.pack(">I", transmitter.settings.serial)


def _read_float(transmitter: Transmitter, body: bytes, now: float) -> bytes:
    measured = transmitter.measure(now)
    return float_bytes(_channel(body[0], measured)) + bytes((measured.status,))


def _read_long(transmitter: Transmitter, body: bytes, now: float) -> bytes:
    measured = transmitter.measure(now)
    scale = HUNDREDTH if body[0] == TEMPERATURE else PASCAL
    return long_bytes(_channel(body[0], measured), scale) + bytes((measured.status,))


def _channel(number: int, measured: Measurement) -> float:
    if number >= CHANNELS:
        raise Refused(Reason.ILLEGAL_ADDRESS)
    return {PRESSURE: measured.pressure_bar, TEMPERATURE: measured.temperature_C}.get(number, math.nan)


def _zero(transmitter: Transmitter, body: bytes, now: float) -> bytes:
    if body[0] == SET_ZERO:
        transmitter.set_zero(struct.unpack(">f", body[1:])[0] if len(body) > 1 else 0.0, now)
    elif body[0] == RESET_ZERO:
        transmitter.reset_zero()
    else:
        raise Refused(Reason.ILLEGAL_ADDRESS)
    return DONE


FUNCTIONS: dict[int, Callable[[Transmitter, bytes, float], bytes]] = {
    30: _read_coefficient,
    31: _write_coefficient,
    32: _read_configuration,
    33: _write_configuration,
    66: _address,
    69: _serial_number,
    73: _read_float,
    74: _read_long,
    95: _zero,
}
