"""The one world: cell, specimen, box, chamber and beam share one time and one state.

`World` is what engines may ask of it. State is a function of time, integrated on a grid fixed in absolute time, so that
any pattern of polling gives the same state.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam import Beam, Exposure

__all__ = ["Box", "CellTerminals", "Chamber", "World"]


class CellTerminals(Protocol):
    """The two wires of the cell, as a potentiostat sees them. Positive current charges.

    A mode set at a time holds from that time on. Asking for a time is asking for the state at that time; times may
    not lie before the last change of mode.
    """

    def open_circuit(self, now: float) -> None:
        """Disconnect the cell."""
        ...

    def drive_current(self, current_A: float, now: float) -> None:
        """Impress a current."""
        ...

    def drive_voltage(self, voltage_V: float, now: float, compliance_A: float) -> None:
        """Impress a voltage; the current is limited to +-compliance."""
        ...

    def measure(self, now: float) -> tuple[float, float]:
        """True voltage (V) and current (A) at a time."""
        ...

    def impedance(self, frequencies_Hz: NDArray[np.float64], now: float) -> NDArray[np.complex128]:
        """Small-signal impedance in ohm of the cell as it is now, shape of the frequencies."""
        ...


class Box(Protocol):
    """The sealed transfer box with its own gauge."""

    def pressure_Pa(self, now: float) -> float: ...

    def temperature_K(self, now: float) -> float: ...


class Chamber(Protocol):
    """The specimen chamber of the microscope."""

    def pressure_Pa(self, now: float) -> float: ...

    def pump(self, now: float) -> None: ...

    def vent(self, now: float) -> None: ...

    def ready(self, now: float) -> bool:
        """Whether the vacuum permits the beam."""
        ...

    def argon_share(self, now: float) -> float:
        """Of the gas in it; the rest is as nitrogen is to a gauge."""
        ...


class World(Protocol):
    """Everything that simulated instruments share."""

    beam: Beam

    @property
    def cell(self) -> CellTerminals: ...

    @property
    def box(self) -> Box: ...

    @property
    def chamber(self) -> Chamber: ...

    def call_at(self, when: float, action: Callable[[float], None]) -> None:
        """Have an action done at a world time, in the order of time, whoever asks for the state first."""
        ...

    def advance(self, now: float) -> None:
        """Let the world reach a time: everything that was to happen until then happens, in its order.

        A time that is over changes nothing.
        """
        ...

    def beam_changed(self, now: float) -> None:
        """The engine is about to change `beam`: account for what the beam did until now."""
        ...

    def expose(self, exposure: Exposure, lines: range) -> Sequence[NDArray[np.float32]]:
        """The signal of some lines of a scan, for each detector.

        Each array has shape (len(lines), width); 0 is no electron, 1 is the mean signal of bulk argyrodite at
        normal gain; shot noise is included. The lines must not lie in the future.
        """
        ...

    def absorbed_current_A(self, now: float) -> float:
        """The current that the specimen takes from the beam."""
        ...

    def best_working_distance_m(self, now: float) -> float:
        """The working distance at which the spot under the beam is in focus."""
        ...

    def xray_counts(
        self, start: float, end: float, channels: int, channel_width_eV: float, offset_eV: float, peaking_time_s: float
    ) -> tuple[NDArray[np.uint32], int]:
        """What the X-ray detector counted between two times, and how many photons its fast channel saw.

        Returns:
            counts of shape (channels,), dead time already lost, and the number of incoming photons.
        """
        ...

    def noise(self, name: str) -> np.random.Generator:
        """A generator of random numbers of its own for each name, from the world's seed."""
        ...
