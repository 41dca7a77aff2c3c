"""Two runs use one instrument in turn, and the older is taken up: nothing of the newer counts as its own."""

from dataclasses import replace

import pytest
from support.laboratory import SimulatedBench

from operando.drivers.errors import ProtocolError
from operando.drivers.potentiostats.step_on_wire import name_of, number_on_wire, same_run
from operando.drivers.roles import (
    Galvanostatic,
    Guard,
    KnownOfStep,
    Potentiostat,
    Recording,
    Samples,
    Step,
    StepEndReason,
)

OLDER = Step(7, Galvanostatic(120e-6), Guard((2.4, 4.35), (-240e-6, 240e-6), 100.0), 20.0, Recording(1.0), run_mark=3)
NEWER = replace(OLDER, run_mark=4)
NOT_MARKED = replace(OLDER, run_mark=0)
NOTHING_HEARD = KnownOfStep(1.0, 1.0)


class Instrument:
    """A potentiostat on which processes follow each other."""

    def __init__(self) -> None:
        self.bench = SimulatedBench.open().bench
        self.potentiostat: Potentiostat = self.bench.potentiostat

    def wait(self, seconds: float) -> None:
        self.bench.clock.sleep_until(self.bench.clock.now() + seconds)

    def carries_out(self, step: Step, seconds: float) -> None:
        """A process starts a step and is killed after a while."""
        self.potentiostat.start(step)
        self.wait(seconds)
        self.potentiostat.close()
        self.potentiostat.identify()

    def until_its_end(self) -> list[Samples]:
        told = [self.potentiostat.poll()]
        while told[-1].end is None:
            self.wait(1.0)
            told.append(self.potentiostat.poll())
        return told


@pytest.mark.parametrize("other", [NEWER, NOT_MARKED], ids=["another run", "a run without a mark"])
def test_a_step_of_another_run_with_the_same_number_is_not_adopted(other: Step) -> None:
    instrument = Instrument()
    instrument.carries_out(other, 5.0)
    instrument.potentiostat.adopt(OLDER, NOTHING_HEARD)
    with pytest.raises(ProtocolError, match="step 7 of another run, not step 7"):
        instrument.until_its_end()
    instrument.bench.close()


def test_what_another_run_has_stored_under_the_same_number_is_not_fetched() -> None:
    instrument = Instrument()
    instrument.carries_out(OLDER, 40.0)
    instrument.carries_out(NEWER, 40.0)
    instrument.potentiostat.adopt(OLDER, NOTHING_HEARD)
    told = instrument.until_its_end()
    end = told[-1].end
    assert sum(samples.late.size + samples.block.size for samples in told) == 0
    assert end is not None and end.reason is StepEndReason.UNKNOWN, "the newer run deleted what would prove anything"
    instrument.bench.close()


def test_its_own_step_is_adopted_and_its_samples_bear_the_number_of_the_run() -> None:
    instrument = Instrument()
    instrument.carries_out(OLDER, 5.0)
    instrument.potentiostat.adopt(OLDER, NOTHING_HEARD)
    told = instrument.until_its_end()
    steps = [int(number) for samples in told for block in (samples.block, samples.late) for number in block["step"]]
    assert steps == [7] * 20
    assert told[-1].end is not None and told[-1].end.step == 7
    instrument.bench.close()


def test_whoever_asks_before_is_told_the_number_that_the_step_has_in_its_run() -> None:
    instrument = Instrument()
    instrument.carries_out(OLDER, 5.0)
    instrument.potentiostat.poll()
    instrument.wait(3.0)
    instrument.potentiostat.poll()
    running = instrument.potentiostat.running()
    assert running is not None and running.step == 7
    instrument.bench.close()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (3 * 2**14 + 8, "step 8"),
        (4 * 2**14 + 8, "step 8 of another run"),
        (8, "step 8 of another run"),
        (None, "a step of another program"),
    ],
)
def test_a_step_that_was_not_expected_has_a_name(number: int | None, words: str) -> None:
    assert name_of(number, OLDER) == words


def test_every_number_is_exact_in_single_precision() -> None:
    largest = number_on_wire(replace(OLDER, number=2**14 - 1, run_mark=1023))
    assert largest == 2**24 - 1 and same_run(largest, replace(OLDER, run_mark=1023))
