"""The simulated laboratory: one world and the instruments that stand in it."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from operando.drivers.documents import StrictModel
from operando.drivers.links import Truth
from operando.simulators.engine import Engine
from operando.simulators.faults import WireFaults

__all__ = ["Laboratory", "WorldSettings"]


class WorldSettings(StrictModel):
    """What the bench file may say about the simulated world."""

    preset: Literal["fine", "coarse"] = "coarse"
    seed: int = Field(default=1, ge=0)


class Laboratory:
    """Simulated instruments by name, in one world."""

    def __init__(self, instruments: Mapping[str, Engine], truth: Truth) -> None:
        self.instruments = dict(instruments)
        self.truth = truth
        self._faults: dict[str, WireFaults] = {}

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> "Laboratory":
        """Build a laboratory from the `world` part of a bench file."""
        from operando.simulators.furnish import furnish

        return furnish(WorldSettings.model_validate(dict(settings)))

    def wire_faults(self, instrument: str) -> WireFaults:
        """The faults of one instrument's wire; change them at any time."""
        return self._faults.setdefault(instrument, WireFaults())
