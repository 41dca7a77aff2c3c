"""What people ask of a run while it goes on: hold the cycling, pause the imaging, a capture now, a note.

The two flows look here; terminal, page and scripts write here. Whatever is asked is in the record with who asked.
"""

from collections.abc import Callable

import anyio

from operando.drivers.clock import Clock
from operando.drivers.errors import ConfigMismatch
from operando.protocols.record import RunRecord

__all__ = ["Steering"]


class Steering:
    """The wishes that hold at the moment. Call it from the runner's own thread."""

    def __init__(self, clock: Clock, record: RunRecord) -> None:
        self._clock = clock
        self._record = record
        self._changed = anyio.Event()
        self._cycling_held = False
        self._imaging_paused = False
        self._listeners: list[Callable[[], None]] = []
        self._capture_now: Callable[[str, str], None] | None = None
        self._cycling_forbidden: Callable[[], str] = lambda: ""
        self._clear_interlock: Callable[[str, str, str], None] | None = None
        self._end_run: Callable[[], None] | None = None
        self._take_answer: Callable[[str, str], None] | None = None
        self.heard_from_outside = False
        """Whether people elsewhere than at the terminal can ask, and answer."""

    @property
    def now_s(self) -> float:
        """Run time."""
        return self._clock.now()

    def ends_run(self, end_run: Callable[[], None]) -> None:
        """Enter what brings the run to its safe end, as Ctrl-C does."""
        self._end_run = end_run

    def abort(self, who: str, reason: str = "") -> None:
        """End the run: cell and beam are made safe, the record is closed."""
        if self._end_run is None:
            raise RuntimeError("this run has nothing that ends it")
        try:
            self._note("abort", "run", who, reason)
        finally:
            self._end_run()  # whatever the disk says

    def guard(self, cycling_forbidden: Callable[[], str], clear: Callable[[str, str, str], None]) -> None:
        """Enter the interlocks, which stand above what people ask.

        Args:
            cycling_forbidden: why the cell must rest whatever is asked; empty if it need not.
            clear: takes the rule, who clears it, and the reason; refuses what is not over.
        """
        self._cycling_forbidden = cycling_forbidden
        self._clear_interlock = clear

    def follow(self, changed: Callable[[], None], capture_now: Callable[[str, str], None]) -> None:
        """Enter the imaging flow: it is told at once when something is asked.

        Args:
            changed: called after each wish.
            capture_now: takes the name of a capture and who asks for it; refuses a name that it does not know.
        """
        self._listeners.append(changed)
        self._capture_now = capture_now

    @property
    def cycling_held(self) -> bool:
        """Whether the cell is to rest until somebody lets it go on."""
        return self._cycling_held

    @property
    def imaging_paused(self) -> bool:
        """Whether no picture is to be taken until somebody lets it go on."""
        return self._imaging_paused

    def restore(self, *, cycling_held: bool, imaging_paused: bool) -> None:
        """What people had asked of an earlier process that was killed still holds; it is in the record already."""
        self._cycling_held, self._imaging_paused = cycling_held, imaging_paused

    def hold_cycling(self, who: str, reason: str = "") -> None:
        """End the running step on the instrument and rest; nothing is replayed afterwards."""
        self._cycling_held = True
        self._note("hold", "cycling", who, reason)

    def continue_cycling(self, who: str, reason: str = "") -> None:
        """Go on with what remains of the step that was held, unless an interlock forbids it."""
        if forbidden := self._cycling_forbidden():
            self._note("not continued", "cycling", who, forbidden)
            return
        self._cycling_held = False
        self._note("continue", "cycling", who, reason)

    def pause_imaging(self, who: str, reason: str = "") -> None:
        """Take no more pictures; one that is being taken is finished."""
        self._imaging_paused = True
        self._note("pause", "imaging", who, reason)

    def resume_imaging(self, who: str, reason: str = "") -> None:
        """Take pictures again."""
        self._imaging_paused = False
        self._note("resume", "imaging", who, reason)

    def capture_now(self, name: str, who: str) -> None:
        """Take a capture of the protocol as soon as the microscope is free.

        Raises:
            ConfigMismatch: if the run takes no pictures, or has no such capture.
        """
        if self._capture_now is None:
            raise ConfigMismatch("this run takes no pictures", remedy="Give the protocol captures and a microscope.")
        self._capture_now(name, who)
        self._note("capture now", "imaging", who, f"{name}, asked for by {who}")

    def acknowledge(self, rule: str, who: str, reason: str) -> None:
        """Clear an interlock that has tripped; rule, name and reason are recorded.

        Raises:
            NotCleared: if it has not tripped, its condition still holds, or no reason is given.
        """
        if self._clear_interlock is None:
            raise RuntimeError("this run has no interlocks")
        self._clear_interlock(rule, who, reason)

    def asks(self, take_answer: Callable[[str, str], None] | None) -> None:
        """Enter who takes the answer to the question that waits, and refuses what is none; None when none waits."""
        self._take_answer = take_answer

    def answer(self, text: str, who: str) -> None:
        """Answer the question that waits; who asked it writes the answer down.

        Raises:
            ConfigMismatch: if no question waits, or this is none of its answers.
        """
        if self._take_answer is None:
            raise ConfigMismatch("no question waits for an answer", remedy="Look at the events: it may be answered.")
        self._take_answer(text, who)

    def note(self, text: str, who: str) -> None:
        """Put a remark into the record."""
        self._note("note", "operator", who, text)

    async def changed(self) -> None:
        """Wait until something is asked."""
        await self._changed.wait()

    def _note(self, kind: str, flow: str, who: str, reason: str) -> None:
        self._record.event(self._clock.now(), flow, kind, reason or f"asked for by {who}", who=who)
        changed, self._changed = self._changed, anyio.Event()
        changed.set()
        for listener in self._listeners:
            listener()
