"""Carries out the cycling actions of a program: steps, rendezvous with captures, questions to the operator."""

import anyio

from operando.drivers.clock import Clock
from operando.protocols.program import AskOperator, CaptureNow, Program, RunStep
from operando.protocols.record import RunRecord
from operando.protocols.runner.cycling import Cycling, StepWish
from operando.protocols.runner.imaging import Imaging
from operando.protocols.runner.operator import Answer, NobodyAnswered, Operator
from operando.protocols.runner.requests import CaptureRequest

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
    ) -> None:
        self._program = program
        self._clock = clock
        self._record = record
        self._cycling = cycling
        self._imaging = imaging
        self._operator = operator

    async def run(self) -> None:
        """All actions, in order."""
        for action in self._program:
            match action:
                case RunStep():
                    await self._cycling.run_step(StepWish.of(action))
                case CaptureNow():
                    await self._capture(action)
                case AskOperator():
                    await self._ask(action)

    async def _capture(self, action: CaptureNow) -> None:
        if self._imaging is None:
            raise RuntimeError("a capture was planned on a bench without a microscope")
        now = self._clock.now()
        request = CaptureRequest(
            self._program.captures[action.capture],
            f"rendezvous in cycle {action.cycle}",
            action.line,
            wanted_s=now,
            detected_s=now,
            priority=0,
        )
        self._imaging.submit(request)
        name = f"{action.cell} during {action.capture}"
        match action.cell:
            case "rest":
                await self._cycling.rest(name, action.cycle, action.at_most_s, request.done.is_set, action.line)
            case "hold voltage":
                await self._cycling.hold_voltage(name, action.cycle, action.at_most_s, request.done.is_set, action.line)
            case "go on":
                return
        if not request.done.is_set():
            self._record.event(
                self._clock.now(),
                "cycling",
                "rendezvous timed out",
                f"{action.capture} was not done after {action.at_most_s:g} s; cycling goes on",
                line=action.line,
            )

    async def _ask(self, action: AskOperator) -> None:
        """Ask while the cell rests; whatever is answered, and by whom, is recorded."""
        answers: list[Answer] = []
        failures: list[NobodyAnswered] = []
        asked = anyio.Event()

        async def ask() -> None:
            try:
                answers.append(await self._operator.ask(action))
            except NobodyAnswered as error:
                failures.append(error)
            asked.set()

        self._record.event(self._clock.now(), "operator", "question", action.question, line=action.line)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            await self._cycling.rest(
                "rest during a question", action.cycle, action.at_most_s, asked.is_set, action.line
            )
            tasks.cancel_scope.cancel()
        if not answers:
            if action.otherwise is None:
                raise (
                    failures[0]
                    if failures
                    else NobodyAnswered(
                        f"nobody answered {action.question!r} within {action.at_most_s:g} s",
                        remedy="Give `otherwise` in the protocol, or more time.",
                    )
                )
            answers.append(Answer(action.otherwise, "nobody (otherwise)"))
        self._record.event(
            self._clock.now(), "operator", "answer", answers[0].text, who=answers[0].who, question=action.question
        )
