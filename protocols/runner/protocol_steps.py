"""Carries out steps of a protocol, from wherever an earlier process has left them."""

from operando.drivers.roles import StepEndReason
from operando.protocols.program import RunStep
from operando.protocols.runner.cycling import Cycling
from operando.protocols.runner.remaining import Passed
from operando.protocols.runner.replayed_journal import GOES_ON, Standing
from operando.protocols.runner.step_wish import StepWish

__all__ = ["ProtocolSteps"]


class ProtocolSteps:
    """The steps of one cell.

    Args:
        cycling: carries them out.
        standing: of the run; what was taken up is noted there.
    """

    def __init__(self, cycling: Cycling, standing: Standing) -> None:
        self._cycling = cycling
        self._standing = standing

    async def take_up(self) -> None:
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

    async def run(self, action: RunStep) -> None:
        """A step, or what remains of it."""
        wish: StepWish | None = StepWish.of(action)
        passed = self._standing.passed.get(action.number)
        if passed is not None and wish is not None:
            wish = self._cycling.remaining(wish, passed)
        if wish is not None:
            await self._cycling.run_through(wish)
