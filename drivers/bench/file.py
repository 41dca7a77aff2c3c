"""The bench file: which instruments there are, where they are, and what must be respected around them."""

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, JsonValue

from operando.drivers.documents import Document, StrictModel, parse_document, read_document
from operando.drivers.units import LeakRate, Length, Pressure, Volume

__all__ = [
    "Acceptance",
    "BenchFile",
    "BoxEntry",
    "InstrumentEntry",
    "KeepOutBox",
    "RecordEntry",
    "StageEntry",
    "VacuumEntry",
    "WiringEntry",
    "load_bench_file",
]


class Acceptance(StrictModel):
    """Who answers for a driver that has never been on hardware."""

    by: str
    on: date


class InstrumentEntry(StrictModel):
    """One instrument: its driver, its address and what its driver wants to know."""

    driver: str
    address: str
    options: dict[str, JsonValue] = Field(default_factory=dict)
    accept_untested_on_hardware: Acceptance | None = None
    simulated: bool = False
    """At the address is a served simulator; believed for loopback addresses only."""


class KeepOutBox(StrictModel):
    """A box in stage coordinates that the stage never enters."""

    x: tuple[Length, Length]
    y: tuple[Length, Length]
    z: tuple[Length, Length]


class StageEntry(StrictModel):
    """Limits that the bench sets on top of the microscope's own."""

    keep_out: tuple[KeepOutBox, ...] = ()
    minimum_working_distance: Length = 0.0
    arrival_tolerance: Length = 2e-6


class WiringEntry(StrictModel):
    """How the cell is connected."""

    working_electrode: str = "NMC composite"
    counter_electrode: str = "lithium"
    earthed: Literal["working electrode", "counter electrode", "floating"] = "floating"


class VacuumEntry(StrictModel):
    """The chamber pressure below which the beam may be on."""

    beam_permitted_below: Pressure = 0.1


class BoxEntry(StrictModel):
    """The sealed box: its volume, and the leak above which the interlock trips."""

    volume: Volume = 2e-4
    largest_leak: LeakRate = 1e-4


class RecordEntry(StrictModel):
    """What a record needs to know about where it was made."""

    institution: str
    operator: str
    microscope_vendor: str = ""
    microscope_model: str = ""


class BenchFile(StrictModel):
    """A bench as written."""

    operando_bench: Literal[1]
    name: str
    instruments: dict[str, InstrumentEntry]
    stage: StageEntry = StageEntry()
    wiring: WiringEntry = WiringEntry()
    vacuum: VacuumEntry = VacuumEntry()
    box: BoxEntry = BoxEntry()
    world: dict[str, JsonValue] = Field(default_factory=dict)
    record: RecordEntry

    @property
    def simulated(self) -> bool:
        """Whether every address leads into the simulated world, in virtual time."""
        return all(entry.address.startswith("sim://") for entry in self.instruments.values())


def load_bench_file(source: Path | str, name: str = "bench") -> tuple[Document, BenchFile]:
    """Read a bench file, or take its text, which goes by a name.

    Raises:
        DocumentError: with file, line and what is allowed.
    """
    document = read_document(source) if isinstance(source, Path) else parse_document(source, name)
    return document, document.validate(BenchFile)
