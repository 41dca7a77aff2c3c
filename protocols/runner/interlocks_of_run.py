"""The interlocks of one run: its rules, and what acts on them."""

from operando.drivers.bench import Bench
from operando.drivers.seam import Seam
from operando.protocols.interlocks import rules_of_run
from operando.protocols.program import Program
from operando.protocols.record import RunRecord
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.interlocks import Interlocks
from operando.protocols.runner.steering import Steering

__all__ = ["interlocks_of"]


def interlocks_of(
    program: Program, bench: Bench, seam: Seam, commands: Commands, record: RunRecord, steering: Steering
) -> Interlocks:
    """Those that are judged always, with phases if the program has any, and those that it names."""
    safety = program.safety if program.cycling and bench.has_potentiostat else None
    rules = rules_of_run(
        program.interlocks, bench.file, safety, bench.pressures, bench.thermometers, with_phases=program.has_phases
    )
    uses_beam = bool(program.captures) and bench.has_microscope
    phase = program.first_phase
    return Interlocks(rules, bench, seam, commands, record, steering, uses_beam=uses_beam, phase=phase)
