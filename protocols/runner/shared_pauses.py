"""What the cell in the beam waits for, and for how long: the control cell then does the same for as long."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from operando.drivers.clock import Clock
from operando.protocols.record import RunRecord

__all__ = ["SharedPauses"]

OVER = "pause over"
"""What the journal calls the end of a pause."""


class SharedPauses:
    """Pauses of the cell in the beam, by name (`start`, `action 7`). Without a control cell nobody listens.

    Args:
        clock: of the run.
        record: of the run; its journal keeps how long each pause was. None if there is no control cell.
        earlier: entries of the journal of an earlier process.
    """

    def __init__(
        self, clock: Clock, record: RunRecord | None = None, earlier: Sequence[Mapping[str, JsonValue]] = ()
    ) -> None:
        self._clock = clock
        self._record = record
        self._begun_s: dict[str, float] = {}
        self._lasted_s: dict[str, float] = {}
        for entry in earlier:
            if entry.get("what") == OVER:
                details = entry["details"]
                assert isinstance(details, dict)
                self._add(str(details["name"]), float(str(details["lasted_s"])))

    @staticmethod
    def of_action(number: int) -> str:
        """The name of the pause that an action of the protocol is."""
        return f"action {number}"

    def begin(self, name: str | None) -> None:
        """The cell in the beam begins to wait; without a name it does not."""
        if name is not None:
            self._begun_s[name] = self._clock.now()

    def end(self, name: str | None) -> None:
        """It goes on; if it never began to wait, the pause was none."""
        if name is None:
            return
        now_s = self._clock.now()
        lasted_s = now_s - self._begun_s.pop(name, now_s)
        self._add(name, lasted_s)
        if self._record is not None:
            self._record.progress(now_s, OVER, name=name, lasted_s=lasted_s)

    def never(self, *names: str) -> None:
        """The cell in the beam does not wait at these at all, which is known before it comes to them."""
        for name in names:
            self.end(name)

    def lasted_s(self, name: str) -> float | None:
        """How long it lasted, in all its parts if the run was killed in between; None before it is over."""
        return self._lasted_s.get(name)

    def _add(self, name: str, lasted_s: float) -> None:
        self._lasted_s[name] = self._lasted_s.get(name, 0.0) + lasted_s
