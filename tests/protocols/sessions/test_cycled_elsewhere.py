"""Cycling that was done elsewhere: what is taken into the record, and what is refused, with its words."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD
from support.sessions import at_times, continued

from operando.drivers.errors import ConfigMismatch
from operando.protocols.reading import open_run
from operando.protocols.record import open_samples, read_events, verify_record
from operando.protocols.record.checksums import file_sha256
from operando.protocols.record.sessions import ImportedFile, continued_sessions, parked_sessions
from operando.protocols.runner import Ending, RunOptions
from operando.protocols.runner.continuing import Returning
from operando.protocols.sessions import Consent, ElsewhereFile

CURRENT_A = 120e-6
CYCLES = (
    HEAD
    + """\
cycling:
  - repeat: 2
    steps:
      - {name: charge, step: Charge at C/10 for 30 seconds}
      - {name: discharge, step: Discharge at C/10 for 30 seconds}
"""
)
Row = tuple[float, float, float, int, int]
"""Elapsed time, volts, amperes, part of the schedule and cycle."""


@dataclass(frozen=True, slots=True)
class Left:
    """A parked run, and what is known of its cell."""

    bench: SimulatedBench
    folder: Path
    parked_s: float
    voltage_V: float

    def wall(self, after_s: float) -> datetime:
        """So many seconds after the run was parked."""
        return datetime.fromtimestamp(self.bench.bench.clock.epoch.timestamp() + self.parked_s + after_s, UTC)

    def go_on(self, *files: Path, sure: str = "", time_zone: str = "UTC") -> tuple[ImportedFile, ...]:
        """Continue it to its end with these files; what was imported."""
        word = Consent("eva", sure) if sure else None
        returning = Returning([ElsewhereFile(file, time_zone) for file in files], files=word)
        outcome = continued(self.bench, CYCLES, self.folder, returning)
        assert outcome.ending is Ending.COMPLETED, outcome.reason
        verdict = verify_record(self.folder)
        assert verdict.ok and verdict.closed, str(verdict)
        return continued_sessions(self.folder)[-1].imported


@pytest.fixture
def left(tmp_path: Path) -> Iterator[Left]:
    """Parked at the end of the first cycle."""
    bench, folder = SimulatedBench.open(), tmp_path / "run"
    wishes = {45.0: lambda steering: steering.park("eva", after_step=True)}
    outcome = bench.run(CYCLES, folder, RunOptions(steered_by=at_times(wishes)))
    assert outcome.ending is Ending.PARKED
    (session,) = parked_sessions(folder)
    yield Left(bench, folder, session.to_s, float(open_samples(folder)["voltage_V"][-1]))
    bench.bench.close()


def cycled(voltage_V: float, cycles: int = 2, half_s: int = 60) -> list[Row]:
    """A rest, and then charges and discharges of equal length."""
    rows: list[Row] = [(float(second), voltage_V, 0.0, 0, 0) for second in range(0, 10, 2)]
    start_s, part = 10.0, 1
    for cycle in range(cycles):
        for sign in (1.0, -1.0):
            volts = voltage_V + sign * 5e-3
            rows += [(start_s + second, volts, sign * CURRENT_A, part, cycle) for second in range(0, half_s, 2)]
            start_s, part = start_s + half_s, part + 1
    return rows


def bdf(path: Path, begins: datetime, rows: Sequence[Row]) -> Path:
    lines = ["Test Time / s,Voltage / V,Current / A,Unix Time / s,Cycle Count / 1,Step Count / 1"]
    lines += [f"{t},{v:.6f},{i},{begins.timestamp() + t:.3f},{cycle},{part}" for t, v, i, part, cycle in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def mpt(path: Path, begins: datetime, rows: Sequence[Row]) -> Path:
    """As EC-Lab exports it, with a decimal comma."""
    names = ("mode", "Ns", "time/s", "Ecell/V", "I/mA", "cycle number")
    head = ["EC-Lab ASCII FILE", "Nb header lines : 5", "", f"Acquisition started on : {begins:%m/%d/%Y %H:%M:%S.%f}"]
    lines = [*head, "\t".join(names)]
    for t, v, i, part, cycle in rows:
        lines.append(
            "\t".join(f"{value}".replace(".", ",") for value in (3 if i == 0 else 1, part, t, v, i * 1e3, cycle))
        )
    path.write_text("\r\n".join(lines) + "\r\n", encoding="cp1252")
    return path


@pytest.mark.parametrize(("write", "name"), [(bdf, "week.bdf.csv"), (mpt, "week.mpt")], ids=["BDF", "EC-Lab"])
def test_charge_cycle_and_time_carry_on(left: Left, tmp_path: Path, write: object, name: str) -> None:
    assert callable(write)
    file = write(tmp_path / name, left.wall(600.0), cycled(left.voltage_V))
    before = open_samples(left.folder)
    (imported,) = left.go_on(file)
    assert file_sha256(left.folder / imported.file) == imported.sha256 == file_sha256(file)
    assert (imported.first_cycle, imported.last_cycle) == (2, 3)
    assert imported.from_s == pytest.approx(left.parked_s + 600.0, abs=1e-3)
    samples = open_samples(left.folder)
    steps = range(imported.first_step, imported.last_step + 1)
    own = samples[np.isin(samples["step"], steps)]
    assert own.size == imported.samples == len(cycled(0.0))
    assert np.all(np.diff(samples["time_s"]) >= 0.0)
    charged = own[own["step"] == imported.first_step + 1]
    assert charged["charge_C"][-1] == pytest.approx(58 * CURRENT_A, rel=1e-3)
    assert int(before["cycle"].max()) == 1 and int(samples["cycle"][-1]) == 4, "the last cycle of the protocol follows"
    run = open_run(left.folder)
    marked = {step.number for step in run.steps if step.number in steps}
    assert marked == set(steps)
    told = [event for event in read_events(left.folder) if event.get("imported")]
    assert {event["step"] for event in told} == set(steps)


def test_files_are_taken_in_the_order_of_time_whatever_order_they_are_given_in(left: Left, tmp_path: Path) -> None:
    late = bdf(tmp_path / "late.bdf.csv", left.wall(1200.0), cycled(left.voltage_V, 1))
    early = mpt(tmp_path / "early.mpt", left.wall(100.0), cycled(left.voltage_V, 1))
    first, second = left.go_on(late, early)
    assert first.file.endswith("early.mpt") and second.first_step == first.last_step + 1
    assert (first.first_cycle, second.first_cycle) == (2, 3)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that is refused: how long after the parking it begins, its rows, and words of the refusal."""

    after_s: float
    rows: tuple[Row, ...]
    says: str
    confirmable: bool = False


V = 3.55
REFUSALS = {
    "begins while the run went on": Refusal(-600.0, tuple(cycled(V)), "begins 10 min before the run was parked"),
    "ends in the future": Refusal(3500.0, tuple(cycled(V)), "from now, in the future"),
    "another voltage": Refusal(60.0, tuple(cycled(V - 0.5)), "the cell was left at", confirmable=True),
    "far outside": Refusal(60.0, ((0.0, V, 0.0, 0, 0), (1.0, 5.0, 1e-4, 1, 0)), "the protocol allows", True),
    "another capacity": Refusal(
        60.0, ((0.0, V, 0.0, 0, 0), *((float(t), V, 10e-3, 1, 0) for t in range(1, 1500, 10))), "in one direction", True
    ),
    "a current that is no number": Refusal(
        60.0, ((0.0, V, 0.0, 0, 0), (1.0, V, math.nan, 1, 0)), "the current of a row is no number: nan"
    ),
}


@pytest.mark.parametrize("refusal", list(REFUSALS.values()), ids=list(REFUSALS))
def test_a_file_that_cannot_be_of_this_cell_is_refused(left: Left, tmp_path: Path, refusal: Refusal) -> None:
    file = bdf(tmp_path / "odd.bdf.csv", left.wall(refusal.after_s), refusal.rows)
    before = open_samples(left.folder)
    with pytest.raises(ConfigMismatch) as error:
        left.go_on(file)
    assert refusal.says in str(error.value) and "odd.bdf.csv" in str(error.value)
    assert open_samples(left.folder).size == before.size, "nothing was imported"
    assert verify_record(left.folder).parked
    if refusal.confirmable:
        (imported,) = left.go_on(file, sure="a reference electrode was used there")
        assert imported.samples == len(refusal.rows)
        said = [event for event in read_events(left.folder) if event["kind"] == "import confirmed by a person"]
        assert said and said[0]["who"] == "eva"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("week.csv", "a,b\n1,2\n", "no column Test Time / s"),
        ("week.bdf.csv", "Test Time / s,Voltage / V,Current / A\n0,3.5,0\n", "no column Unix Time / s"),
        ("week.mpt", "BIN\r\n", "not with 'EC-Lab ASCII FILE'"),
        ("week.mpr", "x", "only EC-Lab text"),
        ("week.bdf.csv", "Test Time / s,Voltage / V,Current / A,Unix Time / s\n0,x,0,1\n", "has no numbers"),
        ("week.bdf.csv", "Test Time / s,Voltage / V,Current / A,Unix Time / s\n", "has no rows"),
        ("week.bdf.csv", "Test Time / s,Voltage / V,Current / A,Unix Time / s\nnan,3.5,0,1\n", "has no time"),
        ("week.bdf.csv", "Test Time / s,Voltage / V,Current / A,Unix Time / s\n0,3.5,0,inf\n", "has no Unix time"),
    ],
    ids=["no BDF", "no wall time", "no EC-Lab", "binary", "no numbers", "empty", "time is no number", "never"],
)
def test_a_file_that_is_none_is_refused(left: Left, tmp_path: Path, name: str, text: str, says: str) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigMismatch) as error:
        left.go_on(file)
    assert says in str(error.value)


def test_two_files_cannot_overlap(left: Left, tmp_path: Path) -> None:
    one = bdf(tmp_path / "one.bdf.csv", left.wall(60.0), cycled(left.voltage_V))
    other = bdf(tmp_path / "other.bdf.csv", left.wall(100.0), cycled(left.voltage_V))
    with pytest.raises(ConfigMismatch, match=r"overlaps with one\.bdf\.csv by"):
        left.go_on(one, other)
