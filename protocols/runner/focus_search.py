"""One focusing: settings are tried, and the best is kept only if the pictures show a maximum there."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from operando.protocols.focus import FocusRule, Lens, NoPeak, Peak, Point, Sharpness, find_peak
from operando.protocols.focus.look import COARSE, FINE, STIGMATOR_STEPS

__all__ = ["FocusSearch", "Found"]

SURE = 4.0
"""Standard errors by which a picture must differ."""
KEPT = 0.8
"""Of the height of the curve: what the picture taken last must show."""

SetLens = Callable[[Lens], Awaitable[None]]
Judge = Callable[[], Awaitable[Sharpness]]


@dataclass(slots=True)
class Found:
    """What a focusing has come to.

    Args:
        before: sharpness with the lens as it was.
        lens: that was found; None if it was given up.
        why: it was given up; empty if it was not.
        after: sharpness with what was found.
        uncertainty_m: of the working distance.
        curve: working distances and their sharpness.
        stigmators: for each of the two the settings and their sharpness.
        remarks: what is to be said besides.
    """

    before: Sharpness | None = None
    lens: Lens | None = None
    why: str = ""
    after: Sharpness | None = None
    uncertainty_m: float = float("nan")
    curve: list[Point] = field(default_factory=list)
    stigmators: tuple[list[Point], list[Point]] = field(default_factory=lambda: ([], []))
    remarks: list[str] = field(default_factory=list)


class FocusSearch:
    """Looks for the lens that gives the sharpest picture, within a range, with a number of pictures known before.

    Args:
        rule: range, and whether the stigmators are corrected too.
        limits_m: nearest and farthest working distance that the column goes to.
        set_lens: sets working distance and stigmators, and waits for them.
        judge: takes a picture and judges it.
    """

    def __init__(self, rule: FocusRule, limits_m: tuple[float, float], set_lens: SetLens, judge: Judge) -> None:
        self._rule = rule
        self._limits_m = limits_m
        self._set_lens = set_lens
        self._judge = judge
        self.found = Found()
        """What is known so far, also when the search is left off."""

    async def run(self, start: Lens) -> Found:
        """Search about a lens. Whoever calls sets it again if nothing was found."""
        peak = await self._working_distance(start)
        if isinstance(peak, NoPeak):
            self.found.why = peak.why
            return self.found
        lens = replace(start, working_distance_m=peak.setting)
        after = await self._look(lens)
        if after.mean < KEPT * peak.height:
            self.found.why = "the picture at the maximum is not as sharp as the curve says"
            return self.found
        self.found.uncertainty_m = peak.uncertainty
        if self._rule.astigmatism:
            lens, after = await self._stigmators(lens, after)
        self.found.lens, self.found.after = lens, after
        return self.found

    async def by_microscope(self, start: Lens, autofocus: Callable[[], Awaitable[Lens]]) -> Found:
        """Let the microscope search, and judge what it has found by a picture before and one after."""
        found = self.found
        found.before = await self._look(start)
        lens = await autofocus()
        after = await self._judge()
        moved_m = abs(lens.working_distance_m - start.working_distance_m)
        if moved_m > self._rule.range_m:
            found.why = f"the microscope went {moved_m * 1e6:.0f} um away, outside the range"
        elif after.mean < SURE * after.noise:
            found.why = "nothing to focus on: the picture shows no structure above its noise"
        elif after.mean < found.before.mean - SURE * (after.noise + found.before.noise):
            found.why = "the picture is less sharp than before"
        else:
            if self._rule.astigmatism:
                lens, after = await self._stigmators(lens, after)
            found.lens, found.after = lens, after
        return found

    async def _working_distance(self, start: Lens) -> Peak | NoPeak:
        half = COARSE // 2
        step_m = self._rule.range_m / half
        nearest_m, farthest_m = self._limits_m
        curve = self.found.curve

        async def tried(distances_m: Sequence[float]) -> None:
            for distance_m in distances_m:
                if nearest_m <= distance_m <= farthest_m:
                    curve.append(Point(distance_m, await self._look(replace(start, working_distance_m=distance_m))))

        origin_m = start.working_distance_m
        # always in one direction: lenses have hysteresis
        await tried([origin_m + place * step_m for place in range(-half, half + 1)])
        self.found.before = next((point.sharpness for point in curve if point.setting == origin_m), None)
        if len(curve) < 3:
            return NoPeak("the column's range of working distances leaves nothing to try")
        peak = find_peak(curve)
        if isinstance(peak, NoPeak):
            return peak
        await tried([peak.setting + share * step_m for share in FINE])
        return find_peak(curve)

    async def _stigmators(self, lens: Lens, before: Sharpness) -> tuple[Lens, Sharpness]:
        """Correct one after the other; what shows no maximum stays as it is."""
        corrected = lens
        for axis in (0, 1):
            centre = corrected.stigmators[axis]
            points = self.found.stigmators[axis]
            for share in STIGMATOR_STEPS:
                setting = centre + share * self._rule.stigmator_range
                points.append(Point(setting, await self._look(_with_stigmator(corrected, axis, setting))))
            peak = find_peak(points)
            if isinstance(peak, Peak):
                corrected = _with_stigmator(corrected, axis, peak.setting)
            else:
                self.found.remarks.append(f"stigmator {'xy'[axis]} left as it is: {peak.why}")
        after = await self._look(corrected)
        if after.mean >= before.mean - before.noise:
            return corrected, after
        self.found.remarks.append("stigmators left as they are: the corrected picture is less sharp")
        await self._set_lens(lens)
        return lens, before

    async def _look(self, lens: Lens) -> Sharpness:
        await self._set_lens(lens)
        return await self._judge()


def _with_stigmator(lens: Lens, axis: int, setting: float) -> Lens:
    x, y = lens.stigmators
    return replace(lens, stigmators=(setting, y) if axis == 0 else (x, setting))
