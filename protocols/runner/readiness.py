"""Keeps stage and beam prepared for a capture whose trigger is armed, so that nothing but the scan is left to do."""

from collections.abc import Awaitable, Callable

from operando.protocols.plan.fields import fields_of, picture_shape
from operando.protocols.plan.route import Whereabouts
from operando.protocols.program import Capture, Program, Trigger
from operando.protocols.runner.beam import Beam
from operando.protocols.runner.cell_during import CellStates
from operando.protocols.runner.requests import CaptureRequest

__all__ = ["Readiness"]


class Readiness:
    """Knows which captures are armed, and goes to the most urgent one of them while nobody looks.

    Args:
        program: with captures that say `keep_ready`, and triggers for them.
        beam: that is prepared. It stays blanked by the microscope outside scans.
        beam_forbidden: why the beam must stay off the specimen; to focus, it must not.
        cell: which step runs.
    """

    def __init__(
        self, program: Program, beam: Beam, beam_forbidden: Callable[[], Awaitable[str]], cell: CellStates
    ) -> None:
        self._program = program
        self._beam = beam
        self._beam_forbidden = beam_forbidden
        self._cell = cell
        self._triggers = [one for one in program.triggers if program.captures[one.capture].keep_ready]
        self._fired: set[tuple[str, int]] = set()

    @property
    def used(self) -> bool:
        """Whether the program keeps anything ready at all."""
        return bool(self._triggers)

    def asked(self, request: CaptureRequest) -> None:
        """A capture was asked for: a trigger that fires once is not armed any more."""
        self._fired.add((request.capture.name, request.line))

    async def prepare(self) -> None:
        """Go to the first field of the most urgent armed capture, with its beam; nothing if none is armed."""
        capture = self._armed()
        if capture is None:
            return
        regions = [self._program.regions[name] for name in capture.regions if not self._program.regions[name].only]
        visit = next(fields_of(capture, regions, await self._beam.found()), None)
        if visit is None or self._beam.at == Whereabouts.at(visit) or await self._beam_forbidden():
            return
        await self._beam.ensure_on()
        region = self._program.regions[visit.region]
        await self._beam.visit(visit, region, picture_shape(capture))
        if capture.detectors:
            detector = capture.detectors[0]
            await self._beam.apply(capture.beam, region, detector, cycle=self._cell.cycle, refocus=False)

    def _armed(self) -> Capture | None:
        armed = [self._program.captures[one.capture] for one in self._triggers if self._is_armed(one)]
        return min(armed, key=lambda capture: capture.priority, default=None)

    def _is_armed(self, trigger: Trigger) -> bool:
        if trigger.once and (trigger.capture, trigger.line) in self._fired:
            return False
        return not trigger.during or self._cell.step_name() in trigger.during
