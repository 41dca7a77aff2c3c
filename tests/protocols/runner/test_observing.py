"""Imaging follows a cell that another program cycles: steps and voltages that are only watched fire captures."""

from pathlib import Path

import numpy as np
import pytest
from support.laboratory import header_of

from operando.drivers.bench import Bench, load_bench_file, open_bench
from operando.drivers.bench.open import connect_bench
from operando.drivers.roles import SafeState, Safety
from operando.protocols import open_run
from operando.protocols.check import bench_facts, check
from operando.protocols.document import load_protocol, parse_protocol
from operando.protocols.runner import Ending, RunOutcome, run_program
from operando.simulators.benches import watched_bench

EXAMPLE = Path(__file__).parents[3] / "examples" / "follow_ec_lab.yaml"
PROTOCOL = """\
operando: 1
title: imaging follows EC-Lab
sample: {name: watched, nominal_capacity: 1.2 mAh, area: 0.785 cm^2}
imaging_only: 26 min
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
captures:
  overview:
    {regions: [anode], detectors: [SE], pixels: [64, 48], dwell: 10 us, beam: {voltage: 5 kV, current: 100 pA}}
when:
  - {start_of: charge, capture: overview}
  - {after_end_of: charge, capture: overview}
  - {voltage: {rises_above: 3.65 V}, during: charge, capture: overview}
"""


def observed_bench() -> Bench:
    return connect_bench(*load_bench_file(watched_bench()))


def run(folder: Path) -> RunOutcome:
    bench, program = observed_bench(), parse_protocol(PROTOCOL)
    try:
        return run_program(program, bench, folder, header_of(program, folder, bench))
    finally:
        bench.close()


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> RunOutcome:
    return run(tmp_path_factory.mktemp("watched") / "run")


def test_the_run_completes_and_says_honestly_that_the_cell_is_not_its_own(outcome: RunOutcome) -> None:
    """The microscope is confirmed safe; the cell is unknown, and asking again would not change that."""
    assert (str(outcome.ending), outcome.pictures, outcome.captures_not_taken) == ("completed", 3, 0)
    unknown = [state for state in outcome.safe_states if str(state.safety) != "confirmed"]
    assert [state.instrument for state in unknown] == ["potentiostat"]
    assert "in the hands of EC-Lab" in unknown[0].detail
    assert (outcome.confirmed_safe, outcome.exit_code) == (True, 0)
    said = [event for event in open_run(outcome.folder).events if event.source == "safety"]
    assert [event.kind for event in said if "in the hands of EC-Lab" in event.message] == ["unknown"]
    assert said[-1].time_s - said[0].time_s < 1.0


def test_a_microscope_that_does_not_confirm_is_no_safe_end_though_the_cell_is_only_watched() -> None:
    states = (SafeState("potentiostat", Safety.UNKNOWN, "EC-Lab has it"), SafeState("sem", Safety.UNKNOWN, "no answer"))
    ended = RunOutcome(Path("run"), Ending.COMPLETED, "", states, only_watched=("potentiostat",))
    assert (ended.confirmed_safe, ended.exit_code) == (False, 4)


def test_every_sample_and_step_of_the_other_program_is_in_the_record(outcome: RunOutcome) -> None:
    record = open_run(outcome.folder)
    samples = record.samples
    assert samples["sequence"].tolist() == list(range(len(samples))) and len(samples) > 1500
    assert np.allclose(np.diff(samples["time_s"]), 1.0, atol=1e-6)
    assert [step.name for step in record.steps][:3] == ["rest", "charge", "hold"]


def test_pictures_know_the_state_of_the_cell(outcome: RunOutcome) -> None:
    frames = open_run(outcome.folder).frames
    assert [frame.row.step_name for frame in frames] == ["charge", "charge", "hold"]
    assert frames[1].row.voltage_at_start_V >= 3.65
    assert all(np.isfinite(frame.row.voltage_at_start_V) for frame in frames)


def test_a_protocol_that_cycles_is_refused_on_such_a_bench() -> None:
    text = PROTOCOL.replace(
        "imaging_only: 26 min",
        "safety: {voltage: [2.5 V, 4.3 V], current: [-400 uA, 400 uA], host_tolerates: 2 s}\n"
        "cycling: [{name: charge, step: Charge at 240 uA for 10 minutes}]",
    )
    bench = observed_bench()
    try:
        findings = check(parse_protocol(text), bench_facts(bench))
    finally:
        bench.close()
    assert any("only watched: another program has it" in f.what for f in findings if f.severity == "error")


def test_protocols_that_follow_pass_the_check() -> None:
    bench = observed_bench()
    try:
        for program in (parse_protocol(PROTOCOL), load_protocol(EXAMPLE)):
            assert check(program, bench_facts(bench)) == []
    finally:
        bench.close()


def test_where_nobody_cycles_nothing_can_be_followed() -> None:
    with open_bench("sim") as bench:
        findings = check(parse_protocol(PROTOCOL), bench_facts(bench))
    assert any("no step runs while it is looked at" in f.what for f in findings if f.severity == "error")
