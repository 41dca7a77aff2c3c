"""The number of a step on the wire and on board, which is unlike those of other runs on the same instrument.

An instrument keeps what it stored, and may still carry out a step, of a run that was killed. Each run counts its steps
from 1, so the number alone does not tell whose step it is.
"""

from operando.drivers.roles import Step

__all__ = ["STEPS", "name_of", "number_on_wire", "same_run"]

STEPS = 2**14
"""With ten bits of mark above them, numbers stay below 2**24: exact in single precision, too."""


def number_on_wire(step: Step) -> int:
    """The number of a step together with the mark of its run."""
    return step.run_mark * STEPS + step.number % STEPS


def name_of(number: int | None, step: Step) -> str:
    """In words, the step of a number on the wire, for whoever expected another step."""
    if number is None:
        return "a step of another program"
    return f"step {number % STEPS}" + ("" if same_run(number, step) else " of another run")


def same_run(number: int, step: Step) -> bool:
    """Whether a number on the wire is one of the run of a step."""
    return number // STEPS == step.run_mark
