"""Gauges and thermometers: a reading says whether it may be believed, and when it was taken."""

import math
from collections.abc import Callable

from operando.drivers.conformance.check import Check, Proven, Role, check
from operando.drivers.conformance.measurement import between, held
from operando.drivers.conformance.severable import LineState
from operando.drivers.conformance.trial import Trial
from operando.drivers.errors import InstrumentError
from operando.drivers.roles import Quality, Reading

__all__ = ["checks_of_sensors"]

UNITS = {Role.PRESSURE: "Pa", Role.THERMOMETER: "K", Role.FORCE: "N"}
PLAUSIBLE = {Role.PRESSURE: (-1e7, 1e9), Role.THERMOMETER: (150.0, 1500.0), Role.FORCE: (-1e6, 1e6)}
"""Wide, but a thermometer that says 25 does not speak in kelvin."""
LONGEST_S = 10.0
FRESH_S = 5.0
PAUSE_S = 1.0


def checks_of_sensors(role: Role) -> tuple[Check, ...]:
    """The checks of one kind of sensor."""

    @check(role, f"One reading in {UNITS[role]}; NaN if there is no value, and then its quality is not ok.")
    def reads(trial: Trial) -> Proven:
        reading, took_s = trial.timed(_read(trial))
        yield between("the call took", took_s, "s", highest=LONGEST_S, because="no call waits longer than an exchange")
        yield held(f"its unit is {UNITS[role]}", reading.unit == UNITS[role], because="SI units", found=reading.unit)
        if reading.quality is Quality.OK:
            low, high = PLAUSIBLE[role]
            yield between(
                "the value", reading.value, UNITS[role], low, high, because="a good value is a value, in SI units"
            )
        else:
            told = bool(reading.detail) or not math.isfinite(reading.value)
            because = "a value that is not good says why"
            yield held(f"the quality is {reading.quality}, with a reason", told, because=because, found=reading.detail)
        expected = trial.expected
        if expected is not None:
            good = reading.value if reading.quality is Quality.OK else math.nan
            low, high = expected.between
            yield between("the value beside what is known", good, UNITS[role], low, high, because=expected.because)

    @check(role, "A reading carries the run times between which it was taken; one that is older is stale.")
    def is_fresh(trial: Trial) -> Proven:
        for _ in range(3):
            asked_s = trial.clock.now()
            reading = _read(trial)()
            answered_s = trial.clock.now()
            span_s = reading.end_s - reading.start_s
            yield between(
                "from start to end of the reading", span_s, "s", 0.0, LONGEST_S, because="start comes before end"
            )
            yield between(
                "end of the reading before its answer", answered_s - reading.end_s, "s", 0.0, because="not the future"
            )
            age_s = asked_s - reading.end_s
            old = age_s > FRESH_S and reading.quality is not Quality.STALE
            because = "what is older than a few seconds is stale, and stale counts as unsafe"
            yield held(
                "it is fresh, or says that it is stale",
                not old,
                because=because,
                found=f"{age_s:.3g} s, {reading.quality}",
            )
            trial.wait(FRESH_S + PAUSE_S if trial.clock.virtual else PAUSE_S)

    @check(role, "A reading that could not be taken is an error or not ok; everything but ok counts as unsafe.")
    def is_not_made_up(trial: Trial) -> Proven:
        _read(trial)()
        with trial.line(LineState.SILENT):
            trial.wait(1.0)
            try:
                reading = _read(trial)()
                found = f"{reading.value:g} {reading.unit}, {reading.quality}"
                honest = reading.quality is not Quality.OK
            except InstrumentError as error:
                found, honest = f"{type(error).__name__}: {error.what}", True
        yield held("over a silent wire no good value comes", honest, because="nothing was measured", found=found)
        again = _read(trial)()
        yield held(
            "the next reading is one", again.unit == UNITS[role], because="the next exchange is right", found=again
        )

    return reads, is_fresh, is_not_made_up


def _read(trial: Trial) -> Callable[[], Reading]:
    assert trial.reading is not None, "a check of sensors judges a sensor"
    return trial.reading
