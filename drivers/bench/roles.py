"""What a driver gets to open an instrument, and what it gives back: the roles that the instrument plays."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from operando.drivers.bench.file import BenchFile
from operando.drivers.bench.gate import Gate
from operando.drivers.clock import Clock
from operando.drivers.links import Address, LinkRegistry
from operando.drivers.roles import (
    Column,
    Detectors,
    EdsSpectrometer,
    ForceSensor,
    Instrument,
    Potentiostat,
    PressureSensor,
    Scanner,
    Stage,
    Thermometer,
)

__all__ = ["DriverContext", "DriverFactory", "Roles"]


@dataclass(frozen=True, slots=True)
class DriverContext:
    """Everything that a driver may use.

    Args:
        name: of the instrument in the bench file.
        address: where it is.
        options: of its entry in the bench file; the driver refuses what it does not know.
        bench: the whole bench file, for limits that concern several instruments.
        links: opens addresses.
        clock: stamps and bounds everything.
        gate: asked before each command with an effect.
    """

    name: str
    address: Address
    options: Mapping[str, JsonValue]
    bench: BenchFile
    links: LinkRegistry
    clock: Clock
    gate: Gate


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles that one instrument plays. Gauges go by what they measure (`box`, `chamber`)."""

    potentiostat: Potentiostat | None = None
    stage: Stage | None = None
    column: Column | None = None
    scanner: Scanner | None = None
    detectors: Detectors | None = None
    eds: EdsSpectrometer | None = None
    pressures: Mapping[str, PressureSensor] = field(default_factory=dict)
    thermometers: Mapping[str, Thermometer] = field(default_factory=dict)
    forces: Mapping[str, ForceSensor] = field(default_factory=dict)

    def all(self) -> Iterator[Instrument]:
        """Every role that is played, each once."""
        played = (self.potentiostat, self.stage, self.column, self.scanner, self.detectors, self.eds)
        seen: list[Instrument] = []
        for role in (*played, *self.pressures.values(), *self.thermometers.values(), *self.forces.values()):
            if role is not None and not any(role is other for other in seen):
                seen.append(role)
                yield role


DriverFactory = Callable[[DriverContext], Roles]
"""What the entry point group `operando.drivers` offers: opens the links, identifies the instrument, changes nothing.

Raises:
    InstrumentError: if the instrument does not answer or is another one.
    ConfigMismatch: if an option is not known.
"""
