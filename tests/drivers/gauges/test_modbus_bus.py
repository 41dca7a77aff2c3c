"""Several devices on one RTU line: one link, one exchange at a time, and nobody's late reply is taken for another's."""

import threading
from collections.abc import Callable

import pytest
from support.modbus_frames import rtu
from support.one_instrument import context_for, reopening
from support.timed_link import Answers, TimedLink

from operando.drivers.bench.roles import DriverContext
from operando.drivers.clock import VirtualClock
from operando.drivers.errors import ConfigMismatch, TransportTimeout
from operando.drivers.gauges.modbus_bus import ModbusBus
from operando.drivers.gauges.modbus_rtu import ModbusRtu
from operando.drivers.gauges.modbus_sensor import open_modbus
from operando.drivers.gauges.pfeiffer_telegram import TelegramLine
from operando.drivers.links import Address, LinkContext, LinkRegistry

TIMEOUT_S = 0.3


class Line:
    """Devices 1 and 2; each tells its own number in every register. A test delays or spoils what one says."""

    def __init__(self, *, echo_test: bool) -> None:
        self.clock = VirtualClock()
        self.spoil: dict[int, Callable[[bytes], Answers]] = {}
        self.asked_at: list[tuple[int, float]] = []
        self.link = TimedLink(self._respond, self.clock)
        bus = ModbusBus(reopening([self.link], self.clock), self.clock)
        self.devices = {unit: ModbusRtu(bus, unit, TIMEOUT_S, echo_test=echo_test) for unit in (1, 2)}

    def read(self, unit: int) -> int:
        return self.devices[unit].read_registers(0x10, 1)[0]

    def _respond(self, request: bytes) -> Answers:
        unit = request[0]
        self.asked_at.append((unit, self.clock.now()))
        if request[1] == 8:
            return [(2e-3, request)]
        reply = rtu(f"{unit:02X} 03 02 00 {unit:02X}")
        return self.spoil[unit](reply) if unit in self.spoil else [(2e-3, reply)]


@pytest.mark.parametrize("echo_test", [True, False])
@pytest.mark.parametrize("late_s", [0.305, 0.35, 0.39, 0.401, 0.5])
def test_a_late_reply_of_one_device_is_never_taken_for_anothers(late_s: float, echo_test: bool) -> None:
    line = Line(echo_test=echo_test)
    line.spoil[1] = lambda reply: [(late_s, reply)]
    with pytest.raises(TransportTimeout):
        line.read(1)
    del line.spoil[1]
    assert line.read(2) == 2
    assert line.read(1) == 1


def test_after_a_failure_the_line_is_quiet_for_every_device() -> None:
    line = Line(echo_test=False)
    line.spoil[1] = lambda _: []
    with pytest.raises(TransportTimeout):
        line.read(1)
    failed_s = line.clock.now()
    line.read(2)
    assert line.asked_at[-1][1] - failed_s >= 0.1


def test_there_is_silence_between_a_reply_and_the_next_request() -> None:
    line = Line(echo_test=True)
    line.read(1)
    answered_s = line.clock.now()
    line.read(2)
    assert line.asked_at[-1][1] - answered_s >= 4e-3, "3.5 characters at 9600 baud"


@pytest.mark.parametrize("echo_test", [True, False])
def test_a_device_that_answers_for_another_is_not_heard_and_the_next_exchange_is_right(echo_test: bool) -> None:
    line = Line(echo_test=echo_test)
    line.spoil[1] = lambda _: [(2e-3, rtu("02 03 02 00 02"))]
    with pytest.raises(TransportTimeout):
        line.read(1)
    del line.spoil[1]
    assert (line.read(2), line.read(1)) == (2, 1)


def test_threads_take_turns() -> None:
    line = Line(echo_test=True)
    found: dict[int, list[int]] = {1: [], 2: []}

    def read(unit: int) -> None:
        found[unit] = [line.read(unit) for _ in range(50)]

    threads = [threading.Thread(target=read, args=(unit,)) for unit in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10.0)
    assert found == {1: [1] * 50, 2: [2] * 50}


def _two_drivers() -> tuple[DriverContext, TimedLink]:
    clock = VirtualClock()
    link = TimedLink(lambda request: [(2e-3, rtu(f"{request[0]:02X} 03 06 00 00 00 64 00 02"))], clock)
    return context_for([link], clock, accepted=False), link


def test_drivers_of_one_address_share_one_link_and_the_last_one_closes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    context, link = _two_drivers()
    closed: list[bool] = []
    monkeypatch.setattr(link, "close", lambda: closed.append(True))
    first, second = (
        open_modbus(
            DriverContext(
                f"cell {unit}",
                context.address,
                {"map": "pt113", "unit": unit, "place": f"stack {unit}"},
                context.bench,
                context.links,
                context.clock,
                context.gate,
            )
        )
        for unit in (1, 2)
    )
    assert first.forces["stack 1"].force().value == second.forces["stack 2"].force().value == 100.0
    assert first.forces["stack 1"].connection == second.forces["stack 2"].connection
    first.forces["stack 1"].close()
    first.forces["stack 1"].close()
    assert not closed
    second.forces["stack 2"].close()
    assert closed


def test_one_line_speaks_one_protocol() -> None:
    context, _ = _two_drivers()
    ModbusBus.shared(context.links, context.address, context.clock)
    with pytest.raises(ConfigMismatch, match="shared already"):
        TelegramLine.shared(context.links, context.address, context.clock)


def test_another_address_is_another_line() -> None:
    clock = VirtualClock()
    registry = LinkRegistry(LinkContext(clock))
    context, _ = _two_drivers()
    first = ModbusBus.shared(registry, context.address, clock)
    assert ModbusBus.shared(registry, context.address, clock) is first
    assert ModbusBus.shared(registry, context.address.at_port(7), clock) is not first


def test_a_converter_either_gives_back_our_bytes_or_not() -> None:
    clock = VirtualClock()
    registry, address = LinkRegistry(LinkContext(clock)), Address.parse("tcp://device:1")
    ModbusBus.shared(registry, address, clock, local_echo=True)
    with pytest.raises(ConfigMismatch, match="disagree about local_echo"):
        ModbusBus.shared(registry, address, clock, local_echo=False)
