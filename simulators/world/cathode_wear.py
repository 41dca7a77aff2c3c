"""How the composite loses contact: NMC that shrinks away, fatigue, and a cathode that comes off the separator.

NMC shrinks when it is charged, most of it at the end of charge; what has once come off stays off and keeps the lithium
that it had (Koerver et al. 2017). Sizes are free: 10 to 15 % of the first charge are not found again, later cycles lose
0.1 to 0.3 % each.
"""

from math import sqrt

from operando.simulators.world.presets import CellParameters

__all__ = ["CathodeWear"]


class CathodeWear:
    """The losses of contact in the composite, none of which heals."""

    __slots__ = (
        "_collapse",
        "_cycles_per_C",
        "_delaminated_per_C",
        "_delamination_pressure_MPa",
        "_fatigue_squared",
        "_shrinkage_loss",
    )

    def __init__(self, parameters: CellParameters) -> None:
        self._collapse = parameters.collapse_fractions
        self._shrinkage_loss = parameters.first_cycle_loss
        self._fatigue_squared = parameters.fatigue_per_root_cycle**2
        self._cycles_per_C = 0.5 / parameters.host_C_per_m2
        self._delaminated_per_C = parameters.delamination_per_charge / parameters.host_C_per_m2
        self._delamination_pressure_MPa = parameters.delamination_pressure_MPa

    def shrunk(self, so_far: float, lithium_fraction: float) -> float:
        """Share of the NMC that has lost contact by shrinking, with the connected NMC at a lithium fraction."""
        begins, ends = self._collapse
        if lithium_fraction >= begins:
            return so_far
        depth = min((begins - lithium_fraction) / (begins - ends), 1.0)
        lost = self._shrinkage_loss * depth * depth
        return lost if lost > so_far else so_far

    def fatigued(self, so_far: float, density_A_per_m2: float, seconds: float) -> float:
        """Share of the rest that has lost contact by cycling: with the root of the number of cycles."""
        if self._fatigue_squared == 0.0:
            return so_far
        return sqrt(so_far * so_far + self._fatigue_squared * self._cycles_per_C * abs(density_A_per_m2) * seconds)

    def cycles(self, fatigue_loss: float) -> float:
        """Full cycles after which so much of the NMC is lost by cycling; 0 where nothing tires."""
        return fatigue_loss * fatigue_loss / self._fatigue_squared if self._fatigue_squared else 0.0

    def delaminated(self, so_far: float, density_A_per_m2: float, seconds: float, pressure_MPa: float) -> float:
        """Share of the cathode that has come off: while it shrinks, where the stack does not hold it together."""
        if density_A_per_m2 <= 0.0 or pressure_MPa >= self._delamination_pressure_MPa:
            return so_far
        weakness = 1.0 - pressure_MPa / self._delamination_pressure_MPa
        return so_far + self._delaminated_per_C * weakness * density_A_per_m2 * seconds * (1.0 - so_far)
