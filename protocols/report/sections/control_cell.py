"""The control cell beside the cell in the beam: what the beam may have done is what differs."""

import math
from collections.abc import Mapping

from operando.protocols.reading import Run
from operando.protocols.report.blocks import Block, Column, Paragraph, Section, Table
from operando.protocols.report.cycles import CycleCapacity, capacity_by_cycle
from operando.protocols.report.figures import draw_two_cells
from operando.protocols.report.material import COMPLETED, Material
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import UNKNOWN, fixed, in_hours, percent

__all__ = ["control_cell_section"]

COULOMB_PER_mAh = 3.6


def control_cell_section(material: Material, studio: Studio) -> Section | None:
    """Capacity by cycle of both, and their difference; None if there was no control cell."""
    control = material.run.control
    if control is None:
        return None
    blocks: list[Block] = [
        Paragraph(
            f"{control.header.sample.name} was cycled outside the beam by the same protocol on a potentiostat of its "
            f"own ({', '.join(str(identity) for identity in control.header.identities) or UNKNOWN}). "
            f"Its record, whole and of the same form, is the folder control/ of the run; it ended as {control.outcome}."
        ),
        *_failure(material),
    ]
    first = material.cycles()
    other = capacity_by_cycle(control.samples, ended=control.outcome == COMPLETED)
    if first or other:
        blocks.append(
            studio.place(
                "control_cell",
                draw_two_cells(first, other, simulated=material.simulated),
                "Discharge capacity and coulombic efficiency by cycle: filled in the beam, hollow the control cell.",
                half=True,
            )
        )
        blocks.append(_table(_by_cycle(first), _by_cycle(other)))
    blocks.append(_pauses(control))
    return Section("control", "The control cell", blocks)


def _failure(material: Material) -> list[Block]:
    return [
        Paragraph(f"The control cell failed at {in_hours(event.time_s)}: {event.message}", "warning")
        for event in material.run.events
        if (event.source, event.kind) == ("control cell", "failed")
    ]


def _by_cycle(cycles: list[CycleCapacity]) -> dict[int, CycleCapacity]:
    return {cycle.cycle: cycle for cycle in cycles}


def _table(first: Mapping[int, CycleCapacity], other: Mapping[int, CycleCapacity]) -> Table:
    columns = (
        Column("Cycle", numbers=True),
        Column("Discharge, in the beam", "mAh", numbers=True),
        Column("Discharge, control", "mAh", numbers=True),
        Column("Difference", "%", numbers=True),
        Column("Coulombic efficiency, in the beam", "%", numbers=True),
        Column("Coulombic efficiency, control", "%", numbers=True),
    )
    rows = [_row(cycle, first.get(cycle), other.get(cycle)) for cycle in sorted({*first, *other})]
    note = "Difference: in the beam less control, through control. A cycle that is not complete is not compared."
    return Table("Both cells by cycle.", columns, rows, note=note)


def _row(cycle: int, first: CycleCapacity | None, other: CycleCapacity | None) -> tuple[str, ...]:
    return (
        str(cycle),
        _capacity(first),
        _capacity(other),
        _percent(_difference(first, other)),
        _percent(first.coulombic_efficiency if first else math.nan),
        _percent(other.coulombic_efficiency if other else math.nan),
    )


def _capacity(cycle: CycleCapacity | None) -> str:
    return "–" if cycle is None else fixed(cycle.discharge_C / COULOMB_PER_mAh, "", 4)


def _difference(first: CycleCapacity | None, other: CycleCapacity | None) -> float:
    if first is None or other is None or not (first.complete and other.complete) or other.discharge_C <= 0:
        return math.nan
    return first.discharge_C / other.discharge_C - 1.0


def _percent(part: float) -> str:
    return "–" if math.isnan(part) else percent(part, 2).removesuffix("\u202f%")


def _pauses(control: Run) -> Paragraph:
    """How far the histories of the two differ by pauses: by polls, and by waiting for the other."""
    apart_s = [
        abs(float(own_s) - float(first_s))
        for event in control.events
        if event.kind == "pause shared"
        and isinstance(own_s := event.details["own_s"], float)
        and isinstance(first_s := event.details["first_s"], float)
    ]
    if not apart_s:
        return Paragraph("No pause was shared: each cell went by its own clock all along.")
    return Paragraph(f"{len(apart_s)} pauses were shared; they differ by {fixed(max(apart_s), 's', 1)} at most.")
