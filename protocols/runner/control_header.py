"""What the record of the control cell knows when it begins."""

from dataclasses import replace

from operando.drivers.bench.file import ControlCellEntry
from operando.drivers.roles import Potentiostat
from operando.protocols.record import RunHeader

__all__ = ["control_header"]


def control_header(run: RunHeader, entry: ControlCellEntry, potentiostat: Potentiostat) -> RunHeader:
    """The header of the run as it holds for the control cell: no microscope, a cell and a potentiostat of its own.

    What the protocol says of the first cell alone (what was cut, its hours in vacuum) is not said of this one.

    Args:
        run: the header of the run.
        entry: what the bench file says about the control cell.
        potentiostat: that has it.
    """
    circumstances, wiring = run.circumstances, entry.wiring
    if wiring is not None:
        circumstances = replace(
            circumstances,
            working_electrode=wiring.working_electrode,
            counter_electrode=wiring.counter_electrode,
            earthed=wiring.earthed,
        )
    return replace(
        run,
        run_id=f"{run.run_id}_control",
        title=f"{run.title} (control cell)",
        sample=replace(
            run.sample,
            name=entry.name or f"{run.sample.name} control",
            notes=entry.notes,
            area_after_cutting_m2=None,
            in_vacuum_before_start_s=None,
        ),
        microscope_vendor="",
        microscope_model="",
        identities=(potentiostat.identify(),),
        circumstances=replace(
            circumstances,
            emitter_type="",
            drivers=tuple(used for used in circumstances.drivers if used.instrument == entry.potentiostat),
        ),
        control_regions=(),
    )
