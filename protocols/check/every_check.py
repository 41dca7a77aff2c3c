"""The arithmetic that people forget: a program against the capabilities of a bench."""

from operando.protocols.check.calibrations import check_calibrations
from operando.protocols.check.collisions import check_collisions
from operando.protocols.check.control_cell import check_control_cell
from operando.protocols.check.dose import check_dose
from operando.protocols.check.finding import Finding
from operando.protocols.check.focus import check_focus
from operando.protocols.check.interlocks import check_interlocks
from operando.protocols.check.phases import check_phases
from operando.protocols.check.pictures import check_pictures
from operando.protocols.check.potentiostat import check_potentiostat
from operando.protocols.check.safety import check_safety
from operando.protocols.check.sense import check_sense
from operando.protocols.check.stage import check_stage
from operando.protocols.check.timing import check_timing
from operando.protocols.check.triggers import check_triggers
from operando.protocols.check.unused import check_unused
from operando.protocols.check.xrays import check_xrays
from operando.protocols.plan import BenchFacts, Plan, plan
from operando.protocols.program import Program

__all__ = ["check"]


def check(program: Program, facts: BenchFacts | None = None, rehearsal: Plan | None = None) -> list[Finding]:
    """Everything that speaks against running a program, errors first, then by line.

    Args:
        program: a loaded protocol.
        facts: of the bench; without them only what needs no bench is checked.
        rehearsal: its dry run with the same facts, if there is one already.
    """
    known = facts or BenchFacts()
    dry_run = rehearsal or plan(program, known)
    findings = [
        *check_safety(program),
        *check_sense(program, facts),
        *check_unused(program),
        *check_phases(program, facts),
        *check_triggers(program, facts),
        *check_timing(program, known),
        *check_collisions(dry_run),
        *check_dose(program, dry_run),
        *check_focus(program, facts, dry_run),
    ]
    if facts is not None:
        findings += check_potentiostat(program, facts.potentiostat)
        findings += check_control_cell(program, facts.control_potentiostat)
        findings += check_stage(program, facts)
        findings += check_pictures(program, facts)
        findings += check_xrays(program, facts)
        findings += check_interlocks(program, facts)
        findings += check_calibrations(program, facts)
    return sorted(findings, key=lambda finding: (finding.severity != "error", finding.line))
