"""What a record knows when it begins: of the program, of the bench, and of who answers on it."""

from pathlib import Path

from operando.drivers.bench import Bench
from operando.protocols.program import Program
from operando.protocols.record import RunHeader, circumstances_of, name_for_files

__all__ = ["header_of", "run_id"]


def header_of(program: Program, bench: Bench, bench_text: str, operator: str = "") -> RunHeader:
    """The header of a run that is about to begin.

    Args:
        program: what is to be done.
        bench: open; every instrument is asked who it is.
        bench_text: of the bench file, which is kept in the record.
        operator: name for the record; empty takes the bench file's.

    Raises:
        InstrumentError: if one does not answer.
    """
    entry = bench.file.record
    return RunHeader(
        run_id=run_id(bench, program),
        title=program.title,
        sample=program.sample,
        institution=entry.institution,
        operator=operator or entry.operator,
        start_wall=bench.clock.epoch,
        simulated=bench.file.simulated,
        microscope_vendor=entry.microscope_vendor,
        microscope_model=entry.microscope_model,
        protocol_file=Path(program.file).name,
        protocol_text=program.text,
        bench_text=bench_text,
        attachments=program.attachments,
        identities=tuple(role.identify() for role in bench.one_role_each()),
        circumstances=circumstances_of(bench.file),
        control_regions=tuple(region.name for region in program.regions.values() if region.only),
    )


def run_id(bench: Bench, program: Program) -> str:
    """Names a run by its start, its sample and, in a simulated world, the seed: equal runs have equal names."""
    name = f"{bench.clock.epoch:%Y%m%dT%H%M%SZ}_{name_for_files(program.sample.name)}"
    return f"{name}_seed{bench.file.world.get('seed', 1)}" if bench.file.simulated else name
