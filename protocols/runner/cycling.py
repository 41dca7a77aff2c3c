"""The cycling flow: one step after the other, each ended by the instrument itself and watched by the host."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.drivers.clock import Clock
from operando.drivers.errors import DeviceFault
from operando.drivers.roles import (
    Guard,
    Impedance,
    OpenCircuit,
    Potentiostat,
    Potentiostatic,
    Recording,
    Samples,
    Step,
    StepEnd,
    Technique,
)
from operando.drivers.timeline import sleep_until
from operando.protocols.program import Program, RunStep, Safety
from operando.protocols.record import RunRecord
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.observer import Observer
from operando.protocols.runner.prediction import EndForecast, slope
from operando.protocols.runner.step_in_progress import StepInProgress
from operando.protocols.runner.triggers import Triggers
from operando.protocols.runner.watch import Watch

__all__ = ["Cycling", "StepWish"]

RELAXATION_WINDOW_S = 600.0
END_PATIENCE_S = 10.0
SHORTEST_POLL_S = 0.05
IMPEDANCE_POLL_S = 1.0
LONGEST_POLL_S = 5.0


@dataclass(frozen=True, slots=True)
class StepWish:
    """A step that the runner wants, before it has a number: from the protocol, or a rest of its own."""

    name: str
    cycle: int
    technique: Technique
    maximum_duration_s: float
    duration_s: float | None = None
    relaxation_V_per_s: float | None = None
    recording: Recording | None = None
    line: int = 0

    @classmethod
    def of(cls, action: RunStep) -> "StepWish":
        """The step of a protocol."""
        return cls(
            action.name,
            action.cycle,
            action.technique,
            action.maximum_duration_s,
            action.duration_s,
            action.relaxation_V_per_s,
            action.recording,
            action.line,
        )


class Cycling:
    """Runs steps on the potentiostat and hands every block of samples to record, triggers, watch and page."""

    def __init__(
        self,
        program: Program,
        safety: Safety,
        potentiostat: Potentiostat,
        clock: Clock,
        commands: Commands,
        record: RunRecord,
        cell: CellTimeline,
        triggers: Triggers,
        observer: Observer,
    ) -> None:
        self._program = program
        self._safety = safety
        self._potentiostat = potentiostat
        self._clock = clock
        self._commands = commands
        self._record = record
        self._cell = cell
        self._triggers = triggers
        self._observer = observer
        self._watch = Watch(safety)
        self._forecast = EndForecast()
        self._poll_s = poll_period_s(program, safety)
        self._steps_started = 0
        self.running: StepInProgress | None = None
        self._highest_Hz = 0.0
        self.high_frequency_ohm = math.nan
        """Real part of the first (highest) frequency of the last impedance spectrum."""

    async def run_step(self, wish: StepWish, enough: Callable[[], bool] = lambda: False) -> StepEnd:
        """Run one step to its end.

        Args:
            wish: the step.
            enough: ends the step early when it says so (a rendezvous is over).

        Raises:
            SafetyTrip: if the instrument or the host tripped.
        """
        running = await self._start(wish)
        try:
            end = await self._follow(running, enough)
        finally:
            self.running = None
        self._triggers.step_ended(running, end.time_s)
        self._record.event(
            end.time_s,
            "cycling",
            "step ended",
            f"{wish.name}: {end.reason}",
            step=end.step,
            reason=str(end.reason),
            elapsed_s=end.elapsed_s,
            charge_C=end.charge_C,
            detail=end.detail,
        )
        self._record.step_ended()
        self._watch.step_ended(end, wish.name)
        return end

    async def rest(self, name: str, cycle: int, at_most_s: float, enough: Callable[[], bool], line: int = 0) -> StepEnd:
        """Let the cell rest, recorded, until something is done or the time is over."""
        wish = StepWish(
            name, cycle, OpenCircuit(), at_most_s, duration_s=at_most_s, recording=self._own_recording(), line=line
        )
        return await self.run_step(wish, enough)

    async def hold_voltage(
        self, name: str, cycle: int, at_most_s: float, enough: Callable[[], bool], line: int = 0
    ) -> StepEnd:
        """Hold the voltage that the cell has now, until something is done or the time is over."""
        voltage_V = self._cell.at(self._cell.latest_s).voltage_V
        wish = StepWish(
            name,
            cycle,
            Potentiostatic(voltage_V),
            at_most_s,
            duration_s=at_most_s,
            recording=self._own_recording(),
            line=line,
        )
        return await self.run_step(wish, enough)

    async def _start(self, wish: StepWish) -> StepInProgress:
        self._steps_started += 1
        self._highest_Hz = 0.0
        guard = Guard(self._safety.voltage_V, self._safety.current_A, wish.maximum_duration_s)
        step = Step(
            self._steps_started,
            wish.technique,
            guard,
            wish.duration_s,
            wish.recording or self._program.recording,
        )
        await self._commands.effect(
            self._potentiostat,
            "start step",
            lambda: self._potentiostat.start(step),
            sync=True,
            step=step.number,
            name=wish.name,
            cycle=wish.cycle,
            technique=str(step.technique),
        )
        now = self._clock.now()
        running = StepInProgress(step.number, wish.name, wish.cycle, now, step, wish.relaxation_V_per_s, wish.line)
        self.running = running
        self._record.event(
            now, "cycling", "step started", wish.name, step=step.number, cycle=wish.cycle, line=wish.line
        )
        self._triggers.step_started(running)
        self._observer.step_started(running)
        return running

    async def _follow(self, running: StepInProgress, enough: Callable[[], bool]) -> StepEnd:
        last_sample_s = self._clock.now()
        asked_to_end_s: float | None = None
        while True:
            wait_s = self._next_poll_s(running) if asked_to_end_s is None else SHORTEST_POLL_S
            await sleep_until(self._clock, self._clock.now() + wait_s)
            samples = await self._commands.ask(self._potentiostat, self._potentiostat.poll)
            self._take_in(samples, running)
            if samples.end is not None:
                return samples.end
            now = self._clock.now()
            if samples.block.size or samples.impedance.size:
                last_sample_s = now
            else:
                self._watch.silence(last_sample_s, now, running.step.recording.every_s)
            if asked_to_end_s is None and (enough() or self._relaxed(running)):
                await self._commands.effect(
                    self._potentiostat, "end step", self._potentiostat.end_step, step=running.number
                )
                asked_to_end_s = now
            if asked_to_end_s is not None and now - asked_to_end_s > END_PATIENCE_S:
                raise DeviceFault(
                    f"step {running.number} did not end within {END_PATIENCE_S:g} s after it was told to",
                    where=self._potentiostat.name,
                    remedy="Disconnect the cell by hand if it still carries current.",
                )

    def _take_in(self, samples: Samples, running: StepInProgress) -> None:
        """First to disk, then to everyone who decides on it."""
        if samples.impedance.size:
            self._record.impedance(samples.impedance, step=running.number, cycle=running.cycle)
            highest = samples.impedance[np.argmax(samples.impedance["frequency_Hz"])]
            if highest["frequency_Hz"] >= self._highest_Hz:
                self._highest_Hz, self.high_frequency_ohm = float(highest["frequency_Hz"]), float(highest["real_ohm"])
        block = samples.block
        if not block.size:
            return
        block["cycle"] = running.cycle
        self._record.samples(block)
        self._cell.add(block)
        self._observer.samples(block)
        self._watch.samples(block)
        self._triggers.samples(block)

    def _own_recording(self) -> Recording:
        """How the runner records its own rests: as the protocol does, but at least each second."""
        return Recording(min(self._program.recording.every_s, 1.0))

    def _next_poll_s(self, running: StepInProgress) -> float:
        """The usual period, or sooner if the step is about to end, so that the next one does not wait."""
        if self._poll_s <= running.step.recording.every_s:
            return self._poll_s
        if isinstance(running.step.technique, Impedance):
            return min(self._poll_s, IMPEDANCE_POLL_S)  # its end cannot be foreseen
        if self._cell.latest_s <= running.started_s:
            return self._poll_s  # no sample of this step yet
        remaining = self._forecast.remaining_s(running, self._cell)
        return max(SHORTEST_POLL_S, min(self._poll_s, remaining))

    def _relaxed(self, running: StepInProgress) -> bool:
        """Whether the voltage of a rest changes more slowly than was asked for."""
        limit = running.relaxation_V_per_s
        if limit is None or self._clock.now() - running.started_s < RELAXATION_WINDOW_S:
            return False
        window: NDArray[np.void] = self._cell.recent(self._cell.latest_s - RELAXATION_WINDOW_S, running.number)
        rate = slope(window["time_s"], window["voltage_V"])
        return math.isfinite(rate) and abs(rate) <= limit


def poll_period_s(program: Program, safety: Safety) -> float:
    """How often the potentiostat is asked: often enough for the host's limits and for every latency contract."""
    contracts = [t.start_within_s / 3 for t in program.triggers if t.start_within_s is not None]
    wanted = min([safety.host_tolerates_s / 2, LONGEST_POLL_S, *contracts])
    return max(SHORTEST_POLL_S, wanted)
