"""A microscope that is lost at the worst moment: while the beam stands unblanked, and while an interlock needs it."""

from pathlib import Path

import pytest
from support.flows import events_of, reasons
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD, SHORT

from operando.protocols.record import open_samples, read_frames, read_journal, read_spectra, verify_record
from operando.protocols.runner import Ending, RunOptions

IN_CHARGE_S = 400.0
AWAY_S = 100.0


@pytest.fixture(scope="module")
def in_chemistry_s(tmp_path_factory: pytest.TempPathFactory) -> float:
    """A run time at which SHORT counts X-rays."""
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    SimulatedBench.open().run(SHORT, folder)
    return read_spectra(folder)[0].start_s + 0.5


def test_an_unblanked_beam_is_blanked_when_the_link_returns(tmp_path: Path, in_chemistry_s: float) -> None:
    bench = SimulatedBench.open()
    bench.unplug("sem", in_chemistry_s, in_chemistry_s + AWAY_S)
    lit: dict[float, bool] = {}

    def look(now: float) -> None:
        lit[now] = bench.world.beam.on_specimen

    for after_s in (AWAY_S / 2, AWAY_S + 6.0):
        bench.world.call_at(in_chemistry_s + after_s, look)
    outcome = bench.run(SHORT, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 0), outcome.reason
    assert list(lit.values()) == [True, False], "nobody could help it meanwhile; then it is blanked at once"
    assert events_of(tmp_path / "run", "spectra unfinished")
    assert not [row for row in read_spectra(tmp_path / "run") if row.start_s > in_chemistry_s], "not counted twice"
    unknown = [e for e in events_of(tmp_path / "run", "unknown") if "was lost" in str(e["reason"])]
    assert unknown, "and the record says that nothing was known"
    assert verify_record(tmp_path / "run").ok


def test_an_interlock_that_needs_the_lost_microscope_forbids_the_beam_and_not_the_current(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    bench.unplug("sem", IN_CHARGE_S, IN_CHARGE_S + 400.0)
    outcome = bench.run(SHORT + "interlocks: [chamber vacuum]\n", tmp_path / "run")
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    samples = open_samples(tmp_path / "run")
    assert (samples["current_A"] > 1e-4).sum() == 600 and (samples["current_A"] < -1e-4).sum() == 300


def test_a_trip_is_imaged_with_the_cell_safe_already(tmp_path: Path) -> None:
    """The window is narrower than the charge: the potentiostat trips by its own limits."""
    protocol = SHORT.replace("4.35 V", "3.6 V").replace("for 10 minutes", "for 3 hours")
    bench = SimulatedBench.open()
    look = "failures: {potentiostat: {image: overview, every: 30 s, for: 2 min}}\n"
    outcome = bench.run(protocol + look, tmp_path / "run", RunOptions(wait_for_links_s=5.0))
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
    assert "voltage limit" in outcome.reason
    after = [f for f in read_frames(tmp_path / "run") if f.trigger == "after the failure of potentiostat"]
    assert len(after) == 2 * 4
    (back,) = events_of(tmp_path / "run", "instrument back")
    assert float(str(back["test_time_second"])) < after[0].end_s, "the cell does not wait for a picture"


SETTLING = (
    HEAD
    + """\
imaging_only: 12 min
settling: {stage: 7 s, beam: 3 s}
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um, tiles: [2, 1]}
captures:
  survey: {regions: [anode], detectors: [SE], pixels: [64, 48], dwell: 10 us, beam: {voltage: 5 kV, current: 100 pA}}
when: [{every: 5 min, capture: survey}]
"""
)


def test_stage_and_beam_settle_before_each_scan(tmp_path: Path) -> None:
    assert SimulatedBench.open().run(SETTLING, tmp_path / "run").exit_code == 0
    entries = read_journal(tmp_path / "run")
    times = {
        action: [float(str(e["test_time_second"])) for e in entries if e.get("action") == action]
        for action in ("move stage", "scan")
    }
    assert len(times["scan"]) == 4
    for scan_s in times["scan"]:
        last_move_s = max(time for time in times["move stage"] if time < scan_s)
        assert scan_s - last_move_s > 7.0
    assert reasons(tmp_path / "run") == []
