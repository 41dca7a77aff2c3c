"""Register maps: what ships with operando, by the literal exchanges of the manuals; a user's own; and wrong ones."""

import math
from pathlib import Path

import pytest
from pydantic import JsonValue
from support.modbus_frames import rtu
from support.one_instrument import context_for
from support.transcript import Transcript

from operando.drivers.bench.roles import Roles
from operando.drivers.clock import VirtualClock
from operando.drivers.documents import DocumentError
from operando.drivers.errors import ConfigMismatch
from operando.drivers.gauges.modbus_sensor import open_modbus
from operando.drivers.gauges.register_maps import load_register_map, shipped_maps
from operando.drivers.gauges.register_values import field_text
from operando.drivers.roles import Quality

Exchange = tuple[str, str]


def opened(options: dict[str, JsonValue], *exchanges: Exchange) -> Roles:
    """The device that answers so; checksums are added where the text has none."""
    clock = VirtualClock()
    transcript = Transcript([(rtu(asked), [rtu(said)]) for asked, said in exchanges], clock)
    return open_modbus(context_for([transcript], clock, options, accepted=False))


@pytest.mark.parametrize("name", shipped_maps())
def test_every_shipped_map_can_be_used_and_says_where_it_is_from(name: str) -> None:
    found = load_register_map(name)
    assert found.source
    assert found.quantities


def test_the_force_transmitter_of_the_manual_in_one_request() -> None:
    options: dict[str, JsonValue] = {
        "map": "pt113",
        "quantities": {"force": {"place": "stack", "counts": "0.01 N", "area": "0.785 cm^2"}},
    }
    roles = opened(options, ("01 03 00 00 00 03", "01 03 06 00 00 30 39 00 02"))
    force, pressure = roles.forces["stack"].force(), roles.pressures["stack"].pressure()
    assert force.value == pytest.approx(123.45)
    assert pressure.value == pytest.approx(123.45 / 0.785e-4)
    assert (force.unit, pressure.unit, force.quality) == ("N", "Pa", Quality.OK)
    assert (pressure.start_s, pressure.end_s) == (force.start_s, force.end_s)


@pytest.mark.parametrize(
    ("status", "quality", "words"),
    [
        ("2000", Quality.FAULT, "converter out of range"),
        ("4002", Quality.OVER, "over range"),
        ("6000", Quality.UNDER, "under range"),
        ("8000", Quality.FAULT, "system error"),
        ("A000", Quality.FAULT, "programming mode"),
        ("C000", Quality.FAULT, "supply voltage"),
        ("E000", Quality.FAULT, "no instrument"),
        ("0000", Quality.FAULT, "data not good"),
        ("0012", Quality.FAULT, "shows counts"),
        ("0006", Quality.OK, "unstable"),
        ("000A", Quality.OK, "net of a tare"),
    ],
)
def test_what_the_force_transmitter_says_about_its_value(status: str, quality: Quality, words: str) -> None:
    options: dict[str, JsonValue] = {"map": "pt113", "place": "stack"}
    reading = opened(options, ("01 03 00 00 00 03", f"01 03 06 00 00 30 39 {status}")).forces["stack"].force()
    assert reading.quality is quality
    assert words in reading.detail


def test_hundredths_of_a_percent_of_a_range_that_the_device_tells() -> None:
    unit = "F0"
    roles = opened(
        {"map": "sts-dtm-ocs", "unit": 240, "quantities": {"temperature": {"place": "box"}}},
        (f"{unit} 03 00 CC 00 02", f"{unit} 03 04 00 00 00 32"),
        (f"{unit} 03 00 CE 00 02", f"{unit} 03 04 FF FF FF F6"),
        (f"{unit} 03 00 D2 00 02", f"{unit} 03 04 6B 94 00 05"),
        (f"{unit} 04 00 07 00 01", f"{unit} 04 02 00 7B"),
        (f"{unit} 04 00 01 00 01", f"{unit} 04 02 15 EF"),
    )
    reading = roles.thermometers["box"].temperature()
    assert reading.value == pytest.approx(273.15 + 23.69, abs=0.005)


@pytest.mark.parametrize(
    ("raw", "pressure_Pa", "quality"),
    [
        (5000, 50_000.0, Quality.OK),
        (-499, -4990.0, Quality.OK),
        (-600, -6000.0, Quality.UNDER),
        (11000, 1.1e5, Quality.OVER),
    ],
)
def test_the_range_of_a_value_in_percent_is_in_percent(raw: int, pressure_Pa: float, quality: Quality) -> None:
    roles = opened(
        {"map": "sts-dtm-ocs", "unit": 240, "quantities": {"pressure": {"place": "box"}}},
        ("F0 03 00 C8 00 02", "F0 03 04 00 00 03 E8"),  # 1000 mbar
        ("F0 03 00 CA 00 02", "F0 03 04 00 00 00 00"),
        ("F0 03 00 D2 00 02", "F0 03 04 6B 94 00 05"),
        ("F0 04 00 07 00 01", "F0 04 02 00 7B"),
        ("F0 04 00 00 00 01", f"F0 04 02 {raw & 0xFFFF:04X}"),
    )
    reading = roles.pressures["box"].pressure()
    assert reading.value == pytest.approx(pressure_Pa)
    assert reading.quality is quality


@pytest.mark.parametrize(
    ("decimals", "pressure_Pa", "quality"), [(2, 1010.0 + 101_300.0, Quality.OK), (0xFFFF, math.nan, Quality.FAULT)]
)
def test_decimals_that_make_no_sense_are_a_fault(decimals: int, pressure_Pa: float, quality: Quality) -> None:
    use: dict[str, JsonValue] = {"place": "box", "ambient": "1.013 bar"}
    roles = opened(
        {"map": "generic-integer", "quantities": {"pressure": use}},
        ("01 03 00 03 00 02", f"01 03 04 {decimals:04X} 00 65"),
    )
    reading = roles.pressures["box"].pressure()
    assert reading.value == pytest.approx(pressure_Pa, nan_ok=True)
    assert reading.quality is quality


def test_the_serial_number_with_its_low_word_first() -> None:
    found = load_register_map("sts-dtm-ocs").identity.serial
    assert found is not None
    assert field_text(found, [0x6B94, 0x0005]) == "355220"


@pytest.mark.parametrize(
    ("raw", "force_N", "quality"),
    [
        (0x0000, math.nan, Quality.FAULT),
        (0x0001, 0.0153, Quality.OK),
        (0x8000, 500.0, Quality.OK),
        (0xFFFE, 999.98, Quality.OK),
        (0xFFFF, math.nan, Quality.OVER),
    ],
)
def test_a_broken_wire_of_a_current_input_is_never_a_force(raw: int, force_N: float, quality: Quality) -> None:
    use: dict[str, JsonValue] = {"place": "stack", "measures": "stack force", "span": ["0 N", "1 kN"]}
    options: dict[str, JsonValue] = {"map": "moxa-e1240-4-20ma", "quantities": {"input 1": use}}
    roles = opened(options, ("01 04 00 00 00 01", f"01 04 02 {raw:04X}"))
    reading = roles.forces["stack"].force()
    assert reading.quality is quality
    assert reading.value == pytest.approx(force_N, abs=0.02, nan_ok=True)


@pytest.mark.parametrize(
    ("milliamperes", "quality", "bar"),
    [
        (3.5, Quality.FAULT, math.nan),
        (3.6, Quality.FAULT, math.nan),
        (3.7, Quality.UNDER, -0.01875),
        (3.8, Quality.OK, -0.0125),
        (4.0, Quality.OK, 0.0),
        (12.0, Quality.OK, 0.5),
        (20.5, Quality.OK, 1.03125),
        (20.7, Quality.OVER, 1.04375),
        (21.0, Quality.FAULT, math.nan),
    ],
)
def test_currents_outside_the_live_range(milliamperes: float, quality: Quality, bar: float, tmp_path: Path) -> None:
    own = tmp_path / "microamperes.yaml"
    own.write_text(
        "operando_register_map: 1\nname: own\nsource: test\nidentity: {vendor: v, model: m}\n"
        "quantities: {input: {measures: current, address: 9, unit: uA}}\n"
    )
    use: dict[str, JsonValue] = {"place": "box", "measures": "absolute pressure", "span": ["0 bar", "1 bar"]}
    raw = round(milliamperes * 1000)
    roles = opened({"map": str(own), "quantities": {"input": use}}, ("01 03 00 09 00 01", f"01 03 02 {raw:04X}"))
    reading = roles.pressures["box"].pressure()
    assert reading.quality is quality
    assert reading.value == pytest.approx(bar * 1e5, nan_ok=True, abs=1e-3)


def test_pt100_inputs_and_one_that_is_not_connected() -> None:
    options: dict[str, JsonValue] = {
        "map": "isma-sfar-s-6ti",
        "quantities": {"input 1": {"place": "cell"}, "input 2": {"place": "box wall"}},
    }
    answer = ("01 04 00 32 00 01", "01 04 02 00 01"), ("01 04 00 34 00 02", "01 04 04 FF 9C 00 FA")
    roles = opened(options, *answer)
    cell, wall = roles.thermometers["cell"].temperature(), roles.thermometers["box wall"].temperature()
    assert cell.value == pytest.approx(263.15)
    assert (cell.quality, cell.detail) == (Quality.OK, "")
    assert (wall.quality, wall.detail) == (Quality.FAULT, "sensor 2 is not connected")


def test_a_gauge_pressure_is_absolute_only_with_that_of_the_room() -> None:
    options: dict[str, JsonValue] = {"map": "generic-integer", "quantities": {"pressure": {"place": "box"}}}
    with pytest.raises(ConfigMismatch, match="ambient"):
        opened(options)
    options["quantities"] = {"pressure": {"place": "box", "ambient": "100 kPa"}}
    reading = opened(options, ("01 03 00 03 00 02", "01 03 04 00 02 04 D2")).pressures["box"].pressure()
    assert reading.value == pytest.approx(100e3 + 12.34e3)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"map": "pt114"}, "'pt113'"),
        ({"map": "pt113"}, "place"),
        ({"map": "pt113", "place": "stack", "quantities": {"forse": {}}}, "'force'"),
        ({"map": "pt113", "place": "stack", "quantities": {"force": {"span": ["0 N", "1 N"]}}}, "4 to 20 mA"),
        ({"map": "pt113", "place": "stack", "quantities": {"force": {"counts": "1 bar"}}}, "is not a force"),
        ({"map": "moxa-e1240-4-20ma", "place": "box"}, "needs `measures` and `span`"),
        ({"map": "isma-sfar-s-6ti", "place": "cell"}, "both 'input 1' and 'input 2'"),
        ({"map": "generic-float", "place": "box", "unti": 3}, "unti"),
        ({"map": "keller-33x", "quantities": {"pressure": {"place": "box", "area": "1 cm^2"}}}, "belongs to a force"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_sent(options: dict[str, JsonValue], words: str) -> None:
    with pytest.raises(ConfigMismatch) as refused:
        opened(options)
    assert words in str(refused.value)


def test_a_wrong_map_is_refused_with_line_and_nearest_key(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "operando_register_map: 1\nname: own\nsource: test\nidentity: {vendor: v, model: m}\nquantities:\n"
        "  force:\n    measures: stack force\n    adress: 0\n    unit: N\n"
    )
    with pytest.raises(DocumentError) as refused:
        load_register_map(str(own))
    text = str(refused.value)
    assert f"{own}:8" in text
    assert "'address'" in text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("force: {measures: stack force, address: 0, unit: bar}", "no unit of stack force"),
        ("force: {measures: stack force, address: 0, unit: furlongs per}", "no known unit"),
        ("force: {measures: stack force, address: 70000, unit: N}", "65535"),
        ("force: {measures: stak force, address: 0, unit: N}", "stack force"),
    ],
)
def test_what_makes_no_sense_in_a_map(line: str, words: str, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "operando_register_map: 1\nname: own\nsource: test\nidentity: {vendor: v, model: m}\nquantities:\n  "
        + line
        + "\n"
    )
    with pytest.raises(DocumentError, match=words):
        load_register_map(str(own))


def test_the_map_that_the_documentation_shows(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "docs" / "instruments.md").read_text(encoding="utf-8")
    start = text.index("operando_register_map: 1")
    own = tmp_path / "own.yaml"
    own.write_text(text[start : text.index("```", start)])
    roles = opened(
        {"map": str(own), "place": "box"},
        ("01 03 00 20 00 01", "01 03 02 00 04"),
        ("01 04 00 10 00 02", "01 04 04 86 A0 00 01"),
    )
    reading = roles.pressures["box"].pressure()
    assert reading.value == pytest.approx(100e3)
    assert (reading.quality, reading.detail) == (Quality.OK, "warming up")
