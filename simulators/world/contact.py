"""Voids at the lithium: stripping faster than lithium is replenished leaves gaps, plating closes them again."""

import math
from math import exp

from operando.simulators.world.constants import (
    FARADAY_C_PER_MOL,
    GAS_CONSTANT_J_PER_MOL_K,
    LITHIUM_MOLAR_VOLUME_M3,
)

__all__ = ["LARGEST_CONTACT_LOSS", "LithiumContact"]

LARGEST_CONTACT_LOSS = 0.97
_PRESSURE_EXPONENT = 1.4
_ACTIVATION_J_PER_MOL = 33.9e3


class LithiumContact:
    """How the contact of the lithium is lost and won back.

    Replenishment limit fitted to Spencer-Jolly et al. 2021 (0.25 mA/cm2 at 60 C, 0.5 at 80 C, 1 MPa); exponents of
    pressure as in Kasemchainan et al. 2019. The state is the volume of voids per area of interface, in m.

    Args:
        replenishment_A_per_m2: stripping current that leaves no voids at 1 MPa and 25 C.
        void_share: share of the excess that ends as voids at the contact.
        refilling: share of the plated lithium over voids that fills them.
        void_height_m: volume per area at which 63 % of the contact is lost.
        temperature_K: of the cell.
    """

    __slots__ = ("_limit_at_1_MPa", "_refilled_per_C", "_void_height_m", "_voided_per_C")

    def __init__(
        self,
        replenishment_A_per_m2: float,
        void_share: float,
        refilling: float,
        void_height_m: float,
        temperature_K: float,
    ) -> None:
        activation = -_ACTIVATION_J_PER_MOL / GAS_CONSTANT_J_PER_MOL_K * (1.0 / temperature_K - 1.0 / 298.15)
        self._limit_at_1_MPa = replenishment_A_per_m2 * exp(activation)
        self._voided_per_C = LITHIUM_MOLAR_VOLUME_M3 / FARADAY_C_PER_MOL * void_share
        self._refilled_per_C = self._voided_per_C * refilling
        self._void_height_m = void_height_m

    def replenishment_A_per_m2(self, pressure_MPa: float) -> float:
        """The stripping current density that leaves no voids under a stack pressure."""
        return self._limit_at_1_MPa * math.pow(pressure_MPa, _PRESSURE_EXPONENT)

    def lost(self, void_m: float) -> float:
        """Fraction of the interface without contact."""
        if void_m == 0.0:
            return 0.0
        lost = 1.0 - exp(-void_m / self._void_height_m)
        return lost if lost < LARGEST_CONTACT_LOSS else LARGEST_CONTACT_LOSS

    def void_m(self, lost: float) -> float:
        """Volume of voids per area at which a fraction of the interface is without contact."""
        return -self._void_height_m * math.log(1.0 - min(max(lost, 0.0), LARGEST_CONTACT_LOSS))

    def after(self, void_m: float, current_A_per_m2: float, seconds: float, pressure_MPa: float) -> float:
        """Volume of voids per area after a time at a current density under a pressure; positive plates lithium."""
        if current_A_per_m2 > 0.0:
            if void_m == 0.0:
                return 0.0
            refilled = self._refilled_per_C * current_A_per_m2 * self.lost(void_m) * seconds
            return void_m - refilled if refilled < void_m else 0.0
        if current_A_per_m2 == 0.0:
            return void_m
        excess = -current_A_per_m2 - self.replenishment_A_per_m2(pressure_MPa)
        if excess <= 0.0:
            return void_m
        return void_m + self._voided_per_C * excess * (1.0 - self.lost(void_m)) * seconds
