"""A step that an earlier process started: taken up while it runs, after its end, or found never begun."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from support.laboratory import SimulatedBench

from operando.drivers.bench import Bench, load_bench_file
from operando.drivers.bench.open import bench_source, connect_bench
from operando.drivers.clock import VirtualClock
from operando.drivers.errors import ProtocolError
from operando.drivers.potentiostats.on_board_log import has_room, log_in, logged
from operando.drivers.roles import (
    Galvanostatic,
    Guard,
    Impedance,
    KnownOfStep,
    Potentiostat,
    Recording,
    Step,
    StepEnd,
    StepEndReason,
)
from operando.simulators.potentiostats import EmStat4

GUARD = Guard((2.4, 4.35), (-240e-6, 240e-6), 100.0)
CHARGE = Step(7, Galvanostatic(120e-6), GUARD, 20.0, Recording(1.0))
SPECTRUM = Step(7, Impedance(1e5, 0.1, 3, 0.01), GUARD)
STARTED_S = 2.0


class Life:
    """A laboratory whose potentiostat is used by one process after another."""

    def __init__(self, *, log: bool = True) -> None:
        text = bench_source("sim")
        assert isinstance(text, str)
        option = "\n    options: {on_board_log: false}" if not log else ""
        text = text.replace("address: sim://potentiostat", f"address: sim://potentiostat{option}")
        self._document, self._file = load_bench_file(text)
        self.bench: Bench = connect_bench(self._document, self._file)
        assert isinstance(self.bench.clock, VirtualClock)
        self.clock = self.bench.clock
        self.potentiostat: Potentiostat = self.bench.potentiostat

    def die_and_come_back(self, at_s: float) -> None:
        """The process is killed now; another one connects at a time."""
        self.potentiostat.close()
        self.clock.sleep_until(at_s)
        self.potentiostat.identify()  # over a new link

    def until_its_end(self) -> tuple[NDArray[np.void], NDArray[np.void], StepEnd]:
        blocks, late = [], []
        for _ in range(200):
            samples = self.potentiostat.poll()
            blocks.append(samples.block)
            late.append(samples.late)
            if samples.end is not None:
                return np.concatenate(blocks), np.concatenate(late), samples.end
            self.clock.sleep_until(self.clock.now() + 0.5)
        raise AssertionError("the step does not end")


def begun(life: Life, listened_s: float) -> KnownOfStep:
    """Start the step, listen for a while, and give what is recorded of it."""
    life.clock.sleep_until(STARTED_S)
    life.potentiostat.start(CHARGE)
    life.clock.sleep_until(life.clock.now() + listened_s)
    block = life.potentiostat.poll().block
    last = block[-1]
    return KnownOfStep(float(last["time_s"] - last["elapsed_s"]), 1e-3, tuple(block["elapsed_s"].tolist()))


@pytest.mark.parametrize("back_s", [10.3, 40.0], ids=["it still runs", "it has ended"])
def test_everything_that_is_not_known_comes_once(back_s: float) -> None:
    life = Life()
    known = begun(life, 4.5)
    life.die_and_come_back(back_s)
    life.potentiostat.adopt(CHARGE, known)
    block, late, end = life.until_its_end()
    elapsed_s = np.sort(np.concatenate([block["elapsed_s"], late["elapsed_s"]]))
    assert elapsed_s.tolist() == pytest.approx(list(range(5, 21)))
    assert (end.step, end.reason) == (7, StepEndReason.TIME)
    assert end.charge_C == pytest.approx(20 * 120e-6, rel=1e-4)
    for samples in (block, late):
        assert samples["time_s"] - samples["elapsed_s"] == pytest.approx(known.origin_s, abs=2e-3)
    numbers = np.concatenate([block["sequence"], late["sequence"]])
    assert len(set(numbers.tolist())) == numbers.size
    life.bench.close()


def test_a_gap_from_before_is_filled_as_well() -> None:
    life = Life()
    known = begun(life, 9.5)
    holed = KnownOfStep(known.origin_s, known.uncertainty_s, (1.0, 2.0, 6.0, 7.0))
    life.die_and_come_back(14.3)
    life.potentiostat.adopt(CHARGE, holed)
    block, late, _ = life.until_its_end()
    elapsed_s = np.sort(np.concatenate([block["elapsed_s"], late["elapsed_s"]]))
    assert elapsed_s.tolist() == pytest.approx([3, 4, 5, *range(8, 21)])
    life.bench.close()


@pytest.mark.parametrize("back_s", [4.0, 90.0], ids=["in the sweep", "it has ended"])
def test_the_charge_before_a_spectrum_counts_although_it_was_heard_after_the_points(back_s: float) -> None:
    """The script tells the charge once, before the sweep; whoever comes later reads it from the file on board."""
    life = Life()
    life.clock.sleep_until(STARTED_S)
    life.potentiostat.start(SPECTRUM)
    life.die_and_come_back(back_s)
    life.potentiostat.adopt(SPECTRUM, KnownOfStep(STARTED_S, 1.0))
    life.clock.sleep_until(life.clock.now() + 1.0)
    life.potentiostat.poll()
    if back_s < 90.0:
        life.potentiostat.end_step()
    _, _, end = life.until_its_end()
    assert end.charge_C == 0.0
    life.bench.close()


def test_a_step_that_never_began_is_proven_by_what_is_not_stored() -> None:
    life = Life()
    life.potentiostat.adopt(CHARGE, KnownOfStep(1.0, 1.0))
    _, late, end = life.until_its_end()
    assert end.reason is StepEndReason.NOT_STARTED and late.size == 0
    assert math.isnan(end.charge_C) and math.isnan(end.elapsed_s)
    life.bench.close()


def test_without_a_log_the_end_of_a_step_is_unknown_and_no_number_is_invented() -> None:
    life = Life(log=False)
    known = begun(life, 4.5)
    life.die_and_come_back(40.0)
    life.potentiostat.adopt(CHARGE, known)
    _, late, end = life.until_its_end()
    assert end.reason is StepEndReason.UNKNOWN and late.size == 0
    assert math.isnan(end.charge_C) and math.isnan(end.elapsed_s)
    life.bench.close()


def test_another_step_than_the_one_to_adopt_is_refused() -> None:
    life = Life()
    known = begun(life, 4.5)
    life.die_and_come_back(10.3)
    life.potentiostat.adopt(Step(8, CHARGE.technique, GUARD, 20.0), known)
    with pytest.raises(ProtocolError, match="step 7, not step 8"):
        life.until_its_end()
    life.bench.close()


def test_the_next_start_deletes_what_is_recorded() -> None:
    bench = SimulatedBench.open()
    potentiostat, engine = bench.bench.potentiostat, bench.laboratory.instruments["potentiostat"]
    assert isinstance(engine, EmStat4)
    for number in (1, 2):
        potentiostat.start(Step(number, Galvanostatic(120e-6), GUARD, 2.0))
        bench.bench.clock.sleep_until(bench.bench.clock.now() + 5.0)
        potentiostat.poll()
    assert engine.file_names() == ("operando_2_0000.txt",)
    bench.bench.close()


def test_the_log_stands_around_the_script() -> None:
    script = logged("e\nvar step\non_finished:\ncell_off\n\n", CHARGE)
    assert script.splitlines()[:3] == ["e", 'file_open "operando_7_&i.txt" 2', "set_script_output 3"]
    assert script.endswith("cell_off\nfile_close\n\n")


def test_a_step_that_would_fill_the_storage_is_not_stored() -> None:
    long = Step(7, CHARGE.technique, Guard((2.4, 4.35), (-1e-3, 1e-3), 1e6), None, Recording(0.1))
    assert has_room(CHARGE) and not has_room(long)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"1234;operando_7_0000.txt", ("operando_7_0000.txt", 7)),
        (b"/operando_7_0003.txt 1234 2026-01-01", ("/operando_7_0003.txt", 7)),
        (b"1234;operando_77_0000.txt", ("operando_77_0000.txt", 77)),
        (b"Measurements/17-07-2026/LSV-10-00-25-0.dmeas", None),
    ],
    ids=["size first", "path first", "another step", "a file of somebody else"],
)
def test_our_file_is_found_in_any_listing(line: bytes, found: tuple[str, int] | None) -> None:
    assert log_in(line) == found
