"""How a run ended, in a way that a script can act on."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from operando.drivers.roles import SafeState, Safety

__all__ = ["Ending", "RunOutcome"]


class Ending(StrEnum):
    """What brought the run to its end."""

    COMPLETED = "completed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    PARKED = "parked"
    """The session has ended as somebody asked; another may follow."""
    REFUSED = "refused"
    """The session did not begin: it is not the sample of the run, or nobody knows."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """The folder, what ended the run, why, what each instrument said about its safety, and what was taken and not."""

    folder: Path
    ending: Ending
    reason: str
    safe_states: tuple[SafeState, ...]
    pictures: int = 0
    captures_not_taken: int = 0
    broken_contracts: int = 0
    """Captures that began later than their `start_within` promised, or not at all."""
    only_watched: tuple[str, ...] = ()
    """Instruments that another program has: what they do is reported as unknown, and is not for this run to end."""

    control_failure: str = ""
    """Why the control cell has failed while the run went on; empty if it has not, or there is none."""

    @property
    def confirmed_safe(self) -> bool:
        """Whether every instrument that the run commanded confirmed its safe state."""
        commanded = (state for state in self.safe_states if state.instrument not in self.only_watched)
        return all(state.safety is Safety.CONFIRMED for state in commanded)

    @property
    def exit_code(self) -> int:
        """0 done, 1 failed or a promise broken, 3 interrupted and confirmed safe, 4 ended and safety not confirmed.

        2 if the sample is not that of the run.
        """
        if not self.confirmed_safe:
            return 4
        if self.ending is Ending.COMPLETED and (self.broken_contracts or self.control_failure):
            return 1
        return _EXIT_CODES[self.ending]


_EXIT_CODES = {
    Ending.COMPLETED: 0,
    Ending.PARKED: 0,
    Ending.FAILED: 1,
    Ending.REFUSED: 2,
    Ending.INTERRUPTED: 3,
}
