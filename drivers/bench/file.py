"""The bench file: which instruments there are, where they are, and what must be respected around them."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from operando.drivers.bench.alerts import AlertsEntry
from operando.drivers.bench.judged_bench import ConformanceEntry
from operando.drivers.documents import (
    Document,
    DocumentError,
    StrictModel,
    parse_document,
    read_document,
    unknown_word,
)
from operando.drivers.units import LeakRate, Length, PositiveTime, Pressure, PressureRate, Temperature, Volume

__all__ = [
    "VIRTUAL",
    "Acceptance",
    "BenchFile",
    "BoxEntry",
    "CalibrationEntry",
    "CellEntry",
    "ControlCellEntry",
    "InstrumentEntry",
    "KeepOutBox",
    "RecordEntry",
    "StackEntry",
    "StageEntry",
    "VacuumEntry",
    "WiringEntry",
    "load_bench_file",
]

VIRTUAL = ("sim://", "replay://")
"""How the addresses begin at which virtual time passes."""

SEALED_SHARE = 0.8
"""Of the lowest pressure with which the box leaves the glovebox: cooler it may be, but not open."""
OPEN_BELOW_Pa = 1e3

AGAIN_SHARE = 0.6
"""Of the limit of the beam: well below it, and still above what real microscopes read with the beam on."""


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
    verdict: str | None = None
    """Folder with a verdict of the conformance suite about this instrument, beside the bench file."""


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
    """Limits of the chamber pressure.

    Real instruments read 0.02 to 0.04 Pa with the beam on: a limit below that would never permit a beam.

    Args:
        beam_permitted_below: where the beam may be on.
        beam_permitted_again_below: once it was too high; three fifths of the former unless it is given.
        fastest_rise: faster, and the beam goes off before the limit is reached.
        high_voltage_off_above: argon breaks down between here and atmosphere.
        box_opens_below: where the box may be opened.
        vented_above: an open box never brings so much gas: the chamber is being vented.
        frozen_after: a gauge that repeats a value exactly for so long is broken; only for one that shows its noise.
    """

    beam_permitted_below: Annotated[Pressure, Field(gt=0)] = 0.1
    beam_permitted_again_below: Annotated[Pressure, Field(gt=0)] | None = None
    fastest_rise: Annotated[PressureRate, Field(gt=0)] = 5e-3
    high_voltage_off_above: Annotated[Pressure, Field(gt=0)] = 1.0
    box_opens_below: Annotated[Pressure, Field(gt=0)] = 0.1
    vented_above: Annotated[Pressure, Field(gt=0)] = 5e3
    frozen_after: PositiveTime | None = None

    @property
    def again_below(self) -> float:
        """Where the beam is permitted again."""
        given = self.beam_permitted_again_below
        return AGAIN_SHARE * self.beam_permitted_below if given is None else given

    @model_validator(mode="after")
    def _in_order(self) -> "VacuumEntry":
        if not self.again_below <= self.beam_permitted_below <= self.high_voltage_off_above:
            raise ValueError(
                "'beam_permitted_again_below' <= 'beam_permitted_below' <= 'high_voltage_off_above' does not hold"
            )
        return self


class BoxEntry(StrictModel):
    """The sealed box.

    Args:
        design: a fall of its pressure is a leak with argon overpressure, a rise with vacuum.
        volume: of its gas.
        volume_uncertainty: of the volume, as a share of it: every figure of a leak has it.
        largest_leak: above it the interlock trips.
        transfer_pressure: lowest and highest, absolute, with which it leaves the glovebox.
        opens_within: largest difference to the chamber at which it is opened; left out if it opens by the difference.
        air_above: of a box that was closed in vacuum, or evacuated: more is air that has come in.
        frozen_after: a gauge of this kind shows its noise; one that repeats a value exactly for so long is broken.
    """

    design: Literal["argon overpressure", "vacuum"] = "argon overpressure"
    volume: Annotated[Volume, Field(gt=0)] = 2e-4
    volume_uncertainty: Annotated[float, Field(ge=0, lt=1)] = 0.05
    largest_leak: Annotated[LeakRate, Field(gt=0)] = 1e-4
    transfer_pressure: tuple[Pressure, Pressure] = (1.05e5, 1.2e5)
    opens_within: Annotated[Pressure, Field(gt=0)] | None = None
    air_above: Annotated[Pressure, Field(gt=0)] = 5e3
    frozen_after: PositiveTime | None = 1800.0

    @property
    def sealed(self) -> tuple[float | None, float | None]:
        """Where the gauge says, on the way to the microscope, that the box is still closed: above, or below."""
        if self.design == "vacuum":
            return None, self.air_above
        return SEALED_SHARE * self.transfer_pressure[0], None

    @property
    def open_below(self) -> float | None:
        """Where the gauge says that the box stands open in vacuum; None if it had none of its gas before either."""
        return None if self.design == "vacuum" else OPEN_BELOW_Pa


class StackEntry(StrictModel):
    """Limits of the stack pressure on the cell; a limit that is left out does not exist."""

    lowest: Pressure | None = None
    highest: Pressure | None = None
    fastest_fall: Annotated[PressureRate, Field(gt=0)] | None = None
    frozen_after: PositiveTime | None = None


class CellEntry(StrictModel):
    """Temperatures that the cell may have; a limit that is left out does not exist."""

    lowest_temperature: Temperature | None = None
    highest_temperature: Temperature | None = None


class ControlCellEntry(StrictModel):
    """A second cell that no beam sees, cycled beside the one in the microscope by the same protocol.

    Args:
        potentiostat: the instrument that has it; the other potentiostat of the bench has the cell in the beam.
        name: of the cell; that of the first one with `control` behind it unless it is given.
        wiring: how it is connected; as the first one unless it is given.
        notes: for its record.
    """

    potentiostat: str
    name: str = ""
    wiring: WiringEntry | None = None
    notes: str = ""


class CalibrationEntry(StrictModel):
    """A calibration that is in force: its value with its unit, and who found it when.

    `good_for` is its age limit; the five that operando knows (`docs/calibrations.md`) have one of their own.
    """

    value: Annotated[str, Field(min_length=1)]
    on: date
    by: Annotated[str, Field(min_length=1)]
    good_for: PositiveTime | None = None


class RecordEntry(StrictModel):
    """What a record needs to know about where it was made.

    Args:
        emitter_type: of the microscope's gun (`schottky`, `tungsten`).
        time_zone: in which the people live (`Europe/Berlin`); the record itself is in UTC.
        calibrations: those in force, by what they are of (`beam current`, `pixel size`).
        notes: of the operator, about this bench.
    """

    institution: str
    operator: str
    microscope_vendor: str = ""
    microscope_model: str = ""
    emitter_type: str = ""
    time_zone: str = ""
    calibrations: dict[str, CalibrationEntry] = Field(default_factory=dict)
    notes: str = ""


class BenchFile(StrictModel):
    """A bench as written."""

    operando_bench: Literal[1]
    name: str
    instruments: dict[str, InstrumentEntry]
    stage: StageEntry = StageEntry()
    wiring: WiringEntry = WiringEntry()
    vacuum: VacuumEntry = VacuumEntry()
    box: BoxEntry = BoxEntry()
    stack: StackEntry = StackEntry()
    cell: CellEntry = CellEntry()
    control_cell: ControlCellEntry | None = None
    conformance: ConformanceEntry = ConformanceEntry()
    alerts: AlertsEntry | None = None
    world: dict[str, JsonValue] = Field(default_factory=dict)
    measured_current_to: str | None = None
    """Control address of `operando simulate`, whose world follows what a real potentiostat of this bench measures."""
    record: RecordEntry

    @property
    def simulated(self) -> bool:
        """Whether every address leads into the simulated world, or into a recording: in virtual time."""
        return all(entry.address.startswith(VIRTUAL) for entry in self.instruments.values())


def load_bench_file(source: Path | str, name: str = "bench") -> tuple[Document, BenchFile]:
    """Read a bench file, or take its text, which goes by a name.

    Raises:
        DocumentError: with file, line and what is allowed.
    """
    document = read_document(source) if isinstance(source, Path) else parse_document(source, name)
    if isinstance(document.data, dict) and "operando_bench" not in document.data and "operando" in document.data:
        what = "this is a protocol; a bench file begins with 'operando_bench: 1'"
        raise DocumentError([document.problem(("operando",), what)])
    file = document.validate(BenchFile)
    control = file.control_cell
    if control is not None and control.potentiostat not in file.instruments:
        what = unknown_word("instrument", control.potentiostat, tuple(file.instruments))
        raise DocumentError([document.problem(("control_cell", "potentiostat"), what)])
    return document, file
