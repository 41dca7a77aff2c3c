"""What only several instruments together can tell: the stage moves the specimen, and the beam leaves the cell alone."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from operando.drivers.conformance.beam import apply_and_wait, beam_up, slow_frame, take_frame
from operando.drivers.conformance.check import NotOffered, Permission, Proven, Role, check
from operando.drivers.conformance.measurement import between
from operando.drivers.conformance.stage import room_along_m
from operando.drivers.conformance.steps import carry_out, new_step, span_s
from operando.drivers.conformance.trial import Picture, Trial
from operando.drivers.roles import Image, OpenCircuit, StagePosition

__all__ = ["CHECKS"]

MOVE_S = 60.0
SHARE_OF_FIELD = 0.15
CLEAR_FRAME_S = 0.25
CLEAR = 10.0
"""How far the highest point of the correlation stands out of it, in standard deviations."""
ALONG_rad = math.radians(3.0)
"""How far scan and stage may be turned against each other for the axes of both to be the same."""
AXES: Final[tuple[Literal["x_m", "y_m"], ...]] = ("x_m", "y_m")
OFFSET_V = 1e-3
LEAST_LEAK_A = 1e-9


@check(
    Role.BENCH,
    "The stage moves the specimen by as many metres as it says, and the picture follows: x to its right, y upwards.",
    Permission.MOVE,
    Permission.BEAM,
    obedience=True,
)
def picture_follows_stage(trial: Trial) -> Proven:
    stage, before = trial.stage, trial.stage.position()
    conditions = trial.column.conditions()
    beam_up(trial)
    travel_m = trial.file.conformance.travel
    lowest_m, highest_m = trial.column.capabilities.field_width_m
    width_m = max(lowest_m, min(highest_m, travel_m / SHARE_OF_FIELD))
    request = slow_frame(trial, trial.scanner, CLEAR_FRAME_S)
    try:
        _go(trial, _specimen(trial, before))
        apply_and_wait(trial, replace(conditions, field_width_m=width_m))
        (first,) = take_frame(trial, request)
        trial.pictures.append(Picture("before", first.pixels))
        for axis in AXES:
            here = stage.position()
            _go(trial, room_along_m(stage, axis, travel_m))
            there = stage.position()
            (second,) = take_frame(trial, request)
            trial.pictures.append(Picture(f"{travel_m:g} m along {axis[0]}", second.pixels))
            yield from _followed(first, second, axis, (there.x_m - here.x_m, there.y_m - here.y_m))
            first = second
    finally:
        _go(trial, before)
        apply_and_wait(trial, conditions)


def _followed(first: Image, second: Image, axis: str, went_m: tuple[float, float]) -> Proven:
    """Whether the field has gone as far, and into the same direction, as the stage says between two pictures."""
    shift, clear = _shift(first.pixels, second.pixels)
    if clear < CLEAR:
        raise NotOffered(f"a specimen with structure at this place (its correlation stands out by {clear:.1f} sigma)")
    right_m, up_m = shift[0] * first.pixel_size_m, -shift[1] * first.pixel_size_m
    travel_m = math.hypot(*went_m)
    spread_m = 0.2 * travel_m + 2 * first.pixel_size_m
    because = "the scale of the picture and of the stage agree to a fifth, and to two pixels"
    yield between(
        f"shift of the picture along {axis[0]}",
        math.hypot(right_m, up_m),
        "m",
        travel_m - spread_m,
        travel_m + spread_m,
        because=because,
    )
    turned_rad = math.remainder(first.conditions.scan_rotation_rad - first.stage.rotation_rad, 2 * math.pi)
    if abs(turned_rad) > ALONG_rad:
        return  # which way the axes of a turned stage point is each microscope's own
    off_m = math.hypot(right_m - went_m[0], up_m - went_m[1])
    because = "x of the stage grows to the right of the picture, y upwards: fields are followed, and found again, by it"
    yield between(
        f"distance of the field from the stage along {axis[0]}", off_m, "m", highest=spread_m, because=because
    )


def _specimen(trial: Trial, here: StagePosition) -> StagePosition:
    place = trial.file.conformance.specimen
    return here if place is None else replace(here, x_m=place.x, y_m=place.y)


def _go(trial: Trial, target: StagePosition) -> None:
    trial.stage.move_to(target)
    trial.until(lambda: not trial.stage.moving(), MOVE_S)


def _shift(first: NDArray[np.generic], second: NDArray[np.generic]) -> tuple[tuple[float, float], float]:
    """By how many pixels (right, down) the field moved, from phase correlation, and how clearly that stands out."""
    window = np.outer(np.hanning(first.shape[0]), np.hanning(first.shape[1]))
    spectra = [np.fft.rfft2((picture - np.mean(picture)) * window) for picture in map(np.float64, (first, second))]
    cross = spectra[0] * np.conj(spectra[1])
    correlation = np.fft.irfft2(cross / (np.abs(cross) + 1e-9 * np.abs(cross).max()), s=first.shape)
    row, column = np.unravel_index(int(np.argmax(correlation)), correlation.shape)
    height, width = first.shape
    clear = float((correlation.max() - correlation.mean()) / correlation.std())
    x, y = (column + width // 2) % width - width // 2, (row + height // 2) % height - height // 2
    return (float(x), float(y)), clear


@check(
    Role.BENCH,
    "The beam leaves the voltage of the resting cell alone: a floating cell is not charged by it.",
    Permission.BEAM,
    Permission.CURRENT,
)
def beam_leaves_voltage(trial: Trial) -> Proven:
    dark_V, _ = _resting(trial)
    with _scanning(trial):
        lit_V, _ = _resting(trial)
    because = "a cell that floats is charged by the beam, and one whose earth is poor moves with it"
    yield between("voltage with the beam less without", lit_V - dark_V, "V", -OFFSET_V, OFFSET_V, because=because)


@check(
    Role.BENCH,
    "The cell is earthed as the bench file declares: the beam's current does not pass through the meter of the cell.",
    Permission.BEAM,
    Permission.CURRENT,
)
def earthed_as_declared(trial: Trial) -> Proven:
    earthed = trial.file.wiring.earthed
    if earthed == "working electrode":
        raise NotOffered("a meter that sees the beam: with the working electrode earthed it flows to earth before it")
    _, dark_A = _resting(trial)
    with _scanning(trial):
        _, lit_A = _resting(trial)
    beam_A = trial.column.conditions().current_A
    most_A = max(LEAST_LEAK_A, 10 * beam_A)
    because = f"declared is: {earthed}; a beam that flows through the meter is counted as charge of the cell"
    yield between("current at rest with the beam less without", lit_A - dark_A, "A", -most_A, most_A, because=because)


def _resting(trial: Trial) -> tuple[float, float]:
    """Voltage and current of the cell at rest, now."""
    if trial.potentiostat.capabilities.observed:
        raise NotOffered("steps of its own: another program has the cell")
    duration_s = span_s(trial.potentiostat)
    record = carry_out(trial, new_step(trial, OpenCircuit(), duration_s=duration_s), expected_s=duration_s)
    if not len(record.samples):
        raise NotOffered("samples at rest")
    return float(np.median(record.samples["voltage_V"])), float(np.median(record.samples["current_A"]))


@contextmanager
def _scanning(trial: Trial) -> Iterator[None]:
    """The beam scans the specimen as long as the block lasts."""
    beam_up(trial)
    scanner = trial.scanner
    scanner.start(slow_frame(trial, scanner, 4 * span_s(trial.potentiostat)))
    try:
        yield
    finally:
        scanner.stop()


CHECKS = (picture_follows_stage, beam_leaves_voltage, earthed_as_declared)
