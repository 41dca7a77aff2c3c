"""Capacity by cycle."""

from pydantic import JsonValue

from operando.protocols.live.look import Look, plain
from operando.protocols.report.cycles import capacity_by_cycle

__all__ = ["cycles"]


def cycles(look: Look) -> JsonValue:
    """Charge and discharge of each cycle; the efficiency of those that are complete."""
    completed = look.ending is not None and look.ending.kind == "completed"
    return [
        {
            "cycle": one.cycle,
            "charge_C": one.charge_C,
            "discharge_C": one.discharge_C,
            "complete": one.complete,
            "efficiency": plain(one.coulombic_efficiency),
        }
        for one in capacity_by_cycle(look.samples, ended=completed)
    ]
