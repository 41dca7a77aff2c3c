"""Electron dose of each region, against its budget."""

from operando.protocols.report.blocks import Block, Column, Paragraph, Section, Table
from operando.protocols.report.figures import draw_dose
from operando.protocols.report.material import Material
from operando.protocols.report.region_dose import LITHIUM_mAh_PER_CM2, RegionDose
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import fixed, power_of_ten

__all__ = ["dose_section"]


def dose_section(material: Material, studio: Studio) -> Section | None:
    """None if no beam was on the specimen."""
    doses = material.doses()
    if not doses:
        return None
    blocks: list[Block] = []
    if any(dose.times_s for dose in doses):
        drawn = draw_dose(doses, simulated=material.simulated)
        caption = "Electron dose of the regions (a), and what of the budget is used where there is one (b)."
        blocks.append(studio.place("dose", drawn, caption))
    columns = (
        Column("Region"),
        Column("Pictures", numbers=True),
        Column("Spectra, maps", numbers=True),
        Column("Total dose", "C m⁻²", numbers=True),
        Column("as charge", "mAh cm⁻²", numbers=True),
        Column("Fullest cycle", "C m⁻²", numbers=True),
        Column("Budget", "C m⁻²", numbers=True),
        Column("Used", "%", numbers=True),
    )
    over = {i: "error" for i, dose in enumerate(doses) if _used(dose) > 1.0}
    note = (
        "Pictures, focusing and X-ray maps, over the whole field. As charge: what the beam would plate if each of its "
        "electrons did."
    )
    blocks.append(Table("Dose by region.", columns, [_row(dose) for dose in doses], over, note))
    if (spots := _spots(material)) is not None:
        blocks.append(spots)
    return Section("dose", "Electron dose", blocks)


def _used(dose: RegionDose) -> float:
    return dose.counted_C_per_m2 / dose.budget_C_per_m2 if dose.budget_C_per_m2 else 0.0


def _row(dose: RegionDose) -> tuple[str, ...]:
    total = dose.total_C_per_m2[-1] if dose.total_C_per_m2 else None
    fullest = max((given for _, given in dose.by_cycle), default=None)
    budget = dose.budget_C_per_m2
    allowed = "none" if budget is None else f"{budget:g}" + (" per cycle" if dose.per_cycle else "")
    return (
        dose.region,
        str(dose.frames),
        str(dose.spectra),
        "–" if total is None else fixed(total, "", 3),
        "–" if total is None else power_of_ten(total * LITHIUM_mAh_PER_CM2, ""),
        "–" if fullest is None else fixed(fullest, "", 3),
        allowed,
        "–" if budget is None or total is None else fixed(100.0 * _used(dose), "", 0),
    )


def _spots(material: Material) -> Paragraph | None:
    doses = [row.dose_C_per_m2 for row in material.run.spectra.rows if row.dose_C_per_m2 == row.dose_C_per_m2]
    if not doses:
        return None
    budget = material.program.dose.per_spot_C_per_m2 if material.program else None
    allowed = "no budget" if budget is None else f"budget {power_of_ten(budget, 'C m⁻²')}"
    highest = max(doses)
    charge = power_of_ten(highest * LITHIUM_mAh_PER_CM2, "mAh cm⁻²")
    words = f"Parked beam: the spot with the most dose had {power_of_ten(highest, 'C m⁻²')} ({charge}); {allowed}."
    return Paragraph(words, "warning" if budget is not None and highest > budget else "")
