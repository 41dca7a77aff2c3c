"""The cell: its history, and capacity and efficiency by cycle."""

from operando.protocols.report.blocks import Block, Column, Paragraph, Section, Table
from operando.protocols.report.cycles import CycleCapacity
from operando.protocols.report.figures import draw_capacity, draw_cell_history, draw_voltage_profiles
from operando.protocols.report.material import Material
from operando.protocols.report.sessions import away, elsewhere
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import fixed, percent

__all__ = ["cell_section"]

COULOMB_PER_mAh = 3.6


def cell_section(material: Material, studio: Studio) -> Section:
    """Curves with picture marks, voltage profiles, capacities."""
    samples = material.run.samples
    if not samples.size:
        return Section("cell", "The cell", [Paragraph("No sample is recorded.", "warning")])
    pictures = sorted({frame.start_s for frame in material.run.frames.rows})
    spectra = sorted({row.start_s for row in material.run.spectra.rows})
    simulated = material.simulated
    blocks: list[Block] = [
        studio.place(
            "cell",
            draw_cell_history(
                samples, pictures, spectra, elsewhere(material.run), away(material.run), simulated=simulated
            ),
            "History of the cell: voltage, current and charge of each step; positive current charges. "
            "Bars mark scans, diamonds X-ray spectra and maps.",
        )
    ]
    cycles = material.cycles()
    if cycles:
        nominal_C = material.header.sample.nominal_capacity_C
        blocks += [
            studio.place(
                "voltage_profiles",
                draw_voltage_profiles(samples, simulated=simulated),
                "Voltage against capacity, by cycle.",
                half=True,
            ),
            studio.place(
                "capacity",
                draw_capacity(cycles, nominal_C, simulated=simulated),
                "Capacity and coulombic efficiency by cycle; hollow: not complete.",
                half=True,
            ),
            _table(cycles, material.header.sample.area_m2),
        ]
    return Section("cell", "The cell", blocks)


def _table(cycles: list[CycleCapacity], area_m2: float | None) -> Table:
    columns = [
        Column("Cycle", numbers=True),
        Column("Charge", "mAh", numbers=True),
        Column("Discharge", "mAh", numbers=True),
        Column("Coulombic efficiency", "%", numbers=True),
        Column("Mean charge voltage", "V", numbers=True),
        Column("Mean discharge voltage", "V", numbers=True),
    ]
    if area_m2:
        columns.insert(3, Column("Discharge", "mAh cm⁻²", numbers=True))
    rows = []
    for cycle in cycles:
        efficiency = percent(cycle.coulombic_efficiency, 2).removesuffix("\u202f%")
        row = [
            f"{cycle.cycle}" + ("" if cycle.complete else " (not complete)"),
            fixed(cycle.charge_C / COULOMB_PER_mAh, "", 4),
            fixed(cycle.discharge_C / COULOMB_PER_mAh, "", 4),
            efficiency if cycle.complete else "–",
            fixed(cycle.mean_charge_V, "", 3),
            fixed(cycle.mean_discharge_V, "", 3),
        ]
        if area_m2:
            row.insert(3, fixed(cycle.discharge_C / COULOMB_PER_mAh / (area_m2 * 1e4), "", 3))
        rows.append(tuple(row))
    note = "Charges as the potentiostat integrated them; mean voltages are energy through charge."
    return Table("Capacity by cycle.", tuple(columns), rows, note=note)
