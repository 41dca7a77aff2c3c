"""What a dry run and a check need to know of a bench: capabilities, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from operando.drivers.bench import Bench
from operando.drivers.bench.file import CalibrationEntry
from operando.drivers.roles import (
    ColumnCapabilities,
    EdsCapabilities,
    PotentiostatCapabilities,
    ScannerCapabilities,
    StageCapabilities,
    StagePosition,
)
from operando.protocols.calibrations import simulated_throughout

__all__ = ["BenchFacts", "bench_facts"]


@dataclass(frozen=True, slots=True)
class BenchFacts:
    """Capabilities of the instruments that are there; None for those that are not.

    Args:
        control_potentiostat: that of the control cell.
        detectors: their names.
        stage_position: where the stage was found, for the axes that a protocol leaves out.
        pressures: what the gauges measure (`box`, `chamber`).
        thermometers: what the thermometers measure (`box`, `cell`).
        forces: what the force sensors measure (`stack`).
        calibrations: that the bench file names; None on a bench that is simulated throughout, which needs none.
        day: of the run.
    """

    potentiostat: PotentiostatCapabilities | None = None
    control_potentiostat: PotentiostatCapabilities | None = None
    stage: StageCapabilities | None = None
    column: ColumnCapabilities | None = None
    scanner: ScannerCapabilities | None = None
    eds: EdsCapabilities | None = None
    detectors: tuple[str, ...] = ()
    stage_position: StagePosition | None = None
    pressures: tuple[str, ...] = ()
    thermometers: tuple[str, ...] = ()
    forces: tuple[str, ...] = ()
    calibrations: Mapping[str, CalibrationEntry] | None = None
    day: date | None = None


def bench_facts(bench: Bench) -> BenchFacts:
    """The facts of an open bench. Only reads.

    Raises:
        InstrumentError: if the stage does not tell its position, or a role is played twice.
    """
    with_microscope, control = bench.has_microscope, bench.control_potentiostat
    return BenchFacts(
        potentiostat=bench.potentiostat.capabilities if bench.has_potentiostat else None,
        control_potentiostat=control.capabilities if control is not None else None,
        stage=bench.stage.capabilities if with_microscope else None,
        column=bench.column.capabilities if with_microscope else None,
        scanner=bench.scanner.capabilities if with_microscope else None,
        eds=bench.eds.capabilities if bench.has_eds else None,
        detectors=bench.detectors.available() if with_microscope else (),
        stage_position=bench.stage.position() if with_microscope else None,
        pressures=tuple(bench.pressures),
        thermometers=tuple(bench.thermometers),
        forces=tuple(bench.forces),
        calibrations=None if simulated_throughout(bench.file) else bench.file.record.calibrations,
        day=bench.clock.wall().date(),
    )
