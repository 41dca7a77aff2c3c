"""Where and how a run was made, beyond the protocol: what a reviewer asks for and only the bench file knows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from operando.drivers.bench import BenchFile

__all__ = ["Calibration", "Circumstances", "DriverUsed", "circumstances_of"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """A calibration in force: of what, its value with its unit, and who found it when (ISO 8601)."""

    of: str
    value: str
    on: str
    by: str


@dataclass(frozen=True, slots=True)
class DriverUsed:
    """Through which driver an instrument was reached, and whether a simulator stood at its address."""

    instrument: str
    driver: str
    address: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the bench file says; empty is what it does not say.

    Args:
        earthed: electrode that is earthed, or `floating`.
        beam_permitted_below_Pa: chamber pressure that counts as vacuum.
        time_zone: in which the people live; the record itself is in UTC.
        notes: of the operator.
    """

    working_electrode: str = ""
    counter_electrode: str = ""
    earthed: str = ""
    beam_permitted_below_Pa: float | None = None
    emitter_type: str = ""
    time_zone: str = ""
    calibrations: tuple[Calibration, ...] = ()
    drivers: tuple[DriverUsed, ...] = ()
    notes: str = ""


def circumstances_of(file: "BenchFile") -> Circumstances:
    """The circumstances that a bench file tells."""
    entry = file.record
    return Circumstances(
        working_electrode=file.wiring.working_electrode,
        counter_electrode=file.wiring.counter_electrode,
        earthed=file.wiring.earthed,
        beam_permitted_below_Pa=file.vacuum.beam_permitted_below,
        emitter_type=entry.emitter_type,
        time_zone=entry.time_zone,
        calibrations=tuple(
            Calibration(name, found.value, found.on.isoformat(), found.by) for name, found in entry.calibrations.items()
        ),
        drivers=tuple(
            DriverUsed(name, used.driver, used.address, used.simulated or used.address.startswith("sim://"))
            for name, used in file.instruments.items()
        ),
        notes=entry.notes,
    )
