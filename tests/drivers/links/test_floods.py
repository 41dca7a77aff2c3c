"""Somebody who talks without end costs neither memory nor the rest of the day: it is told, by the next deadline."""

import pytest
from support.one_instrument import context_for, reopening

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import FramingError, TransportTimeout
from operando.drivers.gauges.mks import open_mks_900
from operando.drivers.gauges.modbus_bus import ModbusBus
from operando.drivers.gauges.modbus_rtu import ModbusRtu
from operando.drivers.links import Address, StreamBuffer

PIECE = bytes(1 << 16)
PER_PIECE_S = 1e-4
LIMIT = 2 << 20


class Flood:
    """650 megabytes each second, whatever is asked."""

    simulated = True
    address = Address.parse("tcp://flood:1")

    def __init__(self, clock: VirtualClock) -> None:
        self.given = 0
        self._clock = clock

    def write(self, data: bytes) -> None:
        """Nobody listens."""

    def read(self, timeout_s: float) -> bytes:
        self._clock.sleep_until(self._clock.now() + PER_PIECE_S)
        self.given += len(PIECE)
        return PIECE

    def close(self) -> None:
        """It goes on."""


def test_a_message_without_end_is_given_up_and_forgotten() -> None:
    flood = Flood(clock := VirtualClock())
    buffer = StreamBuffer(flood, clock)
    with pytest.raises(FramingError, match="bytes came without a line feed") as caught:
        buffer.read_until(b"\n", 10.0)
    assert flood.given < LIMIT and len(buffer) == 0 and caught.value.where == "tcp://flood:1"


def test_a_large_picture_is_not_a_message_without_end() -> None:
    flood = Flood(clock := VirtualClock())
    assert len(StreamBuffer(flood, clock).read_exactly(8 << 20, 10.0)) == 8 << 20


def test_what_arrives_without_end_is_not_waited_for() -> None:
    flood = Flood(clock := VirtualClock())
    assert len(reopening([flood], clock).arrived()) < LIMIT
    assert StreamBuffer(flood, clock).available()


def test_a_gauge_says_what_is_wrong() -> None:
    clock = VirtualClock()
    with pytest.raises(FramingError, match="which ends a message"):
        open_mks_900(context_for([Flood(clock) for _ in range(4)], clock, accepted=False))
    assert clock.now() < 10.0


def test_a_register_is_not_looked_for_without_end() -> None:
    clock = VirtualClock()
    device = ModbusRtu(ModbusBus(reopening([Flood(clock)], clock), clock), 1, 0.3)
    with pytest.raises((FramingError, TransportTimeout)):
        device.read_registers(0x10, 1)
    with pytest.raises(FramingError, match="no reply among them"):
        device.read_registers(0x10, 1)
