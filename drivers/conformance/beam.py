"""Brings the beam up gently for a check, and leaves the column as it was found."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from operando.drivers.conformance.trial import Trial
from operando.drivers.errors import DeviceFault
from operando.drivers.roles import BeamConditions, Blanking, FrameRequest, HighVoltage, Image, Scanner

__all__ = [
    "HIGH_VOLTAGE_S",
    "apply_and_wait",
    "beam_up",
    "conditions_changed",
    "slow_frame",
    "small_frame",
    "take_frame",
]

HIGH_VOLTAGE_S = 150.0
FRAME_S = 30.0
PIXELS = (128, 96)
DWELL_S = 2e-6


def beam_up(trial: Trial) -> float:
    """Switch the high voltage on unless it is, and blank outside scans. It is switched off again after the last check.

    Returns:
        The seconds that it took.

    Raises:
        DeviceFault: if the high voltage does not come.
    """
    column = trial.column
    if column.capabilities.blanks:
        column.blank(Blanking.OUTSIDE_SCANS)
    if column.high_voltage() is HighVoltage.ON:
        return 0.0
    trial.memory.afterwards.callback(column.switch_high_voltage, on=False)
    column.switch_high_voltage(on=True)
    took_s = trial.until(lambda: column.high_voltage() is HighVoltage.ON, HIGH_VOLTAGE_S, 1.0)
    if not took_s <= HIGH_VOLTAGE_S:
        raise DeviceFault(
            f"the high voltage is {column.high_voltage()} {HIGH_VOLTAGE_S:g} s after it was to be switched on",
            where=column.name,
            remedy="Look at vacuum and gun.",
        )
    return took_s


def apply_and_wait(trial: Trial, conditions: BeamConditions) -> tuple[float, float]:
    """Apply conditions: how long the call took, and how long until the column was no longer busy (NaN: never)."""
    _, called_s = trial.timed(lambda: trial.column.apply(conditions))
    return called_s, trial.until(lambda: not trial.column.busy(), HIGH_VOLTAGE_S)


@contextmanager
def conditions_changed(trial: Trial, field: float = 0.5) -> Iterator[BeamConditions]:
    """Another field width and a small shift as long as the block lasts; yields what was asked for."""
    before = trial.column.conditions()
    lowest_m, highest_m = trial.column.capabilities.field_width_m
    width_m = min(max(before.field_width_m * field, lowest_m), highest_m)
    wanted = replace(before, field_width_m=width_m)
    apply_and_wait(trial, wanted)
    try:
        yield wanted
    finally:
        apply_and_wait(trial, before)


def small_frame(trial: Trial, scanner: Scanner, *, detectors: int = 1, frames: int = 1) -> FrameRequest:
    """The gentlest request that still shows something."""
    limits = scanner.capabilities
    names = trial.detectors.available()[: min(detectors, limits.most_detectors)]
    size = min(limits.sizes or (PIXELS,), key=_area)
    longest_s = max((dwell_s for dwell_s in limits.dwells_s if dwell_s <= DWELL_S), default=limits.dwell_s[0])
    return FrameRequest(names, size, longest_s if limits.dwells_s else max(DWELL_S, limits.dwell_s[0]), frames)


def slow_frame(trial: Trial, scanner: Scanner, duration_s: float) -> FrameRequest:
    """A request that takes about so long, so that it can be polled and ended on its way."""
    limits, request = scanner.capabilities, small_frame(trial, scanner)
    sizes = limits.sizes or (request.pixels,)
    dwells_s = limits.dwells_s or (min(max(duration_s / _area(sizes[0]), limits.dwell_s[0]), limits.dwell_s[1]),)
    choices = [(size, dwell_s) for size in sizes for dwell_s in dwells_s]
    size, dwell_s = min(choices, key=lambda choice: abs(math.log(_area(choice[0]) * choice[1] / duration_s)))
    return replace(request, pixels=size, dwell_s=dwell_s)


def _area(size: tuple[int, int]) -> int:
    return size[0] * size[1]


def take_frame(trial: Trial, request: FrameRequest) -> tuple[Image, ...]:
    """Scan and wait for the pictures.

    Raises:
        DeviceFault: if the scan is never complete.
    """
    scanner = trial.scanner
    scanner.start(request)
    took_s = trial.until(lambda: scanner.progress().complete, scanner.duration_s(request) + FRAME_S, 0.05)
    if not took_s >= 0:
        scanner.stop()
        raise DeviceFault("the scan is never complete", where=scanner.name, remedy="Look at the microscope.")
    return scanner.images()
