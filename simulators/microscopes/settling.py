"""Something that is busy until a time."""

from operando.simulators.microscopes.agenda import Agenda

__all__ = ["Settling"]


class Settling:
    """Lenses, amplifiers or a procedure that need time after a change."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._until = 0.0

    def occupy(self, now: float, duration_s: float) -> None:
        """Be busy for so long from now, or longer if it is already."""
        self._until = max(self._until, now + duration_s)
        self._agenda.wake(self._until)

    def release(self, now: float) -> None:
        """Be idle at once."""
        self._until = min(self._until, now)

    def busy(self, now: float) -> bool:
        """Whether it still settles."""
        return now < self._until
