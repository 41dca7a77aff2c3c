"""A scanner: a picture's conditions are those asked for, and a scan can be polled, ended and lost without harm."""

import math
from dataclasses import replace
from functools import partial
from itertools import pairwise

from operando.drivers.conformance.beam import beam_up, conditions_changed, slow_frame, small_frame, take_frame
from operando.drivers.conformance.check import NotOffered, Permission, Proven, Role, check
from operando.drivers.conformance.column import same_conditions
from operando.drivers.conformance.measurement import between, held
from operando.drivers.conformance.safety import confirmed_safe, unknown_when_cut
from operando.drivers.conformance.severable import LineState
from operando.drivers.conformance.stage import distance_m
from operando.drivers.conformance.trial import Picture, Trial
from operando.drivers.errors import ConfigMismatch, InstrumentError, LimitRefused
from operando.drivers.roles import FrameRequest, Image, Scanner

__all__ = ["CHECKS"]

BEAM = Permission.BEAM
AT_ONCE_S = 3.0
LOST_S = 60.0
SCAN_S = 4.0
LATE_S = 6.0


@check(Role.SCANNER, "What the scan generator cannot do is refused, and nothing is scanned.", BEAM, obedience=True)
def refuses_limits(trial: Trial) -> Proven:
    scanner, limits = trial.scanner, trial.scanner.capabilities
    good = small_frame(trial, scanner)
    scanner.stop()
    bad: dict[str, FrameRequest | None] = {
        "more pixels than it has": replace(good, pixels=(limits.most_pixels[0] + 1, good.pixels[1])),
        "no pixels": replace(good, pixels=(0, good.pixels[1])),
        "a dwell that is too long": replace(good, dwell_s=2 * limits.dwell_s[1]),
        "a dwell that is too short": replace(good, dwell_s=0.5 * limits.dwell_s[0]),
        "no detector": replace(good, detectors=()),
        "no frame": replace(good, frames=0),
    }
    if limits.parks_beam:
        bad["a spot outside the field"] = None
    for what, request in bad.items():
        call = partial(scanner.park, 1.5, 0.5) if request is None else partial(scanner.start, request)
        refused, said = trial.refused(call, LimitRefused)
        yield held(f"{what} is refused", refused, because="limits are checked before anything is sent", found=said)
    stranger = replace(good, detectors=("no such detector",))
    refused, said = trial.refused(lambda: scanner.start(stranger), InstrumentError)
    yield held(
        "an unknown detector is refused", refused, because="detectors go by the names of the bench file", found=said
    )
    none = not scanner.progress().complete
    yield held("no scan is there", none, because="nothing was started")


@check(
    Role.SCANNER,
    "A picture carries everything that is needed to understand it: conditions read back, pixel size, place and times.",
    BEAM,
)
def pictures_tell_truth(trial: Trial) -> Proven:
    beam_up(trial)
    scanner = trial.scanner
    with conditions_changed(trial) as wanted:
        request = small_frame(trial, scanner, detectors=2)
        asked_s = trial.clock.now()
        images = take_frame(trial, request)
        complete_s = trial.clock.now()
        read_back = trial.column.conditions()
    names = tuple(image.detector for image in images)
    yield held(
        "one picture for each detector, in order",
        names == request.detectors,
        because="in the order asked for",
        found=names,
    )
    for image in images:
        trial.pictures.append(Picture(image.detector, image.pixels))
        yield from same_conditions(image.conditions, wanted)
        yield from same_conditions(image.conditions, read_back)
        yield from _geometry(trial, image, request)
        yield from _times(scanner, image, request, asked_s, complete_s)


def _geometry(trial: Trial, image: Image, request: FrameRequest) -> Proven:
    shape = (request.pixels[1], request.pixels[0])
    yield held(
        "shape is height, width", image.pixels.shape == shape, because="top left first", found=image.pixels.shape
    )
    yield held("pixels have the bits asked for", image.pixels.dtype.itemsize * 8 == request.bits, because="8 or 16")
    width_m = image.pixel_size_m * request.pixels[0]
    ratio = width_m / image.conditions.field_width_m
    because = "the pixels of a line fill the width of the field"
    yield between("pixel size times width over field width", ratio, "", 0.99, 1.01, because=because)
    here = trial.stage.position()
    near_m = 2 * trial.stage.capabilities.arrival_tolerance_m
    because = "the stage stood there when the picture was taken"
    yield between(
        "stage of the picture from the stage", distance_m(image.stage, here), "m", highest=near_m, because=because
    )
    own = trial.detectors.settings(image.detector)
    same = image.detector_settings == own
    yield held("gain and black level are the detector's", same, because="read back", found=image.detector_settings)


def _times(scanner: Scanner, image: Image, request: FrameRequest, asked_s: float, complete_s: float) -> Proven:
    sure_s = image.time_uncertainty_s
    yield between("uncertainty of the start", sure_s, "s", 0.0, 2.0, because="each line gets its own voltage")
    yield between("start after the order", image.start_s - asked_s, "s", -sure_s, because="not before it")
    yield between("end before it was seen", complete_s - image.end_s, "s", -sure_s - 0.1, because="not after it")
    pixels_s = request.pixels[0] * request.dwell_s
    because = "a line is its pixels and a flyback, which is never longer than a tenth of a second"
    yield between("line time", image.line_time_s, "s", pixels_s, pixels_s + 0.1, because=because)
    ratio = image.dwell_s / request.dwell_s
    yield between("dwell over what was asked for", ratio, "", 0.9, 1.1, because="the dose follows from it")
    told_s = scanner.duration_s(request)
    ratio = image.line_time_s * request.pixels[1] * request.frames / told_s
    yield between("lines times line time over duration_s", ratio, "", 0.5, 1.5, because="a plan is made with it")


@check(Role.SCANNER, "start returns at once; progress only grows, and images are refused until it is complete.", BEAM)
def polls(trial: Trial) -> Proven:
    beam_up(trial)
    scanner = trial.scanner
    request = slow_frame(trial, scanner, SCAN_S)
    _, called_s = trial.timed(lambda: scanner.start(request))
    yield between("start took", called_s, "s", highest=AT_ONCE_S, because="it starts the scan and returns at once")
    refused, said = trial.refused(scanner.images, InstrumentError)
    yield held("images of an unfinished scan are refused", refused, because="half a picture is none", found=said)
    received: list[int] = []
    longest_s = 0.0
    started_s = trial.clock.now()
    while trial.clock.now() - started_s < SCAN_S + LATE_S:
        progress, took_s = trial.timed(scanner.progress)
        longest_s = max(longest_s, took_s)
        received.append(sum(progress.received.values()))
        if progress.complete:
            break
        trial.wait(0.2)
    took_s = trial.clock.now() - started_s
    if not progress.complete:
        scanner.stop()  # a scan that is late is this promise broken, and not the next one
    grows = all(earlier <= later for earlier, later in pairwise(received))
    yield held("progress only grows", grows, because="pixels that came stay", found=received)
    yield between("longest poll", longest_s, "s", highest=AT_ONCE_S, because="no call waits for the scan")
    because = "as long as it said, and its start"
    wanted_s = scanner.duration_s(request)
    yield between("the scan took", took_s, "s", 0.5 * wanted_s, wanted_s + LATE_S, because=because)
    yield held("pictures are there", progress.complete and len(scanner.images()) == 1, because="the scan is complete")


@check(Role.SCANNER, "stop ends a scan now and forgets its pixels; the next scan is right.", BEAM, obedience=True)
def stops(trial: Trial) -> Proven:
    beam_up(trial)
    scanner = trial.scanner
    scanner.start(slow_frame(trial, scanner, SCAN_S))
    trial.wait(0.25 * SCAN_S)
    _, took_s = trial.timed(scanner.stop)
    yield between("stop took", took_s, "s", highest=AT_ONCE_S, because="it does not wait for the end of the frame")
    yield held("no picture is there", not scanner.progress().complete, because="its pixels are forgotten")
    images = take_frame(trial, small_frame(trial, scanner))
    yield held("the next scan is right", len(images) == 1, because="it was ended cleanly")


@check(Role.SCANNER, "Frames of one request are counted and follow one another in time.", BEAM)
def counts_frames(trial: Trial) -> Proven:
    beam_up(trial)
    request = small_frame(trial, trial.scanner, frames=3)
    images = take_frame(trial, request)
    numbers = [image.frame for image in images]
    yield held("frames are counted", numbers == [0, 1, 2], because="one picture for each frame", found=numbers)
    gaps_s = [later.start_s - earlier.end_s for earlier, later in pairwise(images)]
    sure_s = 2 * max(image.time_uncertainty_s for image in images)
    shortest_s = min(gaps_s, default=math.nan)
    yield between("shortest pause between frames", shortest_s, "s", -sure_s, because="one after the other")


@check(Role.SCANNER, "make_safe ends every scan and confirms it.", BEAM, obedience=True)
def becomes_safe(trial: Trial) -> Proven:
    beam_up(trial)
    trial.scanner.start(slow_frame(trial, trial.scanner, SCAN_S))
    trial.wait(0.25 * SCAN_S)
    yield from confirmed_safe(trial)
    images = take_frame(trial, small_frame(trial, trial.scanner))
    yield held("the next scan is right", len(images) == 1, because="safe is not broken")


@check(Role.SCANNER, "A scan whose wire is lost ends in an error by its deadline, and the next scan is right.", BEAM)
def survives_lost_wire(trial: Trial) -> Proven:
    trial.require_line()
    beam_up(trial)
    scanner = trial.scanner
    scanner.start(slow_frame(trial, scanner, SCAN_S))
    trial.wait(0.25 * SCAN_S)
    with trial.line(LineState.PULLED):
        found = ""
        started_s = trial.clock.now()
        while not found and trial.clock.now() - started_s < LOST_S:
            error, said = trial.refused(scanner.progress, InstrumentError)
            found = said if error else ""
            trial.wait(0.5)
    yield held("progress tells that it is lost", bool(found), because="a lost scan is never complete", found=found)
    trial.wait(SCAN_S)
    images = take_frame(trial, small_frame(trial, scanner))
    yield held("the next scan is right", len(images) == 1, because="the link is opened anew")


@check(Role.SCANNER, "park points the beam at one spot until stop or the next scan.", BEAM)
def parks(trial: Trial) -> Proven:
    if not trial.scanner.capabilities.parks_beam:
        raise NotOffered("parks_beam")
    beam_up(trial)
    _, took_s = trial.timed(lambda: trial.scanner.park(0.5, 0.5))
    trial.scanner.stop()
    yield between("park took", took_s, "s", highest=AT_ONCE_S, because="no call waits longer than an exchange")
    images = take_frame(trial, small_frame(trial, trial.scanner))
    yield held("the next scan is right", len(images) == 1, because="parking is over")


@check(Role.SCANNER, "scan_externally hands the deflection over, and takes it back.", BEAM)
def hands_over(trial: Trial) -> Proven:
    if not trial.scanner.capabilities.scans_externally:
        raise NotOffered("scans_externally")
    beam_up(trial)
    try:
        trial.scanner.scan_externally(external=True)
    except ConfigMismatch as error:
        raise NotOffered(f"an external scan: {error.what}") from error
    trial.scanner.scan_externally(external=False)
    images = take_frame(trial, small_frame(trial, trial.scanner))
    yield held("the next scan is its own", len(images) == 1, because="the scan was taken back")


CHECKS = (
    refuses_limits,
    pictures_tell_truth,
    polls,
    stops,
    counts_frames,
    becomes_safe,
    unknown_when_cut(Role.SCANNER),
    survives_lost_wire,
    parks,
    hands_over,
)
