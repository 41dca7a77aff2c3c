"""A phase as a value: what it allows, what it follows, and what keeps it from beginning."""

from dataclasses import dataclass
from enum import StrEnum

from operando.drivers.roles import Impedance, OpenCircuit, Technique
from operando.protocols.interlocks import Action, Condition, Phase

__all__ = ["Deed", "PhaseDescription", "deed_of"]


class Deed(StrEnum):
    """Something that operando does to cell or microscope, and that a phase allows or not."""

    REST = "rest"
    """The cell at open circuit, recorded; spectra at open circuit, too."""
    CURRENT = "current"
    """A step that drives a current through the cell."""
    BEAM = "beam"
    """The beam on the specimen, and everything that prepares it."""
    HIGH_VOLTAGE = "high voltage"
    STAGE = "stage"
    """The stage moves."""


def deed_of(technique: Technique) -> Deed:
    """What a step does to the cell; the current of a spectrum at open circuit is none on the mean."""
    at_rest = isinstance(technique, OpenCircuit) or (isinstance(technique, Impedance) and technique.bias_V is None)
    return Deed.REST if at_rest else Deed.CURRENT


@dataclass(frozen=True, slots=True)
class PhaseDescription:
    """One phase of the way, the same for both designs of box; limits that a design does not have are left out.

    Args:
        phase: which.
        what: goes on in it, for people.
        follows: the phases from which it may be entered; every phase may be the first of a run.
        allows: everything else is refused.
        homeward: it leads to safety, so that interlocks which nobody has cleared do not keep it from beginning.
        permitted_by: an interlock with this action keeps it from beginning, tripped or not judged.
        confirmed_before: a person must have confirmed something in the phase before it, because no gauge can tell.
        blocked_while: one of these holds or cannot be judged; limits may still have to be looked up.
        tell: warnings that people are given when it begins, by the names of the rules that say why.
    """

    phase: Phase
    what: str
    follows: frozenset[Phase]
    allows: frozenset[Deed]
    homeward: bool = False
    permitted_by: Action | None = None
    confirmed_before: bool = False
    blocked_while: tuple[Condition, ...] = ()
    tell: tuple[str, ...] = ()

    @property
    def cell_connected(self) -> bool:
        """Whether the cell hangs on the potentiostat of the bench."""
        return Deed.REST in self.allows

    @property
    def keeps_beam_off(self) -> bool:
        """Whether the box is in the chamber, and people open, close or vent it there."""
        return self.cell_connected and Deed.BEAM not in self.allows
