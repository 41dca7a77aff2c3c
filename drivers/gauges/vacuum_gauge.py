"""What drivers of vacuum gauges have in common: they only read, one exchange at a time, each at its place."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from operando.drivers.clock import Clock
from operando.drivers.errors import located
from operando.drivers.gauges.gas import Gas, Principle, true_pressure_Pa
from operando.drivers.roles import Quality, Reading, SafeState, Safety

__all__ = ["VacuumGauge", "vacuum_reading"]


class VacuumGauge:
    """The part of an instrument that is the same for all vacuum gauges.

    Args:
        name: of the instrument.
        connection: names the wire.
        lock: of the wire.
    """

    def __init__(self, name: str, connection: str, lock: threading.RLock) -> None:
        self.name = name
        self.connection = connection
        self._where = f"{name} at {connection}"
        self._lock = lock

    @property
    def keep_alive_every_s(self) -> None:
        """A gauge does not know its clients."""

    def keep_alive(self) -> None:
        """A gauge does not know its clients."""

    def make_safe(self) -> SafeState:
        """A gauge does nothing to cell or beam."""
        return SafeState(self.name, Safety.CONFIRMED, "a gauge needs no safe state")

    @contextmanager
    def _call(self) -> Iterator[None]:
        """One call at a time; errors say where they happened."""
        with self._lock, located(self._where):
            yield


def vacuum_reading(
    shown_Pa: float, quality: Quality, detail: str, principle: Principle, gas: Gas, start_s: float, clock: Clock
) -> Reading:
    """A reading in Pa of the gas that there is. A number that came with a bad quality is not handed on."""
    if quality is Quality.OK and not shown_Pa > 0.0:
        quality, detail = Quality.UNDER, f"shows {shown_Pa:.3g} Pa, which is no pressure: adjust its zero"
    if quality is not Quality.OK:
        return Reading(float("nan"), "Pa", quality, start_s, clock.now(), detail)
    true_Pa = true_pressure_Pa(shown_Pa, principle, gas)
    if true_Pa != shown_Pa:
        detail = ", ".join(filter(None, (detail, f"shows {shown_Pa:.3g} Pa, corrected for {gas}")))
    return Reading(true_Pa, "Pa", quality, start_s, clock.now(), detail)
