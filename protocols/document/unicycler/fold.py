"""Finds the repetitions in a list of steps and writes them as loops again."""

from collections.abc import Sequence
from itertools import count

__all__ = ["Json", "folded"]

Json = dict[str, object]
Numbered = tuple[Json, int]
"""A step and its cycle."""


def folded(steps: Sequence[Numbered]) -> list[Json]:
    """The method of a unicycler document: steps, with tags and loops for what repeats, loops in loops too.

    Unrolled again it has the same steps. Their cycles are the same too, but for loops of unusual nesting.
    """
    names = (f"repeat {number}" for number in count(1))

    def fold(part: Sequence[Numbered]) -> list[Json]:
        method: list[Json] = []
        index = 0
        while index < len(part):
            length, times = _repetition(part[index:])
            body = part[index : index + length]
            if times > 1:
                tag = next(names)
                loop: Json = {"step": "loop", "loop_to": tag, "cycle_count": times}
                method += [{"step": "tag", "tag": tag}, *fold(body), loop]
            else:
                method += [step for step, _ in body]
            index += length * times
        return method

    return fold(steps)


def _repetition(steps: Sequence[Numbered]) -> tuple[int, int]:
    """Length and number of the pattern that covers most from the beginning; (1, 1) if nothing repeats there."""
    best = (1, 1)
    for length in range(1, len(steps) // 2 + 1):
        times = 1
        while _same(steps[(times - 1) * length : times * length], steps[times * length : (times + 1) * length]):
            times += 1
        if times > 1 and length * times > best[0] * best[1]:
            best = (length, times)
    return best


def _same(before: Sequence[Numbered], after: Sequence[Numbered]) -> bool:
    """The same steps, in a later cycle if a loop of them counts cycles and in the same one if not.

    Steps that merely look like a loop stay a list: as a loop they would be counted as cycles.
    """
    steps = [step for step, _ in before]
    if steps != [step for step, _ in after]:
        return False
    apart = {later - earlier for (_, earlier), (_, later) in zip(before, after, strict=True)}
    return len(apart) == 1 and (apart != {0}) == _counts_cycles(steps)


def _counts_cycles(steps: Sequence[Json]) -> bool:
    """Whether they charge (or hold) and discharge, see `unroll`."""
    currents = [current for step in steps if isinstance(current := step.get("current_mA"), float)]
    holds = any(step["step"] == "constant_voltage" for step in steps)
    return (holds or any(current > 0 for current in currents)) and any(current < 0 for current in currents)
