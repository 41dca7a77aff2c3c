"""What is told of the cell under test, apart from the program: who reads a record needs nothing of what runs."""

from dataclasses import dataclass

__all__ = ["SampleInfo"]


@dataclass(frozen=True, slots=True)
class SampleInfo:
    """The cell under test; None or empty is what the protocol does not say.

    Args:
        area_m2: current densities refer to it.
        area_after_cutting_m2: of what was put into the microscope.
        stack_pressure_Pa: as mounted.
        temperature_K: at which the cell is held.
        prepared: date of the assembly, ISO 8601.
        elements: in the cell, as chemical symbols.
        in_vacuum_before_start_s: how long the cell was in vacuum already.
    """

    name: str
    nominal_capacity_C: float | None = None
    area_m2: float | None = None
    batch: str = ""
    notes: str = ""
    active_mass_kg: float | None = None
    area_after_cutting_m2: float | None = None
    electrode_preparation: str = ""
    assembly: str = ""
    stack_pressure_Pa: float | None = None
    temperature_K: float | None = None
    prepared: str = ""
    elements: tuple[str, ...] = ()
    in_vacuum_before_start_s: float | None = None
