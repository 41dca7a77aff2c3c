"""The physics of the cell: how its state follows from an earlier one under a drive.

A single particle model in series with ohmic, interface and interphase resistances; with a single-ion electrolyte there
is no concentration polarisation, so the ohmic drop is exact. A short circuit is a resistor across all of it, through
which the NMC discharges.
"""

from math import asinh, inf

from operando.simulators.world.ageing import Ageing
from operando.simulators.world.bracketed_root import bracketed_root
from operando.simulators.world.cell_state import AgedState, CellState, Drive, Galvanostatic, Potentiostatic
from operando.simulators.world.charge_transfer import nmc_exchange_A_per_m2, transfer_resistance_ohm_m2
from operando.simulators.world.constants import FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K
from operando.simulators.world.electrode_potential import nmc_potential_fall_V, nmc_potential_V
from operando.simulators.world.particle import Particle
from operando.simulators.world.presets import CellParameters
from operando.simulators.world.resistances import Resistances

__all__ = ["CellModel"]

_HIGHEST_V = 30.0
"""Beyond what any drive brings the cell to; with it a short bounds the current through the electrodes."""


class CellModel:
    """Steps a cell from one state to a later one. Holds no state itself."""

    def __init__(self, parameters: CellParameters) -> None:
        self.parameters = parameters
        self.ageing = Ageing(parameters)
        self._particle = Particle(parameters.particle_radius_m, parameters.diffusivity_now_m2_per_s)
        self._symmetric = parameters.symmetric
        self._area_m2 = parameters.area_m2
        self._flux_per_A = 1.0 / (parameters.area_m2 * parameters.particle_area * FARADAY_C_PER_MOL)
        self._nmc_area_m2 = parameters.area_m2 * parameters.particle_area / parameters.nmc_area_divisor
        self._maximum = parameters.maximum_concentration_mol_per_m3
        self._rate_constant = parameters.nmc_rate_constant * parameters.exchange_speed
        self._lithium_exchange = parameters.lithium_exchange_A_per_m2 * parameters.exchange_speed
        self._temperature_K = parameters.temperature_K
        self._twice_thermal_V = 2.0 * GAS_CONSTANT_J_PER_MOL_K * parameters.temperature_K / FARADAY_C_PER_MOL

    def beginning(self) -> CellState:
        """The cell as assembled, at rest, at time zero."""
        mean = self.parameters.initial_lithium_fraction * self._maximum
        state = CellState(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, mean, 0.0, 0.0, self.ageing.beginning())
        return self.between(state, 0.0, Galvanostatic(0.0))

    def after(self, state: CellState, time_s: float, drive: Drive) -> CellState:
        """The state at a later time, exact for the particle while the current is constant.

        What ages slowly follows the voltage and the current at the beginning of the step.
        """
        return self._stepped(state, self.ageing.after(state, time_s - state.time_s), time_s, drive)

    def between(self, state: CellState, time_s: float, drive: Drive) -> CellState:
        """The state a little later, with all that ages as it is; at the same time, what a new drive makes of it."""
        return self._stepped(state, state.aged, time_s, drive)

    def potential_V(self, state: CellState) -> float:
        """Of the counter electrode against lithium at equilibrium, as its surface is."""
        if self._symmetric:
            return 0.0
        surface = state.mean_mol_per_m3 - state.slow_mol_per_m3 - state.fast_mol_per_m3
        return nmc_potential_V(surface / self._maximum)

    def lithium_fraction(self, state: CellState) -> float:
        """Mean lithium fraction of all NMC, in contact or not."""
        aged = state.aged
        return (aged.connected * state.mean_mol_per_m3 + aged.isolated_mol_per_m3) / self._maximum

    def resistances(self, state: CellState) -> Resistances:
        """The small-signal resistances of a state, one for each thing that an impedance spectrum can tell apart."""
        parameters, aged = self.parameters, state.aged
        density = state.electrode_A / self._area_m2
        interface = self.ageing.interface_ohm_m2(aged.pressure_MPa)
        sei_ohm_m = 1.0 / parameters.anode_sei_conductivity_S_per_m
        lithium = interface / aged.contact + sei_ohm_m * aged.anode_sei_m + self._lithium_ohm_m2(density, aged.contact)
        if self._symmetric:
            counter = interface / aged.counter_contact + sei_ohm_m * aged.counter_sei_m
            lithium += counter + self._lithium_ohm_m2(density, aged.counter_contact)
            return Resistances(parameters.separator_ohm_m2, 0.0, lithium, 0.0, 0.0, 0.0, aged.short_ohm)
        nmc_area_m2 = self._nmc_area_m2 * aged.connected
        surface = state.mean_mol_per_m3 - state.slow_mol_per_m3 - state.fast_mol_per_m3
        exchange = nmc_exchange_A_per_m2(self._rate_constant, surface, self._maximum)
        transfer = transfer_resistance_ohm_m2(state.electrode_A / nmc_area_m2, exchange, self._temperature_K)
        flux_m2_per_A = self._flux_per_A * self._area_m2 / aged.connected
        return Resistances(
            separator_ohm_m2=parameters.separator_ohm_m2,
            composite_ohm_m2=parameters.cathode_ohm_m2 / (1.0 - aged.delaminated),
            lithium_ohm_m2=lithium,
            cathode_sei_ohm_m2=parameters.cathode_sei_ohm_m2_per_m * aged.cathode_sei_m,
            nmc_ohm_m2=transfer * self._area_m2 / nmc_area_m2,
            diffusion_ohm_m3_per_s=nmc_potential_fall_V(surface / self._maximum) / self._maximum * flux_m2_per_A,
            short_ohm=aged.short_ohm,
        )

    def _stepped(self, state: CellState, aged: AgedState, time_s: float, drive: Drive) -> CellState:
        seconds = time_s - state.time_s
        shorted = aged.short_ohm != inf
        if isinstance(drive, Galvanostatic):
            current_A = drive.current_A
            if shorted:
                start_A, end_A = state.electrode_A, self._beside_short_A(state, aged, seconds, current_A)
            else:
                start_A = end_A = current_A
            passed_C = current_A * seconds
        else:
            start_A = state.electrode_A
            end_A, current_A = self._regulated_A(state, aged, seconds, drive)
            leak_A = state.current_A - start_A + current_A - end_A if shorted else 0.0
            passed_C = 0.5 * (start_A + end_A + leak_A) * seconds
        electrode_C = 0.5 * (start_A + end_A) * seconds
        mean, slow, fast = self._concentrations(state, aged, start_A, end_A, seconds)
        return CellState(
            time_s,
            self._voltage_V(mean - slow - fast, end_A, aged),
            current_A,
            end_A,
            state.charge_C + passed_C,
            state.leaked_C + passed_C - electrode_C,
            mean,
            slow,
            fast,
            aged,
        )

    def _concentrations(
        self, state: CellState, aged: AgedState, start_A: float, end_A: float, seconds: float
    ) -> tuple[float, float, float]:
        if self._symmetric:
            return state.mean_mol_per_m3, 0.0, 0.0
        per_A = self._flux_per_A / aged.connected
        mean, slow, fast = state.mean_mol_per_m3, state.slow_mol_per_m3, state.fast_mol_per_m3
        return self._particle.after(mean, slow, fast, start_A * per_A, end_A * per_A, seconds)

    def _voltage_V(self, surface: float, electrode_A: float, aged: AgedState) -> float:
        density = electrode_A / self._area_m2
        lithium = asinh(density / (2.0 * self._lithium_exchange * aged.contact))
        if self._symmetric:
            counter = asinh(density / (2.0 * self._lithium_exchange * aged.counter_contact))
            return self._twice_thermal_V * (lithium + counter) + density * aged.resistance_ohm_m2
        exchange = nmc_exchange_A_per_m2(self._rate_constant, surface, self._maximum)
        nmc = asinh(electrode_A / (2.0 * self._nmc_area_m2 * aged.connected * exchange))
        potential_V = nmc_potential_V(surface / self._maximum)
        return potential_V + self._twice_thermal_V * (lithium + nmc) + density * aged.resistance_ohm_m2

    def _lithium_ohm_m2(self, density: float, contact: float) -> float:
        return transfer_resistance_ohm_m2(density, self._lithium_exchange * contact, self._temperature_K)

    def _slope_ohm(self, aged: AgedState) -> float:
        """Of the voltage over the current through the electrodes, roughly."""
        return (aged.resistance_ohm_m2 + self._lithium_ohm_m2(0.0, aged.contact)) / self._area_m2

    def _end_V(self, state: CellState, aged: AgedState, seconds: float, electrode_A: float) -> float:
        """The voltage at the end of a step in which the current changes linearly."""
        mean, slow, fast = self._concentrations(state, aged, state.electrode_A, electrode_A, seconds)
        return self._voltage_V(mean - slow - fast, electrode_A, aged)

    def _beside_short_A(self, state: CellState, aged: AgedState, seconds: float, current_A: float) -> float:
        """The current through the electrodes at the end of a step, beside a short."""
        conductance = 1.0 / aged.short_ohm

        def excess_A(electrode_A: float) -> float:
            return electrode_A - current_A + conductance * self._end_V(state, aged, seconds, electrode_A)

        slope = 1.0 + conductance * self._slope_ohm(aged)
        return bracketed_root(excess_A, state.electrode_A, slope, abs(current_A) + conductance * _HIGHEST_V)

    def _regulated_A(
        self, state: CellState, aged: AgedState, seconds: float, drive: Potentiostatic
    ) -> tuple[float, float]:
        """The currents through electrodes and terminals that bring the cell to the voltage at the end of a step."""

        def excess_V(electrode_A: float) -> float:
            return self._end_V(state, aged, seconds, electrode_A) - drive.voltage_V

        most_A, shunt_A = drive.compliance_A, drive.voltage_V / aged.short_ohm
        # beside a short the compliance is not where the root is sought, but what is asked of it afterwards
        bound = most_A if aged.short_ohm == inf else 1.1 * (most_A + abs(shunt_A))
        electrode_A = bracketed_root(excess_V, state.electrode_A, self._slope_ohm(aged), bound)
        current_A = electrode_A + shunt_A
        if abs(current_A) <= most_A:
            return electrode_A, current_A
        current_A = most_A if current_A > 0.0 else -most_A
        if aged.short_ohm == inf:
            return current_A, current_A
        return self._beside_short_A(state, aged, seconds, current_A), current_A
