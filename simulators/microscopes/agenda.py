"""What the microscope will do at its own time, whoever asks next."""

import heapq
from collections.abc import Callable
from itertools import count

from operando.simulators.world.world import World

__all__ = ["Agenda", "Appointment"]


class Appointment:
    """Something to be done at a time, unless it is cancelled."""

    __slots__ = ("_action", "cancelled", "when")

    def __init__(self, when: float, action: Callable[[float], None]) -> None:
        self.when = when
        self.cancelled = False
        self._action = action

    def keep(self, now: float) -> None:
        """Do it."""
        self._action(now)


class Agenda:
    """Appointments in order of time, announced to the world so that they are kept in the order of all instruments.

    Args:
        settled: called after each appointment, with its time.
    """

    def __init__(self, world: World, settled: Callable[[float], None]) -> None:
        self.now = 0.0
        self._world = world
        self._settled = settled
        self._order = count()
        self._heap: list[tuple[float, int, Appointment]] = []

    def at(self, when: float, action: Callable[[float], None]) -> Appointment:
        """Make an appointment."""
        appointment = Appointment(when, action)
        heapq.heappush(self._heap, (when, next(self._order), appointment))
        self._world.call_at(when, self._keep)
        return appointment

    def wake(self, when: float) -> None:
        """Look at everything again at a time, because something ends then."""
        self.at(when, lambda _: None)

    def next(self) -> float | None:
        """When the next appointment is."""
        while self._heap and self._heap[0][2].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def reach(self, now: float) -> float:
        """Let world and microscope reach a time.

        Returns:
            the microscope's present: never earlier than what it has already done.
        """
        self._world.advance(now)
        self._keep(now)
        self.now = max(self.now, now)
        return self.now

    def _keep(self, now: float) -> None:
        while (when := self.next()) is not None and when <= now:
            appointment = heapq.heappop(self._heap)[2]
            self.now = max(self.now, when)
            appointment.keep(self.now)
            self._settled(self.now)
