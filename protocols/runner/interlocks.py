"""Interlocks by the gauges of box and chamber. A rule that trips ends the run, and cell and beam are made safe.

A reading that is missing, failed or stale is unsafe. Rules come from the protocol, their limits from the bench file.
"""

from collections import deque

import numpy as np

from operando.drivers.bench import BenchFile
from operando.drivers.clock import Clock
from operando.drivers.errors import OperandoError
from operando.drivers.roles import Quality, Reading

__all__ = ["InterlockTrip", "Interlocks"]

LEAK_WINDOW_S = 3600.0
FEWEST_READINGS = 20
SIGMAS = 3.0
STALE_S = 180.0
LITRE_M3 = 1e-3
MBAR_Pa = 100.0


class InterlockTrip(OperandoError):
    """An interlock has tripped; the run ends."""


class Interlocks:
    """Sees every reading and judges it by the rules that the protocol names."""

    def __init__(self, rules: tuple[str, ...], bench: BenchFile, clock: Clock) -> None:
        self._rules = rules
        self._bench = bench
        self._clock = clock
        self._box: deque[tuple[float, float, float]] = deque()
        self._temperature_K = float("nan")
        self._latest_s: dict[str, float] = {}

    def reading(self, place: str, quantity: str, reading: Reading) -> None:
        """Take in one reading.

        Raises:
            InterlockTrip: if it trips a rule.
        """
        good = reading.quality is Quality.OK
        if good:
            self._latest_s[f"{place} {quantity}"] = reading.end_s
        if "chamber vacuum" in self._rules and (place, quantity) == ("chamber", "pressure"):
            self._chamber(reading, good)
        if "box leak" in self._rules and place == "box" and good:
            self._take_box(quantity, reading)

    def silence(self) -> None:
        """Judge how long there has been no good reading.

        Raises:
            InterlockTrip: if a gauge that a rule needs has been silent or failed for too long.
        """
        needs = {"chamber vacuum": ("chamber pressure",), "box leak": ("box pressure", "box temperature")}
        for rule in self._rules:
            for gauge in needs.get(rule, ()):
                last_s = self._latest_s.setdefault(gauge, self._clock.now())
                if (silent_s := self._clock.now() - last_s) > STALE_S:
                    raise InterlockTrip(
                        f"interlock {rule!r}: no good reading of the {gauge} for {silent_s:.0f} s",
                        remedy="Look at the gauge and its cable.",
                    )

    def leak_Pa_m3_per_s(self) -> tuple[float, float] | None:
        """Leak of the box by the slope of p/T over the last hour, and its standard deviation; positive flows in.

        q = V T_ref d(p/T)/dt (as 40 CFR 1065.644 does it), because 1 K at 1.1 bar looks like 3.7 mbar otherwise.
        None while there are too few readings.
        """
        if len(self._box) < FEWEST_READINGS or self._box[-1][0] - self._box[0][0] < 0.5 * LEAK_WINDOW_S:
            return None
        times, pressures, temperatures = np.array(self._box).T
        amount = pressures / temperatures
        centred = times - times.mean()
        spread = float(centred @ centred)
        slope = float(centred @ amount) / spread
        residual = amount - amount.mean() - slope * centred
        sigma = float(np.sqrt(residual @ residual / (times.size - 2) / spread))
        scale = self._bench.box.volume * float(temperatures.mean())
        return scale * slope, scale * sigma

    def _chamber(self, reading: Reading, good: bool) -> None:
        limit = self._bench.vacuum.beam_permitted_below
        if good and reading.value >= limit:
            raise InterlockTrip(
                f"interlock 'chamber vacuum': {reading.value:.3g} Pa, the limit is {limit:g} Pa",
                remedy="The beam is blanked and the cell open; look at the vacuum before going on.",
            )

    def _take_box(self, quantity: str, reading: Reading) -> None:
        if quantity == "temperature":
            self._temperature_K = reading.value
            return
        if np.isnan(self._temperature_K):
            return
        self._box.append((reading.start_s, reading.value, self._temperature_K))
        while self._box[-1][0] - self._box[0][0] > LEAK_WINDOW_S:
            self._box.popleft()
        leak = self.leak_Pa_m3_per_s()
        limit = self._bench.box.largest_leak
        if leak is not None and abs(leak[0]) - SIGMAS * leak[1] > limit:
            mbar_litre = MBAR_Pa * LITRE_M3
            raise InterlockTrip(
                f"interlock 'box leak': {leak[0] / mbar_litre:.2g} +- {leak[1] / mbar_litre:.1g} mbar l/s, "
                f"the limit is {limit / mbar_litre:.2g} mbar l/s",
                remedy="The box is not tight; do not open it to air while the cell is in it.",
            )
