"""Carries out the cycling actions of a program: steps, rendezvous with captures, questions to the operator."""

from functools import partial

import anyio
from pydantic import JsonValue

from operando.drivers.clock import Clock
from operando.drivers.roles import StepEndReason
from operando.protocols.program import AskOperator, CaptureNow, Program, RunStep
from operando.protocols.record import RunRecord
from operando.protocols.runner.cycling import Cycling
from operando.protocols.runner.imaging import Imaging
from operando.protocols.runner.operator import Operator
from operando.protocols.runner.question import OpenQuestion
from operando.protocols.runner.remaining import Passed
from operando.protocols.runner.replayed_journal import GOES_ON, Standing
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.steering import Steering
from operando.protocols.runner.step_wish import StepWish

__all__ = ["Actions"]


class Actions:
    """Walks through a program from its first action to its last."""

    def __init__(
        self,
        program: Program,
        clock: Clock,
        record: RunRecord,
        cycling: Cycling,
        imaging: Imaging | None,
        operator: Operator,
        standing: Standing,
        steering: Steering,
    ) -> None:
        self._program = program
        self._clock = clock
        self._record = record
        self._cycling = cycling
        self._imaging = imaging
        self._operator = operator
        self._standing = standing
        self._steering = steering

    async def run(self) -> None:
        """All actions that are not done yet, in order."""
        await self._take_up()
        for action in self._program:
            if action.number in self._standing.done:
                continue
            await self._cycling.rest_while_held(action.cycle)
            match action:
                case RunStep():
                    await self._step(action)
                case CaptureNow():
                    await self._capture(action)
                case AskOperator():
                    await self._ask(action)
            self._note("action done", action.number)

    async def _take_up(self) -> None:
        """The step that an earlier process had started goes on, or tells how it ended."""
        step = self._standing.open_step
        if step is None or not step.action:
            return
        end = await self._cycling.adopt(step, to_its_end=not step.why_ended)
        self._standing.open_step = None
        if end.reason is StepEndReason.NOT_STARTED:
            return
        by_host = end.reason in (StepEndReason.ENDED_BY_HOST, StepEndReason.UNKNOWN)
        if by_host and GOES_ON & {step.why_ended, self._cycling.why_ended}:
            self._standing.passed[step.action] = Passed(end.charge_C, end.elapsed_s)
        else:
            self._standing.done.add(step.action)

    async def _step(self, action: RunStep) -> None:
        wish: StepWish | None = StepWish.of(action)
        passed = self._standing.passed.get(action.number)
        if passed is not None and wish is not None:
            wish = self._cycling.remaining(wish, passed)
        if wish is not None:
            await self._cycling.run_through(wish)

    def _note(self, what: str, action: int) -> None:
        self._record.progress(self._clock.now(), what, action=action)

    async def _capture(self, action: CaptureNow) -> None:
        if self._imaging is None:
            raise RuntimeError("a capture was planned on a bench without a microscope")
        now = self._clock.now()
        if self._standing.exposed_in(action.number):
            said = f"{action.capture} had begun when the run was killed; nothing is exposed twice, cycling goes on"
            self._record.event(now, "imaging", "rendezvous lost", said, line=action.line)
            return
        self._note("action begun", action.number)
        request = CaptureRequest(
            self._program.captures[action.capture],
            f"rendezvous in cycle {action.cycle}",
            action.line,
            wanted_s=now,
            detected_s=now,
            priority=0,
            give_up_s=now + action.at_most_s,
        )
        self._imaging.submit(request)
        name = f"{action.cell} during {action.capture}"
        match action.cell:
            case "rest":
                await self._cycling.rest(name, action.cycle, action.at_most_s, request.done.is_set, action.line)
            case "hold voltage":
                wish = self._cycling.present_voltage(name, action.cycle, action.at_most_s, action.line)
                await self._cycling.run_through(wish, request.done.is_set)
            case "go on":
                return
        if request.expired or not request.done.is_set():
            self._record.event(
                self._clock.now(),
                "cycling",
                "rendezvous timed out",
                f"{action.capture} was not done after {action.at_most_s:g} s; cycling goes on",
                line=action.line,
            )

    async def _ask(self, action: AskOperator) -> None:
        """Ask while the cell rests; whatever is answered, and by whom, is recorded."""
        question = OpenQuestion(action)
        answers: list[JsonValue] = [*action.answers]
        self._record.event(
            self._clock.now(), "operator", "question", action.question, line=action.line, answers=answers
        )
        self._steering.asks(question.take)
        try:
            async with anyio.create_task_group() as tasks:
                others = self._steering.heard_from_outside
                tasks.start_soon(partial(question.ask, self._operator, others_may_answer=others))
                name = "rest during a question"
                await self._cycling.rest(name, action.cycle, action.at_most_s, question.over, action.line)
                tasks.cancel_scope.cancel()
        finally:
            self._steering.asks(None)
        answer = question.answer()
        self._record.event(
            self._clock.now(), "operator", "answer", answer.text, who=answer.who, question=action.question
        )
