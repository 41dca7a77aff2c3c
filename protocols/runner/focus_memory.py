"""What is known of focus: for each spot and beam energy what the lens was set to, when that was tried, and what for.

It is made again from the record, so that a run that was killed does not focus again what is in focus.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from operando.protocols.focus import Lens

__all__ = ["BEGINS", "FAILED", "FOCUSED", "FOCUS_SOURCE", "GIVEN_UP", "LEFT_OFF", "FocusMemory", "LensBefore"]

FOCUS_SOURCE = "focus"
BEGINS, FOCUSED, GIVEN_UP = "focusing begins", "focused", "focusing given up"
LEFT_OFF = "focusing left off"
"""For something more urgent; the lens is as it was before."""
FAILED = "focusing failed"
"""The microscope failed under it; what the lens is set to now is not known."""


@dataclass(frozen=True, slots=True)
class LensBefore:
    """A focusing that nobody has ended: with which beam energy, and what the lens was set to before."""

    voltage_V: float
    lens: Lens


class FocusMemory:
    """Remembers by spot and beam energy."""

    def __init__(self) -> None:
        self._lenses: dict[tuple[str, float], Lens] = {}
        self._tried_s: dict[tuple[str, float], float] = {}
        self.unended: LensBefore | None = None
        """What an earlier process has left to be put right."""

    def lens(self, spot: str, voltage_V: float) -> Lens | None:
        """What focusing has found there; None if it has found nothing yet."""
        return self._lenses.get((spot, voltage_V))

    def tried_s(self, spot: str, voltage_V: float) -> float | None:
        """Run time at which it was last tried; None if never."""
        return self._tried_s.get((spot, voltage_V))

    def tried(self, spot: str, voltage_V: float, time_s: float, found: Lens | None) -> None:
        """It was tried; `found` is None if it was given up."""
        self._tried_s[spot, voltage_V] = time_s
        if found is not None:
            self._lenses[spot, voltage_V] = found

    def carry_on(self, events: Iterable[Mapping[str, object]]) -> None:
        """Begin with what an earlier process has recorded."""
        for event in events:
            kind = event.get("kind")
            if event.get("source") != FOCUS_SOURCE or kind not in (BEGINS, FOCUSED, GIVEN_UP, LEFT_OFF, FAILED):
                continue
            voltage_V, time_s = float(str(event["voltage_V"])), float(str(event["test_time_second"]))
            lens = _lens_of(event)
            self.unended = LensBefore(voltage_V, lens) if kind in (BEGINS, FAILED) else None
            if kind in (FOCUSED, GIVEN_UP):
                self.tried(str(event["spot"]), voltage_V, time_s, lens if kind == FOCUSED else None)


def _lens_of(event: Mapping[str, object]) -> Lens:
    stigmators = event["stigmators"]
    assert isinstance(stigmators, list)
    return Lens(float(str(event["working_distance_m"])), (float(stigmators[0]), float(stigmators[1])))
