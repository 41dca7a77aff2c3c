"""Impedance: the spectra and the high-frequency resistance."""

from operando.protocols.report.blocks import Column, Section, Table
from operando.protocols.report.figures import draw_impedance
from operando.protocols.report.material import Material
from operando.protocols.report.resistance import high_frequency_resistance
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import fixed, in_hours, setting

__all__ = ["impedance_section"]

FEWEST_POINTS = 3


def impedance_section(material: Material, studio: Studio) -> Section | None:
    """None if nothing was measured. The test of the contacts before cycle 1 stands in the table only."""
    spectra = material.run.impedance
    if not spectra:
        return None
    area_m2 = material.header.sample.area_m2
    drawn = [one for one in spectra if one.cycle > 0 and len(one.points) >= FEWEST_POINTS]
    rows, upper = [], False
    for one in spectra:
        resistance, crosses = high_frequency_resistance(one)
        upper |= not crosses
        bound = "" if crosses else "≤\u202f"
        frequency = one.points["frequency_Hz"]
        rows.append(
            (
                in_hours(float(one.points["time_s"][0])),
                str(one.cycle) if one.cycle else "pre-flight",
                f"{setting(float(frequency.max()), 'Hz')} to {setting(float(frequency.min()), 'Hz')}",
                str(frequency.size),
                bound + fixed(resistance, "", 1),
                bound + fixed(resistance * area_m2 * 1e4, "", 1) if area_m2 else "unknown",
                fixed(float(one.points["real_ohm"][frequency.argmin()]), "", 1),
            )
        )
    columns = (
        Column("Time", numbers=True),
        Column("Cycle", numbers=True),
        Column("Frequencies"),
        Column("Points", numbers=True),
        Column("High-frequency resistance", "Ω", numbers=True),
        Column("× area", "Ω cm²", numbers=True),
        Column("Re(Z) at the lowest frequency", "Ω", numbers=True),
    )
    note = "≤: the spectrum does not cross the real axis; Re(Z) at its highest frequency is an upper estimate."
    table = Table("Impedance spectra.", columns, rows, note=note if upper else "")
    if not drawn:
        return Section("impedance", "Impedance", [table])
    figure = studio.place(
        "impedance",
        draw_impedance(drawn, simulated=material.simulated),
        "Impedance spectra (a; large points: whole decades of frequency) and high-frequency resistance (b; hollow: "
        "upper estimate).",
    )
    return Section("impedance", "Impedance", [figure, table])
