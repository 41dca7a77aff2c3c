"""Electron dose of each region, against its budget."""

from operando.protocols.record.describe import spots_seen
from operando.protocols.record.metadata import SpotSeen
from operando.protocols.report.blocks import Block, Column, Section, Table
from operando.protocols.report.figures import draw_dose
from operando.protocols.report.material import Material
from operando.protocols.report.region_dose import LITHIUM_mAh_PER_CM2, RegionDose
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import fixed, power_of_ten

__all__ = ["dose_section"]

_SPOTS_SHOWN = 12
UNKNOWN_DOSE = "unknown dose"
"""Source of the events that say so."""


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
    unknown = {event.details.get("region") for event in material.run.events if event.source == UNKNOWN_DOSE}
    if unknown:
        note += " At least (≥): what was given while somebody else held the microscope is not known."
    rows = [_row(dose, known=dose.region not in unknown) for dose in doses]
    blocks.append(Table("Dose by region.", columns, rows, over, note))
    blocks += _spots(material)
    return Section("dose", "Electron dose", blocks)


def _used(dose: RegionDose) -> float:
    return dose.counted_C_per_m2 / dose.budget_C_per_m2 if dose.budget_C_per_m2 else 0.0


def _row(dose: RegionDose, *, known: bool) -> tuple[str, ...]:
    total = dose.total_C_per_m2[-1] if dose.total_C_per_m2 else None
    fullest = max((given for _, given in dose.by_cycle), default=None)
    budget = dose.budget_C_per_m2
    allowed = "none" if budget is None else f"{budget:g}" + (" per cycle" if dose.per_cycle else "")
    return (
        dose.region,
        str(dose.frames),
        str(dose.spectra),
        "–" if total is None else ("" if known else "≥ ") + fixed(total, "", 3),
        "–" if total is None else power_of_ten(total * LITHIUM_mAh_PER_CM2, ""),
        "–" if fullest is None else fixed(fullest, "", 3),
        allowed,
        "–" if budget is None or total is None else fixed(100.0 * _used(dose), "", 0),
    )


def _spots(material: Material) -> list[Table]:
    """Those with the most dose, and what the protocol allows each."""
    known = [spot for spot in spots_seen(material.run.spectra.rows) if spot.dose_C_per_m2 is not None]
    if not known:
        return []
    worst = sorted(known, key=lambda spot: -(spot.dose_C_per_m2 or 0.0))[:_SPOTS_SHOWN]
    columns = (
        Column("Region"),
        Column("Right", "% of the field", numbers=True),
        Column("Down", "% of the field", numbers=True),
        Column("Spectra, maps", numbers=True),
        Column("Total dose", "C m⁻²", numbers=True),
        Column("as charge", "mAh cm⁻²", numbers=True),
    )
    budget = material.program.dose.per_spot_C_per_m2 if material.program else None
    over = {i: "error" for i, spot in enumerate(worst) if budget is not None and (spot.dose_C_per_m2 or 0.0) > budget}
    allowed = "The protocol has no budget for a spot." if budget is None else f"Budget of a spot: {budget:g} C m⁻²."
    title = f"Dose by spot of the parked beam ({len(worst)} of {len(known)}, those with the most)."
    note = f"{allowed} A map counts as its first spot."
    return [Table(title, columns, [_spot_row(spot) for spot in worst], over, note)]


def _spot_row(spot: SpotSeen) -> tuple[str, ...]:
    dose = spot.dose_C_per_m2 or 0.0
    return (
        spot.region,
        fixed(100.0 * spot.x, "", 1),
        fixed(100.0 * spot.y, "", 1),
        str(spot.spectra),
        fixed(dose, "", 1),
        power_of_ten(dose * LITHIUM_mAh_PER_CM2, ""),
    )
