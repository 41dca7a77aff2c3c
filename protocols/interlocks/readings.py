"""The last readings of everything, and whether they can be believed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from operando.drivers.roles import Quality, Reading
from operando.protocols.interlocks.conditions import Source
from operando.protocols.interlocks.verdict import CLEAR, State, Verdict

__all__ = ["PERIODS_UNTIL_LOST", "Readings", "level"]

PERIODS_UNTIL_LOST = 3
"""A sensor that has said nothing for longer is lost."""
MEASURED = (Quality.OK, Quality.UNDER, Quality.OVER)


@dataclass(slots=True)
class _History:
    period_s: float
    expected_since_s: float
    latest: Reading | None = None
    measured_s: float | None = None
    unchanged_since_s: float = -math.inf


class Readings:
    """Keeps the latest reading of each source.

    Under and over range are readings: a chamber gauge under range has found a better vacuum than it can tell. Off,
    fault and stale are none.

    Args:
        frozen_after_s: sources that never repeat a value exactly for so long unless something is broken.
    """

    def __init__(self, frozen_after_s: Mapping[Source, float] | None = None) -> None:
        self._frozen_after_s = frozen_after_s or {}
        self._histories: dict[Source, _History] = {}

    def expect(self, source: Source, period_s: float, now: float) -> None:
        """From now on a reading comes each so many seconds."""
        history = self._histories.get(source)
        if history is None:
            self._histories[source] = _History(period_s, now)
        elif history.period_s != period_s:
            history.period_s, history.expected_since_s = period_s, now

    def take(self, source: Source, reading: Reading) -> None:
        """Take in a reading."""
        history = self._histories.setdefault(source, _History(math.inf, reading.start_s))
        before, history.latest = history.latest, reading
        if reading.quality in MEASURED:
            history.measured_s = reading.end_s
        if before is None or before.value != reading.value or before.quality is not reading.quality:
            history.unchanged_since_s = reading.end_s

    def latest(self, source: Source) -> Reading | None:
        """The last reading, whatever its quality; None if there has been none."""
        history = self._histories.get(source)
        return None if history is None else history.latest

    def age_s(self, source: Source, now: float) -> float:
        """Time since the last measured value; infinite if there is none."""
        history = self._histories.get(source)
        return math.inf if history is None or history.measured_s is None else now - history.measured_s

    def believable(self, source: Source, now: float) -> Verdict:
        """Clear if the last reading is measured, fresh, and not frozen."""
        history = self._histories.get(source)
        if history is None:
            return Verdict(State.UNKNOWN, f"the {source} has not been read yet")
        since_s = max(history.expected_since_s, history.measured_s or -math.inf)
        lost = now - since_s > PERIODS_UNTIL_LOST * history.period_s
        reading = history.latest
        if reading is None:
            return Verdict(State.LOST if lost else State.UNKNOWN, f"the {source} has not been read yet")
        if reading.quality not in MEASURED:
            what = f"the {source} is not known: {reading.quality} {reading.detail}".rstrip()
            if not lost:
                return Verdict(State.UNKNOWN, what)
            return Verdict(State.CUT_OFF if reading.quality is Quality.STALE else State.LOST, what)
        if lost:
            return Verdict(State.LOST, f"the last reading of the {source} is {now - reading.end_s:.0f} s old")
        return self._frozen(source, history, reading)

    def _frozen(self, source: Source, history: _History, reading: Reading) -> Verdict:
        unchanged_s = reading.end_s - history.unchanged_since_s
        if reading.quality is Quality.OK and unchanged_s > self._frozen_after_s.get(source, math.inf):
            what = f"the {source} has read exactly {reading.value:g} {reading.unit} for {unchanged_s:.0f} s: frozen"
            return Verdict(State.LOST, what)
        return CLEAR


def level(reading: Reading) -> float:
    """The value to compare with a limit: under and over range lie beyond every limit."""
    if reading.quality is Quality.UNDER:
        return -math.inf
    return math.inf if reading.quality is Quality.OVER else reading.value
