"""The slow processes of a cell: contact, interphases, wear of the cathode, and the stack pressure that breathes."""

import math
from math import inf, sqrt

from operando.simulators.world.cathode_wear import CathodeWear
from operando.simulators.world.cell_state import AgedState, CellState
from operando.simulators.world.constants import FARADAY_C_PER_MOL, LITHIUM_MOLAR_VOLUME_M3
from operando.simulators.world.contact import LithiumContact
from operando.simulators.world.interphases import grown_m, oxidation_factor
from operando.simulators.world.presets import CellParameters

__all__ = ["Ageing"]

_LEAST_PRESSURE = 0.1
"""Share of the stack pressure that the holder never falls below."""


class Ageing:
    """Steps what ages, by the current and the voltage at the beginning of a step. Holds no state itself."""

    def __init__(self, parameters: CellParameters) -> None:
        self.contact = LithiumContact(
            parameters.replenishment_A_per_m2,
            parameters.void_share,
            parameters.refilling,
            parameters.void_height_m,
            parameters.temperature_K,
        )
        self._wear = CathodeWear(parameters)
        self._parameters = parameters
        self._symmetric = parameters.symmetric
        self._area_m2 = parameters.area_m2
        self._maximum = parameters.maximum_concentration_mol_per_m3
        self._pressure_MPa = parameters.pressure_MPa
        lithium_m_per_C = LITHIUM_MOLAR_VOLUME_M3 / (FARADAY_C_PER_MOL * parameters.area_m2)
        shrunk_m_per_C = (
            parameters.nmc_shrinkage * parameters.cathode_thickness_m / (parameters.host_C_per_m2 * parameters.area_m2)
        )
        swelling_m_per_C = 0.0 if self._symmetric else lithium_m_per_C - shrunk_m_per_C
        self._breath_MPa_per_C = parameters.stack_stiffness_MPa_per_m * swelling_m_per_C
        self._separator_ohm_m2 = parameters.separator_ohm_m2
        self._cathode_ohm_m2 = 0.0 if self._symmetric else parameters.cathode_ohm_m2
        self._interface_ohm_m2 = parameters.interface_ohm_m2
        self._interface_exponent = parameters.interface_pressure_exponent
        self._reference_MPa = parameters.interface_reference_pressure_MPa
        self._anode_sei_ohm_m = 1.0 / parameters.anode_sei_conductivity_S_per_m
        self._cathode_sei_ohm_m = parameters.cathode_sei_ohm_m2_per_m
        self._anode_rate = parameters.anode_sei_growth_m_per_sqrt_s * sqrt(parameters.interphase_speed)
        self._cathode_rate = parameters.cathode_sei_growth_m_per_sqrt_s * sqrt(parameters.interphase_speed)
        self._cap = parameters.cathode_sei_growth_cap

    def beginning(self) -> AgedState:
        """What a cell as assembled is."""
        parameters = self._parameters
        sei_m = parameters.initial_anode_sei_m
        counter_sei_m = sei_m if self._symmetric else 0.0
        sound = (0.0, 0.0, sei_m, counter_sei_m, parameters.initial_cathode_sei_m, 0.0, 0.0, 0.0, 0.0)
        return self._complete(*sound, 0.0, inf)

    def after(self, state: CellState, seconds: float) -> AgedState:
        """What becomes of a state's slow part after a time."""
        aged = state.aged
        if seconds <= 0.0:
            return aged
        # unpacked at once: this is the inner loop of every long run
        void, counter_void, anode_sei, counter_sei, cathode_sei, shrinkage, fatigue, isolated, delaminated = aged[:9]
        pressure, density = aged.pressure_MPa, state.electrode_A / self._area_m2
        contact, wear = self.contact, self._wear
        if self._symmetric:
            counter_void = contact.after(counter_void, -density, seconds, pressure)
            counter_sei = grown_m(counter_sei, self._anode_rate, seconds)
        else:
            cathode_rate = self._cathode_rate * oxidation_factor(state.voltage_V, self._cap)
            cathode_sei = grown_m(cathode_sei, cathode_rate, seconds)
            mean = state.mean_mol_per_m3
            shrinkage = wear.shrunk(shrinkage, mean / self._maximum)
            if density:
                fatigue = wear.fatigued(fatigue, density, seconds)
                delaminated = wear.delaminated(delaminated, density, seconds, pressure)
            isolated += (aged.connected - (1.0 - shrinkage) * (1.0 - fatigue)) * mean
        return self._complete(
            contact.after(void, density, seconds, pressure),
            counter_void,
            grown_m(anode_sei, self._anode_rate, seconds),
            counter_sei,
            cathode_sei,
            shrinkage,
            fatigue,
            isolated,
            delaminated,
            state.charge_C - state.leaked_C,
            aged.short_ohm,
        )

    def with_contact_lost(self, state: CellState, lost: float) -> AgedState:
        """The slow part with at least a fraction of the lithium interface out of contact."""
        aged = state.aged
        void_m = max(aged.void_m, self.contact.void_m(lost))
        return self._complete(void_m, *aged[1:9], state.charge_C - state.leaked_C, aged.short_ohm)

    def refreshed(self, state: CellState) -> AgedState:
        """The slow part as it is when pressure or temperature have just changed."""
        return self._complete(*state.aged[:9], state.charge_C - state.leaked_C, state.aged.short_ohm)

    def cycles(self, aged: AgedState) -> float:
        """Full cycles so far, by what they have tired the cathode."""
        return self._wear.cycles(aged.fatigue_loss)

    def interface_ohm_m2(self, pressure_MPa: float) -> float:
        """Of a lithium interface in full contact under a stack pressure."""
        return self._interface_ohm_m2 * math.pow(pressure_MPa / self._reference_MPa, self._interface_exponent)

    def _complete(
        self,
        void_m: float,
        counter_void_m: float,
        anode_sei_m: float,
        counter_sei_m: float,
        cathode_sei_m: float,
        shrinkage_loss: float,
        fatigue_loss: float,
        isolated_mol_per_m3: float,
        delaminated: float,
        electrode_C: float,
        short_ohm: float,
    ) -> AgedState:
        pressure = self._pressure_MPa + self._breath_MPa_per_C * electrode_C
        if pressure < _LEAST_PRESSURE * self._pressure_MPa:
            pressure = _LEAST_PRESSURE * self._pressure_MPa
        contact = 1.0 - self.contact.lost(void_m)
        counter = 1.0 - self.contact.lost(counter_void_m) if self._symmetric else 1.0
        interfaces = 1.0 / contact + 1.0 / counter if self._symmetric else 1.0 / contact
        return AgedState(
            void_m,
            counter_void_m,
            anode_sei_m,
            counter_sei_m,
            cathode_sei_m,
            shrinkage_loss,
            fatigue_loss,
            isolated_mol_per_m3,
            delaminated,
            pressure,
            contact,
            counter,
            (1.0 - shrinkage_loss) * (1.0 - fatigue_loss),
            self._separator_ohm_m2
            + self._cathode_ohm_m2 / (1.0 - delaminated)
            + self.interface_ohm_m2(pressure) * interfaces
            + self._anode_sei_ohm_m * (anode_sei_m + counter_sei_m)
            + self._cathode_sei_ohm_m * cathode_sei_m,
            short_ohm,
        )
