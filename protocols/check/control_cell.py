"""Can the potentiostat of the control cell do the same?"""

from collections.abc import Iterator
from dataclasses import replace

from operando.drivers.roles import PotentiostatCapabilities
from operando.protocols.check.finding import Finding, warning
from operando.protocols.check.potentiostat import check_potentiostat
from operando.protocols.program import Program

__all__ = ["check_control_cell"]


def check_control_cell(program: Program, can: PotentiostatCapabilities | None) -> Iterator[Finding]:
    """The same questions as for the first potentiostat; none if the bench has no control cell."""
    if can is None:
        return
    if not program.cycling:
        yield warning(
            0,
            "the bench has a control cell, and the protocol cycles none: it is left alone",
            "Take control_cell out of the bench file, or give the protocol cycling steps.",
        )
    for found in check_potentiostat(program, can):
        yield replace(found, what=f"control cell: {found.what}")
