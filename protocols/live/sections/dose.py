"""Electron dose of each region against its budget."""

from pydantic import JsonValue

from operando.protocols.live.look import Look
from operando.protocols.report.region_dose import LITHIUM_mAh_PER_CM2, dose_by_region

__all__ = ["dose"]


def dose(look: Look) -> JsonValue:
    """Dose given and allowed, as C/m^2 and as the lithium that it could plate."""
    run, program = look.run, look.documents.program
    budget = program.dose if program else None
    return [
        {
            "region": one.region,
            "total_C_per_m2": one.total_C_per_m2[-1] if one.total_C_per_m2 else 0.0,
            "counted_C_per_m2": one.by_cycle[-1][1] if one.per_cycle and one.by_cycle else one.counted_C_per_m2,
            "worst_C_per_m2": one.counted_C_per_m2,
            "budget_C_per_m2": one.budget_C_per_m2,
            "per_cycle": one.per_cycle,
            "lithium_mAh_per_cm2": (one.total_C_per_m2[-1] if one.total_C_per_m2 else 0.0) * LITHIUM_mAh_PER_CM2,
            "frames": one.frames,
            "spectra": one.spectra,
        }
        for one in dose_by_region(run.frames.rows, run.spectra.rows, run.exposures, budget)
    ]
