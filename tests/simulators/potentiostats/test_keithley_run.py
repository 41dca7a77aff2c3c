"""A protocol from start to finish with a SourceMeter at the simulated cell: ends of steps, record, verification."""

from pathlib import Path

import pytest
from support.laboratory import header_of

from operando.drivers.bench.file import load_bench_file
from operando.drivers.bench.open import connect_bench
from operando.protocols.document import parse_protocol
from operando.protocols.record import read_events, verify_record
from operando.protocols.runner import Ending, run_program
from operando.simulators.benches import keithley_bench

PROTOCOL = """operando: 1
title: a SourceMeter
sample: {name: test, nominal_capacity: 1.2 mAh, area: 0.785 cm^2}
safety: {voltage: [3.0 V, 3.9 V], current: [-300 uA, 300 uA], host_tolerates: 2 s}
record: {every: 1 s}
cycling:
  - {name: settle, step: Rest for 1 minute}
  - {name: charge, step: Charge at C/5 until 3.65 V, at_most: 30 min}
  - {name: hold, step: Hold at 3.65 V until C/10, at_most: 30 min}
  - {name: discharge, step: Discharge at C/5 for 2 minutes or until 3.1 V}
"""


@pytest.mark.parametrize("model", ["2450", "2400"])
def test_a_protocol_runs_from_start_to_finish(model: str, tmp_path: Path) -> None:
    program = parse_protocol(PROTOCOL)
    text = keithley_bench().replace("keithley-2450", f"keithley-{model}")
    bench = connect_bench(*load_bench_file(text))
    outcome = run_program(program, bench, tmp_path / "run", header_of(program, tmp_path / "run", bench))
    assert outcome.ending is Ending.COMPLETED
    assert outcome.confirmed_safe
    verdict = verify_record(outcome.folder)
    assert not verdict.problems
    ends = [str(event["message"]) for event in read_events(outcome.folder) if event["kind"] == "step ended"]
    assert ends[-4:] == ["settle: time", "charge: voltage", "hold: current", "discharge: time"]
