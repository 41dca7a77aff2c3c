"""The leak test of a run: a pressure without its temperature says nothing of a leak."""

from pathlib import Path

from pytest_mock import MockerFixture
from support.journeys import ANSWERS, JOURNEY
from support.laboratory import SimulatedBench

from operando.drivers.errors import DeviceFault
from operando.drivers.roles import Reading
from operando.protocols.document import parse_protocol
from operando.protocols.reading import open_run
from operando.protocols.runner import Ending, RunOptions
from operando.protocols.runner.operator_script import ScriptedPerson, parse_answers

DIES_S = 240.0


def test_a_thermometer_that_dies_during_the_test_leaves_the_leak_unknown(tmp_path: Path, mocker: MockerFixture) -> None:
    """Its last value, taken for the temperature of an hour, hides a leak where the box warms up."""
    bench = SimulatedBench.open("sim-glovebox")
    thermometer, clock = bench.bench.thermometers["box"], bench.bench.clock
    alive = thermometer.temperature

    def temperature() -> Reading:
        if clock.now() > DIES_S:
            raise DeviceFault("the thermometer is broken", where="box", remedy="Replace it.")
        return alive()

    mocker.patch.object(thermometer, "temperature", temperature)
    person = ScriptedPerson(parse_answers(ANSWERS, "answers.yaml"), clock, bench.bench.links.people())
    outcome = bench.run_program(parse_protocol(JOURNEY), tmp_path / "run", RunOptions(operator=person))
    assert outcome.ending is Ending.FAILED and "leak test was not passed" in outcome.reason, outcome.reason
    (said,) = [event for event in open_run(tmp_path / "run").events if event.kind == "not passed"]
    assert "too few good readings" in said.message
