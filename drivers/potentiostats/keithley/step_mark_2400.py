"""Whose step a 2400 carries out: the size of its buffer of readings, which no step of ours uses, keeps the mark.

The dialect has no place for text that all models share. The buffer takes 1 to 2500 readings (`:TRAC:POIN`, sheet 2.5):
room for the mark of a run (0 to 1023), and for whether the number of the step is odd, so that a step is not taken for
the one before or after it.
"""

from collections.abc import Iterator

from operando.drivers.errors import ProtocolError
from operando.drivers.potentiostats.keithley.scpi_session import ScpiSession
from operando.drivers.roles import Step

__all__ = ["mark_2400", "require_mark"]


def mark_2400(step: Step) -> Iterator[str]:
    """What is sent to leave the mark; filling the buffer is switched off, as its size cannot be changed before."""
    yield ":TRAC:FEED:CONT NEV"
    yield f":TRAC:POIN {_size(step)}"


def require_mark(session: ScpiSession, step: Step) -> None:
    """See that the instrument carries out a step of the same run.

    Raises:
        ProtocolError: if the mark is another.
    """
    found = round(session.ask_number(":TRAC:POIN?"))
    if found != _size(step):
        raise ProtocolError(
            f"it carries out a step of another run or program, not step {step.number}",
            remedy="Somebody else uses this instrument. End that step, or wait for its end.",
        )


def _size(step: Step) -> int:
    return 1 + 2 * step.run_mark + step.number % 2
