"""A potentiostat: its samples have the right sign, value and time, and none is lost or comes twice."""

import numpy as np
from numpy.typing import NDArray

from operando.drivers.conformance.check import NotOffered, Permission, Proven, Role, check
from operando.drivers.conformance.measurement import Curve, Measurement, between, held
from operando.drivers.conformance.steps import (
    StepRecord,
    carry_out,
    ended_by,
    gentle_current_A,
    interval_s,
    new_step,
    rest_V,
    span_s,
)
from operando.drivers.conformance.trial import Trial
from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, StepEndReason

__all__ = ["CHECKS"]

CURRENT = Permission.CURRENT
CLOCK_ERROR = 1e-3
SURE_S = 1.0
TELLING = 0.05
"""By how much of itself a real part must change for the sign of the imaginary part to follow from it."""
IRREGULAR = (0.0, 1.0, 0.0, 0.3, 2.5, 0.0)
"""How long to wait before each poll, in short steps of the suite."""


@check(Role.POTENTIOSTAT, "Positive current charges the cell, everywhere.", CURRENT, obedience=True)
def polarity(trial: Trial) -> Proven:
    current_A, duration_s = gentle_current_A(trial), span_s(trial.potentiostat)
    for sign, way in ((+1, "rises"), (-1, "falls")):
        from_V = rest_V(trial)
        record = carry_out(
            trial, new_step(trial, Galvanostatic(sign * current_A), duration_s=duration_s), expected_s=duration_s
        )
        trial.curves.append(record.curve(f"{sign * current_A:.3g} A", ("at rest before", from_V)))
        if not len(record.samples):
            raise NotOffered("samples of a short galvanostatic step")
        answer_V = sign * (float(record.samples["voltage_V"][-1]) - from_V)
        reason = f"the voltage {way} while the cell is {'charged' if sign > 0 else 'discharged'}"
        yield between(f"answer of the voltage to {sign * current_A:.3g} A", answer_V, "V", lowest=1e-4, because=reason)
        measured_A = float(np.median(record.samples["current_A"]))
        yield between(
            f"measured current over {sign * current_A:.3g} A",
            measured_A / (sign * current_A),
            "",
            0.95,
            1.05,
            because="what is recorded is what flows, with its sign; 5 % for the smallest ranges",
        )


@check(Role.POTENTIOSTAT, "charge_C has passed in this step, and is positive while the cell is charged.", CURRENT)
def counts_charge(trial: Trial) -> Proven:
    current_A, duration_s = gentle_current_A(trial), span_s(trial.potentiostat)
    for sign in (+1, -1):
        record = carry_out(
            trial, new_step(trial, Galvanostatic(sign * current_A), duration_s=duration_s), expected_s=duration_s
        )
        rows = record.samples
        yield between("samples", len(rows), "", lowest=3, because="a step says what it does")
        integral_C = np.trapezoid(rows["current_A"], rows["elapsed_s"]) if len(rows) > 1 else np.nan
        counted_C = rows["charge_C"][-1] - rows["charge_C"][0] if len(rows) > 1 else np.nan
        yield between(
            "counted over integrated charge", counted_C / integral_C, "", 0.95, 1.05, because="it is the same"
        )


@check(Role.POTENTIOSTAT, "poll: no sample twice, none missing, however slowly it is asked.", CURRENT)
def loses_no_sample(trial: Trial) -> Proven:
    if not trial.potentiostat.capabilities.ends_steps_by_itself:
        raise NotOffered("ends_steps_by_itself: it measures only while somebody asks, so nothing is there to be lost")
    every_s, duration_s = interval_s(trial.potentiostat), 4 * span_s(trial.potentiostat)
    gaps_s = [gap * span_s(trial.potentiostat) for gap in IRREGULAR]
    record = carry_out(
        trial,
        new_step(trial, OpenCircuit(), duration_s=duration_s),
        expected_s=duration_s,
        gaps_s=lambda poll: gaps_s[poll % len(gaps_s)] or 0.01,
    )
    yield ended_by(record, StepEndReason.TIME)
    yield from _complete(trial, record, every_s, duration_s)


@check(Role.POTENTIOSTAT, "Samples have running numbers without a gap, and each comes once.", CURRENT)
def numbers_samples(trial: Trial) -> Proven:
    every_s, duration_s = interval_s(trial.potentiostat), 2 * span_s(trial.potentiostat)
    record = carry_out(
        trial,
        new_step(trial, OpenCircuit(), duration_s=duration_s),
        expected_s=duration_s,
        gaps_s=lambda poll: (0.0, 0.3, 2.7)[poll % 3] * every_s or 0.01,
    )
    yield between("samples", len(record.samples), "", lowest=3, because="a step says what it does")
    yield _numbered(record)
    steps_s = np.diff(record.samples["elapsed_s"])
    nearest_s = float(np.min(steps_s, initial=np.inf))
    yield between("shortest time between samples", nearest_s, "s", lowest=1e-4, because="no moment comes twice")


def _numbered(record: StepRecord) -> Measurement:
    numbers: NDArray[np.int64] = record.samples["sequence"].astype(np.int64)
    gaps = numbers[1:] - numbers[:-1]
    whole = bool(np.all(gaps == 1))
    return held("running numbers have no gap", whole, because="none missing, none twice", found=gaps[gaps != 1])


def _complete(trial: Trial, record: StepRecord, every_s: float, duration_s: float) -> Proven:
    rows = record.samples
    expected = round(duration_s / every_s)
    yield between("samples of the step", len(rows), "", expected - 2, expected + 2, because="one each interval")
    yield _numbered(record)
    steps_s = np.diff(rows["elapsed_s"])
    because = "an interval apart, half of it for the rhythm of the instrument"
    yield between(
        "shortest time between samples", np.min(steps_s, initial=np.inf), "s", lowest=0.5 * every_s, because=because
    )
    yield between(
        "longest time between samples", np.max(steps_s, initial=0.0), "s", highest=1.6 * every_s, because=because
    )
    own = bool(np.all(rows["step"] == record.step.number))
    yield held("every sample carries the number of its step", own, because="every sample carries it")
    good = not np.any(rows["quality"]) and bool(np.all(np.isfinite(rows["voltage_V"])))
    yield held("every sample is good, and a number", good, because="0 is a good one", found=np.unique(rows["quality"]))
    trial.curves.append(
        Curve(
            "arrival",
            tuple(rows["elapsed_s"].tolist()),
            tuple(rows["sequence"].tolist()),
            "elapsed (s)",
            "running number",
        )
    )


@check(Role.POTENTIOSTAT, "Samples stand on the run's timeline, by the instrument's own clock, in seconds.", CURRENT)
def keeps_time(trial: Trial) -> Proven:
    duration_s, every_s = 4 * span_s(trial.potentiostat), interval_s(trial.potentiostat)
    record = carry_out(trial, new_step(trial, OpenCircuit(), duration_s=duration_s), expected_s=duration_s)
    rows = record.samples
    yield between("samples", len(rows), "", lowest=3, because="a step says what it does")
    if len(rows) < 3:
        return
    early_s, late_s = float(np.min(rows["time_s"])), float(np.max(rows["time_s"]))
    sure_s = float(np.max(rows["time_uncertainty_s"]))
    yield between("earliest sample after the start", early_s - record.asked_s, "s", -sure_s, because="not before it")
    yield between("latest sample before it was seen", record.seen_s - late_s, "s", -sure_s, because="not after it")
    yield between("uncertainty of the times", sure_s, "s", 0.0, SURE_S, because="a time that is not known is no time")
    span = float(rows["elapsed_s"][-1] - rows["elapsed_s"][0])
    because = "the step lasted as long, less an interval at each end"
    yield between(
        "elapsed from first to last sample", span, "s", duration_s - 3 * every_s, duration_s + every_s, because=because
    )
    rates = np.polyfit(rows["elapsed_s"], rows["time_s"], 1)
    most = CLOCK_ERROR + 2 * sure_s / span if span > 0 else CLOCK_ERROR
    yield between("run time per elapsed time", rates[0], "", 1 - most, 1 + most, because="both are seconds")


@check(
    Role.POTENTIOSTAT, "Impedance: points from high to low frequency, and the step ends when all are measured.", CURRENT
)
def measures_impedance(trial: Trial) -> Proven:
    limits = trial.potentiostat.capabilities
    if limits.impedance_frequency_Hz is None or limits.impedance_amplitude_V is None:
        raise NotOffered("impedance_frequency_Hz")
    lowest_Hz, highest_Hz = limits.impedance_frequency_Hz
    from_Hz = min(1000.0, highest_Hz)
    to_Hz = max(from_Hz / 100, lowest_Hz)
    amplitude_V = max(limits.impedance_amplitude_V[0], min(5e-3, limits.impedance_amplitude_V[1]))
    step = new_step(trial, Impedance(from_Hz, to_Hz, 5, amplitude_V))
    record = carry_out(trial, step, expected_s=30.0)
    points = record.points
    yield ended_by(record, StepEndReason.COMPLETED)
    wanted = round(5 * np.log10(from_Hz / to_Hz)) + 1
    yield between("points", len(points), "", wanted - 1, wanted + 1, because="5 a decade, both ends included")
    if len(points) < 2:
        return
    frequencies = points["frequency_Hz"]
    falls = bool(np.all(np.diff(frequencies) < 0))
    yield held("frequencies go from high to low", falls, because="from high to low", found=frequencies)
    because = "the first frequency is the one that was asked for"
    yield between("first frequency over the wanted one", frequencies[0] / from_Hz, "", 0.9, 1.1, because=because)
    real_ohm = float(np.min(points["real_ohm"]))
    yield between("smallest real part", real_ohm, "ohm", lowest=0.0, because="a cell that is passive dissipates")
    yield from _passive(points)
    x, y = tuple(points["real_ohm"].tolist()), tuple((-points["imaginary_ohm"]).tolist())
    trial.curves.append(Curve("impedance", x, y, "real part (ohm)", "negative imaginary part (ohm)"))


def _passive(points: NDArray[np.void]) -> Proven:
    """The sign of the imaginary part where the real part tells it.

    The imaginary part of a passive load is about pi/2 times the slope of its real part over the logarithm of the
    frequency (Kramers and Kronig): one whose real part grows towards low frequencies is capacitive.
    """
    real_ohm, imaginary_ohm = points["real_ohm"], points["imaginary_ohm"]
    grown_ohm = float(real_ohm[-1] - real_ohm[0])
    if abs(grown_ohm) < TELLING * float(np.mean(np.abs(real_ohm))):
        return
    because = "a load whose real part grows towards low frequencies is capacitive: its imaginary part is negative"
    reactance = -float(np.mean(imaginary_ohm)) / grown_ohm
    yield between("capacitive reactance over growth of the real part", reactance, "", lowest=0.0, because=because)


CHECKS = (polarity, counts_charge, numbers_samples, loses_no_sample, keeps_time, measures_impedance)
