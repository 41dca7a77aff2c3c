"""Carries out the cycling of a program on the control cell: the same steps, and pauses as long as the first cell's."""

import math

from operando.drivers.clock import Clock
from operando.protocols.program import CaptureNow, CellDuringCapture, CyclingAction, Program, RunStep
from operando.protocols.record import RunRecord
from operando.protocols.runner.cycling import LONGEST_HOLD_STEP_S, Cycling
from operando.protocols.runner.protocol_steps import ProtocolSteps
from operando.protocols.runner.replayed_journal import Standing
from operando.protocols.runner.shared_pauses import SharedPauses
from operando.protocols.runner.steering import Steering

__all__ = ["ControlActions"]

REST: CellDuringCapture = "rest"


class ControlActions:
    """Walks through a program beside the run of the first cell, whose steps it never waits for.

    While the first cell pauses (pictures, a question, the way of the box), the control cell does what the protocol
    says for it, for as long. It comes to a pause in its own time: if it is there before the first cell has done with
    it, it waits until that is over; before pictures no longer than the protocol allows the first cell to wait.

    Args:
        program: of the run.
        clock: of the run.
        record: of the control cell.
        cycling: of the control cell.
        standing: of the control cell, after an earlier process.
        pauses: of the first cell.
        steering: of the run.
    """

    def __init__(
        self,
        program: Program,
        clock: Clock,
        record: RunRecord,
        cycling: Cycling,
        standing: Standing,
        pauses: SharedPauses,
        steering: Steering,
    ) -> None:
        self._program = program
        self._clock = clock
        self._record = record
        self._cycling = cycling
        self._standing = standing
        self._pauses = pauses
        self._steering = steering
        self._steps = ProtocolSteps(cycling, standing)

    async def run(self) -> None:
        """All actions that are not done yet, in order."""
        await self._steps.take_up()
        if not self._program.has_phases:
            await self._occasion("start")
        for action in self._program:
            if action.number in self._standing.done:
                continue
            await self._cycling.rest_while_held(action.cycle)
            if isinstance(action, RunStep):
                await self._steps.run(action)
            else:
                await self._pause(action)
            self._record.progress(self._clock.now(), "action done", action=action.number)
        if not self._program.has_phases:
            await self._occasion("end")

    async def _occasion(self, occasion: str) -> None:
        """Rest while the first cell rests at the start or at the end."""
        if not self._standing.reached(f"{occasion} done"):
            await self._with_the_first(occasion, REST, f"rest at the {occasion}", 0)
            self._record.progress(self._clock.now(), f"{occasion} done")

    async def _pause(self, action: CyclingAction) -> None:
        pause = SharedPauses.of_action(action.number)
        if not isinstance(action, CaptureNow):
            await self._with_the_first(pause, REST, "rest beside the first cell", action.cycle, line=action.line)
        elif action.cell != "go on":
            name = f"{action.cell} during {action.capture}"
            await self._with_the_first(pause, action.cell, name, action.cycle, action.line, action.at_most_s)

    async def _with_the_first(
        self,
        pause: str,
        cell: CellDuringCapture,
        name: str,
        cycle: int,
        line: int = 0,
        at_most_s: float = math.inf,
    ) -> None:
        """Rest, or hold the voltage, for as long as the first cell does; how long both did is recorded.

        A hold interrupts it, and does not count.
        """
        begun_s = self._clock.now()

        def over() -> bool:
            lasted_s = self._pauses.lasted_s(pause)
            return lasted_s is not None and self._clock.now() - begun_s >= lasted_s

        def enough() -> bool:
            return over() or self._steering.cycling_held

        while not over() and (left_s := begun_s + at_most_s - self._clock.now()) > 0:
            part_s = min(left_s, LONGEST_HOLD_STEP_S)
            if cell == "hold voltage":
                await self._cycling.hold_voltage(name, cycle, part_s, enough, line)
            else:
                await self._cycling.rest(name, cycle, part_s, enough, line)
            held_s = self._clock.now()
            await self._cycling.rest_while_held(cycle)
            begun_s += self._clock.now() - held_s
        self._tell(pause, name, self._clock.now() - begun_s, line)

    def _tell(self, pause: str, name: str, own_s: float, line: int) -> None:
        first_s = self._pauses.lasted_s(pause)
        told = "is still at it" if first_s is None else f"{first_s:.1f} s"
        self._record.event(
            self._clock.now(),
            "cycling",
            "pause shared",
            f"{name}: {own_s:.1f} s, the first cell {told}",
            own_s=own_s,
            first_s=first_s,
            line=line,
        )
