"""Detectors: they go by the names of the bench file, and settings are set and read back."""

from functools import partial

from operando.drivers.conformance.check import Permission, Proven, Role, check
from operando.drivers.conformance.measurement import between, held
from operando.drivers.conformance.trial import Trial
from operando.drivers.errors import InstrumentError, LimitRefused
from operando.drivers.roles import DetectorSettings

__all__ = ["CHECKS"]

SETTLE_S = 2.0
STEP_PERCENT = 1.0


@check(Role.DETECTORS, "available() names the detectors, and settings(name) reads gain and black level in percent.")
def reads_settings(trial: Trial) -> Proven:
    names = trial.detectors.available()
    yield held("there is a detector", bool(names), because="the bench file names it", found=names)
    for name in names:
        settings = trial.detectors.settings(name)
        because = "percent of the instrument's own scale"
        yield between(f"gain of {name}", settings.gain_percent, "%", 0.0, 100.0, because=because)
        yield between(f"black level of {name}", settings.black_percent, "%", 0.0, 100.0, because=because)
    refused, said = trial.refused(lambda: trial.detectors.settings("no such detector"), InstrumentError)
    yield held("an unknown one is refused", refused, because="a picture says through what it was seen", found=said)


@check(
    Role.DETECTORS,
    "apply(name, settings) sets gain and black level, and refuses what is out of range.",
    Permission.BEAM,
)
def applies_settings(trial: Trial) -> Proven:
    for name in trial.detectors.available():
        before = trial.detectors.settings(name)
        wanted = DetectorSettings(_beside(before.gain_percent), _beside(before.black_percent))
        try:
            trial.detectors.apply(name, wanted)
        except LimitRefused as error:
            yield held(f"{name} cannot be set, and says so", True, because="not every detector can", found=error.what)
            continue
        try:
            trial.wait(SETTLE_S)
            found = trial.detectors.settings(name)
        finally:
            trial.detectors.apply(name, before)
            trial.wait(SETTLE_S)
        off = abs(found.gain_percent - wanted.gain_percent)
        yield between(f"gain of {name} from what was asked for", off, "%", 0.0, 0.5, because="it was set")
        off = abs(found.black_percent - wanted.black_percent)
        yield between(f"black level of {name} from what was asked for", off, "%", 0.0, 0.5, because="it was set")
        beyond = DetectorSettings(120.0, before.black_percent)
        refused, said = trial.refused(partial(trial.detectors.apply, name, beyond), LimitRefused)
        yield held(
            f"120 % for {name} is refused", refused, because="limits are checked before anything is sent", found=said
        )
        left = trial.detectors.settings(name)
        same = max(abs(left.gain_percent - before.gain_percent), abs(left.black_percent - before.black_percent)) < 0.5
        yield held(f"{name} is as it was", same, because="the suite leaves things as it found them", found=left)


def _beside(percent: float) -> float:
    return percent + (STEP_PERCENT if percent < 50 else -STEP_PERCENT)


CHECKS = (reads_settings, applies_settings)
