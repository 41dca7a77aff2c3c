"""What the trigger model does, and whose step it is: the name of the buffer in its measure blocks tells the number."""

import re
from dataclasses import dataclass

from operando.drivers.potentiostats.keithley.scpi_session import ScpiSession

__all__ = ["TriggerState", "ask_program", "ask_state", "buffer_of"]

STATE = re.compile(r";?([A-Z]+);([A-Z]+);(\d+)")
END_OF_LISTING = re.compile(STATE.pattern + "$")
MEASURES = re.compile(r"\) *MEASURE\w* +BUFFER: *operando_(\d+)")
BUSY = ("RUNNING", "WAITING", "ABORTING")


@dataclass(frozen=True, slots=True)
class TriggerState:
    """As the instrument tells it.

    Args:
        runs: whether a program is carried out.
        word: the state in the instrument's own word.
        step: number on the wire of the step that is loaded, None if that is none of ours.
    """

    runs: bool
    word: str
    step: int | None = None


def buffer_of(step: int) -> str:
    """The buffer of a step, by its number on the wire."""
    return f"operando_{step}"


def ask_state(session: ScpiSession) -> TriggerState:
    """Ask `:TRIG:STAT?`, which is answered like `IDLE;IDLE;9`."""
    return _state(session.ask(":TRIG:STAT?", STATE), None)


def ask_program(session: ScpiSession) -> TriggerState:
    """Ask which step is loaded, too."""
    lines, state = session.ask_lines(":TRIG:BLOC:LIST?", ":TRIG:STAT?", END_OF_LISTING)
    steps = [int(found[1]) for line in lines if (found := MEASURES.search(line))]
    return _state(state, steps[0] if steps else None)


def _state(told: str, step: int | None) -> TriggerState:
    word = told.removeprefix(";").split(";")[0]
    return TriggerState(word in BUSY, word, step)
