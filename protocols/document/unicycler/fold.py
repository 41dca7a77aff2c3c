"""Finds the repetitions in a list of steps and writes them as loops again."""

from collections.abc import Sequence
from itertools import count

__all__ = ["Json", "folded"]

Json = dict[str, object]
Numbered = tuple[Json, int]
"""A step and its cycle."""


def folded(steps: Sequence[Numbered]) -> list[Json]:
    """The method of a unicycler document: steps, with tags and loops for what repeats, loops in loops too."""
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
        while _same(steps[:length], steps[times * length : (times + 1) * length]):
            times += 1
        if times > 1 and length * times > best[0] * best[1]:
            best = (length, times)
    return best


def _same(first: Sequence[Numbered], later: Sequence[Numbered]) -> bool:
    """The same steps, all as many cycles later: a loop that begins elsewhere in the cycle is another loop."""
    if [step for step, _ in first] != [step for step, _ in later]:
        return False
    return len({cycle - before for (_, cycle), (_, before) in zip(later, first, strict=True)}) == 1
