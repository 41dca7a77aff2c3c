"""The cycles of a protocol are counted on by those that the cell has seen elsewhere."""

from collections.abc import Collection
from dataclasses import replace

from operando.protocols.program import Program

__all__ = ["cycles_carried_on"]


def cycles_carried_on(program: Program, cycles_elsewhere: int, done: Collection[int]) -> Program:
    """The program with the cycles of what is not done yet counted on; everything else is as it was written.

    Args:
        cycles_elsewhere: in all, since the beginning of the run.
        done: numbers of the actions that are done, whose cycles stand in the record as they were.
    """
    if not cycles_elsewhere:
        return program
    cycling = (
        action if action.number in done else replace(action, cycle=action.cycle + cycles_elsewhere)
        for action in program.cycling
    )
    return replace(program, cycling=tuple(cycling))
