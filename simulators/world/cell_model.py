"""The physics of the cell: how its state follows from an earlier one under a drive.

A single particle model in series with ohmic, interface and interphase resistances. With a single-ion electrolyte there
is no concentration polarisation, so the ohmic drop is exact.
"""

from operando.simulators.world.bracketed_root import bracketed_root
from operando.simulators.world.cell_state import CellState, Drive, Galvanostatic, Potentiostatic
from operando.simulators.world.charge_transfer import (
    nmc_exchange_A_per_m2,
    overpotential_V,
    transfer_resistance_ohm_m2,
)
from operando.simulators.world.constants import FARADAY_C_PER_MOL
from operando.simulators.world.contact import LithiumContact
from operando.simulators.world.electrode_potential import nmc_potential_fall_V, nmc_potential_V
from operando.simulators.world.interphases import grown_m, oxidation_factor
from operando.simulators.world.particle import Particle
from operando.simulators.world.presets import CellParameters
from operando.simulators.world.resistances import Resistances

__all__ = ["CellModel"]


class CellModel:
    """Steps a cell from one state to a later one. Holds no state itself."""

    def __init__(self, parameters: CellParameters) -> None:
        self.parameters = parameters
        self.contact = LithiumContact(
            parameters.replenishment_A_per_m2,
            parameters.void_share,
            parameters.refilling,
            parameters.void_height_m,
            parameters.pressure_MPa,
            parameters.temperature_K,
        )
        self._particle = Particle(parameters.particle_radius_m, parameters.particle_diffusivity_m2_per_s)
        self._area_m2 = parameters.area_m2
        self._flux_per_A = 1.0 / (parameters.area_m2 * parameters.particle_area * FARADAY_C_PER_MOL)
        self._nmc_area_m2 = parameters.area_m2 * parameters.particle_area / parameters.nmc_area_divisor
        self._maximum = parameters.maximum_concentration_mol_per_m3
        self._rate_constant = parameters.nmc_rate_constant
        self._lithium_exchange = parameters.lithium_exchange_A_per_m2
        self._temperature_K = parameters.temperature_K
        self._fixed_ohm_m2 = parameters.separator_ohm_m2 + parameters.cathode_ohm_m2
        self._contact_ohm_m2 = parameters.lithium_contact_ohm_m2
        self._anode_sei_ohm_m = 1.0 / parameters.anode_sei_conductivity_S_per_m
        self._cathode_sei_ohm_m = parameters.cathode_sei_ohm_m2_per_m

    def beginning(self) -> CellState:
        """The cell as assembled, at rest, at time zero."""
        parameters = self.parameters
        mean = parameters.initial_lithium_fraction * self._maximum
        state = CellState(
            0.0, 0.0, 0.0, 0.0, mean, 0.0, 0.0, 0.0, parameters.initial_anode_sei_m, parameters.initial_cathode_sei_m
        )
        return self.after(state, 0.0, Galvanostatic(0.0))

    def after(self, state: CellState, time_s: float, drive: Drive) -> CellState:
        """The state at a later time, exact for the particle while the current is constant.

        Interphases and voids follow slowly; they grow by the voltage and the current at the beginning of the step.
        """
        seconds = time_s - state.time_s
        anode_sei, cathode_sei, void = self._aged(state, seconds)
        contact = 1.0 - self.contact.lost(void)
        resistance = (
            self._fixed_ohm_m2
            + self._contact_ohm_m2 / contact
            + self._anode_sei_ohm_m * anode_sei
            + self._cathode_sei_ohm_m * cathode_sei
        )
        if isinstance(drive, Galvanostatic):
            start_A = current_A = drive.current_A
        else:
            start_A = state.current_A
            current_A = self._regulated_A(state, seconds, drive, resistance, contact)
        start, end = start_A * self._flux_per_A, current_A * self._flux_per_A
        mean, slow, fast = self._particle.after(
            state.mean_mol_per_m3, state.slow_mol_per_m3, state.fast_mol_per_m3, start, end, seconds
        )
        return CellState(
            time_s,
            self._voltage_V(mean - slow - fast, current_A, resistance, contact),
            current_A,
            state.charge_C + 0.5 * (start_A + current_A) * seconds,
            mean,
            slow,
            fast,
            void,
            anode_sei,
            cathode_sei,
        )

    def resistances(self, state: CellState) -> Resistances:
        """The small-signal resistances of a state, one for each thing that an impedance spectrum can tell apart."""
        parameters = self.parameters
        contact = 1.0 - self.contact.lost(state.void_m)
        density = state.current_A / self._area_m2
        surface = state.mean_mol_per_m3 - state.slow_mol_per_m3 - state.fast_mol_per_m3
        exchange = nmc_exchange_A_per_m2(self._rate_constant, surface, self._maximum)
        transfer = transfer_resistance_ohm_m2(state.current_A / self._nmc_area_m2, exchange, self._temperature_K)
        lithium = transfer_resistance_ohm_m2(density, self._lithium_exchange * contact, self._temperature_K)
        return Resistances(
            separator_ohm_m2=parameters.separator_ohm_m2,
            composite_ohm_m2=parameters.cathode_ohm_m2,
            lithium_ohm_m2=self._contact_ohm_m2 / contact + self._anode_sei_ohm_m * state.anode_sei_m + lithium,
            cathode_sei_ohm_m2=self._cathode_sei_ohm_m * state.cathode_sei_m,
            nmc_ohm_m2=transfer * self._area_m2 / self._nmc_area_m2,
            diffusion_ohm_m3_per_s=nmc_potential_fall_V(surface / self._maximum)
            / self._maximum
            * self._flux_per_A
            * self._area_m2,
        )

    def _aged(self, state: CellState, seconds: float) -> tuple[float, float, float]:
        parameters = self.parameters
        factor = oxidation_factor(state.voltage_V, parameters.cathode_sei_growth_cap)
        return (
            grown_m(state.anode_sei_m, parameters.anode_sei_growth_m_per_sqrt_s, seconds),
            grown_m(state.cathode_sei_m, parameters.cathode_sei_growth_m_per_sqrt_s * factor, seconds),
            self.contact.after(state.void_m, state.current_A / self._area_m2, seconds),
        )

    def _voltage_V(self, surface: float, current_A: float, resistance_ohm_m2: float, contact: float) -> float:
        density = current_A / self._area_m2
        exchange = nmc_exchange_A_per_m2(self._rate_constant, surface, self._maximum)
        temperature_K = self._temperature_K
        return (
            nmc_potential_V(surface / self._maximum)
            + overpotential_V(current_A / self._nmc_area_m2, exchange, temperature_K)
            + overpotential_V(density, self._lithium_exchange * contact, temperature_K)
            + density * resistance_ohm_m2
        )

    def _regulated_A(
        self, state: CellState, seconds: float, drive: Potentiostatic, resistance_ohm_m2: float, contact: float
    ) -> float:
        """The current that brings the cell to the voltage at the end of a step, changing linearly until then."""
        particle, per_A = self._particle, self._flux_per_A
        start = state.current_A * per_A

        def excess_V(current_A: float) -> float:
            mean, slow, fast = particle.after(
                state.mean_mol_per_m3, state.slow_mol_per_m3, state.fast_mol_per_m3, start, current_A * per_A, seconds
            )
            return self._voltage_V(mean - slow - fast, current_A, resistance_ohm_m2, contact) - drive.voltage_V

        lithium = transfer_resistance_ohm_m2(0.0, self._lithium_exchange * contact, self._temperature_K)
        slope = (resistance_ohm_m2 + lithium) / self._area_m2
        return bracketed_root(excess_V, state.current_A, slope, drive.compliance_A)
