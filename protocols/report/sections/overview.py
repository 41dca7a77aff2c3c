"""The run at a glance."""

from operando.protocols.plan.words import time_in_words
from operando.protocols.report.blocks import Section, Table
from operando.protocols.report.material import Material
from operando.protocols.report.studio import Studio
from operando.protocols.report.troubles import Severity, troubles
from operando.protocols.report.wording import UNKNOWN, fixed, percent, with_prefix

__all__ = ["overview_section"]

COULOMB_PER_AMPERE_HOUR = 3600.0


def overview_section(material: Material, studio: Studio) -> Section:
    """The numbers that one looks for first."""
    run, samples = material.run, material.run.samples
    scans = {(row.start_s, row.region) for row in run.frames.rows}
    voltage = samples["voltage_V"]
    rows = [
        ("State of the run", str(run.outcome)),
        ("Start", material.header.wall_text(0.0)[:19].replace("T", " ") + f" ({_offset(material)})"),
        ("Duration", time_in_words(material.end_s)),
        ("Cycles", _cycles(material)),
        ("Cell voltage", f"{voltage.min():.3f} V to {voltage.max():.3f} V" if samples.size else UNKNOWN),
        ("Samples", _count(samples.size)),
        *_capacities(material),
        ("Pictures", f"{_count(len(run.frames.rows))} in {_count(len(scans))} scans"),
        ("X-ray spectra and maps", f"{len(run.spectra.points)} and {len(run.spectra.maps)}"),
        ("Impedance spectra", str(len(run.impedance))),
        ("Highest dose of a region", _dose(material)),
        ("Went wrong", _wrong(material)),
    ]
    return Section("overview", "At a glance", [Table("The run in numbers.", (), rows)])


def _offset(material: Material) -> str:
    return material.header.start_wall.strftime("UTC%z").replace("+0000", "") or UNKNOWN


def _cycles(material: Material) -> str:
    cycles = material.cycles()
    whole = sum(cycle.complete for cycle in cycles)
    return f"{whole}" if whole == len(cycles) else f"{whole}, and one that is not complete"


def _capacities(material: Material) -> list[tuple[str, str]]:
    cycles = material.cycles()
    if not cycles:
        return []
    first, found = cycles[0], []
    charge, discharge = first.charge_C / COULOMB_PER_AMPERE_HOUR, first.discharge_C / COULOMB_PER_AMPERE_HOUR
    found.append(("First charge, discharge", f"{with_prefix(charge, 'Ah')}, {with_prefix(discharge, 'Ah')}"))
    found.append(("First coulombic efficiency", percent(first.coulombic_efficiency)))
    return found


def _dose(material: Material) -> str:
    doses = [dose for dose in material.doses() if dose.total_C_per_m2]
    if not doses:
        return "none recorded"
    highest = max(doses, key=lambda dose: dose.total_C_per_m2[-1])
    return f"{fixed(highest.total_C_per_m2[-1], 'C m⁻²', 2)} ({highest.region})"


def _wrong(material: Material) -> str:
    found = [trouble.severity for trouble in troubles(material)]
    if all(severity is Severity.NOTE for severity in found):
        return "nothing" + (f" ({len(found)} note{'s' if len(found) > 1 else ''})" if found else "")
    return ", ".join(
        f"{found.count(one)} {one}{'s' if found.count(one) > 1 else ''}" for one in Severity if one in found
    )


def _count(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
