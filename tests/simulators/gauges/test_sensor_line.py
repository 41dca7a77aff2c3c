"""The line with box gauge, load cell and thermometers: literal frames, silence for foreign ones, true values."""

import pytest
from support.modbus_frames import rtu
from support.resistor_world import Client

from operando.simulators.gauges import SensorLine
from operando.simulators.laboratory import WorldSettings
from operando.simulators.world.simulated_world import SimulatedWorld


class Line:
    """The line without noise, and a client that keeps the pause between frames."""

    def __init__(self) -> None:
        self.world = SimulatedWorld(WorldSettings())
        self.sensors = SensorLine(self.world)
        self.sensors.load_cell.noise_N = self.sensors.thermometers.noise_K = 0.0
        self.client = Client(self.sensors.connect("", 49152, 0.0))

    def ask(self, text: str) -> bytes:
        assert self.client.read(self.client.now + 0.1) == b""
        return self.client.ask(rtu(text), 0.1)


def test_the_force_of_the_manual() -> None:
    line = Line()
    line.sensors.load_cell.stuck_N = 123.45
    assert rtu("01 03 00 00 00 03")[-2:] == bytes.fromhex("05 CB")
    assert line.ask("02 03 00 00 00 03") == rtu("02 03 06 00 00 30 39 00 02")


def test_force_and_temperatures_are_those_of_the_world() -> None:
    line = Line()
    state = line.world.cell.at(0.0)
    newton = round(state.pressure_MPa * 1e6 * line.world.cell.parameters.area_m2 * 100)
    assert int.from_bytes(line.ask("02 03 00 00 00 02")[3:7], "big") == newton
    assert int.from_bytes(line.ask("03 04 00 34 00 01")[3:5], "big") == round((state.temperature_K - 273.15) * 10)


def test_the_stack_pressure_breathes_with_the_holder() -> None:
    line = Line()
    line.world.cell.set_holder(0.0, pressure_MPa=2.0, temperature_K=323.15)
    assert int.from_bytes(line.ask("02 03 00 00 00 02")[3:7], "big") == pytest.approx(2e6 * 0.785e-4 * 100, abs=2)
    assert int.from_bytes(line.ask("03 04 00 34 00 01")[3:5], "big") == 500


@pytest.mark.parametrize(
    ("error", "range_N", "status"),
    [(0, (-5.0, 1000.0), 0x0002), (7, (-5.0, 1000.0), 0xE000), (0, (-5.0, 10.0), 0x4000), (0, (500.0, 1e3), 0x6000)],
)
def test_what_the_load_cell_says_about_itself(error: int, range_N: tuple[float, float], status: int) -> None:
    line = Line()
    line.sensors.load_cell.error, line.sensors.load_cell.range_N = error, range_N
    assert line.ask("02 03 00 02 00 01") == rtu(f"02 03 02 {status:04X}")


def test_a_broken_wire_of_a_thermometer_and_of_a_current_input() -> None:
    line = Line()
    line.sensors.thermometers.broken.add(1)
    line.sensors.currents.broken.add(1)
    assert line.ask("03 04 00 32 00 01") == rtu("03 04 02 00 02"), "only sensor 2 is left"
    assert line.ask("04 04 00 00 00 01") == rtu("04 04 02 00 00")


@pytest.mark.parametrize(
    ("request_text", "reply_text"),
    [
        ("02 04 00 00 00 01", "02 84 02"),
        ("02 03 00 00 00 40", "02 83 03"),
        ("02 06 00 00 00 01", "02 86 01"),
        ("02 03 01 00 00 01", "02 83 02"),
    ],
)
def test_refusals(request_text: str, reply_text: str) -> None:
    assert Line().ask(request_text) == rtu(reply_text)


def test_nobody_answers_for_a_device_that_is_not_there_nor_to_a_broken_frame() -> None:
    line = Line()
    assert line.ask("09 03 00 00 00 01") == b""
    line.client.read(line.client.now + 0.1)
    assert line.client.ask(bytes.fromhex("02 03 00 00 00 03 00 00"), 0.1) == b""
    assert line.ask("01 03 02 0C 00 01") == rtu("01 03 02 00 00"), "the KELLER on the same line"
