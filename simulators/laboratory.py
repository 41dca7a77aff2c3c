"""The simulated laboratory: one world and the instruments that stand in it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from operando.drivers.documents import StrictModel, as_model
from operando.drivers.links import Truth
from operando.simulators.engine import Engine
from operando.simulators.faults import WireFaults

if TYPE_CHECKING:
    from operando.simulators.potentiostats.biologic import BioLogicDevice
    from operando.simulators.world.beam_effects import BeamEffects
    from operando.simulators.world.simulated_world import SimulatedWorld

__all__ = ["Laboratory", "WorldSettings"]


class WorldSettings(StrictModel):
    """What the bench file may say about the simulated world."""

    preset: Literal["fine", "coarse"] = "coarse"
    cell: Literal["full", "symmetric"] = "full"
    seed: int = Field(default=1, ge=0)
    plating_efficiency: float = Field(default=0.2, ge=0, le=1)
    damage_C_per_m2: float = Field(default=500.0, gt=0)
    wiring: Literal["floating", "earthed"] = "floating"
    box: Literal["in the chamber", "in the glovebox"] = "in the chamber"
    """Where the closed box stands at the beginning."""
    box_pressure_Pa: float = Field(default=1.1e5, gt=0, le=2e5)
    """With which it was closed, if it stands in the glovebox: argon overpressure, or vacuum."""

    @property
    def beam_effects(self) -> "BeamEffects":
        """What the beam does to the specimen."""
        from operando.simulators.world.beam_effects import BeamEffects

        return BeamEffects(
            plating_efficiency=self.plating_efficiency, damage_C_per_m2=self.damage_C_per_m2, wiring=self.wiring
        )


class Laboratory:
    """Simulated instruments by name, in one world."""

    def __init__(
        self,
        instruments: Mapping[str, Engine],
        truth: Truth,
        world: "SimulatedWorld | None" = None,
        libraries: "Mapping[str, BioLogicDevice] | None" = None,
    ) -> None:
        self.instruments = instruments
        self.libraries: Mapping[str, BioLogicDevice] = libraries or {}
        """Devices without a public wire: they are reached through a library in this process."""
        self.truth = truth
        self._world = world
        self._faults: dict[str, WireFaults] = {}

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> "Laboratory":
        """Build a laboratory from the `world` part of a bench file.

        Raises:
            ConfigMismatch: if a setting is not known or has no sense.
        """
        from operando.simulators.furnish import furnish

        return furnish(as_model(settings, WorldSettings, "the world of the bench file"))

    @property
    def world(self) -> "SimulatedWorld":
        """The world itself, for tests and for faults that are not the wire's (a leak, a pump that stops).

        Raises:
            RuntimeError: if the instruments of this laboratory stand in no simulated world.
        """
        if self._world is None:
            raise RuntimeError("the instruments of this laboratory stand in no simulated world")
        return self._world

    def wire_faults(self, instrument: str) -> WireFaults:
        """The faults of one instrument's wire; change them at any time."""
        return self._faults.setdefault(instrument, WireFaults())
