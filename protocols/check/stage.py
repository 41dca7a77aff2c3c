"""Can the stage go to every region, and from each to every other, without leaving its limits or entering a keep-out?"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

from operando.drivers.roles import KeepOut, StageCapabilities, StagePosition
from operando.protocols.check.finding import Finding, error, warning
from operando.protocols.check.lines import line_of
from operando.protocols.plan import BenchFacts
from operando.protocols.program import Program, Region

__all__ = ["check_stage"]

AXES = (("x_m", "x", 1e3, "mm"), ("y_m", "y", 1e3, "mm"), ("z_m", "z", 1e3, "mm"),
        ("rotation_rad", "rotation", 180 / math.pi, "deg"), ("tilt_rad", "tilt", 180 / math.pi, "deg"))  # fmt: skip


def check_stage(program: Program, facts: BenchFacts) -> Iterator[Finding]:
    """Limits, keep-outs and the ways between, for every corner of every region."""
    if not program.regions:
        return
    if facts.stage is None:
        yield error(
            line_of(program, "regions"),
            "the protocol looks at regions, and the bench has no stage",
            "Name a microscope in the bench file.",
        )
        return
    if facts.stage_position is None and any(region.as_found for region in program.regions.values()):
        yield warning(
            line_of(program, "regions"),
            "regions leave out axes of the stage, and where it stands is not known: those axes are not checked",
            "Check on an open bench, or give z, rotation and tilt.",
        )
    for region in program.regions.values():
        yield from _limits(region, facts.stage, facts.stage_position)
    yield from _keep_out(list(program.regions.values()), facts)


def corners(region: Region) -> list[StagePosition]:
    """Stage positions of the outermost tiles; tiles are taken as squares, which is the larger."""
    columns, rows = region.tiles
    at = region.stage
    half_x, half_y = (columns - 1) / 2 * region.width_m, (rows - 1) / 2 * region.width_m
    signs = {(sx * (half_x > 0), sy * (half_y > 0)) for sx in (-1, 1) for sy in (-1, 1)}
    return [
        StagePosition(at.x_m + sx * half_x, at.y_m + sy * half_y, at.z_m, at.rotation_rad, at.tilt_rad)
        for sx, sy in sorted(signs)
    ]


def _limits(region: Region, can: StageCapabilities, found: StagePosition | None) -> Iterator[Finding]:
    for field, axis, scale, unit in AXES:
        if axis in region.as_found:
            continue
        low, high = getattr(can.lowest, field), getattr(can.highest, field)
        for value in sorted({getattr(corner, field) for corner in corners(region)}):
            if not low <= value <= high:
                yield error(
                    region.line,
                    f"region {region.name!r} needs {axis} {value * scale:g} {unit}, "
                    f"the stage reaches {low * scale:g} to {high * scale:g} {unit}",
                    "Move the region, or its tiles.",
                    value=value,
                    lowest=low,
                    highest=high,
                )
                break


def _keep_out(regions: Sequence[Region], facts: BenchFacts) -> Iterator[Finding]:
    assert facts.stage is not None
    for number, box in enumerate(facts.stage.keep_out, start=1):
        inside = set()
        for region in regions:
            if any(box.can_be_touched(point, point) for point in _points(region, box, facts)):
                inside.add(region.name)
                yield error(
                    region.line,
                    f"region {region.name!r} lies in keep-out {number} of the bench",
                    "Move the region; the keep-out protects box and pole piece.",
                    x_m=region.stage.x_m,
                    y_m=region.stage.y_m,
                )
        for first, second in combinations(regions, 2):
            if {first.name, second.name} & inside:
                continue
            ends = product(_points(first, box, facts), _points(second, box, facts))
            if any(box.can_be_touched(start, end) for start, end in ends):
                yield error(
                    second.line,
                    f"the way from region {first.name!r} to {second.name!r} can touch keep-out {number}",
                    "Place the regions so that no axis has to pass the keep-out, whichever moves first.",
                )


def _points(region: Region, box: KeepOut, facts: BenchFacts) -> list[StagePosition]:
    """Corners of a region; a height that nobody knows counts as inside the box."""
    if "z" not in region.as_found:
        height_m = region.stage.z_m
    else:
        height_m = facts.stage_position.z_m if facts.stage_position else box.z_m[0]
    return [replace(corner, z_m=height_m) for corner in corners(region)]
