"""Where a region is focused: on a spot beside it that is sacrificed, and that no other region reaches."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from operando.protocols.focus.look import focus_look
from operando.protocols.focus.rule import FocusRule
from operando.protocols.program import Capture, Program, Region

__all__ = ["SPOT_OF", "focus_spots", "overlap"]

SPOT_OF = "focus beside {region}"
DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
"""To the side first: layers of a cell run along x, so that the material there is the same."""
FARTHEST = 6
MARGIN_M = 10e-6


def focus_spots(program: Program) -> Mapping[str, Region | None]:
    """For each region that captures look at the place where it is focused; None if there is no room beside it."""
    rule = program.focus
    if rule is None:
        return {}
    looked_at = [region for region in program.regions.values() if _widest_field_m(program, rule, region) > 0]
    if rule.on is not None:
        sacrificed = program.regions[rule.on]
        return {region.name: sacrificed for region in looked_at}
    taken = list(program.regions.values())
    spots: dict[str, Region | None] = {}
    for region in looked_at:
        spot = next((one for one in _beside(program, rule, region) if not _touches(program, one, taken)), None)
        spots[region.name] = spot
        taken += [spot] if spot is not None else []
    return spots


def overlap(first: Region, second: Region, margin_m: float = MARGIN_M) -> bool:
    """Whether two regions come nearer than a margin, with all their tiles; fields are taken as squares."""
    reach = [(_half_m(first, axis) + _half_m(second, axis) + margin_m) for axis in (0, 1)]
    apart = abs(first.stage.x_m - second.stage.x_m), abs(first.stage.y_m - second.stage.y_m)
    return apart[0] < reach[0] and apart[1] < reach[1]


def _half_m(region: Region, axis: int) -> float:
    return region.tiles[axis] * region.width_m / 2


def _touches(program: Program, spot: Region, taken: Sequence[Region]) -> bool:
    return any(overlap(spot, region, _margin_m(program, region)) for region in taken)


def _margin_m(program: Program, region: Region) -> float:
    """A region that is followed may be looked at as far beside its place as it has drifted."""
    return MARGIN_M + (program.following.correction_at_most_m if region.anchor is not None else 0.0)


def _beside(program: Program, rule: FocusRule, region: Region) -> Iterator[Region]:
    """Places around a region, the nearest first."""
    field_m = _widest_field_m(program, rule, region)
    name = SPOT_OF.format(region=region.name)
    spot = replace(region, name=name, width_m=field_m, anchor=None, tiles=(1, 1), only=(), line=rule.line)
    steps = [_half_m(region, axis) + field_m / 2 + _margin_m(program, region) for axis in (0, 1)]
    for ring in range(FARTHEST):
        for across, up in DIRECTIONS:
            x_m = region.stage.x_m + across * (steps[0] + ring * field_m)
            y_m = region.stage.y_m + up * (steps[1] + ring * field_m)
            yield replace(spot, stage=replace(region.stage, x_m=x_m, y_m=y_m))


def _widest_field_m(program: Program, rule: FocusRule, region: Region) -> float:
    """Of all captures of a region; 0 if none looks at it."""
    fields = (focus_look(rule, capture, region, None).field_width_m for capture in captures_of(program, region))
    return max(fields, default=0.0)


def captures_of(program: Program, region: Region) -> Iterator[Capture]:
    """Captures that look at a region and leave its working distance to be found."""
    first = next((capture for capture in program.captures.values() if capture.detectors), None)
    for capture in program.captures.values():
        on_occasion = bool(region.only) and capture is first
        if (region.name in capture.regions or on_occasion) and capture.beam.working_distance_m is None:
            yield capture
