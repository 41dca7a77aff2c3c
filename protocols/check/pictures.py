"""Can column, scanner and detectors take the captures?"""

import math
from collections.abc import Iterator

from operando.drivers.documents import unknown_word
from operando.drivers.roles import ColumnCapabilities, ScannerCapabilities
from operando.protocols.check.finding import Finding, error, warning
from operando.protocols.check.lines import line_of
from operando.protocols.plan import BenchFacts
from operando.protocols.program import Capture, Program

__all__ = ["check_pictures"]


def check_pictures(program: Program, facts: BenchFacts) -> Iterator[Finding]:
    """Beam, field of view, pixels, dwell and detectors of each capture; regions that nothing looks at."""
    if not program.captures:
        return
    if facts.column is None or facts.scanner is None:
        yield error(
            line_of(program, "captures"),
            "the protocol takes captures, and the bench has no microscope",
            "Name one in the bench file.",
        )
        return
    if not facts.column.blanks:
        yield warning(
            line_of(program, "captures"),
            "the microscope has no blanker: the beam is on the specimen between pictures, and that dose is not counted",
            "Switch the high voltage off where the specimen must not see the beam, or use another microscope.",
        )
    for capture in program.captures.values():
        yield from _ready(capture, program)
        if not capture.detectors and not (facts.scanner.parks_beam or facts.scanner.scans_externally):
            yield error(
                capture.line,
                f"capture {capture.name!r} takes X-rays, and the microscope can neither park its beam nor hand it over",
                "Take pictures only.",
            )
        yield from _beam(capture, facts.column)
        yield from _fields(capture, program, facts.column)
        if capture.detectors:
            yield from _scan(capture, facts.scanner)
            yield from _detectors(capture, facts.detectors)


def _ready(capture: Capture, program: Program) -> Iterator[Finding]:
    """What is kept ready, and what pre-empts, should have something to gain by it."""
    if capture.keep_ready and not any(trigger.capture == capture.name for trigger in program.triggers):
        yield warning(
            capture.line,
            f"capture {capture.name!r} is kept ready, and no trigger takes it",
            "Leave out 'keep_ready', or give it a trigger under 'when'.",
        )
    if capture.if_busy == "preempt" and all(other.priority <= capture.priority for other in program.captures.values()):
        yield warning(
            capture.line,
            f"capture {capture.name!r} pre-empts, and no capture is less urgent than its priority {capture.priority}",
            "Give it a lower number (1 goes first), or others a higher one.",
        )


def _outside(capture: Capture, what: str, value: float, limits: tuple[float, float], unit: str) -> Iterator[Finding]:
    low, high = limits
    if not low <= value <= high:
        yield error(
            capture.line,
            f"capture {capture.name!r}: {what} of {value:g} {unit}; the microscope does {low:g} to {high:g} {unit}",
            "Stay within its range.",
            value=value,
            lowest=low,
            highest=high,
        )


def _beam(capture: Capture, can: ColumnCapabilities) -> Iterator[Finding]:
    beam = capture.beam
    yield from _outside(capture, "an accelerating voltage", beam.voltage_V, can.voltage_V, "V")
    yield from _outside(capture, "a beam current", beam.current_A, can.current_A, "A")
    if beam.working_distance_m is not None:
        yield from _outside(capture, "a working distance", beam.working_distance_m, can.working_distance_m, "m")


def _fields(capture: Capture, program: Program, can: ColumnCapabilities) -> Iterator[Finding]:
    for name in capture.regions:
        width_m = program.regions[name].width_m
        yield from _outside(capture, f"a field of region {name!r}", width_m, can.field_width_m, "m")


def _scan(capture: Capture, can: ScannerCapabilities) -> Iterator[Finding]:
    yield from _outside(capture, "a dwell time", capture.dwell_s, can.dwell_s, "s")
    yield from _offered(capture, can)
    for axis, wanted, most in zip(("width", "height"), capture.pixels, can.most_pixels, strict=True):
        if wanted > most:
            yield error(
                capture.line,
                f"capture {capture.name!r} is {wanted} pixels in {axis}, the scanner does {most}",
                "Take fewer pixels, or tiles.",
                pixels=wanted,
                most=most,
            )
    if len(capture.detectors) > can.most_detectors:
        yield error(
            capture.line,
            f"capture {capture.name!r} reads {len(capture.detectors)} detectors at once, "
            f"the scanner {can.most_detectors}",
            "Take the pictures in two captures.",
            detectors=len(capture.detectors),
            most=can.most_detectors,
        )


def _offered(capture: Capture, can: ScannerCapabilities) -> Iterator[Finding]:
    """A scanner with few sizes and dwell times takes these and no others."""
    if can.sizes and capture.pixels not in can.sizes:
        yield error(
            capture.line,
            f"capture {capture.name!r} is {capture.pixels[0]} x {capture.pixels[1]} pixels, which the scanner has not",
            f"It has {', '.join(f'{width} x {height}' for width, height in can.sizes)}.",
        )
    if can.dwells_s and not any(math.isclose(capture.dwell_s, dwell_s, rel_tol=0.01) for dwell_s in can.dwells_s):
        yield error(
            capture.line,
            f"capture {capture.name!r} has a dwell time of {capture.dwell_s:g} s, which the scanner has not",
            f"It has {', '.join(f'{dwell_s:g} s' for dwell_s in can.dwells_s)}.",
        )


def _detectors(capture: Capture, available: tuple[str, ...]) -> Iterator[Finding]:
    for name in capture.detectors:
        if name not in available:
            yield error(
                capture.line,
                f"capture {capture.name!r}: {unknown_word('detector', name, available)}",
                "Detectors have the names that the bench file gives them.",
            )
    if len(set(capture.detectors)) < len(capture.detectors):
        yield warning(capture.line, f"capture {capture.name!r} names a detector twice", "Name each once.")
