"""Carries out the actions in which people take part: questions, phases of the box's way, its leak test."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import anyio
from pydantic import JsonValue

from operando.drivers.bench import Bench
from operando.drivers.clock import Clock
from operando.drivers.errors import OperandoError
from operando.protocols.document.people import CONFIRMED, NOT_CONFIRMED
from operando.protocols.program import AskOperator, CaptureNow, CyclingAction, EnterPhase, LeakTest, RunStep
from operando.protocols.record import FrameRow, RunRecord
from operando.protocols.runner.answers import asked_for, value_of
from operando.protocols.runner.cycling import Cycling
from operando.protocols.runner.interlocks import Interlocks
from operando.protocols.runner.leak_test import LeakTesting
from operando.protocols.runner.newest_frames import NewestFrames
from operando.protocols.runner.operator import Answer, Operator
from operando.protocols.runner.phases import Phases, Wait
from operando.protocols.runner.question import OpenQuestion
from operando.protocols.runner.steering import Steering

__all__ = ["AnswerEndsRun", "WithPeople"]

LOOK_EVERY_S = 1.0
"""Whether something is over, while no step runs."""
WAIT_ON, END_RUN = "wait on", "end run"
BACK_AGAIN = AskOperator(
    0,
    0,
    "The session begins. Is the box in the chamber, in vacuum, and its lid open?",
    (CONFIRMED, NOT_CONFIRMED),
    confirms=True,
    ends_run_if=(NOT_CONFIRMED,),
)


class AnswerEndsRun(OperandoError):
    """Somebody gave an answer after which the protocol ends the run."""


class WithPeople:
    """Waits for people, and lets the cell rest meanwhile where it hangs on the potentiostat.

    Args:
        newest: the newest frame of `capture` or `capture/region`; None if there is none yet.
    """

    def __init__(
        self,
        clock: Clock,
        record: RunRecord,
        cycling: Cycling,
        operator: Operator,
        steering: Steering,
        phases: Phases,
        leaks: LeakTesting,
        newest: Callable[[str], FrameRow | None],
    ) -> None:
        self._clock = clock
        self._record = record
        self._cycling = cycling
        self._operator = operator
        self._steering = steering
        self._phases = phases
        self._leaks = leaks
        self._newest = newest

    @classmethod
    def of_run(
        cls,
        bench: Bench,
        record: RunRecord,
        cycling: Cycling,
        operator: Operator,
        steering: Steering,
        phases: Phases,
        interlocks: Interlocks,
    ) -> "WithPeople":
        """With the leak test of the bench's box, and the pictures of the record."""
        leaks = LeakTesting(bench.file.box, bench.clock, record, interlocks)
        return cls(bench.clock, record, cycling, operator, steering, phases, leaks, NewestFrames(record).of)

    def may_hold(self, action: CyclingAction) -> bool:
        """Whether an action waits while the cycling is held. The box goes on its way, and home, all the same.

        A run that is to be parked goes no further than where it was asked for: in the open box at the microscope.
        """
        parks = self._steering.parking is not None and self._phases.at_microscope
        return not self._phases.used or parks or isinstance(action, RunStep | CaptureNow)

    async def ask(self, action: AskOperator) -> Answer:
        """Ask while the cell rests; whatever is answered, and by whom, is recorded.

        Raises:
            NobodyAnswered: if nobody answers in time and the protocol takes nothing instead.
            AnswerEndsRun: if the answer is one that ends the run.
        """
        question = OpenQuestion(action, partial(self._refused, action))
        self._record.event(
            self._clock.now(), "operator", "question", action.question, line=action.line, **self._shown(action)
        )
        self._steering.asks(question.take)
        try:
            async with anyio.create_task_group() as tasks:
                others = self._steering.heard_from_outside
                tasks.start_soon(partial(question.ask, self._operator, others_may_answer=others))
                await self._wait("rest during a question", action, action.at_most_s, question.over)
                tasks.cancel_scope.cancel()
        finally:
            self._steering.asks(None)
        answer = question.answer()
        value = value_of(action, answer.text)
        in_si: dict[str, JsonValue] = {} if value is None or action.value is None else {action.value.si_unit: value}
        self._record.event(
            self._clock.now(), "operator", "answer", answer.text, who=answer.who, question=action.question, **in_si
        )
        if action.confirms:
            self._phases.confirmed.answered(action.question, answer.text, answer.who)
        if answer.text in action.ends_run_if:
            raise AnswerEndsRun(
                f"{action.question!r} was answered {answer.text!r} by {answer.who}, which ends the run",
                remedy="Everything was made safe. Begin anew when it is as it should be.",
            )
        return answer

    async def enter(self, action: EnterPhase) -> None:
        """Go on to the next phase; where the protocol says so, somebody is asked whether to wait on.

        Raises:
            PhaseNotReached: if it could not begin, and nobody waits on or has confirmed what somebody must confirm.
        """
        name = f"rest before {action.phase}"
        wait = partial(self._wait_at_most, name, action)
        await self._once_it_may(action, wait, await self._phases.prepare(action, wait))
        await self._phases.go_on(action)

    async def come_back(self) -> None:
        """Another session begins: a person says that the box stands open in the microscope, and the gauges confirm it.

        Before that nothing is done to cell, beam and stage; the box has travelled, and no run looked on.

        Raises:
            AnswerEndsRun, NobodyAnswered, PhaseNotReached: if it is not so; the run then stays parked.
        """
        visit = self._phases.visit
        if visit is None:
            raise RuntimeError("a run was parked on a way that never leads to the microscope")
        asked = replace(BACK_AGAIN, number=visit.number, cycle=visit.cycle, line=visit.line)
        await self.ask(asked)
        wait = partial(self._wait_at_most, "rest before the session", visit)
        await self._once_it_may(visit, wait, await self._phases.wait_for(visit, wait))
        self._phases.back_at_microscope()

    async def _once_it_may(self, action: EnterPhase, wait: Wait, why: str) -> None:
        while why and action.otherwise == "ask":
            asked = f"The phase {str(action.phase)!r} cannot begin: {why}. Wait on?"
            question = AskOperator(
                action.number, action.cycle, asked, (WAIT_ON, END_RUN), action.at_most_s, END_RUN, action.line
            )
            if (await self.ask(question)).text == END_RUN:
                break
            why = await self._phases.wait_for(action, wait)
        if why:
            raise self._phases.not_reached(action, why)

    async def leak_test(self, action: LeakTest) -> None:
        """Measure the leak of the box.

        Raises:
            BoxLeaks: if the test is not passed, and that ends the run.
        """
        await self._leaks.run(action, partial(self._wait_at_most, "rest during the leak test", action))

    async def _wait_at_most(
        self, name: str, action: EnterPhase | LeakTest, at_most_s: float, over: Callable[[], bool]
    ) -> None:
        await self._wait(name, action, at_most_s, over)

    async def _wait(
        self, name: str, action: AskOperator | EnterPhase | LeakTest, at_most_s: float, over: Callable[[], bool]
    ) -> None:
        if self._phases.cell_connected:
            await self._cycling.rest(name, action.cycle, at_most_s, over, action.line)
            return
        end_s = self._clock.now() + at_most_s
        while not over() and (left_s := end_s - self._clock.now()) > 0.0:
            await anyio.sleep(min(LOOK_EVERY_S, left_s))

    def _shown(self, action: AskOperator) -> dict[str, JsonValue]:
        """What belongs to the question, for whoever shows it."""
        shown: dict[str, JsonValue] = {"answers": [*action.answers]}
        if action.value is not None:
            shown["asked_for"] = asked_for(action)
        if action.picture:
            frame = self._newest(action.picture)
            shown["picture"] = action.picture
            shown["frame"] = None if frame is None else frame.number
            shown["file"] = "" if frame is None else frame.file
        return shown

    def _refused(self, action: AskOperator, answer: Answer, why: str) -> None:
        self._record.event(
            self._clock.now(), "operator", "answer refused", why, who=answer.who, question=action.question
        )
