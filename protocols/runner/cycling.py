"""The cycling flow: one step after the other, each ended by the instrument itself and watched by the host."""

import math
from collections.abc import Callable

import anyio
import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

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
    StepEndReason,
)
from operando.protocols.journalled_step import run_mark, step_values
from operando.protocols.pretrigger import pace_in
from operando.protocols.program import Program, Safety
from operando.protocols.record import RunRecord
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.observer import Observer
from operando.protocols.runner.polling import SHORTEST_POLL_S, Polling, longest_gap_s
from operando.protocols.runner.prediction import slope
from operando.protocols.runner.remaining import Passed, remaining
from operando.protocols.runner.replayed_journal import GOES_ON, HELD, RESTORED, OpenStep
from operando.protocols.runner.steering import Steering
from operando.protocols.runner.step_in_progress import StepInProgress
from operando.protocols.runner.step_wish import StepWish
from operando.protocols.runner.triggers import Triggers
from operando.protocols.runner.watch import Watch

__all__ = ["Cycling", "StepWish"]

RELAXATION_WINDOW_S = 600.0
END_PATIENCE_S = 10.0
LONGEST_HOLD_STEP_S = 3600.0
"""Of one rest during a hold; as long as the hold lasts, another one follows. Each ends by itself on the instrument."""

ENOUGH, RELAXED = "enough", "relaxed"
"""Why the host ends a step, besides `HELD` and `RESTORED`; the journal has it."""


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
        steering: Steering,
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
        self._steering = steering
        self._watch = Watch(safety)
        self._polling = Polling(program, safety, cell)
        self._steps_started = 0
        self._next_sequence = 0
        self._renumber: int | None = None
        self._alone_since_s: float | None = None
        self.why_ended = ""
        """Why the host ended the last step: `enough`, `relaxed`, `held` or `restored`; empty if it ended by itself."""
        self._to_restore = 0
        """The step whose output is not what was set."""
        self.at_rest = self.stands = False
        """Whether the cell rests because no step may begin; whether that rest has ended, and nothing follows."""
        self.running: StepInProgress | None = None
        self._highest_Hz = 0.0
        self.high_frequency_ohm = math.nan
        """Real part of the first (highest) frequency of the last impedance spectrum."""

    def carry_on(self, steps_started: int, next_sequence: int) -> None:
        """Count steps and samples on from where the record of an earlier process ends."""
        self._steps_started, self._next_sequence = steps_started, next_sequence

    async def run_step(self, wish: StepWish, enough: Callable[[], bool] = lambda: False) -> StepEnd:
        """Run one step to its end.

        Args:
            wish: the step.
            enough: ends the step early when it says so (a rendezvous is over).

        Raises:
            SafetyTrip: if the instrument or the host tripped.
        """
        part = wish
        while True:
            end = await self._to_its_end(await self._start(part), enough)
            self._watch.somebody_knows_why(end, wish.name, self.why_ended)
            left = self.remaining(wish, Passed(end.charge_C, end.elapsed_s)) if self.why_ended == RESTORED else None
            if left is None:
                return end
            part = left

    async def run_through(self, wish: StepWish, enough: Callable[[], bool] = lambda: False) -> StepEnd | None:
        """Run one step to its end, through holds: each ends it on the instrument, and what remains is a new step.

        Returns:
            How its last part ended; None if nothing remained of it from the beginning.
        """
        part: StepWish | None = wish
        end: StepEnd | None = None
        while part is not None:
            await self.rest_while_held(part.cycle)
            if enough():
                break
            end = await self._to_its_end(await self._start(part), enough, holdable=True)
            self._watch.somebody_knows_why(end, wish.name, self.why_ended)
            if self.why_ended not in GOES_ON:
                break
            part = self.remaining(wish, Passed(end.charge_C, end.elapsed_s))
        return end

    def remaining(self, wish: StepWish, passed: Passed) -> StepWish | None:
        """What remains of a step that was held; what is done with it is in the record."""
        left = remaining(wish, passed, self._program.recording)
        if left is None:
            said = f"nothing remains of {wish.name}"
        elif isinstance(wish.technique, Impedance):
            said = f"{wish.name} was cut off; a whole new sweep is measured"
        else:
            said = f"{wish.name} goes on after {passed.elapsed_s:g} s and {passed.charge_C:.6g} C"
        self._record.event(self._clock.now(), "cycling", "what remains", said, line=wish.line)
        return left

    def restore(self, step: int) -> None:
        """The output is not what the step has set: end it, and go on with what remains of it as a new step."""
        self._to_restore = step

    async def adopt(self, step: OpenStep, *, to_its_end: bool) -> StepEnd:
        """Take up the step that an earlier process had started.

        Args:
            step: as the journal and the samples know it.
            to_its_end: whether it goes on to its own end; otherwise it is ended as soon as it is found running.
        """
        await self._commands.ask(self._potentiostat, lambda: self._potentiostat.adopt(step.step, step.known))
        running = StepInProgress(
            step.step.number, step.name, step.cycle, step.known.origin_s, step.step, step.relaxation_V_per_s, step.line
        )
        self._begin(running, "step adopted")
        end = await self._to_its_end(running, lambda: not to_its_end, holdable=to_its_end, told_before=step.why_ended)
        self._alone_since_s = end.time_s
        return end

    async def rest_while_held(self, cycle: int) -> None:
        """Let the cell rest, recorded, for as long as the cycling is held."""
        while self._steering.cycling_held:
            name = "rest during a hold" if self._steering.parking is None else "rest before parking"
            self.at_rest = True
            await self.rest(name, cycle, LONGEST_HOLD_STEP_S, self._enough_rest)
            self.at_rest = False
            if self._steering.session_over:
                self.stands = True
                await anyio.sleep_forever()

    def _enough_rest(self) -> bool:
        return self._steering.session_over or not self._steering.cycling_held

    def left_alone(self, since_s: float) -> None:
        """Nobody has commanded the cell since then; how long it rested is recorded when the next step starts."""
        self._alone_since_s = since_s

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
        return await self.run_step(self.present_voltage(name, cycle, at_most_s, line), enough)

    def present_voltage(self, name: str, cycle: int, at_most_s: float, line: int = 0) -> StepWish:
        """The step that holds the voltage which the cell has now."""
        voltage_V = self._cell.at(self._cell.latest_s).voltage_V
        return StepWish(
            name,
            cycle,
            Potentiostatic(voltage_V),
            at_most_s,
            duration_s=at_most_s,
            recording=self._own_recording(),
            line=line,
        )

    async def _start(self, wish: StepWish) -> StepInProgress:
        self._steps_started += 1
        self._highest_Hz = 0.0
        guard = Guard(self._safety.voltage_V, self._safety.current_A, wish.maximum_duration_s)
        step = Step(
            self._steps_started,
            wish.technique,
            guard,
            wish.duration_s,
            pace_in(self._program, wish.name, wish.recording or self._program.recording),
            wish.charge_before_C,
            wish.elapsed_before_s,
            run_mark(self._record.header.run_id),
        )
        await self._commands.effect(
            self._potentiostat,
            "start step",
            lambda: self._potentiostat.start(step),
            sync=True,
            step=step_values(step),
            name=wish.name,
            cycle=wish.cycle,
            line=wish.line,
            of_action=wish.action,
            relaxation_V_per_s=wish.relaxation_V_per_s,
        )
        now = self._clock.now()
        running = StepInProgress(step.number, wish.name, wish.cycle, now, step, wish.relaxation_V_per_s, wish.line)
        self._note_extra_rest(now)
        self._begin(running, "step started")
        return running

    def _begin(self, running: StepInProgress, kind: str) -> None:
        self.running = running
        self._record.event(
            self._clock.now(),
            "cycling",
            kind,
            running.name,
            step=running.number,
            cycle=running.cycle,
            line=running.line,
        )
        self._triggers.step_started(running)
        self._observer.step_started(running)

    def _note_extra_rest(self, now: float) -> None:
        """After a resume: the cell was open, and unwatched, since the last step ended."""
        since_s, self._alone_since_s = self._alone_since_s, None
        if since_s is not None:
            said = f"the cell rested for {now - since_s:.1f} s that the protocol does not have; no samples tell of it"
            self._record.event(now, "cycling", "extra rest", said, from_s=since_s, to_s=now)

    async def _to_its_end(
        self, running: StepInProgress, enough: Callable[[], bool], *, holdable: bool = False, told_before: str = ""
    ) -> StepEnd:
        """Follow a step, and write down how it ended; why an earlier process had told it to end holds on."""
        self.why_ended = ""
        try:
            end = await self._follow(running, enough, holdable=holdable)
        finally:
            self.running = None
        by_host = end.reason in (StepEndReason.ENDED_BY_HOST, StepEndReason.UNKNOWN)
        self.why_ended = (told_before or self.why_ended) if by_host else ""
        if self.why_ended not in GOES_ON and end.reason is not StepEndReason.NOT_STARTED:
            self._triggers.step_ended(running, end.time_s)
        told: dict[str, JsonValue] = {"reason": str(end.reason), "elapsed_s": end.elapsed_s, "charge_C": end.charge_C}
        self._record.event(
            end.time_s,
            "cycling",
            "step ended",
            f"{running.name}: {end.reason}",
            step=end.step,
            detail=end.detail,
            why=self.why_ended,
            **told,
        )
        self._record.progress(self._clock.now(), "step ended", step=end.step, why=self.why_ended, **told)
        self._record.step_ended()
        self._watch.step_ended(end, running.name)
        return end

    async def _follow(self, running: StepInProgress, enough: Callable[[], bool], *, holdable: bool) -> StepEnd:
        last_sample_s = self._clock.now()
        asked_to_end_s: float | None = None
        soon = False
        while True:
            wait_s = SHORTEST_POLL_S if soon else self._polling.next_s(running)
            await self._pause(wait_s)
            samples = await self._commands.ask(self._potentiostat, self._potentiostat.poll)
            self._take_in(samples, running)
            if samples.end is not None:
                return samples.end
            now = self._clock.now()
            soon = samples.fetching or asked_to_end_s is not None
            if samples.fetching:
                last_sample_s = now
                continue
            if samples.block.size or samples.impedance.size:
                last_sample_s = now
            else:
                self._watch.silence(last_sample_s, now, longest_gap_s(running.step))
            if asked_to_end_s is None and (why := self._why_to_end(running, enough, holdable=holdable)):
                self.why_ended = why
                await self._commands.effect(
                    self._potentiostat, "end step", self._potentiostat.end_step, step=running.number, why=why
                )
                asked_to_end_s, soon = now, True
            if asked_to_end_s is not None and now - asked_to_end_s > END_PATIENCE_S:
                raise DeviceFault(
                    f"step {running.number} did not end within {END_PATIENCE_S:g} s after it was told to",
                    where=self._potentiostat.name,
                    remedy="Disconnect the cell by hand if it still carries current.",
                )

    async def _pause(self, wait_s: float) -> None:
        """Until the next poll, or until somebody asks for something."""
        with anyio.move_on_after(max(0.0, wait_s)):
            await self._steering.changed()

    def _why_to_end(self, running: StepInProgress, enough: Callable[[], bool], *, holdable: bool) -> str:
        """Why the host should end the step now; empty if it should not."""
        if enough():
            return ENOUGH
        if self._relaxed(running):
            return RELAXED
        if self._to_restore == running.number:
            return RESTORED
        return HELD if holdable and self._steering.step_held else ""

    def _take_in(self, samples: Samples, running: StepInProgress) -> None:
        """First to disk, then to everyone who decides on it."""
        self._number(samples)
        if samples.impedance.size:
            self._record.impedance(samples.impedance, step=running.number, cycle=running.cycle)
            self._triggers.impedance(samples.impedance)
            highest = samples.impedance[np.argmax(samples.impedance["frequency_Hz"])]
            if highest["frequency_Hz"] >= self._highest_Hz:
                self._highest_Hz, self.high_frequency_ohm = float(highest["frequency_Hz"]), float(highest["real_ohm"])
        block = samples.block
        if block.size:
            block["cycle"] = running.cycle
            self._record.samples(block)
            self._cell.add(block)
            self._observer.samples(block)
            self._watch.samples(block)
            self._triggers.samples(block)
        if samples.late.size:
            self._take_in_late(samples.late, running)

    def _take_in_late(self, late: NDArray[np.void], running: StepInProgress) -> None:
        """Samples that the instrument kept: they are recorded and decide nothing, because their moment is over."""
        late["cycle"] = running.cycle
        self._record.samples(late)
        first_s, last_s = float(late["time_s"][0]), float(late["time_s"][-1])
        said = f"{late.size} samples of {running.name} that the instrument kept while nobody listened"
        self._record.event(
            self._clock.now(), "cycling", "samples fetched", said, step=running.number, from_s=first_s, to_s=last_s
        )
        if first_s > self._cell.latest_s:
            self._cell.add(late)

    def _number(self, samples: Samples) -> None:
        """Numbers of the run instead of the driver's, which begins at 0 with each connection."""
        for block in (samples.block, samples.late):
            if not block.size:
                continue
            first = int(block["sequence"][0])
            if self._renumber is None:
                self._renumber = self._next_sequence - first
            block["sequence"] += self._renumber
            self._next_sequence = int(block["sequence"][-1]) + 1

    def _own_recording(self) -> Recording:
        """How the runner records its own rests: as the protocol does, but at least each second."""
        return Recording(min(self._program.recording.every_s, 1.0))

    def _relaxed(self, running: StepInProgress) -> bool:
        """Whether the voltage of a rest changes more slowly than was asked for."""
        limit = running.relaxation_V_per_s
        if limit is None or self._clock.now() - running.started_s < RELAXATION_WINDOW_S:
            return False
        window: NDArray[np.void] = self._cell.recent(self._cell.latest_s - RELAXATION_WINDOW_S, running.number)
        rate = slope(window["time_s"], window["voltage_V"])
        return math.isfinite(rate) and abs(rate) <= limit
