"""A run that follows the box, with a control cell beside it: where it may be parked, and how both cells go on."""

from pathlib import Path

import pytest
from support.control_cell import charge_by_step
from support.journeys import ANSWERS, JOURNEY

from operando.drivers.bench import load_bench_file
from operando.drivers.bench.open import bench_source, connect_bench
from operando.protocols.document import parse_protocol
from operando.protocols.record import CONTROL, read_events, verify_record
from operando.protocols.runner import Ending, Returning, RunOptions, continue_program, header_of, run_program
from operando.protocols.runner.operator_script import ScriptedPerson, parse_answers
from operando.protocols.sessions import Consent

CONTROL_CELL = """\
control_cell: {potentiostat: control potentiostat}
instruments:
  control potentiostat: {driver: emstat4-hr, address: "sim://control-potentiostat"}
"""
WISHES = """\
meanwhile:
  - {at: 5 min, do: park, by: eva, text: in the glovebox}
  - {at: 30 min, do: park, by: eva, text: on the way}
  - {at: 55 min, do: park, by: eva, text: in the closed box}
  - {at: 75 min, do: park, by: eva, text: the night}
"""


def test_it_is_parked_where_the_microscope_sees_the_sample_and_both_cells_go_on(tmp_path: Path) -> None:
    text = str(bench_source("sim-glovebox")).replace("instruments:\n", CONTROL_CELL)
    program, folder = parse_protocol(JOURNEY), tmp_path / "run"
    script = parse_answers(ANSWERS + WISHES, "answers.yaml")
    with connect_bench(*load_bench_file(text)) as bench:
        person = ScriptedPerson(script, bench.clock, bench.links.people())
        options = RunOptions(operator=person, steered_by=script.steers)
        parked = run_program(program, bench, folder, header_of(program, bench, text), options)
        assert parked.ending is Ending.PARKED and parked.confirmed_safe, parked.reason
        assert all(verify_record(record).parked for record in (folder, folder / CONTROL))
        bench.clock.sleep_until(bench.clock.now() + 3600.0)
        returning = Returning(sample=Consent("eva", "nobody has touched it"))
        outcome = continue_program(program, bench, folder, returning, RunOptions(operator=person))
        assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 0), outcome.reason
    refused = [str(event["message"]) for event in read_events(folder) if event["kind"] == "note"]
    assert [message.partition(", and")[0] for message in refused] == [
        f"park was refused: in the phase '{phase}' the microscope may not look at the sample"
        for phase in ("glovebox", "transfer", "open")
    ]
    assert all("Park the run while the box stands open in the microscope." in message for message in refused)
    for record in (folder, folder / CONTROL):
        verdict = verify_record(record)
        assert verdict.ok and verdict.closed, str(verdict)
        assert charge_by_step(record)["charge"] == pytest.approx(20 * 60 * 120e-6, rel=0.02)
