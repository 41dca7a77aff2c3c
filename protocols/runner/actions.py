"""Carries out the cycling actions of a program: steps, rendezvous with captures, what people take part in."""

from operando.drivers.clock import Clock
from operando.protocols.program import AskOperator, CaptureNow, EnterPhase, LeakTest, Program, RunStep
from operando.protocols.record import RunRecord
from operando.protocols.runner.cycling import Cycling
from operando.protocols.runner.imaging import Imaging
from operando.protocols.runner.protocol_steps import ProtocolSteps
from operando.protocols.runner.replayed_journal import Standing
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.shared_pauses import SharedPauses
from operando.protocols.runner.with_people import WithPeople

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
        people: WithPeople,
        standing: Standing,
        pauses: SharedPauses,
    ) -> None:
        self._program = program
        self._clock = clock
        self._record = record
        self._cycling = cycling
        self._imaging = imaging
        self._people = people
        self._standing = standing
        self._pauses = pauses
        self._steps = ProtocolSteps(cycling, standing)

    async def run(self) -> None:
        """All actions that are not done yet, in order."""
        await self._steps.take_up()
        for action in self._program:
            if action.number in self._standing.done:
                continue
            if self._people.may_hold(action):
                await self._cycling.rest_while_held(action.cycle)
            pause = None if isinstance(action, RunStep) else SharedPauses.of_action(action.number)
            self._pauses.begin(pause)
            match action:
                case RunStep():
                    await self._steps.run(action)
                case CaptureNow():
                    await self._capture(action)
                case AskOperator():
                    await self._people.ask(action)
                case EnterPhase():
                    await self._people.enter(action)
                case LeakTest():
                    await self._people.leak_test(action)
            self._pauses.end(pause)
            self._note("action done", action.number)

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
