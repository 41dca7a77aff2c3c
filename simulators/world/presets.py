"""Parameters of the simulated cell, and the presets that are shipped as data."""

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from operando.drivers.documents import StrictModel, parse_document
from operando.simulators.world.constants import FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K

__all__ = ["Arrangement", "CellParameters", "FilamentKind", "GrainBatch", "PresetName", "cell_preset"]

PresetName = Literal["fine", "coarse", "xu2019"]
Arrangement = Literal["full", "symmetric"]
"""Lithium against NMC, or lithium against lithium."""
FilamentKind = Literal["straight", "branching", "spalling", "diffuse"]
"""Morphologies of filaments after Kazyak et al., Matter 2020, doi 10.1016/j.matt.2020.02.008."""


def _with_source(entry: object) -> object:
    """The value of an entry `{value: ..., source: ...}`; a bare value is taken as it is."""
    if not isinstance(entry, Mapping):
        return entry
    if set(entry) != {"value", "source"} or not str(entry["source"]).strip():
        raise ValueError("a value of a preset needs its source, or the word 'free'")
    return entry["value"]


_Sourced = BeforeValidator(_with_source)
Positive = Annotated[float, Field(gt=0), _Sourced]
AtLeastZero = Annotated[float, Field(ge=0), _Sourced]
Number = Annotated[float, _Sourced]
Share = Annotated[float, Field(ge=0, lt=1), _Sourced]
Pair = Annotated[tuple[float, float], _Sourced]
ConstantPhase = Pair
"""A constant phase element per area: Q in S s^n/m2, and n."""
Kinds = Annotated[dict[FilamentKind, tuple[float, float, float]], Field(min_length=1), _Sourced]
"""For each kind of filament its share of the population, its relative speed, and the share of the separator that it
can cross."""


class GrainBatch(StrictModel):
    """A sieve cut of argyrodite as the section shows it: log-normal by volume between two bounds.

    A tenth of the volume is finer than `d10_m`, and `d50_m` and `d90_m` alike; `smallest_m` and `largest_m` are the
    mesh of the sieves. `porosity` is the area share of open pores in the section, `roughness_m` the rms of the lithium
    boundary about its mean.
    """

    d10_m: Positive
    d50_m: Positive
    d90_m: Positive
    smallest_m: Positive
    largest_m: Positive
    porosity: Share
    roughness_m: AtLeastZero


class CellParameters(StrictModel):
    """Everything that makes a cell, in SI units, per area where a resistance or a capacity is meant.

    `nmc_rate_constant` in A m/mol gives the exchange current density as `k sqrt(c (cmax - c))`; growth constants `k`
    of interphases stand for `d(delta)/dt = k^2 / (2 delta)`. A preset without `grains` has no section to look at.
    """

    counter_electrode: Annotated[Literal["nmc", "lithium"], _Sourced]
    temperature_K: Positive
    pressure_MPa: Positive
    stack_stiffness_MPa_per_m: AtLeastZero
    nmc_shrinkage: AtLeastZero
    area_m2: Positive
    initial_lithium_fraction: Positive

    separator_thickness_m: AtLeastZero
    conductivity_S_per_m: Positive
    conductivity_activation_eV: AtLeastZero
    cathode_thickness_m: Positive
    active_volume_fraction: Positive
    cathode_conduction_share: Positive

    particle_radius_m: Positive
    particle_diffusivity_m2_per_s: Positive
    maximum_concentration_mol_per_m3: Positive
    nmc_rate_constant: Positive
    nmc_area_divisor: Positive
    lithium_exchange_A_per_m2: Positive
    diffusivity_activation_J_per_mol: AtLeastZero
    exchange_activation_J_per_mol: AtLeastZero
    first_cycle_loss: Share
    collapse_fractions: Pair
    fatigue_per_root_cycle: Share
    delamination_per_charge: Share
    delamination_pressure_MPa: Positive

    interface_ohm_m2: AtLeastZero
    interface_pressure_exponent: Number
    interface_reference_pressure_MPa: Positive
    replenishment_A_per_m2: AtLeastZero
    void_share: AtLeastZero
    refilling: AtLeastZero
    void_height_m: Positive
    initial_anode_sei_m: AtLeastZero
    anode_sei_growth_m_per_sqrt_s: AtLeastZero
    anode_sei_conductivity_S_per_m: Positive
    initial_cathode_sei_m: AtLeastZero
    cathode_sei_growth_m_per_sqrt_s: AtLeastZero
    cathode_sei_growth_cap: Positive
    cathode_sei_ohm_m2_per_m: AtLeastZero
    interphase_activation_J_per_mol: AtLeastZero

    toughness_MPa_sqrt_m: Positive
    toughness_spread: AtLeastZero
    initial_flaw_m: Positive
    r_curve_length_m: Positive
    stress_concentration: AtLeastZero
    crack_growth_m_per_C_per_m2: AtLeastZero
    crack_tortuosity: Positive
    filament_lag_C_per_m2: Positive
    filament_count: Annotated[int, Field(ge=1), _Sourced]
    filament_kinds: Kinds
    soft_short_path: Pair
    soft_short_ohm: Pair
    soft_short_unrest: Pair
    hard_short_ohm: Pair
    hard_short_per_s: AtLeastZero

    wire_inductance_H: AtLeastZero
    grain_boundary_share: AtLeastZero
    bulk_permittivity: Positive
    grain_boundary_capacity: ConstantPhase
    lithium_capacity: ConstantPhase
    cathode_sei_capacity: ConstantPhase
    nmc_capacity: ConstantPhase

    grains: GrainBatch | None = None

    @property
    def conductivity_now_S_per_m(self) -> float:
        """Of the electrolyte at the cell's temperature: Arrhenius for `sigma T`."""
        factor = self._arrhenius(self.conductivity_activation_eV * FARADAY_C_PER_MOL)
        return self.conductivity_S_per_m * 298.15 / self.temperature_K * factor

    @property
    def separator_ohm_m2(self) -> float:
        """Of the separator."""
        return self.separator_thickness_m / self.conductivity_now_S_per_m

    @property
    def cathode_ohm_m2(self) -> float:
        """Of ionic conduction in the composite, exact for a single-ion conductor: `L / 3 kappa_eff`."""
        return self.cathode_thickness_m / (3.0 * self.cathode_conduction_share * self.conductivity_now_S_per_m)

    @property
    def symmetric(self) -> bool:
        """Whether the counter electrode is lithium too."""
        return self.counter_electrode == "lithium"

    @property
    def diffusivity_now_m2_per_s(self) -> float:
        """Of lithium in the NMC at the cell's temperature."""
        return self.particle_diffusivity_m2_per_s * self._arrhenius(self.diffusivity_activation_J_per_mol)

    @property
    def exchange_speed(self) -> float:
        """Factor of both exchange current densities at the cell's temperature; 1 at 25 C."""
        return self._arrhenius(self.exchange_activation_J_per_mol)

    @property
    def interphase_speed(self) -> float:
        """Factor of `d(delta^2)/dt` of the interphases at the cell's temperature; 1 at 25 C."""
        return self._arrhenius(self.interphase_activation_J_per_mol)

    @property
    def host_C_per_m2(self) -> float:
        """Charge between full and empty NMC, per area of the cell."""
        amount = self.maximum_concentration_mol_per_m3 * self.active_volume_fraction * self.cathode_thickness_m
        return FARADAY_C_PER_MOL * amount

    @property
    def particle_area(self) -> float:
        """Surface of the connected NMC per area of the cell."""
        return 3.0 * self.active_volume_fraction / self.particle_radius_m * self.cathode_thickness_m

    def _arrhenius(self, activation_J_per_mol: float) -> float:
        shift = 1.0 / self.temperature_K - 1.0 / 298.15
        return math.exp(-activation_J_per_mol / GAS_CONSTANT_J_PER_MOL_K * shift)


@cache
def cell_preset(name: PresetName, arrangement: Arrangement = "full") -> CellParameters:
    """The parameters of a shipped preset: what all presets share, and its own values over it.

    Raises:
        DocumentError: if a file of the preset is damaged.
    """
    values = {**_read("cell_common.yaml"), **_read(f"cell_{name}.yaml")}
    if arrangement == "symmetric":
        values |= _read("cell_symmetric.yaml")
    return CellParameters.model_validate(values)


def _read(file: str) -> dict[str, object]:
    text = files("operando.simulators.world").joinpath(file).read_text(encoding="utf-8")
    data = parse_document(text, file).data
    if not isinstance(data, Mapping):
        raise TypeError(f"{file} is no mapping of names to values")
    return dict(data)
