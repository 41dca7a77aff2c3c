"""The way of the box: closed in the glovebox, carried, loaded into the chamber, opened in vacuum, and back.

Every step can be taken at any time that physics allows; what a careful operator would not do is done all the same, and
remembered (`met_air`).
"""

from collections.abc import Callable
from enum import Enum, auto

from operando.simulators.world.box import SimulatedBox
from operando.simulators.world.chamber import ATMOSPHERE_Pa, SimulatedChamber

__all__ = ["BoxJourney", "BoxPlace"]

_GLOVEBOX_Pa = ATMOSPHERE_Pa + 300.0
"""A glovebox stands a few millibars above the room."""
_LOADING_FROM_Pa = 9.0e4
"""The chamber's door opens near atmosphere only."""


class BoxPlace(Enum):
    """Where the box is."""

    GLOVEBOX = auto()
    AIR = auto()
    CHAMBER = auto()


class BoxJourney:
    """Moves one box between glovebox and chamber, and opens and closes its lid.

    The world begins with the box in the chamber, closed.
    """

    def __init__(self, box: SimulatedBox, chamber: SimulatedChamber) -> None:
        self._box = box
        self._chamber = chamber
        self.place = BoxPlace.CHAMBER
        self.met_air = False
        """Whether the specimen has been in air: sulphides then give off H2S."""

    def begin_in_glovebox(self, pressure_Pa: float) -> None:
        """The world begins with the box in the glovebox instead, closed, and an empty chamber under vacuum."""
        self.place = BoxPlace.GLOVEBOX
        self._box.fill(pressure_Pa, 0.0)
        self._chamber.hold_box(False, 0.0)
        self._box.surround(_GLOVEBOX_Pa, 0.0)

    @property
    def lid_open(self) -> bool:
        """Whether the box is open to what surrounds it."""
        return self._box.lid_open

    def open_lid(self, now: float) -> None:
        """Open the box; in the chamber its gas bursts into the vacuum, and both gauges show it."""
        if self._box.lid_open:
            return
        if self.place is BoxPlace.CHAMBER:
            self._chamber.take_up(self._box.amount_Pa_m3(now), now)
        self._box.open_lid(self._around(), now)
        self._notice_air()

    def close(self, now: float) -> None:
        """Close the lid over whatever gas is there."""
        self._box.close_lid(now)

    def fill(self, pressure_Pa: float, now: float) -> None:
        """Fill the closed box with argon to a pressure, or pump it to one: both designs of box are carried like this.

        Raises:
            ValueError: outside the glovebox, or with the lid open.
        """
        if self.place is not BoxPlace.GLOVEBOX or self._box.lid_open:
            raise ValueError("the box is filled or pumped through its valve in the glovebox, with the lid closed")
        self._box.fill(pressure_Pa, now)

    def transfer(self, to: BoxPlace, now: float) -> None:
        """Carry the box through the air into the glovebox or the chamber, or only out into the air.

        Raises:
            ValueError: if the way goes through the chamber's door while the chamber is under vacuum.
        """
        if to is self.place:
            return
        if BoxPlace.CHAMBER in (to, self.place) and self._chamber.pressure_Pa(now) < _LOADING_FROM_Pa:
            raise ValueError(f"the chamber stands at {self._chamber.pressure_Pa(now):.3g} Pa: its door does not open")
        was_open = self._box.lid_open
        self._box.close_lid(now)
        self.met_air = self.met_air or was_open
        self.place = to
        self._chamber.hold_box(to is BoxPlace.CHAMBER, now)
        self._box.surround({BoxPlace.GLOVEBOX: _GLOVEBOX_Pa}.get(to, ATMOSPHERE_Pa), now)
        if was_open:
            self._box.open_lid(self._around(), now)

    def pump(self, now: float) -> None:
        """Pump the chamber."""
        self._chamber.pump(now)

    def vent(self, now: float) -> None:
        """Vent the chamber, whatever is open in it."""
        self._chamber.vent(now)
        self._notice_air()

    def leak(self, conductance_m3_per_s: float, now: float) -> None:
        """A fault: from now on the box leaks so much more, out or in as the pressures are."""
        self._box.open_leak(conductance_m3_per_s, now)

    def _around(self) -> Callable[[float], float]:
        """The pressure around the box, as a function of time."""
        if self.place is BoxPlace.CHAMBER:
            return self._chamber.pressure_Pa
        pressure_Pa = _GLOVEBOX_Pa if self.place is BoxPlace.GLOVEBOX else ATMOSPHERE_Pa
        return lambda _: pressure_Pa

    def _notice_air(self) -> None:
        open_here = self._box.lid_open and self.place is BoxPlace.AIR
        vented_over = self._box.lid_open and self.place is BoxPlace.CHAMBER and self._chamber.venting
        self.met_air = self.met_air or open_here or vented_over
