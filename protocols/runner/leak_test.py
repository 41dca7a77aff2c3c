"""The leak test of the closed box: p/T is followed for a stated time, and becomes a figure with its uncertainty."""

import math
from collections.abc import Awaitable, Callable

from pydantic import JsonValue

from operando.drivers.bench.file import BoxEntry
from operando.drivers.clock import Clock
from operando.drivers.errors import OperandoError
from operando.drivers.roles import Quality, Reading
from operando.protocols.interlocks import Source
from operando.protocols.interlocks.leak_figure import LeakFigure, MBAR_LITRE_Pa_m3, leak_figure
from operando.protocols.program import LeakTest
from operando.protocols.record import RunRecord
from operando.protocols.runner.interlocks import Interlocks

__all__ = ["BOX", "LEAK_TEST", "BoxLeaks", "LeakTesting"]

BOX = "box"
LEAK_TEST = "leak test"
"""Source of its events."""
FEWEST_SHARE = 0.8
"""Of the time must lie between the first and the last good reading."""

Wait = Callable[[float, Callable[[], bool]], Awaitable[None]]


class BoxLeaks(OperandoError):
    """The box has not passed its leak test, and the protocol says that this ends the run."""


class LeakTesting:
    """Measures the leak of the box.

    Args:
        box: of the bench.
        clock: of the run.
        record: of the run.
        interlocks: see every reading, and are told what was found.
    """

    def __init__(self, box: BoxEntry, clock: Clock, record: RunRecord, interlocks: Interlocks) -> None:
        self._box = box
        self._clock = clock
        self._record = record
        self._interlocks = interlocks
        self._temperature_K = math.nan
        self._readings: list[tuple[float, float, float]] = []

    async def run(self, test: LeakTest, wait: Wait) -> None:
        """Follow the box for the time of the test.

        Args:
            test: as the protocol has it.
            wait: lets so much time pass, or until something is over.

        Raises:
            BoxLeaks: if it is not passed, and that ends the run.
        """
        now = self._clock.now()
        self._readings.clear()
        self._temperature_K = math.nan
        said = f"for {test.duration_s / 60:g} min, at most {_words(test.largest_Pa_m3_per_s)}"
        self._record.event(now, LEAK_TEST, "begun", said, line=test.line)
        with self._interlocks.followed_by(self._take):
            await wait(test.duration_s, lambda: False)
        figure = leak_figure(self._readings, self._box.volume, self._box.volume_uncertainty)
        self._judge(test, figure)

    def _judge(self, test: LeakTest, figure: LeakFigure | None) -> None:
        why = _why_not(test, figure)
        said = f"the box leaks {figure}" if figure else "the leak is not known"
        details: dict[str, JsonValue] = {"limit_Pa_m3_per_s": test.largest_Pa_m3_per_s}
        if figure is not None:
            details |= {
                "leak_Pa_m3_per_s": figure.rate_Pa_m3_per_s,
                "uncertainty_Pa_m3_per_s": figure.uncertainty_Pa_m3_per_s,
                "by_scatter_Pa_m3_per_s": figure.by_scatter,
                "by_temperature_Pa_m3_per_s": figure.by_temperature,
                "by_volume_Pa_m3_per_s": figure.by_volume,
                "coverage": figure.coverage,
                "span_s": figure.span_s,
                "readings": figure.readings,
            }
        kind = "not passed" if why else "passed"
        message = f"{said}; {why}" if why else f"{said}; allowed is {_words(test.largest_Pa_m3_per_s)}"
        self._record.event(self._clock.now(), LEAK_TEST, kind, message, place=BOX, line=test.line, **details)
        self._interlocks.leak_tested(BOX, passed=not why, why=message)
        if why and test.otherwise == "end run":
            remedy = "Look for the leak, fill the box again, and begin anew; a longer test has a smaller uncertainty."
            raise BoxLeaks(f"the leak test was not passed: {message}", remedy=remedy)

    def _take(self, source: Source, reading: Reading) -> None:
        if source.place != BOX:
            return
        value = reading.value if reading.quality is Quality.OK else math.nan
        if source.quantity == "temperature":
            self._temperature_K = value  # one that has failed says nothing of the pressures that follow
        elif source.quantity == "pressure" and math.isfinite(value) and math.isfinite(self._temperature_K):
            self._readings.append((reading.start_s, reading.value, self._temperature_K))


def _why_not(test: LeakTest, figure: LeakFigure | None) -> str:
    """Why it is not passed; empty if it is."""
    if figure is None or figure.span_s < FEWEST_SHARE * test.duration_s:
        return "too few good readings of pressure and temperature came"
    if figure.largest_Pa_m3_per_s <= test.largest_Pa_m3_per_s:
        return ""
    limit = _words(test.largest_Pa_m3_per_s)
    if abs(figure.rate_Pa_m3_per_s) > test.largest_Pa_m3_per_s:
        return f"that is more than {limit}"
    return f"with its uncertainty that may be more than {limit}: measure longer"


def _words(leak_Pa_m3_per_s: float) -> str:
    return f"{leak_Pa_m3_per_s / MBAR_LITRE_Pa_m3:.2g} mbar l/s"
