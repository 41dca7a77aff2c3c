"""A microscope that cannot be reached: captures wait or are left out with their reason, until it is back and safe."""

from collections.abc import Callable

import anyio

from operando.drivers.bench import Bench
from operando.drivers.errors import InstrumentError, TransportError
from operando.drivers.roles import Instrument
from operando.protocols.program import Program
from operando.protocols.runner.beam import Beam
from operando.protocols.runner.capture_queue import CaptureQueue
from operando.protocols.runner.reconnection import Reconnection
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.steering import Steering

__all__ = ["LOST", "LostMicroscope"]

LOST = "the microscope cannot be reached"
MOST_LOSSES = 2
"""A capture under which the microscope is lost more often is given up: it may be what makes it fail."""


class LostMicroscope:
    """Notices that the microscope is lost, and brings it back as the program says.

    Args:
        program: which says whether a lost microscope ends the run.
        bench: with the microscope.
        queue: of the captures that wait for it.
        beam: whose settings are not known any more once it was lost.
        reconnection: that makes it safe again.
        steering: which may say that no picture is wanted any more.
        wanted_to_the_end: whether somebody waits for the flow to end, so that the microscope is not waited for then.
    """

    def __init__(
        self,
        program: Program,
        bench: Bench,
        queue: CaptureQueue,
        beam: Beam,
        reconnection: Reconnection,
        steering: Steering,
        *,
        wanted_to_the_end: Callable[[], bool],
    ) -> None:
        self._program = program
        self._bench = bench
        self._queue = queue
        self._beam = beam
        self._reconnection = reconnection
        self._steering = steering
        self._wanted_to_the_end = wanted_to_the_end
        self.found: TransportError | None = None
        """What somebody found when he spoke to the microscope, while no capture used it."""

    def heard(self, instrument: Instrument, error: TransportError) -> None:
        """Somebody else could not reach an instrument; whoever uses the microscope at the moment notices by itself."""
        if instrument.name == self._bench.column.name and self._queue.current is None:
            self.found = error
            self._queue.wake()

    async def failed(self, request: CaptureRequest, error: InstrumentError) -> None:
        """The microscope answers and one capture failed: the next may succeed. It is gone: it is brought back.

        Raises:
            TransportError: if it is lost and the program says that this ends the run.
        """
        self._beam.forget()
        if not isinstance(error, TransportError):
            self._queue.refuse(request, f"{type(error).__name__}: {error}")
            return
        request.losses += 1
        request.begun = False
        if request.losses > MOST_LOSSES:
            self._queue.refuse(request, f"the microscope was lost {request.losses} times under it: {error}")
        await self.bring_back(error)

    async def bring_back(self, error: TransportError) -> None:
        """Wait until it answers and is safe; captures that cannot wait are given up in their time.

        Raises:
            TransportError: if the program says that this ends the run.
        """
        self._beam.forget()
        if self._program.failures.microscope_ends_run:
            raise error
        self._queue.block(LOST)
        self._queue.skip_waiting(LOST)
        self.found, bench = error, self._bench
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.expire_meanwhile)
            if self._wanted_to_the_end():
                tasks.start_soon(self._steering.once_imaging_is_over, tasks.cancel_scope.cancel)
            await self._reconnection.safe_again("imaging", (bench.column, bench.scanner, bench.stage), error)
            self.found = None
            tasks.cancel_scope.cancel()

    async def expire_meanwhile(self) -> None:
        """Give up what can wait no longer, until cancelled."""
        while True:
            change = self._queue.next_change()
            now_s = self._bench.clock.now()
            self._queue.expire(now_s)
            with anyio.move_on_after(self._queue.next_expiry_s() - now_s):
                await change.wait()
