"""The executable form of a script: commands resolved once, run many times.

A command without waiting is a plain call. One that takes time is a generator of the times (of the script's clock, in
seconds) at which it wants to go on. A block runs as fast as plain calls allow unless something in it waits.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from operando.simulators.potentiostats.errors import RuntimeFault

__all__ = ["Action", "Block", "Instant", "LoopBroken", "MeasurementEnded", "ScriptAborted", "Timed"]


class LoopBroken(Exception):
    """`breakloop`: leave the innermost loop."""


class MeasurementEnded(Exception):
    """`Y` from the client: leave the running measurement loop."""


class ScriptAborted(Exception):
    """`abort`, or `Z` from the client: leave all loops and go to the `on_finished:` section."""


@dataclass(frozen=True, slots=True)
class Instant:
    """A command that takes no time."""

    line: int
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Timed:
    """A command that waits; it yields the times at which it goes on."""

    line: int
    run: Callable[[], Iterator[float]]


Action = Instant | Timed


class Block:
    """Commands in a row. A fault inside learns the line of the innermost command that raised it."""

    def __init__(self, actions: Sequence[Action]) -> None:
        self._actions = tuple(actions)
        self._instant = tuple((action.line, action.run) for action in actions if isinstance(action, Instant))
        self.waits = len(self._instant) < len(self._actions)
        """Whether the block has to be run by `run_in_time`."""

    def run(self) -> None:
        """Run a block in which nothing waits."""
        line = 0
        try:
            for line, command in self._instant:  # noqa: B007
                command()
        except RuntimeFault as fault:
            fault.at(line)
            raise

    def run_in_time(self) -> Iterator[float]:
        """Run any block; yields the times at which it goes on."""
        line = 0
        try:
            for action in self._actions:
                line = action.line
                if isinstance(action, Timed):
                    yield from action.run()
                else:
                    action.run()
        except RuntimeFault as fault:
            fault.at(line)
            raise
