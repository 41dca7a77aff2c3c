"""What was run, on what, by whom and with which versions."""

from operando.protocols.report.blocks import Block, Column, Listing, Section, Table
from operando.protocols.report.calibrations import calibrations_table
from operando.protocols.report.material import Material
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import UNKNOWN, fixed, in_hours, known, with_prefix

__all__ = ["setting_section"]

COULOMB_PER_AMPERE_HOUR = 3600.0
M2_PER_CM2 = 1e-4
ZERO_CELSIUS_K = 273.15
HOUR_S = 3600.0


def setting_section(material: Material, studio: Studio) -> Section:
    """Sample, experiment, instruments, calibrations, versions; the documents as run are folded away."""
    header = material.header
    blocks: list[Block] = [
        Table("Sample.", (), _sample(material)),
        Table("Experiment.", (), _experiment(material)),
        _instruments(material),
    ]
    if (calibrations := calibrations_table(material)) is not None:
        blocks.append(calibrations)
    if material.metadata and material.metadata.operator_notes:
        columns = (Column("Time", numbers=True), Column("Who"), Column("Note"))
        notes = [(in_hours(one.time_s), known(one.who), one.text) for one in material.metadata.operator_notes]
        blocks.append(Table("Notes of the operator.", columns, notes))
    blocks.append(Table("Versions.", (), _versions(material)))
    blocks.append(Listing(f"The protocol as run ({header.protocol_file})", header.protocol_text))
    blocks.append(Listing("The bench file as run", header.bench_text))
    return Section("setting", "What was run", blocks)


def _sample(material: Material) -> list[tuple[str, str]]:
    sample = material.header.sample
    capacity_C, vacuum_s, held_K = sample.nominal_capacity_C, sample.in_vacuum_before_start_s, sample.temperature_K
    mass_g = None if sample.active_mass_kg is None else 1e3 * sample.active_mass_kg
    measured = material.metadata.hours_in_vacuum if material.metadata else None
    return [
        ("Name", sample.name),
        ("Batch", known(sample.batch)),
        ("Nominal capacity", with_prefix(None if capacity_C is None else capacity_C / COULOMB_PER_AMPERE_HOUR, "Ah")),
        ("Active mass", with_prefix(mass_g, "g")),
        ("Area", _area(sample.area_m2)),
        ("Area after cutting", _area(sample.area_after_cutting_m2)),
        ("Elements", ", ".join(sample.elements) or UNKNOWN),
        ("Electrodes", known(sample.electrode_preparation)),
        ("Assembly", known(sample.assembly)),
        ("Prepared", known(sample.prepared)),
        ("Stack pressure as mounted", with_prefix(sample.stack_pressure_Pa, "Pa")),
        ("Held at", fixed(None if held_K is None else held_K - ZERO_CELSIUS_K, "°C", 1)),
        ("In vacuum before the start", fixed(None if vacuum_s is None else vacuum_s / HOUR_S, "h", 1)),
        ("In vacuum during the run", fixed(measured, "h", 1)),
        ("Notes", sample.notes.strip() or "none"),
    ]


def _area(area_m2: float | None) -> str:
    return fixed(None if area_m2 is None else area_m2 / M2_PER_CM2, "cm²", 3)


def _experiment(material: Material) -> list[tuple[str, str]]:
    header, bench = material.header, material.bench
    told = header.circumstances
    return [
        ("Protocol", f"{header.title} ({header.protocol_file})"),
        ("Run", header.run_id),
        ("Bench", bench.name if bench else UNKNOWN),
        ("Institution", known(header.institution)),
        ("Operator", known(header.operator)),
        ("Start", header.wall_text(0.0)),
        ("Time zone of the laboratory", known(told.time_zone)),
        ("Microscope", known(f"{header.microscope_vendor} {header.microscope_model}")),
        ("Emitter", known(told.emitter_type)),
        ("Working electrode", known(told.working_electrode)),
        ("Counter electrode", known(told.counter_electrode)),
        ("Earthed", known(told.earthed)),
        ("Control regions", ", ".join(header.control_regions) or "none"),
        ("Notes on the bench", told.notes.strip() or "none"),
    ]


def _instruments(material: Material) -> Table:
    header = material.header
    drivers = {one.address: one for one in header.circumstances.drivers}
    columns = [
        Column("Vendor"),
        Column("Model"),
        Column("Serial"),
        Column("Firmware"),
        Column("Driver"),
        Column("Address"),
    ]
    rows = []
    for one in header.identities:
        used = drivers.get(one.address)
        driver = UNKNOWN if used is None else used.driver + (" (simulated)" if used.simulated else "")
        words = (one.vendor, one.model, one.serial, one.firmware)
        rows.append((*(known(word) for word in words), driver, one.address))
    return Table("Instruments, in their own words.", tuple(columns), rows)


def _versions(material: Material) -> list[tuple[str, str]]:
    rows = []
    for line in material.environment.splitlines():
        name, _, version = line.partition(" ")
        if name:
            rows.append((name, version))
    return rows or [("environment.txt", UNKNOWN)]
