"""A script that runs in world time: one event of the world for each moment at which it goes on."""

from collections.abc import Callable, Generator
from functools import partial

from operando.simulators.potentiostats.actions import MeasurementEnded, ScriptAborted
from operando.simulators.potentiostats.compiler import Program
from operando.simulators.potentiostats.errors import RuntimeFault
from operando.simulators.potentiostats.machine import Machine
from operando.simulators.world.world import World

__all__ = ["Execution"]


class Execution:
    """One run of a program, from its start to its final empty line.

    The script goes on whether or not anybody listens. A runtime fault ends it at once: its line is written, the
    `on_finished:` section is not run and the cell stays as it is (sheet 1.3).

    Args:
        program: what to run.
        machine: what it acts upon; its clock is set at each event.
        world: in whose time it runs.
        send: where lines go that no script can silence (errors, the final empty line).
        ended: called once at the end.
    """

    def __init__(
        self, program: Program, machine: Machine, world: World, send: Callable[[str], None], ended: Callable[[], None]
    ) -> None:
        self._program = program
        self._machine = machine
        self._world = world
        self._send = send
        self._on_end = ended
        self._steps: Generator[float, None, None] = self._run()
        self._appointment = 0
        self._halted_at: float | None = None
        self._remaining_s = 0.0
        self._finishing = False
        self._next_event_s: float | None = None
        self._interruption_s: float | None = None

    @property
    def due_s(self) -> float | None:
        """World time at which something happens next; None while the script is halted."""
        return self._next_event_s if self._interruption_s is None else self._interruption_s

    def start(self, when: float) -> None:
        """Begin at a world time."""
        next(self._steps)  # up to the first yield, so that an abort finds the script inside its main part
        self._make_appointment(when)

    def abort(self, when: float) -> None:
        """Leave all loops and run the `on_finished:` section; without effect once that section runs."""
        if not self._finishing:
            self._interrupt_at(when, ScriptAborted())

    def end_measurement(self, when: float) -> bool:
        """Leave the running measurement loop, if there is one, and go on behind it."""
        if self._machine.measuring:
            self._interrupt_at(when, MeasurementEnded())
        return self._machine.measuring

    def reverse_sweep(self) -> bool:
        """Have a running cyclic voltammogram turn to its next corner."""
        self._machine.reverse_requested = self._machine.sweeping
        return self._machine.sweeping

    def halt(self, now: float) -> None:
        """Stand still; the cell stays driven as it is."""
        if self._halted_at is None and self._next_event_s is not None:
            self._halted_at = now
            self._remaining_s = max(self._next_event_s - now, 0.0)
            self._appointment += 1
            self._next_event_s = None

    def resume(self, now: float) -> None:
        """Go on after a halt."""
        if self._halted_at is not None:
            self._end_halt(now)
            self._make_appointment(now + self._remaining_s)

    def _run(self) -> Generator[float, None, None]:
        try:
            yield 0.0
            yield from self._program.main.run_in_time()
        except ScriptAborted:
            pass
        self._finishing = True
        # abort inside the section itself ends it
        try:
            yield from self._program.on_finished.run_in_time()
        except ScriptAborted:
            return

    def _interrupt_at(self, when: float, reason: ScriptAborted | MeasurementEnded) -> None:
        """Have the script leave what it does at a time; a later interruption takes the place of one that waits."""
        self._interruption_s = when
        self._world.call_at(when, partial(self._interrupt, reason))

    def _interrupt(self, reason: ScriptAborted | MeasurementEnded, now: float) -> None:
        self._interruption_s = None
        still_wanted = not self._finishing if isinstance(reason, ScriptAborted) else self._machine.measuring
        if still_wanted:
            self._end_halt(now)
            self._machine.clock.set(now)
            self._advance(lambda steps: steps.throw(reason))

    def _end_halt(self, now: float) -> None:
        if self._halted_at is not None:
            self._machine.clock.skip(now - self._halted_at)
            self._halted_at = None

    def _make_appointment(self, when: float) -> None:
        self._appointment += 1
        self._next_event_s = when
        self._world.call_at(when, partial(self._keep_appointment, self._appointment))

    def _keep_appointment(self, appointment: int, now: float) -> None:
        if appointment == self._appointment:
            self._machine.clock.set(now)
            self._advance(next)

    def _advance(self, go_on: Callable[[Generator[float, None, None]], float]) -> None:
        try:
            script_s = go_on(self._steps)
        except StopIteration:
            self._end()
        except RuntimeFault as fault:
            self._send(f"!{fault.code:04X}: Line {fault.line}\n")
            self._end(empty_line=self._machine.settings.empty_line_after_runtime_error)
        else:
            self._make_appointment(self._machine.clock.world_time(script_s))

    def _end(self, empty_line: bool = True) -> None:
        self._appointment += 1
        self._next_event_s = None
        if empty_line:
            self._send("\n")
        self._finishing = True
        self._on_end()
