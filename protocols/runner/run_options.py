"""What is decided when a run is started, and not in its protocol."""

from collections.abc import Callable
from dataclasses import dataclass, field

from operando.protocols.runner.observer import Observer, Silent
from operando.protocols.runner.operator import Operator, ScriptedOperator
from operando.protocols.runner.preflight import Override
from operando.protocols.runner.steering import Steering

__all__ = ["RunOptions"]

WAIT_FOR_LINKS_S = 30.0


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What is decided when a run is started.

    Args:
        bytes_needed: on disk, from the dry run.
        override: of a failed pre-flight.
        wait_for_links_s: how long to go on trying to make safe what cannot be reached.
    """

    bytes_needed: int = 0
    override: Override | None = None
    wait_for_links_s: float = WAIT_FOR_LINKS_S
    operator: Operator = field(default_factory=ScriptedOperator)
    steered_by: Callable[[Steering], None] | None = None
    """Given what holds, pauses and asks for captures, before the first step begins."""
    observer: Observer = field(default_factory=Silent)
    interrupted: Callable[[int], None] | None = None
    """Told the number of each signal that interrupts the run, in the signal handler."""
