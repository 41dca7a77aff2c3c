"""A potentiostat at a known load: current and voltage are right, not only consistent."""

import math

import numpy as np
from numpy.typing import NDArray

from operando.drivers.bench.judged_bench import DummyCell
from operando.drivers.conformance.check import NotOffered, Permission, Proven, Role, check
from operando.drivers.conformance.measurement import Curve, between
from operando.drivers.conformance.steps import carry_out, gentle_current_A, new_step, rest_V, span_s
from operando.drivers.conformance.trial import Trial
from operando.drivers.roles import Galvanostatic, Impedance, Potentiostatic

__all__ = ["CHECKS"]

CURRENT = Permission.CURRENT
OWN_ERROR = 0.01
REST_V = 5e-3
PHASE = 0.05


def _load(trial: Trial) -> DummyCell:
    load = trial.file.conformance.dummy_cell
    if load is None:
        raise NotOffered("a known load; write conformance: {dummy_cell: {series: 1 kohm}} once one is connected")
    return load


@check(Role.POTENTIOSTAT, "At a dummy cell the voltage of a galvanostatic step is current times resistance.", CURRENT)
def knows_voltage(trial: Trial) -> Proven:
    load, duration_s = _load(trial), span_s(trial.potentiostat)
    at_rest_V = rest_V(trial)
    yield between("voltage at rest", at_rest_V, "V", -REST_V, REST_V, because="a resistor has none")
    for current_A in (gentle_current_A(trial), -gentle_current_A(trial)):
        record = carry_out(
            trial, new_step(trial, Galvanostatic(current_A), duration_s=duration_s), expected_s=duration_s
        )
        rows = record.samples
        wanted_V = current_A * _resistance_ohm(load, rows["elapsed_s"])
        times, volts = tuple(rows["elapsed_s"].tolist()), "voltage (V)"
        trial.curves.append(
            Curve(f"{current_A:.3g} A, measured", times, tuple(rows["voltage_V"].tolist()), "elapsed (s)", volts)
        )
        trial.curves.append(
            Curve(f"{current_A:.3g} A, of the load", times, tuple(wanted_V.tolist()), "elapsed (s)", volts)
        )
        near = load.tolerance + OWN_ERROR
        ratio = float((rows["voltage_V"][-1] - at_rest_V) / wanted_V[-1])
        because = "the resistor is known so well, and the instrument measures to a hundredth"
        yield between(
            f"voltage at {current_A:.3g} A over what it should be", ratio, "", 1 - near, 1 + near, because=because
        )


@check(Role.POTENTIOSTAT, "At a dummy cell the current of a potentiostatic step is voltage over resistance.", CURRENT)
def knows_current(trial: Trial) -> Proven:
    load, duration_s = _load(trial), span_s(trial.potentiostat)
    total_ohm = load.series + load.parallel
    voltage_V = gentle_current_A(trial) * total_ohm
    for set_V in (voltage_V, -voltage_V):
        low_V, high_V = trial.potentiostat.capabilities.voltage_range_V
        if not low_V <= set_V <= high_V:
            continue
        record = carry_out(trial, new_step(trial, Potentiostatic(set_V), duration_s=duration_s), expected_s=duration_s)
        settled_ohm = total_ohm if duration_s > 10 * load.parallel * load.capacitance else math.nan
        ratio = float(record.samples["current_A"][-1]) * settled_ohm / set_V
        near = load.tolerance + OWN_ERROR
        because = "the resistor is known so well, and the instrument measures to a hundredth"
        yield between(
            f"current at {set_V:.3g} V over what it should be", ratio, "", 1 - near, 1 + near, because=because
        )


@check(
    Role.POTENTIOSTAT,
    "At a dummy cell the impedance is that of the load, and a capacitor has a negative reactance.",
    CURRENT,
)
def knows_impedance(trial: Trial) -> Proven:
    load, limits = _load(trial), trial.potentiostat.capabilities
    if limits.impedance_frequency_Hz is None:
        raise NotOffered("impedance_frequency_Hz")
    record = carry_out(trial, new_step(trial, Impedance(1000.0, 10.0, 5, 5e-3)), expected_s=60.0)
    found = record.points["real_ohm"] + 1j * record.points["imaginary_ohm"]
    wanted = _impedance_ohm(load, record.points["frequency_Hz"])
    for name, points in (("measured", found), ("of the load", wanted)):
        x, y = tuple(points.real.tolist()), tuple((-points.imag).tolist())
        trial.curves.append(Curve(name, x, y, "real part (ohm)", "negative imaginary part (ohm)"))
    off = float(np.max(np.abs(found / wanted - 1), initial=0.0)) if len(found) else math.nan
    because = "tolerance of the load, and five hundredths for magnitude and phase"
    yield between("largest distance from the load, over it", off, "", 0.0, load.tolerance + PHASE, because=because)


def _resistance_ohm(load: DummyCell, elapsed_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Voltage over constant current, a time after its start."""
    if load.parallel * load.capacitance == 0:
        return np.full(len(elapsed_s), load.series + load.parallel)
    return load.series + load.parallel * -np.expm1(-elapsed_s / (load.parallel * load.capacitance))


def _impedance_ohm(load: DummyCell, frequency_Hz: NDArray[np.float64]) -> NDArray[np.complex128]:
    admittance = 2j * np.pi * frequency_Hz * load.capacitance
    return np.asarray(load.series + load.parallel / (1 + load.parallel * admittance), np.complex128)


CHECKS = (knows_voltage, knows_current, knows_impedance)
