"""What people ask of a run while it goes on: hold the cycling, pause the imaging, lend the microscope, park the run.

The two flows look here; terminal, page and scripts write here. Whatever is asked is in the record with who asked.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import anyio

from operando.drivers.clock import Clock
from operando.drivers.errors import ConfigMismatch
from operando.protocols.record import RunRecord

__all__ = ["Asked", "ParkWish", "Steering"]

PAUSED = "imaging is paused"
NO_PICTURES_YET = "the run takes no pictures yet, and what it does to the microscope before is not to be disturbed"


@dataclass(frozen=True, slots=True)
class ParkWish:
    """Somebody wants the session to end, so that another may follow: at once, or when the running step is over."""

    who: str
    reason: str
    after_step: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What people have asked for, and what holds until they ask for something else.

    Args:
        lent_to: who holds the microscope; empty if the run does.
        lent_since_s: run time since when; also if it was given back, and what was done meanwhile is not accounted for.
    """

    cycling_held: bool = False
    imaging_paused: bool = False
    lent_to: str = ""
    lent_since_s: float | None = None
    parking: ParkWish | None = None


class Steering:
    """The wishes that hold at the moment. Call it from the runner's own thread."""

    def __init__(self, clock: Clock, record: RunRecord) -> None:
        self._clock = clock
        self._record = record
        self._changed = anyio.Event()
        self._cycling_held = False
        self._imaging_paused = False
        self._lent_to = ""
        self._parking: ParkWish | None = None
        self._accept_dose: Callable[[str, str, str], None] | None = None
        self.parking_forbidden: Callable[[], str] = lambda: ""
        """Why the run cannot be parked now; empty if it can."""
        self.lending_forbidden: Callable[[], str] = lambda: ""
        """Why nobody else may have the microscope now; empty if somebody may."""
        self._kept_because = ""
        self.imaging_begun = False
        """Whether the run takes pictures by now, so that it can lend the microscope in a known state."""
        self.session_over = False
        """Whether everything is done that belongs to the end of a session but the end of the cell's rest."""
        self.imaging_over = ""
        """Why no picture is taken any more in this session; empty while some are."""
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

    def accounts(self, accept_dose: Callable[[str, str, str], None]) -> None:
        """Enter the dose account: it takes a region, who accepts its unknown dose, and why; refuses other regions."""
        self._accept_dose = accept_dose

    @property
    def cycling_held(self) -> bool:
        """Whether no step may begin: somebody holds the cycling, or the run is being parked."""
        return self._cycling_held or self._parking is not None

    @property
    def step_held(self) -> bool:
        """Whether the step that runs is to end, so that the cell rests."""
        return self._cycling_held or (self._parking is not None and not self._parking.after_step)

    @property
    def imaging_obstacle(self) -> str:
        """Why no picture may be begun, in words; empty if one may."""
        if self._lent_to:
            return f"the microscope is handed over to {self._lent_to}"
        return self.imaging_over or (PAUSED if self._imaging_paused else "")

    @property
    def lent_to(self) -> str:
        """Who holds the microscope, or is about to; empty if the run does."""
        return self._lent_to

    @property
    def parking(self) -> ParkWish | None:
        """Whether the session is to end, and who wants it."""
        return self._parking

    @property
    def imaging_paused(self) -> bool:
        """Whether no picture is to be taken until somebody lets it go on."""
        return self._imaging_paused

    def restore(self, asked: Asked) -> None:
        """What people had asked of an earlier process that was killed still holds; it is in the record already."""
        self._cycling_held, self._imaging_paused = asked.cycling_held, asked.imaging_paused
        self._lent_to, self._parking = asked.lent_to, asked.parking

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

    def hand_over(self, who: str, reason: str = "") -> None:
        """Give the microscope to somebody: after the frame that is being taken nothing with an effect is sent to it.

        The cycling goes on.

        Raises:
            ConfigMismatch: if the run takes no pictures, or none yet, if it needs the microscope for something that
                nobody may disturb, or somebody has it already.
        """
        self._require_imaging()
        if self._parking is not None:
            raise ConfigMismatch("the run is being parked", remedy="Wait until it is; then it is free.")
        not_yet = "" if self.imaging_begun else NO_PICTURES_YET
        if kept := self._kept_because or not_yet or self.lending_forbidden():
            raise ConfigMismatch(kept, remedy="Ask again when that is over. Nothing was handed over.")
        if self._lent_to:
            raise ConfigMismatch(
                f"the microscope is handed over to {self._lent_to} already", remedy="Take it back first."
            )
        self._lent_to = who
        self._note("hand over", "imaging", who, reason)

    @contextmanager
    def keeping_microscope(self, why: str) -> Iterator[None]:
        """While the block lasts nobody else can have the microscope, and is told why."""
        before, self._kept_because = self._kept_because, why
        try:
            yield
        finally:
            self._kept_because = before

    def take_back(self, who: str, reason: str = "") -> None:
        """The run has the microscope again: every setting is compared, and what the protocol owns is restored.

        Raises:
            ConfigMismatch: if nobody has it.
        """
        if not self._lent_to:
            raise ConfigMismatch("the microscope is not handed over", remedy="The run has it.")
        self._lent_to = ""
        self._note("take back", "imaging", who, reason)

    def accept_dose(self, region: str, who: str, reason: str) -> None:
        """Take pictures of a region again whose dose is not known, as if nothing had been given unseen.

        Raises:
            ConfigMismatch: if its dose is known, or the run takes no pictures.
        """
        self._require_imaging()
        if self._accept_dose is not None:
            self._accept_dose(region, who, reason)
        self._changed_now()

    def park(self, who: str, reason: str = "", *, after_step: bool = False) -> None:
        """End the session safely, so that another may follow.

        The running step is ended and what remains of it is kept, or it comes to its end first. A rendezvous or a
        question that is under way comes to its end in any case.

        Raises:
            ConfigMismatch: if somebody else holds the microscope, or the box is on its way.
        """
        if forbidden := self.parking_forbidden():
            raise ConfigMismatch(forbidden, remedy="Park the run while the box stands open in the microscope.")
        if self._lent_to:
            raise ConfigMismatch(
                f"the microscope is handed over to {self._lent_to}", remedy="Take it back, then park the run."
            )
        self._parking = ParkWish(who, reason, after_step)
        said = reason or f"asked for by {who}"
        self._record.event(self._clock.now(), "run", "park", said, who=who, after_step=after_step)
        self._changed_now()

    def close_imaging(self, why: str) -> None:
        """No picture is taken any more in this session."""
        self.imaging_over = why
        self._changed_now()

    async def once_imaging_is_over(self, call_off: Callable[[], None]) -> None:
        """Call off whatever waits for the microscope: a session that is to end does not wait for one that is gone."""
        while not self.imaging_over:
            await self.changed()
        call_off()

    def end_session(self) -> None:
        """Nothing is left to do in this session but to end the rest of the cell."""
        self.session_over = True
        self._changed_now()

    def capture_now(self, name: str, who: str) -> None:
        """Take a capture of the protocol as soon as the microscope is free.

        Raises:
            ConfigMismatch: if the run takes no pictures, or has no such capture.
        """
        capture_now = self._require_imaging()
        capture_now(name, who)
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
        self._changed_now()

    def _require_imaging(self) -> Callable[[str, str], None]:
        if self._capture_now is None:
            raise ConfigMismatch("this run takes no pictures", remedy="Give the protocol captures and a microscope.")
        return self._capture_now

    def _changed_now(self) -> None:
        changed, self._changed = self._changed, anyio.Event()
        changed.set()
        for listener in self._listeners:
            listener()
