"""Gauges, sensors and the second microscope over real wires: TCP, UDP and pseudo terminals."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support.served import PATIENT_S, Served, serving

from operando.drivers.bench import Bench, open_bench
from operando.drivers.roles import FrameRequest, HighVoltage, Quality, Safety, StagePosition
from operando.drivers.waiting import wait_for
from operando.simulators.benches import zem_bench

GAUGES = """operando_bench: 1
name: test
record: {institution: test, operator: test}
instruments:
  box gauge: {driver: keller-33x, address: 'sim://sensors', options: {unit: 1}}
  load cell:
    driver: modbus
    address: sim://sensors
    options: {map: pt113, unit: 2, quantities: {force: {place: stack, counts: 0.01 N, area: 0.785 cm^2}}}
  holder:
    driver: modbus
    address: sim://sensors
    options: {map: isma-sfar-s-6ti, unit: 3, quantities: {input 1: {place: cell}}}
  controller: {driver: pfeiffer-tpg, address: 'sim://tpg', options: {places: {chamber: {channel: 1}}}}
  mpt: {driver: pfeiffer-rs485, address: 'sim://telegrams', options: {device: 1, place: column}}
  ppt: {driver: pfeiffer-rs485, address: 'sim://telegrams', options: {device: 2, place: line, gas: argon}}
  transducer: {driver: mks-900, address: 'sim://mks', options: {place: pump}}
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served"), GAUGES) as server:
        yield server


@pytest.fixture(params=["pty", "tcp"])
def bench(request: pytest.FixtureRequest, served: Served, tmp_path: Path) -> Iterator[Bench]:
    """All gauges over one kind of wire."""
    text = GAUGES
    for name, engine in (("box gauge", "sensors"), ("controller", "tpg"), ("mpt", "telegrams"), ("transducer", "mks")):
        if request.param not in served.instruments[name]:
            pytest.fail(f"{name} is not served over {request.param}")
        text = text.replace(f"sim://{engine}", served.instruments[name][request.param])
    path = tmp_path / "bench.yaml"
    path.write_text(text)
    with open_bench(path) as opened:
        yield opened


def test_every_gauge_tells_what_is_true(served: Served, bench: Bench) -> None:
    truth = served.control.order(state=True)
    found = {place: gauge.pressure() for place, gauge in bench.pressures.items()}
    assert {reading.quality for reading in found.values()} == {Quality.OK}
    chamber_Pa, box_Pa, stack_Pa = (truth[f"{name}_pressure_Pa"] for name in ("chamber", "box", "stack"))
    for place in ("chamber", "column", "pump"):
        assert found[place].value == pytest.approx(chamber_Pa, rel=0.03)
    assert found["box"].value == pytest.approx(box_Pa, abs=20.0)
    assert found["line"].value == pytest.approx(box_Pa, rel=0.03), "a Pirani in argon, corrected"
    assert found["stack"].value == pytest.approx(stack_Pa, rel=2e-3)
    holder_K = truth["holder_temperature_K"]
    assert bench.thermometers["cell"].temperature().value == pytest.approx(holder_K, abs=0.2)
    assert bench.forces["stack"].force().value == pytest.approx(float(str(stack_Pa)) * 0.785e-4, rel=2e-3)


def test_devices_of_one_line_are_read_in_any_order(bench: Bench) -> None:
    for _ in range(5):
        assert bench.pressures["box"].pressure().quality is Quality.OK
        assert bench.thermometers["cell"].temperature().quality is Quality.OK
        assert bench.forces["stack"].force().quality is Quality.OK


def test_a_benchtop_microscope_over_udp_and_tcp(tmp_path: Path) -> None:
    patient = "options:\n      start_latency: 60 s\n      reply_timeout: 5 s\n      image:"  # whatever the machine does
    with (
        serving(tmp_path, zem_bench().replace("options:\n      image:", patient)) as served,
        open_bench(served.bench) as bench,
    ):
        column, scanner, stage = bench.column, bench.scanner, bench.stage
        column.switch_high_voltage(True)
        wait_for(bench.clock, lambda: column.high_voltage() is HighVoltage.ON, PATIENT_S, every_s=0.1)
        stage.move_to(StagePosition(1.2e-3, -0.65e-3, 0.0))
        wait_for(bench.clock, lambda: not stage.moving(), PATIENT_S, every_s=0.05)
        scanner.start(FrameRequest(("BSE",), (128, 128), 3.2e-6))
        wait_for(bench.clock, lambda: scanner.progress().complete, 6 * PATIENT_S, every_s=0.02)
        (image,) = scanner.images()
        assert image.pixels.shape == (128, 128)
        assert np.std(image.pixels) > 100, "there is something to see"
        during = served.control.order(state=True)
        states = {state.safety for state in bench.make_safe()}
        after = served.control.order(state=True)
    assert (during["beam_on_specimen"], after["beam_on_specimen"]) == (True, False)
    assert states == {Safety.CONFIRMED}
